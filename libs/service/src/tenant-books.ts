import { entryReference, type Book, type BookStore, type BookState, type Draft, type StoredEntry } from '@growr/books'
import type { Repository } from '@growr/collections'
import { Refusal, type Caller, type Cause, type project as projects } from '@growr/contracts'
import { postingsFor } from '@growr/ledger'
import { applyTo, RULES, type EventOf, type Kind, type StateOf } from '@growr/lending'
import { encodeJson } from '@growr/money'
import { callerName } from './action.ts'

/** On whose behalf an entry is made, and how a repetition of the request is known. */
export interface Authority {
  readonly caller: Caller
  readonly action: string
  readonly requestId: string | undefined
  /** Digested, so that the same id with other parameters is refused. */
  readonly params: unknown
  readonly cause?: Cause | undefined
}

/** A record with the sequence number of its last entry. */
export interface Current<S> {
  readonly state: S
  readonly seq: number
}

export interface Written<S> extends Current<S> {
  /** The request had been carried out before; this is what came of it then. */
  readonly repeated: boolean
}

export interface Placement<S> {
  readonly key: string
  /** The record as it is; null for one that begins with these events. */
  readonly current: Current<S> | null
  /** Under whose key what is shared is sealed: `project:<key>` or `organization:<id>`. */
  readonly scope: string
  /** Whom the record's subject leads to. */
  readonly person: string | null
  readonly businessDate: string
}

/** What a decision on a record comes to: the events, and where they go. */
export interface Decided<S, E> extends Placement<S> {
  readonly events: readonly E[]
}

export interface TenantBooksOptions<K extends Kind> {
  readonly store: BookStore
  readonly kinds: readonly K[]
  /** The organizations that have books here. */
  readonly tenants: Repository<{ id: string }>
  /** Called after each append: wakes followers in other groups. */
  readonly appended: (kind: K, organization: string) => void
}

/** A group's books of all organizations: opened when first needed and at every start, written by events through the domain's rules. */
export class TenantBooks<K extends Kind> {
  readonly #options: TenantBooksOptions<K>
  readonly #listeners = new Set<(book: Book) => void>()
  readonly #tenants = new Map<string, Promise<ReadonlyMap<K, Book>>>()
  readonly #open: Book[] = []

  constructor(options: TenantBooksOptions<K>) {
    this.#options = options
  }

  /** Opens the books of every organization that has some. */
  async open(): Promise<void> {
    for (let after: string | undefined; ;) {
      const page = await this.#options.tenants.find({ limit: 500, ...(after === undefined ? {} : { after }) })
      for (const { id } of page) await this.tenant(id)
      after = page.at(-1)?.id
      if (page.length < 500) return
    }
  }

