import type { DidResolver } from './did/resolver.ts'
import { isObject, isSeconds, seconds, sha256, type JsonObject } from './encoding.ts'
import { codeOf, CredentialError, refuse } from './errors.ts'
import { isSignedBy, parseJws, signJws, type ParsedJws, type Signer } from './jws.ts'

const MAX_DOCUMENT = 256 * 1024
const TYPE = /^[a-z][a-z0-9-]{0,62}$/

export interface SignDocumentOptions {
  readonly now: Date
  /** After this instant the document no longer verifies. Receipts and contracts have none. */
  readonly validUntil?: Date
}

export interface VerifyDocumentOptions {
  readonly resolver: DidResolver
  readonly now: Date
  /** Who may have signed it. A document of anybody else is refused, and nobody else's DID is looked up in the network. */
  readonly signedBy: string | readonly string[]
  /** By how much another node's clock may differ. Default: 0. */
  readonly toleranceSeconds?: number
}

export interface VerifiedDocument {
  readonly type: string
  readonly issuer: string
  readonly kid: string | undefined
  readonly issuedAt: Date
  readonly payload: JsonObject
  /** SHA-256 of the signed text, base64url: what a book keeps of it. */
  readonly digest: string
}

/**
 * Signs a document of a type (`receipt`, `contract`, `verification` …). The type is in the header (`typ`), so that a
 * signature over one kind can never be shown as another. Throws DOCUMENT_MALFORMED, SIGNER_INVALID.
 */
export async function signDocument(type: string, payload: JsonObject, signer: Signer, options: SignDocumentOptions): Promise<string> {
  if (!TYPE.test(type)) refuse('DOCUMENT_MALFORMED', 'a type is lower case letters, digits and dashes', 'type')
  const { now, validUntil } = options
  const times = { iat: seconds(now), ...(validUntil === undefined ? {} : { exp: seconds(validUntil) }) }
  const token = await signJws(signer, typOf(type), { iss: signer.did, ...times, document: payload })
  if (token.length > MAX_DOCUMENT) refuse('DOCUMENT_MALFORMED', 'the document is too large')
  return token
}

/**
 * Verifies a document of the type. Throws DOCUMENT_MALFORMED, DOCUMENT_WRONG_TYPE, DOCUMENT_WRONG_SIGNER,
 * DOCUMENT_TAMPERED, DOCUMENT_EXPIRED, DOCUMENT_NOT_YET_VALID, ALGORITHM_REFUSED, and DID_UNRESOLVED where the signer's
 * document cannot be fetched now.
 */
export async function verifyDocument(type: string, token: unknown, options: VerifyDocumentOptions): Promise<VerifiedDocument> {
  const jws = parse(token)
  if (jws.header['typ'] !== typOf(type)) refuse('DOCUMENT_WRONG_TYPE', 'a document of another type')
  const { iss, iat, exp, document } = jws.payload
  const { kid } = jws.header
  if (typeof iss !== 'string' || !isSeconds(iat) || !isObject(document)) refuse('DOCUMENT_MALFORMED', 'iss, iat, document')
  if ((exp !== undefined && !isSeconds(exp)) || (kid !== undefined && typeof kid !== 'string')) refuse('DOCUMENT_MALFORMED', 'exp, kid')
  if (![options.signedBy].flat().includes(iss)) refuse('DOCUMENT_WRONG_SIGNER', 'signed by somebody else')
  await requireSignature(jws, iss, kid, options.resolver)
  const at = seconds(options.now)
  const { toleranceSeconds: tolerance = 0 } = options
  if (at < iat - tolerance) refuse('DOCUMENT_NOT_YET_VALID', 'signed in the future')
  if (exp !== undefined && at >= exp + tolerance) refuse('DOCUMENT_EXPIRED', 'no longer valid')
  return { type, issuer: iss, kid, issuedAt: new Date(iat * 1000), payload: document, digest: sha256(token as string) }
}

function typOf(type: string): string {
  return `growr-${type}+jwt`
}

function parse(token: unknown): ParsedJws {
  try {
    return parseJws(token, MAX_DOCUMENT)
  } catch (cause) {
    if (cause instanceof CredentialError && cause.code === 'ALGORITHM_REFUSED') throw cause
    throw new CredentialError('DOCUMENT_MALFORMED', 'not a signed document', undefined, { cause })
  }
}

async function requireSignature(jws: ParsedJws, did: string, kid: string | undefined, resolver: DidResolver): Promise<void> {
  let signed: boolean
  try {
    const keys = await resolver.keys(did, kid, jws.algorithm, 'assertionMethod', { remote: true })
    signed = keys.some((key) => isSignedBy(jws, key))
  } catch (cause) {
    if (codeOf(cause, 'DID_UNRESOLVED') !== 'DID_KEY_NOT_FOUND') throw cause
    throw new CredentialError('DOCUMENT_TAMPERED', 'the signer has no such key', undefined, { cause })
  }
  if (!signed) refuse('DOCUMENT_TAMPERED', 'the signature does not fit')
}
