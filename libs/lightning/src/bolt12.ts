// BOLT 12: the offer, against which invoices are asked for over Lightning itself.
import type { Chain } from '@growr/bitcoin'
import { NetworkError } from '@growr/networks'
import { hexOf, invalid, readUtf8 } from './address-refusal.ts'
import { isPoint, LAST_SECOND } from './bolt11-fields.ts'
import { chainsOf } from './bolt12-chains.ts'
import { merkleRoot } from './bolt12-signature.ts'
import { readBolt12, readNumber, readTlvStream, type TlvRecord } from './bolt12-tlv.ts'

export interface BlindedPath {
  /** Public key (hex), or `block x transaction x output / direction`. */
  readonly firstNode: string
  readonly pathKey: string
  readonly hops: number
}

export interface ReadOffer {
  /** The root over all its fields: 32 bytes, hex. */
  readonly id: string
  /** Names of those that are known, hashes of first blocks (hex) of the others; at least one. */
  readonly chains: readonly (Chain | string)[]
  /** Per item. Null: the payer says how much, or it is priced in another currency. */
  readonly amountMsat: bigint | null
  /** In the currency's smallest unit; what is to be paid stands in the invoice. */
  readonly priced: { readonly currency: string; readonly minor: bigint } | null
  readonly description: string | null
  readonly metadata: string | null
  readonly features: readonly number[]
  readonly expiresAt: Date | null
  readonly paths: readonly BlindedPath[]
  readonly issuer: string | null
  /** Null: one item; 0: as many as one likes. */
  readonly quantityMax: bigint | null
  readonly issuerId: string | null
}

const KNOWN = new Set([2n, 4n, 6n, 8n, 10n, 12n, 14n, 16n, 18n, 20n, 22n])

/**
 * Reads an offer, with `lightning:` before it or without. ADDRESS_INVALID: it is none, and why (`details.reason`). ADDRESS_FOREIGN: not for
 * `chain`. INVOICE_EXPIRED: at `now`. An offer is not signed: the invoice for it is.
 */
export function readOffer(text: string, { chain, now }: { readonly chain?: Chain; readonly now?: Date } = {}): ReadOffer {
  const stream = readTlvStream(readBolt12(text, 'lno'))
  if (stream.length === 0) throw invalid('empty', 'the offer is empty')
  for (const { type } of stream) {
    if (type < 1n || (type > 79n && type < 1_000_000_000n) || type > 1_999_999_999n) throw invalid('field-foreign', 'the offer has a field that does not belong into one')
    if (type % 2n === 0n && !KNOWN.has(type)) throw invalid('field-unknown', 'the offer asks for something that is not known here: ask for an invoice')
  }
  const fields = new Map<bigint, TlvRecord>(stream.map((record) => [record.type, record]))
  const field = <T>(type: bigint, read: (value: Uint8Array) => T): T | null => {
    const record = fields.get(type)
    return record === undefined ? null : read(record.value)
  }
  const read: ReadOffer = {
    id: hexOf(merkleRoot(stream)), chains: field(2n, chainsOf) ?? ['main'], ...priceOf(field(8n, readNumber), field(6n, currencyOf)), description: field(10n, textOf),
    metadata: field(4n, hexOf), features: field(12n, featuresOf) ?? [], expiresAt: field(14n, timeOf), paths: field(16n, pathsOf) ?? [],
    issuer: field(18n, textOf), quantityMax: field(20n, readNumber), issuerId: field(22n, pointOf),
  }
  if (fields.has(8n) && read.description === null) throw invalid('description', 'an offer with a price says for what')
  if (read.issuerId === null && read.paths.length === 0) throw invalid('issuer', 'the offer does not say whom to ask for an invoice')
  // The fourth test chain is told from the third by its hash alone.
  if (chain !== undefined && !read.chains.includes(chain)) throw new NetworkError('ADDRESS_FOREIGN', `this offer is not of the chain «${chain}»: ask for one that is`)
  if (now !== undefined && read.expiresAt !== null && now >= read.expiresAt) throw new NetworkError('INVOICE_EXPIRED', 'the time of this offer is over: ask for a new one')
  return read
}

function priceOf(amount: bigint | null, currency: string | null): Pick<ReadOffer, 'amountMsat' | 'priced'> {
  if (amount === 0n) throw invalid('amount', 'the price of the offer is nothing')
  if (currency === null) return { amountMsat: amount, priced: null }
  if (amount === null) throw invalid('amount', 'the offer names a currency and no price')
  return { amountMsat: null, priced: { currency, minor: amount } }
}

function textOf(value: Uint8Array): string {
  const text = readUtf8(value)
  if (text === undefined) throw invalid('text', 'a text of the offer is none')
  return text
}

function currencyOf(value: Uint8Array): string {
  const code = readUtf8(value)
  if (code === undefined || !/^[A-Z]{3}$/.test(code)) throw invalid('currency', 'the currency of the offer is none of ISO 4217')
  return code
}

function featuresOf(value: Uint8Array): readonly number[] {
  const bits = [...value].toReversed().flatMap((byte, at) => [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte >> bit) & 1).map((bit) => at * 8 + bit))
  const unknown = bits.find((bit) => bit % 2 === 0)
  if (unknown !== undefined) throw invalid('feature-unknown', `the offer asks for a feature (${unknown}) that is not known here: ask for an invoice`)
  return bits
}

function timeOf(value: Uint8Array): Date {
  const seconds = readNumber(value)
  if (seconds > BigInt(LAST_SECOND)) throw invalid('expiry', 'the offer expires later than time goes')
  return new Date(Number(seconds) * 1000)
}

function pointOf(value: Uint8Array): string {
  if (!isPoint(value)) throw invalid('point', 'a public key of the offer is none')
  return hexOf(value)
}

/** BOLT 4, `blinded_path`: where it begins, its key, and hops of a key and encrypted data. */
function pathsOf(value: Uint8Array): readonly BlindedPath[] {
  let at = 0
  const take = (length: number): Uint8Array => {
    const taken = value.subarray(at, at += length)
    if (taken.length < length) throw invalid('path', 'a path of the offer ends too early')
    return taken
  }
  const paths: BlindedPath[] = []
  while (at < value.length) {
    const direction = value[at] ?? 0
    const firstNode = direction > 1 ? pointOf(take(33)) : channelOf(take(9))
    const pathKey = pointOf(take(33))
    const hops = take(1)[0] ?? 0
    if (hops === 0) throw invalid('path', 'a path of the offer has no hops')
    for (let hop = 0; hop < hops; hop++) {
      pointOf(take(33))
      const [high = 0, low = 0] = take(2)
      take(high * 256 + low)
    }
    paths.push({ firstNode, pathKey, hops })
  }
  if (paths.length === 0) throw invalid('path', 'the offer has no path where it says that it has')
  return paths
}

function channelOf(bytes: Uint8Array): string {
  const id = BigInt(`0x${hexOf(bytes.subarray(1))}`)
  return `${id >> 40n}x${(id >> 16n) & 0xffffffn}x${id & 0xffffn}/${bytes[0]}`
}
