/** What an audit can find; the codes are stable. */
export type FindingCode =
  | 'BOOK_DAMAGED'
  | 'VIEW_STALE'
  | 'POSTING_UNBALANCED'
  | 'POSTING_MISMATCH'
  | 'STATE_MISMATCH'
  | 'NOT_AT_REST'
  | 'PERSONAL_DATA_LEAKED'
  | 'CHECK_SKIPPED'

/** Something that does not hold. Says where and of what kind, never a person's data. */
export interface Finding {
  readonly code: FindingCode
  /** A book, a view, a file. */
  readonly of: string
  /** The entry, line or place in it; null where it is about the whole. */
  readonly at: number | null
  readonly message: string
}

export const describe = ({ code, of, at, message }: Finding): string => `${code} ${of}${at === null ? '' : ` #${at}`}: ${message}`
