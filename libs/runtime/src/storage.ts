import { randomBytes } from 'node:crypto'
import { open, readdir, rm, stat, type FileHandle } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { setTimeout } from 'node:timers/promises'

export interface StorageWatch {
  /** A health check; asks the disk at most every two seconds. */
  readonly check: () => Promise<{ ok: boolean; reason?: string }>
  close(): Promise<void>
}

export interface StorageOptions {
  /** For how long an answer counts, in milliseconds. */
  readonly freshMs?: number
}

const FRESH_MS = 2_000
const PROBE = `.probe-${process.pid}`
const SQLITE = 'SQLite format 3\0'
const HEADER = 100
const MOST_FILES = 5_000
/** How often, and with what pause, a database is looked at before it is called short. */
const LOOKS = 3
const BETWEEN_MS = 50

class Fault extends Error {
  readonly reason: string

  constructor(reason: string) {
    super(reason)
    this.reason = reason
  }
}

const CODES: Readonly<Record<string, string>> = {
  ENOSPC: 'STORAGE_FULL', EDQUOT: 'STORAGE_FULL', EFBIG: 'STORAGE_FULL',
  EROFS: 'STORAGE_READ_ONLY', EACCES: 'STORAGE_FORBIDDEN', EPERM: 'STORAGE_FORBIDDEN',
  ENOENT: 'STORAGE_MISSING', ENOTDIR: 'STORAGE_MISSING', EIO: 'STORAGE_UNREADABLE', EISDIR: 'STORAGE_UNREADABLE',
}

const codeOf = (error: unknown): string => {
  const { code } = error as NodeJS.ErrnoException
  return CODES[code ?? ''] ?? 'STORAGE_FAILED'
}

/**
 * Watches whether a data directory can be written and read: writes a small file and syncs it, and looks at the files that stores
 * rest on, which must not be gone, get shorter or be unreadable. Databases are looked at through one handle each that stays open: to
 * close another one would let go of SQLite's own locks. Reasons: STORAGE_FULL, STORAGE_READ_ONLY, STORAGE_FORBIDDEN,
 * STORAGE_MISSING, STORAGE_TRUNCATED, STORAGE_UNREADABLE, STORAGE_FAILED, with the file.
 */
export function watchStorage(data: string, options: StorageOptions = {}): StorageWatch {
  const handles = new Map<string, FileHandle>()
  const sizes = new Map<string, number>()
  let latest: { readonly at: number; readonly answer: Promise<{ ok: boolean; reason?: string }>; done: boolean } | undefined
  let closed = false

  const named = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw new Fault(`${error instanceof Fault ? error.reason : codeOf(error)} ${relative(data, file)}`)
    }
  }

  async function write(): Promise<void> {
    const file = join(data, PROBE)
    try {
      const handle = await open(file, 'w', 0o600)
      try {
        await handle.writeFile(randomBytes(4096))
        await handle.sync()
      } finally {
        await handle.close()
      }
    } finally {
      await rm(file, { force: true }).catch(() => undefined)
    }
  }

  /** Says that it is SQLite and holds as many pages as it says. */
  async function database(file: string): Promise<void> {
    let handle = handles.get(file)
    if (handle === undefined) handles.set(file, (handle = await open(file, 'r')))
    // Before the size: a file that grows in between is not short.
    const header = Buffer.alloc(HEADER)
    await handle.read(header, 0, HEADER, 0)
    const [named, opened] = await Promise.all([stat(file), handle.stat()])
    if (named.ino !== opened.ino) throw new Fault('STORAGE_MISSING')
    if (opened.size === 0) {
      if ((sizes.get(file) ?? 0) > 0) throw new Fault('STORAGE_TRUNCATED')
      return
    }
    sizes.set(file, opened.size)
    const page = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
    if (opened.size < HEADER || header.toString('latin1', 0, 16) !== SQLITE) throw new Fault('STORAGE_UNREADABLE')
    if (opened.size < page * header.readUInt32BE(28)) throw new Fault('STORAGE_TRUNCATED')
  }

  /** SQLite takes a checkpoint over page by page, the first one first: a file is short only if it stays so. */
  async function settledDatabase(file: string): Promise<void> {
    for (let looks = 1; ; looks++) {
      try {
        return await database(file)
      } catch (error) {
        if (!(error instanceof Fault) || looks === LOOKS) throw error
        await setTimeout(BETWEEN_MS)
      }
    }
  }

  /** Tables are written once and then only read; logs grow. Either may go when its time is over. */
  async function grown(file: string): Promise<void> {
    const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (handle === undefined) return
    try {
      const { size } = await handle.stat()
      if (size < (sizes.get(file) ?? 0)) throw new Fault('STORAGE_TRUNCATED')
      sizes.set(file, size)
      if (size > 0) await handle.read(Buffer.alloc(1), 0, 1, size - 1)
    } finally {
      await handle.close()
    }
  }

  /** Is replaced as a whole, and never empty. */
  async function whole(file: string): Promise<void> {
    const handle = await open(file, 'r')
    try {
      const { bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, 0)
      if (bytesRead === 0) throw new Fault('STORAGE_TRUNCATED')
    } finally {
      await handle.close()
    }
  }

  async function tables(folder: string): Promise<void> {
    const names = await named(folder, () => readdir(folder))
    if (!names.includes('CURRENT')) throw new Fault(`STORAGE_MISSING ${relative(data, join(folder, 'CURRENT'))}`)
    for (const name of names.filter((each) => /\.(sst|log)$|^MANIFEST-/.test(each)).slice(0, MOST_FILES)) await named(join(folder, name), () => grown(join(folder, name)))
  }

  async function look(): Promise<{ ok: boolean; reason?: string }> {
    try {
      await named(join(data, PROBE), write)
      for (const group of await readdir(data, { withFileTypes: true })) {
        if (!group.isDirectory()) continue
        const folder = join(data, group.name)
        const names = await named(folder, () => readdir(folder))
        if (!names.includes('keys.json')) continue
        await named(join(folder, 'keys.json'), () => whole(join(folder, 'keys.json')))
        for (const name of names.filter((each) => each.endsWith('.db'))) await named(join(folder, name), () => settledDatabase(join(folder, name)))
        if (names.includes('store')) await tables(join(folder, 'store', 'cores', 'db'))
      }
      // What was there is there: a folder that is gone is in no list.
      for (const file of handles.keys()) await named(file, () => stat(file))
      return { ok: true }
    } catch (error) {
      return { ok: false, reason: error instanceof Fault ? error.reason : codeOf(error) }
    }
  }

  return {
    check() {
      const now = performance.now()
      if (closed) return Promise.resolve({ ok: false, reason: 'STORAGE_CLOSED' })
      // One look at a time: two at once could open a database twice, and lose a handle.
      if (latest === undefined || (latest.done && now - latest.at > (options.freshMs ?? FRESH_MS))) {
        const begun = { at: now, answer: look(), done: false }
        latest = begun
        void begun.answer.then(() => {
          begun.done = true
        })
      }
      return latest.answer
    },
    async close() {
      closed = true
      await latest?.answer
      for (const handle of handles.values()) await handle.close()
      handles.clear()
    },
  }
}
