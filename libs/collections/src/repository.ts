import { Codec, REQUEST_FIELD } from './codec.ts'
import { checkDefinition, checkDocument, checkEvents, checkRequest, shapeOf } from './definition.ts'
import { CollectionError } from './errors.ts'
import { EventIds } from './event-ids.ts'
import { KeyedQueue } from './queue.ts'
import type { Row, RowEvent, RowLookup, RowRequest, RowStore } from './rows.ts'
import type {
  Clock, CollectionDefinition, FindOptions, LookupValue, PendingEvent, RecordCipher, Repository, RequestRef, Stored, UpdateOptions,
  WaitingEvent, WriteOptions, Written,
} from './types.ts'

const DEFAULT_LIMIT = 100
const MAXIMUM_LIMIT = 500
// Another process may write in between; within this one, writes to a record wait for one another.
const ATTEMPTS = 50
const REQUEST_DAYS = 30
const REQUESTS_KEPT = 1000
const DAY = 24 * 60 * 60 * 1000

export interface RepositoryPorts {
  store: RowStore
  cipher: RecordCipher
  clock: Clock
}

/** Opens a collection over a backend. Where its definition has changed, its records are written anew first. */
export async function openRepository<T extends { id: string }>(definition: CollectionDefinition<T>, ports: RepositoryPorts): Promise<Repository<T>> {
  const loose = checkDefinition(definition)
  const repository = new RowRepository(definition, new Codec(loose, ports.cipher), ports)
  await repository.adopt(shapeOf(loose))
  return repository
}

/** The repository over rows: requests, events, retries and encryption are the same for every backend. */
class RowRepository<T extends { id: string }> implements Repository<T> {
  readonly definition: CollectionDefinition<T>
  readonly #name: string
  readonly #codec: Codec
  readonly #store: RowStore
  readonly #clock: Clock
  readonly #queue = new KeyedQueue()
  readonly #eventIds = new EventIds()

  constructor(definition: CollectionDefinition<T>, codec: Codec, { store, clock }: RepositoryPorts) {
    this.definition = definition
    this.#name = definition.name
    this.#codec = codec
    this.#store = store
    this.#clock = clock
  }

  async get(id: string): Promise<Stored<T> | null> {
    const row = await this.#store.read(this.#name, id)
    return row === null || row.removed ? null : this.#codec.decode<T>(row)
  }

  async findOne(field: keyof T & string, value: LookupValue): Promise<Stored<T> | null> {
    const [row] = await this.#store.search(this.#name, [this.#codec.keyOf(field, value)], undefined, 1)
    return row === undefined ? null : this.#codec.decode<T>(row)
  }

