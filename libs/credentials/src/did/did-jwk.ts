import { fromBase64url, parseJsonObject, toBase64url } from '../encoding.ts'
import { refuse } from '../errors.ts'
import { algorithmOf, parsePublicJwk, type PublicJwk } from '../jwk.ts'
import { DID_CONTEXT, parseDid, type DidDocument } from './document.ts'

const MAX_JWK = 1024

/**
 * The did:jwk of a public key, with `use: 'sig'`: some resolvers give a key without it no right to sign.
 * A did:jwk *is* its key, so it cannot rotate.
 */
export function didJwk(jwk: PublicJwk): string {
  const { kty, crv, x } = jwk
  const members = { alg: algorithmOf(jwk), use: 'sig', kty, crv, x, ...(jwk.kty === 'EC' ? { y: jwk.y } : {}) }
  return `did:jwk:${toBase64url(JSON.stringify(members))}`
}

/** The key in a did:jwk. Throws DID_MALFORMED, DID_TOO_LARGE, DID_PRIVATE_KEY, DID_KEY_UNSUPPORTED. */
export function keyOfDidJwk(did: string): PublicJwk {
  const { method, id } = parseDid(did)
  if (method !== 'jwk') refuse('DID_MALFORMED', 'not a did:jwk')
  if (id.length > MAX_JWK) refuse('DID_TOO_LARGE', `longer than ${MAX_JWK} characters`)
  const bytes = fromBase64url(id)
  const value = bytes === null ? null : parseJsonObject(bytes)
  if (value === null) refuse('DID_MALFORMED', 'the did:jwk holds no JSON object')
  return parsePublicJwk(value)
}

/** The kid of the one key of a did:jwk. */
export function didJwkKid(did: string): string {
  return `${did}#0`
}

export function didJwkDocument(did: string): DidDocument {
  return singleKeyDocument(did, didJwkKid(did), keyOfDidJwk(did))
}

export function singleKeyDocument(did: string, kid: string, publicKeyJwk: PublicJwk): DidDocument {
  return {
    '@context': DID_CONTEXT,
    id: did,
    verificationMethod: [{ id: kid, type: 'JsonWebKey2020', controller: did, publicKeyJwk }],
    assertionMethod: [kid],
    authentication: [kid],
  }
}
