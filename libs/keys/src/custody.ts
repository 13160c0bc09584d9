import { existsSync } from 'node:fs'
import { randomBytes, type KeyObject } from 'node:crypto'
import sodium from 'sodium-native'
import { wipe } from './aead.ts'
import type { Disk } from './disk.ts'
import { KeysError } from './errors.ts'
import { HdSeeds } from './hd.ts'
import type { KdfCost } from './kdf.ts'
import type { RecordHead, SealedRecord } from './record.ts'
import { Secrets } from './secrets.ts'
import { ed25519Pkcs8, ed25519Seed, generateSigningKey, loadSigningKey, publicJwkOf, requireAlgorithm, signWith } from './signing.ts'
import { sealedStorage } from './storage.ts'
import type { BookKeyPair, Clock, HdSigner, KeyInfo, NewKey, PublicJwk, Secret, Signer, Storage } from './types.ts'
import { Vault } from './vault.ts'

export interface CustodyOptions {
  file: string
  /** The group whose keys these are; bound to every secret. */
  group: string
  /** The purposes this group may hold keys for: all others are PURPOSE_NOT_HELD. */
  purposes: readonly string[]
  passphrase: string
  clock?: Clock
  /** The cost of deriving the key from the pass phrase, for new files and `rewrap`. */
  cost?: KdfCost
  /** For tests that stop between two steps of a write. */
  disk?: Disk
}

/** The one purpose whose private keys are handed out, to hypercore, which signs by itself. */
export const BOOK_PURPOSE = 'book'

const PURPOSE = /^[a-z][a-z0-9-]{0,39}$/
const ID = /^[\x21-\x7e]{1,200}$/
const systemClock: Clock = { now: () => new Date() }

const LIGHTNING_PURPOSE = 'lightning'

/**
 * The keys of one group in one encrypted file. Writing is synchronous and durable: when a call returns, the key is on disk.
 * Errors are `KeysError`; besides those named below every call may throw CUSTODY_CLOSED, every write CUSTODY_CHANGED and CUSTODY_FULL.
 */
export class Custody implements Signer {
  readonly group: string
  readonly purposes: ReadonlySet<string>
  readonly #vault: Vault
  readonly #clock: Clock
  readonly #cost: KdfCost | undefined
  readonly #signing = new Map<string, KeyObject>()
  readonly #secrets: Secrets
  readonly #seeds: HdSeeds
  readonly #bookPairs = new Map<string, BookKeyPair>()
  #index: { serial: number; byKid: Map<string, SealedRecord> } | undefined

  private constructor(options: CustodyOptions, vault: Vault) {
    this.group = options.group
    this.purposes = new Set(options.purposes)
    this.#vault = vault
    this.#clock = options.clock ?? systemClock
    this.#cost = options.cost
    this.#secrets = new Secrets(vault, () => this.#now())
    this.#seeds = new HdSeeds(vault, () => this.#now())
  }

  /** CUSTODY_MISSING, CUSTODY_DAMAGED, CUSTODY_NEWER, WRONG_PASSPHRASE, CUSTODY_OF_OTHER_GROUP. Rights wider than 0600 are taken away. */
  static async open(options: CustodyOptions): Promise<Custody> {
    requireNames(options)
    return new Custody(options, await Vault.unlock(options))
  }

  /** CUSTODY_EXISTS, PASSPHRASE_TOO_SHORT. */
  static async create(options: CustodyOptions): Promise<Custody> {
    requireNames(options)
    return new Custody(options, await Vault.create(options))
  }

  static async openOrCreate(options: CustodyOptions): Promise<Custody> {
    return existsSync(options.file) ? Custody.open(options) : Custody.create(options)
  }

  /** What was put right while opening, for the log. */
  get notices(): readonly string[] {
    return this.#vault.notices
  }

  /** A new signing key. KEY_EXISTS where this purpose and id have one: rotate it instead. PURPOSE_NOT_HELD, INVALID_KEY_REQUEST. */
  async generate({ purpose, id = 'main', algorithm }: NewKey): Promise<KeyInfo> {
    this.#requirePurpose(purpose)
    requireId(id)
    requireAlgorithm(algorithm)
    if (purpose === BOOK_PURPOSE) throw new KeysError('INVALID_KEY_REQUEST', 'keys of books are made by bookWriterKeyPair')
    if (this.current(purpose, id) !== undefined) throw new KeysError('KEY_EXISTS', `there is a key ${purpose}/${id} already: use it, or rotate it`)
    const record = this.#newSigningRecord(purpose, id, 1, algorithm)
    this.#vault.change([record])
    return infoOf(record)
  }

  /** The current key of this purpose and id; a new one where there is none. */
  async ensure(request: NewKey): Promise<KeyInfo> {
    return this.current(request.purpose, request.id) ?? this.generate(request)
  }

  /** The key that signs for this purpose and id now. */
  current(purpose: string, id = 'main'): KeyInfo | undefined {
    return this.list(purpose).find((key) => key.id === id && key.retiredAt === undefined)
  }

