import { createHash } from 'node:crypto'
import type { SqlRow, ViewDatabase } from '@growr/books'

// A loan as the API shows it, found in one step down one tree: its place follows from its key. By a tree of keys besides, each look at a
// loan that was not looked at before would read one page more, which of a million loans is half of what the look costs.

/** Loans by their places; of keys that have the same place the smallest is there, the others stand beside, whatever order they came in. */
export const SHOWN = `CREATE TABLE shown (place INTEGER PRIMARY KEY, key TEXT NOT NULL, loan TEXT NOT NULL);
    CREATE TABLE shown_beside (key TEXT PRIMARY KEY, loan TEXT NOT NULL) WITHOUT ROWID;`

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/
const LETTERS = new Map([...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'].map((letter, value) => [letter, BigInt(value)]))

const numberOf = (text: string): bigint => [...text].reduce((sum, letter) => sum * 32n + (LETTERS.get(letter) ?? 0n), 0n)

/**
 * 63 bits of a key: of an id of ours its 48 bits of time and its last 15 random ones, so that new loans stand at the end and what was
 * made together lies together; of any other key as many of its SHA-256.
 */
export function placeOf(key: string): bigint {
  if (ULID.test(key)) return (numberOf(key.slice(0, 10)) << 15n) | numberOf(key.slice(-3))
  return createHash('sha256').update(key).digest().readBigUInt64BE() >> 1n
}

/** Keeps what is shown of a loan. */
export function putShown(db: ViewDatabase, key: string, loan: string): void {
  const place = placeOf(key)
  const there = db.get('SELECT key, loan FROM shown WHERE place = ?', place)
  if (there && String(there['key']) < key) {
    db.run('INSERT INTO shown_beside (key, loan) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET loan = excluded.loan', key, loan)
    return
  }
  if (there && there['key'] !== key) db.run('INSERT INTO shown_beside (key, loan) VALUES (?, ?)', String(there['key']), String(there['loan']))
  db.run('INSERT INTO shown (place, key, loan) VALUES (?, ?, ?) ON CONFLICT (place) DO UPDATE SET key = excluded.key, loan = excluded.loan', place, key, loan)
}

/** What is shown of a loan; null where there is none. */
export function getShown(view: { get(sql: string, ...values: (string | bigint)[]): SqlRow | null }, key: string): string | null {
  const there = view.get('SELECT key, loan FROM shown WHERE place = ?', placeOf(key))
  const found = there?.['key'] === key ? there : there && view.get('SELECT loan FROM shown_beside WHERE key = ?', key)
  return found ? String(found['loan']) : null
}
