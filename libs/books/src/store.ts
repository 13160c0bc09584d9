import { join } from 'node:path'
import Corestore from 'corestore'
import { Book } from './book.ts'
import { BookCore } from './book-core.ts'
import { BookIndex } from './book-index.ts'
import { BookError } from './errors.ts'
import { builtFrom } from './catch-up.ts'
import { Committer } from './committer.ts'
import { Cursors } from './cursors.ts'
import { Follower, type FollowerOptions } from './follower.ts'
import { bookId, checkLabel, type BookName } from './names.ts'
import { compareWithMark } from './standing.ts'
import { jsonCodec } from './entry.ts'
import { healthOf, type StoreHealth } from './store-health.ts'
import { IndexThread } from './index-thread.ts'
import { LRU } from './lru.ts'
import { makeDirectory } from './files.ts'
import { Mark } from './mark.ts'
import { readRequest } from './reader.ts'
import { Views } from './views.ts'
import { WalSync } from './wal-sync.ts'
import { takeUp, type Ended } from './successor.ts'
import { Successions, type Succession } from './succession.ts'
import type { CoreLike, CorestoreLike } from './hypercore.ts'
import type { OpenBook } from './open-book.ts'
import type { ViewDefinition, ViewReader } from './view.ts'
import type { ViewDifference } from './compare.ts'
import type { BookSnapshot, BookStoreOptions } from './store-options.ts'

type Stoppable = Pick<Follower<never>, 'status' | 'stopped' | 'stop'>

const HOUSEKEEPING = 1_000

/** The books of one group: one RocksDB, one writer. Opening it twice, from wherever, is refused with STORE_LOCKED. */
export class BookStore {
  readonly #options: BookStoreOptions
  readonly #store: CorestoreLike
  readonly #wal: WalSync
  readonly #cursors: Cursors
  readonly #successions: Successions
  /** A key was destroyed, and views may still show what it sealed. */
  #unscrubbed = false
  readonly #committer: Committer
  readonly #views: Views
  readonly #indexThread = new IndexThread()
  readonly #opening = new Map<string, Promise<Book>>()
  readonly #open = new Map<string, OpenBook>()
  readonly #followers = new Set<Stoppable>()
  readonly #housekeeping: NodeJS.Timeout
  #turn: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | null = null

  private constructor(options: BookStoreOptions, store: CorestoreLike, wal: WalSync) {
    this.#options = options
    this.#store = store
    this.#wal = wal
    this.#cursors = new Cursors(join(options.dir, 'followers.db'))
    this.#successions = new Successions(join(options.dir, 'successions'))
    this.#views = new Views(join(options.indexDir, 'views'), () => this.#open.values(), options.keys)
    this.#committer = new Committer({
      keys: options.keys,
      clock: options.clock ?? { now: () => new Date() },
      sync: () => wal.sync(),
      views: () => this.#views.all(),
      repeated: async (book, marks) => (await readRequest(book, marks)) ?? [],
      failed: () => { for (const open of this.#open.values()) open.mark.abandon() },
    })
    this.#housekeeping = setInterval(() => this.#commitDisposables(), HOUSEKEEPING).unref()
  }

  /** Throws STORE_LOCKED when another has it open, STORE_FAILED when it cannot be opened or synced. */
  static async open(options: BookStoreOptions): Promise<BookStore> {
    const cores = join(options.dir, 'cores')
    for (const directory of [cores, options.indexDir, options.marksDir]) await makeDirectory(directory)
    // A folder that was moved or restored opens: marks guard against forks, and RocksDB's own lock keeps a second writer out.
    const store = new Corestore(cores, { allowBackup: true })
    const wal = new WalSync(store.storage.db, join(cores, 'db'))
    try {
      await store.ready()
      await wal.sync()
      return new BookStore(options, store, wal)
    } catch (cause) {
      await wal.close().catch(() => undefined)
      await store.close().catch(() => undefined)
      const locked = cause instanceof Error && /lock/i.test(cause.message)
      throw locked
        ? new BookError('STORE_LOCKED', `${options.dir} is open elsewhere: only one process may write it`, { cause })
        : new BookError('STORE_FAILED', `${options.dir} cannot be opened`, { cause })
    }
  }

