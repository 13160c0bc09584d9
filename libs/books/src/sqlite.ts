import { chmodSync, rmSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

/** What SQLite can hold, in and out. */
export type SqlValue = SQLInputValue
export type SqlRow = Record<string, null | number | bigint | string | Uint8Array>

/** A database of a view, for the writer's `apply` and for readers: statements are prepared once and kept. */
export interface ViewDatabase {
  run(sql: string, ...values: SqlValue[]): void
  get(sql: string, ...values: SqlValue[]): SqlRow | null
  all(sql: string, ...values: SqlValue[]): SqlRow[]
}

const MAXIMUM_STATEMENTS = 512

/**
 * A disposable SQLite file: all in it can be rebuilt from books. So its transaction stays open over many commits of the book
 * and is closed now and then: what a crash takes from it is caught up from the book at the next open.
 */
export class DisposableDatabase implements ViewDatabase {
  readonly file: string
  readonly #secureDelete: boolean
  readonly #cache: number
  #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #changes = 0

  /** `secureDelete`: what is deleted is overwritten, for files with personal data. `cache`: KiB of pages kept in memory at most. */
  constructor(file: string, secureDelete: boolean, cache = 16_384) {
    this.file = file
    this.#secureDelete = secureDelete
    this.#cache = cache
    this.#db = this.#openFile()
  }

  #openFile(): DatabaseSync {
    const { file } = this
    const db = new DatabaseSync(file)
    try {
      this.#configure(db)
    } catch (error) {
      db.close()
      throw error
    }
    if (file !== ':memory:') chmodSync(file, 0o600)
    return db
  }

  // The file is read, not mapped: a page that is met for the first time costs a fault, several times what reading it costs.
  #configure(db: DatabaseSync): void {
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ${this.#secureDelete ? 'ON' : 'OFF'}; PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -${this.#cache}; PRAGMA mmap_size = 0; PRAGMA wal_autocheckpoint = 16000`)
  }

  exec(sql: string): void {
    this.#db.exec(sql)
  }

  statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      if (this.#statements.size >= MAXIMUM_STATEMENTS) this.#statements.clear()
      this.#statements.set(sql, (statement = this.#db.prepare(sql)))
    }
    return statement
  }

  /** A statement of one's own, to be kept. */
  prepare(sql: string): StatementSync {
    return this.#db.prepare(sql)
  }

  run(sql: string, ...values: SqlValue[]): void {
    this.statement(sql).run(...values)
  }

  get(sql: string, ...values: SqlValue[]): SqlRow | null {
    return (this.statement(sql).get(...values) as SqlRow | undefined) ?? null
  }

  all(sql: string, ...values: SqlValue[]): SqlRow[] {
    return this.statement(sql).all(...values) as SqlRow[]
  }

  /** Begins the transaction for what is read only: every read beyond it would begin and end one of its own, which takes as long as the read. */
  begin(): void {
    if (!this.#db.isTransaction) this.#db.exec('BEGIN')
  }

  /** Runs changes as one step of the open transaction: all of them, or, when one throws, none. */
  change(changes: () => void, weight = 1): void {
    this.begin()
    this.#db.exec('SAVEPOINT step')
    try {
      changes()
      this.#db.exec('RELEASE step')
      this.#changes += weight
    } catch (error) {
      this.#db.exec('ROLLBACK TO step; RELEASE step')
      throw error
    }
  }

  /** How much has been changed since the last `commit`. */
  get uncommitted(): number {
    return this.#changes
  }

  commit(): void {
    this.#changes = 0
    if (this.#db.isTransaction) this.#db.exec('COMMIT')
  }

  /** Empties SQLite's log too, so that nothing deleted lingers in it. */
  checkpoint(): void {
    this.commit()
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  }

  close(): void {
    if (!this.#db.isOpen) return
    this.commit()
    this.#statements.clear()
    this.#db.close()
  }

  /** Closes it and opens what now lies under its name. */
  reopen(): void {
    this.close()
    this.#db = this.#openFile()
  }

  static remove(file: string): void {
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
  }
}
