import { chmodSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { NetworkError } from '@growr/networks'

type Row = Readonly<Record<string, null | number | bigint | string | Uint8Array>>

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS blob (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS monitor (id TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS invoice (hash TEXT PRIMARY KEY, status TEXT NOT NULL, amount TEXT, expires INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS offer (id TEXT PRIMARY KEY, nonce TEXT NOT NULL, amount TEXT) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS asked (hash TEXT PRIMARY KEY, offer TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS proof (hash TEXT PRIMARY KEY, invoice BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS payment (id TEXT PRIMARY KEY, pid TEXT NOT NULL UNIQUE, target TEXT NOT NULL, hash TEXT, amount TEXT NOT NULL, maxFee TEXT NOT NULL, status TEXT NOT NULL, preimage TEXT, fee TEXT NOT NULL, reason TEXT) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS payment_hash ON payment (hash);
  CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, id TEXT NOT NULL, hash TEXT, preimage TEXT, amount TEXT NOT NULL, fee TEXT NOT NULL, reason TEXT, at INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS coin (txid TEXT NOT NULL, vout INTEGER NOT NULL, sats INTEGER NOT NULL, height INTEGER, spent TEXT, spentHeight INTEGER, told INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (txid, vout)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tx (txid TEXT PRIMARY KEY, hex TEXT NOT NULL, kind TEXT NOT NULL, channel TEXT, fee INTEGER NOT NULL, amount INTEGER NOT NULL, released INTEGER NOT NULL, height INTEGER) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS channel (id TEXT PRIMARY KEY, peer TEXT NOT NULL, funding TEXT, capacity TEXT NOT NULL, ours TEXT NOT NULL, swept TEXT NOT NULL, push TEXT NOT NULL, state TEXT NOT NULL, reason TEXT) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS opening (id TEXT PRIMARY KEY, asked TEXT NOT NULL, number TEXT NOT NULL, channel TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS peer (id TEXT PRIMARY KEY, address TEXT NOT NULL) WITHOUT ROWID;`

/**
 * All that the node keeps, in one file. Changes gather in one open transaction; nothing that they cause may leave the process before
 * `commit` has them on the disk: bytes to peers, transactions, answers.
 */
export class NodeStore {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  /** NETWORK_STORE. */
  constructor(file: string) {
    try {
      this.#db = new DatabaseSync(file)
      chmodSync(file, 0o600)
      this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA locking_mode = EXCLUSIVE; ${SCHEMA}`)
    } catch (error) {
      throw new NetworkError('NETWORK_STORE', `the Lightning node's file cannot be used: ${error instanceof Error ? error.message : 'unknown'}`)
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) this.#statements.set(sql, (statement = this.#db.prepare(sql)))
    return statement
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    if (!this.#db.isTransaction) this.#db.exec('BEGIN')
    this.#statement(sql).run(...values)
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined
  }

  all(sql: string, ...values: SQLInputValue[]): readonly Row[] {
    return this.#statement(sql).all(...values) as Row[]
  }

  blob(name: string): Uint8Array | undefined {
    return this.get('SELECT value FROM blob WHERE name = ?', name)?.['value'] as Uint8Array | undefined
  }

  keep(name: string, value: Uint8Array): void {
    this.run('INSERT INTO blob (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', name, value)
  }

  /** Something happened, once: the same key again changes nothing. */
  tell(event: { readonly key: string; readonly kind: string; readonly id: string; readonly hash?: string | null; readonly preimage?: string | null; readonly amount: bigint; readonly fee?: bigint; readonly reason?: string | null }): void {
    if (this.get('SELECT 1 AS found FROM event WHERE key = ?', event.key)) return
    this.run(
      'INSERT INTO event (key, kind, id, hash, preimage, amount, fee, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      event.key, event.kind, event.id, event.hash ?? null, event.preimage ?? null, event.amount.toString(), (event.fee ?? 0n).toString(), event.reason ?? null, Date.now(),
    )
  }

  get changed(): boolean {
    return this.#db.isTransaction
  }

  commit(): void {
    if (this.#db.isTransaction) this.#db.exec('COMMIT')
  }

  close(): void {
    this.commit()
    this.#db.close()
  }
}
