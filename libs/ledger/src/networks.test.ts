import { beforeEach, describe, expect, it } from 'vitest'
import { amountOf, currencyOf, parseAmount, token, zero, type Amount, type Currency } from '@growr/money'
import { exchangesOf, type Holder, type PaymentAdded, type PaymentKind } from '@growr/lending'
import { fold, type Posting } from './index.ts'
import { applyFor, bank, created, HNL, hnl, World } from './testing/world.ts'

// What goes over networks, with its postings. Every figure is worked by hand; after each step all conditions hold at rest.

const DOC = token('DOC', 18)
const RBTC = currencyOf('RBTC')
const coins = (text: string, currency: Currency = DOC): Amount => parseAmount(text, currency)
const rootstock: Holder = { rail: 'ROOTSTOCK', holder: 'comsa' }
const E18 = 10n ** 18n
const posted = (world: World) => world.entries.at(-1)!.postings.map(({ account, amount, currency }) => [account.replace(/\/coffee$/, ''), BigInt(amount), currency])
const withCoins = (amount: string, rate: string) => ({ moved: { currency: DOC, amount: coins(amount), rate, at: '2026-04-05T17:03:00Z' } })

let world: World
const over = (kind: PaymentKind, amount: Amount, changes: Partial<PaymentAdded>): string => {
  const key = world.over(kind, amount, '2026-04-05', changes)
  expect(world.onPayment(key, { type: 'confirm', valueDate: '2026-04-05', bookingDate: '2026-04-05', held: changes.from ? world.held(changes.from) : null })).toBeNull()
  return key
}
const fee = (kind: PaymentKind, amount: string) => {
  const paid = coins(amount, RBTC)
  return over(kind, paid, { currency: RBTC, ...(kind === 'FEE_REIMBURSEMENT' ? { to: rootstock } : { from: rootstock }) })
}
const open = () => exchangesOf(world.payments.values(), 'HNL').open

beforeEach(() => {
  world = new World(created)
  world.fundJunior(hnl('50000.00'), '2026-03-01')
})

/** 20,000.00 over 6 months at 18 % flat: 5 × 3,633.33 and 3,633.35. */
function disbursed(): string {
  const { key } = applyFor(world, hnl('20000.00'), 6, '2026-03-05')
  world.onLoan(key, { type: 'sign', on: '2026-03-05', contractDigest: 'd' })
  world.disburse(key, '2026-03-05')
  return key
}

const repay = (loan: string, payment: string, amount: Amount) =>
  world.onLoan(loan, { type: 'repay', project: world.project, paymentKey: payment, amount, valueDate: '2026-04-05', bookingDate: '2026-04-05' })

