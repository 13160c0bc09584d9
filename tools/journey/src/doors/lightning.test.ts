import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LdkNode } from '@growr/lightning'
import { BitcoinChain } from '../outside/bitcoin-chain.ts'
import { LightningPeer } from '../outside/lightning-peer.ts'
import { until } from '../outside/poll.ts'
import type { Actor, Outcome } from './door.ts'
import { LightningDoor } from './lightning.ts'

// Two real nodes over a real chain: the outside's, and one in the place of the journey's.

const bea: Actor = { name: 'bea', person: { role: 'BORROWER' } }
const SLOW = 120_000
let chain: BitcoinChain
let peer: LightningPeer
let ours: LdkNode
let door: LightningDoor
let folder: string
const noted: string[] = []

const mine = async (blocks: number): Promise<void> => {
  for (let block = 0; block < blocks; block++) {
    await chain.mine(1)
    await peer.look()
    await ours.sync()
  }
}

beforeAll(async () => {
  chain = await BitcoinChain.start(process.env['BITCOIND_PATH']!, new Date('2026-03-01T14:00:00.000Z'))
  peer = await LightningPeer.start(chain)
  folder = await mkdtemp(join(tmpdir(), 'growr-ours-'))
  ours = new LdkNode({ rpc: chain.rpc, chain: 'regtest', directory: folder, seed: new Uint8Array(32).fill(3), listen: { host: '127.0.0.1', port: 0 } })
  await ours.start()
  door = new LightningDoor({ peer, mine, watch: { rest: () => Promise.resolve(), seen: () => Promise.resolve() }, note: (invoice) => noted.push(invoice) })
}, SLOW)
afterAll(async () => {
  await ours?.stop()
  await peer?.stop()
  await chain?.stop()
  await rm(folder, { recursive: true, force: true })
}, SLOW)

const act = (operation: string, given: Record<string, unknown> = {}): Promise<Outcome> => door.perform(bea, { kind: operation === 'received' ? 'query' : 'do', operation, with: given })
async function done(operation: string, given: Record<string, unknown> = {}): Promise<Record<string, string>> {
  const outcome = await act(operation, given)
  if ('refusal' in outcome) throw new Error(`${outcome.refusal.code}: ${outcome.refusal.message}`)
  return outcome.result as Record<string, string>
}

test('a channel from outside, through which both sides pay; what is not honoured fails', { timeout: SLOW }, async () => {
  const { nodeId, address } = await ours.info()
  expect(await done('openChannel', { peer: nodeId, address, capacity: '0.05', push: '0.01' })).toMatchObject({ capacity: '0.05000000000' })
  await until('ours can use it', async () => (await ours.channels())[0]?.usable === true)
  expect((await ours.channels())[0]).toMatchObject({ capacityMsat: 5_000_000_000n, oursMsat: 1_000_000_000n })

  const asked = await ours.createInvoice({ amountMsat: 123_456_789n, description: 'ours', expirySeconds: 600 })
  expect(await done('pay', { invoice: asked.invoice })).toEqual({ status: 'SENT', reason: null, fee: '0.00000000000' })
  expect((await ours.events({ after: 0, limit: 10 })).find(({ kind }) => kind === 'RECEIVED')).toMatchObject({ paymentHash: asked.paymentHash, amountMsat: 123_456_789n })
  expect(await act('pay', { invoice: asked.invoice })).toMatchObject({ refusal: { code: 'INVOICE_PAID' } })

  const { invoice } = await done('newInvoice', { amount: '0.001' })
  expect(noted).toEqual([asked.invoice, asked.invoice, invoice])
  expect(await done('received', { invoice })).toEqual({ amount: '0.00000000000' })
  const pay = async (id: string, to: string): Promise<string | undefined> => {
    await ours.pay({ id, to, amountMsat: 100_000_000n, maxFeeMsat: 0n })
    await until('it has an answer', async () => (await ours.payment(id))?.status !== 'PENDING')
    return (await ours.payment(id))?.status
  }
  expect(await pay('a', invoice!)).toBe('SENT')
  expect(await done('received', { invoice })).toEqual({ amount: '0.00100000000' })
  const other = await done('newInvoice', { amount: '0.001' })
  expect(await done('cancelInvoice', { invoice: other['invoice'] })).toEqual({ cancelled: true })
  expect(await pay('b', other['invoice']!)).toBe('FAILED')
  expect(await done('received', { invoice: other['invoice'] })).toEqual({ amount: '0.00000000000' })
  expect(await done('cancelInvoice', { invoice })).toEqual({ cancelled: false })
})

test.each([
  ['openChannel', { peer: '00', address: '127.0.0.1:1', capacity: '0.01', push: '0.01' }, /the second the smaller one/],
  ['openChannel', { peer: '00', address: '127.0.0.1:1' }, /openChannel needs `capacity`/],
  ['newInvoice', { amount: '0' }, /an amount is a decimal with at most 11 decimals/],
  ['mine', {}, /lightning has .*not `do: mine`/],
] as const)('what makes no sense is said: %s %j', async (operation, given, message) => {
  expect(await act(operation, given)).toMatchObject({ refusal: { code: 'JOURNEY_INVALID', message: expect.stringMatching(message) as string } })
})

test('an invoice that is none is refused as the network does', async () => {
  expect(await act('pay', { invoice: 'lnbcrt1nothing' })).toMatchObject({ refusal: { code: 'ADDRESS_INVALID' } })
})