  /**
   * Opens the book of a kind and organization, or begins it. One that must not be written opens read-only, with its
   * `refusal`. `adopt: true` takes on a book that has lost its mark: only where nobody else holds more of it. `succeed: true`
   * has the book go on in a signed successor, whatever its mark says (`'first'`: one that never did): SUCCESSION_INVALID where its
   * writer has not signed what is there. Only at its first opening.
   */
  async book(name: BookName & { readonly adopt?: boolean; readonly succeed?: boolean | 'first' }): Promise<Book> {
    this.#checkOpen()
    const id = bookId(name)
    let opening = this.#opening.get(id)
    if (opening === undefined) {
      opening = this.#inTurn(() => this.#openBook(id, name))
      this.#opening.set(id, opening)
      opening.catch(() => this.#opening.delete(id))
    }
    const book = await opening
    const open = this.#open.get(id)
    if (name.adopt === true && open?.refusal?.code === 'BOOK_WITHOUT_MARK') open.refusal = await compareWithMark(open, true)
    return book
  }

  /**
   * Takes up a book out of a back-up, in a signed successor: what is written from then on can never be another continuation of the
   * core that the back-up was taken from. To be called before the book is opened. SUCCESSION_INVALID where the blocks are not what
   * the writer has signed.
   */
  receive(name: BookName, from: Pick<Ended, 'chain' | 'end'>, blocks: AsyncIterable<Uint8Array>): Promise<void> {
    this.#checkOpen()
    const id = bookId(name)
    return this.#inTurn(async () => {
      if (this.#opening.has(id) || (await this.#successions.read(id)).length > 0) throw new BookError('SUCCESSION_INVALID', `${id} is here already`)
      await this.#succeed({ ...from, book: id }, name.organization, blocks)
    })
  }

  async #succeed(ended: Ended, organization: string, from: CoreLike | AsyncIterable<Uint8Array>): Promise<readonly Succession[]> {
    const { keys, clock, marksDir } = this.#options
    const at = (clock ?? { now: () => new Date() }).now()
    const hands = { store: this.#store, keyPair: await keys.writerKeyPair(ended.book), readKey: await keys.readKey(organization), at }
    return takeUp({ ...hands, sync: () => this.#wal.sync(), successions: this.#successions, mark: new Mark(marksDir, ended.book) }, ended, from)
  }

  /**
   * What the books of this store are at this moment, all at once: nothing acknowledged later is in it, nothing earlier is missing.
   * The books' blocks are read afterwards, while writing goes on; the two files are copied now and must not exist yet.
   */
  snapshot(files: { readonly keys: string; readonly followers: string }): readonly BookSnapshot[] {
    this.#checkOpen()
    this.#options.keys.copyTo(files.keys)
    this.#cursors.copyTo(files.followers)
    return [...this.#open.values()].map(({ id, kind, organization, chain, acknowledged, core }) => ({
      book: id, kind, organization, chain, end: acknowledged, blocks: () => core.sealed(acknowledged.length),
    }))
  }