describe('a repayment in coins', () => {
  it('is money of the loan’s currency in clearing, coins in cash, and a position between them', () => {
    const loan = disbursed()
    // 140 DOC at 26.40
    const paid = over('REPAYMENT', hnl('3696.00'), { to: rootstock, loanKey: loan, network: { id: 'tx:0', generation: 0 }, ...withCoins('140.0', '26.40') })
    expect(posted(world)).toEqual([
      ['exchange/HNL', 369_600n, 'HNL'],
      ['clearing', -369_600n, 'HNL'],
      ['cash/ROOTSTOCK/comsa', 140n * E18, 'DOC'],
      ['exchange/DOC', -140n * E18, 'DOC'],
    ])
    expect(world.atRest().map(({ code }) => code)).toEqual(['CLEARING_NOT_ZERO'])
    expect(repay(loan, paid, hnl('3696.00'))).toBeNull()
    expect(world.atRest()).toEqual([])
    // The loan knows of lempiras alone: one instalment and 62.67 of the next.
    expect(posted(world)).toEqual([['clearing', 369_600n, 'HNL'], ['receivable/interest', -36_267n, 'HNL'], ['receivable/principal', -333_333n, 'HNL']])
  })

  it('that its chain forgets leaves the loan, too, and is another payment when it comes back', () => {
    const loan = disbursed()
    const before = world.all
    const come = (generation: number): string => {
      const key = over('REPAYMENT', hnl('3696.00'), { to: rootstock, loanKey: loan, network: { id: 'tx:0', generation }, ...withCoins('140.0', '26.40') })
      expect(repay(loan, key, hnl('3696.00'))).toBeNull()
      return key
    }
    const first = come(0)
    // The coins were paid out again in between: what is held says nothing.
    over('TRANSFER_OUT', hnl('3500.00'), { from: rootstock, ...withCoins('140.0', '25.00') })
    world.onPayment([...world.payments.keys()].at(-1)!, { type: 'unmatched', on: '2026-04-05', reason: 'NOT_FOUND' })
    expect(world.onPayment(first, { type: 'revert', on: '2026-04-06', reason: 'REORGANISED', held: zero('DOC') })).toBeNull()
    expect(posted(world)).toEqual([
      ['exchange/HNL', -369_600n, 'HNL'],
      ['clearing', 369_600n, 'HNL'],
      ['cash/ROOTSTOCK/comsa', -140n * E18, 'DOC'],
      ['exchange/DOC', 140n * E18, 'DOC'],
    ])
    expect(world.onLoan(loan, { type: 'reversePayment', project: world.project, paymentKey: first, on: '2026-04-06', reason: 'REORGANISED' })).toBeNull()
    expect(world.atRest()).toEqual([])
    expect(world.heldIn(rootstock, 'DOC').amount).toBe(-140n * E18)
    come(1)
    expect(world.atRest()).toEqual([])
    expect(world.heldIn(rootstock, 'DOC').amount).toBe(0n)
    expect(before).not.toEqual(world.all)
  })

  it('that its loan keeps although the coins are gone is missing in suspense', () => {
    const loan = disbursed()
    const paid = over('REPAYMENT', hnl('3696.00'), { to: rootstock, loanKey: loan, ...withCoins('140.0', '26.40') })
    repay(loan, paid, hnl('3696.00'))
    world.onPayment(paid, { type: 'revert', on: '2026-04-06', reason: 'DOUBLE_SPENT', held: null })
    world.onPayment(paid, { type: 'unmatched', on: '2026-04-06', reason: 'NOT_OWED' })
    expect(posted(world)).toEqual([['clearing', -369_600n, 'HNL'], ['suspense', 369_600n, 'HNL']])
    expect(world.atRest()).toEqual([])
  })
})

describe('fees of networks', () => {
  it('are advanced for the originator, given back, deposited and returned, each in its coin', () => {
    // 21,000 gas at 0.06 gwei: 1,260,000,000,000 wei
    fee('NETWORK_FEE', '0.00000126')
    expect(posted(world)).toEqual([['receivable/network-fee', 1_260_000_000_000n, 'RBTC'], ['cash/ROOTSTOCK/comsa', -1_260_000_000_000n, 'RBTC']])
    expect(world.atRest()).toEqual([])
    fee('FEE_REIMBURSEMENT', '0.000002')
    expect(posted(world)).toEqual([['receivable/network-fee', -2_000_000_000_000n, 'RBTC'], ['cash/ROOTSTOCK/comsa', 2_000_000_000_000n, 'RBTC']])
    expect(world.atRest()).toEqual([])
    const returned = fee('FEE_RETURN', '0.00000074')
    expect(posted(world)).toEqual([['receivable/network-fee', 740_000_000_000n, 'RBTC'], ['cash/ROOTSTOCK/comsa', -740_000_000_000n, 'RBTC']])
    expect(world.atRest()).toEqual([])
    expect(world.heldIn(rootstock, 'RBTC').amount).toBe(0n)
    world.onPayment(returned, { type: 'revert', on: '2026-04-06', reason: 'FAILED_LATE', held: null })
    expect(posted(world)).toEqual([['receivable/network-fee', -740_000_000_000n, 'RBTC'], ['cash/ROOTSTOCK/comsa', 740_000_000_000n, 'RBTC']])
    expect(world.atRest()).toEqual([])
  })
})

