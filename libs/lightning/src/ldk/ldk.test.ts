import { createHash } from 'node:crypto'
import { NetworkError } from '@growr/networks'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { LightningNode, NodeEvent } from '../node.ts'
import { startLightningPair, type LightningPair } from '../testing.pair.ts'

const SLOW = 240_000
let pair: LightningPair
beforeAll(async () => { pair = await startLightningPair(process.env['BITCOIND_PATH'] ?? '') }, SLOW)
afterAll(() => pair?.stop())

const code = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(() => null, (thrown: unknown) => thrown)
  if (error instanceof NetworkError) return error.code
  throw error ?? new Error('nothing was refused')
}
const invoice = (node: LightningNode, amountMsat: bigint | null, description: string | { hash: string } = 'a loan', expirySeconds = 3_600) => node.createInvoice({ amountMsat, description, expirySeconds })
const ended = (node: LightningNode, id: string): Promise<void> => pair.until(`${id} has its answer`, async () => (await node.payment(id))?.status !== 'PENDING')
const all = (node: LightningNode): Promise<readonly NodeEvent[]> => node.events({ after: 0, limit: 1_000 })
/** What all that happened comes to. */
const told = async (node: LightningNode): Promise<bigint> => (await all(node)).reduce((sum, { kind, amountMsat, feeMsat }) => {
  if (kind === 'RECEIVED' || kind === 'ONCHAIN') return sum + amountMsat
  return kind === 'SENT' ? sum - amountMsat - feeMsat : kind === 'FEE' ? sum - amountMsat : sum
}, 0n)
const held = async (node: LightningNode): Promise<bigint> => {
  const { channelsMsat, onchainMsat, locked } = await node.balances()
  return channelsMsat + onchainMsat + locked.reduce((sum, { amountMsat }) => sum + amountMsat, 0n)
}
/** What both sides have agreed on takes a moment longer than the answer. */
const settled = (node: LightningNode): Promise<void> => pair.until('it holds what it told', async () => (await told(node)) === (await held(node)))
const paid = async (from: LightningNode, to: LightningNode, id: string, amountMsat: bigint, text?: string): Promise<void> => {
  await from.pay({ id, to: text ?? (await invoice(to, amountMsat)).invoice, amountMsat, maxFeeMsat: 10_000n })
  await ended(from, id)
}

it('pays both ways, to the millisatoshi, and each id once', async () => {
  const { ours, theirs } = pair
  await paid(ours, theirs, 'a', 12_345_678n)
  await paid(theirs, ours, 'b', 1_000_001n)
  expect(await ours.payment('a')).toMatchObject({ status: 'SENT', feeMsat: 0n })
  expect(await ours.pay({ id: 'a', to: 'whatever it says now', amountMsat: 1n, maxFeeMsat: 0n })).toMatchObject({ status: 'SENT', amountMsat: 12_345_678n })
  await settled(theirs)
  expect((await theirs.balances()).channelsMsat).toBe(1_000_000_000n + 12_345_678n - 1_000_001n)
  // A description that is only known by its hash, and an invoice that names no amount.
  const hash = createHash('sha256').update('{"text/plain":"a loan"}').digest('hex')
  await paid(ours, theirs, 'c', 5_000n, (await invoice(theirs, 5_000n, { hash })).invoice)
  await paid(ours, theirs, 'd', 7_777n, (await invoice(theirs, null)).invoice)
  expect((await all(theirs)).filter(({ kind }) => kind === 'RECEIVED').map(({ amountMsat }) => amountMsat)).toEqual([12_345_678n, 5_000n, 7_777n])
  for (const node of [ours, theirs]) await settled(node)
}, SLOW)

