import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Cursor } from './follower.ts'

/**
 * The places of all followers of a store. Unlike index and views this cannot be rebuilt, so it lies with the books. After a
 * power failure the last few entries may be handed on again, never skipped.
 */
export class Cursors {
  readonly #db: DatabaseSync

  constructor(file: string) {
    this.#db = new DatabaseSync(file)
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    this.#db.exec('CREATE TABLE IF NOT EXISTS follower (name TEXT NOT NULL, source TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (name, source)) WITHOUT ROWID')
    chmodSync(file, 0o600)
  }

  cursor(name: string, source: string): Cursor {
    const read = this.#db.prepare('SELECT seq FROM follower WHERE name = ? AND source = ?')
    const write = this.#db.prepare('INSERT INTO follower (name, source, seq) VALUES (?, ?, ?) ON CONFLICT (name, source) DO UPDATE SET seq = excluded.seq')
    return {
      read: () => {
        const row = read.get(name, source)
        return row === undefined ? null : Number(row['seq'])
      },
      write: seq => { write.run(name, source, seq) },
    }
  }

  /** Writes a copy of all places into a file that does not exist yet: for a back-up. */
  copyTo(file: string): void {
    this.#db.prepare('VACUUM INTO ?').run(file)
    chmodSync(file, 0o600)
  }

  close(): void {
    this.#db.close()
  }
}
