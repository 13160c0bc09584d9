import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LightningAccounts } from '../src/accounts.ts'
import { btc } from '../src/accounts.store.ts'
import { startLightningPair } from '../src/testing.pair.ts'

export const about = 'payments of 1,000 satoshis over one channel between two embedded nodes, eight at a time, each until its final answer: out of a wallet of the accounts (stored, put aside, sent, booked), against the bare node in the same run'
export const bound = 'every payment takes several commits of both nodes to the disk'

const BITCOIND = process.env['BITCOIND_PATH'] ?? fileURLToPath(new URL('../../../.networks/bitcoind/run/bitcoind', import.meta.url))
const PAYMENTS = 64
const AT_ONCE = 8
const ROUNDS = 5
const MSAT = 1_000_000n

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

/** Payments a second; the target is at least 0.8 of the bare node's. */
export async function run(): Promise<Record<string, unknown>> {
  if (!existsSync(BITCOIND)) throw new Error('there is no bitcoind: `npm test` sets one up, or give BITCOIND_PATH')
  const pair = await startLightningPair(BITCOIND)
  try {
    const { ours, theirs } = pair
    const accounts = new LightningAccounts({ node: ours, file: join(pair.folder, 'accounts.db') })
    await accounts.sync()
    await accounts.createWallet({ id: 'w', purpose: 'FUNDING' })
    await accounts.send({ id: 'fill', wallets: ['operator'], to: 'wallet:w', amount: btc(2_000_000_000n), maxFee: btc(0n) })
    let n = 0
    /** Settles as soon as the node tells of it. */
    const answered = async (ended: () => Promise<boolean>): Promise<void> => {
      while (!(await ended())) await new Promise((resolve) => { setTimeout(resolve, 2) })
    }
    const bare = async (to: string): Promise<void> => {
      const id = `b${++n}`
      await ours.pay({ id, to, amountMsat: MSAT, maxFeeMsat: 0n })
      await answered(async () => (await ours.payment(id))?.status === 'SENT')
    }
    const through = async (to: string): Promise<void> => {
      const id = `a${++n}`
      await accounts.send({ id, wallets: ['w'], to, amount: btc(MSAT), maxFee: btc(0n) })
      await answered(async () => (await accounts.sent(id))?.status === 'CONFIRMED')
    }
    const group = async (pay: (to: string) => Promise<void>): Promise<number> => {
      const invoices = await Promise.all(Array.from({ length: PAYMENTS }, () => theirs.createInvoice({ amountMsat: MSAT, description: 'a payment', expirySeconds: 3_600 })))
      const from = performance.now()
      const left = invoices.values()
      await Promise.all(Array.from({ length: AT_ONCE }, async () => { for (const { invoice } of left) await pay(invoice) }))
      return (PAYMENTS / (performance.now() - from)) * 1_000
    }
    // Takes the node's events as it hears of them, as it does in a node.
    const unheard = ours.onEvent(() => void accounts.take().catch(() => undefined))
    const rates: { bare: number[]; accounts: number[] } = { bare: [], accounts: [] }
    for (let round = -1; round < ROUNDS; round++) {
      const [one, other] = [await group(bare), await group(through)]
      if (round < 0) continue
      rates.bare.push(one)
      rates.accounts.push(other)
    }
    unheard()
    const rounded = (value: number): number => Math.round(value * 100) / 100
    return { ratio: rounded(median(rates.accounts.map((rate, at) => rate / (rates.bare[at] ?? NaN)))), paymentsASecond: rounded(median(rates.accounts)), paymentsASecondBare: rounded(median(rates.bare)), payments: PAYMENTS * ROUNDS }
  } finally {
    await pair.stop()
  }
}
