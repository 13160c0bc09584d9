import { randomFillSync } from 'node:crypto'
import sodium from 'sodium-native'
import { BookError } from './errors.ts'

const NONCE = 24
const TAG = 16
const POOL = Buffer.alloc(NONCE * 1024)
let used = POOL.length

function fillNonce(target: Buffer): void {
  if (used === POOL.length) {
    randomFillSync(POOL)
    used = 0
  }
  POOL.copy(target, 0, used, used + NONCE)
  used += NONCE
}

/** What a box belongs to: bound to it as associated data, so that it opens nowhere else. */
export interface BoxPlace {
  readonly part: 'shared' | 'subject'
  readonly book: string
  readonly key: string
  readonly type: string
  readonly of: string
  readonly n: number
  readonly kid: string | null
}

// None of the fields can hold a line feed: drafts are checked for it.
const associated = (place: BoxPlace): Buffer =>
  Buffer.from(`growr-box/1\n${place.part}\n${place.book}\n${place.key}\n${place.type}\n${place.of}\n${place.n}\n${place.kid ?? ''}`)

// Sealing is synchronous, so one buffer serves all of it: nonce, then the message, which is sealed in place.
let scratch = Buffer.alloc(64 * 1024)

function scratchFor(text: string): Buffer {
  const most = NONCE + text.length * 3 + TAG
  if (most > scratch.length) scratch = Buffer.alloc(most)
  return scratch
}

/** Seals text under a key: base64 of nonce and XChaCha20-Poly1305 box, bound to its place. */
export function seal(text: string, key: Uint8Array, place: BoxPlace): string {
  const buffer = scratchFor(text)
  const nonce = buffer.subarray(0, NONCE)
  fillNonce(nonce)
  const end = NONCE + buffer.write(text, NONCE)
  sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(buffer.subarray(NONCE, end + TAG), buffer.subarray(NONCE, end), associated(place), null, nonce, key)
  const box = buffer.toString('base64', 0, end + TAG)
  buffer.fill(0, 0, end + TAG)
  return box
}

/** Opens what `seal` made. Throws BOX_INVALID under another key, in another place, or with a byte changed. */
export function open(box: string | Uint8Array, key: Uint8Array, place: BoxPlace): string {
  const sealed = typeof box === 'string' ? Buffer.from(box, 'base64') : box
  if (sealed.length < NONCE + TAG) throw new BookError('BOX_INVALID', `the ${place.part} box is too short`)
  const message = Buffer.allocUnsafe(sealed.length - NONCE - TAG)
  try {
    sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
      message, null, sealed.subarray(NONCE), associated(place), sealed.subarray(0, NONCE), key,
    )
  } catch (cause) {
    throw new BookError('BOX_INVALID', `the ${place.part} box of ${place.key} does not open`, { cause })
  }
  return message.toString()
}

const digest = Buffer.alloc(32)

/** HMAC-SHA512-256 (libsodium's crypto_auth) cut to 128 bits, base64url: 22 characters. */
export function mac(key: Uint8Array, text: string): string {
  sodium.crypto_auth(digest, Buffer.from(text), key)
  return digest.toString('base64url', 0, 16)
}
