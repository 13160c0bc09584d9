import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startAnvil, type Anvil } from '@growr/rootstock/testing'
import { startWorld, type World } from '../testing/world.ts'
import { accountsOf, heldOf } from './testing.ts'

// A project in lempira that is repaid in dollars on chain (DOC), and pays out in them; 26.00 HNL for one, later 26.40.

let anvil: Anvil
let doc: string
let world: World
let folder: string
const rail = 'ROOTSTOCK'

const rates = (of: string): void => writeFileSync(join(folder, 'rates.json'), JSON.stringify({ 'DOC/HNL': of }))

beforeAll(async () => {
  anvil = await startAnvil()
  doc = await anvil.deployToken(10n ** 24n, 18)
  folder = mkdtempSync(join(tmpdir(), 'growr-rates-'))
  rates('26.00')
  world = await startWorld({ rootstock: { url: anvil.url, chain: 33, tokens: [`DOC=${doc}:18`] }, rates: { file: join(folder, 'rates.json') } })
}, 60_000)
afterAll(async () => {
  await world?.end()
  await anvil?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Pays a token from outside. */
const payToken = (to: string, units: bigint): Promise<unknown> =>
  anvil.call('eth_sendTransaction', { from: anvil.rich, to: doc, data: `0xa9059cbb${to.slice(2).toLowerCase().padStart(64, '0')}${units.toString(16).padStart(64, '0')}`, gas: '0x186a0', gasPrice: '0x3938700' })
const tokensOf = async (of: string): Promise<bigint> => BigInt(await anvil.call('eth_call', { to: doc, data: `0x70a08231${of.slice(2).toLowerCase().padStart(64, '0')}` }, 'latest') as string)
/** Until everything is deep enough: what came in, what was swept, what was sent. */
const after = async (rounds = 3): Promise<void> => {
  for (let round = 0; round < rounds; round++) {
    await anvil.mine(13)
    await world.settle()
  }
}

it('repayments and payouts in a token, with gas from the originator, to the last unit', async () => {
  const { door, comsa, lending } = world
  const [bea, carl] = comsa.borrowers
  const project = await lending.project(comsa)
  for (const borrower of [bea!, carl!]) await lending.credential(comsa, borrower)
  const { key: loan } = await lending.loan(comsa, bea!, project, 'DISBURSED')

  // Tokens move by gas, which the originator gives.
  const fees = await door.do<{ address: string; currency: string }>(comsa.admin, 'depositAddress', { project, rail, purpose: 'FEES' })
  expect(fees.currency).toBe('RBTC')
  await anvil.pay(fees.address, 10n ** 15n)
  await after()
  expect((await accountsOf(world, project))['cash/ROOTSTOCK/O/P RBTC']).toMatch(/^0\.0009/)

  // 21,800.00 HNL at 26.00: 838.461538461538461538 and a third of a unit, so one more.
  const quoted = await door.do<{ address: string; amount: string; currency: string }>(bea!, 'requestAddress', { loan, rail, currency: 'DOC', amount: '21800.00' })
  expect(quoted).toMatchObject({ amount: '838.461538461538461539', currency: 'DOC' })
  await payToken(quoted.address, 838_461_538_461_538_461_539n)
  await after()
  expect(await door.do(bea!, 'loan', { key: loan })).toMatchObject({ status: 'REPAID', repaid: '21800.00', overpaid: '0.00' })
  expect(await accountsOf(world, project)).toMatchObject({ 'cash/ROOTSTOCK/O/P DOC': '838.461538461538461539', 'exchange/HNL/P HNL': '21800.00' })
  expect(await heldOf(world, project, 'DOC')).toBeCloseTo(838.461538461538, 9)

  // 18,600.00 go out at 26.40: 704.545454545454545455 DOC.
  rates('26.40')
  const second = await lending.loan(comsa, carl!, project, 'SIGNED')
  const to = '0x00000000000000000000000000000000000c0ffe'
  const payout = await door.do(comsa.admin, 'addDisbursement', { loan: second.key, rail, to, currency: 'DOC' })
  await world.settle()
  await after()
  expect(await door.do(comsa.admin, 'payment', { key: payout['key'] })).toMatchObject({ status: 'CONFIRMED', amount: '18600.00', moved: { amount: '704.545454545454545455', currency: 'DOC', rate: '26.40' } })
  expect(await tokensOf(to)).toBe(704_545_454_545_454_545_455n)
  expect(await door.do(carl!, 'loan', { key: second.key })).toMatchObject({ status: 'DISBURSED' })

  // 133.916083916083916084 DOC are left, booked at 3,200.00: the originator takes them for that.
  const ours = '0x000000000000000000000000000000000000babe'
  const { key: sale } = await door.do(comsa.admin, 'convertCoins', { project, rail, currency: 'DOC', to: ours, reference: 'SALE-1' })
  await world.settle()
  await after()
  expect(await door.do(comsa.admin, 'payment', { key: sale })).toMatchObject({ status: 'CONFIRMED', kind: 'CONVERSION', amount: '3200.00' })
  expect(await tokensOf(ours)).toBe(133_916_083_916_083_916_084n)
  const accounts = await accountsOf(world, project)
  expect(Object.keys(accounts).filter((name) => name.endsWith('DOC') || name.startsWith('exchange'))).toEqual([])
  expect(await heldOf(world, project, 'DOC')).toBe(0)
  // What is left of the deposit: what the books say is what the chain says, to the wei.
  expect(await heldOf(world, project, 'RBTC')).toBe(Number(accounts['cash/ROOTSTOCK/O/P RBTC']))
}, 180_000)
