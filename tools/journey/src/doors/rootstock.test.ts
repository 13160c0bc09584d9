import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { RootstockChain } from '../outside/rootstock-chain.ts'
import type { Actor, Outcome } from './door.ts'
import { RootstockDoor } from './rootstock.ts'

// Over a real EVM node; the node of the journey is the test itself, which notes what it is waited for.

const bea: Actor = { name: 'bea', person: { role: 'BORROWER' } }
let chain: RootstockChain
let door: RootstockDoor
let happened: string[] = []
const noted: string[] = []

beforeAll(async () => {
  chain = await RootstockChain.start()
  const watch = { rest: () => Promise.resolve(void happened.push('rest')), seen: (network: string, height: number) => Promise.resolve(void happened.push(`${network} ${height}`)) }
  door = new RootstockDoor({ chain, watch, note: (address) => noted.push(address) })
})
afterAll(() => chain?.stop())
beforeEach(() => {
  happened = []
})

const act = (operation: string, given: Record<string, unknown> = {}): Promise<Outcome> => door.perform(bea, { kind: operation === 'received' ? 'query' : 'do', operation, with: given })
async function done(operation: string, given: Record<string, unknown> = {}): Promise<Record<string, string>> {
  const outcome = await act(operation, given)
  if ('refusal' in outcome) throw new Error(outcome.refusal.message)
  return outcome.result as Record<string, string>
}

test('coins and tokens are there with their block, and gone with it', async () => {
  const { address } = await done('newAddress')
  expect(noted).toEqual([address])
  await done('pay', { to: address, amount: '0.000000000000000001' })
  await done('pay', { to: address, amount: '2.5', currency: 'RBTC' })
  expect(await done('received', { address })).toEqual({ amount: '0.000000000000000000' })
  const height = await chain.height()
  expect(await done('mine', { blocks: 2 })).toEqual({ height: height + 2 })
  expect(happened).toEqual(['rest', `rootstock ${height + 2}`])
  expect(await done('received', { address })).toEqual({ amount: '0.000000000000000001' })
  expect(await done('received', { address, currency: 'RBTC' })).toEqual({ amount: '2.500000000000000000' })
  expect(await done('reorganise', { blocks: 2 })).toEqual({ height: height + 2 })
  await done('mine')
  expect(await done('received', { address, currency: 'RBTC' })).toEqual({ amount: '0.000000000000000000' })
  expect(chain.tokens).toMatch(/^DOC=0x[0-9a-f]{40}:18$/)
})

test.each([
  ['do', 'mine', { blocks: '3' }, /mine: blocks is number/],
  ['do', 'received', { address: '0x' }, /rootstock has .*not `do: received`/],
  ['do', 'pay', { to: '0x00000000000000000000000000000000000c0ffe', amount: '1', currency: 'BTC' }, /a currency is RBTC or DOC/],
  ['do', 'pay', { to: '0x00000000000000000000000000000000000c0ffe', amount: 'all' }, /an amount is a decimal with at most 18 decimals/],
  ['query', 'received', { address: '0x00000000000000000000000000000000000c0ffe', currency: 'RIF' }, /a currency is RBTC or DOC/],
] as const)('what makes no sense is said: %s %s %j', async (kind, operation, given, message) => {
  expect(await door.perform(bea, { kind, operation, with: given })).toMatchObject({ refusal: { code: 'JOURNEY_INVALID', message: expect.stringMatching(message) as string } })
})
