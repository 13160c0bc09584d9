import type { BookCore } from './book-core.ts'
import type { BookError } from './errors.ts'
import type { BookIndex } from './book-index.ts'
import type { IndexedEntry } from './unwritten.ts'
import type { Opener } from './entry-codec.ts'
import type { Entry } from './entry.ts'
import type { CoreEnd, Succession } from './succession.ts'
import type { LRU } from './lru.ts'
import type { Mark, MarkState } from './mark.ts'

/** What the parts of this library share about a book that is open. */
export interface OpenBook extends Opener {
  readonly core: BookCore
  readonly index: BookIndex
  readonly mark: Mark
  /** How it came into the core it is in; empty for a book that was never taken up anew. */
  readonly chain: readonly Succession[]
  /** Where it was when its last acknowledged commit was signed. */
  acknowledged: CoreEnd
  /** Why it must not be written; null when it may. */
  refusal: BookError | null
  /** Pseudonyms that were made lately. */
  readonly pseudonyms: LRU<string, string>
  /** Called after each commit. */
  readonly wake: Set<() => void>
}

export const indexed = (key: string, seq: number, entry: Entry, state: string | null, endsCommit: boolean): IndexedEntry => ({
  key, requestId: entry.requestId, paramsDigest: entry.paramsDigest, endsCommit,
  head: {
    seq, type: entry.type, scope: entry.epoch.of, epoch: entry.epoch.n, state, kid: entry.subject?.kid ?? null, box: entry.subject?.box ?? null,
  },
})

export const markOf = (book: Pick<OpenBook, 'id' | 'core'>, hash: Uint8Array): MarkState => ({
  v: 1, book: book.id, core: Buffer.from(book.core.core.key).toString('hex'), length: book.core.length, treeHash: Buffer.from(hash).toString('hex'),
})
