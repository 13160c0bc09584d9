import { DatabaseSync } from 'node:sqlite'
import type { ViewFile } from './view.ts'

/** A row that stands in one of two views only. */
export interface ViewDifference {
  readonly view: string
  readonly table: string
  /** `extra`: only in the live view; `missing`: only in the rebuilt one. */
  readonly side: 'extra' | 'missing'
  readonly row: string
}

const MAXIMUM = 100

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

function tablesOf(db: DatabaseSync, schema: string): Map<string, string> {
  const rows = db.prepare(`SELECT name, sql FROM ${schema}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).all()
  return new Map(rows.map(row => [String(row['name']), String(row['sql'])]))
}

const show = (row: unknown): string =>
  JSON.stringify(row, (_, value: unknown) => typeof value === 'bigint' ? value.toString() : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)

/** Rows that differ, at most 100 for each table, duplicates counted. An untouched view that is up to its books gives none. */
export function compareViews(live: ViewFile, rebuilt: ViewFile): readonly ViewDifference[] {
  live.commit()
  rebuilt.commit()
  const view = live.definition.name
  const db = new DatabaseSync(live.file, { readOnly: true })
  try {
    db.prepare('ATTACH DATABASE ? AS rebuilt').run(rebuilt.file)
    const left = tablesOf(db, 'main')
    const right = tablesOf(db, 'rebuilt')
    const differences: ViewDifference[] = []
    if (live.failure !== null || rebuilt.failure !== null) differences.push({ view, table: '*', side: 'missing', row: 'the view has failed and follows its books no more' })
    for (const table of new Set([...left.keys(), ...right.keys()])) {
      if (left.get(table) !== right.get(table)) {
        differences.push({ view, table, side: left.has(table) ? 'extra' : 'missing', row: 'the table itself' })
        continue
      }
      // A view that holds nothing personal is not built anew by an erasure, and says how many there were when it was.
      differences.push(...rowsApart(db, view, table, table === '_view' && live.definition.personal === false ? ['erasures'] : []))
    }
    return differences
  } finally {
    db.close()
  }
}

function rowsApart(db: DatabaseSync, view: string, table: string, without: readonly string[]): ViewDifference[] {
  const columns = db.prepare(`SELECT name FROM pragma_table_info(?)`).all(table).map(row => String(row['name'])).filter(name => !without.includes(name)).map(quoted).join(', ')
  const counted = (schema: string): string => `SELECT ${columns}, count(*) AS "rows" FROM ${schema}.${quoted(table)} GROUP BY ${columns}`
  const only = (a: string, b: string): unknown[] => db.prepare(`${counted(a)} EXCEPT ${counted(b)} LIMIT ${MAXIMUM}`).all()
  return [
    ...only('main', 'rebuilt').map(row => ({ view, table, side: 'extra' as const, row: show(row) })),
    ...only('rebuilt', 'main').map(row => ({ view, table, side: 'missing' as const, row: show(row) })),
  ]
}
