import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import type { LightningNode, NodeEvent } from '../src/node.ts'
import { startLightningPair } from '../src/testing.pair.ts'

export const name = 'kills'
export const about =
  'Two embedded nodes with a channel on a real bitcoind (regtest) pay each other without a break, both ways; again and again one of them is killed (SIGKILL) at a moment by chance and comes back by itself. At the end the channel is the one that was opened, every payment has one answer at both ends, and what each node holds is what its events come to, and what the payments moved, to the millisatoshi.'

const BITCOIND = process.env['BITCOIND_PATH'] ?? fileURLToPath(new URL('../../../.networks/bitcoind/run/bitcoind', import.meta.url))
const AT_ONCE = 8

/** Numbers that a seed repeats (mulberry32). */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

async function eventsOf(node: LightningNode): Promise<readonly NodeEvent[]> {
  const events: NodeEvent[] = []
  for (;;) {
    const page = await node.events({ after: events.at(-1)?.seq ?? 0, limit: 1_000 })
    if (page.length === 0) return events
    events.push(...page)
  }
}

async function told(node: LightningNode): Promise<bigint> {
  return (await eventsOf(node)).reduce((sum, { kind, amountMsat, feeMsat }) => {
    if (kind === 'RECEIVED' || kind === 'ONCHAIN') return sum + amountMsat
    return kind === 'SENT' ? sum - amountMsat - feeMsat : kind === 'FEE' ? sum - amountMsat : sum
  }, 0n)
}

const held = async (node: LightningNode): Promise<bigint> => {
  const { channelsMsat, onchainMsat, locked } = await node.balances()
  return channelsMsat + onchainMsat + locked.reduce((sum, { amountMsat }) => sum + amountMsat, 0n)
}

/** `runs` kills, 40 unless told. */
export async function run({ seed = 1, runs = 40 }: { readonly seed?: number; readonly runs?: number } = {}): Promise<Record<string, unknown> & { failures: string[] }> {
  if (!existsSync(BITCOIND)) throw new Error('there is no bitcoind: `npm test` sets one up, or give BITCOIND_PATH')
  const pick = dice(seed)
  const pair = await startLightningPair(BITCOIND)
  const failures: string[] = []
  try {
    const { ours, theirs, until, usable } = pair
    const before = { ours: await held(ours), theirs: await held(theirs) }
    const [channel] = await ours.channels()
    const asked: { readonly id: string; readonly from: 'ours' | 'theirs'; readonly round: number; readonly msat: bigint }[] = []
    let refused = 0
    let underWay = 0
    const nodes = { ours, theirs }
    /** How many of this round the node that lives has under way. */
    const pending = async (): Promise<number> => {
      const of = (node: LightningNode, id: string): Promise<boolean> => node.payment(id).then((payment) => payment?.status === 'PENDING', () => false)
      return (await Promise.all(asked.filter(({ round: at }) => at === round).map(({ id, from }) => of(nodes[from], id)))).filter(Boolean).length
    }
    let round = 0
    let killed = false
    /** Pays one after the other until the kill; how each ended is asked at the end of all. */
    const lane = async (at: number): Promise<void> => {
      for (let n = 0; !killed; n++) {
        const from = (at + round) % 3 === 0 ? 'theirs' as const : 'ours' as const
        const [payer, payee] = from === 'ours' ? [ours, theirs] : [theirs, ours]
        const one = { id: `k${round}.${at}.${n}`, from, round, msat: BigInt(1_000 + pick(50_000)) }
        try {
          const { invoice } = await payee.createInvoice({ amountMsat: one.msat, description: 'a payment', expirySeconds: 3_600 })
          asked.push(one)
          await payer.pay({ id: one.id, to: invoice, amountMsat: one.msat, maxFeeMsat: 1_000n })
          while (!killed && (await payer.payment(one.id))?.status === 'PENDING') await pause(2)
        } catch {
          // Its node was gone: whether it took the order, only the node says later.
          refused += 1
          return
        }
      }
    }
    for (; round < runs; round++) {
      const victim = round % 2 === 0 ? theirs : ours
      const old = victim.pid as number
      killed = false
      const paying = Array.from({ length: AT_ONCE }, (_, at) => lane(at))
      await pause(5 + pick(800))
      process.kill(old, 'SIGKILL')
      killed = true
      underWay += await pending()
      await Promise.all(paying)
      await until('it runs again', async () => victim.pid !== undefined && victim.pid !== old && await victim.info().then(() => true, () => false))
      await usable()
      if (round % 10 === 9) process.stdout.write(`  ${round + 1} of ${runs} kills\n`)
    }
    await until('every payment has its answer', async () => (await Promise.all(asked.map(({ id, from }) => nodes[from].payment(id)))).every((one) => one === null || one.status !== 'PENDING'))
    for (const node of [ours, theirs]) await until('it holds what it told', async () => (await told(node)) === (await held(node)))
    let moved = 0n
    let sent = 0
    /** `payer hash millisatoshi` of each payment, as the payers have them and as the payees do. */
    const paid: string[] = []
    for (const { id, from, msat } of asked) {
      const payment = await nodes[from].payment(id)
      if (payment?.status !== 'SENT') continue
      paid.push(`${from} ${payment.paymentHash} ${payment.amountMsat}`)
      sent += 1
      moved += from === 'ours' ? msat : -msat
    }
    const now = { ours: await held(ours), theirs: await held(theirs) }
    if (before.ours - now.ours !== moved || now.theirs - before.theirs !== moved) failures.push(`moved ${moved}, but ours lost ${before.ours - now.ours} and theirs got ${now.theirs - before.theirs}`)
    const received = (await Promise.all((['ours', 'theirs'] as const).map(async (payer) =>
      (await eventsOf(payer === 'ours' ? theirs : ours)).filter(({ kind }) => kind === 'RECEIVED').map(({ paymentHash, amountMsat }) => `${payer} ${paymentHash} ${amountMsat}`)))).flat()
    if (paid.toSorted().join() !== received.toSorted().join()) failures.push(`${paid.length} payments were made and ${received.length} received, not the same ones`)
    for (const [which, node] of Object.entries(nodes)) {
      const [sum, has] = [await told(node), await held(node)]
      if (sum !== has) failures.push(`${which}: its events come to ${sum}, it holds ${has}`)
    }
    // A kill when nothing was under way would show nothing.
    if (underWay < runs) failures.push(`only ${underWay} payments were under way at ${runs} kills`)
    const channels = await ours.channels()
    if (channels.length !== 1 || channels[0]?.id !== channel?.id || channels[0]?.state !== 'OPEN') failures.push('the channel is not the one that was opened')
    return { kills: runs, paymentsAsked: asked.length, underWayAtKills: underWay, sent, callsWithoutAnswer: refused, failures }
  } finally {
    await pair.stop()
  }
}
