import { roles, type Cause, type Role, type ServiceCaller, type ServiceName, type UserCaller } from '@growr/contracts'
import { isGroup, type Group } from './groups.ts'

// What a call token says, and how it is read back. A token is a compact JWS (EdDSA) with a type of its own,
// so that an access token, a receipt or a contract can never stand in for one.

export const audienceOfUsers = 'growr:bus'
export const types = { user: 'growr-user+jwt', service: 'growr-service+jwt' } as const
export type TokenKind = keyof typeof types

export interface Claims {
  readonly iss: Group
  readonly aud: string
  readonly sub: string
  readonly iat: number
  readonly exp: number
  readonly role?: string
  readonly org?: string
  readonly mem?: string
  readonly sid?: string
  readonly cause?: unknown
}

export function encode(kind: TokenKind, claims: Claims): string {
  const header = { alg: 'EdDSA', typ: types[kind], kid: claims.iss }
  return `${base64url(header)}.${base64url(claims)}`
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The parts of a token whose signature is still unknown; undefined where it is not of the form. */
export function decode(token: string): { kind: TokenKind; claims: Claims; signed: string; signature: Buffer } | undefined {
  if (token.length > 4096) return undefined
  const parts = token.split('.')
  const [head, body, tail] = parts
  if (parts.length !== 3 || !head || !body || !tail) return undefined
  const header = object(head)
  const claims = object(body)
  if (!header || !claims || header['alg'] !== 'EdDSA') return undefined
  const kind = header['typ'] === types.user ? 'user' : header['typ'] === types.service ? 'service' : undefined
  if (!kind || !isClaims(claims)) return undefined
  return { kind, claims, signed: `${head}.${body}`, signature: Buffer.from(tail, 'base64url') }
}

function object(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const isClaims = (value: object): value is Claims => {
  const claims = value as Record<string, unknown>
  return isGroup(claims['iss']) && isText(claims['aud']) && isText(claims['sub']) && Number.isInteger(claims['iat']) && Number.isInteger(claims['exp'])
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0 && value.length <= 128

/** Who the user is, out of claims whose signature has been verified. */
export function userOf(claims: Claims): UserCaller | undefined {
  if (!isText(claims.role) || !(roles as readonly string[]).includes(claims.role) || !isText(claims.mem) || !isText(claims.sid)) return undefined
  if (claims.org !== undefined && !isText(claims.org)) return undefined
  const caller: UserCaller = { kind: 'user', userId: claims.sub, role: claims.role as Role, membership: claims.mem, session: claims.sid }
  return Object.freeze(claims.org === undefined ? caller : { ...caller, organization: claims.org })
}

/** Which service it is, out of claims whose signature has been verified; its group must hold it. */
export function serviceOf(claims: Claims, held: readonly ServiceName[]): ServiceCaller | undefined {
  const service = held.find((name) => name === claims.sub)
  if (!service) return undefined
  if (claims.cause === undefined) return Object.freeze({ kind: 'service' as const, service })
  const cause = causeOf(claims.cause)
  return cause && Object.freeze({ kind: 'service' as const, service, cause })
}

const books = ['project', 'loan', 'funding', 'payment'] as const

function causeOf(value: unknown): Cause | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { group, organization, book, key, seq } = value as Record<string, unknown>
  const known = books.find((name) => name === book)
  if ((group !== 'financing' && group !== 'payment') || !known) return undefined
  if (!isText(organization) || !isText(key) || typeof seq !== 'number' || !Number.isInteger(seq) || seq < 0) return undefined
  return Object.freeze({ group, organization, book: known, key, seq })
}
