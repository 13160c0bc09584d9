/** A search key of a row. `unique` keeps two rows of a collection from holding the same value of this field. */
export interface RowLookup {
  field: string
  value: string
  unique: boolean
}

/** An event waiting in a row, encrypted. */
export interface RowEvent {
  id: string
  box: string
}

/** A request that was carried out on a row. */
export interface RowRequest {
  key: string
  digest: string
  /** ISO instant */
  at: string
}

/** A record as a backend stores it: one row, or one document. Nothing in it is readable that leads to a person. */
export interface Row {
  collection: string
  id: string
  /** Grows with each change of the document. */
  revision: number
  /** Grows with each write of the row. */
  version: number
  /** JSON of the fields that are not personal. */
  doc: string
  /** Base64 of the encrypted personal fields. */
  sealed: string | null
  lookups: RowLookup[]
  pending: RowEvent[]
  requests: RowRequest[]
  /** ISO instant */
  expiresAt: string | null
  removed: boolean
  createdAt: string
  updatedAt: string
}

/**
 * What a backend has to do: read rows, and write one row atomically and durably, its search keys included.
 * Everything else (encryption, requests, events, retries) is done above it, the same for every backend.
 */
export interface RowStore {
  read(collection: string, id: string): Promise<Row | null>
  /** Rows that are not removed and have all these search keys, by id. */
  search(collection: string, keys: readonly { field: string; value: string }[], after: string | undefined, limit: number): Promise<Row[]>
  count(collection: string, keys: readonly { field: string; value: string }[]): Promise<number>
  /** The id of the row, removed or not, that holds a unique value. */
  holder(collection: string, field: string, value: string): Promise<string | null>
  /** 'taken' where the id or a unique value is. */
  insert(row: Row): Promise<'done' | 'taken'>
  /** Writes the row if it still has this version. */
  replace(row: Row, version: number): Promise<'done' | 'taken' | 'changed'>
  delete(collection: string, id: string, version: number): Promise<boolean>
  /** Rows with pending events, removed ones included, by the id of their oldest event. */
  withPending(collection: string, limit: number): Promise<Row[]>
  /** Rows whose `expiresAt` is not after this instant. */
  expired(collection: string, instant: string, limit: number): Promise<Row[]>
  /** All rows, removed ones included, by id. */
  all(collection: string, after: string | undefined, limit: number): Promise<Row[]>
  /** The shape with which a collection was last opened. */
  shape(collection: string): Promise<string | null>
  setShape(collection: string, digest: string): Promise<void>
  close(): Promise<void>
}
