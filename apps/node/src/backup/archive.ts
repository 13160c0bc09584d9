import { createHash, type Hash } from 'node:crypto'
import { isCoreEnd, isSuccession, type CoreEnd, type Succession } from '@growr/books'
import { OperatorError } from '../operator-error.ts'

// A back-up is a sealed stream of messages. The first byte of each says what it is; between a head and its end lies data.
export const FORMAT = 'growr-backup'
export const HEAD = 0
export const DATA = 1
export const END = 2
export const MANIFEST = 3

/** A file of the data directory, by its path in it. */
export interface FileHead {
  readonly kind: 'file'
  readonly path: string
}

/** A book: its blocks follow, each behind its length in four bytes. */
export interface BookHead {
  readonly kind: 'book'
  readonly group: string
  readonly book: string
  readonly name: { readonly kind: string; readonly organization: string }
  readonly chain: readonly Succession[]
  readonly end: CoreEnd
}

export type Head = FileHead | BookHead

/** How a part was when it was written. */
export interface Digest {
  readonly bytes: number
  readonly sha256: string
}

/** What a whole back-up holds; its last message. */
export interface Manifest {
  readonly v: 1
  /** ISO instant at which everything was as it is here. */
  readonly instant: string
  readonly files: readonly (Digest & { readonly path: string })[]
  readonly books: readonly (Digest & { readonly group: string; readonly book: string; readonly entries: number; readonly core: string; readonly treeHash: string })[]
}

export class Tally {
  readonly #hash: Hash = createHash('sha256')
  #bytes = 0

  add(bytes: Uint8Array): void {
    this.#hash.update(bytes)
    this.#bytes += bytes.byteLength
  }

  digest(): Digest {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }
}

const unsound = (): OperatorError => new OperatorError('BACKUP_DAMAGED', 'this back-up does not hold what it says: take another one')

const json = (message: Buffer): unknown => {
  try {
    return JSON.parse(message.toString('utf8', 1))
  } catch {
    throw unsound()
  }
}

function headOf(message: Buffer): Head {
  const head = json(message) as Partial<BookHead & { path: string }> | null
  const { kind } = (head ?? {}) as { kind?: unknown }
  if (kind === 'file') {
    const { path } = head as unknown as FileHead
    // Never out of the directory that it is unpacked into.
    if (typeof path === 'string' && path.length <= 1_000 && !path.startsWith('/') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'))) return { kind, path }
  }
  if (kind === 'book') {
    const { group, book, name, chain, end } = head as BookHead
    const sound = typeof group === 'string' && /^[a-z]{1,20}$/.test(group) && typeof book === 'string' && typeof name?.kind === 'string'
      && typeof name.organization === 'string' && Array.isArray(chain) && chain.every(isSuccession) && isCoreEnd(end)
    if (sound) return { kind, group, book, name, chain, end }
  }
  throw unsound()
}

/** What to do with the parts of a back-up. Both must take all that they are handed. */
export interface Unpacking {
  file(head: FileHead, bytes: AsyncIterable<Buffer>): Promise<void>
  book(head: BookHead, blocks: AsyncIterable<Buffer>): Promise<void>
}

/** Takes a back-up apart. BACKUP_DAMAGED where a part is not what it was when it was written; the manifest of a whole one. */
export async function unpack(messages: AsyncIterable<Buffer>, to: Unpacking): Promise<Manifest> {
  const source = messages[Symbol.asyncIterator]()
  const files: Manifest['files'][number][] = []
  const books: Manifest['books'][number][] = []
  for (;;) {
    const { value: message, done } = await source.next()
    if (done === true) throw unsound()
    if (message[0] === MANIFEST) {
      const manifest = json(message) as Manifest
      if (manifest.v !== 1) throw new OperatorError('BACKUP_NEWER', 'this back-up was made by a newer release: restore it with that one')
      const seen = { v: 1, instant: manifest.instant, files, books }
      if (JSON.stringify(seen) !== JSON.stringify({ v: 1, instant: manifest.instant, files: manifest.files, books: manifest.books })) throw unsound()
      // Nothing follows: read to the end of the stream, which also lets go of its file and its key.
      if ((await source.next()).done !== true) throw unsound()
      return manifest
    }
    if (message[0] !== HEAD) throw unsound()
    const head = headOf(message)
    const part = new Part(source)
    if (head.kind === 'file') {
      await to.file(head, part.data())
      files.push({ path: head.path, ...part.digest() })
    } else {
      await to.book(head, part.blocks())
      books.push({ group: head.group, book: head.book, entries: Math.max(0, head.end.length - 1), core: head.end.core, treeHash: head.end.treeHash, ...part.digest() })
    }
  }
}

/** The data between a head and its end. */
class Part {
  readonly #source: AsyncIterator<Buffer>
  readonly #tally = new Tally()
  #digest: Digest | undefined

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source
  }

  async *data(): AsyncGenerator<Buffer> {
    for (;;) {
      const { value: message, done } = await this.#source.next()
      if (done === true) throw unsound()
      if (message[0] === DATA) {
        this.#tally.add(message.subarray(1))
        yield message.subarray(1)
        continue
      }
      const digest = this.#tally.digest()
      const end = message[0] === END ? json(message) as Digest : undefined
      if (end?.bytes !== digest.bytes || end.sha256 !== digest.sha256) throw unsound()
      this.#digest = digest
      return
    }
  }

  async *blocks(): AsyncGenerator<Buffer> {
    for await (const data of this.data()) {
      for (let at = 0; at < data.byteLength;) {
        const length = at + 4 <= data.byteLength ? data.readUInt32BE(at) : -1
        const end = at + 4 + length
        if (length < 0 || end > data.byteLength) throw unsound()
        yield data.subarray(at + 4, end)
        at = end
      }
    }
  }

  digest(): Digest {
    if (this.#digest === undefined) throw unsound()
    return this.#digest
  }
}
