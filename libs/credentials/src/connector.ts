import { validateClaims, type Claims } from './claims.ts'
import { isSeconds, seconds, sha256 } from './encoding.ts'
import { CredentialError, refuse } from './errors.ts'
import { isSignedBy, parseJws, signJws, type ParsedJws, type Signer } from './jws.ts'
import { importPublicJwk, parsePublicJwk, type PublicJwk } from './jwk.ts'
import { isCredentialType, type CredentialType } from './schemas.ts'

const TYP = 'growr-connector+jwt'
const MAX_STATEMENT = 16 * 1024
/** An answer is for the question just asked: one that lives longer than this is refused. */
export const MAX_CONNECTOR_SECONDS = 600

export interface ConnectorStatementRequest {
  /** Name of the originator's system, as registered with its key. */
  readonly issuer: string
  /** DID of the borrower whom it is about. */
  readonly subject: string
  /** DID of the node's issuer that asked. */
  readonly audience: string
  /** The nonce of the question. */
  readonly nonce: string
  readonly type: CredentialType
  readonly claims: Claims
  readonly now: Date
  /** Default: 300 seconds; at most 600. */
  readonly lifetimeSeconds?: number
}

/** What the originator's system signs with; `kid` may help it to tell its own keys apart and is not looked at. */
export type ConnectorSigner = Pick<Signer, 'algorithm' | 'sign'> & { readonly kid?: string }

/** What an originator's own system answers: a compact JWS over a borrower's data. Throws CONNECTOR_CLAIMS, CONNECTOR_LIFETIME. */
export async function signConnectorStatement(request: ConnectorStatementRequest, signer: ConnectorSigner): Promise<string> {
  const { issuer, subject, audience, nonce, type, now, lifetimeSeconds = 300 } = request
  if (!(lifetimeSeconds > 0 && lifetimeSeconds <= MAX_CONNECTOR_SECONDS)) refuse('CONNECTOR_LIFETIME', 'too long or none')
  const claims = requireClaims(type, request.claims)
  const iat = seconds(now)
  return signJws(signer, TYP, { iss: issuer, sub: subject, aud: audience, iat, exp: iat + lifetimeSeconds, nonce, type, claims })
}

export interface VerifyConnectorOptions {
  /** The system's registered key; several while it changes its key. */
  readonly jwk: PublicJwk | readonly PublicJwk[]
  readonly issuer: string
  readonly subject: string
  readonly audience: string
  readonly nonce: string
  readonly type: CredentialType
  readonly now: Date
  /** By how much the other system's clock may differ. Default: 30. */
  readonly toleranceSeconds?: number
}

export interface ConnectorStatement {
  readonly type: CredentialType
  readonly claims: Claims
  readonly issuedAt: Date
  /** SHA-256 of the statement, base64url: stands in the credential as its evidence. */
  readonly digest: string
}

/**
 * Verifies a statement against the registered key. Throws CONNECTOR_MALFORMED, CONNECTOR_SIGNATURE (another key or
 * algorithm, unsigned), CONNECTOR_EXPIRED, CONNECTOR_LIFETIME (not yet valid, or for too long), CONNECTOR_WRONG_ISSUER,
 * _SUBJECT, _AUDIENCE, _NONCE, _TYPE, CONNECTOR_CLAIMS (with path).
 */
export function verifyConnectorStatement(token: unknown, options: VerifyConnectorOptions): ConnectorStatement {
  const jws = parse(token)
  const keys = [options.jwk].flat().map((jwk) => importPublicJwk(parsePublicJwk(jwk)))
  if (!keys.some((key) => isSignedBy(jws, key))) refuse('CONNECTOR_SIGNATURE', 'not signed by the registered key')
  if (jws.header['typ'] !== TYP) refuse('CONNECTOR_MALFORMED', 'another type of token')
  const { iss, sub, aud, iat, exp, nonce, type, claims } = jws.payload
  if (!isSeconds(iat) || !isSeconds(exp)) refuse('CONNECTOR_MALFORMED', 'iat and exp are instants')
  const at = seconds(options.now)
  const { toleranceSeconds: tolerance = 30 } = options
  if (at >= exp + tolerance) refuse('CONNECTOR_EXPIRED', 'no longer valid')
  if (at < iat - tolerance || exp - iat > MAX_CONNECTOR_SECONDS) refuse('CONNECTOR_LIFETIME', 'not yet valid, or for too long')
  if (iss !== options.issuer) refuse('CONNECTOR_WRONG_ISSUER', 'of another system')
  if (sub !== options.subject) refuse('CONNECTOR_WRONG_SUBJECT', 'about somebody else')
  if (aud !== options.audience) refuse('CONNECTOR_WRONG_AUDIENCE', 'for another node')
  if (options.nonce === '' || nonce !== options.nonce) refuse('CONNECTOR_WRONG_NONCE', 'to another question')
  if (!isCredentialType(type) || type !== options.type) refuse('CONNECTOR_WRONG_TYPE', 'data of another type')
  return { type, claims: requireClaims(type, claims), issuedAt: new Date(iat * 1000), digest: sha256(token as string) }
}

function parse(token: unknown): ParsedJws {
  try {
    return parseJws(token, MAX_STATEMENT)
  } catch (cause) {
    const refused = cause instanceof CredentialError && cause.code === 'ALGORITHM_REFUSED'
    throw new CredentialError(refused ? 'CONNECTOR_SIGNATURE' : 'CONNECTOR_MALFORMED', 'not a signed statement', undefined, { cause })
  }
}

function requireClaims(type: CredentialType, claims: unknown): Claims {
  try {
    return validateClaims(type, claims)
  } catch (cause) {
    if (!(cause instanceof CredentialError)) throw cause
    throw new CredentialError('CONNECTOR_CLAIMS', cause.message, cause.path, { cause })
  }
}
