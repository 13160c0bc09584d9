import { NetworkError } from '@growr/networks'
import { booksOf } from '@growr/networks/testing'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LightningAccounts, OPERATOR } from './accounts.ts'
import { btc } from './accounts.store.ts'
import { startLightningPair, type LightningPair } from './testing.pair.ts'

const SLOW = 240_000
let pair: LightningPair
let ours: LightningAccounts
let file: string
const invoice = (tag: string, amount: bigint | null, wallet = 'w') => ours.createInvoice({ wallet, tag, amount: amount === null ? null : btc(amount), description: 'a repayment', expirySeconds: 3_600 })
const outside = async (amountMsat: bigint) => (await pair.theirs.createInvoice({ amountMsat, description: 'outside', expirySeconds: 3_600 })).invoice
const code = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(() => null, (thrown: unknown) => thrown)
  if (error instanceof NetworkError) return error.code
  throw error ?? new Error('nothing was refused')
}
let payments = 0
const payFromOutside = async (to: string, amountMsat: bigint): Promise<string> => {
  const id = `out-${++payments}`
  await pair.theirs.pay({ id, to, amountMsat, maxFeeMsat: 1_000n })
  await pair.until('it has its answer', async () => (await pair.theirs.payment(id))?.status !== 'PENDING')
  await ours.sync()
  return (await pair.theirs.payment(id))!.status
}
const answered = (id: string): Promise<void> => pair.until(`${id} has its answer`, async () => {
  await ours.sync()
  return !['PENDING', 'UNKNOWN'].includes((await ours.sent(id))!.status)
})
const held = async (wallet: string): Promise<bigint> => (await ours.balances(wallet))[0]!.confirmed.amount
/** What all accounts hold is what the node has, and what the feed says that came and went. */
async function atRest(): Promise<void> {
  // What both sides have agreed on takes a moment longer than the answer.
  await pair.until('the node agrees with what it told', async () => {
    await ours.sync()
    const { channelsMsat: inChannels, onchainMsat: onChain, locked: back } = await pair.ours.balances()
    return booksOf(await ours.getPayments({ after: 0, limit: 1_000 })).get('BTC') === inChannels + onChain + back.reduce((sum, { amountMsat }) => sum + amountMsat, 0n)
  })
  const { channelsMsat, onchainMsat, locked } = await pair.ours.balances()
  const node = channelsMsat + onchainMsat + locked.reduce((sum, { amountMsat }) => sum + amountMsat, 0n)
  const accounts = (await ours.balances()).reduce((sum, { confirmed, locked: back }) => sum + confirmed.amount + back.reduce((all, { amount }) => all + amount.amount, 0n), 0n)
  expect(accounts).toBe(node)
  expect(booksOf(await ours.getPayments({ after: 0, limit: 1_000 })).get('BTC')).toBe(node)
}

beforeAll(async () => {
  pair = await startLightningPair(process.env['BITCOIND_PATH'] ?? '')
  file = join(pair.folder, 'accounts.db')
  ours = new LightningAccounts({ node: pair.ours, file })
  // Its node runs already.
  await ours.sync()
  for (const id of ['w', 'v']) await ours.createWallet({ id, purpose: 'REPAYMENT' })
}, SLOW)
afterAll(() => pair?.stop())

it('what the node has is the operator\'s at first', async () => {
  expect((await ours.balances(OPERATOR))[0]!.confirmed.amount).toBeGreaterThan(8_000_000_000n)
  await atRest()
})

