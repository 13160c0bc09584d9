import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { NetworkError } from '@growr/networks'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LightningAccounts } from '../accounts.ts'
import { btc } from '../accounts.store.ts'
import { readOffer } from '../bolt12.ts'
import { isSignedBy } from '../bolt12-signature.ts'
import { readNumber, readTlvStream } from '../bolt12-tlv.ts'
import type { NodePayment } from '../node.ts'
import { startLightningPair, type LightningPair } from '../testing.pair.ts'

const SLOW = 240_000
let pair: LightningPair
let accounts: LightningAccounts
beforeAll(async () => {
  pair = await startLightningPair(process.env['BITCOIND_PATH'] ?? '')
  accounts = new LightningAccounts({ node: pair.ours, file: join(pair.folder, 'accounts.db') })
  await accounts.sync()
  for (const id of ['school', 'mill']) await accounts.createWallet({ id, purpose: 'REPAYMENT' })
}, SLOW)
afterAll(() => pair?.stop())

const code = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(() => null, (thrown: unknown) => thrown)
  if (error instanceof NetworkError) return error.code
  throw error ?? new Error('nothing was refused')
}
const paid = async (id: string, to: string, amountMsat: bigint): Promise<NodePayment> => {
  await pair.theirs.pay({ id, to, amountMsat, maxFeeMsat: 1_000n })
  await pair.until(`${id} has its answer`, async () => (await pair.theirs.payment(id))?.status !== 'PENDING')
  await accounts.sync()
  return (await pair.theirs.payment(id))!
}
const received = async () => (await accounts.getPayments({ after: 0, limit: 1_000 })).filter(({ kind, wallet }) => kind === 'RECEIVED' && wallet !== 'operator')
const held = async (wallet: string): Promise<bigint> => (await accounts.balances(wallet))[0]!.confirmed.amount
const offerOf = (wallet: string, tag: string, amount: bigint | null) => accounts.createOffer({ wallet, tag, amount: amount === null ? null : btc(amount), description: `what ${tag} owes` })

it('an offer says what it is for, and is paid again and again, each time a credit', async () => {
  const { offer } = await offerOf('school', 'loan-1', 5_000_001n)
  const read = readOffer(offer, { chain: 'regtest', now: new Date() })
  expect(read).toMatchObject({ amountMsat: 5_000_001n, description: 'what loan-1 owes', chains: ['regtest'], expiresAt: null, quantityMax: null })
  // Nobody sees by it whose it is but the peer by whom one asks.
  expect(read.paths.map(({ firstNode }) => firstNode)).toEqual([(await pair.theirs.info()).nodeId])
  expect(read.issuerId).not.toBe((await pair.ours.info()).nodeId)
  expect((await offerOf('school', 'loan-1', 5_000_001n)).offer).toBe(offer)
  const other = await offerOf('mill', 'loan-2', 7_000n)

  const payments = [await paid('a', offer, 5_000_001n), await paid('b', other.offer, 7_000n), await paid('c', offer, 5_000_001n)]
  expect(payments.map(({ status }) => status)).toEqual(['SENT', 'SENT', 'SENT'])
  expect((await received()).map(({ wallet, tag, amount, id }) => [wallet, tag, amount.amount, id])).toEqual([
    ['school', 'loan-1', 5_000_001n, payments[0]!.paymentHash], ['mill', 'loan-2', 7_000n, payments[1]!.paymentHash], ['school', 'loan-1', 5_000_001n, payments[2]!.paymentHash],
  ])
  expect([await held('school'), await held('mill')]).toEqual([10_000_002n, 7_000n])

  // What the payer keeps proves whom it paid and what: the issuer's signature over the hash, and its preimage.
  const { invoice, preimage, paymentHash } = payments[0]!
  expect(createHash('sha256').update(Buffer.from(preimage!, 'hex')).digest('hex')).toBe(paymentHash)
  const stream = readTlvStream(Buffer.from(invoice!, 'hex'))
  const field = (type: bigint) => stream.find((record) => record.type === type)!.value
  expect(isSignedBy(Buffer.from(read.issuerId!, 'hex'), 'invoice', stream)).toBe(true)
  expect([Buffer.from(field(168n)).toString('hex'), readNumber(field(170n)), Buffer.from(field(10n)).toString()]).toEqual([paymentHash, 5_000_001n, 'what loan-1 owes'])
}, SLOW)

it('without an amount the payer names it; another than the named one, or another chain\'s, is refused', async () => {
  const { offer } = await offerOf('mill', 'any', null)
  const before = await held('mill')
  expect(await paid('d', offer, 12_345n)).toMatchObject({ status: 'SENT', amountMsat: 12_345n })
  expect(await held('mill')).toBe(before + 12_345n)
  const { offer: fixed } = await offerOf('mill', 'fixed', 9_000n)
  const pay = (to: string, amountMsat: bigint, from = pair.theirs) => from.pay({ id: 'x', to, amountMsat, maxFeeMsat: 0n })
  expect(await code(pay(fixed, 8_999n))).toBe('AMOUNT_MISMATCH')
  // BOLT 12's shortest example, of the main chain.
  expect(await code(pay('lno1zcss9mk8y3wkklfvevcrszlmu23kfrxh49px20665dqwmn4p72pksese', 9_000n))).toBe('ADDRESS_FOREIGN')
  expect(await code(pay('lno1', 9_000n))).toBe('ADDRESS_INVALID')
  expect(await code(pay(fixed, 9_000n, pair.ours))).toBe('INVOICE_OWN')
  expect(await pair.theirs.payment('x')).toBeNull()
  await expect(accounts.createOffer({ wallet: 'none', tag: 't', amount: null, description: '' })).rejects.toMatchObject({ code: 'WALLET_UNKNOWN' })
}, SLOW)

it('an offer of the node itself is settled inside, as often as one likes', async () => {
  const { offer } = await offerOf('mill', 'inside', 1_000n)
  const before = [await held('school'), await held('mill')] as const
  const send = { wallets: ['school'], to: offer, amount: btc(1_000n), maxFee: btc(0n) }
  for (const id of ['i1', 'i2']) expect(await accounts.send({ ...send, id })).toMatchObject({ status: 'CONFIRMED' })
  expect([await held('school'), await held('mill')]).toEqual([before[0] - 2_000n, before[1] + 2_000n])
  expect((await received()).filter(({ tag }) => tag === 'inside').map(({ id }) => id)).toEqual(['inside:i1', 'inside:i2'])
}, SLOW)

it('offers outlive a kill, on both sides of a payment', async () => {
  const { offer } = await offerOf('school', 'loan-1', 5_000_001n)
  for (const node of [pair.ours, pair.theirs]) {
    const old = node.pid!
    process.kill(old, 'SIGKILL')
    await pair.until('it runs again', async () => node.pid !== undefined && node.pid !== old && await node.info().then(() => true, () => false))
    await pair.usable()
    const before = await held('school')
    expect(await paid(`after-${old}`, offer, 5_000_001n)).toMatchObject({ status: 'SENT' })
    expect(await held('school')).toBe(before + 5_000_001n)
  }
}, SLOW)
