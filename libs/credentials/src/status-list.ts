import { randomInt } from 'node:crypto'
import { gunzip, gzip } from 'node:zlib'
import { promisify } from 'node:util'
import { VC_CONTEXT, kidOf, type StatusEntry } from './credential.ts'
import { fromBase64url, isObject, isSeconds, seconds } from './encoding.ts'
import { CredentialError, refuse } from './errors.ts'
import { parseJws, signJws, type ParsedJws, type Signer } from './jws.ts'

const compress = promisify(gzip)
const decompress = promisify(gunzip)

/** The least length of a list: 16 KiB, so that one index hides among many (W3C Bitstring Status List 1.0, 6.1). */
export const MIN_STATUS_BITS = 131_072
/** The greatest length read here: one MiB once unpacked. */
export const MAX_STATUS_BITS = 8 * 1024 * 1024
/** A list's credential is at most this long. */
export const MAX_STATUS_LIST_CHARACTERS = 2 * 1024 * 1024

const STATUS_CONTEXT = 'https://www.w3.org/ns/credentials/status/v1'

/** A list of bits, the most significant of each byte first; 1 is revoked (or suspended). */
export class StatusList {
  readonly #bytes: Buffer

  /** An empty list, or one over the given bytes (copied). Throws STATUS_LIST_MALFORMED, STATUS_LIST_TOO_LARGE. */
  constructor(from: number | Uint8Array = MIN_STATUS_BITS) {
    const bits = typeof from === 'number' ? from : from.length * 8
    if (!Number.isSafeInteger(bits) || bits % 8 !== 0 || bits < MIN_STATUS_BITS) {
      refuse('STATUS_LIST_MALFORMED', `a list has at least ${MIN_STATUS_BITS} bits, in whole bytes`)
    }
    if (bits > MAX_STATUS_BITS) refuse('STATUS_LIST_TOO_LARGE', `more than ${MAX_STATUS_BITS} bits`)
    this.#bytes = typeof from === 'number' ? Buffer.alloc(bits / 8) : Buffer.from(from)
  }

  get length(): number {
    return this.#bytes.length * 8
  }

