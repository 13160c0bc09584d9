/** Stable codes of what can go wrong with collections. */
export type CollectionErrorCode =
  | 'DUPLICATE'
  | 'NOT_FOUND'
  | 'REVISION_CONFLICT'
  | 'REQUEST_ID_REUSED'
  | 'INVALID_DEFINITION'
  | 'INVALID_DOCUMENT'
  | 'INVALID_QUERY'
  | 'RECORD_UNREADABLE'
  | 'STORE_BUSY'
  | 'MIGRATION_CHANGED'
  | 'MIGRATION_FAILED'
  | 'DATABASE_NEWER'

/** A refusal of this library. The message never holds a value out of a record, since it may be personal. */
export class CollectionError extends Error {
  override readonly name = 'CollectionError'
  readonly code: CollectionErrorCode
  /** The field that is meant, for DUPLICATE, INVALID_DOCUMENT and INVALID_QUERY. */
  readonly field: string | undefined

  constructor(code: CollectionErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.field = options.field
  }
}
