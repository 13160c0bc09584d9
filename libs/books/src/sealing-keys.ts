import { randomBytes } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { BookError } from './errors.ts'
import { ErasureLog } from './erasure-log.ts'
import { makeDirectory, syncDirectory } from './files.ts'
import { mac } from './seal.ts'
import type { Awaitable, DataKeys, SharedKey, SubjectKey } from './keys.ts'

/** Wraps data keys under a key of custody; `context` names what is wrapped and is to be bound to it. */
export interface KeyWrapper {
  wrap(key: Uint8Array, context: string): Awaitable<Uint8Array>
  unwrap(wrapped: Uint8Array, context: string): Awaitable<Uint8Array>
}

export interface SealingKeysOptions {
  /** The SQLite file of wrapped keys. Back it up. */
  readonly file: string
  /** Where destroyed keys are noted. Keep it out of the back-up that holds `file`: it must survive a restore as it is. */
  readonly erasureLog: string
  readonly wrapper: KeyWrapper
  /** 32 bytes: the file holds persons as MACs under it, never as they are called. */
  readonly personKey: Uint8Array
  readonly clock?: { now(): Date }
  /** How many unwrapped keys to keep in memory; 50,000 unless given. */
  readonly cacheSize?: number
}

/** A shared key has an epoch, a subject's key a kid. */
interface DataKey {
  readonly key: Uint8Array
  readonly kid: string
  readonly epoch: number
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS shared_key (scope TEXT NOT NULL, epoch INTEGER NOT NULL, wrapped BLOB NOT NULL, PRIMARY KEY (scope, epoch)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS subject_key (kid TEXT PRIMARY KEY, person TEXT NOT NULL UNIQUE, wrapped BLOB NOT NULL) WITHOUT ROWID;`

/** Keeps a value; when there is no room the older half goes at once, since one by one would cost more than the keys do. */
function keep(map: Map<string, DataKey>, id: string, value: DataKey, most: number): void {
  map.set(id, value)
  if (map.size <= most) return
  let left = map.size >> 1
  for (const old of map.keys()) {
    if (left-- === 0) return
    map.delete(old)
  }
}

const newKid = (): string => randomBytes(16).toString('base64url')

/** Data keys of a group's books: those of organizations and projects by epoch, and one for each person and organization. */
export class SealingKeys implements DataKeys {
  readonly #db: DatabaseSync
  readonly #log: ErasureLog
  readonly #options: SealingKeysOptions
  readonly #clock: { now(): Date }
  readonly #statements = new Map<string, StatementSync>()
  readonly #cache = new Map<string, DataKey>()
  /** Of subjects by their id. */
  readonly #kids = new Map<string, DataKey>()
  readonly #making = new Map<string, Promise<DataKey>>()
  readonly #destroyed = new Set<string>()
  #open = false

  private constructor(db: DatabaseSync, log: ErasureLog, options: SealingKeysOptions) {
    this.#db = db
    this.#log = log
    this.#options = options
    this.#clock = options.clock ?? { now: () => new Date() }
  }

  /** Opens the file, and destroys again what the erasure log names: a restored back-up brings nobody back. */
  static async open(options: SealingKeysOptions): Promise<SealingKeys> {
    await makeDirectory(dirname(options.file))
    const db = new DatabaseSync(options.file)
    try {
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA locking_mode = EXCLUSIVE')
      db.exec(SCHEMA)
      chmodSync(options.file, 0o600)
      await syncDirectory(dirname(options.file))
      const keys = new SealingKeys(db, await ErasureLog.open(options.erasureLog), options)
      keys.#remove(keys.#log.erased)
      return keys
    } catch (error) {
      db.close()
      throw error
    }
  }

  /** The key of a scope in use (made if there is none), or of the epoch asked for (null if it is not known here). */
  sharedKey(scope: string, epoch?: number): Awaitable<SharedKey | null> {
    return this.#cache.get(`s ${scope} ${epoch ?? ''}`) ?? this.#loadShared(scope, epoch)
  }

  async #loadShared(scope: string, epoch?: number): Promise<SharedKey | null> {
    const row = epoch === undefined
      ? this.#statement('SELECT epoch, wrapped FROM shared_key WHERE scope = ? ORDER BY epoch DESC LIMIT 1').get(scope)
      : this.#statement('SELECT epoch, wrapped FROM shared_key WHERE scope = ? AND epoch = ?').get(scope, epoch)
    if (row !== undefined) {
      const found = Number(row['epoch'])
      const key = await this.#options.wrapper.unwrap(row['wrapped'] as Uint8Array, `shared ${scope} ${found}`)
      return this.#remember(epoch === undefined ? [`s ${scope} `, `s ${scope} ${found}`] : [`s ${scope} ${found}`], { key, kid: '', epoch: found })
    }
    return epoch === undefined ? this.#once(`s ${scope} `, () => this.#makeShared(scope, 1)) : null
  }

  /** A new key for a scope, from now on: for when somebody who knew the old one is let out. Durable when it resolves. */
  async nextEpoch(scope: string): Promise<SharedKey> {
    const current = await this.sharedKey(scope)
    const next = await this.#once(`n ${scope}`, () => this.#makeShared(scope, (current?.epoch ?? 0) + 1))
    this.flush()
    return next
  }

  /** Every epoch's key of a scope, to be wrapped for somebody who is let in. */
  async sharedKeys(scope: string): Promise<readonly SharedKey[]> {
    const rows = this.#statement('SELECT epoch FROM shared_key WHERE scope = ? ORDER BY epoch').all(scope)
    const keys: SharedKey[] = []
    for (const row of rows) {
      const key = await this.sharedKey(scope, Number(row['epoch']))
      if (key !== null) keys.push(key)
    }
    return keys
  }

  subjectKey(person: string, organization: string): Awaitable<SubjectKey> {
    const id = `p ${organization} ${person}`
    return this.#cache.get(id) ?? this.#once(id, async () => {
      const reference = this.#person(person, organization)
      const row = this.#statement('SELECT kid, wrapped FROM subject_key WHERE person = ?').get(reference)
      if (row !== undefined) {
        const kid = String(row['kid'])
        const key = await this.#options.wrapper.unwrap(row['wrapped'] as Uint8Array, `subject ${kid}`)
        if (this.#destroyed.has(kid)) throw new BookError('KEY_MISSING', 'this person is being erased')
        return this.#remember([id], { key, kid, epoch: 0 })
      }
      const kid = newKid()
      const key = randomBytes(32)
      const wrapped = await this.#options.wrapper.wrap(key, `subject ${kid}`)
      this.#begin()
      this.#statement('INSERT INTO subject_key (kid, person, wrapped) VALUES (?, ?, ?)').run(kid, reference, wrapped)
      return this.#remember([id], { key, kid, epoch: 0 })
    })
  }

  subjectKeyById(kid: string): Awaitable<Uint8Array | null> {
    return this.#kids.get(kid)?.key ?? this.#loadSubject(kid)
  }

  async #loadSubject(kid: string): Promise<Uint8Array | null> {
    const row = this.#statement('SELECT wrapped FROM subject_key WHERE kid = ?').get(kid)
    if (row === undefined) return null
    const key = await this.#options.wrapper.unwrap(row['wrapped'] as Uint8Array, `subject ${kid}`)
    // Destroyed while it was being unwrapped: it must not come back through the memory.
    if (this.#destroyed.has(kid)) return null
    return this.#remember([], { key, kid, epoch: 0 }).key
  }

  /** Destroys a person's key in an organization. On disk in the log first: a crash in between is finished at the next open. */
  async destroySubjectKey(person: string, organization: string): Promise<readonly string[]> {
    const reference = this.#person(person, organization)
    const rows = this.#statement('SELECT kid FROM subject_key WHERE person = ?').all(reference)
    const kids = rows.map(row => String(row['kid']))
    if (kids.length === 0) return []
    await this.#log.add(kids, this.#clock.now())
    this.#cache.delete(`p ${organization} ${person}`)
    this.#remove(kids)
    return kids
  }

  erasures(): number {
    return this.#destroyed.size
  }

  flush(): void {
    if (!this.#open) return
    this.#open = false
    this.#db.exec('COMMIT')
  }

  copyTo(file: string): void {
    this.flush()
    this.#db.prepare('VACUUM INTO ?').run(file)
    chmodSync(file, 0o600)
  }

  /** Wraps every key anew, for when the wrapping key was rotated. All or nothing. */
  async rewrap(next: KeyWrapper): Promise<void> {
    this.flush()
    const { wrapper } = this.#options
    const shared = this.#statement('SELECT scope, epoch, wrapped FROM shared_key').all()
    const subjects = this.#statement('SELECT kid, wrapped FROM subject_key').all()
    const again = async (wrapped: unknown, context: string): Promise<Uint8Array> =>
      next.wrap(await wrapper.unwrap(wrapped as Uint8Array, context), context)
    const sharedAgain = await Promise.all(shared.map(row => again(row['wrapped'], `shared ${String(row['scope'])} ${String(row['epoch'])}`)))
    const subjectsAgain = await Promise.all(subjects.map(row => again(row['wrapped'], `subject ${String(row['kid'])}`)))
    this.#begin()
    const putShared = this.#statement('UPDATE shared_key SET wrapped = ? WHERE scope = ? AND epoch = ?')
    const putSubject = this.#statement('UPDATE subject_key SET wrapped = ? WHERE kid = ?')
    shared.forEach((row, i) => putShared.run(sharedAgain[i] ?? null, row['scope'] ?? null, row['epoch'] ?? null))
    subjects.forEach((row, i) => putSubject.run(subjectsAgain[i] ?? null, row['kid'] ?? null))
    this.flush()
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  }

  async close(): Promise<void> {
    this.flush()
    this.#cache.clear()
    this.#kids.clear()
    this.#db.close()
    await this.#log.close()
  }

  async #makeShared(scope: string, epoch: number): Promise<DataKey> {
    const key = randomBytes(32)
    const wrapped = await this.#options.wrapper.wrap(key, `shared ${scope} ${epoch}`)
    this.#begin()
    this.#statement('INSERT INTO shared_key (scope, epoch, wrapped) VALUES (?, ?, ?)').run(scope, epoch, wrapped)
    return this.#remember([`s ${scope} `, `s ${scope} ${epoch}`], { key, kid: '', epoch })
  }

  /** Two callers that need the same new key get the same one. */
  #once(id: string, make: () => Promise<DataKey>): Promise<DataKey> {
    const running = this.#making.get(id)
    if (running !== undefined) return running
    const promise = make().finally(() => this.#making.delete(id))
    this.#making.set(id, promise)
    return promise
  }

  #remove(kids: readonly string[]): void {
    this.flush()
    if (kids.length === 0) return
    this.#begin()
    const remove = this.#statement('DELETE FROM subject_key WHERE kid = ?')
    for (const kid of kids) {
      remove.run(kid)
      this.#destroyed.add(kid)
      this.#kids.delete(kid)
    }
    this.flush()
    // The log of SQLite may still hold the page with the key: bring the new page into the file and empty the log.
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  }

  /** A person in an organization, as the file knows them. */
  #person(person: string, organization: string): string {
    if (person === '') throw new BookError('NAME_INVALID', 'a person needs a name')
    return mac(this.#options.personKey, `person\n${organization}\n${person}`)
  }

  #begin(): void {
    if (this.#open) return
    this.#db.exec('BEGIN')
    this.#open = true
  }

  #remember(ids: readonly string[], value: DataKey): DataKey {
    const most = this.#options.cacheSize ?? 50_000
    for (const id of ids) keep(this.#cache, id, value, most)
    if (value.kid !== '') keep(this.#kids, value.kid, value, most)
    return value
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) this.#statements.set(sql, (statement = this.#db.prepare(sql)))
    return statement
  }
}
