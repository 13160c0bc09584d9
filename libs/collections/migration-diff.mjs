// What is missing between the committed migrations and the schema, as SQL. A tool for development and for a test: it applies
// the migrations to a database of its own and lets Prisma's schema engine (as WASM) compare that with the schema.
import { createClient } from '@libsql/client'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { SchemaEngine } from '@prisma/schema-engine-wasm'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
export const migrationsFolder = join(here, 'prisma', 'migrations')

/** The names of the committed migrations, oldest first. */
export function migrationNames(folder = migrationsFolder) {
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()
}

/** The SQL that leads from the committed migrations to the schema; nothing but comments where they agree. */
export async function missingSql(folder = migrationsFolder) {
  const directory = mkdtempSync(join(tmpdir(), 'growr-schema-'))
  const url = `file:${join(directory, 'shadow.db')}`
  try {
    const client = createClient({ url })
    for (const name of migrationNames(folder)) await client.executeMultiple(readFileSync(join(folder, name, 'migration.sql'), 'utf8'))
    client.close()
    const engine = await SchemaEngine.new({ datamodels: undefined }, () => {}, bindMigrationAwareSqlAdapterFactory(new PrismaLibSql({ url })))
    const content = readFileSync(join(here, 'prisma', 'schema.prisma'), 'utf8')
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files: [{ path: 'schema.prisma', content }], configDir: here },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    return stdout ?? ''
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
