import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import type { KeyObject } from 'node:crypto'
import { associate, decrypt, encrypt, newKey, wipe } from './aead.ts'
import type { Custody } from './custody.ts'
import { makePrivate, makePrivateDirectory } from './disk.ts'
import { KeysError } from './errors.ts'
import { generateSigningKey, loadSigningKey, requireAlgorithm, signWith } from './signing.ts'
import type { Algorithm, Clock, KeyInfo, PublicJwk, Secret, Signer } from './types.ts'

export interface KeyTableOptions {
  file: string
  custody: Custody
  /** The purpose of all keys in this table; the custody must hold it. */
  purpose: string
  clock?: Clock
}

/** A row as it lies in the file. */
export interface TableRow {
  mac: Uint8Array
  owner: Uint8Array
  kind: 'signing' | 'data'
  version: number
  algorithm: string
  created: string
  retired: string | null
  wrapped: Uint8Array | null
  box: Uint8Array | null
  label: Uint8Array
}

interface Label {
  owner: string
  kid: string
  publicJwk?: PublicJwk
}

const OWNER_LIMIT = 512
const CACHE_LIMIT = 512
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS keys (
    mac BLOB PRIMARY KEY, owner BLOB NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL, algorithm TEXT NOT NULL,
    created TEXT NOT NULL, retired TEXT, wrapped BLOB, box BLOB, label BLOB NOT NULL,
    UNIQUE (owner, kind, version)
  ) STRICT;`
const INSERT = `INSERT INTO keys (mac, owner, kind, version, algorithm, created, retired, wrapped, box, label)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/**
 * Keys of many users, a row each, in a SQLite file: signing keys (wallets) and data keys (one for each person, whose removal
 * makes unreadable what was sealed with it). Each row has a data key of its own, wrapped by a secret of the custody; owners and
 * key ids stand in it as keyed hashes and sealed labels only, so that the file leads to nobody. A write is on disk when it returns.
 */
export class KeyTable implements Signer {
  readonly purpose: string
  readonly #db: DatabaseSync
  readonly #custody: Custody
  readonly #index: Secret
  readonly #wrapping: Secret
  readonly #clock: Clock
  readonly #loaded = new Map<string, { key: KeyObject; algorithm: Algorithm }>()

  private constructor({ custody, purpose, clock }: KeyTableOptions, db: DatabaseSync) {
    this.purpose = purpose
    this.#db = db
    this.#custody = custody
    this.#index = custody.secret(purpose, 'table-index')
    this.#wrapping = custody.secret(purpose, 'table-wrapping')
    this.#clock = clock ?? { now: () => new Date() }
  }

  /** PURPOSE_NOT_HELD; CUSTODY_DAMAGED where the file is no table of this custody. */
  static open(options: KeyTableOptions): KeyTable {
    const { file, custody, purpose } = options
    custody.secret(purpose, 'table-index')
    makePrivateDirectory(dirname(file))
    closeSync(openSync(file, 'a', 0o600))
    makePrivate(file)
    const db = new DatabaseSync(file, { timeout: 5000 })
    try {
      // No write-ahead log: a removed key must not linger in a file beside this one.
      db.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;')
      db.exec(SCHEMA)
      const table = new KeyTable(options, db)
      table.#requireOwn()
      return table
    } catch (error) {
      db.close()
      if (error instanceof KeysError && error.code !== 'SEAL_BROKEN') throw error
      throw new KeysError('CUSTODY_DAMAGED', `${file} is damaged, or belongs to another custody file: restore both from the same back-up`, { cause: error })
    }
  }

  /** A signing key for this owner; KEY_EXISTS where there is one. The kid tells nothing about the owner. */
  async generate({ id, algorithm }: { id: string; algorithm: Algorithm }): Promise<KeyInfo> {
    requireAlgorithm(algorithm)
    if (this.find(id) !== undefined) throw new KeysError('KEY_EXISTS', 'this owner has a key already: use it, or rotate it')
    return this.#insertSigning(id, 1, algorithm)
  }

  /** The owner's current key; a new one where there is none. */
  async ensure(request: { id: string; algorithm: Algorithm }): Promise<KeyInfo> {
    return this.find(request.id) ?? this.generate(request)
  }

