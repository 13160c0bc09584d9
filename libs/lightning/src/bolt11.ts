// BOLT 11: the invoice. Read strictly: what leaves a doubt about the sum, the payee or the hash is refused.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { bech32 } from '@scure/base'
import type { Chain } from '@growr/bitcoin'
import { NetworkError } from '@growr/networks'
import { hexOf, invalid, pasted } from './address-refusal.ts'
import { filled, InvoiceFields, LAST_SECOND, type RouteHop } from './bolt11-fields.ts'

export interface ReadInvoice {
  readonly chain: Chain
  /** Null: the payer says how much. */
  readonly amountMsat: bigint | null
  /** 32 bytes, hex; so are the secret and the hash of the description. */
  readonly paymentHash: string
  readonly paymentSecret: string
  /** The public key that signed it: 33 bytes, hex. */
  readonly payee: string
  /** The payee's own words: show them as text, never as more. */
  readonly description: string | null
  readonly descriptionHash: string | null
  /** To be sent along with the payment; hex. */
  readonly metadata: string | null
  readonly timestamp: Date
  readonly expiresAt: Date
  /** Blocks. */
  readonly minFinalCltv: number
  readonly features: readonly number[]
  readonly routeHints: readonly (readonly RouteHop[])[]
  /** On-chain addresses for the case that Lightning fails. */
  readonly fallbacks: readonly string[]
}

const CHAIN_OF: Readonly<Record<string, Chain>> = { bc: 'main', tb: 'test', tbs: 'signet', bcrt: 'regtest' }
/** Of other things than invoices that begin with `ln`. */
const OTHERS = new Set(['url', 'o', 'r', 'i'])
/** Units of a picobitcoin in one of the amount's; ten of them are a millisatoshi. */
const UNITS: Readonly<Record<string, bigint>> = { '': 10n ** 12n, m: 10n ** 9n, u: 10n ** 6n, n: 10n ** 3n, p: 1n }
/** All the bitcoin there will be, in millisatoshi. */
const ALL_MSAT = 21_000_000n * 10n ** 11n
const SIGNATURE = 104
/** What stands before a compressed key of secp256k1 in SubjectPublicKeyInfo (RFC 5480). */
const SPKI = Buffer.from('3036301006072a8648ce3d020106052b8104000a032200', 'hex')
const TIME = 7

/**
 * Reads an invoice, with `lightning:` before it or without. Its signature is checked: of the payee that it names, or the payee is who
 * signed. ADDRESS_INVALID: it is none, and why (`details.reason`). ADDRESS_FOREIGN: of another chain than `chain`, or of another coin.
 * INVOICE_EXPIRED: at `now`.
 */
export function readInvoice(text: string, { chain, now }: { readonly chain?: Chain; readonly now?: Date } = {}): ReadInvoice {
  const { prefix, words } = decode(pasted(text))
  const { chain: found, amountMsat } = readPrefix(prefix, chain)
  if (words.length < TIME + SIGNATURE) throw invalid('short', 'the invoice is too short to be one')
  const signed = words.slice(0, -SIGNATURE)
  const fields = new InvoiceFields(signed.slice(TIME))
  const payee = signer(prefix, signed, filled(words.slice(-SIGNATURE)), fields.payee())
  fields.requireOnce()
  const seconds = signed.slice(0, TIME).reduce((sum, word) => sum * 32 + word, 0)
  const expires = seconds + fields.expirySeconds()
  if (expires > LAST_SECOND) throw invalid('expiry', 'the invoice expires later than time goes')
  const read: ReadInvoice = {
    chain: found, amountMsat, paymentHash: fields.paymentHash(), paymentSecret: fields.paymentSecret(), payee: hexOf(payee), ...fields.description(),
    metadata: fields.metadata(), timestamp: new Date(seconds * 1000), expiresAt: new Date(expires * 1000), minFinalCltv: fields.minFinalCltv(),
    features: fields.features(), routeHints: fields.routeHints(), fallbacks: fields.fallbacks(found),
  }
  if (now !== undefined && now >= read.expiresAt) throw new NetworkError('INVOICE_EXPIRED', 'the time to pay this invoice is over: ask for a new one')
  return read
}

function decode(text: string): { readonly prefix: string; readonly words: readonly number[] } {
  if (!/^ln/i.test(text)) throw invalid('prefix', 'this is no Lightning invoice: one begins with «ln»')
  try {
    return bech32.decode(text, false)
  } catch {
    throw invalid('checksum', 'this is no Lightning invoice, or a character of it is misspelt or missing')
  }
}

function readPrefix(prefix: string, expected: Chain | undefined): { readonly chain: Chain; readonly amountMsat: bigint | null } {
  const [, coin = '', amount = ''] = /^ln([a-z]+)(.*)$/.exec(prefix) ?? []
  if (coin === '' || OTHERS.has(coin)) throw invalid('prefix', 'this is no Lightning invoice')
  const chain = Object.hasOwn(CHAIN_OF, coin) ? CHAIN_OF[coin] : undefined
  // The fourth test chain has the prefix of the third.
  const found = chain === 'test' && expected === 'testnet4' ? expected : chain
  if (found === undefined || (expected !== undefined && found !== expected)) {
    throw new NetworkError('ADDRESS_FOREIGN', expected === undefined ? 'this invoice is of another coin' : `this invoice is not of the chain «${expected}»: ask for one that is`)
  }
  return { chain: found, amountMsat: amount === '' ? null : amountOf(amount) }
}

function amountOf(text: string): bigint {
  const [, digits, unit = ''] = /^([1-9]\d{0,18})([munp]?)$/.exec(text) ?? []
  if (digits === undefined) throw invalid('amount', 'the amount of the invoice is none')
  const pico = BigInt(digits) * (UNITS[unit] ?? 0n)
  if (pico % 10n !== 0n) throw invalid('amount', 'the amount of the invoice has a part of a millisatoshi')
  if (pico / 10n > ALL_MSAT) throw invalid('amount', 'the amount of the invoice is more than there is')
  return pico / 10n
}

/** Who signed it: 33 bytes. */
function signer(prefix: string, words: readonly number[], signature: Uint8Array, payee: Uint8Array | undefined): Uint8Array {
  const [compact, recovery = 4] = [signature.subarray(0, 64), signature[64]]
  const message = Buffer.concat([Buffer.from(prefix), filled(words)])
  if (recovery > 3) throw invalid('signature', 'the signature of the invoice is not readable')
  if (payee !== undefined) {
    if (!attempt(() => isSigned(message, compact, payee))) {
      throw invalid('signature', 'the invoice is not signed by the payee that it names')
    }
    return payee
  }
  const key = attempt(() => secp256k1.recoverPublicKey(Uint8Array.of(recovery, ...compact), createHash('sha256').update(message).digest(), { prehash: false }))
  if (key === undefined) throw invalid('signature', 'nobody can have signed this invoice')
  return key
}

/** By OpenSSL, which takes a third of the time; of both halves of S the lower alone is right. */
function isSigned(message: Uint8Array, compact: Uint8Array, payee: Uint8Array): boolean {
  if (BigInt(`0x${hexOf(compact.subarray(32))}`) > secp256k1.Point.Fn.ORDER >> 1n) return false
  const key = createPublicKey({ key: Buffer.concat([SPKI, payee]), format: 'der', type: 'spki' })
  return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, compact)
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