describe('the end of a project with coins', () => {
  it('waits until they are converted and the difference is settled, then every account comes to zero', () => {
    const balances = () => world.foreign()
    // 140 DOC at 26.40 = 3,696.00 in; 40 DOC at 25.00 = 1,000.00 out, with a fee: 100 DOC are booked at 2,696.00.
    over('TRANSFER_IN', hnl('3696.00'), { to: rootstock, ...withCoins('140.0', '26.40') })
    world.onFunding('f-net', { type: 'fundJunior', key: 'f-net', project: world.project, amount: hnl('3696.00'), valueDate: '2026-04-05', bookingDate: '2026-04-05', paymentKey: [...world.payments.keys()].at(-1)! })
    over('TRANSFER_OUT', hnl('1000.00'), { from: rootstock, ...withCoins('40.0', '25.00') })
    expect(posted(world)).toEqual([
      ['exchange/DOC', 40n * E18, 'DOC'],
      ['cash/ROOTSTOCK/comsa', -40n * E18, 'DOC'],
      ['clearing', 100_000n, 'HNL'],
      ['exchange/HNL', -100_000n, 'HNL'],
    ])
    world.onFunding('f-out', { type: 'withdrawJunior', key: 'f-out', project: world.project, amount: hnl('1000.00'), valueDate: '2026-04-05', bookingDate: '2026-04-05', paymentKey: [...world.payments.keys()].at(-1)!, position: world.position })
    fee('NETWORK_FEE', '0.00000126')
    expect(world.atRest()).toEqual([])
    expect(open()).toEqual(hnl('2696.00'))
    const distribute = () => world.onProject({ type: 'distribute', on: '2027-01-01', loans: [], fundings: [...world.fundings.values()], clearing: hnl('0.00'), suspense: hnl('0.00'), pendingPayments: 0, foreign: balances() })
    expect(distribute()).toEqual({ refused: 'EXCHANGE_OPEN', path: 'project', details: { open: [
      { account: 'cash/ROOTSTOCK/comsa/coffee', currency: 'DOC', amount: '100.000000000000000000' },
      { account: 'cash/ROOTSTOCK/comsa/coffee', currency: 'RBTC', amount: '-0.000001260000000000' },
      { account: 'exchange/DOC/coffee', currency: 'DOC', amount: '-100.000000000000000000' },
      { account: 'exchange/HNL/coffee', currency: 'HNL', amount: '2696.00' },
    ] } })
    over('CONVERSION', hnl('2700.00'), { from: rootstock, to: bank, ...withCoins('100.0', '27.00') })
    expect(posted(world)).toEqual([
      ['exchange/DOC', 100n * E18, 'DOC'],
      ['cash/ROOTSTOCK/comsa', -100n * E18, 'DOC'],
      ['cash/BANK/comsa', 270_000n, 'HNL'],
      ['exchange/HNL', -270_000n, 'HNL'],
    ])
    expect(world.atRest()).toEqual([])
    // 2,700.00 for what was booked at 2,696.00: 4.00 are the originator's.
    expect(open()).toEqual(hnl('-4.00'))
    fee('FEE_REIMBURSEMENT', '0.00000126')
    expect(distribute()).toMatchObject({ refused: 'EXCHANGE_OPEN', details: { open: [{ account: 'exchange/HNL/coffee', amount: '-4.00' }] } })
    over('EXCHANGE_GAIN', hnl('4.00'), { from: bank })
    expect(posted(world)).toEqual([['cash/BANK/comsa', -400n, 'HNL'], ['exchange/HNL', 400n, 'HNL']])
    expect(distribute()).toBeNull()
    expect(world.atRest()).toEqual([])
    // 50,000.00 + 3,696.00 − 1,000.00, at the bank to the last unit.
    expect(world.held(bank)).toEqual(hnl('52696.00'))
    for (const { payee, party, kind, amount } of world.project.distribution!.payables) {
      if (amount.amount === 0n) continue
      const paymentKey = world.pay('TRANSFER_OUT', amount, '2027-01-02', { from: bank }) as string
      world.onProject({ type: 'payShare', paymentKey, payee, party, kind, amount, valueDate: '2027-01-02', bookingDate: '2027-01-02' })
    }
    expect(world.onProject({ type: 'close', on: '2027-01-02', clearing: hnl('0.00'), suspense: hnl('0.00'), pendingPayments: 0, foreign: balances() })).toBeNull()
    expect(world.all.size).toBe(0)
    expect(world.atRest()).toEqual([])
  })

  it('a loss is the originator’s, who pays it into the bank', () => {
    over('EXCHANGE_LOSS', hnl('40.00'), { to: bank })
    expect(posted(world)).toEqual([['cash/BANK/comsa', 4_000n, 'HNL'], ['exchange/HNL', -4_000n, 'HNL']])
    expect(world.atRest()).toEqual([])
  })
})