  /** KEY_NOT_FOUND; KEY_RETIRED where it was rotated away; KEY_FIXED for keys of books, with which hypercore signs. */
  async sign(kid: string, bytes: Uint8Array): Promise<Uint8Array> {
    const record = this.#signingRecord(kid)
    if (record.purpose === BOOK_PURPOSE) throw new KeysError('KEY_FIXED', 'a key of a book signs its book and nothing else')
    if (record.retiredAt !== undefined || record.algorithm === undefined) {
      throw new KeysError('KEY_RETIRED', `the key ${kid} was retired and only verifies: sign with the current one`)
    }
    let key = this.#signing.get(kid)
    if (key === undefined) {
      key = loadSigningKey(this.#vault.unseal(record))
      this.#signing.set(kid, key)
    }
    return signWith(key, record.algorithm, bytes)
  }

  /** Of a retired key too. KEY_NOT_FOUND. */
  publicKey(kid: string): PublicJwk {
    return infoOf(this.#signingRecord(kid)).publicJwk
  }

  /** All signing keys, retired ones included, of one purpose or of all that are held. */
  list(purpose?: string): KeyInfo[] {
    if (purpose !== undefined) this.#requirePurpose(purpose)
    return this.#vault.records()
      .filter((record) => record.kind === 'signing' && (purpose === undefined ? this.purposes.has(record.purpose) : record.purpose === purpose))
      .map(infoOf)
  }

  /** A new version signs from now on; the old one is kept for verification, and its private part is destroyed. KEY_NOT_FOUND, KEY_FIXED. */
  async rotateSigningKey(purpose: string, id = 'main'): Promise<KeyInfo> {
    if (purpose === BOOK_PURPOSE) throw new KeysError('KEY_FIXED', 'the writer of a book changes by a signed successor of the book, under an id of its own')
    const old = this.current(purpose, id)
    if (old === undefined) throw new KeysError('KEY_NOT_FOUND', `there is no key ${purpose}/${id}`)
    const { key: _key, box: _box, ...kept } = this.#signingRecord(old.kid)
    const record = this.#newSigningRecord(purpose, id, old.version + 1, old.algorithm)
    this.#vault.change([{ ...kept, retiredAt: record.createdAt }, record])
    this.#signing.delete(old.kid)
    return infoOf(record)
  }

  /** The symmetric secret of this purpose and id, made at its first use. PURPOSE_NOT_HELD. */
  secret(purpose: string, id = 'main'): Secret {
    this.#requirePurpose(purpose)
    requireId(id)
    return this.#secrets.get(purpose, id)
  }

  /** A new version seals and wraps from now on; older ones still open. `hmac` and `derive` stay with the first. Returns the version. */
  rotateSecret(purpose: string, id = 'main'): number {
    this.#requirePurpose(purpose)
    requireId(id)
    return this.#secrets.rotate(purpose, id)
  }

  /** Destroys all versions but the newest: what they sealed is lost for good. Where version 1 goes, `hmac` and `derive` go with it. */
  destroyOldSecrets(purpose: string, id = 'main'): void {
    this.#requirePurpose(purpose)
    this.#secrets.destroyOld(purpose, id)
  }

  /**
   * THE NAMED EXCEPTION: the private key of a book's writer is handed out, because hypercore signs its blocks by itself.
   * Only for the purpose 'book', at each append, so that the key is never in the book's own store. Made at the first use
   * unless `create` is false (then KEY_NOT_FOUND): an existing book must find its key, not get another.
   */
  bookWriterKeyPair(id: string, { create = true }: { create?: boolean } = {}): BookKeyPair {
    this.#requirePurpose(BOOK_PURPOSE)
    requireId(id)
    const known = this.#bookPairs.get(id)
    if (known !== undefined) return known
    let record = this.#vault.find('signing', BOOK_PURPOSE, id, 1)
    if (record === undefined) {
      if (!create) throw new KeysError('KEY_NOT_FOUND', `there is no key of the book ${id}: restore the back-up of the keys`)
      record = this.#newBookRecord(id)
      this.#vault.change([record])
    }
    const pkcs8 = this.#vault.unseal(record)
    const pair: BookKeyPair = { publicKey: Buffer.alloc(32), secretKey: sodium.sodium_malloc(64) }
    sodium.crypto_sign_seed_keypair(pair.publicKey, pair.secretKey, ed25519Seed(pkcs8))
    wipe(pkcs8)
    this.#bookPairs.set(id, pair)
    return pair
  }

  /**
   * Signs with the keys of this purpose's seed (BIP 32, 24 words of BIP 39), made at its first use unless `create` is false (then
   * KEY_NOT_FOUND): who holds coins must find their seed, not get another. PURPOSE_NOT_HELD.
   */
  hd(purpose: string, { id = 'main', create = true }: { id?: string; create?: boolean } = {}): HdSigner {
    this.#requirePurpose(purpose)
    requireId(id)
    return this.#seeds.signer(purpose, id, create)
  }

  /**
   * THE OTHER NAMED EXCEPTION: 32 bytes of a seed are handed out, because an embedded Lightning node signs channel states by itself. Only
   * for the purpose 'lightning'; made at the first use, with words for paper like any seed. PURPOSE_NOT_HELD.
   */
  lightningSeed(id = 'main'): Uint8Array {
    this.#requirePurpose(LIGHTNING_PURPOSE)
    requireId(id)
    return this.#seeds.bytes(LIGHTNING_PURPOSE, id)
  }

  /** The 24 words of a seed, for the operator to keep on paper. Who asks proves it by the pass phrase: WRONG_PASSPHRASE, KEY_NOT_FOUND. */
  async backupWords(purpose: string, passphrase: string, id = 'main'): Promise<string> {
    this.#requirePurpose(purpose)
    await this.#vault.prove(passphrase)
    return this.#seeds.words(purpose, id)
  }

  /** Takes a seed back from its 24 words. KEY_EXISTS where there is one; INVALID_KEY_REQUEST where they are no such words. */
  restoreWords(purpose: string, words: string, id = 'main'): void {
    this.#requirePurpose(purpose)
    requireId(id)
    this.#seeds.restore(purpose, id, words)
  }

  /** Small encrypted values by name, in this custody file: settings that are secret (passwords of providers). PURPOSE_NOT_HELD. */
  storage(purpose: string): Storage {
    this.#requirePurpose(purpose)
    return sealedStorage(this.#vault, purpose, () => this.#now())
  }

  /** The same keys under another pass phrase; the old one opens nothing from then on. PASSPHRASE_TOO_SHORT. */
  async rewrap(passphrase: string): Promise<void> {
    await this.#vault.rewrap(passphrase, this.#cost)
  }

  /** Wipes what is wiped cheaply: the key-encrypting key, secrets and book keys. */
  close(): void {
    this.#secrets.close()
    this.#seeds.close()
    for (const pair of this.#bookPairs.values()) wipe(pair.secretKey)
    this.#bookPairs.clear()
    this.#signing.clear()
    this.#vault.close()
  }

  #newSigningRecord(purpose: string, id: string, version: number, algorithm: KeyInfo['algorithm']): SealedRecord {
    const { secret, publicJwk } = generateSigningKey(algorithm)
    const head: RecordHead = { kind: 'signing', purpose, id, version, createdAt: this.#now(), kid: publicJwk.kid, algorithm, publicJwk }
    const record = this.#vault.seal(head, secret)
    wipe(secret)
    return record
  }

  #newBookRecord(id: string): SealedRecord {
    const seed = randomBytes(32)
    const pkcs8 = ed25519Pkcs8(seed)
    wipe(seed)
    const publicJwk = publicJwkOf(loadSigningKey(Buffer.from(pkcs8)), 'EdDSA')
    const head: RecordHead = { kind: 'signing', purpose: BOOK_PURPOSE, id, version: 1, createdAt: this.#now(), kid: publicJwk.kid, algorithm: 'EdDSA', publicJwk }
    const record = this.#vault.seal(head, pkcs8)
    wipe(pkcs8)
    return record
  }

  #signingRecord(kid: string): SealedRecord {
    const record = this.#indexed().byKid.get(kid)
    if (record === undefined) throw new KeysError('KEY_NOT_FOUND', 'there is no such key in this custody')
    this.#requirePurpose(record.purpose)
    return record
  }

  #indexed(): { byKid: Map<string, SealedRecord> } {
    const serial = this.#vault.serial
    if (this.#index?.serial === serial) return this.#index
    const byKid = new Map<string, SealedRecord>()
    for (const record of this.#vault.records()) {
      if (record.kind === 'signing' && record.kid !== undefined) byKid.set(record.kid, record)
    }
    this.#index = { serial, byKid }
    return this.#index
  }

  #requirePurpose(purpose: string): void {
    if (!this.purposes.has(purpose)) throw new KeysError('PURPOSE_NOT_HELD', `the group «${this.group}» holds no keys for this purpose: ask the group that does`)
  }

  #now(): string {
    return this.#clock.now().toISOString()
  }
}

function infoOf(record: SealedRecord): KeyInfo {
  const { kid, purpose, id, version, algorithm, publicJwk, createdAt, retiredAt } = record
  if (kid === undefined || algorithm === undefined || publicJwk === undefined) throw new KeysError('CUSTODY_DAMAGED', 'a signing key in the custody file has no public part')
  return { kid, purpose, id, version, algorithm, publicJwk, createdAt, ...(retiredAt === undefined ? {} : { retiredAt }) }
}

function requireNames({ group, purposes }: CustodyOptions): void {
  if (![group, ...purposes].every((name) => PURPOSE.test(name))) {
    throw new KeysError('INVALID_KEY_REQUEST', 'groups and purposes are named by lower-case letters, digits and hyphens')
  }
}

function requireId(id: string): void {
  if (!ID.test(id)) throw new KeysError('INVALID_KEY_REQUEST', 'the id of a key has 1 to 200 printable ASCII characters')
}
