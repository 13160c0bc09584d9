// Invoices of our own making, for tests alone: right ones, and such as only an enemy would make.
import { createHash } from 'node:crypto'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { bech32 } from '@scure/base'
import type { RouteHop } from './bolt11-fields.ts'
import { filled } from './bolt11-fields.ts'

const CHARACTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

/** A tagged field: its letter and its words of 5 bits. */
export type InvoiceField = readonly [letter: string, words: readonly number[]]

export interface InvoiceDraft {
  readonly key: Uint8Array
  /** `ln` and the coin; `lnbc` unless said. */
  readonly prefix?: string
  /** As it is to stand in the invoice, with its unit. */
  readonly amount?: string
  /** Seconds. */
  readonly timestamp: number
  readonly fields: readonly InvoiceField[]
  /** Words between the last field and the signature that belong to none. */
  readonly stray?: readonly number[]
  /** 64 bytes and the number for recovery: to spoil it. */
  readonly signature?: (signature: Uint8Array) => Uint8Array
}

const words = (bytes: Uint8Array): readonly number[] => bech32.toWords(bytes)
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))

function number(value: bigint | number): readonly number[] {
  const digits: number[] = []
  for (let left = BigInt(value); left > 0n; left >>= 5n) digits.unshift(Number(left & 31n))
  return digits
}

/** The fields of BOLT 11. */
export const field = {
  paymentHash: (hash: string): InvoiceField => ['p', words(hex(hash))],
  secret: (secret: string): InvoiceField => ['s', words(hex(secret))],
  description: (text: string): InvoiceField => ['d', words(new TextEncoder().encode(text))],
  descriptionHash: (hash: string): InvoiceField => ['h', words(hex(hash))],
  metadata: (data: string): InvoiceField => ['m', words(hex(data))],
  payee: (key: string): InvoiceField => ['n', words(hex(key))],
  expiry: (seconds: bigint | number): InvoiceField => ['x', number(seconds)],
  cltv: (blocks: bigint | number): InvoiceField => ['c', number(blocks)],
  fallback: (version: number, hash: string): InvoiceField => ['f', [version, ...words(hex(hash))]],
  features: (...bits: readonly number[]): InvoiceField => ['9', number(bits.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n))],
  route: (...hops: readonly RouteHop[]): InvoiceField => ['r', words(Uint8Array.from(hops.flatMap((hop) => [...hopBytes(hop)])))],
  /** Any letter, so many zeros. */
  zeros: (letter: string, length: number): InvoiceField => [letter, Array.from({ length }, () => 0)],
} as const

function hopBytes({ nodeId, shortChannelId, feeBaseMsat, feeMillionths, cltvDelta }: RouteHop): Uint8Array {
  const [block = 0, transaction = 0, output = 0] = shortChannelId.split('x').map(Number)
  const rest = Buffer.alloc(18)
  rest.writeBigUInt64BE((BigInt(block) << 40n) | (BigInt(transaction) << 16n) | BigInt(output))
  rest.writeUInt32BE(feeBaseMsat, 8)
  rest.writeUInt32BE(feeMillionths, 12)
  rest.writeUInt16BE(cltvDelta, 16)
  return Uint8Array.of(...hex(nodeId), ...rest)
}

/** An invoice, signed (RFC 6979, low S) by the key. */
export function encodeInvoice({ key, prefix = 'lnbc', amount = '', timestamp, fields, stray = [], signature = (made) => made }: InvoiceDraft): string {
  const time = number(timestamp)
  const tagged = fields.flatMap(([letter, data]) => [CHARACTERS.indexOf(letter), data.length >> 5, data.length & 31, ...data])
  const signed = [...Array.from({ length: 7 - time.length }, () => 0), ...time, ...tagged, ...stray]
  const hash = createHash('sha256').update(prefix + amount).update(filled(signed)).digest()
  const [recovery = 0, ...compact] = secp256k1.sign(hash, key, { prehash: false, format: 'recovered' })
  return bech32.encode(prefix + amount, [...signed, ...words(signature(Uint8Array.of(...compact, recovery)))], false)
}
