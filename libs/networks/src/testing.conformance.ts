import assert from 'node:assert/strict'
import { amountOf, type Amount } from '@growr/money'
import { NetworkError, type NetworkErrorCode } from './errors.ts'
import type { NetworkChange, PaymentNetwork, Send } from './port.ts'
import type { ConformanceHarness, Fault, Runner } from './testing.harness.ts'

// One suite over all networks: what the port promises, asserted against a real node. Each test has wallets of its own; after each one,
// at rest, what the adapter's balances say, what its feed adds up to and what the node says must be the same to the unit.

/** Declares the suite with the functions of a test runner: `conformance('bitcoin', makeHarness, { describe, test, … })`. */
export function conformance(name: string, make: () => Promise<ConformanceHarness>, runner: Runner): void {
  runner.describe(`${name} conforms to the port of payment networks`, () => {
    let harness: ConformanceHarness
    let count = 0
    const net = (): PaymentNetwork => harness.network
    const fresh = (what: string): string => `${what}-${++count}`
    const own = (amount: bigint): Amount => amountOf(amount, net().currencies[0]!)

    runner.beforeAll(async () => {
      harness = await make()
      await net().sync()
    })
    runner.afterAll(() => harness.close())
    runner.afterEach(async () => {
      await harness.fault(null)
      net().setSending(true)
      await rest()
      await balanced()
    })

    async function feed(wallet?: string): Promise<NetworkChange[]> {
      const all: NetworkChange[] = []
      for (;;) {
        const page = await net().getPayments({ after: all.at(-1)?.seq ?? 0, limit: 100, ...(wallet === undefined ? {} : { wallet }) })
        if (page.length === 0) return all
        all.push(...page)
      }
    }

    async function step(blocks: number): Promise<void> {
      await harness.mine(blocks)
      await harness.wait?.()
      await net().sync()
    }

    /** Mines and looks until it holds. */
    async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
      for (let round = 0; round < 60; round++) {
        if (await holds()) return
        await step(1)
      }
      assert.fail(`never: ${what}`)
    }

    /** All that was begun has come to its end: nothing pending, nothing locked by a send, nothing new in the feed. */
    async function rest(): Promise<void> {
      let length = -1
      let quiet = 0
      await until('at rest', async () => {
        const changes = await feed()
        const open = latest(changes).some(change => ['SEEN', 'PENDING', 'UNKNOWN'].includes(change.status))
        const held = (await net().balances()).some(balance => balance.pending.amount !== 0n || balance.locked.length > 0)
        quiet = open || held || changes.length !== length ? 0 : quiet + 1
        length = changes.length
        return quiet > 2
      })
    }

    async function balanced(): Promise<void> {
      const says = await harness.holds()
      const booked = booksOf(await feed())
      const shown = new Map<string, bigint>()
      for (const { confirmed, pending, locked } of await net().balances()) {
        const total = locked.reduce((sum, part) => sum + part.amount.amount, confirmed.amount + pending.amount)
        shown.set(confirmed.currency, (shown.get(confirmed.currency) ?? 0n) + total)
      }
      for (const currency of new Set([...says.keys(), ...booked.keys(), ...shown.keys()])) {
        assert.equal(shown.get(currency) ?? 0n, says.get(currency) ?? 0n, `${currency}: balances against what the node says`)
        assert.equal(booked.get(currency) ?? 0n, says.get(currency) ?? 0n, `${currency}: the feed's sum against what the node says`)
      }
    }

    async function listen(wallet: string, tag: string, amount: bigint): Promise<string> {
      return harness.listen ? harness.listen(wallet, tag, own(amount)) : (await net().createListener(wallet, tag)).address
    }

    /** A wallet that holds the harness' `funding`, confirmed and to be spent. */
    async function funded(): Promise<string> {
      const wallet = (await net().createWallet({ id: fresh('funded'), purpose: 'FUNDING' })).id
      const to = await listen(wallet, fresh('investor'), harness.funding)
      await harness.pay(to, own(harness.funding))
      await until('funded', async () => received(await feed(wallet)).some(change => change.status === 'CONFIRMED'))
      await rest()
      return wallet
    }

    async function sending(wallet: string, over: Partial<Send> = {}): Promise<Send> {
      const amount = over.amount ?? own(harness.payment)
      return { id: fresh('send'), wallets: [wallet], to: over.to ?? await harness.outside(amount), amount, maxFee: own(harness.maxFee), ...over }
    }

    /** Both `check` and `send` refuse with this code; nothing is stored and nothing moves. */
    async function refused(code: NetworkErrorCode, send: Send, known = false): Promise<void> {
      const before = [await feed(), await net().balances()]
      await assert.rejects(() => net().send(send), coded(code), `send: ${code}`)
      if (!known) {
        await assert.rejects(() => net().check(send), coded(code), `check: ${code}`)
        assert.equal(await net().sent(send.id), null)
      }
      assert.deepEqual([await feed(), await net().balances()], before)
    }

    runner.test('the same id gives the same wallet, the same tag the same listener', async () => {
      const id = fresh('wallet')
      const wallet = await net().createWallet({ id, purpose: 'REPAYMENT' })
      assert.deepEqual(await net().createWallet({ id, purpose: 'REPAYMENT' }), wallet)
      assert.deepEqual(await net().wallet(id), wallet)
      assert.equal(wallet.network, net().name)
      assert.equal(await net().wallet(fresh('nobody')), null)
      const one = await listen(id, 'loan-1', harness.payment)
      assert.equal(await listen(id, 'loan-1', harness.payment), one)
      assert.notEqual(await listen(id, 'loan-2', harness.payment), one)
      const [first, second] = await Promise.all([fresh('twin'), fresh('twin')].map(twin => net().createWallet({ id: twin, purpose: 'FUNDING' })))
      if (first!.address !== null) assert.notEqual(first!.address, second!.address)
      await harness.restart('STOP')
      assert.deepEqual(await net().wallet(id), wallet)
      assert.equal(await listen(id, 'loan-1', harness.payment), one)
      await assert.rejects(() => listen(fresh('nobody'), 'loan-1', harness.payment), coded('WALLET_UNKNOWN'))
    })

    runner.test('a payment to a listener is seen, then confirmed once, with its tag', async () => {
      const wallet = (await net().createWallet({ id: fresh('wallet'), purpose: 'REPAYMENT' })).id
      const to = await listen(wallet, 'loan-7', harness.payment)
      let hints = 0
      const off = net().onChange(() => { hints++ })
      await harness.pay(to, own(harness.payment))
      await until('seen', async () => received(await feed(wallet)).length > 0)
      const [seen] = received(await feed(wallet))
      assert.equal(seen!.tag, 'loan-7')
      assert.deepEqual(seen!.amount, own(harness.payment))
      assert.equal(seen!.generation, 0)
      await rest()
      await net().sync()
      const changes = received(await feed(wallet))
      assert.ok(changes.every(change => change.id === seen!.id && change.tag === 'loan-7' && change.amount.amount === harness.payment))
      assert.deepEqual(changes.map(change => change.status).filter(status => status !== 'SEEN'), ['CONFIRMED'])
      assert.ok(changes.at(-1)!.confirmations >= net().confirmationsFor(own(harness.payment)) && changes.at(-1)!.proof !== null)
      assert.ok(hints > 0, 'who asked to be told was told')
      off()
    })

    for (const how of ['STOP', 'CRASH'] as const) {
      runner.test(`a payment is confirmed once though the node's listener was away in between (${how})`, async () => {
        const wallet = (await net().createWallet({ id: fresh('wallet'), purpose: 'REPAYMENT' })).id
        const early = await listen(wallet, 'early', harness.payment)
        const late = await listen(wallet, 'late', harness.payment + 1000n)
        await harness.pay(early, own(harness.payment))
        await step(1)
        await harness.restart(how, async () => {
          if (!harness.listen) await harness.pay(late, own(harness.payment + 1000n))
          await harness.mine(1)
        })
        if (harness.listen) await harness.pay(late, own(harness.payment + 1000n))
        await until('both', async () => confirmed(await feed(wallet)).length >= 2)
        await harness.restart(how)
        await rest()
        assert.deepEqual(confirmed(await feed(wallet)).map(change => change.tag).toSorted(), ['early', 'late'])
      })
    }

    runner.test('the feed is in order and comes in pages', async () => {
      const wallet = (await net().createWallet({ id: fresh('wallet'), purpose: 'REPAYMENT' })).id
      for (const tag of ['a', 'b', 'c']) await harness.pay(await listen(wallet, tag, harness.payment), own(harness.payment))
      await until('three', async () => confirmed(await feed(wallet)).length === 3)
      const whole = await feed()
      assert.ok(whole.every((change, at) => at === 0 || change.seq > whole[at - 1]!.seq) && whole[0]!.seq >= 1)
      const single: NetworkChange[] = []
      while (single.length < whole.length) single.push(...await net().getPayments({ after: single.at(-1)?.seq ?? 0, limit: 1 }))
      assert.deepEqual(single, whole)
      assert.deepEqual(await feed(wallet), whole.filter(change => change.wallet === wallet))
      assert.deepEqual(await net().getPayments({ after: whole.at(-1)!.seq, limit: 10 }), [])
    })

    runner.test('a send happens once, however often it is asked for', async () => {
      const wallet = await funded()
      const send = await sending(wallet)
      assert.ok((await net().check(send)).fee.amount <= harness.maxFee)
      const [first, second] = await Promise.all([net().send(send), net().send(send)])
      assert.equal(first.proof ?? null, second.proof ?? null)
      await until('sent', async () => (await net().sent(send.id))?.status === 'CONFIRMED')
      await net().send(send)
      await rest()
      const sent = await net().sent(send.id)
      assert.equal(await harness.arrived(send.to), harness.payment)
      assert.ok(sent!.fee.amount > 0n ? sent!.fee.amount <= harness.maxFee : net().name === 'lightning')
      assert.deepEqual(latest((await feed(wallet)).filter(change => change.kind === 'SENT')).map(({ id, status, amount, fee }) => ({ id, status, amount, fee })),
        [{ id: send.id, status: 'CONFIRMED', amount: send.amount, fee: sent!.fee }])
      await assert.rejects(() => net().send({ ...send, amount: own(harness.payment + 1000n) }), coded('NETWORK_ID_REUSED'))
      await assert.rejects(() => net().send({ ...send, wallets: [fresh('other')] }), coded('NETWORK_ID_REUSED'))
    })

    for (const lost of [false, true]) {
      runner.test(`a send survives a crash and happens once${lost ? ', though nobody took it before' : ''}`, async () => {
        const wallet = await funded()
        const send = await sending(wallet)
        if (lost && !await harness.fault('BROADCAST')) return
        const asked = await net().send(send)
        assert.ok(['PENDING', 'UNKNOWN', 'CONFIRMED'].includes(asked.status), asked.status)
        await harness.restart('CRASH', async () => { await harness.fault(null) })
        const after = await net().sent(send.id)
        assert.ok(after !== null && after.status !== 'FAILED', 'what was begun is known after a crash')
        const again = await net().send(send)
        if (asked.proof !== null) assert.equal(again.proof, asked.proof, 'the same bytes')
        await until('sent', async () => (await net().sent(send.id))?.status === 'CONFIRMED')
        await rest()
        assert.equal(await harness.arrived(send.to), harness.payment)
        assert.equal((await feed(wallet)).filter(change => change.kind === 'SENT' && change.status === 'CONFIRMED').length, 1)
      })
    }

    runner.test('bad input has a code each, and moves nothing', async () => {
      const wallet = await funded()
      for (const to of harness.wrong.invalid) await refused('ADDRESS_INVALID', await sending(wallet, { to }))
      for (const to of harness.wrong.foreign) await refused('ADDRESS_FOREIGN', await sending(wallet, { to }))
      if (harness.dust !== null) await refused('DUST', await sending(wallet, { amount: own(harness.dust) }))
      await refused('FEE_ABOVE_CEILING', await sending(wallet, { maxFee: own(0n) }))
      await refused('BALANCE_INSUFFICIENT', await sending(wallet, { amount: own(harness.funding) }))
      await refused('WALLET_UNKNOWN', await sending(fresh('nobody')))
      const to = await harness.outside(own(harness.payment))
      await refused('CURRENCY_UNSUPPORTED', await sending(wallet, { to, amount: amountOf(harness.payment, 'XYZNONE') }))
      const send = await sending(wallet)
      net().setSending(false)
      await refused('NETWORK_SENDING_OFF', send)
      net().setSending(true)
      await net().send(send)
      await until('sent', async () => (await net().sent(send.id))?.status === 'CONFIRMED')
      net().setSending(false)
      assert.equal((await net().send(send)).status, 'CONFIRMED', 'what was sent already is told, with sending off too')
    })

    for (const [fault, code] of [['DOWN', 'NETWORK_DOWN'], ['HANG', 'NETWORK_DOWN'], ['SYNCING', 'NETWORK_SYNCING']] as const satisfies readonly (readonly [Fault, NetworkErrorCode])[]) {
      runner.test(`a node that fails (${fault}) is ${code}, and money is untouched`, async () => {
        const wallet = await funded()
        const send = await sending(wallet)
        if (!await harness.fault(fault)) return
        await refused(code, send)
        const status = await net().status()
        assert.deepEqual([status.ok, status.reason], [false, code])
        if (fault !== 'SYNCING') await assert.rejects(() => net().sync(), coded(code))
        await harness.fault(null)
        assert.equal((await net().status()).ok, true)
        await net().send(send)
        await until('sent', async () => (await net().sent(send.id))?.status === 'CONFIRMED')
        assert.equal(await harness.arrived(send.to), harness.payment)
      })
    }

    for (const how of ['RUNNING', 'STOP', 'CRASH'] as const) {
      runner.test(`a payment that is reorganised away is reversed, and comes back as another generation (${how})`, async () => {
        const reorganisation = harness.reorganisation
        if (!reorganisation) return
        await rest()
        const wallet = (await net().createWallet({ id: fresh('wallet'), purpose: 'REPAYMENT' })).id
        const to = await listen(wallet, 'loan-9', harness.payment)
        const depth = net().confirmationsFor(own(harness.payment))
        await harness.pay(to, own(harness.payment))
        await step(depth)
        assert.equal(confirmed(await feed(wallet)).length, 1)
        if (how === 'RUNNING') await reorganisation.away(depth)
        else await harness.restart(how, () => reorganisation.away(depth))
        await net().sync()
        assert.deepEqual(latest(received(await feed(wallet))).map(change => [change.status, change.generation]), [['REVERSED', 0]])
        assert.ok(received(await feed(wallet)).at(-1)!.reason)
        assert.ok((await net().balances(wallet)).every(balance => balance.confirmed.amount === 0n))
        await reorganisation.back()
        await until('back', async () => confirmed(await feed(wallet)).length === 2)
        const [, again] = confirmed(await feed(wallet))
        assert.deepEqual([again!.generation, again!.tag, again!.amount.amount], [1, 'loan-9', harness.payment])
      })
    }

    runner.test('fees are estimated, and more money asks for no fewer confirmations', async () => {
      for (const currency of net().currencies) assert.equal((await net().estimateFee(currency)).fee.currency, net().currencies[0])
      await assert.rejects(() => net().estimateFee('XYZNONE'), coded('CURRENCY_UNSUPPORTED'))
      const depths = [1n, 10n, 1000n, 1_000_000n].map(times => net().confirmationsFor(own(harness.payment * times)))
      assert.deepEqual(depths, depths.toSorted((a, b) => a - b))
    })
  })
}

