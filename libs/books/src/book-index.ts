import { BookError } from './errors.ts'
import { DisposableDatabase } from './sqlite.ts'
import { LRU } from './lru.ts'

const FORM = 1
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS record (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, first INTEGER NOT NULL, seq INTEGER NOT NULL,
    type TEXT NOT NULL, scope TEXT NOT NULL, epoch INTEGER NOT NULL, state TEXT, kid TEXT, box TEXT);
  CREATE TABLE IF NOT EXISTS later (record INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (record, seq)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS request (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
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

/** id 0: there is no such record yet. */
interface Place {
  readonly id: number
  readonly first: number
  readonly seq: number
}

const NOWHERE: Place = { id: 0, first: 0, seq: 0 }

/**
 * What a book is looked up by: the last entry of each record, the entries of a record, request ids, versions. Built from the
 * book, written by its writer, and nothing but a convenience: it can be deleted. Personal data stays sealed in it.
 *
 * The writer adds a commit while it is still on its way to the disk (`add`) and makes it visible when it is there
 * (`acknowledge`): until then readers get nothing of it, but `head`, which gives the newest row, its number above `length`.
 */
export class BookIndex {
  readonly #db: DisposableDatabase
  #length = 1
  #added = 1
  readonly #places = new LRU<string, Place>(8_192)

  private constructor(db: DisposableDatabase) {
    this.#db = db
  }

  static open(file: string): BookIndex {
    let damaged: BookIndex | null = null
    try {
      damaged = new BookIndex(new DisposableDatabase(file, false))
      if (damaged.#prepare()) return damaged
    } catch {
      // It is built anew, below.
    }
    damaged?.close()
    DisposableDatabase.remove(file)
    const index = new BookIndex(new DisposableDatabase(file, false))
    index.#prepare()
    return index
  }

  #prepare(): boolean {
    this.#db.exec(SCHEMA)
    this.#db.run('INSERT OR IGNORE INTO meta (id, form, length, hash) VALUES (1, ?, 1, NULL)', FORM)
    const meta = this.#db.get('SELECT form, length FROM meta')
    this.#length = this.#added = Number(meta?.['length'] ?? 1)
    return meta !== null && meta['form'] === FORM
  }

  /** The length of the book (its header block included) up to which all is acknowledged and indexed. */
  get length(): number {
    return this.#length
  }

  get hash(): Uint8Array | null {
    return (this.#db.get('SELECT hash FROM meta')?.['hash'] as Uint8Array | null | undefined) ?? null
  }

  get uncommitted(): number {
    return this.#db.uncommitted
  }

  /** Adds entries that follow on one another, together with the tree hash that they bring the book to. */
  add(entries: readonly IndexedEntry[], hash: Uint8Array): void {
    const last = entries[entries.length - 1]
    if (last === undefined) return
    if (entries[0]?.seq !== this.#added) throw new BookError('BOOK_UNREADABLE', `the index expects entry ${this.#added}`)
    try {
      this.#db.change(() => {
        for (const entry of entries) this.#put(entry)
        this.#db.run('UPDATE meta SET length = ?, hash = ?', last.seq + 1, hash)
      }, entries.length)
    } catch (error) {
      this.#places.clear()
      throw error
    }
    this.#added = last.seq + 1
  }

  /** What was added is acknowledged: readers may see it. */
  acknowledge(): void {
    this.#length = this.#added
  }

  #put(entry: IndexedEntry): void {
    const { key, seq, type, scope, epoch, stateText, kid, box } = entry
    const known = this.#place(key)
    if (known.id === 0) {
      const made = this.#db.statement('INSERT INTO record (key, first, seq, type, scope, epoch, state, kid, box) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
        .run(key, seq, seq, type, scope, epoch, stateText, kid, box)
      this.#places.set(key, { id: Number(made.lastInsertRowid), first: seq, seq })
    } else {
      this.#db.run('UPDATE record SET seq = ?, type = ?, scope = ?, epoch = ?, state = ?, kid = ?, box = ? WHERE id = ?',
        seq, type, scope, epoch, stateText, kid, box, known.id)
      this.#db.run('INSERT INTO later (record, seq) VALUES (?, ?)', known.id, seq)
      this.#places.set(key, { id: known.id, first: known.first, seq })
    }
    if (entry.requestId !== null) {
      this.#db.run('INSERT OR IGNORE INTO request (id, seq, digest) VALUES (?, ?, ?)', entry.requestId, seq, entry.paramsDigest ?? '')
    }
    if (entry.endsCommit) this.#db.run('INSERT INTO version (length) VALUES (?)', seq + 1)
  }

  #place(key: string): Place {
    const known = this.#places.get(key)
    if (known !== undefined) return known
    const row = this.#db.get('SELECT id, first, seq FROM record WHERE key = ?', key)
    const place = row === null ? NOWHERE : { id: Number(row['id']), first: Number(row['first']), seq: Number(row['seq']) }
    this.#places.set(key, place)
    return place
  }

  /** The record's newest row, acknowledged or not. */
  head(key: string): HeadRow | null {
    return this.#db.get('SELECT seq, type, scope, epoch, state, kid, box FROM record WHERE key = ?', key) as HeadRow | null
  }

  /** For the writer: the number of the record's newest entry; 0 when there is none. */
  headSeq(key: string): number {
    return this.#place(key).seq
  }

  /** The record's last entry at or below a number; 0 when there is none. */
  seqAt(key: string, seq: number): number {
    const { id, first } = this.#place(key)
    const most = Math.min(seq, this.#length - 1)
    if (id === 0 || first > most) return 0
    return Number(this.#db.get('SELECT max(seq) AS seq FROM later WHERE record = ? AND seq <= ?', id, most)?.['seq'] ?? first)
  }

  /** Numbers of a record's entries after one, in order. */
  seqsOf(key: string, after: number, limit: number): number[] {
    const { id, first } = this.#place(key)
    if (id === 0) return []
    const later = this.#db.all('SELECT seq FROM later WHERE record = ? AND seq > ? AND seq < ? ORDER BY seq LIMIT ?', id, after, this.#length, limit)
    const seqs = later.map(row => Number(row['seq']))
    return first > after && first < this.#length ? [first, ...seqs].slice(0, limit) : seqs
  }

  /** Where a request was answered, and with which parameters. */
  request(id: string): { readonly seq: number; readonly digest: string } | null {
    const row = this.#db.get('SELECT seq, digest FROM request WHERE id = ?', id) as { seq: number; digest: string } | null
    return row === null || row.seq >= this.#length ? null : row
  }

  isVersion(length: number): boolean {
    if (length === 1) return true
    return length <= this.#length && this.#db.get('SELECT 1 AS found FROM version WHERE length = ?', length) !== null
  }

  /** The version that an entry's commit made. */
  versionOf(seq: number): number {
    return Number(this.#db.get('SELECT length FROM version WHERE length > ? ORDER BY length LIMIT 1', seq)?.['length'] ?? this.#length)
  }

  keys(limit: number, after: string): string[] {
    return this.#db.all('SELECT key FROM record WHERE key > ? AND first < ? ORDER BY key LIMIT ?', after, this.#length, limit).map(row => String(row['key']))
  }

  /** Empties it, to be built from the book again. */
  reset(): void {
    this.#db.commit()
    this.#db.exec('DELETE FROM record; DELETE FROM later; DELETE FROM request; DELETE FROM version; UPDATE meta SET length = 1, hash = NULL')
    this.#places.clear()
    this.#length = this.#added = 1
  }

  commit(): void {
    this.#db.commit()
  }

  close(): void {
    this.#db.close()
  }
}
