import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LdkNode, readInvoice } from '@growr/lightning'
import { encodeInvoice, field } from '@growr/lightning/testing'
import { networkRequests } from '@growr/payment'
import { refusal } from '../testing/door.ts'
import { startWorld, type World } from '../testing/world.ts'
import { accountsOf, heldOf, startOutside, type Outside } from './testing.ts'

// A project in lempira whose borrowers repay and are paid over Lightning: a node of ours, one of somebody outside, and a channel between them.

let outside: Outside
let peer: LdkNode
let world: World
let folder: string
const rail = 'LIGHTNING'
const SLOW = 240_000

async function until(what: string, fact: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 120_000; ;) {
    if (await fact()) return
    if (Date.now() > end) throw new Error(`never happened: ${what}`)
    await new Promise((resolve) => { setTimeout(resolve, 50) })
  }
}
interface Lightning { nodeId: string; address: string; canReceive: string; canSend: string; balance: string; channels: { usable: boolean; state: string }[] }
const ours = (): Promise<Lightning> => world.door.do<Lightning>(world.operator, 'lightningNode')
let payments = 0
const payFromOutside = async (to: string, amountMsat: bigint): Promise<string> => {
  const id = `p${++payments}`
  await peer.pay({ id, to, amountMsat, maxFeeMsat: 10_000n })
  await until('it has its answer', async () => (await peer.payment(id))?.status !== 'PENDING')
  await world.settle()
  return (await peer.payment(id))!.status
}
/** Both nodes look at the chain after each block. */
const pass = async (blocks: number): Promise<void> => {
  for (let block = 0; block < blocks; block++) {
    await outside.mine(1)
    await peer.sync()
    await world.settle()
  }
}

beforeAll(async () => {
  outside = await startOutside()
  folder = mkdtempSync(join(tmpdir(), 'growr-peer-'))
  writeFileSync(join(folder, 'rates.json'), '{"BTC/HNL": "2500000.00"}')
  world = await startWorld({
    bitcoin: { url: outside.chain.url, user: 'test', password: 'test', chain: 'regtest' }, lightning: { node: 'ldk', listen: '127.0.0.1:0' }, publicUrl: 'https://growr.example', rates: { file: join(folder, 'rates.json') },
  })
  peer = new LdkNode({ rpc: { url: outside.chain.url, user: 'test', password: 'test' }, chain: 'regtest', directory: join(folder, 'ldk'), seed: new Uint8Array(32).fill(9), listen: null })
  await peer.start()
  await outside.pay(await peer.onchainAddress(), '0.2')
  await pass(3)
  const { nodeId, address } = await ours()
  // The peer opens: 0.1 BTC, of which 0.02 are pushed to us.
  await peer.openChannel({ id: 'first', peer: nodeId, address, capacityMsat: 10_000_000_000n, pushMsat: 2_000_000_000n })
  await until('the channel is funded', async () => (await outside.chain.call<string[]>('getrawmempool')).length > 0)
  await pass(6)
  await until('the channel is usable', async () => (await ours()).channels[0]?.usable === true && (await peer.channels())[0]?.usable === true)
  await world.settle()
}, SLOW)
afterAll(async () => {
  await world?.end()
  await peer?.stop()
  await outside?.chain.stop()
  rmSync(folder, { recursive: true, force: true })
}, SLOW)

