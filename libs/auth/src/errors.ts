/** Every refusal of this library. The codes are those of the API's catalogue. */
export type AuthCode =
  | 'CREDENTIALS_WRONG'
  | 'LOCKED'
  | 'RATE_LIMITED'
  | 'CODE_WRONG'
  | 'CODE_EXPIRED'
  | 'CODE_SPENT'
  | 'PASSWORD_WEAK'
  | 'PIN_WEAK'
  | 'UNAUTHENTICATED'
  | 'TOKEN_INVALID'
  | 'TOKEN_EXPIRED'
  | 'SESSION_REVOKED'
  | 'REFRESH_REUSED'
  | 'USER_BLOCKED'
  | 'UNAVAILABLE'

export interface AuthErrorOptions {
  /** Whole seconds to wait before another try can succeed. */
  readonly retryAfter?: number
  /** What a person needs to act: a rule that was broken, attempts that are left. Never a secret. */
  readonly details?: Readonly<Record<string, string | number>>
  readonly cause?: unknown
}

const advice: Record<AuthCode, string> = {
  CREDENTIALS_WRONG: 'The name or the secret is wrong',
  LOCKED: 'Too many wrong attempts',
  RATE_LIMITED: 'Too many requests',
  CODE_WRONG: 'The code is wrong',
  CODE_EXPIRED: 'The code has expired',
  CODE_SPENT: 'The code was used already',
  PASSWORD_WEAK: 'The password is too easy to guess, or too long',
  PIN_WEAK: 'The PIN is too easy to guess, or not 4 to 6 digits',
  UNAUTHENTICATED: 'No access token was given',
  TOKEN_INVALID: 'The token is not one of this node',
  TOKEN_EXPIRED: 'The token has expired',
  SESSION_REVOKED: 'The session was ended',
  REFRESH_REUSED: 'The refresh token was used before; its session was ended',
  USER_BLOCKED: 'The user or the membership is blocked',
  UNAVAILABLE: 'Too much at once: try again',
}

/** A refusal with a stable code. Its message and details never hold a secret, a name, a phone or an e-mail. */
export class AuthError extends Error {
  readonly code: AuthCode
  readonly retryAfter: number | undefined
  readonly details: Readonly<Record<string, string | number>> | undefined

  constructor(code: AuthCode, options: AuthErrorOptions = {}) {
    super(advice[code], options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AuthError'
    this.code = code
    this.retryAfter = options.retryAfter
    this.details = options.details
  }
}

/** Whole seconds from `now` to `then`, at least 1, rounded up: so that waiting that long is enough. */
export const secondsUntil = (then: number, now: number): number => Math.max(1, Math.ceil((then - now) / 1000))
