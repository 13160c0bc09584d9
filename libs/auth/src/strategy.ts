import type { IncomingMessage } from 'node:http'
import passportJwt from 'passport-jwt'
import type { Strategy as PassportStrategy } from 'passport'
import type { Caller, TokenKeys, TokenRules } from './access-tokens.ts'
import { API_AUDIENCE, PublicKeyCache, readClaims, readKid } from './access-tokens.ts'
import { AuthError } from './errors.ts'
import type { SessionRegistry } from './session-registry.ts'

export interface ApiStrategyOptions extends TokenRules {
  readonly keys: TokenKeys
  readonly sessions: Pick<SessionRegistry, 'isLive'>
}

/** What passport adds to a strategy while it authenticates one request. */
interface Outcome {
  success: (user: unknown, info?: unknown) => void
  fail: (challenge: unknown, status?: number) => void
  error: (error: unknown) => void
}

/** passport-jwt, with each failure turned into an `AuthError`. */
class ApiStrategy extends passportJwt.Strategy {
  override name = 'growr-api'

  override authenticate(request: Parameters<passportJwt.Strategy['authenticate']>[0], options?: unknown): void {
    // Passport hangs success and fail on an object made for this request, so wrapping them here concerns no other one.
    const outcome = this as unknown as Outcome
    const fail = outcome.fail
    outcome.fail = (challenge) => fail.call(this, toAuthError(challenge, request.headers.authorization), 401)
    super.authenticate(request, options)
  }
}

function toAuthError(challenge: unknown, header: string | undefined): AuthError {
  if (challenge instanceof AuthError) return challenge
  return new AuthError(header === undefined ? 'UNAUTHENTICATED' : 'TOKEN_INVALID', { cause: challenge })
}

/**
 * The Passport strategy of the API (name 'growr-api'): a bearer token in the Authorization header, verified by
 * passport-jwt, of a session that is live. The user is a `Caller`. What it fails with is an `AuthError`: UNAUTHENTICATED
 * (no token), TOKEN_INVALID, TOKEN_EXPIRED, SESSION_REVOKED.
 */
export function apiStrategy(options: ApiStrategyOptions): PassportStrategy {
  const keys = new PublicKeyCache(options.keys)
  return new ApiStrategy(
    {
      jwtFromRequest: passportJwt.ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request, token: string, done) => {
        let pem: string
        try {
          pem = keys.pem(readKid(token))
        } catch (error) {
          done(error)
          return
        }
        done(null, pem)
      },
      algorithms: ['ES256'],
      issuer: options.issuer,
      audience: options.audience ?? API_AUDIENCE,
      // Its verifier reads the system's clock; the time is checked below, by the clock that was given, once the signature holds.
      ignoreExpiration: true,
    },
    (payload: Record<string, unknown>, done: (error: unknown, user: Caller | false, info?: unknown) => void) => {
      let caller: Caller
      try {
        caller = readClaims(payload, options)
      } catch (error) {
        if (error instanceof AuthError) done(null, false, error)
        else done(error, false)
        return
      }
      if (options.sessions.isLive(caller.sessionId, caller.userId, caller.membershipId)) done(null, caller)
      else done(null, false, new AuthError('SESSION_REVOKED'))
    },
  )
}

/**
 * Runs a strategy on a request without a web framework around it (a GraphQL context, an upgrade to a web socket).
 * The caller; null where the request has no Authorization header; AuthError as `apiStrategy` says.
 */
export function authenticate(strategy: PassportStrategy, request: Pick<IncomingMessage, 'headers'>): Promise<Caller | null> {
  if (request.headers.authorization === undefined) return Promise.resolve(null)
  return new Promise((resolve, reject) => {
    const outcome: Outcome = { success: (user) => resolve(user as Caller), fail: reject, error: reject }
    const one: { authenticate(request: unknown): void } = Object.assign(Object.create(strategy), outcome)
    one.authenticate(request)
  })
}
