import { createReadStream } from 'node:fs'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { BookSnapshot } from '@growr/books'
import { StreamSealer, type KdfCost } from '@growr/keys'
import { atomicWriteFile, makePrivateDirectory, syncDirectory } from '@growr/runtime'
import { OperatorError } from '../operator-error.ts'
import { DATA, END, FORMAT, HEAD, MANIFEST, Tally, type Digest, type Head, type Manifest } from './archive.ts'
import { keepErasures } from './erasures.ts'
import type { Parts } from '../parts.ts'

export interface BackupOptions {
  /** The file to write; it must not exist, nor lie in the data directory. */
  readonly to: string
  /** Opens the back-up. */
  readonly passphrase: string
  /** Cheaper derivation of its key, for temporary nodes. */
  readonly cost?: KdfCost
  readonly now?: () => Date
  readonly progress?: (done: { readonly bytes: number; readonly books: number; readonly of: number }) => void
}

export interface BackupDone {
  readonly file: string
  readonly instant: string
  readonly bytes: number
  readonly files: number
  readonly books: number
  readonly entries: number
  /** For how long nothing else was done. */
  readonly pausedMs: number
}

/** Where a node notes its last back-up, for the doctor. */
export const BACKUP_NOTE = 'backup.json'
const STAGING = '.backup'
const CHUNK = 1024 * 1024
/**
 * Of the data directory, what a back-up leaves out: the state of Lightning channels (an old one loses what is in them), what is built
 * anew, what must not come from a copy, what is of this run.
 */
const LEFT_OUT = new Set(['marks', 'lock', 'control', 'lightning', STAGING, BACKUP_NOTE, 'node.log', 'output.log'])

const running = new Set<string>()

/**
 * Writes a back-up: everything as it is at one instant, while the node works. Books are read afterwards up to where they were,
 * databases are copied from a state that is held meanwhile. BACKUP_EXISTS, BACKUP_IN_DATA, BACKUP_RUNNING.
 */
export async function takeBackup(parts: Parts, options: BackupOptions): Promise<BackupDone> {
  const to = resolve(options.to)
  const data = resolve(parts.data)
  if (!relative(data, to).startsWith('..')) throw new OperatorError('BACKUP_IN_DATA', `${to} lies in the data directory, and would be lost with it: give --to another place, best on another disk`)
  if (existsSync(to)) throw new OperatorError('BACKUP_EXISTS', `${to} exists already: give --to another name, nothing is overwritten`)
  if (running.has(data)) throw new OperatorError('BACKUP_RUNNING', 'a back-up is being taken already: wait for it')
  running.add(data)
  const staging = join(data, STAGING)
  const partial = `${to}.partial`
  try {
    const sealer = await StreamSealer.create({ format: FORMAT, passphrase: options.passphrase, ...(options.cost && { cost: options.cost }) })
    const instant = await capture(parts, staging, options.now ?? (() => new Date()))
    makePrivateDirectory(dirname(to))
    await rm(partial, { force: true })
    const handle = await open(partial, 'wx', 0o600)
    let manifest: Manifest
    let bytes: number
    try {
      const writer = new Writer(handle, sealer, instant.books.length, options.progress)
      manifest = await writeAll(writer, instant)
      await handle.sync()
      bytes = writer.bytes
    } finally {
      await handle.close()
    }
    await rename(partial, to)
    await syncDirectory(dirname(to))
    keepErasures(parts.data, dirname(to))
    const done = {
      file: to, instant: instant.at, bytes, files: manifest.files.length, books: manifest.books.length,
      entries: manifest.books.reduce((sum, { entries }) => sum + entries, 0), pausedMs: instant.pausedMs,
    }
    await atomicWriteFile(join(data, BACKUP_NOTE), `${JSON.stringify(done)}\n`)
    return done
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  } finally {
    rmSync(staging, { recursive: true, force: true })
    running.delete(data)
  }
}

interface Instant {
  readonly at: string
  readonly pausedMs: number
  /** Where each file is read from, by its path in the data directory. */
  readonly files: readonly { readonly path: string; readonly from: string | Buffer }[]
  readonly books: readonly (BookSnapshot & { readonly group: string })[]
}

/**
 * Fixes the instant in one stretch in which nothing else runs: whatever was acknowledged before it is in all parts, whatever came
 * of something later is in none. So no book knows what a record does not, nor the other way.
 */
async function capture({ data, groups }: Parts, staging: string, now: () => Date): Promise<Instant> {
  rmSync(staging, { recursive: true, force: true })
  makePrivateDirectory(staging)
  const copies = []
  try {
    for (const { name, collections } of groups) {
      mkdirSync(join(staging, name, 'store'), { recursive: true, mode: 0o700 })
      if (collections) copies.push({ path: `${name}/collections.db`, copy: await collections.copy(join(staging, name, 'collections.db')) })
    }
    const from = performance.now()
    const at = now().toISOString()
    const books: (BookSnapshot & { group: string })[] = []
    const files = new Map<string, string | Buffer>()
    for (const { copy } of copies) copy.pin()
    for (const { name, store } of groups) {
      if (!store) continue
      const paths = { keys: `${name}/sealing.db`, followers: `${name}/store/followers.db` }
      books.push(...store.snapshot({ keys: join(staging, paths.keys), followers: join(staging, paths.followers) }).map((book) => ({ ...book, group: name })))
      for (const path of Object.values(paths)) files.set(path, join(staging, path))
    }
    for (const { path } of copies) files.set(path, join(staging, path))
    for (const path of walk(data, groups.map(({ name }) => name))) if (!files.has(path)) files.set(path, taken(data, path, staging))
    for (const { name, rooms } of groups) if (existsSync(rooms.erasures)) files.set(`marks/${name}.erasures`, readFileSync(rooms.erasures))
    const pausedMs = Math.round(performance.now() - from)
    for (const { copy } of copies) await copy.write()
    return { at, pausedMs, files: [...files].map(([path, where]) => ({ path, from: where })), books }
  } finally {
    for (const { copy } of copies) copy.close()
  }
}

