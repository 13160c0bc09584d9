import { NetworkError } from '@growr/networks'
import { HDKey } from '@scure/bip32'
import { CHAINS, type Chain } from './chain.ts'

// Output descriptors (BIP 380): how a wallet is written so that another program can watch or recover it.

const INPUT = "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ "
const CHECKSUM = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const GENERATOR = [0xf5dee51989n, 0xa9fdca3312n, 0x1bab10e32dn, 0x3706b1677an, 0x644d626ffdn]
const HARDENED = 0x80000000

/** The eight characters after `#` (BIP 380); KEY_INVALID where a character is none of a descriptor's. */
export function descriptorChecksum(descriptor: string): string {
  const symbols: number[] = []
  const groups: number[] = []
  for (const character of descriptor) {
    const at = INPUT.indexOf(character)
    if (at < 0) throw invalid('a descriptor has a character that none has')
    symbols.push(at & 31)
    groups.push(at >> 5)
    if (groups.length === 3) symbols.push((groups[0] ?? 0) * 9 + (groups[1] ?? 0) * 3 + (groups.splice(0)[2] ?? 0))
  }
  if (groups.length === 1) symbols.push(groups[0] ?? 0)
  if (groups.length === 2) symbols.push((groups[0] ?? 0) * 3 + (groups[1] ?? 0))
  const checksum = polymod([...symbols, 0, 0, 0, 0, 0, 0, 0, 0]) ^ 1n
  return Array.from({ length: 8 }, (_, i) => CHECKSUM[Number((checksum >> BigInt(5 * (7 - i))) & 31n)]).join('')
}

export function withChecksum(descriptor: string): string {
  return `${descriptor}#${descriptorChecksum(descriptor)}`
}

/** A descriptor without its checksum, which must be there and right: KEY_INVALID. */
export function requireChecksum(text: string): string {
  const at = text.lastIndexOf('#')
  const descriptor = text.slice(0, Math.max(at, 0))
  if (at < 0 || text.length - at !== 9 || descriptorChecksum(descriptor) !== text.slice(at + 1)) {
    throw invalid('a descriptor ends in # and a checksum of eight characters: copy it as a whole')
  }
  return descriptor
}

/** Where a key comes from: the fingerprint of its seed and the steps from there, hardened ones with 2^31 added. */
export interface KeyOrigin {
  readonly fingerprint: number
  readonly path: readonly number[]
}

export interface PublicKeyRead {
  /** Compressed, 33 bytes. */
  readonly publicKey: Uint8Array
  readonly origin: KeyOrigin | null
}

const STEP = String.raw`(?:\d{1,10}[h']?)`
const EXPRESSION = new RegExp(String.raw`^(?:\[([0-9a-fA-F]{8})((?:/${STEP})*)\])?([0-9a-zA-Z]{51,130})((?:/${STEP})*)(/\*[h']?)?$`)

/** Whether this is a key expression as BIP 380 has it, of public or private keys, and what its parts are. */
export function readKeyExpression(text: string): { key: string; origin: KeyOrigin | null; steps: number[]; ranged: boolean; extended: boolean } | null {
  const match = text.length <= 400 ? EXPRESSION.exec(text) : null
  if (match === null) return null
  const [, fingerprint, originSteps = '', key = '', steps = '', wildcard] = match
  const path = stepsOf(originSteps)
  const further = stepsOf(steps)
  const extended = /^[xt](pub|prv)/.test(key)
  if (path === null || further === null || (!extended && (steps !== '' || wildcard !== undefined)) || !isKey(key, extended)) return null
  return { key, origin: fingerprint === undefined ? null : { fingerprint: Number.parseInt(fingerprint, 16), path }, steps: further, ranged: wildcard !== undefined, extended }
}

/**
 * The public key that somebody else's wallet gave, in hex or as a key expression with its origin, so that the wallet finds its key again
 * in a PSBT. KEY_INVALID: none, a private key, of another chain, or one of many keys (`/*`).
 */
export function readPublicKey(text: string, chain: Chain): PublicKeyRead {
  const read = readKeyExpression(text.trim())
  if (read === null) throw invalid('this is no public key: give 66 hexadecimal digits, or the key expression that the wallet shows')
  if (/^([xt]prv|[5KL9c])/.test(read.key)) throw invalid('this is a private key: keep it secret, and give the public one')
  if (read.ranged) throw invalid('this expression has many keys: write the number of one in the place of *')
  if (!read.extended) {
    if (read.key.length !== 66) throw invalid('this public key is not compressed: it has 66 hexadecimal digits')
    return { publicKey: Uint8Array.from(Buffer.from(read.key, 'hex')), origin: read.origin }
  }
  if (read.steps.some((step) => step >= HARDENED)) throw invalid('from a public key no hardened step can be taken')
  let node: HDKey
  try {
    node = HDKey.fromExtendedKey(read.key, CHAINS[chain].versions)
  } catch {
    throw invalid(`this key is not of the chain «${chain}»`)
  }
  for (const step of read.steps) node = node.deriveChild(step)
  if (node.publicKey === null) throw invalid('this key has no public part')
  const origin = read.origin ?? { fingerprint: HDKey.fromExtendedKey(read.key, CHAINS[chain].versions).fingerprint, path: [] }
  return { publicKey: Uint8Array.from(node.publicKey), origin: { fingerprint: origin.fingerprint, path: [...origin.path, ...read.steps] } }
}

function stepsOf(text: string): number[] | null {
  const steps = text.split('/').slice(1)
  const indexes = steps.map((step) => Number(step.replace(/[h']$/, '')))
  return indexes.length > 10 || indexes.some((index) => index >= HARDENED) ? null : indexes.map((index, i) => (/[h']$/.test(steps[i] ?? '') ? index + HARDENED : index))
}

function isKey(key: string, extended: boolean): boolean {
  if (!extended) return /^0[23][0-9a-fA-F]{64}$/.test(key) || /^04[0-9a-fA-F]{128}$/.test(key) || /^[5KL9c][1-9A-HJ-NP-Za-km-z]{50,51}$/.test(key)
  try {
    HDKey.fromExtendedKey(key, CHAINS[key.startsWith('t') ? 'test' : 'main'].versions)
    return true
  } catch {
    return false
  }
}

function polymod(symbols: readonly number[]): bigint {
  let checksum = 1n
  for (const symbol of symbols) {
    const top = checksum >> 35n
    checksum = ((checksum & 0x7ffffffffn) << 5n) ^ BigInt(symbol)
    for (const [i, generator] of GENERATOR.entries()) if ((top >> BigInt(i)) & 1n) checksum ^= generator
  }
  return checksum
}

function invalid(message: string): NetworkError {
  return new NetworkError('KEY_INVALID', message)
}
