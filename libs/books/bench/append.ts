// How fast entries are appended when each is on disk before it is acknowledged, against Hyperbee alone.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BookStore } from '../src/index.ts'
import { storeOptions } from '../src/testing/fixture.ts'
import { testKeys } from '../src/testing/keys.ts'
import { bareFdatasync, BareBee, GROUP, median } from './bare.ts'
import { appendAll, makeKeys, scatter } from './records.ts'

/** Entries a second, each the median of the rounds. */
export interface AppendRates {
  /** Acknowledged and durable, with request id and prior state looked up, signed, sealed, encrypted and indexed. */
  readonly acknowledged: number
  /** Hyperbee's batches of 64, each followed by one fdatasync, with values of the same length. */
  readonly durableBatches: number
  /** The same without any fdatasync. */
  readonly bareBatches: number
  /** acknowledged / durableBatches: the median of the rounds' ratios, and each. */
  readonly ratio: number
  readonly ratios: readonly number[]
  /** acknowledged / bareBatches, the median. */
  readonly ratioToBare: number
}

export interface AppendResult {
  readonly records: number
  readonly inFlight: number
  /** Bytes of one entry's value. */
  readonly payload: number
  /** Time of all rounds, new records and changes, of durable batches over that of the books: the figure to hold against 0.7. */
  readonly ratio: number
  /** `records` new records, their keys in the order of time. */
  readonly created: AppendRates
  /** As many changes to them, in no order. */
  readonly changed: AppendRates
  /** Milliseconds of one fdatasync after 64 payloads were written, median. */
  readonly fdatasync: number
}

interface Sides {
  readonly ours: (keys: readonly string[]) => Promise<number>
  readonly durable: (keys: readonly string[]) => Promise<number>
  readonly bare: (keys: readonly string[]) => Promise<number>
}

type Row = { readonly [side in keyof Sides]: number }

/** Runs the sides in turn, another one first each time. */
async function measure(sides: Sides, keys: readonly string[], rounds: number): Promise<Row[]> {
  const share = Math.floor(keys.length / rounds)
  const names = ['ours', 'durable', 'bare'] as const
  const rows: Row[] = []
  for (let round = 0; round < rounds; round++) {
    const part = keys.slice(round * share, (round + 1) * share)
    const row = { ours: 0, durable: 0, bare: 0 }
    for (let i = 0; i < names.length; i++) {
      const side = names[(round + i) % names.length] ?? 'ours'
      row[side] = await sides[side](part)
    }
    rows.push(row)
  }
  return rows
}

const rates = (rows: readonly Row[]): AppendRates => {
  const ratios = rows.map(row => row.ours / row.durable)
  return {
    acknowledged: median(rows.map(row => row.ours)), durableBatches: median(rows.map(row => row.durable)), bareBatches: median(rows.map(row => row.bare)),
    ratio: median(ratios), ratios, ratioToBare: median(rows.map(row => row.ours / row.bare)),
  }
}

/** Appends `records` new records and as many changes, 64 in flight, on three stores in turn, in one run. */
export async function run(options: { readonly records?: number; readonly rounds?: number } = {}): Promise<AppendResult> {
  const { records = 100_000, rounds = 5 } = options
  const directory = mkdtempSync(join(tmpdir(), 'growr-bench-append-'))
  const keys = await testKeys(directory)
  const store = await BookStore.open({ ...storeOptions(directory, keys), clock: { now: () => new Date() } })
  const durable = new BareBee(join(directory, 'durable'))
  const bare = new BareBee(join(directory, 'bare'))
  try {
    const book = await store.book({ kind: 'loan', organization: 'COMSA' })
    const names = makeKeys(records + 4_096)
    const warm = names.slice(0, 4_096)
    await appendAll(book, warm, GROUP, 'warm')
    const value = Buffer.from((await book.internals.core.block(2_048)).value)
    let phase = 'created'
    const sides: Sides = {
      ours: part => appendAll(book, part, GROUP, phase), durable: part => durable.putAll(part, value, true), bare: part => bare.putAll(part, value, false),
    }
    await sides.durable(warm)
    await sides.bare(warm)
    const fresh = names.slice(4_096)
    const created = await measure(sides, fresh, rounds)
    phase = 'changed'
    const changed = await measure(sides, scatter(fresh), rounds)
    const seconds = (side: keyof Sides): number => [...created, ...changed].reduce((sum, row) => sum + 1 / row[side], 0)
    return {
      records, inFlight: GROUP, payload: value.length, ratio: seconds('durable') / seconds('ours'), created: rates(created), changed: rates(changed),
      fdatasync: bareFdatasync(directory, value.length * GROUP),
    }
  } finally {
    await durable.close()
    await bare.close()
    await store.close()
    await keys.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

if (import.meta.main) console.log(await run({ records: Number(process.argv[2] ?? 100_000) }))
