import { randomBytes } from 'node:crypto'
import { chmodSync, closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** The few calls by which a file is replaced, so that a test can stop between any two of them. */
export interface Disk {
  open(path: string, flags: string, mode?: number): number
  write(fd: number, bytes: Uint8Array): void
  sync(fd: number): void
  close(fd: number): void
  rename(from: string, to: string): void
}

export const nodeDisk: Disk = {
  open: (path, flags, mode) => openSync(path, flags, mode),
  write: (fd, bytes) => {
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(fd, bytes, at)
  },
  sync: fsyncSync,
  close: closeSync,
  rename: renameSync,
}

/** The file that `replaceFile` writes before it takes the place of the other. */
export const temporaryName = (file: string): string => `${file}.new`

/**
 * Replaces a file as a whole, readable by its owner only: after a crash at any moment there is either the old
 * content or the new one. Its directory is made (0700) where it is missing.
 */
export function replaceFile(file: string, bytes: Uint8Array, disk: Disk = nodeDisk): void {
  makePrivateDirectory(dirname(file))
  const temporary = temporaryName(file)
  rmSync(temporary, { force: true })
  withFile(disk, temporary, 'wx', (fd) => {
    disk.write(fd, bytes)
    disk.sync(fd)
  })
  disk.rename(temporary, file)
  syncDirectory(dirname(file), disk)
}

/** Writes a file that must not exist yet (EEXIST where it does), readable by its owner only. */
export function createFile(file: string, bytes: Uint8Array, disk: Disk = nodeDisk): void {
  makePrivateDirectory(dirname(file))
  const temporary = `${file}.${randomBytes(6).toString('hex')}.new`
  withFile(disk, temporary, 'wx', (fd) => {
    disk.write(fd, bytes)
    disk.sync(fd)
  })
  if (existsSync(file)) {
    rmSync(temporary, { force: true })
    throw Object.assign(new Error(`${file} exists`), { code: 'EEXIST' })
  }
  disk.rename(temporary, file)
  syncDirectory(dirname(file), disk)
}

/** Reads a file of at most `limit` bytes; undefined where there is none, 'too-large' where it is larger. */
export function readBounded(file: string, limit: number): Buffer | 'too-large' | undefined {
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return fstatSync(fd).size > limit ? 'too-large' : readFileSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Takes the rights of group and others away from a file; true where it had any. Throws where that is not allowed. */
export function makePrivate(file: string): boolean {
  if ((statSync(file).mode & 0o077) === 0) return false
  chmodSync(file, 0o600)
  return true
}

export function makePrivateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
}

function withFile(disk: Disk, path: string, flags: string, use: (fd: number) => void): void {
  const fd = disk.open(path, flags, 0o600)
  try {
    use(fd)
  } finally {
    disk.close(fd)
  }
}

/** Makes names in a directory durable. */
export function syncDirectory(directory: string, disk: Disk = nodeDisk): void {
  const fd = disk.open(directory, 'r')
  try {
    disk.sync(fd)
  } finally {
    disk.close(fd)
  }
}
