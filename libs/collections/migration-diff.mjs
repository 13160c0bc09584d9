// What is missing between the committed migrations and the schema, as SQL. A tool for development and for a test;
// it runs Prisma's schema engine as WASM against a database in memory.
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { SchemaEngine } from '@prisma/schema-engine-wasm'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
export const migrationsFolder = join(here, 'prisma', 'migrations')

/** The names of the committed migrations, oldest first. */
export function migrationNames() {
  return readdirSync(migrationsFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()
}

/** The SQL that leads from the committed migrations to the schema; empty (or a comment) where nothing is missing. */
export async function missingSql() {
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaLibSql({ url: ':memory:' }))
  const engine = await SchemaEngine.new({ datamodels: undefined }, () => {}, adapter)
  const migrationDirectories = migrationNames().map((path) => {
    const value = readFileSync(join(migrationsFolder, path, 'migration.sql'), 'utf8')
    return { path, migrationFile: { path: 'migration.sql', content: { tag: 'ok', value } } }
  })
  const schema = readFileSync(join(here, 'prisma', 'schema.prisma'), 'utf8')
  const { stdout } = await engine.diff({
    from: {
      tag: 'migrations',
      baseDir: migrationsFolder,
      lockfile: { path: 'migration_lock.toml', content: 'provider = "sqlite"\n' },
      shadowDbInitScript: '',
      migrationDirectories,
    },
    to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  await engine.free?.()
  return stdout ?? ''
}