it('an invoice for each repayment, a payout to an invoice, and the coins to their owner', async () => {
  const { door, comsa, lending, settle } = world
  const [bea, carl] = comsa.borrowers
  const project = await lending.project(comsa)
  for (const borrower of [bea!, carl!]) await lending.credential(comsa, borrower)
  const { key: loan } = await lending.loan(comsa, bea!, project, 'DISBURSED')
  const operatorHad = (await ours()).balance

  expect(await refusal(door.do(bea!, 'requestAddress', { loan, rail }))).toMatchObject({ code: 'BAD_INPUT' })
  // 21,800.00 HNL at 2,500,000.00: 0.00872 BTC exactly.
  const quoted = await door.do<{ invoice: string; amount: string; address: string | null; uri: string; expiresAt: string }>(bea!, 'requestAddress', { loan, rail, amount: '21800.00' })
  expect(quoted).toMatchObject({ amount: '0.00872000000', address: null })
  expect(quoted.uri).toBe(`lightning:${quoted.invoice.toUpperCase()}`)
  expect(await payFromOutside(quoted.invoice, 872_000_000n)).toBe('SENT')
  expect(await refusal(peer.pay({ id: 'twice', to: quoted.invoice, amountMsat: 872_000_000n, maxFeeMsat: 0n }))).toMatchObject({ code: 'INVOICE_PAID' })
  expect(await door.do(bea!, 'loan', { key: loan })).toMatchObject({ status: 'REPAID', repaid: '21800.00', overpaid: '0.00' })
  expect(await accountsOf(world, project)).toMatchObject({ 'cash/LIGHTNING/O/P BTC': '0.00872000000', 'exchange/HNL/P HNL': '21800.00' })
  expect(await heldOf(world, project)).toBe(0.00872)

  // 18,600.00 go out: 0.00744 BTC.
  const second = await lending.loan(comsa, carl!, project, 'SIGNED')
  expect(await refusal(door.do(comsa.admin, 'addDisbursement', { loan: second.key, rail, to: 'nothing' }))).toMatchObject({ code: 'ADDRESS_INVALID' })
  const wrong = await peer.createInvoice({ amountMsat: 1_000n, description: 'too little', expirySeconds: 3_600 })
  expect(await refusal(door.do(comsa.admin, 'addDisbursement', { loan: second.key, rail, to: wrong.invoice }))).toMatchObject({ code: 'INVOICE_AMOUNT' })
  // Of the year 2020, over the very amount.
  const old = encodeInvoice({
    key: new Uint8Array(32).fill(7), prefix: 'lnbcrt', amount: '7440u', timestamp: 1_600_000_000,
    fields: [field.paymentHash('11'.repeat(32)), field.secret('22'.repeat(32)), field.description('over'), field.features(8, 14)],
  })
  expect(await refusal(door.do(comsa.admin, 'addDisbursement', { loan: second.key, rail, to: old }))).toMatchObject({ code: 'INVOICE_EXPIRED' })
  expect(await refusal(door.do(world.operator, 'closeChannel', { id: '00'.repeat(32) }))).toMatchObject({ code: 'NOT_FOUND' })
  const his = await peer.createInvoice({ amountMsat: 744_000_000n, description: 'a loan', expirySeconds: 3_600 })
  const { key: payout } = await door.do(comsa.admin, 'addDisbursement', { loan: second.key, rail, to: his.invoice })
  await until('it is paid', async () => {
    await settle()
    return (await door.do(comsa.admin, 'payment', { key: payout }))['status'] !== 'ADDED'
  })
  expect(await door.do(comsa.admin, 'payment', { key: payout })).toMatchObject({ status: 'CONFIRMED', amount: '18600.00', moved: { amount: '0.00744000000' } })
  await settle()
  expect(await door.do(carl!, 'loan', { key: second.key })).toMatchObject({ status: 'DISBURSED' })
  expect((await peer.events({ after: 0, limit: 100 })).filter(({ kind }) => kind === 'RECEIVED').map(({ amountMsat }) => amountMsat)).toEqual([744_000_000n])

  // 0.00128 BTC are left, booked at 3,200.00: they go into the operator's account for that.
  const { key: sale } = await door.do(comsa.admin, 'convertCoins', { project, rail, currency: 'BTC', to: 'wallet:operator', reference: 'SALE-1' })
  await settle()
  expect(await door.do(comsa.admin, 'payment', { key: sale })).toMatchObject({ status: 'CONFIRMED', amount: '3200.00' })
  const accounts = await accountsOf(world, project)
  expect(Object.keys(accounts).filter((name) => name.endsWith('BTC') || name.startsWith('exchange'))).toEqual([])
  expect(await heldOf(world, project)).toBe(0)
  expect(Number((await ours()).balance) - Number(operatorHad)).toBeCloseTo(0.00128, 11)
}, SLOW)

