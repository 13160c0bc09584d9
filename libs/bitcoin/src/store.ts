import { chmodSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { NetworkError } from '@growr/networks'

type Row = Readonly<Record<string, unknown>>

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS wallet (id TEXT PRIMARY KEY, purpose TEXT NOT NULL, account INTEGER NOT NULL UNIQUE, external INTEGER NOT NULL, change INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS address (script BLOB PRIMARY KEY, address TEXT NOT NULL UNIQUE, wallet TEXT NOT NULL, tag TEXT, branch INTEGER NOT NULL, place INTEGER NOT NULL, UNIQUE (wallet, tag)) STRICT;
  CREATE TABLE IF NOT EXISTS block (height INTEGER PRIMARY KEY, hash TEXT NOT NULL, time INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS credit (
    txid TEXT NOT NULL, vout INTEGER NOT NULL, script BLOB NOT NULL, sats INTEGER NOT NULL, inputs TEXT NOT NULL, height INTEGER, time INTEGER NOT NULL,
    waiting INTEGER NOT NULL, told TEXT NOT NULL, generation INTEGER NOT NULL, spentBy TEXT, spentHeight INTEGER, PRIMARY KEY (txid, vout)) STRICT;
  CREATE INDEX IF NOT EXISTS credit_height ON credit (height);
  CREATE INDEX IF NOT EXISTS credit_spent ON credit (spentHeight) WHERE spentHeight IS NOT NULL;
  CREATE INDEX IF NOT EXISTS credit_untold ON credit (told) WHERE told <> 'CONFIRMED';
  CREATE TABLE IF NOT EXISTS send (
    id TEXT PRIMARY KEY, request TEXT NOT NULL, wallet TEXT NOT NULL, address TEXT NOT NULL, sats INTEGER NOT NULL, told TEXT NOT NULL, generation INTEGER NOT NULL, reason TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS version (txid TEXT PRIMARY KEY, send TEXT NOT NULL, hex TEXT NOT NULL, fee INTEGER NOT NULL, coins TEXT NOT NULL, height INTEGER, time INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS version_send ON version (send);
  CREATE TABLE IF NOT EXISTS deposit (
    id TEXT PRIMARY KEY, script BLOB NOT NULL UNIQUE, wallet TEXT NOT NULL, place INTEGER NOT NULL, payer TEXT NOT NULL, refund TEXT NOT NULL, refundAfter INTEGER NOT NULL,
    draft TEXT, leaf TEXT, draftTo TEXT, draftSats INTEGER, moves INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS feed (seq INTEGER PRIMARY KEY AUTOINCREMENT, wallet TEXT NOT NULL, change TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS feed_wallet ON feed (wallet, seq);`

/** The adapter's own file: what it watches, what it has seen and told, what it sent. All that belongs together is one transaction, on disk when it ends. */
export class BitcoinStore {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  /** NETWORK_STORE. */
  constructor(file: string) {
    try {
      this.#db = new DatabaseSync(file)
      this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON')
      this.#db.exec(SCHEMA)
      if (file !== ':memory:') chmodSync(file, 0o600)
    } catch (error) {
      throw new NetworkError('NETWORK_STORE', `the store of Bitcoin cannot be opened: ${error instanceof Error ? error.message : 'unknown'}`)
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) this.#statements.set(sql, (statement = this.#db.prepare(sql)))
    return statement
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values)
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values)
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values)
  }

  /** All of it or nothing; NETWORK_STORE where it cannot be written. */
  together<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const made = work()
      this.#db.exec('COMMIT')
      return made
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  close(): void {
    this.#statements.clear()
    if (this.#db.isOpen) this.#db.close()
  }
}
