import { createPublicKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { errors, jwtVerify } from 'jose'
import { AuthError } from './errors.ts'
import type { Clock } from './ports.ts'

export const API_AUDIENCE = 'growr-api'
export const ACCESS_TOKEN_TYPE = 'at+jwt'
export const ACCESS_TOKEN_SECONDS = 600
export const MAX_TOKEN = 4096

/** A public P-256 key as a JWK. */
export interface TokenJwk {
  readonly kty: string
  readonly crv?: string
  readonly x?: string
  readonly y?: string
}

/**
 * Finds the public key by its `kid`: the present one and those that still verify. It must know keys for access tokens
 * only: a token signed with any other key of the node (a credential's, a receipt's) is not one. Gives undefined, or
 * throws, where there is none.
 */
export interface TokenKeys {
  publicKey(kid: string): TokenJwk | undefined
}

/** Signs without letting the private key go: key custody's `sign`. */
export interface TokenSigner extends TokenKeys {
  /** The key to sign with now. */
  currentKid(): string
  /** ES256 over the bytes, as JOSE wants it: r ‖ s, 64 bytes. */
  sign(kid: string, bytes: Uint8Array): Promise<Uint8Array>
}

/** For whom a token is: one user in one membership (an investor or the operator may have no organization). */
export interface Subject {
  readonly userId: string
  readonly role: string
  readonly organizationId: string | null
  readonly membershipId: string | null
}

/** Who calls, as an access token says it. */
export interface Caller extends Subject {
  readonly sessionId: string
  readonly tokenId: string
  readonly expiresAt: Date
}

export interface TokenRules {
  readonly issuer: string
  /** 'growr-api' unless told. */
  readonly audience?: string
  readonly clock: Clock
}

export interface IssuedAccessToken {
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
}

/**
 * Access tokens: JWTs after RFC 9068 (`typ` at+jwt), ES256 because passport-jwt knows no EdDSA, ten minutes long.
 * The JWS is put together here, since jose signs only with a key it holds and the key stays in custody.
 */
export class AccessTokens {
  readonly #signer: TokenSigner
  readonly #rules: TokenRules
  readonly #keys: PublicKeyCache

  constructor(signer: TokenSigner, rules: TokenRules) {
    this.#signer = signer
    this.#rules = rules
    this.#keys = new PublicKeyCache(signer)
  }

  async issue(subject: Subject, sessionId: string): Promise<IssuedAccessToken> {
    const kid = this.#signer.currentKid()
    const iat = Math.floor(this.#rules.clock.now().getTime() / 1000)
    const claims = {
      iss: this.#rules.issuer,
      aud: this.#rules.audience ?? API_AUDIENCE,
      sub: subject.userId,
      sid: sessionId,
      role: subject.role,
      org: subject.organizationId,
      mem: subject.membershipId,
      iat,
      exp: iat + ACCESS_TOKEN_SECONDS,
      jti: randomBytes(12).toString('base64url'),
    }
    const input = `${encode({ alg: 'ES256', typ: ACCESS_TOKEN_TYPE, kid })}.${encode(claims)}`
    const signature = await this.#signer.sign(kid, Buffer.from(input, 'ascii'))
    if (signature.length !== 64) throw new TypeError('the signer gave no ES256 signature in JOSE form (64 bytes)')
    return { accessToken: `${input}.${Buffer.from(signature).toString('base64url')}`, expiresIn: ACCESS_TOKEN_SECONDS }
  }

  /** Who calls, for doors that are not HTTP requests (a web socket, a test). TOKEN_INVALID, TOKEN_EXPIRED. Asks no session registry. */
  async verify(token: string): Promise<Caller> {
    const kid = readKid(token)
    const key = this.#keys.find(kid)
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['ES256'],
        typ: ACCESS_TOKEN_TYPE,
        issuer: this.#rules.issuer,
        audience: this.#rules.audience ?? API_AUDIENCE,
        currentDate: this.#rules.clock.now(),
      })
      return readClaims(payload, this.#rules)
    } catch (cause) {
      if (cause instanceof AuthError) throw cause
      throw new AuthError(cause instanceof errors.JWTExpired ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID', { cause })
    }
  }
}

/** Public keys made from their JWKs once. The source is asked each time, so that a key that is gone is gone at once. */
export class PublicKeyCache {
  readonly #source: TokenKeys
  readonly #made = new Map<string, { key: KeyObject; pem: string }>()

  constructor(source: TokenKeys) {
    this.#source = source
  }

  /** TOKEN_INVALID where the key is unknown, or no P-256 key. */
  find(kid: string): KeyObject {
    return this.#get(kid).key
  }

  /** The key in the form that passport-jwt takes. TOKEN_INVALID. */
  pem(kid: string): string {
    return this.#get(kid).pem
  }

  #get(kid: string): { key: KeyObject; pem: string } {
    const jwk = this.#lookUp(kid)
    const name = `${kid} ${jwk.x} ${jwk.y}`
    const made = this.#made.get(name)
    if (made !== undefined) return made
    // Only the public members are handed on: createPublicKey would take a private JWK without a word.
    const key = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y } })
    const entry = { key, pem: key.export({ type: 'spki', format: 'pem' }).toString() }
    if (this.#made.size >= 32) this.#made.clear()
    this.#made.set(name, entry)
    return entry
  }

  #lookUp(kid: string): { x: string; y: string } {
    let jwk: TokenJwk | undefined
    try {
      jwk = this.#source.publicKey(kid)
    } catch (cause) {
      throw new AuthError('TOKEN_INVALID', { cause })
    }
    if (jwk === undefined || jwk.kty !== 'EC' || jwk.crv !== 'P-256' || jwk.x === undefined || jwk.y === undefined)
      throw new AuthError('TOKEN_INVALID')
    return { x: jwk.x, y: jwk.y }
  }
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The `kid` of a token whose header is exactly ours: nothing more in it (no `crit`, no `jwk`), nothing else. TOKEN_INVALID. */
export function readKid(token: string): string {
  if (typeof token !== 'string' || token.length > MAX_TOKEN) throw new AuthError('TOKEN_INVALID')
  const parts = token.split('.')
  const header = parts.length === 3 ? parse(parts[0]!) : undefined
  if (header === undefined || Object.keys(header).sort().join() !== 'alg,kid,typ') throw new AuthError('TOKEN_INVALID')
  const { alg, typ, kid } = header
  if (alg !== 'ES256' || typ !== ACCESS_TOKEN_TYPE || typeof kid !== 'string' || kid.length === 0 || kid.length > 128)
    throw new AuthError('TOKEN_INVALID')
  return kid
}

