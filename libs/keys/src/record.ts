import { associate, decrypt, encrypt, newKey, wipe } from './aead.ts'
import type { Algorithm, PublicJwk } from './types.ts'

/** What is said of a secret in the open. All of it that tells secrets apart is associated data of its ciphertext. */
export interface RecordHead {
  kind: 'signing' | 'secret' | 'value' | 'hd'
  purpose: string
  id: string
  version: number
  createdAt: string
  retiredAt?: string
  kid?: string
  algorithm?: Algorithm
  publicJwk?: PublicJwk
}

/** A secret as it lies in the file: a data key of its own, wrapped by the key-encrypting key, and the secret under it. */
export interface SealedRecord extends RecordHead {
  /** Base64 of the wrapped data key; missing where the secret was destroyed and only the public key is kept. */
  key?: string
  /** Base64 of the secret under the data key. */
  box?: string
}

/** Seals a secret under a fresh data key. The plaintext stays with the caller, who wipes it. */
export function sealRecord(kek: Uint8Array, group: string, head: RecordHead, plaintext: Uint8Array): SealedRecord {
  const dataKey = newKey()
  try {
    return {
      ...head,
      key: encrypt(kek, dataKey, aadOf('key', group, head)).toString('base64'),
      box: encrypt(dataKey, plaintext, aadOf('box', group, head)).toString('base64'),
    }
  } finally {
    wipe(dataKey)
  }
}

/** The secret of a record; SEAL_BROKEN where it was altered or belongs to another record. The caller wipes it. */
export function openRecord(kek: Uint8Array, group: string, record: SealedRecord): Buffer {
  const dataKey = decrypt(kek, Buffer.from(record.key ?? '', 'base64'), aadOf('key', group, record))
  try {
    return decrypt(dataKey, Buffer.from(record.box ?? '', 'base64'), aadOf('box', group, record))
  } finally {
    wipe(dataKey)
  }
}

/** The same record with its data key wrapped by another key-encrypting key; the ciphertext of the secret stays. */
export function rewrapRecord(from: Uint8Array, to: Uint8Array, group: string, record: SealedRecord): SealedRecord {
  if (record.key === undefined) return record
  const aad = aadOf('key', group, record)
  const dataKey = decrypt(from, Buffer.from(record.key, 'base64'), aad)
  try {
    return { ...record, key: encrypt(to, dataKey, aad).toString('base64') }
  } finally {
    wipe(dataKey)
  }
}

function aadOf(part: 'key' | 'box', group: string, head: RecordHead): Buffer {
  return associate('growr-custody', part, group, head.kind, head.purpose, head.id, head.version)
}