  async #openBook(id: string, { kind, organization, adopt = false, succeed = false }: BookName & { readonly adopt?: boolean; readonly succeed?: boolean | 'first' }): Promise<Book> {
    const { keys, indexDir, marksDir, delay } = this.#options
    const { publicKey } = await keys.writerKeyPair(id)
    const readKey = await keys.readKey(organization)
    let chain = await this.#successions.read(id)
    let core = await BookCore.open(this.#store, publicKey, readKey, chain)
    if (succeed === true || (succeed === 'first' && chain.length === 0)) {
      chain = await this.#succeed({ book: id, chain, end: core.end() }, organization, core.core)
      await core.close()
      core = await BookCore.open(this.#store, publicKey, readKey, chain)
    }
    const open: OpenBook = {
      id, kind, organization, keys, codec: this.#options.codec ?? jsonCodec, core, mark: new Mark(marksDir, id), refusal: null, chain, acknowledged: core.end(),
      wake: new Set(), pseudonyms: new LRU(1_024), index: BookIndex.open(join(indexDir, `${id}.db`), this.#indexThread),
    }
    try {
      open.refusal = await compareWithMark(open, adopt)
      if (!await builtFrom(open, open.index.length, open.index.hash)) open.index.reset()
      await this.#views.admit(open)
    } catch (cause) {
      // It opens all the same, to be verified and read as far as it goes; but never to be written.
      open.refusal ??= new BookError('BOOK_UNREADABLE', `${id} cannot be read through: verify it`, { cause })
    }
    this.#open.set(id, open)
    return new Book(open, {
      committer: this.#committer, delay,
      cursor: (name, source) => this.#cursors.cursor(name, source),
      register: follower => this.#register(follower),
    })
  }

  /** Opens a view over all open books of its kinds, now and later. One of another version, or of another past, is built anew. */
  async view(definition: ViewDefinition): Promise<ViewReader> {
    this.#checkOpen()
    const view = await this.#inTurn(() => this.#views.open(definition))
    return { get: (sql, ...values) => view.get(sql, ...values), all: (sql, ...values) => view.all(sql, ...values) }
  }

  /** Builds a view anew out of its books, in place. Effects are never repeated: there are none in a view. */
  rebuildView(name: string): Promise<void> {
    return this.#inTurn(() => this.#views.rebuild(name))
  }

  /** Builds a view a second time and answers what differs: nothing, unless the view is stale or was tampered with. */
  compareView(name: string): Promise<readonly ViewDifference[]> {
    return this.#inTurn(() => this.#views.compare(name))
  }

  /** Names of the views that are open. */
  views = (): readonly string[] => [...this.#views.all()].map(view => view.definition.name)

  /** The books that are open. */
  async books(): Promise<readonly Book[]> {
    return Promise.all(this.#opening.values())
  }

  /** A follower of entries that come from elsewhere, such as another group's action; its place is kept with this store. */
  follower<T extends { readonly seq: number }>(source: string, options: Omit<FollowerOptions<T>, 'cursor'>): Follower<T> {
    this.#checkOpen()
    checkLabel(options.name)
    const delay = options.delay ?? this.#options.delay
    const follower = new Follower<T>({ ...options, ...(delay === undefined ? {} : { delay }), cursor: this.#cursors.cursor(options.name, source) })
    this.#register(follower)
    return follower.start()
  }

  /**
   * Erases a person in an organization: the key of all their subjects is destroyed, in books, back-ups and copies alike, and
   * views that may hold personal data are built anew without it. Verification of the books still holds.
   */
  async erase(person: string, organization: string): Promise<readonly string[]> {
    const kids = await this.#options.keys.destroySubjectKey(person, organization)
    if (kids.length > 0) this.#unscrubbed = true
    // Whom nothing here leads to costs nothing; what an earlier attempt did not finish is finished.
    if (!this.#unscrubbed) return kids
    await this.#inTurn(async () => {
      for (const view of Array.from(this.#views.all())) {
        if (view.definition.personal !== false) await this.#views.rebuild(view.definition.name)
      }
      this.#unscrubbed = false
    })
    return kids
  }

  /** Has RocksDB write what it holds in memory into tables and begin another log. It does so by itself; for maintenance. */
  flushTables(): Promise<void> {
    return this.#store.storage.db.flush()
  }

  health(): StoreHealth {
    const followers = [...this.#followers].filter(follower => !follower.stopped).map(follower => follower.status)
    return healthOf({ failure: this.#committer.failure, books: this.#open.values(), views: this.#views.all(), followers })
  }

  /** Answers what was taken, writes the marks, and closes. Rejects when a mark could not be written. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    clearInterval(this.#housekeeping)
    await Promise.all([...this.#followers].map(follower => follower.stop()))
    await this.#committer.close()
    await this.#turn.catch(() => undefined)
    let failure: unknown = null
    for (const open of this.#open.values()) {
      if (this.#committer.failure === null) await open.mark.close().catch((error: unknown) => { failure = error })
      await open.index.close()
    }
    await this.#indexThread.close()
    this.#views.close()
    this.#cursors.close()
    await this.#wal.close()
    await this.#store.close()
    if (failure !== null) throw failure
  }

  #register(follower: Stoppable): void {
    for (const other of this.#followers) if (other.stopped) this.#followers.delete(other)
    this.#followers.add(follower)
  }

  #commitDisposables(): void {
    for (const open of this.#open.values()) open.index.flush()
    this.#views.commit()
  }

  /** Books and views are opened and rebuilt one after another, so that each sees what the other has become. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work, work)
    this.#turn = result.catch(() => undefined)
    return result
  }

  #checkOpen(): void {
    if (this.#closing !== null) throw new BookError('STORE_CLOSED', this.#options.dir)
  }
}
