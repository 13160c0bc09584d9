// Makes a new migration out of what the schema has and the committed migrations have not: node new-migration.mjs NAME
// Read what it wrote before committing. SQLite re-creates a table to alter it: then its triggers must be created anew, too.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { migrationNames, migrationsFolder, missingSql } from './migration-diff.mjs'

const name = process.argv[2] ?? ''
if (!/^[a-z][a-z0-9_]{0,40}$/.test(name)) {
  process.stderr.write('usage: node new-migration.mjs NAME (lower-case letters, digits and _)\n')
  process.exit(2)
}
const sql = await missingSql()
if (sql.replaceAll(/^--.*$/gm, '').trim() === '') {
  process.stdout.write('the migrations and the schema agree: nothing to do\n')
} else {
  const number = String(migrationNames().length + 1).padStart(4, '0')
  const folder = join(migrationsFolder, `${number}_${name}`)
  mkdirSync(folder)
  writeFileSync(join(folder, 'migration.sql'), sql)
  process.stdout.write(`wrote ${folder}/migration.sql:\n${sql}\n`)
}