  /** The owner's current signing key. */
  find(id: string): KeyInfo | undefined {
    const row = this.#newest(id, 'signing')
    return row === undefined || row.retired !== null ? undefined : this.#infoOf(row)
  }

  /** KEY_NOT_FOUND, KEY_RETIRED, SEAL_BROKEN. */
  async sign(kid: string, bytes: Uint8Array): Promise<Uint8Array> {
    let loaded = this.#loaded.get(kid)
    if (loaded === undefined) {
      const row = this.#byKid(kid)
      if (row.retired !== null) throw new KeysError('KEY_RETIRED', 'this key was retired and only verifies: sign with the current one')
      loaded = { key: loadSigningKey(this.#open(row)), algorithm: row.algorithm as Algorithm }
      const oldest = this.#loaded.keys().next().value
      if (this.#loaded.size >= CACHE_LIMIT && oldest !== undefined) this.#loaded.delete(oldest)
      this.#loaded.set(kid, loaded)
    }
    return signWith(loaded.key, loaded.algorithm, bytes)
  }

  publicKey(kid: string): PublicJwk {
    return this.#infoOf(this.#byKid(kid)).publicJwk
  }

  /** A new key signs for this owner; the old one is kept for verification and its private part is destroyed. KEY_NOT_FOUND. */
  async rotate(id: string): Promise<KeyInfo> {
    const old = this.find(id)
    if (old === undefined) throw new KeysError('KEY_NOT_FOUND', 'this owner has no key')
    const info = this.#transaction(() => {
      this.#db.prepare('UPDATE keys SET retired = ?, wrapped = NULL, box = NULL WHERE mac = ?').run(this.#now(), this.#mac('kid', old.kid))
      return this.#insertSigning(id, old.version + 1, old.algorithm)
    })
    this.#loaded.delete(old.kid)
    return info
  }

  /**
   * The owner's data key (32 bytes), with which another store seals what belongs to this person; made at the first use unless
   * `create` is false. Destroyed by `remove`. A copy: the caller wipes it.
   */
  dataKey(id: string): Buffer
  dataKey(id: string, options: { create: boolean }): Buffer | undefined
  dataKey(id: string, { create = true }: { create?: boolean } = {}): Buffer | undefined {
    const row = this.#newest(id, 'data')
    if (row !== undefined) return this.#open(row)
    if (!create) return undefined
    const key = newKey()
    this.#insert(id, 'data', 1, 'XC20P', `data/${id}`, key)
    return key
  }

  /** Destroys all keys of an owner; false where there were none. What was sealed with the data key is lost for good. */
  remove(id: string): boolean {
    for (const row of this.#rows('SELECT * FROM keys WHERE owner = ?', this.#mac('owner', id))) this.#loaded.delete(this.#labelOf(row).kid)
    return this.#db.prepare('DELETE FROM keys WHERE owner = ?').run(this.#mac('owner', id)).changes > 0
  }

  count(): number {
    return Number(this.#db.prepare('SELECT count(*) AS n FROM keys').get()?.['n'])
  }

  /** Wraps all rows by a new version of the wrapping secret and destroys the old ones. May be repeated after a crash at any moment. */
  rewrap(): void {
    this.#custody.rotateSecret(this.purpose, 'table-wrapping')
    this.#transaction(() => {
      const update = this.#db.prepare('UPDATE keys SET wrapped = ?, label = ? WHERE mac = ?')
      for (const row of this.export()) {
        const wrapped = row.wrapped === null ? null : this.#wrapping.wrap(this.#wrapping.unwrap(row.wrapped, this.#aad('wrap', row)), this.#aad('wrap', row))
        update.run(wrapped, this.#wrapping.seal(this.#wrapping.open(row.label, this.#aad('label', row)), this.#aad('label', row)), row.mac)
      }
      this.#writeCheck()
    })
    this.#custody.destroyOldSecrets(this.purpose, 'table-wrapping')
  }

  /** All rows as they are, still encrypted. */
  export(): TableRow[] {
    return this.#rows('SELECT * FROM keys ORDER BY mac')
  }

  close(): void {
    this.#loaded.clear()
    if (this.#db.isOpen) this.#db.close()
  }

  #insertSigning(id: string, version: number, algorithm: Algorithm): KeyInfo {
    const { secret, publicJwk } = generateSigningKey(algorithm)
    const row = this.#insert(id, 'signing', version, algorithm, publicJwk.kid, secret, publicJwk)
    wipe(secret)
    return this.#infoOf(row)
  }

  #insert(id: string, kind: TableRow['kind'], version: number, algorithm: string, kid: string, secret: Uint8Array, publicJwk?: PublicJwk): TableRow {
    if (id.length === 0 || id.length > OWNER_LIMIT) throw new KeysError('INVALID_KEY_REQUEST', `the owner of a key is named by 1 to ${OWNER_LIMIT} characters`)
    const head = { mac: this.#mac('kid', kid), owner: this.#mac('owner', id), kind, version, algorithm, created: this.#now(), retired: null }
    const label: Label = { owner: id, kid, ...(publicJwk === undefined ? {} : { publicJwk }) }
    const dataKey = newKey()
    const row: TableRow = {
      ...head,
      wrapped: this.#wrapping.wrap(dataKey, this.#aad('wrap', head)),
      box: encrypt(dataKey, secret, this.#aad('box', head)),
      label: this.#wrapping.seal(JSON.stringify(label), this.#aad('label', head)),
    }
    wipe(dataKey)
    this.#db.prepare(INSERT).run(row.mac, row.owner, row.kind, row.version, row.algorithm, row.created, row.retired, row.wrapped, row.box, row.label)
    return row
  }

  #open(row: TableRow): Buffer {
    const dataKey = this.#wrapping.unwrap(row.wrapped ?? Buffer.alloc(0), this.#aad('wrap', row))
    const secret = decrypt(dataKey, row.box ?? Buffer.alloc(0), this.#aad('box', row))
    wipe(dataKey)
    return secret
  }

  #newest(id: string, kind: TableRow['kind']): TableRow | undefined {
    return this.#rows('SELECT * FROM keys WHERE owner = ? AND kind = ? ORDER BY version DESC LIMIT 1', this.#mac('owner', id), kind)[0]
  }

  #byKid(kid: string): TableRow {
    const row = this.#rows("SELECT * FROM keys WHERE mac = ? AND kind = 'signing'", this.#mac('kid', kid))[0]
    if (row === undefined) throw new KeysError('KEY_NOT_FOUND', 'there is no such key in this table')
    return row
  }

  #rows(sql: string, ...parameters: (string | Uint8Array)[]): TableRow[] {
    return this.#db.prepare(sql).all(...parameters) as Record<string, SQLOutputValue>[] as unknown as TableRow[]
  }