  /** Whether the bit is set. Throws STATUS_INDEX_OUT_OF_RANGE. */
  get(index: number): boolean {
    this.#requireIndex(index)
    return ((this.#byte(index) >> (7 - (index & 7))) & 1) === 1
  }

  /** Sets or clears the bit. Throws STATUS_INDEX_OUT_OF_RANGE. */
  set(index: number, value: boolean): void {
    this.#requireIndex(index)
    const mask = 0x80 >> (index & 7)
    this.#bytes[index >> 3] = value ? this.#byte(index) | mask : this.#byte(index) & ~mask
  }

  /** The raw bytes, copied: what is stored. */
  toBytes(): Buffer {
    return Buffer.from(this.#bytes)
  }

  /** `encodedList`: multibase base64url (`u`) of the gzipped bits. */
  async encode(): Promise<string> {
    return `u${(await compress(this.#bytes)).toString('base64url')}`
  }

  /** Reads an `encodedList`. Unpacking stops at MAX_STATUS_BITS. Throws STATUS_LIST_MALFORMED, STATUS_LIST_TOO_LARGE. */
  static async decode(encoded: unknown): Promise<StatusList> {
    const packed = typeof encoded === 'string' && encoded.startsWith('u') ? fromBase64url(encoded.slice(1)) : null
    if (packed === null) refuse('STATUS_LIST_MALFORMED', 'not multibase base64url')
    try {
      return new StatusList(await decompress(packed, { maxOutputLength: MAX_STATUS_BITS / 8 }))
    } catch (cause) {
      if (cause instanceof CredentialError) throw cause
      const bomb = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      if (bomb) throw new CredentialError('STATUS_LIST_TOO_LARGE', `more than ${MAX_STATUS_BITS} bits`, undefined, { cause })
      throw new CredentialError('STATUS_LIST_MALFORMED', 'not gzip', undefined, { cause })
    }
  }

  #byte(index: number): number {
    return this.#bytes[index >> 3] as number
  }

  #requireIndex(index: number): void {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.length) refuse('STATUS_INDEX_OUT_OF_RANGE', 'no such index in the list')
  }
}

/**
 * A free index at random, so that neighbours in the list say nothing about who was given a credential when.
 * `isTaken` tells which were given out. Throws STATUS_LIST_FULL once 64 tries in a row met taken ones: begin a new list
 * well before, at three quarters say.
 */
export function allocateStatusIndex(
  isTaken: (index: number) => boolean,
  length: number = MIN_STATUS_BITS,
  random: (below: number) => number = (below) => randomInt(below),
): number {
  for (let attempt = 0; attempt < 64; attempt += 1) {
    const index = random(length)
    if (!isTaken(index)) return index
  }
  return refuse('STATUS_LIST_FULL', 'no free index was found')
}

export interface StatusListRequest {
  /** Address at which the list is served. */
  readonly url: string
  readonly purpose: StatusEntry['purpose']
  readonly list: StatusList
  readonly now: Date
  /** Seconds for which the signed list may be used at all. Default: one day. */
  readonly lifetimeSeconds?: number
  /** Seconds after which a reader asks anew, which bounds how long a revocation stays unseen. Default: 5 minutes. */
  readonly ttlSeconds?: number
}

/** Signs a status list as JWT VC, to be served at its address. */
export async function signStatusList(request: StatusListRequest, signer: Signer): Promise<string> {
  const { url, purpose, list, now, lifetimeSeconds = 86_400, ttlSeconds = 300 } = request
  const issuedAt = seconds(now)
  return signJws(signer, 'JWT', {
    iss: signer.did,
    sub: `${url}#list`,
    jti: url,
    nbf: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    vc: {
      '@context': [VC_CONTEXT, STATUS_CONTEXT],
      type: ['VerifiableCredential', 'BitstringStatusListCredential'],
      credentialSubject: {
        id: `${url}#list`,
        type: 'BitstringStatusList',
        statusPurpose: purpose,
        // Milliseconds, as in the Bitstring Status List's own ttl.
        ttl: ttlSeconds * 1000,
        encodedList: await list.encode(),
      },
    },
  })
}

export interface ParsedStatusList {
  readonly jws: ParsedJws
  readonly issuer: string
  readonly kid: string | undefined
  readonly url: string
  readonly purpose: string
  readonly validFrom: number
  readonly validUntil: number | undefined
  readonly ttlMs: number | undefined
  readonly encodedList: unknown
}

/** Takes a status list credential apart, bits still packed. Throws STATUS_LIST_MALFORMED, STATUS_LIST_TOO_LARGE. */
export function parseStatusList(token: unknown): ParsedStatusList {
  const jws = parse(token)
  const { iss, nbf, exp, jti, vc } = jws.payload
  const subject = isObject(vc) ? vc['credentialSubject'] : undefined
  const types = isObject(vc) ? vc['type'] : undefined
  if (!isObject(subject) || subject['type'] !== 'BitstringStatusList') refuse('STATUS_LIST_MALFORMED', 'no Bitstring status list')
  if (!Array.isArray(types) || !types.includes('BitstringStatusListCredential')) {
    refuse('STATUS_LIST_MALFORMED', 'not a status list credential')
  }
  const ttl = subject['ttl']
  const purpose = subject['statusPurpose']
  if (typeof iss !== 'string' || typeof jti !== 'string' || typeof purpose !== 'string') {
    refuse('STATUS_LIST_MALFORMED', 'iss, jti, purpose')
  }
  if (!isSeconds(nbf) || (exp !== undefined && !isSeconds(exp))) refuse('STATUS_LIST_MALFORMED', 'nbf, exp')
  if (ttl !== undefined && (!Number.isSafeInteger(ttl) || (ttl as number) < 0)) refuse('STATUS_LIST_MALFORMED', 'ttl')
  return {
    jws,
    issuer: iss,
    kid: kidOf(jws.header['kid'], 'STATUS_LIST_MALFORMED'),
    url: jti,
    purpose,
    validFrom: nbf,
    validUntil: exp,
    ttlMs: ttl as number | undefined,
    encodedList: subject['encodedList'],
  }
}

function parse(token: unknown): ParsedJws {
  try {
    return parseJws(token, MAX_STATUS_LIST_CHARACTERS)
  } catch (cause) {
    const large = cause instanceof CredentialError && cause.code === 'JWS_TOO_LARGE'
    throw new CredentialError(large ? 'STATUS_LIST_TOO_LARGE' : 'STATUS_LIST_MALFORMED', 'not a signed status list', undefined, { cause })
  }
}
