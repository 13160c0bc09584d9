import { BookError } from './errors.ts'
import { DisposableDatabase } from './sqlite.ts'
import { LRU } from './lru.ts'

const VERSION = 1
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS record (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL, type TEXT NOT NULL,
    scope TEXT NOT NULL, epoch INTEGER NOT NULL, state TEXT, kid TEXT, box TEXT);
  CREATE TABLE IF NOT EXISTS entry (record INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (record, seq)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS request (id BLOB PRIMARY KEY, seq INTEGER NOT NULL, digest BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS version (length INTEGER PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS meta (id INTEGER PRIMARY KEY CHECK (id = 1), form INTEGER NOT NULL, length INTEGER NOT NULL, hash BLOB);`

/** What the index keeps of an entry. */
export interface IndexedEntry {
  readonly key: string
  readonly seq: number
  readonly type: string
  readonly scope: string
  readonly epoch: number
  /** The state's text without its subject; null when it could not be opened. */
  readonly stateText: string | null
  readonly kid: string | null
  /** The sealed subject, as in the entry. */
  readonly box: string | null
  readonly requestId: string | null
  readonly paramsDigest: string | null
  readonly endsCommit: boolean
}

export interface HeadRow {
  readonly seq: number
  readonly type: string
  readonly scope: string
  readonly epoch: number
  readonly state: string | null
  readonly kid: string | null
  readonly box: string | null
}

/**
 * What a book is looked up by: the last entry of each record, the entries of a record, request ids, versions. Built from the
 * book, written by its writer, and nothing but a convenience: it can be deleted. Personal data stays sealed in it.
 */
export class BookIndex {
  readonly #db: DisposableDatabase
  #length = 1
  readonly #records = new LRU<string, { id: number; seq: number }>(4096)

  private constructor(db: DisposableDatabase) {
    this.#db = db
  }

  static open(file: string): BookIndex {
    let db = new DisposableDatabase(file)
    try {
      const index = new BookIndex(db)
      if (index.#prepare()) return index
    } catch {
      // Another form, or damaged: it is built anew.
    }
    db.close()
    DisposableDatabase.remove(file)
    db = new DisposableDatabase(file)
    const index = new BookIndex(db)
    index.#prepare()
    return index
  }

  #prepare(): boolean {
    this.#db.exec(SCHEMA)
    this.#db.run('INSERT OR IGNORE INTO meta (id, form, length, hash) VALUES (1, ?, 1, NULL)', VERSION)
    const meta = this.#db.get('SELECT form, length FROM meta')
    this.#length = Number(meta?.['length'] ?? 1)
    return meta !== null && meta['form'] === VERSION
  }

  /** Up to which length of the book (its header block included) the index has been built. */
  get length(): number {
    return this.#length
  }

  get hash(): Uint8Array | null {
    return (this.#db.get('SELECT hash FROM meta')?.['hash'] as Uint8Array | null | undefined) ?? null
  }

  get uncommitted(): number {
    return this.#db.uncommitted
  }

  /** Adds entries that follow on one another, together with the length and tree hash that they bring the book to. */
  apply(entries: readonly IndexedEntry[], hash: Uint8Array): void {
    const last = entries[entries.length - 1]
    if (last === undefined) return
    if (entries[0]?.seq !== this.#length) throw new BookError('BOOK_UNREADABLE', `the index expects entry ${this.#length}`)
    try {
      this.#db.change(() => {
        for (const entry of entries) this.#add(entry)
        this.#db.run('UPDATE meta SET length = ?, hash = ?', last.seq + 1, hash)
      }, entries.length)
    } catch (error) {
      this.#records.clear()
      throw error
    }
    this.#length = last.seq + 1
  }

  #add(entry: IndexedEntry): void {
    const id = this.#put(entry)
    this.#db.run('INSERT INTO entry (record, seq) VALUES (?, ?)', id, entry.seq)
    if (entry.requestId !== null) {
      this.#db.run('INSERT OR IGNORE INTO request (id, seq, digest) VALUES (?, ?, ?)',
        Buffer.from(entry.requestId, 'base64url'), entry.seq, Buffer.from(entry.paramsDigest ?? '', 'base64url'))
    }
    if (entry.endsCommit) this.#db.run('INSERT INTO version (length) VALUES (?)', entry.seq + 1)
  }

  #put(entry: IndexedEntry): number {
    const { key, seq, type, scope, epoch, stateText, kid, box } = entry
    const known = this.#record(key)
    if (known !== null) {
      this.#db.run('UPDATE record SET seq = ?, type = ?, scope = ?, epoch = ?, state = ?, kid = ?, box = ? WHERE id = ?',
        seq, type, scope, epoch, stateText, kid, box, known.id)
      this.#records.set(key, { id: known.id, seq })
      return known.id
    }
    const made = this.#db.statement('INSERT INTO record (key, seq, type, scope, epoch, state, kid, box) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(key, seq, type, scope, epoch, stateText, kid, box)
    const id = Number(made.lastInsertRowid)
    this.#records.set(key, { id, seq })
    return id
  }

  #record(key: string): { id: number; seq: number } | null {
    const known = this.#records.get(key)
    if (known !== undefined) return known
    const row = this.#db.get('SELECT id, seq FROM record WHERE key = ?', key)
    return row === null ? null : { id: Number(row['id']), seq: Number(row['seq']) }
  }

  head(key: string): HeadRow | null {
    return this.#db.get('SELECT seq, type, scope, epoch, state, kid, box FROM record WHERE key = ?', key) as HeadRow | null
  }

  /** The number of the record's last entry; 0 when there is none. */
  headSeq(key: string): number {
    return this.#record(key)?.seq ?? 0
  }

  /** The record's last entry at or below a number; 0 when there is none. */
  seqAt(key: string, seq: number): number {
    const record = this.#record(key)
    if (record === null) return 0
    return Number(this.#db.get('SELECT max(seq) AS seq FROM entry WHERE record = ? AND seq <= ?', record.id, seq)?.['seq'] ?? 0)
  }

  /** Numbers of a record's entries after one, in order. */
  seqsOf(key: string, after: number, limit: number): number[] {
    const record = this.#record(key)
    if (record === null) return []
    return this.#db.all('SELECT seq FROM entry WHERE record = ? AND seq > ? ORDER BY seq LIMIT ?', record.id, after, limit).map(row => Number(row['seq']))
  }

  request(id: string): { seq: number; digest: string } | null {
    const row = this.#db.get('SELECT seq, digest FROM request WHERE id = ?', Buffer.from(id, 'base64url'))
    return row === null ? null : { seq: Number(row['seq']), digest: Buffer.from(row['digest'] as Uint8Array).toString('base64url') }
  }

  isVersion(length: number): boolean {
    return length === 1 || this.#db.get('SELECT 1 AS found FROM version WHERE length = ?', length) !== null
  }

  /** The version that an entry's commit made. */
  versionOf(seq: number): number {
    return Number(this.#db.get('SELECT length FROM version WHERE length > ? ORDER BY length LIMIT 1', seq)?.['length'] ?? this.#length)
  }

  keys(limit: number, after: string): string[] {
    return this.#db.all('SELECT key FROM record WHERE key > ? ORDER BY key LIMIT ?', after, limit).map(row => String(row['key']))
  }

  /** Empties it, to be built from the book again. */
  reset(): void {
    this.#db.commit()
    this.#db.exec('DELETE FROM record; DELETE FROM entry; DELETE FROM request; DELETE FROM version; UPDATE meta SET length = 1, hash = NULL')
    this.#records.clear()
    this.#length = 1
  }

  commit(): void {
    this.#db.commit()
  }

  close(): void {
    this.#db.close()
  }
}
