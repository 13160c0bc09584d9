import { createPublicKey, verify as verifySignature, KeyObject, type JsonWebKey } from 'node:crypto'
import { Refusal, type Cause, type ServiceCaller, type ServiceName, type UserCaller } from '@growr/contracts'
import { audienceOfUsers, decode, encode, serviceOf, userOf, type Claims, type TokenKind } from './claims.ts'
import { groups, servicesOf as heldServices, type Group } from './groups.ts'
import { Bounded } from './memory.ts'

/** Seconds that a call token lives. */
export const lifetime = 30
/** Seconds after which a minted token is not handed out again, so that whoever gets it has time to use it. */
const reuse = 10
/** Seconds by which two machines' clocks may differ. */
const skew = 5

/** An Ed25519 public key. */
export type PublicKey = KeyObject | JsonWebKey

export interface CallTokenOptions {
  /** The group that this process, or this part of it, speaks for. */
  readonly group: Group
  /** Signs with the group's own Ed25519 key, which stays in custody. */
  readonly sign: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>
  /** The keys of all groups; several where one is being rotated. */
  readonly publicKeys: Readonly<Partial<Record<Group, PublicKey | readonly PublicKey[]>>>
  readonly servicesOf?: Readonly<Record<Group, readonly ServiceName[]>>
  /** Real time in milliseconds: tokens never follow a clock that a journey moves. */
  readonly now?: () => number
  /** How many verified tokens are remembered until they expire. */
  readonly remembered?: number
}

/** Mints and verifies the short tokens that say on whose behalf a call comes. */
export interface CallTokens {
  readonly group: Group
  /** A token for a user: Access alone may. */
  mintUser(caller: Omit<UserCaller, 'kind'>): string | Promise<string>
  /** A token for one of this group's services, good for calls to the services of `audience` only. */
  mintService(service: ServiceName, audience: Group, cause?: Cause): string | Promise<string>
  /** Who a user's token speaks for. CALL_TOKEN_INVALID where it is forged, expired or was not minted by Access. */
  verifyUser(token: string): UserCaller
  /** Which service a token speaks for. CALL_TOKEN_INVALID where it is forged, expired, or made for another group or by one that does not hold the service. */
  verifyService(token: string): ServiceCaller
  groupOf(service: string): Group | undefined
  /** Replaces a group's keys, when one is rotated or withdrawn; what was verified before is verified anew. */
  trust(group: Group, keys: PublicKey | readonly PublicKey[]): void
}

interface Verified<C> {
  readonly caller: C
  readonly expires: number
}

interface Minted {
  readonly token: string
  readonly until: number
}

/** `CallTokens` over the ports of one group. */
export function createCallTokens(options: CallTokenOptions): CallTokens {
  const { group, sign } = options
  const held = options.servicesOf ?? heldServices
  const now = options.now ?? Date.now
  const remembered = options.remembered ?? 20_000
  const users = new Bounded<Verified<UserCaller>>(remembered)
  const services = new Bounded<Verified<ServiceCaller>>(remembered)
  const minted = new Bounded<Minted>(remembered)
  const home = new Map(groups.flatMap((name) => held[name].map((service): [string, Group] => [service, name])))
  const keys = new Map<Group, readonly KeyObject[]>()

  const trust = (name: Group, given: PublicKey | readonly PublicKey[]): void => {
    keys.set(name, list(given).map(publicKey))
    users.clear()
    services.clear()
  }
  for (const name of groups) {
    const given = options.publicKeys[name]
    if (given) trust(name, given)
  }

  const issue = (kind: TokenKind, memo: string, claims: Pick<Claims, 'aud' | 'sub'> & Partial<Claims>): string | Promise<string> => {
    const at = now()
    const kept = minted.get(memo)
    if (kept && kept.until > at) return kept.token
    const seconds = Math.floor(at / 1000)
    const unsigned = encode(kind, { ...claims, iss: group, iat: seconds, exp: seconds + lifetime })
    const finish = (signature: Uint8Array): string => {
      const token = `${unsigned}.${Buffer.from(signature).toString('base64url')}`
      minted.set(memo, { token, until: at + reuse * 1000 })
      return token
    }
    const signature = sign(Buffer.from(unsigned))
    return signature instanceof Promise ? signature.then(finish) : finish(signature)
  }

  const open = (kind: TokenKind, token: string): Claims => {
    const read = decode(token)
    if (!read || read.kind !== kind) throw invalid('forged')
    const { claims, signed, signature } = read
    const bytes = Buffer.from(signed)
    if (!(keys.get(claims.iss) ?? []).some((key) => verifySignature(null, bytes, key, signature))) throw invalid('forged')
    const seconds = now() / 1000
    if (claims.exp <= seconds) throw invalid('expired')
    if (claims.exp > seconds + lifetime + skew || claims.iat > seconds + skew) throw invalid('forged')
    return claims
  }

  const recall = <C>(known: Bounded<Verified<C>>, token: string): C | undefined => {
    const entry = known.get(token)
    if (!entry) return undefined
    if (entry.expires > now()) return entry.caller
    known.delete(token)
    throw invalid('expired')
  }

  return {
    group,
    trust,
    groupOf: (service) => home.get(service),

    mintUser({ userId, role, organization, membership, session }) {
      if (group !== 'access') throw new Error(`${group} cannot mint tokens for users: only access can`)
      const org = organization === undefined ? {} : { org: organization }
      const memo = JSON.stringify([userId, role, organization ?? null, membership, session])
      return issue('user', memo, { aud: audienceOfUsers, sub: userId, role, mem: membership, sid: session, ...org })
    },

    mintService(service, audience, cause) {
      if (home.get(service) !== group) throw new Error(`${group} does not hold the service ${service}`)
      const memo = cause ? JSON.stringify([service, audience, cause.group, cause.organization, cause.book, cause.key, cause.seq]) : `${service}>${audience}`
      return issue('service', memo, { aud: audience, sub: service, ...(cause ? { cause } : {}) })
    },

    verifyUser(token) {
      const known = recall(users, token)
      if (known) return known
      const claims = open('user', token)
      const caller = userOf(claims)
      if (claims.iss !== 'access' || claims.aud !== audienceOfUsers || !caller) throw invalid('borrowed')
      users.set(token, { caller, expires: claims.exp * 1000 })
      return caller
    },

    verifyService(token) {
      const known = recall(services, token)
      if (known) return known
      const claims = open('service', token)
      const caller = serviceOf(claims, held[claims.iss])
      if (claims.aud !== group || !caller) throw invalid('borrowed')
      services.set(token, { caller, expires: claims.exp * 1000 })
      return caller
    },
  }
}

const invalid = (reason: 'forged' | 'expired' | 'borrowed'): Refusal => new Refusal('CALL_TOKEN_INVALID', { details: { reason } })

const list = (given: PublicKey | readonly PublicKey[]): readonly PublicKey[] => (Array.isArray(given) ? (given as readonly PublicKey[]) : [given as PublicKey])

function publicKey(given: PublicKey): KeyObject {
  if (!(given instanceof KeyObject) && 'd' in given) throw new Error('a private key was given where a public one belongs')
  const key = given instanceof KeyObject ? given : createPublicKey({ key: given, format: 'jwk' })
  if (key.type !== 'public' || key.asymmetricKeyType !== 'ed25519') throw new Error('call tokens are signed with Ed25519: give public keys of that type')
  return key
}
