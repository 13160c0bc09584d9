import { readIndexed } from './reader.ts'
import { storedEntry } from './entry-codec.ts'
import type { Block } from './book-core.ts'
import type { IndexedEntry } from './unwritten.ts'
import type { OpenBook } from './open-book.ts'
import type { StoredEntry } from './entry.ts'
import type { ViewFile } from './view.ts'

const CHUNK = 512

interface Row {
  readonly indexed: IndexedEntry
  readonly stored: StoredEntry
}

/**
 * Brings the index (when it is behind) and views up to the book: to `to`, a length, or to its end. The book is read once, as
 * far back as the one that is most behind.
 */
export async function catchUp(book: OpenBook, views: readonly ViewFile[], to: number = book.core.length): Promise<void> {
  const lengths = [book.index.length, ...views.filter(view => view.failure === null).map(view => view.length(book.id))]
  const from = Math.min(...lengths)
  if (from >= to) return
  let rows: Row[] = []
  let commit: { block: Block; row: Awaited<ReturnType<typeof readIndexed>> }[] = []
  const take = (version: number): void => {
    for (const { block, row } of commit) {
      rows.push({ indexed: row.indexed, stored: storedEntry(book, block.key, block.seq, version, row.entry, row.opened) })
    }
    commit = []
  }
  for await (const block of book.core.blocks(from, to)) {
    const row = await readIndexed(book, block)
    commit.push({ block, row })
    if (!row.indexed.endsCommit) continue
    take(block.seq + 1)
    if (rows.length < CHUNK) continue
    await give(book, views, rows)
    rows = []
  }
  take(to)
  await give(book, views, rows)
}

async function give(book: OpenBook, views: readonly ViewFile[], rows: readonly Row[]): Promise<void> {
  const last = rows[rows.length - 1]
  if (last === undefined) return
  const hash = await book.core.treeHash(last.stored.seq + 1)
  const forIndex = rows.filter(row => row.stored.seq >= book.index.length)
  if (forIndex.length > 0) {
    // Only while the book is being opened: later the writer alone decides what the index shows.
    book.index.add(forIndex.map(row => row.indexed), hash)
    if (book.index.unwritten > CHUNK * 8) book.index.flush()
  }
  for (const view of views) {
    const length = view.length(book.id)
    view.apply(book.id, rows.filter(row => row.stored.seq >= length).map(row => row.stored), hash)
  }
  for (const view of views) if (view.uncommitted > CHUNK * 8) view.commit()
}

/** Whether what was built up to a length was built from this very book. */
export async function builtFrom(book: OpenBook, length: number, hash: Uint8Array | null): Promise<boolean> {
  if (length === 1 && hash === null) return true
  if (length > book.core.length || hash === null) return false
  return Buffer.from(await book.core.treeHash(length)).equals(hash)
}
