import { HDKey } from '@scure/bip32'
import { tagSchnorr } from '@scure/btc-signer/utils.js'

const P = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const G: Point = { x: 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n, y: 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n }

interface Point {
  readonly x: bigint
  readonly y: bigint
}

/** r ‖ s as DER (BIP 66). */
export function derOf(signature: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array): number[] => {
    const digits = [...bytes]
    while (digits.length > 1 && digits[0] === 0) digits.shift()
    if ((digits[0] ?? 0) >= 0x80) digits.unshift(0)
    return [2, digits.length, ...digits]
  }
  const body = [...integer(signature.subarray(0, 32)), ...integer(signature.subarray(32, 64))]
  return Uint8Array.of(0x30, body.length, ...body)
}

/** r ‖ s of a DER signature, null where it is none as BIP 66 has it. */
export function compactOf(der: Uint8Array): Uint8Array | null {
  const rLength = der[3] ?? 0
  const sLength = der[5 + rLength] ?? 0
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der[2] !== 2 || der[4 + rLength] !== 2 || der.length !== 6 + rLength + sLength) return null
  const parts = [der.subarray(4, 4 + rLength), der.subarray(6 + rLength)].map((part) => (part[0] === 0 ? part.subarray(1) : part))
  const [r, s] = parts
  if (r === undefined || s === undefined || r.length > 32 || s.length > 32) return null
  const compact = new Uint8Array(64)
  compact.set(r, 32 - r.length)
  compact.set(s, 64 - s.length)
  // Only the one way in which BIP 66 writes it.
  return Buffer.compare(derOf(compact), der) === 0 ? compact : null
}

/** Whether r ‖ s signs this hash of 32 bytes with this key (33 bytes), with the lower s alone. */
export function verifyEcdsa(signature: Uint8Array, hash: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== 64 || hash.length !== 32 || toInt(signature.subarray(32)) > N / 2n) return false
  try {
    return new HDKey({ publicKey, chainCode: new Uint8Array(32) }).verify(hash, signature)
  } catch {
    return false
  }
}

/** BIP 340, Verify: whether a signature of 64 bytes signs this message with the key of this x coordinate. Public data only: not timed. */
export function verifySchnorr(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false
  const key = lift(toInt(publicKey))
  const [r, s] = [toInt(signature.subarray(0, 32)), toInt(signature.subarray(32))]
  if (key === null || r >= P || s >= N) return false
  const challenge = toInt(tagSchnorr('BIP0340/challenge', signature.subarray(0, 32), publicKey, message)) % N
  const point = add(multiply(G, s), multiply(key, (N - challenge) % N))
  return point !== null && point.y % 2n === 0n && point.x === r
}

// The point of this x coordinate with the even y.
function lift(x: bigint): Point | null {
  if (x >= P) return null
  const square = mod(x * x * x + 7n)
  let y = 1n
  // P ≡ 3 (mod 4): the root is the power of (P + 1) / 4.
  for (let exponent = (P + 1n) / 4n, power = square; exponent > 0n; exponent >>= 1n, power = mod(power * power)) if (exponent & 1n) y = mod(y * power)
  if (mod(y * y) !== square) return null
  return { x, y: y % 2n === 0n ? y : P - y }
}

function multiply(point: Point, by: bigint): Point | null {
  let result: Point | null = null
  let power: Point | null = point
  for (let rest = by; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = add(result, power)
    power = add(power, power)
  }
  return result
}

function add(a: Point | null, b: Point | null): Point | null {
  if (a === null) return b
  if (b === null) return a
  if (a.x === b.x && a.y !== b.y) return null
  const slope = a.x === b.x ? mod(3n * a.x * a.x * inverse(2n * a.y)) : mod((b.y - a.y) * inverse(b.x - a.x))
  const x = mod(slope * slope - a.x - b.x)
  return { x, y: mod(slope * (a.x - x) - a.y) }
}

function inverse(value: bigint): bigint {
  let [a, b, x, y] = [mod(value), P, 1n, 0n]
  while (a > 1n) {
    const quotient = b / a;
    [a, b, x, y] = [b % a, a, y - quotient * x, x]
  }
  return mod(x)
}

const mod = (value: bigint): bigint => ((value % P) + P) % P
const toInt = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`)
