import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { refusal } from '../testing/door.ts'
import { startWorld, type World } from '../testing/world.ts'
import { accountsOf, heldOf, startOutside, type Outside } from './testing.ts'

// A project in lempira whose borrowers repay in bitcoin, at 2,500,000.00 HNL for one.

let outside: Outside
let world: World
let folder: string
const rail = 'BITCOIN'

beforeAll(async () => {
  outside = await startOutside()
  folder = mkdtempSync(join(tmpdir(), 'growr-rates-'))
  writeFileSync(join(folder, 'rates.json'), '{"BTC/HNL": "2500000.00"}')
  world = await startWorld({ bitcoin: { url: outside.chain.url, user: 'test', password: 'test', chain: 'regtest' }, rates: { file: join(folder, 'rates.json') } })
})
afterAll(async () => {
  await world?.end()
  await outside?.chain.stop()
  rmSync(folder, { recursive: true, force: true })
})

const after = async (blocks: number): Promise<void> => {
  await outside.mine(blocks)
  await world.settle()
}

it('a loan is repaid in another currency, taken back with its block, and booked once when it comes again', async () => {
  const { door, comsa, lending, settle } = world
  const [bea] = comsa.borrowers
  const project = await lending.project(comsa)
  await lending.credential(comsa, bea!)
  const { key: loan } = await lending.loan(comsa, bea!, project, 'DISBURSED')

  // An instalment of 3,633.33: 0.001453332 BTC, so 145,334 satoshis.
  const quoted = await door.do<{ address: string; amount: string; currency: string; rate: { rate: string } }>(bea!, 'requestAddress', { loan, rail, amount: '3633.33' })
  expect(quoted).toMatchObject({ amount: '0.00145334000', currency: 'BTC', rate: { rate: '2500000.00' } })
  await outside.pay(quoted.address, '0.00145334')
  await after(1)
  expect(await door.do(bea!, 'loan', { key: loan })).toMatchObject({ repaid: '3633.33' })
  // 0.001 without a quote: 2,500.00.
  const { address } = await door.do(bea!, 'requestAddress', { loan, rail }) as { address: string }
  await outside.pay(address, '0.001')
  await after(1)
  expect(await door.do(bea!, 'loan', { key: loan })).toMatchObject({ repaid: '6133.33' })
  expect(await accountsOf(world, project)).toMatchObject({ 'cash/BITCOIN/O/P BTC': '0.00245334000', 'exchange/BTC/P BTC': '-0.00245334000', 'exchange/HNL/P HNL': '6133.33' })

  // The block of the second payment goes; the payment itself waits to be mined again.
  await outside.reorganise(1)
  await settle()
  expect(await door.do(bea!, 'loan', { key: loan })).toMatchObject({ repaid: '3633.33' })
  expect(await accountsOf(world, project)).toMatchObject({ 'cash/BITCOIN/O/P BTC': '0.00145334000', 'exchange/HNL/P HNL': '3633.33' })
  await after(1)
  expect(await door.do(bea!, 'loan', { key: loan })).toMatchObject({ repaid: '6133.33' })
  const { edges } = await door.do<{ edges: { node: { kind: string; status: string; reason: string | null } }[] }>(comsa.admin, 'payments', { loan })
  const repayments = edges.map(({ node }) => node).filter(({ kind }) => kind === 'REPAYMENT').map(({ status, reason }) => [status, reason])
  expect(repayments.toSorted()).toEqual([['CONFIRMED', null], ['CONFIRMED', null], ['REVERTED', 'REORGANISED']].toSorted())
  const { edges: there } = await door.do<{ edges: { node: { status: string } }[] }>(world.operator, 'paymentsAt', { address })
  expect(there).toHaveLength(2)

  // Nobody but the network takes it back.
  const { node } = edges.find(({ node: one }) => one.kind === 'REPAYMENT' && one.status === 'CONFIRMED')! as unknown as { node: { key: string } }
  expect(await refusal(door.do(comsa.admin, 'requestReversal', { payment: node.key, reason: 'a mistake' }))).toMatchObject({ code: 'RAIL_MISMATCH' })

  // The originator takes the coins and pays what they were booked at.
  expect(await refusal(door.do(comsa.admin, 'settleExchange', { project, reference: 'X' }))).toMatchObject({ code: 'EXCHANGE_OPEN' })
  const ours = await outside.address()
  await door.do(comsa.admin, 'convertCoins', { project, rail, to: ours, currency: 'BTC', reference: 'SALE-1' })
  await settle()
  await after(3)
  const got = await outside.got(ours)
  expect(got).toBeLessThan(0.00245334)
  expect(got).toBeGreaterThan(0.0024)
  expect(await heldOf(world, project)).toBe(0)
  const accounts = await accountsOf(world, project)
  expect(Object.keys(accounts).filter((name) => name.endsWith('BTC') || name.startsWith('exchange'))).toEqual([])
  expect(accounts['clearing/P HNL']).toBeUndefined()
}, 120_000)

it('money that nobody can place, or that comes too late, waits where it is seen', async () => {
  const { door, comsa, lending, settle } = world
  const project = await lending.project(comsa)
  const { address } = await door.do(comsa.admin, 'depositAddress', { project, rail, purpose: 'JUNIOR' }) as { address: string }
  writeFileSync(join(folder, 'rates.json'), '{}')
  expect(await refusal(door.do(comsa.admin, 'depositAddress', { project, rail, purpose: 'JUNIOR', amount: '1000.00' }))).toMatchObject({ code: 'RATE_UNKNOWN' })
  await outside.pay(address, '0.01')
  await after(1)
  writeFileSync(join(folder, 'rates.json'), '{"BTC/HNL": "2500000.00"}')
  const { edges } = await door.do<{ edges: { node: { kind: string; amount: string; currency: string; rail: string } }[] }>(comsa.admin, 'suspenseList', { organization: comsa.id })
  expect(edges.map(({ node: { kind, amount, currency, rail: over } }) => [kind, amount, currency, over])).toEqual([['RECEIPT', '0.01000000000', 'BTC', 'BITCOIN']])
  await settle()
  expect(await refusal(door.do(comsa.admin, 'depositAddress', { project, rail: 'LIGHTNING', purpose: 'JUNIOR' }))).toMatchObject({ code: 'NOT_OFFERED' })
  expect(await refusal(door.do(comsa.admin, 'depositAddress', { project, rail, purpose: 'JUNIOR', currency: 'DOC' }))).toMatchObject({ code: 'CURRENCY_MISMATCH' })
}, 60_000)

it('a bitcoind that does not answer is told, and nothing is registered', async () => {
  const { door, comsa, lending } = world
  const [, carl] = comsa.borrowers
  const project = await lending.project(comsa)
  await lending.credential(comsa, carl!)
  const { key: loan } = await lending.loan(comsa, carl!, project, 'SIGNED')
  const to = await outside.address()
  await outside.chain.stop()
  expect(await refusal(door.do(comsa.admin, 'addDisbursement', { loan, rail, to }))).toMatchObject({ code: 'NETWORK_DOWN' })
  const [bitcoin] = await door.do<{ ok: boolean; reason: string }[]>(comsa.admin, 'networks')
  expect(bitcoin).toMatchObject({ ok: false, reason: 'NETWORK_DOWN' })
  expect(await door.do(comsa.admin, 'payments', { loan })).toMatchObject({ totalCount: 0 })
}, 60_000)
