// How fast entries are appended when each is on disk before it is acknowledged, against Hyperbee alone.
import { randomBytes } from 'node:crypto'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Corestore from 'corestore'
import Hyperbee from 'hyperbee'
import { BookStore, type Book } from '../src/index.ts'
import { storeOptions, personalDraft } from '../src/testing/fixture.ts'
import { testKeys } from '../src/testing/keys.ts'

export interface AppendResult {
  readonly records: number
  readonly inFlight: number
  /** Bytes of one entry's value. */
  readonly payload: number
  /** Entries a second: acknowledged and durable; Hyperbee's batches with one fdatasync each; its batches with none. */
  readonly acknowledged: number
  readonly durableBatches: number
  readonly bareBatches: number
  /** acknowledged / durableBatches, the median of the rounds, and each round's. */
  readonly ratio: number
  readonly ratios: readonly number[]
  readonly ratioToBare: number
  /** Milliseconds of one fdatasync after 64 payloads were written, median. */
  readonly fdatasync: number
}

export interface AppendOptions {
  readonly records?: number
  readonly rounds?: number
  readonly inFlight?: number
  readonly persons?: number
}

const GROUP = 64

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN

/** Keys as services make them: time first, then chance, a few in one millisecond. */
const makeKeys = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `01K${Math.floor(i / 8).toString(36).padStart(8, '0').toUpperCase()}${randomBytes(8).toString('hex')}`)

const instalments = Array.from({ length: 6 }, (_, i) => ({ number: i + 1, due: `2026-0${i + 4}-01`, principal: '333333', interest: '30000', paid: '0' }))

function draft(key: string, i: number, persons: number, expectedSeq: number): ReturnType<typeof personalDraft> {
  return personalDraft(key, `did:key:zBorrower${i % persons}`, {
    state: { status: 'APPROVED', owed: '2180000', instalments, subject: { userDid: `did:key:zBorrower${i % persons}` } } as never,
    request: { id: `request-${key}`, caller: 'user-ana', params: { project: 'P1', amount: '20000.00', months: 6 } }, expectedSeq,
  })
}

/** Callers, each of whom looks up what there is of a record and appends to it, the next as soon as its last is acknowledged. */
async function appendAll(book: Book, keys: readonly string[], from: number, to: number, inFlight: number, persons: number): Promise<number> {
  let next = from
  const started = performance.now()
  await Promise.all(Array.from({ length: inFlight }, async () => {
    while (next < to) {
      const i = next++
      const key = keys[i] ?? ''
      const prior = await book.get(key)
      await book.append(draft(key, i, persons, prior?.seq ?? 0))
    }
  }))
  return (to - from) / (performance.now() - started) * 1_000
}

class BareBee {
  readonly #store: InstanceType<typeof Corestore>
  readonly #bee: InstanceType<typeof Hyperbee>
  readonly #directory: string
  #wal: { name: string; handle: FileHandle } | null = null

  constructor(directory: string) {
    this.#directory = directory
    this.#store = new Corestore(directory, { allowBackup: true })
    this.#bee = new Hyperbee((this.#store as never as { get(o: object): never }).get({ name: 'bench' }), { keyEncoding: 'utf-8', valueEncoding: 'binary', extension: false })
  }

  async putAll(keys: readonly string[], value: Uint8Array, from: number, to: number, durable: boolean): Promise<number> {
    await this.#bee.ready()
    const started = performance.now()
    for (let i = from; i < to; i += GROUP) {
      const batch = this.#bee.batch() as unknown as { put(key: string, value: Uint8Array): Promise<void>; flush(): Promise<void> }
      for (let j = i; j < Math.min(to, i + GROUP); j++) await batch.put(keys[j] ?? '', value)
      await batch.flush()
      if (durable) await this.#sync()
    }
    return (to - from) / (performance.now() - started) * 1_000
  }

  async #sync(): Promise<void> {
    const file = await this.#store.storage.db.currentWalFile()
    const name = join(this.#directory, 'db', file?.path ?? '')
    if (this.#wal?.name !== name) {
      await this.#wal?.handle.close()
      this.#wal = { name, handle: await open(name, 'r+') }
    }
    await this.#wal.handle.datasync()
  }

  async close(): Promise<void> {
    await this.#wal?.handle.close()
    await this.#store.close()
  }
}

function bareFdatasync(directory: string, bytes: number): number {
  const file = join(directory, 'sync.bin')
  const fd = openSync(file, 'w')
  const block = Buffer.alloc(bytes)
  const times: number[] = []
  for (let i = 0; i < 200; i++) {
    writeSync(fd, block)
    const started = performance.now()
    fdatasyncSync(fd)
    times.push(performance.now() - started)
  }
  closeSync(fd)
  rmSync(file)
  return median(times)
}

export async function run(options: AppendOptions = {}): Promise<AppendResult> {
  const { records = 100_000, rounds = 5, inFlight = GROUP, persons = 10_000 } = options
  const directory = mkdtempSync(join(tmpdir(), 'growr-bench-append-'))
  const keys = await testKeys(directory)
  const store = await BookStore.open({ ...storeOptions(directory, keys), clock: { now: () => new Date() } })
  const durable = new BareBee(join(directory, 'durable'))
  const bare = new BareBee(join(directory, 'bare'))
  try {
    const book = await store.book({ kind: 'loan', organization: 'COMSA' })
    const warm = 2_048
    const names = makeKeys(records + warm)
    await appendAll(book, names, 0, warm, inFlight, persons)
    const block = await book.internals.core.block(warm >> 1)
    const value = Buffer.from(block.value)
    await durable.putAll(names, value, 0, warm, true)
    await bare.putAll(names, value, 0, warm, false)
    const rows: { ours: number; durable: number; bare: number }[] = []
    const share = Math.floor(records / rounds)
    for (let round = 0; round < rounds; round++) {
      const from = warm + round * share
      const ours = await appendAll(book, names, from, from + share, inFlight, persons)
      rows.push({ ours, durable: await durable.putAll(names, value, from, from + share, true), bare: await bare.putAll(names, value, from, from + share, false) })
    }
    const ratios = rows.map(row => row.ours / row.durable)
    return {
      records, inFlight, payload: value.length, acknowledged: median(rows.map(row => row.ours)), durableBatches: median(rows.map(row => row.durable)),
      bareBatches: median(rows.map(row => row.bare)), ratio: median(ratios), ratios, ratioToBare: median(rows.map(row => row.ours / row.bare)),
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
