import { associate } from './aead.ts'
import type { Secret } from './types.ts'

/** Encrypts personal fields of stored records; collections take it as a port. */
export interface RecordCipher {
  encrypt(plain: Uint8Array, aad: string): Buffer
  decrypt(box: Uint8Array, aad: string): Buffer
  /** A keyed hash of a value (base64url of 32 bytes), by which a record is found without the value being stored. */
  blind(field: string, value: string): string
}

/** The cipher of a secret, for `collections`: `recordCipher(custody.secret('record'))`. */
export function recordCipher(secret: Secret): RecordCipher {
  return {
    encrypt: (plain, aad) => secret.seal(plain, aad),
    decrypt: (box, aad) => secret.open(box, aad),
    blind: (field, value) => secret.hmac(associate('blind', field, value)).toString('base64url'),
  }
}