  /** Is told of each book, those that are open already included: followers start there. */
  onOpen(listener: (book: Book) => void): void {
    this.#listeners.add(listener)
    for (const book of this.#open) listener(book)
  }

  /** The organizations that have books here. */
  organizations(): readonly string[] {
    return [...this.#tenants.keys()]
  }

  /** The books of an organization, opened or begun. */
  tenant(organization: string): Promise<ReadonlyMap<K, Book>> {
    let opening = this.#tenants.get(organization)
    if (!opening) {
      opening = this.#openTenant(organization)
      this.#tenants.set(organization, opening)
      opening.catch(() => this.#tenants.delete(organization))
    }
    return opening
  }

  async #openTenant(organization: string): Promise<ReadonlyMap<K, Book>> {
    const { store, tenants, kinds } = this.#options
    // Remembered first: a book that exists and is not known would be one that nobody follows.
    if (!(await tenants.get(organization))) await tenants.insert({ id: organization })
    const books = new Map<K, Book>()
    for (const kind of kinds) books.set(kind, await store.book({ kind, organization }))
    for (const book of books.values()) {
      this.#open.push(book)
      for (const listener of this.#listeners) listener(book)
    }
    return books
  }

  async #book(kind: K, organization: string): Promise<Book> {
    const book = (await this.tenant(organization)).get(kind)
    if (!book) throw new Error(`there are no ${kind} books here`)
    return book
  }

  /** What came of this request before, or nothing. REQUEST_ID_REUSED where it had other parameters. */
  async answered<J extends K>(kind: J, organization: string, authority: Authority): Promise<Written<StateOf[J]> | undefined> {
    if (authority.requestId === undefined) return undefined
    const entries = await (await this.#book(kind, organization)).findRequest(authority.action, requestOf(authority))
    const last = entries?.at(-1)
    return last ? { state: last.state as StateOf[J], seq: last.seq, repeated: true } : undefined
  }

  /**
   * Carries a request out once: gives what came of it before, or else decides and appends. Call it where nobody else can change the
   * record between the decision and the append (a queue); `decide` reads the record as it then is. Nothing is appended where it
   * gives null.
   */
  async once<J extends K, D extends Decided<StateOf[J], EventOf[J]> | null>(
    kind: J, organization: string, authority: Authority, decide: () => D | Promise<D>,
  ): Promise<Written<StateOf[J]> | (null extends D ? null : never)> {
    const earlier = await this.answered(kind, organization, authority)
    if (earlier) return earlier
    const decided = await decide()
    if (decided === null) return null as null extends D ? null : never
    return this.append(kind, organization, decided.events, authority, decided)
  }

  /**
   * Appends the events of one decision on a record, each with the state it makes and its postings, in one step. Resolves when they
   * are on disk and every view shows them. STALE_STATE where the record is no longer as `current` says.
   */
  async append<J extends K>(kind: J, organization: string, events: readonly EventOf[J][], authority: Authority, placement: Placement<StateOf[J]>): Promise<Written<StateOf[J]>> {
    const { key, current, scope, person, businessDate } = placement
    const { caller, action, cause } = authority
    let state: StateOf[J] | null = current?.state ?? null
    const drafts = events.map((event): Draft => {
      const next = applyTo[kind](state, event)
      const postings = postingsFor(kind, event, state, next)
      state = next
      return {
        key, action, event, state: next as BookState, postings, businessDate, scope, person,
        rules: String(RULES),
        actor: caller.kind === 'user' ? { role: caller.role, id: caller.userId } : { role: caller.kind === 'service' ? `service:${caller.service}` : 'stranger', id: null },
        cause: cause ? entryReference(`${cause.book}.${cause.organization}`, cause.seq) : null,
      }
    })
    const [first, ...others] = drafts
    if (!first) throw new Error('a decision without events has nothing to append')
    const book = await this.#book(kind, organization)
    const request = authority.requestId === undefined ? null : requestOf(authority)
    const entries = await book.append([{ ...first, expectedSeq: current?.seq ?? 0, request }, ...others])
    const last = entries[entries.length - 1] as StoredEntry
    const repeated = last.repeated === true
    if (!repeated) this.#options.appended(kind, organization)
    return { state: last.state as StateOf[J], seq: last.seq, repeated }
  }

  /** The entries of one record, in order. */
  async *history(kind: K, organization: string, key: string): AsyncGenerator<StoredEntry> {
    const book = await this.#book(kind, organization)
    for (let after = 0; ;) {
      const page = await book.history({ key, after, limit: 200 })
      yield* page
      if (page.length < 200) return
      after = page[page.length - 1]!.seq
    }
  }

  /** Entries in the form in which another group follows them; none of an organization without books. */
  async feed(kind: string, organization: string, after: number, limit: number): Promise<projects.FeedEntry[]> {
    const known = this.#options.kinds.find((candidate) => candidate === kind)
    if (!known) throw new Refusal('NOT_FOUND', { path: 'book' })
    if (!this.#tenants.has(organization)) return []
    const book = await this.#book(known, organization)
    const entries = await book.entries(after, limit)
    return entries.map(({ seq, key, type, at, businessDate, event, state, postings }) => ({
      seq, generation: book.generationOf(seq), key, type, at, businessDate, organization, book: known, event: plain(event), state: plain(state), postings: [...postings],
    }))
  }
}

const plain = (value: unknown): unknown => (value === null ? null : JSON.parse(encodeJson(value)))
const requestOf = (authority: Authority) => ({ id: authority.requestId as string, caller: callerName(authority), params: withoutUndefined(authority.params) })
const withoutUndefined = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))
