import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import sodium from 'sodium-native'
import { wipe } from './aead.ts'
import { KeysError } from './errors.ts'
import { hdSigner } from './hd-signer.ts'
import type { RecordHead, SealedRecord } from './record.ts'
import type { HdSigner } from './types.ts'
import type { Vault } from './vault.ts'

const ENTROPY_BYTES = 32
const SEED_BYTES = 64
const WORDS_LIMIT = 400

/** The 24 words of 32 bytes of randomness (BIP 39). */
export function wordsOf(entropy: Uint8Array): string {
  return entropyToMnemonic(entropy, wordlist)
}

/** The seed of 64 bytes behind words (BIP 39); `secret` is the word that the bearer may have added. */
export function seedOfWords(words: string, secret = ''): Buffer {
  return pbkdf2Sync(words.normalize('NFKD'), `mnemonic${secret}`.normalize('NFKD'), 2048, SEED_BYTES, 'sha512')
}

/** The seeds of a vault: what lies in the file is the randomness behind the words, sealed; seeds in use are in guarded memory. */
export class HdSeeds {
  readonly #vault: Vault
  readonly #now: () => string
  readonly #seeds = new Map<string, Buffer>()

  constructor(vault: Vault, now: () => string) {
    this.#vault = vault
    this.#now = now
  }

  signer(purpose: string, id: string, create: boolean): HdSigner {
    if (this.#find(purpose, id) === undefined) {
      if (!create) throw notFound(purpose, id)
      const entropy = randomBytes(ENTROPY_BYTES)
      this.#keep(purpose, id, entropy)
    }
    return hdSigner(() => this.#seed(purpose, id))
  }

  /** A copy of the first 32 bytes of a seed; made at the first use. */
  bytes(purpose: string, id: string): Uint8Array {
    this.signer(purpose, id, true)
    return Uint8Array.from(this.#seed(purpose, id).subarray(0, 32))
  }

  words(purpose: string, id: string): string {
    const entropy = this.#vault.unseal(this.#require(purpose, id))
    try {
      return wordsOf(entropy)
    } finally {
      wipe(entropy)
    }
  }

  restore(purpose: string, id: string, words: string): void {
    if (this.#find(purpose, id) !== undefined) throw new KeysError('KEY_EXISTS', `there is a seed ${purpose}/${id} already: it is never overwritten`)
    let entropy: Uint8Array
    try {
      if (words.length > WORDS_LIMIT) throw new RangeError('too long')
      entropy = mnemonicToEntropy(words.trim().toLowerCase().split(/\s+/).join(' '), wordlist)
      if (entropy.byteLength !== ENTROPY_BYTES) throw new RangeError('too few')
    } catch {
      throw new KeysError('INVALID_KEY_REQUEST', 'these are not the 24 words of a seed: look for a word that is misspelt, missing or out of order')
    }
    this.#keep(purpose, id, Buffer.from(entropy.buffer, entropy.byteOffset, entropy.byteLength))
  }

  close(): void {
    for (const seed of this.#seeds.values()) wipe(seed)
    this.#seeds.clear()
  }

  #seed(purpose: string, id: string): Buffer {
    // Looked up each time, so that a closed custody signs nothing.
    const record = this.#require(purpose, id)
    const name = JSON.stringify([purpose, id])
    const known = this.#seeds.get(name)
    if (known !== undefined) return known
    const entropy = this.#vault.unseal(record)
    const bytes = seedOfWords(wordsOf(entropy))
    const seed = sodium.sodium_malloc(SEED_BYTES)
    bytes.copy(seed)
    wipe(bytes)
    wipe(entropy)
    this.#seeds.set(name, seed)
    return seed
  }

  #keep(purpose: string, id: string, entropy: Buffer): void {
    const head: RecordHead = { kind: 'hd', purpose, id, version: 1, createdAt: this.#now() }
    const record = this.#vault.seal(head, entropy)
    wipe(entropy)
    this.#vault.change([record])
  }

  #find(purpose: string, id: string): SealedRecord | undefined {
    return this.#vault.find('hd', purpose, id, 1)
  }

  #require(purpose: string, id: string): SealedRecord {
    const record = this.#find(purpose, id)
    if (record === undefined) throw notFound(purpose, id)
    return record
  }
}

function notFound(purpose: string, id: string): KeysError {
  return new KeysError('KEY_NOT_FOUND', `there is no seed ${purpose}/${id}: restore the back-up of the keys, or its 24 words`)
}
