import { LRU } from './lru.ts'
import { Seen } from './seen.ts'
import { writeBatch, type IndexBatch } from './index-rows.ts'
import { DisposableDatabase } from './sqlite.ts'
import { Unwritten, type Head, type IndexedEntry, type LateRecord, type Request } from './unwritten.ts'
import type { StatementSync } from 'node:sqlite'
import type { IndexWriter } from './index-thread.ts'

const FORM = 1
const MAXIMUM_UNWRITTEN = 32_768
// A record is known by its first entry; `later` holds the numbers of those that followed.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS record (key TEXT PRIMARY KEY, first INTEGER NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS state (seq INTEGER PRIMARY KEY, type TEXT NOT NULL, scope TEXT NOT NULL, epoch INTEGER NOT NULL,
    state TEXT, kid TEXT, box BLOB);
  CREATE TABLE IF NOT EXISTS later (first INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (first, seq)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS request (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS version (length INTEGER PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS meta (id INTEGER PRIMARY KEY CHECK (id = 1), form INTEGER NOT NULL, length INTEGER NOT NULL, hash BLOB);`
const HEAD = 'SELECT state.seq, type, scope, epoch, state, kid, box FROM record JOIN state ON state.seq = record.seq WHERE key = ?'

type HeadRow = readonly [number, string, string, number, string | null, string | null, Uint8Array | null]

/** Where a record stands in the file; first 0: it is not there. */
interface Place {
  readonly first: number
  readonly seq: number
}

const NOWHERE: Place = { first: 0, seq: 0 }

/** The last number in an ascending list that is at or below another; 0 when there is none. */
const lastUpTo = (seqs: readonly number[], most: number): number => seqs.findLast(seq => seq <= most) ?? 0

/**
 * What a book is looked up by: the last entry of each record, the entries of a record, request ids, versions. Built from the
 * book by its writer, and nothing but a convenience: it can be deleted. Personal data stays sealed in it.
 *
 * What was acknowledged lately is kept in memory and written to the file together, so that a page of the file is written once
 * for many entries and a busy record once for all its changes; where there is much, by another thread. A crash loses no more
 * than that: the next open catches up from the book.
 */
export class BookIndex {
  readonly #db: DisposableDatabase
  readonly #thread: IndexWriter | null
  #length = 1
  #flushed = 1
  #hash: Uint8Array | null = null
  #failure: unknown = null
  #fresh = new Unwritten()
  /** What the thread is writing. */
  #leaving: Unwritten | null = null
  #left: Promise<void> = Promise.resolve()
  readonly #seen = new Seen()
  readonly #heads: StatementSync
  readonly #absent = new LRU<string, true>(1_024)

  private constructor(db: DisposableDatabase, thread: IndexWriter | null) {
    this.#db = db
    this.#thread = thread
    db.exec(SCHEMA)
    this.#heads = db.prepare(HEAD)
    this.#heads.setReturnArrays(true)
  }

  static open(file: string, thread: IndexWriter | null = null): BookIndex {
    let damaged: BookIndex | null = null
    try {
      damaged = new BookIndex(new DisposableDatabase(file, false), thread)
      if (damaged.#prepare()) return damaged
    } catch {
      // It is built anew, below.
    }
    if (damaged !== null) damaged.#db.close()
    DisposableDatabase.remove(file)
    const index = new BookIndex(new DisposableDatabase(file, false), thread)
    index.#prepare()
    return index
  }

  #prepare(): boolean {
    this.#db.run('INSERT OR IGNORE INTO meta (id, form, length, hash) VALUES (1, ?, 1, NULL)', FORM)
    const meta = this.#db.get('SELECT form, length, hash FROM meta')
    this.#length = this.#flushed = Number(meta?.['length'] ?? 1)
    this.#hash = (meta?.['hash'] as Uint8Array | null | undefined) ?? null
    for (const row of this.#db.statement('SELECT id FROM request').iterate()) this.#seen.add(String(row['id']))
    return meta !== null && meta['form'] === FORM
  }

  /** The length of the book (its header block included) up to which all is acknowledged and indexed. */
  get length(): number {
    return this.#length
  }

  /** The tree hash of the book at that length. */
  get hash(): Uint8Array | null {
    return this.#hash
  }

  /** How many entries neither the file has nor the thread. */
  get unwritten(): number {
    return this.#length - this.#flushed
  }

  /** Why its file could not be written; null when all is well. */
  get failure(): unknown {
    return this.#failure
  }

  /** Takes in acknowledged entries that follow on one another, with the tree hash that they bring the book to. */
  add(entries: readonly IndexedEntry[], hash: Uint8Array): void {
    for (const entry of entries) {
      if (this.#fresh.add(entry) && entry.requestId !== null) this.#seen.add(entry.requestId)
      this.#length = entry.head.seq + 1
    }
    this.#hash = hash
  }

  /** Has what the file lacks written by the thread, if that is free; resolves at once, unless too much waits already. */
  async relieve(): Promise<void> {
    if (this.#leaving !== null) {
      if (this.unwritten > MAXIMUM_UNWRITTEN) await this.#left
      return
    }
    const leaving = this.#fresh
    const before = this.#flushed
    this.#left = new Promise(resolve => {
      const done = (written: boolean): void => {
        // Those that were not in the file are now.
        this.#absent.clear()
        this.#leaving = null
        if (!written) {
          // What the thread could not write is as unwritten as what came since.
          leaving.follow(this.#fresh)
          this.#fresh = leaving
          this.#flushed = before
          this.flush()
        }
        resolve()
      }
      const taken = this.#thread?.write(this.#db.file, this.#batch(leaving), done) ?? false
      if (!taken) {
        this.flush()
        resolve()
        return
      }
      this.#leaving = leaving
      this.#fresh = new Unwritten()
      this.#flushed = this.#length
    })
  }

  /** Writes to the file what it lacks, now; not while the thread does. What cannot be written stays in memory. */
  flush(): void {
    if (this.#leaving !== null || this.#length === this.#flushed) return
    try {
      writeBatch(this.#db, this.#batch(this.#fresh))
      this.#failure = null
    } catch (error) {
      this.#failure = error
      return
    }
    this.#fresh = new Unwritten()
    this.#absent.clear()
    this.#flushed = this.#length
  }

  #batch({ records, requests, versions }: Unwritten): IndexBatch {
    return {
      records: [...records].map(([key, { head, seqs }]) => ({
        first: this.#place(key).first, key, seqs, type: head.type, scope: head.scope, epoch: head.epoch, state: head.state, kid: head.kid, box: head.box,
      })),
      requests: [...requests].map(([id, { seq, digest }]) => ({ id, seq, digest })),
      versions, length: this.#length, hash: this.#hash,
    }
  }

  /** Where the file has a record; not to be asked about one that the thread is writing. */
  #place(key: string): Place {
    if (this.#absent.get(key) === true) return NOWHERE
    const row = this.#db.get('SELECT first, seq FROM record WHERE key = ?', key)
    if (row !== null) return { first: Number(row['first']), seq: Number(row['seq']) }
    this.#absent.set(key, true)
    return NOWHERE
  }

  #late(key: string): LateRecord | undefined {
    return this.#fresh.records.get(key) ?? this.#leaving?.records.get(key)
  }

  /** Numbers of a record's entries that the file does not have. */
  #lateSeqs(key: string): readonly number[] {
    return [...this.#leaving?.records.get(key)?.seqs ?? [], ...this.#fresh.records.get(key)?.seqs ?? []]
  }

  head(key: string): Head | null {
    const late = this.#late(key)
    if (late !== undefined) return late.head
    const row = this.#heads.get(key) as unknown as HeadRow | undefined
    if (row !== undefined) return { seq: row[0], type: row[1], scope: row[2], epoch: row[3], state: row[4], kid: row[5], box: row[6] }
    // Who looks a new record up is about to make it: the writer need not ask the file again.
    this.#absent.set(key, true)
    return null
  }

  /** The number of the record's last entry; 0 when there is none. */
  headSeq(key: string): number {
    return this.#late(key)?.head.seq ?? this.#place(key).seq
  }

  /** The record's last entry at or below a number; 0 when there is none. */
  seqAt(key: string, most: number): number {
    const late = lastUpTo(this.#lateSeqs(key), most)
    if (late !== 0) return late
    const row = this.#db.get('SELECT first FROM record WHERE key = ?', key)
    const first = Number(row?.['first'] ?? 0)
    if (first === 0 || first > most) return 0
    return Number(this.#db.get('SELECT max(seq) AS seq FROM later WHERE first = ? AND seq <= ?', first, most)?.['seq'] ?? first)
  }

  /** Numbers of a record's entries after one, in order. */
  seqsOf(key: string, after: number, limit: number): number[] {
    const written = this.#db.all(`SELECT first AS seq FROM record WHERE key = ? AND first > ?
      UNION SELECT later.seq FROM later JOIN record ON later.first = record.first WHERE key = ? AND later.seq > ? ORDER BY 1 LIMIT ?`, key, after, key, after, limit)
    // What the thread has just written may be seen in both places.
    return [...new Set([...written.map(row => Number(row['seq'])), ...this.#lateSeqs(key).filter(seq => seq > after)])].slice(0, limit)
  }

  /** Where a request was answered, and with which parameters. */
  request(id: string): Request | null {
    if (!this.#seen.has(id)) return null
    return this.#fresh.requests.get(id) ?? this.#leaving?.requests.get(id)
      ?? this.#db.get('SELECT seq, digest FROM request WHERE id = ?', id) as Request | null
  }

  isVersion(length: number): boolean {
    return length === 1 || this.#lateVersions().includes(length) || this.#db.get('SELECT 1 AS found FROM version WHERE length = ?', length) !== null
  }

  /** The version that an entry's commit made. */
  versionOf(seq: number): number {
    const written = this.#db.get('SELECT length FROM version WHERE length > ? ORDER BY length LIMIT 1', seq)
    return Number(written?.['length'] ?? this.#lateVersions().find(length => length > seq) ?? this.#length)
  }

  #lateVersions(): readonly number[] {
    return [...this.#leaving?.versions ?? [], ...this.#fresh.versions]
  }

  /** Keys in their order, from after one on. */
  async keys(limit: number, after: string): Promise<string[]> {
    await this.#left
    this.flush()
    return this.#db.all('SELECT key FROM record WHERE key > ? ORDER BY key LIMIT ?', after, limit).map(row => String(row['key']))
  }

  /** Empties it, to be built from the book again. */
  reset(): void {
    this.#db.commit()
    this.#db.exec('DELETE FROM record; DELETE FROM state; DELETE FROM later; DELETE FROM request; DELETE FROM version; UPDATE meta SET length = 1, hash = NULL')
    this.#fresh = new Unwritten()
    this.#seen.clear()
    this.#absent.clear()
    this.#length = this.#flushed = 1
    this.#hash = null
  }

  /** Writes the rest and closes. */
  async close(): Promise<void> {
    await this.#left
    if (this.#thread?.started === true) {
      await new Promise<void>(resolve => { if (this.#thread?.write(this.#db.file, null, () => resolve()) !== true) resolve() })
    }
    this.flush()
    this.#db.close()
  }
}
