// The tagged fields of BOLT 11: words of 5 bits, and what each field says.
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { addressOfScript, type Chain } from '@growr/bitcoin'
import { hexOf, invalid, readUtf8 } from './address-refusal.ts'

/** One hop of a route that the payee proposes, from a public node on. */
export interface RouteHop {
  readonly nodeId: string
  /** `block x transaction x output`. */
  readonly shortChannelId: string
  readonly feeBaseMsat: number
  readonly feeMillionths: number
  readonly cltvDelta: number
}

const CHARACTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
/** Of fixed length; of any other they are passed over, as the example of BOLT 11 with «fields which must be ignored» has it. */
const FIXED: Readonly<Record<string, number>> = { p: 52, s: 52, h: 52, n: 53 }
const ONCE = ['p', 's', 'd', 'h', 'n', 'x', 'c', '9', 'm']

/** Even features that a payer may be required to know (BOLT 9, those that belong into an invoice). */
const KNOWN = new Set([8, 14, 16, 24, 36, 48])
/** Blocks, where the payee says nothing. */
const CLTV_DEFAULT = 18
const EXPIRY_DEFAULT = 3_600
/** The last second that a Date can say. */
export const LAST_SECOND = 8.64e12

export class InvoiceFields {
  readonly #words = new Map<string, (readonly number[])[]>()

  /** `words` without time and signature. ADDRESS_INVALID. */
  constructor(words: readonly number[]) {
    for (let at = 0; at < words.length;) {
      const [type, high, low] = [words[at], words[at + 1], words[at + 2]]
      if (type === undefined || high === undefined || low === undefined) throw invalid('truncated', 'the invoice ends within a field')
      const data = words.slice(at + 3, at + 3 + high * 32 + low)
      if (data.length < high * 32 + low) throw invalid('truncated', 'a field of the invoice is longer than what is left of it')
      at += 3 + data.length
      const letter = CHARACTERS[type] ?? ''
      const fixed = FIXED[letter]
      if (fixed !== undefined && fixed !== data.length) continue
      const all = this.#words.get(letter)
      if (all === undefined) this.#words.set(letter, [data])
      else all.push(data)
    }
  }

  /** 33 bytes, where the invoice names the payee. */
  payee(): Uint8Array | undefined {
    const words = this.#words.get('n')?.[0]
    if (words === undefined) return undefined
    const key = bytesOf(words)
    if (!isPoint(key)) throw invalid('payee', 'what the invoice names as its payee is no public key')
    return key
  }

  /** After the signature: nobody but the payee may have said a thing twice. */
  requireOnce(): void {
    for (const letter of ONCE) {
      if ((this.#words.get(letter)?.length ?? 0) > 1) throw invalid('twice', `the invoice says a thing twice (field ${letter}) that it may say once`)
    }
  }

  #bytes(letter: string): Uint8Array | undefined {
    const words = this.#words.get(letter)?.[0]
    return words === undefined ? undefined : bytesOf(words)
  }

  paymentHash(): string {
    const hash = this.#bytes('p')
    if (hash === undefined) throw invalid('payment-hash', 'the invoice has no payment hash')
    return hexOf(hash)
  }

  paymentSecret(): string {
    const secret = this.#bytes('s')
    if (secret === undefined) throw invalid('payment-secret', 'the invoice has no payment secret: ask for one of a newer wallet')
    return hexOf(secret)
  }

  /** One of both is null. */
  description(): { readonly description: string | null; readonly descriptionHash: string | null } {
    const [text, hash] = [this.#bytes('d'), this.#bytes('h')]
    if ((text === undefined) === (hash === undefined)) throw invalid('description', 'an invoice has either a description or the hash of one')
    const description = text === undefined ? null : readUtf8(text)
    if (description === undefined) throw invalid('description', 'the description of the invoice is no text')
    return { description, descriptionHash: hash === undefined ? null : hexOf(hash) }
  }

  metadata(): string | null {
    const metadata = this.#bytes('m')
    return metadata === undefined ? null : hexOf(metadata)
  }

  expirySeconds(): number {
    return this.#number('x', LAST_SECOND, 'expiry') ?? EXPIRY_DEFAULT
  }

  minFinalCltv(): number {
    return this.#number('c', 0xffff_ffff, 'cltv') ?? CLTV_DEFAULT
  }

  #number(letter: string, most: number, reason: string): number | undefined {
    const words = this.#words.get(letter)?.[0]
    if (words === undefined) return undefined
    if (words[0] === 0) throw invalid(reason, 'a number of the invoice begins with zeros')
    // 10 words are 50 bits: more than `most` is, and still exact.
    const value = words.length > 10 ? Infinity : words.reduce((sum, word) => sum * 32 + word, 0)
    if (value > most) throw invalid(reason, 'a number of the invoice is larger than can be')
    return value
  }

  /** The bits that are set, from the lowest. ADDRESS_INVALID: an even one that is not known, so that paying could go wrong. */
  features(): readonly number[] {
    const words = this.#words.get('9')?.[0] ?? []
    if (words[0] === 0) throw invalid('features', 'the features of the invoice begin with zeros')
    const bits = words.toReversed().flatMap((word, at) => [0, 1, 2, 3, 4].filter((bit) => (word >> bit) & 1).map((bit) => at * 5 + bit))
    const unknown = bits.find((bit) => bit % 2 === 0 && !KNOWN.has(bit))
    if (unknown !== undefined) throw invalid('feature-unknown', `the invoice asks for a feature (${unknown}) that is not known here: ask for another invoice`)
    return bits
  }

  routeHints(): readonly (readonly RouteHop[])[] {
    return (this.#words.get('r') ?? []).map((words) => {
      const bytes = bytesOf(words)
      if (bytes.length === 0 || bytes.length % 51 !== 0) throw invalid('route', 'a route of the invoice ends within a hop')
      return Array.from({ length: bytes.length / 51 }, (_, at) => hopOf(bytes.subarray(at * 51, at * 51 + 51)))
    })
  }

