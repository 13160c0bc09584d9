import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { wipe } from './aead.ts'
import { KeysError } from './errors.ts'
import type { Algorithm, PublicJwk } from './types.ts'

const CURVES = { ES256: 'P-256', ES256K: 'secp256k1', EdDSA: 'Ed25519' } as const
// PKCS8 of an Ed25519 key is this prefix and the 32 bytes of the seed (RFC 8410).
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

export interface GeneratedKey {
  /** PKCS8 in DER; the caller seals and wipes it. */
  secret: Buffer
  publicJwk: PublicJwk
}

/** A new key pair of this algorithm. */
export function generateSigningKey(algorithm: Algorithm): GeneratedKey {
  const { privateKey } = algorithm === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: CURVES[algorithm] })
  return { secret: privateKey.export({ type: 'pkcs8', format: 'der' }), publicJwk: publicJwkOf(privateKey, algorithm) }
}

/** The key object of a PKCS8; node:crypto keeps it outside the JavaScript heap. Wipes the bytes it was given. */
export function loadSigningKey(secret: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' })
  } finally {
    wipe(secret)
  }
}

/** The PKCS8 of an Ed25519 seed of 32 bytes. */
export function ed25519Pkcs8(seed: Uint8Array): Buffer {
  return Buffer.concat([ED25519_PKCS8, seed])
}

/** The seed of 32 bytes in the PKCS8 of an Ed25519 key. */
export function ed25519Seed(pkcs8: Buffer): Buffer {
  return pkcs8.subarray(ED25519_PKCS8.byteLength)
}

/** A signature as JOSE wants it (RFC 7518 §3.4, RFC 8037, RFC 8812). */
export function signWith(key: KeyObject, algorithm: Algorithm, bytes: Uint8Array): Buffer {
  if (algorithm === 'EdDSA') return sign(null, bytes, key)
  const signature = sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' })
  return algorithm === 'ES256K' ? withLowS(signature) : signature
}

/** Refuses what is no known algorithm: INVALID_KEY_REQUEST. */
export function requireAlgorithm(algorithm: string): void {
  if (!Object.hasOwn(CURVES, algorithm)) throw new KeysError('INVALID_KEY_REQUEST', `no such algorithm: take ${Object.keys(CURVES).join(', ')}`)
}

/** The public JWK of a private or public key, its kid being the thumbprint of RFC 7638. */
export function publicJwkOf(key: KeyObject, algorithm: Algorithm): PublicJwk {
  const { kty, crv, x, y } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' }) as Record<string, string>
  // RFC 7638: the required members in the order of their names, without white space.
  const required = y === undefined ? { crv, kty, x } : { crv, kty, x, y }
  const kid = createHash('sha256').update(JSON.stringify(required)).digest('base64url')
  return { ...required, kid, alg: algorithm, use: 'sig' } as PublicJwk
}

// (r, s) and (r, order - s) are both valid, and many verifiers of secp256k1 accept the lower s only.
function withLowS(signature: Buffer): Buffer {
  const s = BigInt(`0x${signature.subarray(32).toString('hex')}`)
  if (s <= SECP256K1_ORDER / 2n) return signature
  const lower = (SECP256K1_ORDER - s).toString(16).padStart(64, '0')
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(lower, 'hex')])
}
