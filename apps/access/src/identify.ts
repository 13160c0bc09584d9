import type { IncomingHttpHeaders } from 'node:http'
import { apiStrategy, authenticate, AuthError, systemClock, type Caller as TokenCaller, type Clock, type TokenJwk } from '@growr/auth'
import type { Bus } from '@growr/bus'
import { Refusal, roles, user, type Role, type UserCaller } from '@growr/contracts'

/** Milliseconds after which the signing keys are asked for again, and before which an unknown one does not make it ask. */
const freshMs = 60_000
const cooldownMs = 2000

/** The public keys of access tokens, as the User service names them. */
class SigningKeys {
  readonly #bus: Bus
  readonly #now: () => number
  #keys = new Map<string, TokenJwk>()
  #asked = Number.NEGATIVE_INFINITY
  #asking: Promise<void> | undefined

  constructor(bus: Bus, now: () => number) {
    this.#bus = bus
    this.#now = now
  }

  publicKey(kid: string): TokenJwk | undefined {
    return this.#keys.get(kid)
  }

  /** Asks where the key is unknown or what is known is old; a stranger's tokens cannot make it ask more often than every 2 s. */
  async prepare(kid: string): Promise<void> {
    const age = this.#now() - this.#asked
    if (this.#keys.has(kid) ? age < freshMs : age < cooldownMs) return
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    await this.#asking
  }

  async #ask(): Promise<void> {
    const found = await this.#bus.call(user.signingKeys, {}, { as: { service: 'access' } })
    this.#keys = new Map(found.map((key) => [String(key['kid']), key as unknown as TokenJwk]))
    this.#asked = this.#now()
  }
}

export interface IdentifyOptions {
  readonly bus: Bus
  /** Who issues access tokens. */
  readonly issuer: string
  /** Real time. */
  readonly clock?: Clock
}

/** Says who a request comes from. */
export type Identify = (headers: IncomingHttpHeaders) => Promise<UserCaller | undefined>

/**
 * The user behind a bearer token; undefined where there is none. The token is verified by Passport's JWT strategy, and then User is
 * asked whether its session still lives, at each request: after a block none succeeds.
 * UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, SESSION_REVOKED.
 */
export function createIdentify({ bus, issuer, clock = systemClock }: IdentifyOptions): Identify {
  const keys = new SigningKeys(bus, () => clock.now().getTime())
  const strategy = apiStrategy({ issuer, clock, keys, sessions: { isLive: () => true } })
  return async ({ authorization }) => {
    if (authorization === undefined) return undefined
    const kid = kidOf(authorization)
    if (kid !== undefined) await keys.prepare(kid)
    const token = await authenticate(strategy, { headers: { authorization } })
    const caller = token && callerOf(token)
    if (!caller) throw new AuthError('TOKEN_INVALID')
    const { live } = await bus.call(user.checkSession, { session: caller.session, user: caller.userId, membership: caller.membership }, { as: { service: 'access' } })
    if (!live) throw new Refusal('SESSION_REVOKED')
    return caller
  }
}

function callerOf({ userId, role, organizationId, membershipId, sessionId }: TokenCaller): UserCaller | undefined {
  const known = roles.find((name): name is Role => name === role)
  if (!known || membershipId === null) return undefined
  return { kind: 'user', userId, role: known, membership: membershipId, session: sessionId, ...(organizationId === null ? {} : { organization: organizationId }) }
}

/** The name of the key that a token claims; nothing is believed yet. */
function kidOf(authorization: string): string | undefined {
  const head = /^bearer ([\w-]{1,2048})\./i.exec(authorization)?.[1]
  if (head === undefined) return undefined
  try {
    const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString('utf8')) as { kid?: unknown }
    return typeof kid === 'string' && kid.length <= 128 ? kid : undefined
  } catch {
    return undefined
  }
}
