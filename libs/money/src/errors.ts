/** Why an operation on money was refused. Stable: callers and other packages compare these codes. */
export type MoneyErrorCode =
  | 'AMOUNT_MALFORMED'
  | 'AMOUNT_TOO_PRECISE'
  | 'AMOUNT_TOO_LARGE'
  | 'AMOUNT_NEGATIVE'
  | 'RATE_MALFORMED'
  | 'CURRENCY_UNKNOWN'
  | 'CURRENCY_INVALID'
  | 'CURRENCY_MISMATCH'
  | 'DENOMINATOR_NOT_POSITIVE'
  | 'WEIGHTS_INVALID'
  | 'JSON_INVALID'
  | 'JSON_TOO_DEEP'
  | 'JSON_TOO_LONG'

/** The one error this library throws. `code` is stable, `message` is for developers. */
export class MoneyError extends Error {
  readonly code: MoneyErrorCode

  constructor(code: MoneyErrorCode, message: string) {
    super(message)
    this.name = 'MoneyError'
    this.code = code
  }
}
