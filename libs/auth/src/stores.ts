import type { DatabaseSync } from 'node:sqlite'
import type { AtomicStore, Clock, Expiring } from './ports.ts'
import { systemClock } from './ports.ts'

/** Keeps records in memory: for tools that live shortly and for tests. A restart forgets locks and sessions. */
export class MemoryStore<T extends Expiring> implements AtomicStore<T> {
  readonly #records = new Map<string, T>()

  get size(): number {
    return this.#records.size
  }

  async get(id: string): Promise<T | undefined> {
    return this.#records.get(id)
  }

  async change(id: string, change: (current: T | undefined) => T | null): Promise<void> {
    const next = change(this.#records.get(id))
    if (next !== null) this.#records.set(id, next)
  }

  async *all(): AsyncGenerator<T> {
    yield* this.#records.values()
  }

  /** Removes what has expired; gives how many. */
  async removeExpired(now: Date): Promise<number> {
    const before = this.#records.size
    for (const [id, record] of this.#records) if (Date.parse(record.expiresAt) <= now.getTime()) this.#records.delete(id)
    return before - this.#records.size
  }
}

const TABLE = /^[a-z][a-z_]{0,30}$/
const SWEEP_EVERY = 1000

/**
 * Keeps records in one table of an SQLite file, so that a restart forgets neither a lock nor a session.
 * One process writes a file. Every change is on disk when it resolves (WAL, synchronous FULL).
 */
export class SqliteStore<T extends Expiring> implements AtomicStore<T> {
  readonly #clock: Clock
  readonly #read
  readonly #write
  readonly #list
  readonly #sweep
  #writes = 0

  /** `table` is lower-case letters and underscores. Several stores may share one `db`. */
  constructor(db: DatabaseSync, table: string, clock: Clock = systemClock) {
    if (!TABLE.test(table)) throw new TypeError('a table name is lower-case letters and underscores')
    this.#clock = clock
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    db.exec(
      `CREATE TABLE IF NOT EXISTS ${table} (id TEXT PRIMARY KEY, expires INTEGER NOT NULL, record TEXT NOT NULL) STRICT, WITHOUT ROWID`,
    )
    db.exec(`CREATE INDEX IF NOT EXISTS ${table}_expires ON ${table} (expires)`)
    this.#read = db.prepare(`SELECT record FROM ${table} WHERE id = ?`)
    this.#write = db.prepare(
      `INSERT INTO ${table} (id, expires, record) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET expires = excluded.expires, record = excluded.record`,
    )
    this.#list = db.prepare(`SELECT record FROM ${table} ORDER BY id`)
    this.#sweep = db.prepare(`DELETE FROM ${table} WHERE expires <= ?`)
  }

  async get(id: string): Promise<T | undefined> {
    return this.#find(id)
  }

  /** Atomic because nothing else runs between the read and the write: both are synchronous, in the one process that writes. */
  async change(id: string, change: (current: T | undefined) => T | null): Promise<void> {
    const next = change(this.#find(id))
    if (next === null) return
    this.#write.run(id, Date.parse(next.expiresAt), JSON.stringify(next))
    if (++this.#writes % SWEEP_EVERY === 0) await this.removeExpired(this.#clock.now())
  }

  async *all(): AsyncGenerator<T> {
    for (const row of this.#list.all()) yield JSON.parse(String(row['record'])) as T
  }

  /** Removes what has expired; gives how many. Runs by itself once in a thousand writes. */
  async removeExpired(now: Date): Promise<number> {
    return Number(this.#sweep.run(now.getTime()).changes)
  }

  #find(id: string): T | undefined {
    const row = this.#read.get(id)
    return row === undefined ? undefined : (JSON.parse(String(row['record'])) as T)
  }
}
