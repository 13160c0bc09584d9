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
  /** Changes with the keys. */
  version = 0

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
    const keys = new Map(found.map((key) => [String(key['kid']), key as unknown as TokenJwk]))
    if (JSON.stringify([...keys]) !== JSON.stringify([...this.#keys])) this.version++
    this.#keys = keys
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

interface Verified {
  readonly caller: UserCaller
  readonly expires: number
  readonly version: number
}

/** How many verified tokens are remembered. */
const remembered = 10_000

/** Says who a request comes from. */
export type Identify = (headers: IncomingHttpHeaders) => Promise<UserCaller | undefined>

/**
 * The user behind a bearer token; undefined where there is none. The token is verified by Passport's JWT strategy, once, and
 * remembered until it expires or the keys change; User is asked at each request whether its session still lives: after a block
 * none succeeds.
 * UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, SESSION_REVOKED.
 */
export function createIdentify({ bus, issuer, clock = systemClock }: IdentifyOptions): Identify {
  const keys = new SigningKeys(bus, () => clock.now().getTime())
  const strategy = apiStrategy({ issuer, clock, keys, sessions: { isLive: () => true } })
  const verified = new Map<string, Verified>()

  const verify = async (authorization: string): Promise<UserCaller> => {
    const kid = kidOf(authorization)
    if (kid !== undefined) await keys.prepare(kid)
    const known = verified.get(authorization)
    if (known && known.version === keys.version && known.expires > clock.now().getTime()) return known.caller
    verified.delete(authorization)
    const token = await authenticate(strategy, { headers: { authorization } })
    const caller = token && callerOf(token)
    if (!caller) throw new AuthError('TOKEN_INVALID')
    verified.set(authorization, { caller, expires: token.expiresAt.getTime(), version: keys.version })
    if (verified.size > remembered) verified.delete(verified.keys().next().value!)
    return caller
  }

  return async ({ authorization }) => {
    if (authorization === undefined) return undefined
    const caller = await verify(authorization)
    const { session, userId, membership } = caller
    const { live } = await bus.call(user.checkSession, { session, user: userId, membership }, { as: { service: 'access' } })
    if (!live) throw new Refusal('SESSION_REVOKED')
    return caller
  }
}

function callerOf({ userId, role, organizationId, membershipId, sessionId }: TokenCaller): UserCaller | undefined {
  const known = roles.find((name): name is Role => name === role)
  if (!known || membershipId === null) return undefined
  const organization = organizationId === null ? {} : { organization: organizationId }
  return { kind: 'user', userId, role: known, membership: membershipId, session: sessionId, ...organization }
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
