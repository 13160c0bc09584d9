import { randomBytes } from 'node:crypto'
import sodium from 'sodium-native'
import { KeysError } from './errors.ts'

export const KEY_BYTES = 32
const NONCE_BYTES = 24
const TAG_BYTES = 16
export const BOX_OVERHEAD = NONCE_BYTES + TAG_BYTES

/** A fresh 256-bit key in guarded memory. */
export function newKey(): Buffer {
  const key = sodium.sodium_malloc(KEY_BYTES)
  const random = randomBytes(KEY_BYTES)
  random.copy(key)
  wipe(random)
  return key
}

/** Overwrites a buffer that held a secret. */
export function wipe(buffer: Uint8Array): void {
  if (buffer.byteLength > 0) sodium.sodium_memzero(buffer)
}

/**
 * Joins parts to associated data so that no two lists of parts give the same bytes:
 * each part is preceded by its length in four bytes.
 */
export function associate(...parts: readonly (string | number | Uint8Array)[]): Buffer {
  const chunks: Buffer[] = []
  for (const part of parts) {
    const bytes = typeof part === 'object' ? Buffer.from(part.buffer, part.byteOffset, part.byteLength) : Buffer.from(String(part), 'utf8')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.byteLength)
    chunks.push(length, bytes)
  }
  return Buffer.concat(chunks)
}

/** XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): nonce (24 bytes, random) ‖ ciphertext ‖ tag (16 bytes). */
export function encrypt(key: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Buffer {
  const box = Buffer.alloc(plaintext.byteLength + BOX_OVERHEAD)
  const nonce = randomBytes(NONCE_BYTES)
  nonce.copy(box)
  sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(box.subarray(NONCE_BYTES), plaintext, aad, null, nonce, key)
  return box
}

/** Opens what `encrypt` made; SEAL_BROKEN where key, associated data or a single bit is another. */
export function decrypt(key: Uint8Array, box: Uint8Array, aad: Uint8Array): Buffer {
  if (box.byteLength < BOX_OVERHEAD) throw broken()
  const plaintext = Buffer.alloc(box.byteLength - BOX_OVERHEAD)
  try {
    sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
      plaintext, null, box.subarray(NONCE_BYTES), aad, box.subarray(0, NONCE_BYTES), key,
    )
  } catch {
    throw broken()
  }
  return plaintext
}

function broken(): KeysError {
  return new KeysError('SEAL_BROKEN', 'the sealed data cannot be opened: it was altered, or it belongs to another key or record')
}
