import { BookError } from './errors.ts'
import { checkLabel } from './names.ts'
import { DisposableDatabase, type SqlRow, type SqlValue, type ViewDatabase } from './sqlite.ts'
import type { StoredEntry } from './entry.ts'

/** What a view is built of. Change `version` whenever `schema` or `apply` change: the view is then built anew. */
export interface ViewDefinition {
  readonly name: string
  readonly version: number
  /** Entries of these kinds of book, of every organization whose book is open. */
  readonly kinds: readonly string[]
  /** SQL that makes its tables; names that begin with _ are taken. */
  readonly schema: string
  /**
   * Brings the tables up to one entry: nothing but SQL on `db`, the same whenever it runs, no effects. A subject that was
   * erased is null, an entry whose key is not at hand has neither event nor state.
   */
  readonly apply: (db: ViewDatabase, entry: StoredEntry) => void
  /** false: it holds nothing out of subjects, so that an erasure need not build it anew. */
  readonly personal?: boolean
}

/** Reading a view: SELECT statements only. */
export interface ViewReader {
  get(sql: string, ...values: SqlValue[]): SqlRow | null
  all(sql: string, ...values: SqlValue[]): SqlRow[]
}

/** KiB of a view's pages in memory: the upper part of its trees, and their leaves as far as they are in use. */
const CACHE = 65_536

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS _view (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, version INTEGER NOT NULL, schema TEXT NOT NULL,
    erasures INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS _cursor (book TEXT PRIMARY KEY, length INTEGER NOT NULL, hash BLOB NOT NULL) WITHOUT ROWID;`

/** Checks a definition. Throws NAME_INVALID, VIEW_INVALID. */
export function defineView(definition: ViewDefinition): ViewDefinition {
  checkLabel(definition.name)
  if (!Number.isSafeInteger(definition.version) || definition.version < 1) throw new BookError('VIEW_INVALID', 'a version is 1 or more')
  if (definition.kinds.length === 0) throw new BookError('VIEW_INVALID', 'a view needs a kind of book')
  return definition
}

/** The file of a view: its tables, and how far into each book they have come, changed together. */
export class ViewFile implements ViewReader {
  readonly definition: ViewDefinition
  readonly #db: DisposableDatabase
  #lengths = new Map<string, number>()
  #failure: unknown = null

  private constructor(definition: ViewDefinition, db: DisposableDatabase) {
    this.definition = definition
    this.#db = db
  }

  /** Opens what there is; an empty view where that is damaged, of another version, or older than the last erasure. */
  static open(definition: ViewDefinition, file: string, erasures: number): ViewFile {
    try {
      const view = new ViewFile(definition, new DisposableDatabase(file, true, CACHE))
      if (view.#prepare(erasures)) return view
      view.close()
    } catch (error) {
      if (!ViewFile.#damaged(error)) throw error
    }
    return ViewFile.create(definition, file, erasures)
  }

  /** An empty view in a fresh file. */
  static create(definition: ViewDefinition, file: string, erasures: number): ViewFile {
    DisposableDatabase.remove(file)
    const view = new ViewFile(definition, new DisposableDatabase(file, true, CACHE))
    view.#prepare(erasures)
    return view
  }

  static #damaged(error: unknown): boolean {
    return error instanceof Error && /not a database|malformed|corrupt|no such column/i.test(error.message)
  }

  #prepare(erasures: number): boolean {
    const { name, version, schema, personal } = this.definition
    this.#db.exec(SCHEMA)
    const found = this.#db.get('SELECT name, version, schema, erasures FROM _view')
    if (found !== null) {
      if (found['name'] !== name || found['version'] !== version || found['schema'] !== schema) return false
      if (personal !== false && found['erasures'] !== erasures) return false
    } else {
      this.#db.exec(schema)
      // One that holds nothing personal outlives erasures, and must equal its rebuild after them.
      this.#db.run('INSERT INTO _view (id, name, version, schema, erasures) VALUES (1, ?, ?, ?, ?)', name, version, schema, personal === false ? 0 : erasures)
    }
    this.#loadCursors()
    return true
  }

  #loadCursors(): void {
    this.#lengths = new Map(this.#db.all('SELECT book, length FROM _cursor').map(row => [String(row['book']), Number(row['length'])]))
  }

  get file(): string {
    return this.#db.file
  }

  /** Why it no longer follows its books, until it is rebuilt; null while it does. */
  get failure(): unknown {
    return this.#failure
  }

  get uncommitted(): number {
    return this.#db.uncommitted
  }

  wants(kind: string): boolean {
    return this.definition.kinds.includes(kind)
  }

  /** How far into a book it has come, the header block included. */
  length(book: string): number {
    return this.#lengths.get(book) ?? 1
  }

  hash(book: string): Uint8Array | null {
    return (this.#db.get('SELECT hash FROM _cursor WHERE book = ?', book)?.['hash'] as Uint8Array | undefined) ?? null
  }

  books(): readonly string[] {
    return [...this.#lengths.keys()]
  }

  /**
   * Adds entries of one book that follow on what it has. When `apply` throws, none of them is added and the view has failed:
   * the entries stand in the book, the view is to be mended and rebuilt.
   */
  apply(book: string, entries: readonly StoredEntry[], hash: Uint8Array): void {
    const last = entries[entries.length - 1]
    if (last === undefined || this.#failure !== null) return
    try {
      if (entries[0]?.seq !== this.length(book)) throw new BookError('VIEW_FAILED', `${this.definition.name} expects entry ${this.length(book)} of ${book}`)
      this.#db.change(() => {
        for (const entry of entries) this.definition.apply(this.#db, entry)
        this.#db.run('INSERT INTO _cursor (book, length, hash) VALUES (?, ?, ?) ON CONFLICT (book) DO UPDATE SET length = excluded.length, hash = excluded.hash',
          book, last.seq + 1, hash)
      }, entries.length)
      this.#lengths.set(book, last.seq + 1)
    } catch (error) {
      this.#failure = error
    }
  }

  get(sql: string, ...values: SqlValue[]): SqlRow | null {
    this.#checkRead(sql)
    return this.#db.get(sql, ...values)
  }

  all(sql: string, ...values: SqlValue[]): SqlRow[] {
    this.#checkRead(sql)
    return this.#db.all(sql, ...values)
  }

  #checkRead(sql: string): void {
    if (this.#failure !== null) throw new BookError('VIEW_FAILED', this.definition.name, { cause: this.#failure })
    if (!/^\s*(select|with)\b/i.test(sql)) throw new BookError('VIEW_INVALID', 'a view is only read')
    // Nobody else writes the file, so a transaction that stays open hides nothing.
    this.#db.begin()
  }

  /** Puts the contents of a fresh file in the place of its own. */
  replaceBy(fresh: ViewFile, rename: (from: string, to: string) => void): void {
    fresh.checkpoint()
    fresh.close()
    this.#db.close()
    DisposableDatabase.remove(this.file)
    rename(fresh.file, this.file)
    this.#db.reopen()
    this.#failure = fresh.failure
    this.#loadCursors()
  }

  /** Closes the file's open transaction; a view whose file cannot be written has failed. */
  commit(): void {
    try {
      this.#db.commit()
    } catch (error) {
      this.#failure = error
    }
  }

  checkpoint(): void {
    this.#db.checkpoint()
  }

  close(): void {
    this.#db.close()
  }

  discard(): void {
    this.close()
    DisposableDatabase.remove(this.file)
  }
}
