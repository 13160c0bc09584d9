import { BookError } from './errors.ts'
import { prepareDraft, requestMarks } from './draft.ts'
import { Follower, type Cursor, type Delay, type FollowerOptions } from './follower.ts'
import { checkLabel } from './names.ts'
import { readAfter, readEntries, readEntry, readHead, readRequest } from './reader.ts'
import type { BookEvent, BookRecord, BookState, Draft, RequestReference, StoredEntry } from './entry.ts'
import type { Committer } from './committer.ts'
import type { CoreLike } from './hypercore.ts'
import type { OpenBook } from './open-book.ts'

export type FollowOptions = Pick<FollowerOptions<StoredEntry>, 'fromStart' | 'limit' | 'retry' | 'onError'>

/** A record as it was, and what there was, at one version of a book. */
export interface BookVersion {
  readonly version: number
  get(key: string): Promise<BookRecord | null>
  entries(after: number, limit: number): Promise<StoredEntry[]>
}

export interface BookServices {
  readonly committer: Committer
  readonly cursor: (name: string, source: string) => Cursor
  readonly register: (follower: Follower<StoredEntry>) => void
  readonly delay: Delay | undefined
}

const MAXIMUM_LIMIT = 1_000
const MAXIMUM_DRAFTS = 256

/** One book of one organization: append, read, follow. Opened by `BookStore.book`. */
export class Book {
  readonly #open: OpenBook
  readonly #services: BookServices
  readonly #followers = new Map<string, Follower<StoredEntry>>()

  constructor(open: OpenBook, services: BookServices) {
    this.#open = open
    this.#services = services
  }

  /** `<kind>.<organization>`. */
  get id(): string {
    return this.#open.id
  }

  get kind(): string {
    return this.#open.kind
  }

  get organization(): string {
    return this.#open.organization
  }

  /** Why it is read-only (BOOK_BEHIND_MARK, BOOK_WITHOUT_MARK, BOOK_FORKED, STORE_FAILED); null when it may be written. */
  get refusal(): BookError | null {
    return this.#open.refusal ?? this.#services.committer.failure
  }

  /** The version after the last acknowledged commit: entries are numbered 1 to version - 1. */
  get version(): number {
    return this.#open.index.length
  }

  /** The number of the last acknowledged entry; 0 in an empty book. */
  get seq(): number {
    return this.#open.index.length - 1
  }

  /** How often it was taken up in a signed successor, such as after a restore: with it, numbers of lost entries mean something else. */
  get generation(): number {
    return this.#open.chain.length
  }

  /** In which generation the entry of that number was written: one more for each successor that began before it. */
  generationOf(seq: number): number {
    return this.#open.chain.filter(({ predecessor: { length } }) => length <= seq).length
  }

  /** The Hypercore beneath, for replication and verification. Appending to it directly would break the book. */
  get core(): CoreLike {
    return this.#open.core.core
  }

  /** The parts that verification takes. */
  get internals(): OpenBook {
    return this.#open
  }

  /**
   * Appends one entry, or several in one step. Resolves when they are on disk, with index and views brought up; or with the
   * earlier entries, marked `repeated`, when the request had been answered before.
   * Rejects with REQUEST_ID_REUSED, STALE_STATE, DRAFT_INVALID, POSTINGS_UNBALANCED, ENTRY_TOO_LARGE, KEY_MISSING,
   * STORE_BUSY, STORE_FAILED (nothing was acknowledged: repeat after the store was opened anew) or with `refusal`.
   */
  append<E extends BookEvent, S extends object>(draft: Draft<E, S>): Promise<StoredEntry<E, S>>
  append<E extends BookEvent, S extends object>(drafts: readonly Draft<E, S>[]): Promise<readonly StoredEntry<E, S>[]>
  async append(input: Draft | readonly Draft[]): Promise<StoredEntry | readonly StoredEntry[]> {
    const drafts = isList(input) ? input : [input]
    if (drafts.length === 0 || drafts.length > MAXIMUM_DRAFTS) throw new BookError('DRAFT_INVALID', `1 to ${MAXIMUM_DRAFTS} drafts at once`)
    const entries = await this.#services.committer.append(this.#open, drafts.map(draft => prepareDraft(draft, this.#open.codec)))
    const first = entries[0]
    if (first === undefined) throw new BookError('BOOK_UNREADABLE', 'an append without an entry')
    return isList(input) ? entries : first
  }

