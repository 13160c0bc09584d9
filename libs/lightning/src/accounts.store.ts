import { chmodSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { amountOf, type Amount } from '@growr/money'
import { NetworkError, type NetworkChange } from '@growr/networks'

type Row = Readonly<Record<string, null | number | bigint | string | Uint8Array>>

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS wallet (id TEXT PRIMARY KEY, purpose TEXT NOT NULL, held TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS invoice (hash TEXT PRIMARY KEY, wallet TEXT NOT NULL, tag TEXT NOT NULL, amount TEXT, description TEXT NOT NULL, text TEXT NOT NULL, expires INTEGER NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS invoice_tag ON invoice (wallet, tag);
  CREATE TABLE IF NOT EXISTS offer (id TEXT PRIMARY KEY, wallet TEXT NOT NULL, tag TEXT NOT NULL, amount TEXT, description TEXT NOT NULL, text TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS send (id TEXT PRIMARY KEY, request TEXT NOT NULL, target TEXT NOT NULL, amount TEXT NOT NULL, maxFee TEXT NOT NULL, parts TEXT NOT NULL, status TEXT NOT NULL, fee TEXT NOT NULL, proof TEXT, reason TEXT) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS send_open ON send (status) WHERE status IN ('PENDING', 'UNKNOWN');
  CREATE TABLE IF NOT EXISTS feed (seq INTEGER PRIMARY KEY, wallet TEXT NOT NULL, change TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS feed_wallet ON feed (wallet, seq);
  CREATE INDEX IF NOT EXISTS feed_id ON feed (json_extract(change, '$.id'));
  CREATE TABLE IF NOT EXISTS place (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;`

export const btc = (msat: bigint): Amount => amountOf(msat, 'BTC')

/** The accounts' file: what wallets hold, whose invoices there are, what is being sent, and what was told. */
export class AccountsStore {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #inside = false
  #group: Promise<void> | undefined
  #settle: ((error?: unknown) => void) | undefined

  /** NETWORK_STORE. */
  constructor(file: string) {
    try {
      this.#db = new DatabaseSync(file)
      chmodSync(file, 0o600)
      this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${SCHEMA}`)
    } catch (error) {
      throw new NetworkError('NETWORK_STORE', `the file of the Lightning accounts cannot be used: ${error instanceof Error ? error.message : 'unknown'}`)
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) this.#statements.set(sql, (statement = this.#db.prepare(sql)))
    return statement
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values)
    if (!this.#inside) this.#flush()
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined
  }

  all(sql: string, ...values: SQLInputValue[]): readonly Row[] {
    return this.#statement(sql).all(...values) as Row[]
  }

  /** All of it, or none; on the disk when it returns. */
  together<T>(work: () => T): T {
    try {
      return this.#step(work)
    } finally {
      this.#flush()
    }
  }

  /** All of it, or none, at once; on the disk, with whatever else came in the same moment, when it resolves. */
  async soon<T>(work: () => T): Promise<T> {
    const result = this.#step(work)
    this.#group ??= new Promise((resolve, reject) => {
      this.#settle = (error) => error === undefined ? resolve() : reject(error as Error)
      setImmediate(() => this.#flush())
    })
    await this.#group
    return result
  }

  /** A step within the open transaction. */
  #step<T>(work: () => T): T {
    if (this.#inside) throw new Error('a step is no part of another')
    if (!this.#db.isTransaction) this.#db.exec('BEGIN IMMEDIATE')
    this.#db.exec('SAVEPOINT step')
    this.#inside = true
    try {
      const result = work()
      this.#db.exec('RELEASE step')
      return result
    } catch (error) {
      this.#db.exec('ROLLBACK TO step; RELEASE step')
      throw error
    } finally {
      this.#inside = false
    }
  }

  #flush(): void {
    const settle = this.#settle
    this.#group = undefined
    this.#settle = undefined
    try {
      if (this.#db.isOpen && this.#db.isTransaction) this.#db.exec('COMMIT')
    } catch (error) {
      settle?.(error)
      throw error
    }
    settle?.()
  }

  held(wallet: string): bigint {
    const row = this.get('SELECT held FROM wallet WHERE id = ?', wallet)
    if (!row) throw new NetworkError('WALLET_UNKNOWN', 'there is no such wallet')
    return BigInt(String(row['held']))
  }

  /** Adds to what a wallet holds, or takes from it. */
  move(wallet: string, msat: bigint): void {
    this.run('UPDATE wallet SET held = ? WHERE id = ?', (this.held(wallet) + msat).toString(), wallet)
  }

  tell(change: Omit<NetworkChange, 'seq' | 'network'>): void {
    const seq = Number(this.get('SELECT coalesce(max(seq), 0) AS n FROM feed')?.['n'] ?? 0) + 1
    const text = JSON.stringify({ ...change, amount: change.amount.amount.toString(), fee: change.fee.amount.toString(), at: change.at.toISOString() })
    this.run('INSERT INTO feed (seq, wallet, change) VALUES (?, ?, ?)', seq, change.wallet, text)
  }

  feed({ after, limit, wallet }: { readonly after: number; readonly limit: number; readonly wallet?: string }): NetworkChange[] {
    // Whoever follows it goes on from the last number: it must not be lost and given to something else.
    this.#flush()
    const most = Math.max(0, Math.min(limit, 1_000))
    const rows = wallet === undefined
      ? this.all('SELECT seq, change FROM feed WHERE seq > ? ORDER BY seq LIMIT ?', after, most)
      : this.all('SELECT seq, change FROM feed WHERE seq > ? AND wallet = ? ORDER BY seq LIMIT ?', after, wallet, most)
    return rows.map((row) => {
      const change = JSON.parse(String(row['change'])) as Omit<NetworkChange, 'seq' | 'network' | 'amount' | 'fee' | 'at'> & { amount: string; fee: string; at: string }
      return { ...change, seq: Number(row['seq']), network: 'lightning', amount: btc(BigInt(change.amount)), fee: btc(BigInt(change.fee)), at: new Date(change.at) }
    })
  }

  place(): number {
    return Number(this.get("SELECT seq FROM place WHERE name = 'events'")?.['seq'] ?? 0)
  }

  setPlace(seq: number): void {
    this.run("INSERT INTO place (name, seq) VALUES ('events', ?) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq", seq)
  }

  close(): void {
    this.#flush()
    this.#db.close()
  }
}
