import { ECDH } from 'node:crypto'
import { fromBase58, toBase58 } from '../encoding.ts'
import { CredentialError, refuse } from '../errors.ts'
import { parsePublicJwk, type PublicJwk } from '../jwk.ts'
import { singleKeyDocument } from './did-jwk.ts'
import { parseDid, type DidDocument } from './document.ts'

// Multicodec prefixes (unsigned varints): p256-pub 0x1200, ed25519-pub 0xed.
const P256 = Buffer.from([0x80, 0x24])
const ED25519 = Buffer.from([0xed, 0x01])

/** The did:key of a public key (multibase base58btc of multicodec and key; a P-256 point is compressed). */
export function didKey(jwk: PublicJwk): string {
  const x = Buffer.from(jwk.x, 'base64url')
  if (jwk.kty === 'OKP') return `did:key:z${toBase58(Buffer.concat([ED25519, x]))}`
  const odd = (Buffer.from(jwk.y, 'base64url')[31] as number) & 1
  return `did:key:z${toBase58(Buffer.concat([P256, Buffer.from([2 + odd]), x]))}`
}

/** The key in a did:key. Throws DID_MALFORMED, DID_KEY_UNSUPPORTED (any key but P-256 and Ed25519). */
export function keyOfDidKey(did: string): PublicJwk {
  const { method, id } = parseDid(did)
  if (method !== 'key') refuse('DID_MALFORMED', 'not a did:key')
  const bytes = id.startsWith('z') ? fromBase58(id.slice(1)) : null
  if (bytes === null || bytes.length < 3) refuse('DID_MALFORMED', 'the did:key is not base58btc')
  const codec = bytes.subarray(0, 2)
  const key = bytes.subarray(2)
  if (codec.equals(ED25519) && key.length === 32) return parsePublicJwk({ kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') })
  if (!codec.equals(P256) || key.length !== 33) refuse('DID_KEY_UNSUPPORTED', 'the did:key is neither P-256 nor Ed25519')
  const point = uncompress(key)
  return parsePublicJwk({
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  })
}

function uncompress(key: Buffer): Buffer {
  try {
    return ECDH.convertKey(key, 'prime256v1', undefined, undefined, 'uncompressed') as Buffer
  } catch (cause) {
    throw new CredentialError('DID_KEY_UNSUPPORTED', 'the key is not a point of its curve', undefined, { cause })
  }
}

/** The kid of the one key of a did:key. */
export function didKeyKid(did: string): string {
  return `${did}#${did.slice('did:key:'.length)}`
}

export function didKeyDocument(did: string): DidDocument {
  return singleKeyDocument(did, didKeyKid(did), keyOfDidKey(did))
}
