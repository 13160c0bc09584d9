// Hyperbee and the disk by themselves: what the books are measured against.
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import Corestore from 'corestore'
import Hyperbee from 'hyperbee'

export const GROUP = 64

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN

interface BareBatch {
  put(key: string, value: Uint8Array): Promise<void>
  flush(): Promise<void>
}

interface Bee {
  ready(): Promise<void>
  get(key: string): Promise<{ value: Uint8Array } | null>
  batch(): BareBatch
}

/** A Hyperbee as its documentation has it: no encryption, a key pair of the store, batches of 64. */
export class BareBee {
  readonly #store: InstanceType<typeof Corestore>
  readonly #bee: Bee
  readonly #directory: string
  #wal: { name: string; handle: FileHandle } | null = null

  constructor(directory: string) {
    this.#directory = directory
    this.#store = new Corestore(directory, { allowBackup: true })
    const core = (this.#store as unknown as { get(options: object): never }).get({ name: 'bench' })
    this.#bee = new Hyperbee(core, { keyEncoding: 'utf-8', valueEncoding: 'binary', extension: false }) as unknown as Bee
  }

  /** Puts a value under each key, 64 to a batch, each batch followed by one fdatasync of the log, or by none. Answers puts a second. */
  async putAll(keys: readonly string[], value: Uint8Array, durable: boolean): Promise<number> {
    await this.#bee.ready()
    const started = performance.now()
    for (let i = 0; i < keys.length; i += GROUP) {
      const batch = this.#bee.batch()
      for (let j = i; j < Math.min(keys.length, i + GROUP); j++) await batch.put(keys[j] ?? '', value)
      await batch.flush()
      if (durable) await this.#sync()
    }
    return keys.length / (performance.now() - started) * 1_000
  }

  /** Gets keys one after another, or by several callers at once. Answers gets a second. */
  async getAll(keys: readonly string[], inFlight: number): Promise<number> {
    await this.#bee.ready()
    let next = 0
    const started = performance.now()
    await Promise.all(Array.from({ length: inFlight }, async () => {
      while (next < keys.length) {
        if (await this.#bee.get(keys[next++] ?? '') === null) throw new Error('a record is missing')
      }
    }))
    return keys.length / (performance.now() - started) * 1_000
  }

  async #sync(): Promise<void> {
    const file = await this.#store.storage.db.currentWalFile()
    const name = join(this.#directory, 'db', file?.path ?? '')
    if (this.#wal?.name !== name) {
      await this.#wal?.handle.datasync()
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

/** Milliseconds of one fdatasync after so many bytes were written to the end of a file, the median of 200. */
export function bareFdatasync(directory: string, bytes: number): number {
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
