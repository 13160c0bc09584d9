import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LightningAccounts } from '../src/accounts.ts'
import { btc } from '../src/accounts.store.ts'
import { startLightningPair } from '../src/testing.pair.ts'

export const about = 'payments of 1,000 satoshis over one channel between two embedded nodes, eight at a time, each until its final answer: out of a wallet of the accounts (stored, put aside, sent, booked), against the bare node in the same run'
export const bound = 'every payment takes several commits of both nodes to the disk'

const BITCOIND = process.env['BITCOIND_PATH'] ?? fileURLToPath(new URL('../../../.networks/bitcoind/run/bitcoind', import.meta.url))
const PAYMENTS = 200
const AT_ONCE = 8
const ROUNDS = 5
const MSAT = 1_000_000n

interface Way {
  /** Resolves with the final answer. */
  pay(to: string): Promise<void>
  /** Hears of what has ended. */
  read(): Promise<void>
}

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
    // Both hear of an end by the same hint, and ask once for all that is new.
    const waiting = new Map<string, () => void>()
    const end = (id: string): void => {
      waiting.get(id)?.()
      waiting.delete(id)
    }
    const untilEnd = async (id: string, ask: () => Promise<unknown>): Promise<void> => {
      const ended = new Promise<void>((resolve) => { waiting.set(id, resolve) })
      await ask()
      await ended
    }
    let place = 0
    const bare: Way = {
      pay: (to) => {
        const id = `b${++n}`
        return untilEnd(id, () => ours.pay({ id, to, amountMsat: MSAT, maxFeeMsat: 0n }))
      },
      read: async () => {
        for (const { seq, kind, id } of await ours.events({ after: place, limit: 1_000 })) {
          place = seq
          if (kind === 'SENT') end(id)
        }
      },
    }
    let told = 0
    const account: Way = {
      pay: (to) => {
        const id = `a${++n}`
        return untilEnd(id, () => accounts.send({ id, wallets: ['w'], to, amount: btc(MSAT), maxFee: btc(0n) }))
      },
      read: async () => {
        await accounts.take()
        for (const { seq, kind, id, status } of await accounts.getPayments({ after: told, limit: 1_000 })) {
          told = seq
          if (kind === 'SENT' && status === 'CONFIRMED') end(id)
        }
      },
    }
    const group = async ({ pay, read }: Way): Promise<number> => {
      const invoices = await Promise.all(Array.from({ length: PAYMENTS }, () => theirs.createInvoice({ amountMsat: MSAT, description: 'a payment', expirySeconds: 3_600 })))
      await read()
      let reading = Promise.resolve()
      let next = false
      const unheard = ours.onEvent(() => {
        if (next) return
        next = true
        reading = reading.then(() => {
          next = false
          return read()
        })
      })
      const from = performance.now()
      const left = invoices.values()
      await Promise.all(Array.from({ length: AT_ONCE }, async () => { for (const { invoice } of left) await pay(invoice) }))
      const rate = (PAYMENTS / (performance.now() - from)) * 1_000
      unheard()
      await reading
      return rate
    }
    const rates: { bare: number[]; accounts: number[] } = { bare: [], accounts: [] }
    for (let round = -1; round < ROUNDS; round++) {
      const [one, other] = [await group(bare), await group(account)]
      if (round < 0) continue
      rates.bare.push(one)
      rates.accounts.push(other)
    }
    const rounded = (value: number): number => Math.round(value * 100) / 100
    return { ratio: rounded(median(rates.accounts.map((rate, at) => rate / (rates.bare[at] ?? NaN)))), paymentsASecond: rounded(median(rates.accounts)), paymentsASecondBare: rounded(median(rates.bare)), payments: PAYMENTS * ROUNDS }
  } finally {
    await pair.stop()
  }
}
