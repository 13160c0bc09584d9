// Streams and strings of BOLT 12 of our own making, for tests alone.
import { schnorr } from '@noble/curves/secp256k1.js'
import { signedHash } from './bolt12-signature.ts'
import { readTlvStream } from './bolt12-tlv.ts'
import { tlv } from './bolt12-write.ts'

export { bigSize, encodeBolt12, tlv } from './bolt12-write.ts'

/** The record 240 of a message with these records, signed (BIP 340, without randomness) by the key. */
export function signatureRecord(key: Uint8Array, message: string, ...records: readonly Uint8Array[]): Uint8Array {
  const stream = readTlvStream(Uint8Array.from(records.flatMap((record) => [...record])))
  return tlv(240, schnorr.sign(signedHash(message, 'signature', stream), key, new Uint8Array(32)))
}
