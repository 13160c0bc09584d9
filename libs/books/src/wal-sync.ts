import { open, readdir, type FileHandle } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { syncDirectory } from './files.ts'

const LOG = /^\d+\.log$/

export interface WalSource {
  currentWalFile(): Promise<{ readonly path: string } | null>
}

/**
 * Makes all that RocksDB has been given durable, by fdatasync of its write-ahead log. RocksDB itself syncs nothing on a
 * write; when its memtable is full it starts another log, and the batch may lie in the old one: then every log is synced, and
 * the directory for the new one's name. A log that is gone by then had been flushed to a table, which RocksDB syncs.
 */
export class WalSync {
  readonly #source: WalSource
  readonly #directory: string
  #current: { readonly name: string; readonly handle: FileHandle } | null = null
  #running: Promise<void> | null = null
  #next: Promise<void> | null = null
  #failure: unknown = null

  constructor(source: WalSource, directory: string) {
    this.#source = source
    this.#directory = directory
  }

  /** Resolves when all that was written before the call is on disk; callers that come meanwhile share the next round. */
  sync(): Promise<void> {
    if (this.#running === null) return this.#start()
    this.#next ??= this.#running.then(() => this.#start(), () => this.#start())
    return this.#next
  }

  async close(): Promise<void> {
    await this.#running?.catch(() => undefined)
    await this.#current?.handle.close()
    this.#current = null
  }

  #start(): Promise<void> {
    this.#next = null
    // After one failure the kernel may drop the pages and report success the next time: so it is never asked again.
    const work = this.#failure === null ? this.#round() : Promise.reject(this.#failure)
    const round = work.catch((error: unknown) => {
      this.#failure = error
      throw error
    }).finally(() => {
      if (this.#running === round) this.#running = null
    })
    this.#running = round
    return round
  }

  async #round(): Promise<void> {
    const known = this.#current
    // In the usual case one log: synced while asking whether it is still the one in use.
    const [file] = await Promise.all([this.#source.currentWalFile(), known?.handle.datasync()])
    const name = file === null ? null : basename(file.path)
    if (known !== null && known.name === name) return
    await this.#switch(name)
  }

  async #switch(name: string | null): Promise<void> {
    const logs = (await readdir(this.#directory)).filter(entry => LOG.test(entry))
    let current: FileHandle | null = null
    for (const log of logs) {
      if (log === this.#current?.name) continue
      const handle = await this.#open(log)
      if (handle === null) continue
      let keep = false
      try {
        await handle.datasync()
        keep = log === name
      } finally {
        if (keep) current = handle
        else await handle.close()
      }
    }
    await syncDirectory(this.#directory)
    await this.#current?.handle.close()
    this.#current = current === null || name === null ? null : { name, handle: current }
  }

  async #open(log: string): Promise<FileHandle | null> {
    try {
      return await open(join(this.#directory, log), 'r+')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }
}
