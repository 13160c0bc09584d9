import { expect, it } from 'vitest'
import { feeDeposits } from './index.ts'

const fee = { account: 'receivable/network-fee/coffee', currency: 'RBTC', amount: -700n }
const cash = { account: 'cash/ROOTSTOCK/comsa/coffee', currency: 'RBTC', amount: 700n }
const lempira = { account: 'cash/BANK/comsa/coffee', currency: 'HNL', amount: 5n }

it.each([
  ['a deposit for fees, and the coins that stand for it', [fee, cash, lempira], ['RBTC']],
  ['nothing', [], []],
  ['what the project itself has in its currency', [lempira, { ...lempira, account: fee.account, amount: -5n }], []],
  ['fees that the project advanced', [{ ...fee, amount: 700n }, { ...cash, amount: -700n }], []],
  ['more coins than were deposited', [fee, { ...cash, amount: 701n }], []],
  ['coins of a position beside the deposit', [fee, { ...cash, amount: 800n }, { account: 'exchange/RBTC/coffee', currency: 'RBTC', amount: -100n }], []],
  ['another project’s deposit', [{ ...fee, account: 'receivable/network-fee/cocoa' }, cash], []],
  ['two coins, of which one is a deposit', [fee, cash, { ...cash, currency: 'DOC' }, { account: 'exchange/DOC/coffee', currency: 'DOC', amount: -700n }], ['RBTC']],
])('%s', (_what, lines, coins) => {
  expect([...feeDeposits(lines, 'coffee', 'HNL')]).toEqual(coins)
})
