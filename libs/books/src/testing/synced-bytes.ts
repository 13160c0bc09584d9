import { cpSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

interface Syncs {
  datasync(): Promise<void>
  sync(): Promise<void>
}

const LOG = /^\d+\.log$/

/**
 * What a power failure would leave of RocksDB's log. It watches every sync that goes through Node: what a file held when a
 * sync began is safe once the sync has ended; a name is safe once its directory was synced. Tables, manifests and SQLite's
 * files are synced natively by those who write them (seen with strace) and are taken as they are.
 */
export class SyncedBytes {
  readonly #files = new Map<string, Buffer>()
  readonly #names = new Map<string, Set<string>>()
  readonly #restore: () => void

  private constructor(restore: () => void) {
    this.#restore = restore
  }

  static async watch(): Promise<SyncedBytes> {
    const handle = await open('/dev/null', 'r')
    const prototype = Object.getPrototypeOf(handle) as Syncs
    await handle.close()
    const { datasync, sync } = prototype
    const watcher = new SyncedBytes(() => Object.assign(prototype, { datasync, sync }))
    const watched = (real: () => Promise<void>) => async function (this: FileHandle): Promise<void> {
      const safe = watcher.#look(this.fd)
      await real.call(this)
      safe()
    }
    Object.assign(prototype, { datasync: watched(datasync), sync: watched(sync) })
    return watcher
  }

  stop(): void {
    this.#restore()
  }

  #look(fd: number): () => void {
    const path = readlinkSync(`/proc/self/fd/${fd}`)
    if (!LOG.test(basename(path))) {
      if (basename(path) !== 'db') return () => undefined
      const names = new Set(readdirSync(path))
      return () => { this.#names.set(path, names) }
    }
    const bytes = readFileSync(path)
    return () => { this.#files.set(path, bytes) }
  }

  /** Writes to `target` what `source` would hold after a power failure now. Index files are left out. */
  copy(source: string, target: string): void {
    cpSync(source, target, { recursive: true, filter: path => !LOG.test(basename(path)) && basename(path) !== 'index' && basename(path) !== 'LOCK' })
    for (const [path, bytes] of this.#files) {
      if (!this.#names.get(dirname(path))?.has(basename(path))) continue
      const place = join(target, path.slice(source.length))
      mkdirSync(dirname(place), { recursive: true })
      writeFileSync(place, bytes)
    }
  }
}