/** How a file is had as it is now: a database by a copy, what is small at once, what is only ever added to later. */
function taken(data: string, path: string, staging: string): string | Buffer {
  const file = join(data, path)
  if (path.endsWith('.db')) {
    const target = join(staging, path)
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    const db = new DatabaseSync(file, { timeout: 5_000 })
    try {
      db.prepare('VACUUM INTO ?').run(target)
    } finally {
      db.close()
    }
    chmodSync(target, 0o600)
    return target
  }
  return path.startsWith('mailbox/') ? file : readFileSync(file)
}

/** The files that a back-up takes as they are. Of a store only its books, of an index nothing. */
function walk(data: string, groups: readonly string[], under = ''): string[] {
  return readdirSync(join(data, under), { withFileTypes: true }).flatMap((entry) => {
    const path = under === '' ? entry.name : `${under}/${entry.name}`
    if (under === '' && (LEFT_OUT.has(entry.name) || entry.name.startsWith('.probe-'))) return []
    if (groups.includes(under) && (entry.name === 'store' || entry.name === 'index')) return []
    if (entry.isDirectory()) return walk(data, groups, path)
    return entry.isFile() && !/(-wal|-shm|-journal|\.tmp|\.new|\.partial|\.unfinished|\.log)$/.test(entry.name) ? [path] : []
  })
}

async function writeAll(writer: Writer, { at, files, books }: Instant): Promise<Manifest> {
  const manifest: { -readonly [K in keyof Manifest]: Manifest[K] extends readonly (infer T)[] ? T[] : Manifest[K] } = { v: 1, instant: at, files: [], books: [] }
  for (const { path, from } of files) manifest.files.push({ path, ...(await writer.part({ kind: 'file', path }, typeof from === 'string' ? createReadStream(from, { highWaterMark: CHUNK }) : each(from))) })
  for (const { group, book, kind, organization, chain, end, blocks } of books) {
    const digest = await writer.part({ kind: 'book', group, book, name: { kind, organization }, chain, end }, packed(blocks()))
    manifest.books.push({ group, book, entries: Math.max(0, end.length - 1), core: end.core, treeHash: end.treeHash, ...digest })
  }
  await writer.message(MANIFEST, Buffer.from(JSON.stringify(manifest)), true)
  return manifest
}

async function* each(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.byteLength; at += CHUNK) yield bytes.subarray(at, at + CHUNK)
}

async function* packed(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let chunk: Uint8Array[] = []
  let size = 0
  for await (const block of blocks) {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(block.byteLength)
    chunk.push(length, block)
    size += 4 + block.byteLength
    if (size < CHUNK) continue
    yield Buffer.concat(chunk)
    chunk = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(chunk)
}

/** Writes the messages of a back-up, sealed. */
class Writer {
  readonly #handle: FileHandle
  readonly #sealer: StreamSealer
  readonly #of: number
  readonly #progress: BackupOptions['progress']
  #books = 0
  #begun = false
  #told = 0
  bytes = 0

  constructor(handle: FileHandle, sealer: StreamSealer, of: number, progress: BackupOptions['progress']) {
    this.#handle = handle
    this.#sealer = sealer
    this.#of = of
    this.#progress = progress
  }

  async part(head: Head, data: AsyncIterable<Buffer | string>): Promise<Digest> {
    await this.message(HEAD, Buffer.from(JSON.stringify(head)))
    const tally = new Tally()
    for await (const chunk of data) {
      const bytes = Buffer.from(chunk as Buffer)
      tally.add(bytes)
      await this.message(DATA, bytes)
    }
    const digest = tally.digest()
    await this.message(END, Buffer.from(JSON.stringify(digest)))
    if (head.kind === 'book') this.#books += 1
    return digest
  }

  async message(kind: number, body: Buffer, last = false): Promise<void> {
    if (!this.#begun) await this.#write(this.#sealer.header)
    this.#begun = true
    await this.#write(this.#sealer.seal(Buffer.concat([Buffer.of(kind), body]), last))
    const now = performance.now()
    if (!last && now - this.#told < 500) return
    this.#told = now
    this.#progress?.({ bytes: this.bytes, books: this.#books, of: this.#of })
  }

  async #write(bytes: Buffer): Promise<void> {
    await this.#handle.writeFile(bytes)
    this.bytes += bytes.byteLength
  }
}

/** Where a back-up goes that nobody named a place for: beside the data directory, by the instant. */
export function defaultTarget(data: string, now: Date): string {
  const folder = `${resolve(data)}-backups`
  return join(folder, `${basename(resolve(data)).replace(/^\./, '') || 'data'}-${now.toISOString().replace(/[-:]|\.\d+/g, '')}.growr`)
}

/** The size of a file in words. */
export function sizeOf(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let at = 0
  let value = bytes
  for (; value >= 1000 && at < units.length - 1; at++) value /= 1000
  return `${at === 0 ? value : value.toFixed(1)} ${units[at]}`
}

