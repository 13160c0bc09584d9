import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { open, rename, statfs, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { RuntimeError } from './errors.ts'

/** Puts a directory's own entries on disk: a rename is lost with the power before that. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Writes a file so that, whatever happens, there is the old content or the new, whole and on disk when this returns.
 * 0600 where no mode is given.
 */
export async function atomicWriteFile(path: string, data: string | Uint8Array, options: { readonly mode?: number } = {}): Promise<void> {
  const folder = dirname(path)
  const draft = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const handle = await open(draft, 'wx', options.mode ?? 0o600)
    try {
      await handle.writeFile(data)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, path)
  } catch (error) {
    await unlink(draft).catch(() => undefined)
    throw error
  }
  await syncDirectory(folder)
}

/** Makes a directory that only its owner enters (0700), or tightens the one there is. DATA_NOT_WRITABLE. */
export function makePrivateDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o700)
  } catch (error) {
    throw new RuntimeError('DATA_NOT_WRITABLE', `${path} cannot be made or is not yours`, error)
  }
}

export interface DirectoryLock {
  /** Lets others in. The system does so too when the process ends in any way. */
  release(): void
}

const heldHere = new Set<string>()

/**
 * Makes sure that one process alone works on a data directory (made private if need be). The system holds the lock on
 * the file `lock`, so that none is left after a crash. Nothing else may open that file. DATA_IN_USE.
 */
export function lockDirectory(path: string): DirectoryLock {
  makePrivateDirectory(path)
  const { dev, ino } = statSync(path)
  const identity = `${dev}:${ino}`
  const inUse = (cause?: unknown): RuntimeError =>
    new RuntimeError('DATA_IN_USE', `another process works on ${path}: stop it, or give this one a directory of its own`, cause)
  if (heldHere.has(identity)) throw inUse()
  const file = join(path, 'lock')
  // SQLite's exclusive lock is the one lock of the system that Node offers.
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: 0 })
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    chmodSync(file, 0o600)
  } catch (error) {
    database?.close()
    const { errcode } = error as { errcode?: number }
    // SQLITE_BUSY is 5, SQLITE_LOCKED 6.
    if (errcode === 5 || errcode === 6) throw inUse(error)
    throw new RuntimeError('DATA_NOT_WRITABLE', `${path} cannot be written`, error)
  }
  heldHere.add(identity)
  const held = database
  return {
    release() {
      if (!heldHere.delete(identity)) return
      // The file stays: taken away, two could lock two files of the same name.
      held.close()
    },
  }
}

/** Bytes free for this user and bytes in all of the disk that a path lies on. */
export async function freeDisk(path: string): Promise<{ readonly free: number; readonly total: number }> {
  const { bavail, blocks, bsize } = await statfs(path)
  return { free: bavail * bsize, total: blocks * bsize }
}

/** A health check: fails with DISK_FULL where fewer bytes are free (256 MB where not given). */
export function diskCheck(path: string, atLeast = 256 * 1024 * 1024): () => Promise<{ ok: boolean; reason?: string }> {
  return async () => ((await freeDisk(path)).free >= atLeast ? { ok: true } : { ok: false, reason: 'DISK_FULL' })
}