describe('the conditions at rest', () => {
  const posting = (account: string, currency: string): Posting => ({ account: `${account}/coffee`, amount: '1', currency })

  it.each([
    ['cash/ROOTSTOCK/comsa', 'DOC', 'CASH_DIFFERS'],
    ['cash/BANK/comsa', 'DOC', 'ACCOUNT_UNKNOWN'],
    ['receivable/network-fee', 'RBTC', 'FEES_DIFFER'],
    ['receivable/network-fee', 'DOC', 'ACCOUNT_UNKNOWN'],
    ['exchange/DOC', 'DOC', 'EXCHANGE_DIFFERS'],
    ['exchange/HNL', 'HNL', 'EXCHANGE_DIFFERS'],
    ['exchange/DOC', 'HNL', 'ACCOUNT_UNKNOWN'],
    ['clearing', 'DOC', 'ACCOUNT_UNKNOWN'],
  ])('one unit too much in %s of %s is %s', (account, currency, expected) => {
    over('TRANSFER_IN', hnl('3696.00'), { to: rootstock, ...withCoins('140.0', '26.40') })
    world.onPayment([...world.payments.keys()].at(-1)!, { type: 'unmatched', on: '2026-04-05', reason: 'NOT_FOUND' })
    fee('NETWORK_FEE', '0.00000126')
    expect(world.atRest()).toEqual([])
    world.balances.payment = fold(world.balances.payment, [posting(account, currency)])
    expect(world.atRest().map(({ code }) => code).toSorted()).toEqual([expected, 'TRIAL_BALANCE'].toSorted())
  })

  it('a payment that the books do not know shows in all that it would have moved', () => {
    over('TRANSFER_IN', hnl('3696.00'), { to: rootstock, ...withCoins('140.0', '26.40') })
    const [key, payment] = [...world.payments].at(-1)!
    world.onPayment(key, { type: 'unmatched', on: '2026-04-05', reason: 'NOT_FOUND' })
    world.payments.set(`${key}-again`, { ...payment, key: `${key}-again` })
    const found = world.atRest().map(({ code, account, currency, expected }) => [code, account.replace('/coffee', ''), currency, BigInt(expected)])
    expect(found).toEqual([
      ['CASH_DIFFERS', 'cash/ROOTSTOCK/comsa', 'DOC', 280n * E18],
      ['EXCHANGE_DIFFERS', 'exchange/DOC', 'DOC', -280n * E18],
      ['EXCHANGE_DIFFERS', 'exchange/HNL', 'HNL', 739_200n],
    ])
    expect(amountOf(739_200n, 'HNL')).toEqual(parseAmount('7392.00', HNL))
  })
})
