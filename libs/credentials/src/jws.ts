import { sign as nativeSign, verify as nativeVerify, type KeyObject } from 'node:crypto'
import { fromBase64url, parseJsonObject, toBase64url, type JsonObject } from './encoding.ts'
import { refuse } from './errors.ts'
import { algorithmOf, publicJwkOf, type Algorithm, type VerificationKey } from './jwk.ts'

/**
 * Who signs. Custody implements it, so that a private key never comes here.
 * ES256 signatures are the 64 bytes r‖s (IEEE P1363), not DER; EdDSA signatures are Ed25519's 64 bytes.
 */
export interface Signer {
  /** The DID in whose name is signed: the `iss` of what is made. */
  readonly did: string
  /** The DID URL of the key in the DID's document: the `kid` of what is made. */
  readonly kid: string
  readonly algorithm: Algorithm
  sign(bytes: Uint8Array): Promise<Uint8Array> | Uint8Array
}

export interface ParsedJws {
  readonly header: JsonObject
  readonly payload: JsonObject
  readonly algorithm: Algorithm
  readonly signingInput: Buffer
  readonly signature: Buffer
}

const DIGEST: Record<Algorithm, 'sha256' | null> = { ES256: 'sha256', EdDSA: null }

/** Signs a compact JWS. Throws SIGNER_INVALID where the signer gives something else than 64 bytes. */
export async function signJws(
  signer: Pick<Signer, 'algorithm' | 'sign'> & { readonly kid?: string | undefined },
  typ: string,
  payload: JsonObject,
): Promise<string> {
  const header = { alg: signer.algorithm, typ, ...(signer.kid === undefined ? {} : { kid: signer.kid }) }
  const input = `${toBase64url(JSON.stringify(header))}.${toBase64url(JSON.stringify(payload))}`
  const signature = await signer.sign(Buffer.from(input, 'latin1'))
  if (!(signature instanceof Uint8Array) || signature.length !== 64) refuse('SIGNER_INVALID', 'the signer gave no signature of 64 bytes')
  return `${input}.${toBase64url(signature)}`
}

/**
 * Takes a compact JWS apart without judging its signature. Refuses what is too long (JWS_TOO_LARGE), any algorithm but
 * ES256 and EdDSA, `none` among them, and any `crit` or `b64` extension (ALGORITHM_REFUSED), anything else that is not
 * exactly a JWS over a JSON object (JWS_MALFORMED).
 */
export function parseJws(token: unknown, maxLength: number): ParsedJws {
  if (typeof token !== 'string') refuse('JWS_MALFORMED', 'not a text')
  if (token.length > maxLength) refuse('JWS_TOO_LARGE', `longer than ${maxLength} characters`)
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  if (first < 0 || second < 0) refuse('JWS_MALFORMED', 'not three parts')
  const header = parsePart(token.slice(0, first))
  if (header === null) refuse('JWS_MALFORMED', 'the header is not a JSON object')
  const algorithm = header['alg']
  // Before the form of the rest: an unsigned token has an empty last part, and its reason is the algorithm.
  if (algorithm !== 'ES256' && algorithm !== 'EdDSA') refuse('ALGORITHM_REFUSED', 'neither ES256 nor EdDSA')
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) refuse('ALGORITHM_REFUSED', 'extensions are not understood')
  const payload = parsePart(token.slice(first + 1, second))
  if (payload === null) refuse('JWS_MALFORMED', 'the payload is not a JSON object')
  const signature = fromBase64url(token.slice(second + 1))
  if (signature === null || signature.length !== 64) refuse('JWS_MALFORMED', 'the signature is not 64 bytes')
  return { header, payload, algorithm, signingInput: Buffer.from(token.slice(0, second), 'latin1'), signature }
}

/**
 * The object in a part. Node's decoder skips what it does not know, which shows in the length; looking at every character
 * would cost more, and the signature is over the text as it came.
 */
function parsePart(part: string): JsonObject | null {
  if (part.length % 4 === 1) return null
  const bytes = Buffer.from(part, 'base64url')
  return bytes.length === Math.floor((part.length * 3) / 4) ? parseJsonObject(bytes) : null
}

/** Whether the key made the signature. A key is used with its own algorithm only, whatever the header says. */
export function isSignedBy(jws: ParsedJws, { key, algorithm }: VerificationKey): boolean {
  if (jws.algorithm !== algorithm) return false
  return nativeVerify(DIGEST[algorithm], jws.signingInput, key, algorithm === 'ES256' ? p1363ToDer(jws.signature) : jws.signature)
}

/**
 * r‖s as the DER that OpenSSL itself speaks. Asking Node to convert (`dsaEncoding`) costs 20 µs a call in Node 24, a third
 * of the verification: it tries the options object for a key first, and throws inside.
 */
export function p1363ToDer(signature: Buffer): Buffer {
  const r = derInteger(signature, 0)
  const s = derInteger(signature, 32)
  return Buffer.concat([Buffer.from([0x30, r.length + s.length]), r, s])
}

/** A positive ASN.1 INTEGER out of 32 bytes: no leading zeros but the one that keeps it positive. */
function derInteger(signature: Buffer, from: number): Buffer {
  const end = from + 32
  let start = from
  while (start < end - 1 && signature[start] === 0) start += 1
  const sign = (signature[start] as number) >= 0x80 ? [0] : []
  return Buffer.concat([Buffer.from([0x02, end - start + sign.length, ...sign]), signature.subarray(start, end)])
}

/** A signer over a native private key held in this process: for tests, tools and systems that have a custody of their own. */
export function nativeSigner(privateKey: KeyObject, did: string, kid: string): Signer {
  const algorithm = algorithmOf(publicJwkOf(privateKey))
  return {
    did,
    kid,
    algorithm,
    sign: (bytes) => nativeSign(DIGEST[algorithm], bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  }
}