  async find({ where, after, limit }: FindOptions<T> = {}): Promise<Stored<T>[]> {
    const rows = await this.#store.search(this.#name, this.#keys(where), after, boundLimit(limit))
    return rows.map((row) => this.#codec.decode<T>(row))
  }

  async count(where?: FindOptions<T>['where']): Promise<number> {
    return this.#store.count(this.#name, this.#keys(where))
  }

  async insert(doc: T, { pending = [], request }: WriteOptions = {}): Promise<Written<T>> {
    checkDocument(doc)
    checkEvents(pending)
    const now = this.#now()
    const content = this.#codec.encode(doc)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const earlier = await this.#earlier(request)
      if (earlier !== null) return earlier
      const requests = this.#requests([], request, now)
      const row: Row = {
        ...content, collection: this.#name, id: doc.id, revision: 1, version: 1, removed: false, createdAt: now, updatedAt: now,
        lookups: withRequests(content.lookups, requests), pending: this.#events(doc.id, [], pending, now), requests,
      }
      if (await this.#store.insert(row) === 'done') return { ...this.#codec.decode<T>(row), repeated: false }
      if (await this.#earlier(request) === null) await this.#refuseDuplicate(row, true)
    }
    throw conflict()
  }

  async update(id: string, change: (doc: T) => T | null, { pending = [], request, expectedRevision }: UpdateOptions = {}): Promise<Written<T>> {
    checkEvents(pending)
    return this.#queue.run(id, async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const earlier = await this.#earlier(request)
        if (earlier !== null) return earlier
        const row = await this.#store.read(this.#name, id)
        if (row === null || row.removed) throw notFound()
        if (expectedRevision !== undefined && row.revision !== expectedRevision) throw conflict()
        const stored = this.#codec.decode<T>(row)
        const next = change(stored.doc)
        if (next === null) return { ...this.#codec.decode<T>(row), repeated: false }
        checkDocument(next)
        if (next.id !== id) throw new CollectionError('INVALID_DOCUMENT', 'the id of a record never changes', { field: 'id' })
        const changed = this.#changed(row, this.#codec.encode(next), pending, request)
        const outcome = await this.#store.replace(changed, row.version)
        if (outcome === 'done') return { ...this.#codec.decode<T>(changed), repeated: false }
        if (outcome === 'taken' && await this.#earlier(request) === null) await this.#refuseDuplicate(changed, false)
      }
      throw conflict()
    })
  }

  async remove(id: string, { pending = [] }: { pending?: readonly PendingEvent[] } = {}): Promise<boolean> {
    checkEvents(pending)
    return this.#queue.run(id, async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const row = await this.#store.read(this.#name, id)
        if (row === null || row.removed) return false
        // Without its data and search keys; what is left waits for the delivery of its events and remembers its requests.
        const empty = { doc: '{}', sealed: null, lookups: [], expiresAt: this.#instant(REQUEST_DAYS * DAY) }
        const grave: Row = { ...this.#changed(row, empty, pending, undefined), removed: true }
        if (await this.#bury(grave, row.version)) return true
      }
      throw conflict()
    })
  }

  async pending(limit?: number): Promise<WaitingEvent[]> {
    const bound = boundLimit(limit)
    // The oldest events of all are in the rows whose own oldest event is the oldest.
    const rows = await this.#store.withPending(this.#name, bound)
    return rows.flatMap((row) => row.pending.map((event) => ({ row, event })))
      .sort((a, b) => (a.event.id < b.event.id ? -1 : 1))
      .slice(0, bound)
      .map(({ row, event }) => this.#codec.decodeEvent(row.id, event))
  }

  async settle(recordId: string, eventId: string): Promise<boolean> {
    return this.#queue.run(recordId, async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const row = await this.#store.read(this.#name, recordId)
        const pending = row?.pending.filter(({ id }) => id !== eventId)
        if (row === null || pending === undefined || pending.length === row.pending.length) return false
        const settled: Row = { ...row, pending, version: row.version + 1 }
        if (row.removed ? await this.#bury(settled, row.version) : await this.#store.replace(settled, row.version) === 'done') return true
      }
      throw conflict()
    })
  }

  async removeExpired(limit?: number): Promise<number> {
    let removed = 0
    for (const row of await this.#store.expired(this.#name, this.#now(), boundLimit(limit))) {
      if (row.removed) await this.#bury({ ...row, version: row.version + 1 }, row.version)
      else if (await this.remove(row.id)) removed++
    }
    return removed
  }

  /** Writes all records anew where the definition is another than the one they were written with. DUPLICATE where that cannot be. */
  async adopt(shape: string): Promise<void> {
    for (const row of await this.#store.expired(this.#name, this.#now(), MAXIMUM_LIMIT)) {
      if (row.removed) await this.#bury({ ...row, version: row.version + 1 }, row.version)
    }
    const known = await this.#store.shape(this.#name)
    if (known === shape) return
    for (let after: string | undefined; known !== null; ) {
      const rows = await this.#store.all(this.#name, after, MAXIMUM_LIMIT)
      for (const { id } of rows) await this.#rewrite(id)
      after = rows.at(-1)?.id
      if (after === undefined) break
    }
    await this.#store.setShape(this.#name, shape)
  }

  async #rewrite(id: string): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const row = await this.#store.read(this.#name, id)
      if (row === null || row.removed) return
      const doc: unknown = this.#codec.decode<T>(row).doc
      checkDocument(doc)
      const content = this.#codec.encode(doc)
      const rewritten: Row = { ...row, ...content, lookups: withRequests(content.lookups, row.requests), version: row.version + 1 }
      const outcome = await this.#store.replace(rewritten, row.version)
      if (outcome === 'done') return
      if (outcome === 'taken') await this.#refuseDuplicate(rewritten, false)
    }
    throw conflict()
  }

  // A removed row goes for good as soon as nothing needs it any more.
  async #bury(row: Row, version: number): Promise<boolean> {
    const requests = this.#live(row.requests)
    if (row.pending.length === 0 && requests.length === 0) return this.#store.delete(this.#name, row.id, version)
    return await this.#store.replace({ ...row, requests, lookups: withRequests([], requests) }, version) === 'done'
  }

  #changed(row: Row, content: Pick<Row, 'doc' | 'sealed' | 'lookups' | 'expiresAt'>, pending: readonly PendingEvent[], request: RequestRef | undefined): Row {
    const now = this.#now()
    const requests = this.#requests(row.requests, request, now)
    return {
      ...row, ...content, revision: row.revision + 1, version: row.version + 1, updatedAt: now,
      lookups: withRequests(content.lookups, requests), pending: this.#events(row.id, row.pending, pending, now), requests,
    }
  }

  // What the same request had led to: null where it was never carried out.
  async #earlier(request: RequestRef | undefined): Promise<Written<T> | null> {
    if (request === undefined) return null
    checkRequest(request)
    const key = this.#codec.requestKey(request)
    const id = await this.#store.holder(this.#name, REQUEST_FIELD, key)
    const row = id === null ? null : await this.#store.read(this.#name, id)
    const known = row?.requests.find((each) => each.key === key)
    if (row === null || known === undefined) return null
    if (this.#live([known]).length === 0) return this.#forget(row)
    if (known.digest !== request.paramsDigest) {
      throw new CollectionError('REQUEST_ID_REUSED', 'this request id was used with other parameters: take a new id for a new request')
    }
    if (row.removed) throw new CollectionError('NOT_FOUND', 'the record that this request had made was removed since')
    return { ...this.#codec.decode<T>(row), repeated: true }
  }

  // Takes requests out of a row that are too old to count; where another write was faster, that one did it.
  async #forget(row: Row): Promise<null> {
    const requests = this.#live(row.requests)
    const lookups = withRequests(row.lookups.filter(({ field }) => field !== REQUEST_FIELD), requests)
    const forgotten: Row = { ...row, requests, lookups, version: row.version + 1 }
    if (row.removed) await this.#bury(forgotten, row.version)
    else await this.#store.replace(forgotten, row.version)
    return null
  }

  // Says which value is taken; returns where it is free again by now.
  async #refuseDuplicate(row: Row, isNew: boolean): Promise<void> {
    for (const { field, value, unique } of row.lookups) {
      if (!unique || field === REQUEST_FIELD) continue
      const holder = await this.#store.holder(this.#name, field, value)
      if (holder !== null && (isNew || holder !== row.id)) throw duplicate(field)
    }
    if (isNew && await this.#store.read(this.#name, row.id) !== null) throw duplicate('id')
  }

  #requests(known: readonly RowRequest[], request: RequestRef | undefined, now: string): RowRequest[] {
    const added = request === undefined ? [] : [{ key: this.#codec.requestKey(request), digest: request.paramsDigest, at: now }]
    return [...this.#live(known), ...added].slice(-REQUESTS_KEPT)
  }

  #live(requests: readonly RowRequest[]): RowRequest[] {
    const oldest = this.#instant(-REQUEST_DAYS * DAY)
    return requests.filter(({ at }) => at > oldest)
  }

  #events(recordId: string, waiting: readonly RowEvent[], added: readonly PendingEvent[], now: string): RowEvent[] {
    const events = [...waiting]
    for (const event of added) {
      events.push(this.#codec.encodeEvent(recordId, this.#eventIds.next(Date.parse(now), events.at(-1)?.id), now, event))
    }
    return events
  }

  #keys(where: FindOptions<T>['where']): { field: string; value: string }[] {
    return Object.entries(where ?? {}).map(([field, value]) => this.#codec.keyOf(field, value))
  }

  #now(): string {
    return this.#instant(0)
  }

  #instant(offset: number): string {
    return new Date(this.#clock.now().getTime() + offset).toISOString()
  }
}

function withRequests(lookups: readonly RowLookup[], requests: readonly RowRequest[]): RowLookup[] {
  return [...lookups, ...requests.map(({ key }) => ({ field: REQUEST_FIELD, value: key, unique: true }))]
}

function boundLimit(limit = DEFAULT_LIMIT): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAXIMUM_LIMIT) {
    throw new CollectionError('INVALID_QUERY', `a limit is a whole number from 1 to ${MAXIMUM_LIMIT}`, { field: 'limit' })
  }
  return limit
}

const duplicate = (field: string): CollectionError => new CollectionError('DUPLICATE', `there is a record with this ${field} already`, { field })
const notFound = (): CollectionError => new CollectionError('NOT_FOUND', 'there is no such record')
const conflict = (): CollectionError => new CollectionError('REVISION_CONFLICT', 'the record was changed meanwhile: read it again')
