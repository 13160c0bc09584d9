// How fast a record is read by its key from a store that was just opened, against Hyperbee alone.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BookStore, type Book } from '../src/index.ts'
import { storeOptions } from '../src/testing/fixture.ts'
import { testKeys } from '../src/testing/keys.ts'
import { BareBee, GROUP, median } from './bare.ts'
import { appendAll, makeKeys, scatter } from './records.ts'

export interface ReadRates {
  /** Records a second, the median of the rounds. */
  readonly book: number
  readonly hyperbee: number
  /** book / hyperbee, the median, and each round's. */
  readonly ratio: number
  readonly ratios: readonly number[]
}

export interface ReadResult {
  readonly records: number
  readonly payload: number
  /** One caller, one record after another. */
  readonly single: ReadRates
  /** The same without opening what leads to a person, or where nothing does. */
  readonly singleWithoutSubject: ReadRates
  /** 64 callers on both sides. */
  readonly concurrent: ReadRates
  /** Milliseconds until the store with its book was open. */
  readonly opening: number
}

/** Reads records by key, scattered, subjects opened, from reopened stores, both sides in turn. */
export async function run(options: { readonly records?: number; readonly rounds?: number; readonly reads?: number } = {}): Promise<ReadResult> {
  const { records = 100_000, rounds = 5, reads = 10_000 } = options
  const directory = mkdtempSync(join(tmpdir(), 'growr-bench-read-'))
  const keys = await testKeys(directory)
  try {
    const names = makeKeys(records)
    const payload = await fill(directory, keys, names)
    const side = { directory, keys, names: scatter(names), rounds, reads }
    const single = await measure(side, 1, true)
    const singleWithoutSubject = await measure(side, 1, false)
    const concurrent = await measure(side, GROUP, true)
    return { records, payload, single: single.rates, singleWithoutSubject: singleWithoutSubject.rates, concurrent: concurrent.rates, opening: single.opening }
  } finally {
    await keys.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

interface Side {
  readonly directory: string
  readonly keys: Awaited<ReturnType<typeof testKeys>>
  readonly names: readonly string[]
  readonly rounds: number
  readonly reads: number
}

async function getAll(book: Book, part: readonly string[], inFlight: number, subject: boolean): Promise<number> {
  let next = 0
  const begun = performance.now()
  await Promise.all(Array.from({ length: inFlight }, async () => {
    while (next < part.length) {
      if (await book.get(part[next++] ?? '', { subject }) === null) throw new Error('a record is missing')
    }
  }))
  return part.length / (performance.now() - begun) * 1_000
}

/** Opens both stores anew, and reads other records in each round, both sides the same ones in turn. */
async function measure({ directory, keys, names, rounds, reads }: Side, inFlight: number, subject: boolean): Promise<{ rates: ReadRates; opening: number }> {
  const started = performance.now()
  const store = await BookStore.open(storeOptions(directory, keys))
  const book = await store.book({ kind: 'loan', organization: 'COMSA' })
  const opening = performance.now() - started
  const bee = new BareBee(join(directory, 'bee'))
  const warm = names.slice(-2_000)
  await getAll(book, warm, inFlight, subject)
  await bee.getAll(warm, inFlight)
  const rows: { book: number; hyperbee: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const part = names.slice(round * reads, (round + 1) * reads)
    rows.push({ book: await getAll(book, part, inFlight, subject), hyperbee: await bee.getAll(part, inFlight) })
  }
  await bee.close()
  await store.close()
  const ratios = rows.map(row => row.book / row.hyperbee)
  return { opening, rates: { book: median(rows.map(row => row.book)), hyperbee: median(rows.map(row => row.hyperbee)), ratio: median(ratios), ratios } }
}

async function fill(directory: string, keys: Awaited<ReturnType<typeof testKeys>>, names: readonly string[]): Promise<number> {
  const store = await BookStore.open({ ...storeOptions(directory, keys), clock: { now: () => new Date() } })
  const book = await store.book({ kind: 'loan', organization: 'COMSA' })
  await appendAll(book, names, 256, 'created')
  const value = Buffer.from((await book.internals.core.block(1)).value)
  await store.close()
  const bee = new BareBee(join(directory, 'bee'))
  await bee.putAll(names, value, false)
  await bee.close()
  return value.length
}

if (import.meta.main) console.log(await run({ records: Number(process.argv[2] ?? 100_000) }))
