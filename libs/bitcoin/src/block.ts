import { createHash } from 'node:crypto'
import { NetworkError } from '@growr/networks'

// Reads blocks and transactions as the network serialises them (BIP 144), no further than needed: scripts and outpoints are looked up in
// maps, so that the cost of a block does not depend on how much is watched; a txid is computed only where something was found.

/**
 * Keys to look for: bytes as latin1 text, a script or an outpoint as it stands in an input (36 bytes). Nearly nothing in a block is among
 * them, so bytes of each (of a hash, in both) are looked up in bits first, half a megabyte that stays near the processor: no text is made
 * of what is not there, and a hundred thousand keys cost what a thousand do.
 */
export class Watched {
  readonly #keys = new Set<string>()
  readonly #bits = new Uint32Array(1 << 17)

  get size(): number {
    return this.#keys.size
  }

  add(key: string): this {
    const at = place(Buffer.from(key, 'latin1'), key.length)
    this.#bits[at >>> 5] = (this.#bits[at >>> 5] ?? 0) | (1 << (at & 31))
    this.#keys.add(key)
    return this
  }

  /** Its bit stays: others may have it. */
  delete(key: string): void {
    this.#keys.delete(key)
  }

  clear(): void {
    this.#keys.clear()
    this.#bits.fill(0)
  }

  /** The key that stands there, null where it is none of these. */
  at(raw: Buffer, from: number, to: number): string | null {
    const bit = place(raw, to)
    if (((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return null
    const key = raw.toString('latin1', from, to)
    return this.#keys.has(key) ? key : null
  }
}

/** Four bytes that end four before the end: of a hash in every script that is an address, of the txid in an outpoint. */
const place = (bytes: Buffer, end: number): number => bytes.readUInt32LE(end - 8) & 0x3fffff

/** What is looked for. */
export interface Look {
  readonly scripts: Watched
  readonly coins: Watched
}

export interface Found {
  readonly txid: string
  /** Outputs to watched scripts. */
  readonly outputs: readonly { readonly vout: number; readonly sats: bigint; readonly script: string }[]
  /** Which watched coins it spends. */
  readonly spends: readonly string[]
  /** All that it spends. */
  readonly inputs: readonly string[]
}

export interface BlockHead {
  readonly hash: string
  readonly previous: string
  /** Seconds. */
  readonly time: number
}

const HEADER = 80
const hash256 = (...parts: readonly Uint8Array[]): Buffer => {
  const first = createHash('sha256')
  for (const part of parts) first.update(part)
  return createHash('sha256').update(first.digest()).digest()
}
const reversed = (bytes: Uint8Array): string => Buffer.from(bytes).reverse().toString('hex')

/** The key of an outpoint in a look. */
export function outpointKey(txid: string, vout: number): string {
  const bytes = Buffer.alloc(36)
  Buffer.from(txid, 'hex').reverse().copy(bytes)
  bytes.writeUInt32LE(vout, 32)
  return bytes.toString('latin1')
}

/** Txid and number of an outpoint's key. */
export function outpointOf(key: string): { readonly txid: string; readonly vout: number } {
  const bytes = Buffer.from(key, 'latin1')
  return { txid: reversed(bytes.subarray(0, 32)), vout: bytes.readUInt32LE(32) }
}

export function headOf(raw: Buffer): BlockHead {
  if (raw.length < HEADER + 1) throw malformed()
  return { hash: reversed(hash256(raw.subarray(0, HEADER))), previous: reversed(raw.subarray(4, 36)), time: raw.readUInt32LE(68) }
}

/** The transactions of a block in which something is found, in order: what is added to the look in between counts for those that follow. */
export function* findInBlock(raw: Buffer, look: Look): Generator<Found> {
  const at = new Place(raw, HEADER)
  try {
    for (let left = at.count(); left > 0; left--) {
      const found = at.transaction(look)
      if (found !== null) yield found
    }
  } catch (error) {
    throw error instanceof RangeError ? malformed() : error
  }
}

/** A single transaction; null where nothing is found in it. */
export function findInTransaction(raw: Buffer, look: Look): Found | null {
  try {
    return new Place(raw, 0).transaction(look)
  } catch (error) {
    throw error instanceof RangeError ? malformed() : error
  }
}

const malformed = (): NetworkError => new NetworkError('NETWORK_DOWN', 'bitcoind answers a block or transaction that is none')

class Place {
  readonly #raw: Buffer
  #at: number

  constructor(raw: Buffer, at: number) {
    this.#raw = raw
    this.#at = at
  }

  count(): number {
    const first = this.#raw.readUInt8(this.#at)
    this.#at += 1
    if (first < 0xfd) return first
    const size = first === 0xfd ? 2 : first === 0xfe ? 4 : 8
    const value = size === 2 ? this.#raw.readUInt16LE(this.#at) : size === 4 ? this.#raw.readUInt32LE(this.#at) : Number(this.#raw.readBigUInt64LE(this.#at))
    this.#at += size
    return value
  }

  #skip(bytes: number): void {
    this.#at += bytes
    if (this.#at > this.#raw.length) throw new RangeError('beyond the end')
  }

  /** The outpoint of an input. */
  input(): string {
    const from = this.#at
    this.#skip(36)
    this.#skip(this.count() + 4)
    return this.#raw.toString('latin1', from, from + 36)
  }

  transaction({ scripts, coins }: Look): Found | null {
    const raw = this.#raw
    const begin = this.#at
    this.#skip(4)
    const witness = raw[this.#at] === 0
    if (witness) this.#skip(2)
    const body = this.#at
    const inputs = this.count()
    let spends: string[] | null = null
    const firstInput = this.#at
    for (let n = 0; n < inputs; n++) {
      const from = this.#at
      this.#skip(36)
      if (coins.size > 0) {
        const key = coins.at(raw, from, from + 36)
        if (key !== null) (spends ??= []).push(key)
      }
      this.#skip(this.count() + 4)
    }
    const outputs = this.count()
    let paid: { vout: number; sats: bigint; script: string }[] | null = null
    for (let vout = 0; vout < outputs; vout++) {
      const from = this.#at
      this.#skip(8)
      const length = this.count()
      const script = this.#at
      this.#skip(length)
      // Shorter and longer ones are no address.
      if (length < 22 || length > 42) continue
      const key = scripts.at(raw, script, script + length)
      if (key !== null) (paid ??= []).push({ vout, sats: raw.readBigUInt64LE(from), script: key })
    }
    const end = this.#at
    if (witness) for (let n = 0; n < inputs; n++) for (let items = this.count(); items > 0; items--) this.#skip(this.count())
    this.#skip(4)
    if (paid === null && spends === null) return null
    const txid = reversed(hash256(raw.subarray(begin, begin + 4), raw.subarray(body, end), raw.subarray(this.#at - 4, this.#at)))
    return { txid, outputs: paid ?? [], spends: spends ?? [], inputs: inputsFrom(raw, firstInput, inputs) }
  }
}

function inputsFrom(raw: Buffer, from: number, count: number): string[] {
  const place = new Place(raw, from)
  return Array.from({ length: count }, () => place.input())
}