  #labelOf(row: TableRow): Label {
    return JSON.parse(this.#wrapping.open(row.label, this.#aad('label', row)).toString('utf8')) as Label
  }

  #infoOf(row: TableRow): KeyInfo {
    const { kid, owner, publicJwk } = this.#labelOf(row)
    if (publicJwk === undefined) throw new KeysError('KEY_NOT_FOUND', 'this is no signing key')
    const { version, created, retired } = row
    const algorithm = row.algorithm as Algorithm
    return { kid, purpose: this.purpose, id: owner, version, algorithm, publicJwk, createdAt: created, ...(retired === null ? {} : { retiredAt: retired }) }
  }

  #aad(part: string, { mac, owner, kind, version, algorithm }: Pick<TableRow, 'mac' | 'owner' | 'kind' | 'version' | 'algorithm'>): Buffer {
    return associate('growr-key-table', part, mac, owner, kind, version, algorithm)
  }

  #mac(what: 'kid' | 'owner', value: string): Buffer {
    return this.#index.hmac(associate(what, value))
  }

  #requireOwn(): void {
    const check = this.#db.prepare("SELECT value FROM meta WHERE name = 'check'").get()?.['value']
    if (check === undefined) this.#writeCheck()
    else this.#wrapping.open(check as Uint8Array, 'check')
  }

  #writeCheck(): void {
    this.#db.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('check', ?)").run(this.#wrapping.seal('growr', 'check'))
  }

  #transaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    }
  }

  #now(): string {
    return this.#clock.now().toISOString()
  }
}