const received = (changes: readonly NetworkChange[]) => changes.filter(change => change.kind === 'RECEIVED')
const confirmed = (changes: readonly NetworkChange[]) => received(changes).filter(change => change.status === 'CONFIRMED')

/** The last change of each thing that the feed tells of. */
function latest(changes: readonly NetworkChange[]): NetworkChange[] {
  return [...new Map(changes.map(change => [`${change.kind} ${change.id}`, change])).values()]
}

/** What the feed adds up to, by currency, with each (kind, id, generation) booked once and unbooked once. */
export function booksOf(changes: readonly NetworkChange[]): Map<string, bigint> {
  const sums = new Map<string, bigint>()
  const booked = new Map<string, readonly [string, bigint][]>()
  const post = (parts: readonly [string, bigint][], sign: bigint) => {
    for (const [currency, amount] of parts) sums.set(currency, (sums.get(currency) ?? 0n) + sign * amount)
  }
  for (const change of changes) {
    const key = `${change.kind} ${change.id} ${change.generation}`
    const parts = booked.get(key)
    if (change.status === 'CONFIRMED') {
      assert.equal(parts, undefined, `${key} is confirmed twice`)
      const out: [string, bigint][] = [[change.amount.currency, -change.amount.amount]]
      if (change.kind === 'SENT') out.push([change.fee.currency, -change.fee.amount])
      const now: readonly [string, bigint][] = change.kind === 'RECEIVED' ? [[change.amount.currency, change.amount.amount]] : out
      booked.set(key, now)
      post(now, 1n)
    } else if (change.status === 'REVERSED' && parts) {
      post(parts, -1n)
      booked.set(key, [])
    }
  }
  return sums
}

function coded(code: NetworkErrorCode): (error: unknown) => boolean {
  return error => {
    assert.ok(error instanceof NetworkError, `a NetworkError, not ${String(error)}`)
    assert.equal(error.code, code)
    return true
  }
}