  /**
   * The entries that answered a request, or null: to be asked before deciding anything, since a decision taken again on what
   * has become of the record could differ. Rejects with REQUEST_ID_REUSED.
   */
  async findRequest(action: string, request: RequestReference): Promise<readonly StoredEntry[] | null> {
    const { keys, organization } = this.#open
    const marks = requestMarks({ action, request }, await keys.requestKey(organization))
    return marks === null ? null : readRequest(this.#open, marks)
  }

  /**
   * The record as of its last acknowledged entry, out of the index. `subject: false` leaves out what leads to a person, and the
   * time to open it: for whoever must not see it anyway.
   */
  async get<S extends object = BookState>(key: string, options: { readonly subject?: boolean } = {}): Promise<BookRecord<S> | null> {
    return readHead(this.#open, key, options.subject !== false) as BookRecord<S> | null | Promise<BookRecord<S> | null>
  }

  /** The record as of an entry of the book: its own last one at or below that number. */
  async getAt<S extends object = BookState>(key: string, seq: number): Promise<BookRecord<S> | null> {
    const found = this.#open.index.seqAt(key, seq)
    const entry = found === 0 ? null : await readEntry(this.#open, found)
    return entry?.state ? { key, seq: found, state: entry.state as S } : null
  }

  /** The book as of one of its versions. Throws VERSION_UNKNOWN for a number inside a commit or above the end. */
  atVersion(version: number): BookVersion {
    if (!this.#open.index.isVersion(version)) throw new BookError('VERSION_UNKNOWN', `${this.id} has no version ${version}`)
    return {
      version,
      get: key => this.getAt(key, version - 1),
      entries: async (after, limit) => (await this.entries(after, limit)).filter(entry => entry.seq < version),
    }
  }

  /** null above the end. */
  entry(seq: number): Promise<StoredEntry | null> {
    return readEntry(this.#open, seq)
  }

  /** Entries after a number, in order, at most 1,000 at once: what a follower elsewhere asks for. */
  entries(after: number, limit: number): Promise<StoredEntry[]> {
    return readAfter(this.#open, after, bounded(limit))
  }

  /** Entries of one record, or of all, after a number, in order. 100 unless given, at most 1,000. */
  history(options: { readonly key?: string; readonly after?: number; readonly limit?: number } = {}): Promise<StoredEntry[]> {
    const { key, after = 0, limit = 100 } = options
    if (key === undefined) return this.entries(after, limit)
    return readEntries(this.#open, this.#open.index.seqsOf(key, after, bounded(limit)))
  }

  /** Keys of records, in order of key, to page through. */
  async keys(after = '', limit = 100): Promise<readonly string[]> {
    return this.#open.index.keys(bounded(limit), after)
  }

  /**
   * Hands the book's entries to a handler: in order, at least once, from where the follower of this name left off, also after
   * a restart. A handler that throws is called again with the same entry, later and later; nothing is skipped.
   */
  follow(name: string, handler: (entry: StoredEntry) => void | Promise<void>, options: FollowOptions = {}): Follower<StoredEntry> {
    checkLabel(name)
    if (this.#followers.get(name)?.stopped === false) throw new BookError('FOLLOWER_EXISTS', `${name} of ${this.id}`)
    const { delay } = this.#services
    const follower = new Follower<StoredEntry>({
      ...options, name, handler, ...(delay === undefined ? {} : { delay }),
      feed: (after, limit) => this.entries(after, limit),
      head: () => this.seq,
      cursor: this.#services.cursor(name, this.id),
    })
    this.#followers.set(name, follower)
    this.#open.wake.add(() => follower.wake())
    this.#services.register(follower)
    return follower.start()
  }
}

const isList = (input: Draft | readonly Draft[]): input is readonly Draft[] => Array.isArray(input)

function bounded(limit: number): number {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new BookError('DRAFT_INVALID', 'a limit is 1 or more')
  return Math.min(limit, MAXIMUM_LIMIT)
}
