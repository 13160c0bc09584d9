import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, type Client } from '@libsql/client'
import { CollectionError } from '../errors.ts'

/** The committed migrations of this package: the same folder seen from src and from dist. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))

const CREATE = 'CREATE TABLE IF NOT EXISTS "_migrations" ("name" TEXT NOT NULL PRIMARY KEY, "sha256" TEXT NOT NULL, "at" TEXT NOT NULL)'

interface Migration {
  name: string
  sql: string
  sha256: string
}

/**
 * Brings a database to this release: applies the migrations it has not had, all in one transaction, and returns their names.
 * MIGRATION_CHANGED where the text of an applied one is another now; DATABASE_NEWER where it had one that is unknown here;
 * MIGRATION_FAILED where one fails, which leaves the data as it was, for the release before to open.
 */
export async function migrate(url: string, folder: string = MIGRATIONS_FOLDER): Promise<string[]> {
  const known = readMigrations(folder)
  const client = createClient({ url, intMode: 'bigint' })
  try {
    await client.execute('PRAGMA busy_timeout = 5000')
    const applied = await readApplied(client)
    const names = new Set(known.map(({ name }) => name))
    const unknown = [...applied.keys()].find((name) => !names.has(name))
    if (unknown !== undefined) {
      throw new CollectionError('DATABASE_NEWER', `the database has had the migration ${unknown}, which this release does not know: start the newer release again, or restore a back-up`)
    }
    const changed = known.find(({ name, sha256 }) => applied.has(name) && applied.get(name) !== sha256)
    if (changed !== undefined) {
      throw new CollectionError('MIGRATION_CHANGED', `the migration ${changed.name} was changed after it was applied: undo that change and make a new migration`)
    }
    const pending = known.filter(({ name }) => !applied.has(name))
    if (pending.length > 0) await apply(client, pending, 'COMMIT')
    return pending.map(({ name }) => name)
  } finally {
    client.close()
  }
}

/** What a release would find in a database: nothing is changed, nothing is made. */
export interface MigrationState {
  /** Those that it would apply. */
  readonly pending: readonly string[]
  /** Those that it does not know: a newer release was here. */
  readonly unknown: readonly string[]
  /** Those whose text is another than the one that was applied. */
  readonly changed: readonly string[]
}

/** Looks at a database file that no node in this process has open. */
export async function migrationState(file: string, folder: string = MIGRATIONS_FOLDER): Promise<MigrationState> {
  const known = readMigrations(folder)
  const client = createClient({ url: urlOf(file), intMode: 'bigint' })
  try {
    await client.execute('PRAGMA query_only = ON')
    const { rows: [table] } = await client.execute(`SELECT 1 AS there FROM sqlite_master WHERE name = '_migrations'`)
    const applied = table === undefined ? new Map<string, string>() : await appliedIn(client)
    return {
      pending: known.filter(({ name }) => !applied.has(name)).map(({ name }) => name),
      unknown: [...applied.keys()].filter((name) => !known.some((migration) => migration.name === name)),
      changed: known.filter(({ name, sha256 }) => applied.has(name) && applied.get(name) !== sha256).map(({ name }) => name),
    }
  } finally {
    client.close()
  }
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      // Another line ending is no other migration.
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8').replaceAll('\r\n', '\n')
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function readApplied(client: Client): Promise<Map<string, string>> {
  await client.execute(CREATE)
  return appliedIn(client)
}

async function appliedIn(client: Client): Promise<Map<string, string>> {
  const { rows } = await client.execute('SELECT "name", "sha256" FROM "_migrations"')
  return new Map(rows.map((row): [string, string] => [row['name'] as string, row['sha256'] as string]))
}

// SQLite splits the statements itself, triggers included; an error anywhere rolls all of them back: the release before knows what it finds.
async function apply(client: Client, pending: readonly Migration[], end: 'COMMIT' | 'ROLLBACK'): Promise<void> {
  const steps = pending.map(({ name, sql, sha256 }) => `${sql}\n;\nINSERT INTO "_migrations" VALUES (${quoted(name)}, ${quoted(sha256)}, strftime('%Y-%m-%dT%H:%M:%fZ'));`)
  try {
    await client.executeMultiple(`BEGIN IMMEDIATE;\n${CREATE};\n${steps.join('\n')}\n${end};`)
  } catch (cause) {
    const names = pending.map(({ name }) => name).join(', ')
    throw new CollectionError('MIGRATION_FAILED', `the migration failed (${names}), and the data is as it was before it: ${(cause as Error).message}`, { cause })
  }
}

/**
 * Tries what a database has yet to have, and takes all of it back: so that of several databases either all are brought to this
 * release or none is. MIGRATION_FAILED.
 */
export async function rehearseMigrations(file: string, folder: string = MIGRATIONS_FOLDER): Promise<void> {
  const { pending } = await migrationState(file, folder)
  if (pending.length === 0) return
  const client = createClient({ url: urlOf(file) })
  try {
    await client.execute('PRAGMA busy_timeout = 5000')
    await apply(client, readMigrations(folder).filter(({ name }) => pending.includes(name)), 'ROLLBACK')
  } finally {
    client.close()
  }
}

const urlOf = (file: string): string => `file:${file.split('/').map(encodeURIComponent).join('/')}`

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