it('an invoice is its wallet\'s, comes back with its tag, and is paid once', async () => {
  const { invoice: text } = await invoice('loan-1', 50_000_000n)
  expect((await invoice('loan-1', 50_000_000n)).invoice).toBe(text)
  expect((await invoice('loan-2', 50_000_000n)).invoice).not.toBe(text)
  expect(await payFromOutside(text, 50_000_000n)).toBe('SENT')
  expect(await code(pair.theirs.pay({ id: 'again', to: text, amountMsat: 50_000_000n, maxFeeMsat: 0n }))).toBe('INVOICE_PAID')
  expect(await held('w')).toBe(50_000_000n)
  const [received] = (await ours.getPayments({ after: 0, limit: 100, wallet: 'w' })).filter(({ kind }) => kind === 'RECEIVED')
  expect(received).toMatchObject({ tag: 'loan-1', status: 'CONFIRMED', amount: btc(50_000_000n) })
  // A paid invoice is none that can be paid: the next one is another.
  expect((await invoice('loan-1', 50_000_000n)).invoice).not.toBe(text)
  await atRest()
}, SLOW)

it('a send is paid once and costs what the node says; what is refused leaves nothing behind', async () => {
  const to = await outside(20_000_000n)
  const send = { id: 's1', wallets: ['w'], to, amount: btc(20_000_000n), maxFee: btc(100_000n) }
  expect(await code(ours.send({ ...send, id: 'x1', amount: btc(60_000_000n) }))).toBe('BALANCE_INSUFFICIENT')
  expect(await code(ours.send({ ...send, id: 'x2', amount: btc(19_000_000n) }))).toBe('AMOUNT_MISMATCH')
  expect(await code(ours.send({ ...send, id: 'x3', to: 'no invoice' }))).toBe('ADDRESS_INVALID')
  expect(await code(ours.send({ ...send, id: 'x4', feeFromAmount: true }))).toBe('NETWORK_UNSUPPORTED')
  expect(await code(ours.send({ ...send, id: 'x5', wallets: ['none'] }))).toBe('WALLET_UNKNOWN')
  expect(await ours.sent('x1')).toBeNull()
  const first = await ours.send(send)
  expect(['PENDING', 'CONFIRMED']).toContain(first.status)
  await ours.send(send)
  expect(await code(ours.send({ ...send, maxFee: btc(1n) }))).toBe('NETWORK_ID_REUSED')
  await answered('s1')
  expect(await ours.sent('s1')).toMatchObject({ status: 'CONFIRMED', fee: btc(0n) })
  expect(await held('w')).toBe(30_000_000n)
  ours.setSending(false)
  expect(await code(ours.send({ ...send, id: 'x6', to: await outside(1_000n), amount: btc(1_000n) }))).toBe('NETWORK_SENDING_OFF')
  ours.setSending(true)
  await atRest()
}, SLOW)

it('an invoice of the node itself is settled inside, and never from outside as well', async () => {
  const { invoice: text } = await invoice('inside', 5_000_000n, 'v')
  await ours.send({ id: 'i1', wallets: ['w'], to: text, amount: btc(5_000_000n), maxFee: btc(0n) })
  expect([await held('w'), await held('v')]).toEqual([25_000_000n, 5_000_000n])
  expect(await payFromOutside(text, 5_000_000n)).toBe('FAILED')
  expect(await code(ours.send({ id: 'i2', wallets: ['w'], to: text, amount: btc(5_000_000n), maxFee: btc(0n) }))).toBe('INVOICE_PAID')
  // From account to account, as an organization's wallet is emptied into the operator's.
  await ours.send({ id: 'i3', wallets: ['v', 'w'], to: `wallet:${OPERATOR}`, amount: btc(6_000_000n), maxFee: btc(0n) })
  expect([await held('w'), await held('v')]).toEqual([24_000_000n, 0n])
  await atRest()
}, SLOW)

