import type { LooseDefinition } from './definition.ts'
import { CollectionError } from './errors.ts'
import type { Row, RowEvent, RowLookup } from './rows.ts'
import type { Json, PendingEvent, RecordCipher, RequestRef, Stored, WaitingEvent } from './types.ts'

/** The field under which requests stand among the search keys; no document has a field of this name. */
export const REQUEST_FIELD = '$request'
const VALUE_LIMIT = 1024

/** Turns documents into rows and back: encrypts what is personal and computes the search keys. */
export class Codec {
  readonly #definition: LooseDefinition
  readonly #cipher: RecordCipher

  constructor(definition: LooseDefinition, cipher: RecordCipher) {
    this.#definition = definition
    this.#cipher = cipher
  }

  /** The parts of a row that come from the document. INVALID_DOCUMENT where a searched field cannot be one. */
  encode(doc: { id: string } & Record<string, Json>): Pick<Row, 'doc' | 'sealed' | 'lookups' | 'expiresAt'> {
    const { personal, expires } = this.#definition
    const open: Record<string, Json> = {}
    const secret: Record<string, Json> = {}
    for (const [field, value] of Object.entries(doc)) {
      if (value === undefined) continue
      if (personal.includes(field)) secret[field] = value
      else open[field] = value
    }
    const expiresAt = expires === undefined ? undefined : doc[expires]
    if (expiresAt !== undefined && expiresAt !== null && !isInstant(expiresAt)) {
      throw new CollectionError('INVALID_DOCUMENT', 'this field is an ISO instant in UTC, like 2026-03-01T00:00:00.000Z', { field: expires as string })
    }
    return {
      doc: JSON.stringify(open),
      sealed: Object.keys(secret).length === 0 ? null : this.#seal(JSON.stringify(secret), doc.id, 'doc'),
      lookups: this.#lookups(doc),
      expiresAt: expiresAt ?? null,
    }
  }

  /** RECORD_UNREADABLE where the personal fields do not open: altered, moved from another record, or another key. */
  decode<T>(row: Row): Stored<T> {
    const secret = row.sealed === null ? {} : JSON.parse(this.#open(row.sealed, row.id, 'doc')) as object
    const doc = { ...JSON.parse(row.doc) as object, ...secret } as T
    return { id: row.id, revision: row.revision, doc, createdAt: row.createdAt, updatedAt: row.updatedAt }
  }

  encodeEvent(recordId: string, id: string, at: string, { type, data }: PendingEvent): RowEvent {
    return { id, box: this.#seal(JSON.stringify({ type, data, at }), recordId, id) }
  }

  decodeEvent(recordId: string, { id, box }: RowEvent): WaitingEvent {
    return { id, recordId, ...JSON.parse(this.#open(box, recordId, id)) as { type: string; data: Json; at: string } }
  }

  /** The search key of a value; INVALID_QUERY where the field is no lookup or the value cannot be one. */
  keyOf(field: string, value: unknown): { field: string; value: string } {
    if (this.#definition.lookup[field] === undefined) throw new CollectionError('INVALID_QUERY', `the collection «${this.#definition.name}» is not searched by this field`, { field })
    const text = canonical(value)
    if (text === undefined) throw new CollectionError('INVALID_QUERY', `a field is searched by a string, number or boolean of at most ${VALUE_LIMIT} characters`, { field })
    return { field, value: this.#stored(field, text) }
  }

  /** Names a request without showing who asked. */
  requestKey({ caller, action, requestId }: RequestRef): string {
    return this.#cipher.blind(`${this.#definition.name}.${REQUEST_FIELD}`, JSON.stringify([caller, action, requestId]))
  }

  #lookups(doc: Record<string, Json>): RowLookup[] {
    const found: RowLookup[] = []
    for (const [field, { unique, many }] of Object.entries(this.#definition.lookup)) {
      const value = doc[field]
      if (value === undefined || value === null) continue
      if (many === true && !Array.isArray(value)) throw new CollectionError('INVALID_DOCUMENT', 'this field is a list', { field })
      for (const each of many === true ? new Set(value as readonly Json[]) : [value]) {
        const text = canonical(each)
        if (text === undefined) throw new CollectionError('INVALID_DOCUMENT', `a searched field holds a string, number or boolean of at most ${VALUE_LIMIT} characters`, { field })
        found.push({ field, value: this.#stored(field, text), unique: unique === true })
      }
    }
    return found
  }

  #stored(field: string, text: string): string {
    return this.#definition.lookup[field]?.blind === true ? this.#cipher.blind(`${this.#definition.name}.${field}`, text) : text
  }

  #seal(text: string, recordId: string, part: string): string {
    return Buffer.from(this.#cipher.encrypt(Buffer.from(text, 'utf8'), this.#aad(recordId, part))).toString('base64')
  }

  #open(box: string, recordId: string, part: string): string {
    try {
      return Buffer.from(this.#cipher.decrypt(Buffer.from(box, 'base64'), this.#aad(recordId, part))).toString('utf8')
    } catch (cause) {
      throw new CollectionError('RECORD_UNREADABLE', `a record of «${this.#definition.name}» does not open: it was altered, or it was written with other keys. Restore data and keys from the same back-up`, { cause })
    }
  }

  #aad(recordId: string, part: string): string {
    return JSON.stringify([this.#definition.name, recordId, part])
  }
}

// The kind of the value is part of it, so that 1, "1" and true are three values.
function canonical(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length > VALUE_LIMIT ? undefined : `s:${value}`
  if (typeof value === 'number' && Number.isFinite(value)) return `n:${value}`
  if (typeof value === 'boolean') return `b:${value}`
  return undefined
}

// Instants are compared as text by the store: only one spelling sorts by time.
function isInstant(value: Json): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value
}
