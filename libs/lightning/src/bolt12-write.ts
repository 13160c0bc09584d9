// BOLT 12, the other way round than bolt12-tlv.ts: records, and strings of them.
import { bech32 } from '@scure/base'

/** The shortest BigSize, or one of so many bytes (1, 3, 5, 9). */
export function bigSize(value: bigint | number, size?: 1 | 3 | 5 | 9): Uint8Array {
  const number = BigInt(value)
  const length = size ?? (number < 0xfdn ? 1 : number <= 0xffffn ? 3 : number <= 0xffff_ffffn ? 5 : 9)
  const bytes = Buffer.from(number.toString(16).padStart((length === 1 ? 1 : length - 1) * 2, '0'), 'hex')
  return length === 1 ? Uint8Array.from(bytes) : Uint8Array.of(length === 3 ? 0xfd : length === 5 ? 0xfe : 0xff, ...bytes)
}

/** A record; its value is text, bytes or, without zeros before it, a number. */
export function tlv(type: bigint | number, value: string | Uint8Array | bigint): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value) : typeof value === 'bigint' ? numberBytes(value) : value
  return Uint8Array.of(...bigSize(type), ...bigSize(bytes.length), ...bytes)
}

const numberBytes = (value: bigint): Uint8Array => value === 0n ? new Uint8Array() : Buffer.from(value.toString(16).padStart(value.toString(16).length + (value.toString(16).length % 2), '0'), 'hex')

/** A string of such records (or of any bytes) in their order. */
export function encodeBolt12(prefix: string, ...records: readonly Uint8Array[]): string {
  const words = bech32.toWords(Uint8Array.from(records.flatMap((record) => [...record])))
  return bech32.encode(prefix, words, false).slice(0, -6)
}