it('many sends at once take no more than there is, each id and each invoice once', async () => {
  await ours.createWallet({ id: 'm', purpose: 'FUNDING' })
  await ours.send({ id: 'm0', wallets: ['w'], to: 'wallet:m', amount: btc(3_000_000n), maxFee: btc(0n) })
  const { invoice: own } = await invoice('at-once', 600_000n, 'v')
  const before = await held('v')
  const sends = await Promise.all(Array.from({ length: 6 }, async (_, at) => ({ id: `m${at + 1}`, wallets: ['m'], to: await outside(600_000n), amount: btc(600_000n), maxFee: btc(0n) })))
  const inside = { wallets: ['m'], to: own, amount: btc(600_000n), maxFee: btc(0n) }
  const results = await Promise.allSettled([{ ...inside, id: 'm8' }, { ...inside, id: 'm9' }, ...sends, ...sends].map((send) => ours.send(send)))
  const reasons = results.flatMap((result) => result.status === 'rejected' && result.reason instanceof NetworkError ? [result.reason.code] : result.status === 'rejected' ? [String(result.reason)] : [])
  // One settles inside and four go out, each asked for twice; the other two find nothing left.
  expect(reasons.toSorted()).toEqual([...Array.from({ length: 4 }, () => 'BALANCE_INSUFFICIENT'), 'INVOICE_PAID'])
  for (const { id } of sends) if (await ours.sent(id) !== null) await answered(id)
  expect([await held('m'), await held('v') - before]).toEqual([0n, 600_000n])
  await atRest()
}, SLOW)

it('money for nobody is the operator\'s, where it is seen', async () => {
  const { invoice: text } = await pair.ours.createInvoice({ amountMsat: 1_234n, description: 'not of the accounts', expirySeconds: 3_600 })
  const before = await held(OPERATOR)
  await payFromOutside(text, 1_234n)
  expect(await held(OPERATOR)).toBe(before + 1_234n)
  await atRest()
}, SLOW)

it('whatever is paid in and out, in whatever order, with a node that is killed in between, every account is exact', async () => {
  const wallets = ['p', 'q', 'r']
  for (const id of wallets) await ours.createWallet({ id, purpose: 'FUNDING' })
  const expected = new Map(wallets.map((id) => [id, 0n]))
  const wallet = fc.integer({ min: 0, max: 2 })
  const step = fc.oneof(
    fc.record({ kind: fc.constant('in' as const), wallet, msat: fc.bigInt({ min: 1_000n, max: 2_000_000n }) }),
    fc.record({ kind: fc.constant('out' as const), wallet, msat: fc.bigInt({ min: 1_000n, max: 900_000n }) }),
    fc.record({ kind: fc.constant('inside' as const), wallet, to: wallet, msat: fc.bigInt({ min: 1n, max: 900_000n }) }),
    fc.record({ kind: fc.constant('kill' as const) }),
  )
  let n = 0
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async (steps) => {
    for (const one of steps) {
      const id = `r${++n}`
      if (one.kind === 'kill') {
        const old = pair.ours.pid!
        process.kill(old, 'SIGKILL')
        await pair.until('it runs again', async () => pair.ours.pid !== undefined && pair.ours.pid !== old && await pair.ours.info().then(() => true, () => false))
        await pair.usable()
        continue
      }
      const from = wallets[one.wallet]!
      if (one.kind === 'in') {
        await payFromOutside((await invoice(id, one.msat, from)).invoice, one.msat)
        expected.set(from, expected.get(from)! + one.msat)
        continue
      }
      const to = one.kind === 'out' ? await outside(one.msat) : `wallet:${wallets[one.to]!}`
      const done = await ours.send({ id, wallets: [from], to, amount: btc(one.msat), maxFee: btc(0n) }).then(() => true, (error: unknown) => {
        if (error instanceof NetworkError && error.code === 'BALANCE_INSUFFICIENT') return false
        throw error
      })
      if (!done) continue
      await answered(id)
      if ((await ours.sent(id))!.status !== 'CONFIRMED') continue
      expected.set(from, expected.get(from)! - one.msat)
      if (one.kind === 'inside') expected.set(wallets[one.to]!, expected.get(wallets[one.to]!)! + one.msat)
    }
    for (const id of wallets) expect(await held(id)).toBe(expected.get(id))
    await atRest()
  }), { numRuns: Number(process.env['LIGHTNING_RUNS'] ?? 4) })
}, SLOW)