  /** Addresses of `chain`, the preferred first; versions that are not known are passed over. */
  fallbacks(chain: Chain): readonly string[] {
    return (this.#words.get('f') ?? []).flatMap(([version, ...words]) => {
      if (version === undefined) throw invalid('fallback', 'an on-chain address of the invoice is empty')
      if (version > 18) return []
      const address = addressOfScript(scriptOf(version, bytesOf(words)), chain)
      return address === null ? [] : [address]
    })
  }
}

function hopOf(bytes: Uint8Array): RouteHop {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const nodeId = bytes.subarray(0, 33)
  if (!isPoint(nodeId)) throw invalid('route', 'a node on a route of the invoice is no public key')
  const block = view.getUint32(33) >>> 8
  const transaction = ((view.getUint8(36) << 16) | view.getUint16(37)) >>> 0
  return {
    nodeId: hexOf(nodeId), shortChannelId: `${block}x${transaction}x${view.getUint16(39)}`,
    feeBaseMsat: view.getUint32(41), feeMillionths: view.getUint32(45), cltvDelta: view.getUint16(49),
  }
}

function scriptOf(version: number, hash: Uint8Array): Uint8Array {
  if (version >= 17) {
    if (hash.length !== 20) throw invalid('fallback', 'an on-chain address of the invoice is of the wrong length')
    return version === 17 ? Uint8Array.of(0x76, 0xa9, 20, ...hash, 0x88, 0xac) : Uint8Array.of(0xa9, 20, ...hash, 0x87)
  }
  if (hash.length < 2 || hash.length > 40 || (version === 0 && hash.length !== 20 && hash.length !== 32)) {
    throw invalid('fallback', 'an on-chain address of the invoice is of the wrong length')
  }
  return Uint8Array.of(version === 0 ? 0 : 0x50 + version, hash.length, ...hash)
}

/** Whether it is a point of secp256k1, in 33 bytes. */
export function isPoint(bytes: Uint8Array): boolean {
  return bytes.length === 33 && secp256k1.utils.isValidPublicKey(bytes, true)
}

/** Words of 5 bits as bytes, the last one filled up with zeros. */
export function filled(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((words.length * 5) / 8))
  for (const [at, word] of words.entries()) {
    const bit = at * 5
    const shifted = word << (11 - (bit % 8))
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (shifted >> 8)
    if (bit % 8 > 3) bytes[(bit >> 3) + 1] = shifted & 0xff
  }
  return bytes
}

/** The whole bytes among the words. ADDRESS_INVALID: what is left over is a word or more, or not zero. */
export function bytesOf(words: readonly number[]): Uint8Array {
  const whole = Math.floor((words.length * 5) / 8)
  const bytes = filled(words)
  if (words.length * 5 - whole * 8 >= 5 || bytes.subarray(whole).some((byte) => byte !== 0)) throw invalid('padding', 'a field is not filled up with zeros')
  return bytes.subarray(0, whole)
}
