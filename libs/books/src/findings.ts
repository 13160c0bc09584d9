export type FindingCode =
  | 'BLOCK_MISSING' | 'BLOCK_CHANGED' | 'BLOCK_UNREADABLE' | 'TREE_CHANGED' | 'SIGNATURE_INVALID'
  | 'SUCCESSION_INVALID'
  | 'MARK_MISSING' | 'MARK_AHEAD' | 'MARK_FORKED'
  | 'STRUCTURE_CHANGED' | 'INDEX_STALE'
  | 'ENTRY_UNKNOWN' | 'RULES_UNKNOWN' | 'BOX_INVALID' | 'KEY_MISSING'
  | 'POSTINGS_UNBALANCED' | 'REQUEST_REPEATED'
  | 'STATE_MISMATCH' | 'POSTINGS_MISMATCH' | 'RECOMPUTE_FAILED'

/** Something in a book that does not hold. Names no person and no claim. */
export interface Finding {
  readonly code: FindingCode
  readonly book: string
  /** The entry that it is about; null when it is about the whole. */
  readonly seq: number | null
  readonly message: string
}

/** Collects findings, and stops at a bound: a book that is all wrong need not say so a million times. */
export class Report {
  readonly findings: Finding[] = []
  readonly #book: string
  readonly #most: number
  #dropped = 0

  constructor(book: string, most: number) {
    this.#book = book
    this.#most = most
  }

  add(code: FindingCode, message: string, seq: number | null = null): void {
    if (this.findings.length >= this.#most) this.#dropped += 1
    else this.findings.push({ code, book: this.#book, seq, message })
  }

  /** How many were found beyond the bound. */
  get dropped(): number {
    return this.#dropped
  }
}