it('a loan has a Lightning address that any wallet can pay', async () => {
  const { door, comsa, lending } = world
  const [, carl] = comsa.borrowers
  const project = await lending.project(comsa)
  const { key: loan } = await lending.loan(comsa, carl!, project, 'DISBURSED')
  const { lightningAddress } = await door.do<{ lightningAddress: string }>(carl!, 'requestAddress', { loan, rail, amount: '100.00' })
  expect(lightningAddress).toMatch(/^grw\d{10}@growr\.example$/)
  const get = async (path: string): Promise<Record<string, unknown>> => (await fetch(`${world.node.url}${path}`)).json() as Promise<Record<string, unknown>>
  const name = lightningAddress.split('@')[0]!
  const asked = await get(`/.well-known/lnurlp/${name}`)
  expect(asked).toMatchObject({ tag: 'payRequest', minSendable: 1_000, callback: `https://growr.example/lightning/pay/${name}` })
  expect(asked['metadata']).toContain(lightningAddress)
  expect(await get('/.well-known/lnurlp/grw0000000000')).toMatchObject({ status: 'ERROR' })
  expect(await get(`/lightning/pay/${name}?amount=1`)).toMatchObject({ status: 'ERROR' })
  // 0.001 BTC: 2,500.00 HNL by the rate of the day. The invoice carries the hash of what was shown.
  const { pr } = await get(`/lightning/pay/${name}?amount=100000000`) as { pr: string }
  const { createHash } = await import('node:crypto')
  expect(readInvoice(pr)).toMatchObject({ amountMsat: 100_000_000n, descriptionHash: createHash('sha256').update(String(asked['metadata'])).digest('hex') })
  expect((await get(`/lightning/pay/${name}?amount=100000000`))['pr']).toBe(pr)
  expect(await payFromOutside(pr, 100_000_000n)).toBe('SENT')
  expect(await door.do(carl!, 'loan', { key: loan })).toMatchObject({ repaid: '2500.00' })
}, SLOW)

it('who is erased leaves no address behind', async () => {
  const { door, comsa, lending, node } = world
  const dora = (await world.people.members(comsa.admin, comsa.id, 'BORROWER', ['dora']))[0]!
  // Nothing is owed to her at the close, so that she may go at once.
  const project = await lending.project(comsa, { loans: { isCommunity: false, riskDepositRate: '0', cashBackRate: '0' } })
  await lending.credential(comsa, dora)
  const { key: loan } = await lending.loan(comsa, dora, project, 'DISBURSED')
  const { invoice } = await door.do<{ invoice: string }>(dora, 'requestAddress', { loan, rail, amount: '21800.00' })
  expect(await payFromOutside(invoice, 872_000_000n)).toBe('SENT')
  const requests = async (): Promise<number> => {
    const { collections } = world.inside.parts.groups.find(({ name }) => name === 'payment')!
    return (await collections!.repository(networkRequests)).count({ user: dora.session.user })
  }
  expect(await requests()).toBe(1)
  await door.do(comsa.admin, 'eraseUser', { user: dora.session.user })
  await node.settle()
  expect(await requests()).toBe(0)
}, SLOW)

it('a payout to an invoice that nobody honours fails, and the loan waits for another', async () => {
  const { door, comsa, lending, settle } = world
  const [bea] = comsa.borrowers
  const project = await lending.project(comsa, { junior: '1000000.00' })
  const { key: loan } = await lending.loan(comsa, bea!, project, 'SIGNED')
  // Money on Lightning first: junior capital by an invoice.
  const deposit = await door.do<{ invoice: string; amount: string }>(comsa.admin, 'depositAddress', { project, rail, purpose: 'JUNIOR', amount: '25000.00' })
  expect(deposit.amount).toBe('0.01000000000')
  expect(await payFromOutside(deposit.invoice, 1_000_000_000n)).toBe('SENT')
  expect(await accountsOf(world, project)).toMatchObject({ 'capital/junior/P HNL': '-1025000.00' })
  const gone = await peer.createInvoice({ amountMsat: 744_000_000n, description: 'a loan', expirySeconds: 3_600 })
  await peer.cancelInvoice(gone.paymentHash)
  const { key } = await door.do(comsa.admin, 'addDisbursement', { loan, rail, to: gone.invoice })
  await until('it has failed', async () => {
    await settle()
    return (await door.do(comsa.admin, 'payment', { key }))['status'] !== 'ADDED'
  })
  expect(await door.do(comsa.admin, 'payment', { key })).toMatchObject({ status: 'FAILED' })
  expect(await door.do(bea!, 'loan', { key: loan })).toMatchObject({ status: 'SIGNED' })
  expect(await heldOf(world, project)).toBe(0.01)
}, SLOW)
