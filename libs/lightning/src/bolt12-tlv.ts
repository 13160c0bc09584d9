// BOLT 12's strings and the streams of TLV records (BOLT 1) in them.
import { hexOf, invalid, pasted } from './address-refusal.ts'
import { bytesOf } from './bolt11-fields.ts'

export interface TlvRecord {
  readonly type: bigint
  readonly value: Uint8Array
  /** As it stands in the stream, and its type alone. */
  readonly bytes: Uint8Array
  readonly typeBytes: Uint8Array
}

const CHARACTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

/** The bytes of such a string; `prefix` is `lno`, `lnr` or `lni`. There is no checksum. ADDRESS_INVALID. */
export function readBolt12(text: string, prefix: string): Uint8Array {
  const given = pasted(text)
  if (given !== given.toLowerCase() && given !== given.toUpperCase()) throw invalid('case', 'small and capital letters are mixed')
  // A `+` with or without space joins two parts, wherever the text was cut.
  const whole = given.toLowerCase().replace(/(?<=[a-z0-9])\+\s*(?=[a-z0-9])/g, '')
  const words = Array.from(whole.slice(prefix.length + 1), (character) => CHARACTERS.indexOf(character))
  if (!whole.startsWith(`${prefix}1`) || words.includes(-1)) throw invalid('prefix', `this is not of the kind that begins with «${prefix}1»`)
  return bytesOf(words)
}

/** Records in rising order of their types, each type once. ADDRESS_INVALID. */
export function readTlvStream(bytes: Uint8Array): readonly TlvRecord[] {
  const records: TlvRecord[] = []
  for (let at = 0; at < bytes.length;) {
    const [type, value] = readBigSize(bytes, at)
    const [length, from] = readBigSize(bytes, value)
    if (length > BigInt(bytes.length - from)) throw invalid('truncated', 'a field is longer than what is left')
    const end = from + Number(length)
    const last = records.at(-1)
    if (last !== undefined && type <= last.type) throw invalid('order', 'fields are not in order, or twice')
    records.push({ type, value: bytes.subarray(from, end), bytes: bytes.subarray(at, end), typeBytes: bytes.subarray(at, value) })
    at = end
  }
  return records
}

/** BOLT 1, BigSize: 1, 3, 5 or 9 bytes, the shortest. Gives the number and where it ends. */
function readBigSize(bytes: Uint8Array, at: number): readonly [bigint, number] {
  const first = bytes[at]
  if (first === undefined) throw invalid('truncated', 'the end is missing')
  if (first < 0xfd) return [BigInt(first), at + 1]
  const size = first === 0xfd ? 2 : first === 0xfe ? 4 : 8
  if (at + 1 + size > bytes.length) throw invalid('truncated', 'the end is missing')
  const value = BigInt(`0x${hexOf(bytes.subarray(at + 1, at + 1 + size))}`)
  if (value < (size === 2 ? 0xfdn : size === 4 ? 0x1_0000n : 0x1_0000_0000n)) throw invalid('number', 'a number is longer than it need be')
  return [value, at + 1 + size]
}

/** A number without zeros before it, of at most 8 bytes (`tu64`). ADDRESS_INVALID. */
export function readNumber(value: Uint8Array): bigint {
  if (value.length > 8 || value[0] === 0) throw invalid('number', 'a number is longer than it need be')
  return value.length === 0 ? 0n : BigInt(`0x${hexOf(value)}`)
}
