import { readFile } from 'node:fs/promises'
import { Refusal } from '@growr/contracts'
import { amountOf, divide, type Amount, type Currency, type Rounding } from '@growr/money'

/** Units of `to` for one whole unit of `from`, and when and where it was had. */
export interface Rate {
  readonly from: string
  readonly to: string
  readonly rate: string
  readonly at: string
  readonly source: string
}

export interface Rates {
  /** RATE_UNKNOWN where there is none, or none that can be had now. */
  rate(from: string, to: string): Promise<Rate>
}

export interface RatesOptions {
  /** A JSON file: {"BTC/HNL": "2500000.00"}; read anew each time, so that it can be changed while the node runs. */
  readonly file?: string
  /** Asked as <url>?from=BTC&to=HNL; answers {"rate": "2500000.00", "at": "2026-03-02T15:00:00Z"}. */
  readonly url?: string
  readonly now: () => Date
}

/** A bitcoin is worth ten digits of some currencies. */
const DECIMAL = /^(?=.*[1-9])\d{1,15}(\.\d{1,15})?$/
const MOST_BYTES = 65_536
const TIMEOUT_MS = 5_000
const CODE = /^[A-Za-z0-9]{2,10}$/

const unknown = (from: string, to: string, why: string): Refusal => new Refusal('RATE_UNKNOWN', { path: 'currency', details: { from, to, why } })

/** Rates out of a table or from a server; the table is looked at first. */
export function ratesFrom({ file, url, now }: RatesOptions): Rates {
  return {
    async rate(from, to) {
      if (!CODE.test(from) || !CODE.test(to)) throw unknown(from, to, 'no such currency')
      if (file !== undefined) {
        const found = await ofTable(file, from, to)
        if (found !== undefined) return { from, to, rate: found, at: now().toISOString(), source: 'table' }
      }
      if (url !== undefined) return ofServer(url, from, to, now())
      throw unknown(from, to, file === undefined ? 'no source of rates is configured' : 'not in the table')
    },
  }
}

async function ofTable(file: string, from: string, to: string): Promise<string | undefined> {
  let table: unknown
  try {
    const text = await readFile(file, 'utf8')
    if (text.length > MOST_BYTES) throw new Error('too long')
    table = JSON.parse(text)
  } catch (error) {
    throw unknown(from, to, `the table cannot be read: ${error instanceof Error ? error.message.slice(0, 100) : 'unknown'}`)
  }
  const name = `${from}/${to}`
  const found = typeof table === 'object' && table !== null && Object.hasOwn(table, name) ? (table as Record<string, unknown>)[name] : undefined
  if (found === undefined) return undefined
  if (typeof found !== 'string' || !DECIMAL.test(found)) throw unknown(from, to, 'the table has no decimal text for it')
  return found
}

async function ofServer(base: string, from: string, to: string, now: Date): Promise<Rate> {
  const url = new URL(base)
  url.searchParams.set('from', from)
  url.searchParams.set('to', to)
  let answer: { rate?: unknown; at?: unknown }
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error', headers: { accept: 'application/json' } })
    if (!response.ok) throw new Error(`status ${response.status}`)
    answer = JSON.parse(await boundedText(response)) as typeof answer
  } catch (error) {
    throw unknown(from, to, `the server of rates does not answer: ${error instanceof Error ? error.message.slice(0, 100) : 'unknown'}`)
  }
  const { rate, at } = answer ?? {}
  const when = typeof at === 'string' ? new Date(at) : now
  if (typeof rate !== 'string' || !DECIMAL.test(rate) || Number.isNaN(when.getTime())) throw unknown(from, to, 'the server of rates gives no decimal text')
  return { from, to, rate, at: when.toISOString(), source: url.host }
}

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += (part as Uint8Array).byteLength
    if (size > MOST_BYTES) throw new Error('the answer is too long')
    parts.push(part as Uint8Array)
  }
  return Buffer.concat(parts).toString('utf8')
}

function ratioOf(rate: string): { readonly numerator: bigint; readonly denominator: bigint } {
  const [whole = '', fraction = ''] = rate.split('.')
  return { numerator: BigInt(whole + fraction), denominator: 10n ** BigInt(fraction.length) }
}

/** An amount of one currency in another, by a rate of units of `to` for one whole unit of `from`. */
export function converted(amount: Amount, from: Currency, to: Currency, rate: string, rounding: Rounding): Amount {
  const { numerator, denominator } = ratioOf(rate)
  return amountOf(divide(amount.amount * numerator * 10n ** BigInt(to.exponent), denominator * 10n ** BigInt(from.exponent), rounding), to.code)
}

/** The other way: how much of `from` makes that much of `to`, in whole steps of what its network carries, so that it is never less. */
export function needed(amount: Amount, from: Currency, to: Currency, rate: string, step: bigint): Amount {
  const { numerator, denominator } = ratioOf(rate)
  const units = divide(amount.amount * denominator * 10n ** BigInt(from.exponent), numerator * 10n ** BigInt(to.exponent) * step, 'UP')
  return amountOf(units * step, from.code)
}

/** Of bitcoin on its chain nothing smaller than a satoshi moves. */
export const stepOf = (network: string): bigint => (network === 'bitcoin' ? 1_000n : 1n)
