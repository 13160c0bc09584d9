import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, type Client } from '@libsql/client'
import { CollectionError } from '../errors.ts'

/** The committed migrations of this package: the same folder seen from src and from dist. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))

interface Migration {
  name: string
  sql: string
  sha256: string
}

/**
 * Brings a database to this release: applies the migrations it has not had, each in one transaction, and returns their names.
 * MIGRATION_CHANGED where the text of an applied one is another now; DATABASE_NEWER where it had one that is unknown here;
 * MIGRATION_FAILED where one fails, which leaves the data as it was before that one.
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
    const done: string[] = []
    for (const migration of known) {
      const sha256 = applied.get(migration.name)
      if (sha256 === undefined) {
        await apply(client, migration)
        done.push(migration.name)
      } else if (sha256 !== migration.sha256) {
        throw new CollectionError('MIGRATION_CHANGED', `the migration ${migration.name} was changed after it was applied: undo that change and make a new migration`)
      }
    }
    return done
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
  await client.execute('CREATE TABLE IF NOT EXISTS "_migrations" ("name" TEXT NOT NULL PRIMARY KEY, "sha256" TEXT NOT NULL, "at" TEXT NOT NULL)')
  const { rows } = await client.execute('SELECT "name", "sha256" FROM "_migrations"')
  return new Map(rows.map((row): [string, string] => [row['name'] as string, row['sha256'] as string]))
}

// SQLite splits the statements itself, triggers included; an error anywhere rolls all of them back.
async function apply(client: Client, { name, sql, sha256 }: Migration): Promise<void> {
  const note = `INSERT INTO "_migrations" VALUES (${quoted(name)}, ${quoted(sha256)}, strftime('%Y-%m-%dT%H:%M:%fZ'));`
  try {
    await client.executeMultiple(`BEGIN IMMEDIATE;\n${sql}\n;\n${note}\nCOMMIT;`)
  } catch (cause) {
    throw new CollectionError('MIGRATION_FAILED', `the migration ${name} failed, and the data is as it was before it: ${(cause as Error).message}`, { cause })
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
