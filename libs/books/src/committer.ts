import { BookError } from './errors.ts'
import { encodeEntry, storedEntry } from './entry-codec.ts'
import { Plan, type Item, type PlannedEntry, type PlannedItem } from './plan.ts'
import { indexed, markOf, type OpenBook } from './open-book.ts'
import type { PreparedDraft, RequestMarks } from './draft.ts'
import type { StoredEntry } from './entry.ts'
import type { CoreEnd } from './succession.ts'
import type { BookKeys } from './keys.ts'
import type { ViewFile } from './view.ts'

const GROUP = 256
const MAXIMUM_QUEUE = 10_000
const UNCOMMITTED = 4096
const UNWRITTEN = 4096

export interface CommitterOptions {
  readonly keys: BookKeys
  readonly clock: { now(): Date }
  /** Makes durable what the books were given. */
  readonly sync: () => Promise<void>
  readonly views: () => Iterable<ViewFile>
  /** The entries that answered a request earlier. */
  readonly repeated: (book: OpenBook, marks: RequestMarks) => Promise<readonly StoredEntry[]>
  /** Called once, when the store must not be written any more. */
  readonly failed: (error: BookError) => void
}

const yieldToCallers = (): Promise<void> => new Promise(resolve => { setImmediate(resolve) })

/**
 * The one writer of a store. What callers hand in while a commit is on its way to the disk goes together into the next: for
 * each book one signed step, for all of them one sync. Only then index and views are brought up, and the callers answered.
 * A write or sync that fails answers nobody and ends all writing: what is on disk can only be found out by opening anew.
 */
export class Committer {
  readonly #options: CommitterOptions
  #queue: Item[] = []
  #running: Promise<void> | null = null
  #failure: BookError | null = null
  #closed = false

  constructor(options: CommitterOptions) {
    this.#options = options
  }

  /** STORE_FAILED once a write or sync has failed. */
  get failure(): BookError | null {
    return this.#failure
  }

  append(book: OpenBook, drafts: readonly PreparedDraft[]): Promise<readonly StoredEntry[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure)
      if (this.#closed) return reject(new BookError('STORE_CLOSED', book.id))
      if (this.#queue.length >= MAXIMUM_QUEUE) return reject(new BookError('STORE_BUSY', `more than ${MAXIMUM_QUEUE} appends wait`))
      this.#queue.push({ book, drafts, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Takes nothing more and resolves when all that was taken is answered. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (true) {
      await yieldToCallers()
      if (this.#queue.length === 0) {
        this.#running = null
        return
      }
      const group = this.#queue.splice(0, GROUP)
      const plans = await this.#plan(group)
      if (plans.length === 0) continue
      const taken = plans.flatMap(plan => plan.items)
      try {
        const commits = await this.#write(plans)
        for (const commit of commits) this.#finish(commit)
        for (const { book } of commits) if (book.index.unwritten >= UNWRITTEN) await book.index.relieve()
      } catch (cause) {
        this.#fail(cause, taken)
        return
      }
    }
  }

  async #plan(group: readonly Item[]): Promise<readonly Plan[]> {
    const plans = new Map<OpenBook, Plan>()
    const now = this.#options.clock.now()
    for (const item of group) {
      try {
        let plan = plans.get(item.book)
        if (plan === undefined) plans.set(item.book, (plan = await Plan.begin(item.book)))
        await plan.add(item, now, marks => this.#options.repeated(item.book, marks))
      } catch (error) {
        item.reject(error)
      }
    }
    return [...plans.values()].filter(plan => plan.items.length > 0)
  }

  async #write(plans: readonly Plan[]): Promise<readonly Commit[]> {
    // Before a block that needs a key is anywhere, the key is on disk.
    await this.#options.keys.flush()
    const commits: Commit[] = []
    for (const plan of plans) commits.push(await this.#writeBook(plan))
    await this.#options.sync()
    return commits
  }

  async #writeBook({ book, items }: Plan): Promise<Commit> {
    const entries = items.flatMap(item => item.entries)
    const last = entries.length - 1
    const puts = entries.map(({ key, entry }, i) => ({ key, value: encodeEntry(entry, i === last) }))
    await book.core.append(puts, await this.#options.keys.writerKeyPair(book.id))
    return { book, items, entries, hash: book.core.hash(), version: book.core.length, end: book.core.end() }
  }

  #finish({ book, items, entries, hash, version, end }: Commit): void {
    book.acknowledged = end
    book.index.add(entries.map(({ key, seq, entry, prepared }) => indexed(key, seq, entry, prepared.stateText, seq + 1 === version)), hash)
    const answers = items.map(({ entries }) => entries.map(({ key, seq, entry, prepared }) =>
      storedEntry(book, key, seq, version, entry, { event: prepared.event, state: prepared.state, erased: false })))
    const all = answers.flat()
    for (const view of this.#options.views()) {
      if (!view.wants(book.kind)) continue
      view.apply(book.id, all, hash)
      if (view.uncommitted >= UNCOMMITTED) view.commit()
    }
    book.mark.note(markOf(book, hash))
    items.forEach(({ item, again }, i) => {
      const answer = answers[i] ?? []
      item.resolve(answer)
      if (again.length === 0) return
      const repeated = answer.map(entry => ({ ...entry, repeated: true as const }))
      for (const other of again) other.resolve(repeated)
    })
    for (const wake of book.wake) wake()
  }

  #fail(cause: unknown, taken: readonly PlannedItem[]): void {
    const failure = new BookError('STORE_FAILED', 'a write did not reach the disk; nothing was acknowledged', { cause })
    this.#failure = failure
    const waiting = this.#queue
    this.#queue = []
    for (const { item, again } of taken) for (const one of [item, ...again]) one.reject(failure)
    for (const item of waiting) item.reject(failure)
    this.#options.failed(failure)
  }
}

interface Commit {
  readonly book: OpenBook
  readonly items: readonly PlannedItem[]
  readonly entries: readonly PlannedEntry[]
  readonly hash: Uint8Array
  readonly version: number
  readonly end: CoreEnd
}
