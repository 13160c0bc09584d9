// BOLT 12, «Signature Calculation»: what is signed is the root of a tree over the records, so that some can be shown without the others.
import { createHash } from 'node:crypto'
import { schnorr } from '@noble/curves/secp256k1.js'
import type { TlvRecord } from './bolt12-tlv.ts'

const isSignature = ({ type }: TlvRecord): boolean => type >= 240n && type <= 1000n

/** SHA256(SHA256(tag) || SHA256(tag) || message), as in BIP 340. */
export function taggedHash(tag: string | Uint8Array, ...message: readonly Uint8Array[]): Uint8Array {
  const of = createHash('sha256').update(tag).digest()
  const hash = createHash('sha256').update(of).update(of)
  for (const part of message) hash.update(part)
  return hash.digest()
}

/** The root over all records but the signatures; RangeError where there is none. */
export function merkleRoot(stream: readonly TlvRecord[]): Uint8Array {
  const records = stream.filter((record) => !isSignature(record))
  const [first] = records
  if (first === undefined) throw new RangeError('there is nothing to sign')
  const nonce = Buffer.concat([Buffer.from('LnNonce'), first.bytes])
  let level = records.map(({ bytes, typeBytes }) => branch(taggedHash('LnLeaf', bytes), taggedHash(nonce, typeBytes)))
  while (level.length > 1) {
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, at) => {
      const [left, right] = [level[at * 2], level[at * 2 + 1]]
      return right === undefined ? left! : branch(left!, right)
    })
  }
  return level[0]!
}

/** What is signed of a message (`invoice_request`, `invoice`) in its field (`signature`). */
export const signedHash = (message: string, field: string, stream: readonly TlvRecord[]): Uint8Array => taggedHash(`lightning${message}${field}`, merkleRoot(stream))

/** Whether this key (33 bytes; its sign does not matter, BIP 340) signed the message: the signature is its record 240. */
export function isSignedBy(publicKey: Uint8Array, message: string, stream: readonly TlvRecord[]): boolean {
  const signature = stream.find(({ type }) => type === 240n)?.value
  if (signature?.length !== 64 || publicKey.length !== 33) return false
  try {
    return schnorr.verify(signature, signedHash(message, 'signature', stream), publicKey.subarray(1))
  } catch {
    return false
  }
}

function branch(one: Uint8Array, other: Uint8Array): Uint8Array {
  return Buffer.compare(one, other) < 0 ? taggedHash('LnBranch', one, other) : taggedHash('LnBranch', other, one)
}