it('refuses by the reason, and nothing has left', async () => {
  const { ours, theirs } = pair
  await settled(ours)
  const before = await held(ours)
  const good = await invoice(theirs, 9_000n)
  const pay = (id: string, to: string, amountMsat = 9_000n) => ours.pay({ id, to, amountMsat, maxFeeMsat: 1_000n })
  expect(await code(pay('x1', 'no invoice'))).toBe('ADDRESS_INVALID')
  expect(await code(pay('x2', good.invoice, 8_999n))).toBe('AMOUNT_MISMATCH')
  expect(await code(pay('x3', (await invoice(ours, 9_000n)).invoice))).toBe('INVOICE_OWN')
  expect(await code(pay('x4', (await invoice(theirs, 900_000_000_000n)).invoice, 900_000_000_000n))).toBe('BALANCE_INSUFFICIENT')
  // BOLT 11's own example, of the main chain.
  expect(await code(pay('x5', 'lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3yap9us6v52vjjsrvywa6rt52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql'))).toBe('ADDRESS_FOREIGN')
  await pay('x6', good.invoice)
  await ended(ours, 'x6')
  expect(await code(pay('x7', good.invoice))).toBe('INVOICE_PAID')
  expect(await theirs.cancelInvoice(good.paymentHash)).toBe(false)
  // Cancelled: whoever pays it gets it back.
  const cancelled = await invoice(theirs, 9_000n)
  expect(await theirs.cancelInvoice(cancelled.paymentHash)).toBe(true)
  await pay('x8', cancelled.invoice)
  await ended(ours, 'x8')
  expect(await ours.payment('x8')).toMatchObject({ status: 'FAILED' })
  await settled(ours)
  expect(await held(ours)).toBe(before - 9_000n)
}, SLOW)

it('is killed in the middle of payments: nothing is lost or doubled, and the channel stays', async () => {
  const { ours, theirs, until, usable } = pair
  for (const node of [ours, theirs]) await settled(node)
  const [first, second] = [await held(ours), await held(theirs)]
  const ids: string[] = []
  for (let round = 0; round < 4; round++) {
    const victim = round % 2 === 0 ? theirs : ours
    for (let at = 0; at < 6; at++) {
      const id = `k${round}.${at}`
      const { invoice: text } = await invoice(theirs, 10_000n)
      ids.push(id)
      void ours.pay({ id, to: text, amountMsat: 10_000n, maxFeeMsat: 1_000n }).catch(() => undefined)
    }
    const old = victim.pid!
    process.kill(old, 'SIGKILL')
    await until('it runs again', async () => victim.pid !== undefined && victim.pid !== old && await victim.info().then(() => true, () => false))
    await usable()
  }
  const known = (await Promise.all(ids.map((id) => ours.payment(id)))).filter((payment) => payment !== null)
  await until('all have their answers', async () => (await Promise.all(known.map(({ id }) => ours.payment(id)))).every((payment) => payment!.status !== 'PENDING'))
  for (const node of [ours, theirs]) await settled(node)
  const sent = (await Promise.all(known.map(({ id }) => ours.payment(id)))).filter((payment) => payment!.status === 'SENT').length
  const [now, then] = [await held(ours), await held(theirs)]
  expect(first - now).toBe(BigInt(sent) * 10_000n)
  expect(then - second).toBe(BigInt(sent) * 10_000n)
  for (const node of [ours, theirs]) expect(await told(node)).toBe(await held(node))
  expect((await ours.channels()).map(({ state }) => state)).toEqual(['OPEN'])
}, SLOW)

it('shows what a close by force holds back, why and until when, and sweeps it', async () => {
  const { ours, theirs, pass, until, chain } = pair
  for (const node of [ours, theirs]) await settled(node)
  const before = await held(ours)
  // Asked for again by the same id it is the one that there is, though it has another name by now; another's terms are no part of it.
  const { nodeId, address } = await theirs.info()
  const again = { id: 'first', peer: nodeId, address: address ?? '', capacityMsat: 4_000_000_000n, pushMsat: 1_000_000_000n }
  const opened = await ours.openChannel(again)
  const [channel, ...others] = await ours.channels()
  expect(others).toEqual([])
  expect(opened.id).not.toBe(channel!.id)
  expect(await code(ours.openChannel({ ...again, capacityMsat: 4_000_001_000n }))).toBe('NETWORK_ID_REUSED')
  await ours.closeChannel(opened.id, true)
  await until('the commitment is sent', async () => (await chain.call<string[]>('getrawmempool')).length > 0)
  await pass(1)
  const { channelsMsat, locked } = await ours.balances()
  expect(channelsMsat).toBe(0n)
  expect(locked).toMatchObject([{ reason: 'FORCE_CLOSE_DELAY', amountMsat: channel!.oursMsat }])
  expect(locked[0]!.releaseHeight).toBeGreaterThan((await ours.info()).height + 100)
  expect(await held(ours)).toBe(before)
  for (let block = 0; block < 170 && ((await ours.balances()).locked.length > 0 || (await theirs.balances()).locked.length > 0); block++) await pass(1)
  for (const node of [ours, theirs]) {
    expect((await node.balances()).locked).toEqual([])
    expect(await told(node)).toBe(await held(node))
  }
  expect(before - (await held(ours))).toBeLessThan(10_000_000n)
}, SLOW)
