import { expect, test } from 'vitest'
import { balancesOf, sumClasses, unlikeNetworks } from './balances.ts'
import type { Actor, Door, Outcome, Request } from './doors/door.ts'

test('accounts count for each class that they begin with, by the currency\'s own decimals', () => {
  const { of, nothing } = sumClasses([
    { account: 'cash/BANK/O1/P1', currency: 'HNL', balance: '22634.00' },
    { account: 'cash/CASH/x7/P1', currency: 'HNL', balance: '18166.65' },
    { account: 'cash/CASH/office/P1', currency: 'HNL', balance: '-0.65' },
    { account: 'receivable/principal/P1', currency: 'HNL', balance: '440000.00' },
    { account: 'receivable/interest/P1', currency: 'HNL', balance: '39600.00' },
    { account: 'clearing/P1', currency: 'HNL', balance: '0.00' },
    { account: 'payable/fee/P1', currency: 'HNL', balance: '-8800.00' },
  ], 'HNL')
  expect(nothing).toBe('0.00')
  expect(Object.fromEntries(of)).toEqual({
    cash: '40800.00', 'cash/BANK': '22634.00', 'cash/BANK/O1': '22634.00', 'cash/CASH': '18166.00', 'cash/CASH/x7': '18166.65', 'cash/CASH/office': '-0.65',
    receivable: '479600.00', 'receivable/principal': '440000.00', 'receivable/interest': '39600.00', clearing: '0.00', payable: '-8800.00', 'payable/fee': '-8800.00',
  })
  expect(sumClasses([{ account: 'cash/BANK/O1/P1', currency: 'XAF', balance: '7' }], 'XAF')).toMatchObject({ nothing: '0', of: new Map([['cash', '7'], ['cash/BANK', '7'], ['cash/BANK/O1', '7']]) })
})

test('each currency is summed by itself, and another than the project\'s is named', () => {
  const { of, nothing } = sumClasses([
    { account: 'cash/BANK/O1/P1', currency: 'HNL', balance: '100.00' }, { account: 'cash/BITCOIN/O1/P1', currency: 'BTC', balance: '0.00100000000' }, { account: 'cash/LIGHTNING/O1/P1', currency: 'BTC', balance: '0.00000000001' },
  ], 'HNL')
  expect(nothing).toBe('0.00')
  expect(Object.fromEntries(of)).toEqual({
    cash: '100.00', 'cash/BANK': '100.00', 'cash/BANK/O1': '100.00', 'cash BTC': '0.00100000001', 'cash/BITCOIN BTC': '0.00100000000', 'cash/BITCOIN/O1 BTC': '0.00100000000', 'cash/LIGHTNING BTC': '0.00000000001', 'cash/LIGHTNING/O1 BTC': '0.00000000001',
  })
})

const admins = [{ actor: { name: 'ana', person: { role: 'ORIGINATOR_ADMIN' as const } }, organization: 'O1' }]

test.each([
  ['what the books hold', '0.00100000000', [], []],
  ['a unit more', '0.00100000001', [], ['One: BITCOIN BTC: the books hold 0.001, the network 0.00100000001']],
  ['what is still on its way out', '0.00040000000', [{ amount: '0.00060000000' }], []],
])('a wallet holds %s', async (_what, confirmed, locked, problems) => {
  const door: Door = {
    name: 'graphql',
    perform: (_actor: Actor, { operation }: Request): Promise<Outcome> => Promise.resolve({
      result: {
        projects: { nodes: [{ key: 'P1', name: 'One', currency: 'HNL' }], pageInfo: { hasNextPage: false, endCursor: null } },
        projectAccounts: [{ account: 'cash/BITCOIN/O1/P1', currency: 'BTC', balance: '0.00100000000' }, { account: 'cash/BANK/O1/P1', currency: 'HNL', balance: '5.00' }],
        networkBalances: [{ network: 'bitcoin', currency: 'BTC', confirmed, pending: '7.00000000000', locked }, { network: 'rootstock', currency: 'DOC', confirmed: '0.000000000000000000', locked: [] }],
      }[operation],
    }),
  }
  expect(await unlikeNetworks(door, admins)).toEqual(problems)
})

test('a project is found by its name, on whatever page it stands', async () => {
  const asked: Request[] = []
  const door: Door = {
    name: 'graphql',
    async perform(_actor: Actor, request: Request): Promise<Outcome> {
      asked.push(request)
      if (request.operation === 'projectAccounts') return { result: [{ account: 'cash/BANK/O1/P2', currency: 'HNL', balance: '5.00' }] }
      return request.with['after'] === undefined
        ? { result: { nodes: [{ key: 'P1', name: 'One', currency: 'HNL' }], pageInfo: { hasNextPage: true, endCursor: 'c' } } }
        : { result: { nodes: [{ key: 'P2', name: 'Two', currency: 'HNL' }], pageInfo: { hasNextPage: false, endCursor: null } } }
    },
  }
  expect((await balancesOf(door, admins, 'Two')).of.get('cash')).toBe('5.00')
  expect(asked.at(-1)).toMatchObject({ operation: 'projectAccounts', with: { key: 'P2' } })
  await expect(balancesOf(door, admins, 'Three')).rejects.toThrow(/has a project "Three"/)
})
