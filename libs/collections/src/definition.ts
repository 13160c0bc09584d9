import { createHash } from 'node:crypto'
import { CollectionError } from './errors.ts'
import type { CollectionDefinition, Json, Lookup, RequestRef } from './types.ts'

const NAME = /^[a-z][a-z0-9-]{0,39}$/
const FIELD = /^[A-Za-z][A-Za-z0-9_]{0,63}$/
const ID = /^[\x21-\x7e]{1,200}$/
const DOCUMENT_LIMIT = 256 * 1024
const EVENT_LIMIT = 64 * 1024
const EVENTS_LIMIT = 16
const DEPTH_LIMIT = 32

/** A definition without the type of its documents. */
export interface LooseDefinition {
  name: string
  personal: readonly string[]
  lookup: Readonly<Record<string, Lookup>>
  expires: string | undefined
}

/** Checks a definition when the collection is opened: INVALID_DEFINITION. */
export function checkDefinition<T extends { id: string }>(definition: CollectionDefinition<T>): LooseDefinition {
  const { name } = definition
  const personal: readonly string[] = definition.personal
  const expires: string | undefined = definition.expires
  const lookup: Record<string, Lookup> = {}
  for (const [field, how] of Object.entries<Lookup | undefined>(definition.lookup)) if (how !== undefined) lookup[field] = how
  const wrong = (text: string): CollectionError => new CollectionError('INVALID_DEFINITION', `collection «${name}»: ${text}`)
  if (!NAME.test(name)) throw wrong('a name has lower-case letters, digits and hyphens')
  for (const field of [...personal, ...Object.keys(lookup), ...(expires === undefined ? [] : [expires])]) {
    if (!FIELD.test(field)) throw wrong(`${field} is no name of a field`)
  }
  if (personal.includes('id')) throw wrong('an id is never personal: take a random one')
  if ('id' in lookup) throw wrong('a record is found by its id without a lookup')
  if (expires !== undefined && personal.includes(expires)) throw wrong(`${expires} is stored in the open, since the store looks for it`)
  for (const [field, { blind }] of Object.entries(lookup)) {
    if (personal.includes(field) !== (blind === true)) throw wrong(`the lookup of ${field} must be blind if the field is personal, and only then`)
  }
  return { name, personal, lookup, expires }
}

/** Changes where records of this collection have to be written anew to be found and encrypted as the definition says. */
export function shapeOf({ personal, lookup, expires }: LooseDefinition): string {
  const lookups = Object.entries(lookup).map(([field, { unique, blind, many }]) => [field, unique === true, blind === true, many === true]).sort()
  return createHash('sha256').update(JSON.stringify([[...personal].sort(), lookups, expires ?? null])).digest('hex')
}

/** Refuses what JSON would not give back as it was, is too large, or has no proper id: INVALID_DOCUMENT. */
export function checkDocument(doc: unknown): asserts doc is { id: string } & Record<string, Json> {
  if (typeof doc !== 'object' || doc === null || Array.isArray(doc)) throw invalid('a document is an object')
  const { id } = doc as Record<string, unknown>
  if (typeof id !== 'string' || !ID.test(id)) throw invalid('an id has 1 to 200 printable ASCII characters', 'id')
  for (const [field, value] of Object.entries(doc)) {
    if (!FIELD.test(field)) throw invalid('a field has a name of letters, digits and _')
    checkPlain(value, field, 1)
  }
  if (Buffer.byteLength(JSON.stringify(doc)) > DOCUMENT_LIMIT) throw invalid(`a document has at most ${DOCUMENT_LIMIT} bytes`)
}

/** INVALID_DOCUMENT where events are too many, too large or not plain JSON. */
export function checkEvents(events: readonly { type: string; data: Json }[]): void {
  if (events.length > EVENTS_LIMIT) throw invalid(`one change has at most ${EVENTS_LIMIT} events`, 'pending')
  for (const { type, data } of events) {
    if (typeof type !== 'string' || type.length === 0 || type.length > 100) throw invalid('an event has a type of 1 to 100 characters', 'pending')
    checkPlain(data, 'pending', 1)
    if (data === undefined || Buffer.byteLength(JSON.stringify(data)) > EVENT_LIMIT) throw invalid(`an event has data of at most ${EVENT_LIMIT} bytes`, 'pending')
  }
}

/** INVALID_DOCUMENT where a request is not named properly. */
export function checkRequest({ caller, action, requestId, paramsDigest }: RequestRef): void {
  for (const [name, value] of Object.entries({ caller, action, requestId, paramsDigest })) {
    if (typeof value !== 'string' || value.length === 0 || value.length > 500) throw invalid(`a request has a ${name} of 1 to 500 characters`, 'request')
  }
}

function checkPlain(value: unknown, field: string, depth: number): void {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (typeof value !== 'object') throw invalid('only plain JSON can be stored: amounts as strings of digits, instants as ISO strings', field)
  if (depth > DEPTH_LIMIT) throw invalid(`values are nested at most ${DEPTH_LIMIT} deep`, field)
  if (Array.isArray(value)) {
    for (const each of value) {
      if (each === undefined) throw invalid('a list cannot hold undefined', field)
      checkPlain(each, field, depth + 1)
    }
    return
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw invalid('only plain JSON can be stored, no instances of classes', field)
  for (const each of Object.values(value)) checkPlain(each, field, depth + 1)
}

function invalid(message: string, field?: string): CollectionError {
  return new CollectionError('INVALID_DOCUMENT', message, field === undefined ? {} : { field })
}
