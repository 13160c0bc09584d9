/** A value that JSON holds exactly: no bigint, no Date, no undefined, no function. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** How one field can be searched. */
export interface Lookup {
  /** No two records of the collection may hold the same value. */
  unique?: boolean
  /** The field is personal: the index holds a keyed hash of the value, never the value. */
  blind?: boolean
  /** The field is an array: each of its values is indexed. */
  many?: boolean
}

/** What a collection is: its name, what in it leads to a person, and what it is searched by. */
export interface CollectionDefinition<T extends { id: string }> {
  /** Lower-case letters, digits and hyphens; at most 40. Never renamed once there is data. */
  name: string
  /** Fields that are encrypted at rest, for each record by itself. Pending events are always encrypted. */
  personal: readonly (keyof T & string)[]
  /** Fields by which `findOne`, `find` and `count` may search. A personal field must be `blind`. */
  lookup: { readonly [K in keyof T & string]?: Lookup }
  /** A field with an ISO instant after which `removeExpired` takes the record away (one-time codes, sessions, challenges). */
  expires?: keyof T & string
}

/** A record as it is stored. `revision` starts at 1 and grows by one with each change of the document. */
export interface Stored<T> {
  id: string
  revision: number
  doc: T
  /** ISO instant */
  createdAt: string
  /** ISO instant */
  updatedAt: string
}

/** The outcome of a write. `repeated` is true where the same request had been carried out before: nothing was written again. */
export interface Written<T> extends Stored<T> {
  repeated: boolean
}

/** An event that others must hear of, handed over together with the change it belongs to. */
export interface PendingEvent {
  type: string
  data: Json
}

/** A pending event as it waits for delivery. `id` sorts by time; within one record ids always grow. */
export interface WaitingEvent extends PendingEvent {
  id: string
  recordId: string
  /** ISO instant of the change */
  at: string
}

/** Who asked for what: the same (caller, action, requestId) is carried out once. Remembered in the record for 30 days. */
export interface RequestRef {
  caller: string
  action: string
  requestId: string
  /** A digest of the parameters: with another one the same request id is refused. */
  paramsDigest: string
}

export interface WriteOptions {
  pending?: readonly PendingEvent[]
  request?: RequestRef
}

export interface UpdateOptions extends WriteOptions {
  /** Refuse with REVISION_CONFLICT if the record has another revision; without it, the change is tried again on the newer record. */
  expectedRevision?: number
}

export interface FindOptions<T> {
  /** All must match. For a `many` field: one of its values. */
  where?: { readonly [K in keyof T & string]?: T[K] extends readonly (infer E)[] ? E : T[K] }
  /** Only records whose id sorts after this one. */
  after?: string
  /** At most this many; 100 unless told, never more than 500. */
  limit?: number
}

export type LookupValue = string | number | boolean

/**
 * Editable records of one kind. Every write changes one document, its pending events and its request included,
 * so that it is whole on stores without multi-document transactions too; it is on disk when the promise resolves.
 * All errors are `CollectionError` with a stable code.
 */
export interface Repository<T extends { id: string }> {
  readonly definition: CollectionDefinition<T>
  get(id: string): Promise<Stored<T> | null>
  /** The record with this value; with several, the one with the lowest id. INVALID_QUERY where the field is no lookup. */
  findOne(field: keyof T & string, value: LookupValue): Promise<Stored<T> | null>
  /** In the order of ids. */
  find(options?: FindOptions<T>): Promise<Stored<T>[]>
  count(where?: FindOptions<T>['where']): Promise<number>
  /** DUPLICATE (with `field`) where the id or a unique value is taken; REQUEST_ID_REUSED; INVALID_DOCUMENT. */
  insert(doc: T, options?: WriteOptions): Promise<Written<T>>
  /**
   * Changes a record. `change` gets a copy, must be pure (it may be called again) and returns the new document,
   * or null to leave everything as it is (pending events included). What it throws is handed on, and nothing is written.
   * NOT_FOUND; REVISION_CONFLICT; DUPLICATE; REQUEST_ID_REUSED; INVALID_DOCUMENT.
   */
  update(id: string, change: (doc: T) => T | null, options?: UpdateOptions): Promise<Written<T>>
  /** False where there is none. Its data is gone at once; its undelivered events are still delivered. */
  remove(id: string, options?: { pending?: readonly PendingEvent[] }): Promise<boolean>
  /** Events waiting for delivery, oldest first, at most `limit` (100 unless told, never more than 500). */
  pending(limit?: number): Promise<WaitingEvent[]>
  /** Marks an event as delivered; false where it had been already. */
  settle(recordId: string, eventId: string): Promise<boolean>
  /** Removes up to `limit` records whose `expires` instant is not after now; returns how many. */
  removeExpired(limit?: number): Promise<number>
}

/**
 * Encrypts personal fields; key custody gives it. `aad` binds a box to its record: opened with another it must fail.
 * `blind` gives the same short string for the same field and value, and tells nothing about the value without the key.
 */
export interface RecordCipher {
  encrypt(plain: Uint8Array, aad: string): Uint8Array
  decrypt(box: Uint8Array, aad: string): Uint8Array
  blind(field: string, value: string): string
}

export interface Clock {
  now(): Date
}
