import { isObject, type JsonObject } from '../encoding.ts'
import { refuse } from '../errors.ts'
import { parsePublicJwk, type PublicJwk } from '../jwk.ts'

/** What a key of a DID document may sign: statements (credentials, documents), or a proof that its holder is there. */
export type Purpose = 'assertionMethod' | 'authentication'

export interface VerificationMethod {
  readonly id: string
  readonly type: 'JsonWebKey2020'
  readonly controller: string
  readonly publicKeyJwk: PublicJwk
}

/** The part of a DID document that this library uses. */
export interface DidDocument {
  readonly '@context': readonly string[]
  readonly id: string
  readonly verificationMethod: readonly VerificationMethod[]
  readonly assertionMethod: readonly string[]
  readonly authentication: readonly string[]
}

export const DID_CONTEXT = ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/suites/jws-2020/v1'] as const

const MAX_DID = 2048
const MAX_METHODS = 32
const DID = /^did:([a-z0-9]+):([A-Za-z0-9._:%-]*[A-Za-z0-9._-])$/

/** Method and identifier of a DID (without path, query or fragment). Throws DID_MALFORMED, DID_TOO_LARGE. */
export function parseDid(did: unknown): { method: string; id: string } {
  if (typeof did !== 'string') refuse('DID_MALFORMED', 'not a text')
  if (did.length > MAX_DID) refuse('DID_TOO_LARGE', `longer than ${MAX_DID} characters`)
  const match = DID.exec(did)
  if (match === null) refuse('DID_MALFORMED', 'not a DID')
  return { method: match[1] as string, id: match[2] as string }
}

/**
 * Reads a DID document that came from elsewhere: it must be about that DID; keys that are not P-256 or Ed25519 are left
 * out, a key with its private part is refused (DID_PRIVATE_KEY), as is a document of another form (DID_DOCUMENT_INVALID).
 */
export function parseDidDocument(value: unknown, did: string): DidDocument {
  if (!isObject(value)) refuse('DID_DOCUMENT_INVALID', 'the DID document is not a JSON object')
  if (value['id'] !== did) refuse('DID_DOCUMENT_INVALID', 'the document is about another DID', 'id')
  const methods = value['verificationMethod'] ?? []
  if (!Array.isArray(methods) || methods.length > MAX_METHODS) refuse('DID_DOCUMENT_INVALID', 'not a list of methods', 'verificationMethod')
  const embedded = [...listOf(value, 'assertionMethod'), ...listOf(value, 'authentication')].filter(isObject)
  const verificationMethod = [...methods, ...embedded].flatMap((method) => readMethod(method, did))
  return {
    '@context': DID_CONTEXT,
    id: did,
    verificationMethod,
    assertionMethod: references(value, 'assertionMethod', did),
    authentication: references(value, 'authentication', did),
  }
}

function readMethod(method: unknown, did: string): VerificationMethod[] {
  if (!isObject(method) || typeof method['id'] !== 'string') refuse('DID_DOCUMENT_INVALID', 'a method has no id', 'verificationMethod')
  const jwk = method['publicKeyJwk']
  if (!isObject(jwk)) return []
  const known = jwk['crv'] === 'P-256' || jwk['crv'] === 'Ed25519'
  if (!known || jwk['use'] === 'enc') return []
  return [{ id: absolute(method['id'], did), type: 'JsonWebKey2020', controller: did, publicKeyJwk: parsePublicJwk(jwk) }]
}

function listOf(document: JsonObject, purpose: Purpose): unknown[] {
  const list = document[purpose] ?? []
  if (!Array.isArray(list) || list.length > MAX_METHODS) refuse('DID_DOCUMENT_INVALID', 'not a list of references', purpose)
  return list
}

function references(document: JsonObject, purpose: Purpose, did: string): string[] {
  return listOf(document, purpose).flatMap((reference) => {
    const id: unknown = isObject(reference) ? reference['id'] : reference
    return typeof id === 'string' ? [absolute(id, did)] : []
  })
}

function absolute(id: string, did: string): string {
  return id.startsWith('#') ? did + id : id
}
