/**
 * UNBALANCED_POSTING: an entry's postings do not sum to zero in each currency. ACCOUNT_INVALID: a name that is no account's.
 * AMOUNT_INVALID: an amount that is no digits. STATE_MISSING: a template was not given the state it posts from.
 */
export type LedgerErrorCode = 'UNBALANCED_POSTING' | 'ACCOUNT_INVALID' | 'AMOUNT_INVALID' | 'STATE_MISSING'

/** The one error this library throws. `code` is stable, `message` is for developers. */
export class LedgerError extends Error {
  readonly code: LedgerErrorCode

  constructor(code: LedgerErrorCode, message: string) {
    super(message)
    this.name = 'LedgerError'
    this.code = code
  }
}
