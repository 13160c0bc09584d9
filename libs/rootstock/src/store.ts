import { chmodSync, closeSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { NetworkError } from '@growr/networks'

const SCHEMA = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS wallets (id TEXT PRIMARY KEY, purpose TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS addresses (n INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, wallet TEXT NOT NULL, tag TEXT, UNIQUE (wallet, tag)) STRICT;
  CREATE TABLE IF NOT EXISTS blocks (height INTEGER PRIMARY KEY, hash TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS facts (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, wallet TEXT NOT NULL, tag TEXT, address TEXT, debit TEXT, credit TEXT, currency TEXT NOT NULL,
    amount TEXT NOT NULL, fee TEXT NOT NULL, tx TEXT NOT NULL, height INTEGER NOT NULL, needs INTEGER NOT NULL, status TEXT NOT NULL,
    generation INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS facts_height ON facts (height);
  CREATE INDEX IF NOT EXISTS facts_open ON facts (height) WHERE status = 'SEEN';
  CREATE INDEX IF NOT EXISTS facts_wallet ON facts (wallet);
  CREATE TABLE IF NOT EXISTS sends (
    id TEXT PRIMARY KEY, asked TEXT NOT NULL, wallet TEXT NOT NULL, recipient TEXT NOT NULL, currency TEXT NOT NULL, amount TEXT NOT NULL, ceiling TEXT NOT NULL,
    status TEXT NOT NULL, fee TEXT NOT NULL, proof TEXT, reason TEXT, generation INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS txs (
    hash TEXT PRIMARY KEY, owner TEXT NOT NULL, id TEXT NOT NULL, wallet TEXT NOT NULL, n INTEGER NOT NULL, address TEXT NOT NULL, recipient TEXT NOT NULL,
    nonce INTEGER NOT NULL, raw TEXT NOT NULL, currency TEXT NOT NULL, amount TEXT NOT NULL, gas TEXT NOT NULL, price TEXT NOT NULL, born INTEGER NOT NULL,
    state TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS txs_open ON txs (address) WHERE state IN ('LIVE', 'MINED');
  CREATE TABLE IF NOT EXISTS fresh (address TEXT PRIMARY KEY, height INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS waiting (tx TEXT PRIMARY KEY, sender TEXT NOT NULL, nonce INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, generation INTEGER NOT NULL, wallet TEXT NOT NULL, tag TEXT, status TEXT NOT NULL,
    currency TEXT NOT NULL, amount TEXT NOT NULL, fee TEXT NOT NULL, address TEXT, proof TEXT, confirmations INTEGER NOT NULL, reason TEXT, at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS changes_wallet ON changes (wallet, seq);`

export interface AddressRow { n: number; address: string; wallet: string; tag: string | null }
export interface FactRow {
  key: string; kind: 'RECEIVED' | 'SENT' | 'FEE' | 'MOVE' | 'FAILED'; id: string; wallet: string; tag: string | null; address: string | null; debit: string | null
  credit: string | null; currency: string; amount: string; fee: string; tx: string; height: number; needs: number; status: 'SEEN' | 'CONFIRMED' | 'REVERSED'
  generation: number; at: number
}
export interface SendRow {
  id: string; asked: string; wallet: string; recipient: string; currency: string; amount: string; ceiling: string; status: 'PENDING' | 'UNKNOWN' | 'CONFIRMED' | 'FAILED'
  fee: string; proof: string | null; reason: string | null; generation: number
}
export interface TxRow {
  hash: string; owner: 'SEND' | 'SWEEP' | 'GAS'; id: string; wallet: string; n: number; address: string; recipient: string; nonce: number; raw: string
  currency: string; amount: string; gas: string; price: string; born: number; state: 'LIVE' | 'PARKED' | 'MINED' | 'DONE' | 'DEAD'
}
export interface ChangeRow {
  seq: number; kind: 'RECEIVED' | 'SENT' | 'FEE'; id: string; generation: number; wallet: string; tag: string | null
  status: 'SEEN' | 'PENDING' | 'UNKNOWN' | 'CONFIRMED' | 'FAILED' | 'REVERSED'; currency: string; amount: string; fee: string; address: string | null
  proof: string | null; confirmations: number; reason: string | null; at: number
}

/** The adapter's own file: what it watches, how far it has looked, what it saw and sent, and the feed, all in one place. */
export class RootstockStore {
  readonly #db: DatabaseSync
  readonly #prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>()

  constructor(file: string) {
    try {
      closeSync(openSync(file, 'a', 0o600))
      chmodSync(file, 0o600)
      this.#db = new DatabaseSync(file, { timeout: 5000 })
      this.#db.exec(SCHEMA)
    } catch (error) {
      throw new NetworkError('NETWORK_STORE', `Rootstock's store cannot be used: ${error instanceof Error ? error.message : 'unknown'}`)
    }
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] { return this.#statement(sql).all(...values) as Row[] }
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined { return this.#statement(sql).get(...values) as Row | undefined }
  run(sql: string, ...values: SQLInputValue[]): void { this.#statement(sql).run(...values) }

  insert(table: string, row: object): void {
    const names = Object.keys(row)
    this.run(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`, ...Object.values(row) as SQLInputValue[])
  }

  /** All or nothing, on disk when it returns. */
  atomically<T>(work: () => T): T {
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

  /** As `atomically`, or a part of the one that is under way. */
  within<T>(work: () => T): T { return this.#db.isTransaction ? work() : this.atomically(work) }

  tell(change: Omit<ChangeRow, 'seq'>): void { this.insert('changes', change) }
  close(): void { this.#db.close() }

  #statement(sql: string): ReturnType<DatabaseSync['prepare']> {
    let statement = this.#prepared.get(sql)
    if (!statement) this.#prepared.set(sql, statement = this.#db.prepare(sql))
    return statement
  }
}
