import { BookError } from './errors.ts'
import { requestIdAt, type RequestMarks } from './draft.ts'
import { decodeEntry, endsCommit, openEntry, storedEntry } from './entry-codec.ts'
import { open } from './seal.ts'
import { indexed, type OpenBook } from './open-book.ts'
import type { Block } from './book-core.ts'
import type { BookRecord, BookState, StoredEntry } from './entry.ts'
import type { Head, IndexedEntry } from './unwritten.ts'

/** Opens a block into the entry that is handed out. */
export async function readBlock(book: OpenBook, block: Block, version: number): Promise<StoredEntry> {
  const entry = decodeEntry(block.value)
  return storedEntry(book, block.key, block.seq, version, entry, await openEntry(book, block.key, entry))
}

/** An entry of a book; null above its end. What is not acknowledged yet is not there. */
export async function readEntry(book: OpenBook, seq: number): Promise<StoredEntry | null> {
  if (!Number.isSafeInteger(seq) || seq < 1 || seq >= book.index.length) return null
  return readBlock(book, await book.core.block(seq), book.index.versionOf(seq))
}

export async function readEntries(book: OpenBook, seqs: readonly number[]): Promise<StoredEntry[]> {
  const entries = await Promise.all(seqs.map(seq => readEntry(book, seq)))
  return entries.filter(entry => entry !== null)
}

/** Entries after a number, in order. */
export async function readAfter(book: OpenBook, after: number, limit: number): Promise<StoredEntry[]> {
  const from = Math.max(0, after) + 1
  const to = Math.min(from + limit, book.index.length)
  const entries: StoredEntry[] = []
  if (from >= to) return entries
  for await (const block of book.core.blocks(from, to)) entries.push(await readBlock(book, block, book.index.versionOf(block.seq)))
  return entries
}

/** The entries that answered a request, or null; its first entry is looked up, the rest of that append follow. */
export async function readRequest(book: OpenBook, marks: RequestMarks): Promise<readonly StoredEntry[] | null> {
  const seqs: number[] = []
  for (let place = 0; ; place += 1) {
    const found = book.index.request(requestIdAt(marks, place))
    if (found === null) break
    if (found.digest !== marks.digest) throw new BookError('REQUEST_ID_REUSED', 'this request id was used with other parameters')
    seqs.push(found.seq)
  }
  if (seqs.length === 0) return null
  const entries = await readEntries(book, seqs)
  return entries.map(entry => ({ ...entry, repeated: true as const }))
}

/** The record as the index has it, its subject, if it is wanted, opened when its person's key is there. */
export function readHead(book: OpenBook, key: string, subject: boolean): BookRecord | null | Promise<BookRecord | null> {
  const row = book.index.head(key)
  if (row === null || row.state === null) return null
  const state = book.codec.decode(row.state) as BookState
  if (!subject || row.kid === null || row.box === null) return { key, seq: row.seq, state }
  return withSubject(book, key, row, row.kid, row.box, state)
}

function withSubject(book: OpenBook, key: string, row: Head, kid: string, box: string | Uint8Array, state: BookState): BookRecord | Promise<BookRecord> {
  const found = book.keys.subjectKeyById(kid)
  const join = (personal: Uint8Array | null): BookRecord => {
    // The state was decoded just now and is nobody else's yet.
    const own = state as { subject?: unknown }
    own.subject = personal === null ? null : openState(book, key, row, kid, box, personal)
    return { key, seq: row.seq, state }
  }
  return found instanceof Promise ? found.then(join) : join(found)
}

function openState(book: OpenBook, key: string, row: Head, kid: string, box: string | Uint8Array, personal: Uint8Array): unknown {
  const text = open(box, personal, { part: 'subject', book: book.id, key, type: row.type, of: row.scope, n: row.epoch, kid })
  return (book.codec.decode(text) as { state: unknown }).state
}

/** What the index takes of an entry that is read out of the book. */
export async function readIndexed(book: OpenBook, block: Block): Promise<{ readonly indexed: IndexedEntry; readonly entry: ReturnType<typeof decodeEntry>; readonly opened: Awaited<ReturnType<typeof openEntry>> }> {
  const entry = decodeEntry(block.value)
  const opened = await openEntry(book, block.key, entry)
  const stateText = opened.state === null ? null : book.codec.encode(withoutSubject(opened.state))
  return { indexed: indexed(block.key, block.seq, entry, stateText, endsCommit(block.value)), entry, opened }
}

export function withoutSubject<T extends { readonly subject?: unknown }>(value: T): Omit<T, 'subject'> {
  const { subject: _, ...rest } = value
  return rest
}
