/** Every way in which a book refuses; the codes are stable. */
export type BookErrorCode =
  | 'STORE_LOCKED' | 'STORE_FAILED' | 'STORE_CLOSED' | 'STORE_BUSY'
  | 'BOOK_BEHIND_MARK' | 'BOOK_WITHOUT_MARK' | 'BOOK_FORKED' | 'BOOK_UNREADABLE'
  | 'SUCCESSION_INVALID'
  | 'REQUEST_ID_REUSED' | 'STALE_STATE'
  | 'DRAFT_INVALID' | 'ENTRY_TOO_LARGE' | 'POSTINGS_UNBALANCED'
  | 'VERSION_UNKNOWN' | 'KEY_MISSING' | 'BOX_INVALID' | 'ENTRY_UNKNOWN' | 'NAME_INVALID'
  | 'VIEW_FAILED' | 'VIEW_INVALID' | 'FOLLOWER_EXISTS'

export class BookError extends Error {
  readonly code: BookErrorCode
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(code: BookErrorCode, message: string, options: { details?: Readonly<Record<string, unknown>>; cause?: unknown } = {}) {
    super(`${code}: ${message}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'BookError'
    this.code = code
    this.details = options.details
  }
}