function parse(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const SKEW_SECONDS = 60

/**
 * The caller in claims whose signature holds. Both doors (jose, passport-jwt) end here, so that they agree.
 * TOKEN_INVALID, TOKEN_EXPIRED by the clock that was given.
 */
export function readClaims(payload: Readonly<Record<string, unknown>>, rules: TokenRules): Caller {
  const { iss, aud, sub, sid, role, org, mem, iat, exp, jti } = payload
  const now = Math.floor(rules.clock.now().getTime() / 1000)
  const fits =
    iss === rules.issuer &&
    aud === (rules.audience ?? API_AUDIENCE) &&
    name(sub) &&
    name(sid) &&
    name(role) &&
    name(jti) &&
    (org === null || name(org)) &&
    (mem === null || name(mem)) &&
    payload['nbf'] === undefined &&
    whole(iat) &&
    whole(exp) &&
    exp - iat <= ACCESS_TOKEN_SECONDS &&
    iat <= now + SKEW_SECONDS
  if (!fits) throw new AuthError('TOKEN_INVALID')
  if (exp <= now) throw new AuthError('TOKEN_EXPIRED')
  return { userId: sub, sessionId: sid, role, organizationId: org, membershipId: mem, tokenId: jti, expiresAt: new Date(exp * 1000) }
}

const name = (value: unknown): value is string => typeof value === 'string' && value.length > 0 && value.length <= 128
const whole = (value: unknown): value is number => Number.isSafeInteger(value)
