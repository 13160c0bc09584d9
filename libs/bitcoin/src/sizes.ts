import type { AddressKind } from './address.ts'

// Weight units (BIP 141): four for each byte outside the witness, one for each in it. What cannot be known before is taken at its largest.

/** Version, lock time, the two counts (up to 65,535 inputs and outputs) and the mark of a witness. */
export const OVERHEAD_WEIGHT = 4 * (4 + 4 + 3 + 3) + 2
// An input without its witness: outpoint, empty script, sequence.
const INPUT_WEIGHT = 4 * 41
const WITNESS_WEIGHT: Readonly<Record<AddressKind, number>> = {
  // The count, a signature of at most 72 bytes with its length, and a key of 33 bytes with its length.
  p2wpkh: 1 + 73 + 34,
  // The count, and a signature of 64 bytes with its length.
  p2tr: 1 + 65,
}

export const inputWeight = (kind: AddressKind): number => INPUT_WEIGHT + WITNESS_WEIGHT[kind]

/** An input whose witness has items of these sizes. */
export const scriptInputWeight = (items: readonly number[]): number => INPUT_WEIGHT + 1 + items.reduce((sum, size) => sum + size + (size < 253 ? 1 : 3), 0)

export const outputWeight = (script: Uint8Array): number => 4 * (8 + (script.length < 253 ? 1 : 3) + script.length)

export const vsizeOf = (weight: number): number => Math.ceil(weight / 4)

/** What this many weight units cost at a rate in satoshis for each virtual byte, rounded up. */
export function feeOf(weight: number, rate: number): bigint {
  return BigInt(Math.ceil(vsizeOf(weight) * rate))
}
