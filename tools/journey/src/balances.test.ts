import { expect, test } from 'vitest'
import { balancesOf, sumClasses } from './balances.ts'
import type { Actor, Door, Outcome, Request } from './doors/door.ts'

test('accounts count for each class that they begin with, by the currency\'s own decimals', () => {
  const { of, nothing } = sumClasses([
    { account: 'cash/BANK/O1/P1', balance: '22634.00' },
    { account: 'cash/CASH/x7/P1', balance: '18166.65' },
    { account: 'cash/CASH/office/P1', balance: '-0.65' },
    { account: 'receivable/principal/P1', balance: '440000.00' },
    { account: 'receivable/interest/P1', balance: '39600.00' },
    { account: 'clearing/P1', balance: '0.00' },
    { account: 'payable/fee/P1', balance: '-8800.00' },
  ])
  expect(nothing).toBe('0.00')
  expect(Object.fromEntries(of)).toEqual({
    cash: '40800.00', 'cash/BANK': '22634.00', 'cash/BANK/O1': '22634.00', 'cash/CASH': '18166.00', 'cash/CASH/x7': '18166.65', 'cash/CASH/office': '-0.65',
    receivable: '479600.00', 'receivable/principal': '440000.00', 'receivable/interest': '39600.00', clearing: '0.00', payable: '-8800.00', 'payable/fee': '-8800.00',
  })
  expect(sumClasses([{ account: 'cash/BANK/O1/P1', balance: '7' }])).toMatchObject({ nothing: '0', of: new Map([['cash', '7'], ['cash/BANK', '7'], ['cash/BANK/O1', '7']]) })
})

test('a project is found by its name, on whatever page it stands', async () => {
  const asked: Request[] = []
  const door: Door = {
    name: 'graphql',
    async perform(_actor: Actor, request: Request): Promise<Outcome> {
      asked.push(request)
      if (request.operation === 'projectAccounts') return { result: [{ account: 'cash/BANK/O1/P2', balance: '5.00' }] }
      return request.with['after'] === undefined
        ? { result: { nodes: [{ key: 'P1', name: 'One' }], pageInfo: { hasNextPage: true, endCursor: 'c' } } }
        : { result: { nodes: [{ key: 'P2', name: 'Two' }], pageInfo: { hasNextPage: false, endCursor: null } } }
    },
  }
  const admins = [{ actor: { name: 'ana', person: { role: 'ORIGINATOR_ADMIN' as const } }, organization: 'O1' }]
  expect((await balancesOf(door, admins, 'Two')).of.get('cash')).toBe('5.00')
  expect(asked.at(-1)).toMatchObject({ operation: 'projectAccounts', with: { key: 'P2' } })
  await expect(balancesOf(door, admins, 'Three')).rejects.toThrow(/has a project "Three"/)
})
