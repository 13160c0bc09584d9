import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from '@libsql/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { people, person } from '../contract/kit.ts'
import { makeDirectory, removeDirectory, testCipher } from '../testing-support.ts'
import { MIGRATIONS_FOLDER, migrate, migrationState, rehearseMigrations } from './migrations.ts'
import { openCollections } from './open.ts'

const library = fileURLToPath(new URL('../..', import.meta.url))
let directory: string
let folder: string
let url: string

beforeEach(() => {
  directory = makeDirectory()
  folder = join(directory, 'migrations')
  cpSync(MIGRATIONS_FOLDER, folder, { recursive: true })
  url = `file:${join(directory, 'collections.db')}`
})

afterEach(() => removeDirectory(directory))

function addMigration(name: string, sql: string): void {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'migration.sql'), sql)
}

async function query(sql: string): Promise<unknown[]> {
  const client = createClient({ url })
  const { rows } = await client.execute(sql)
  client.close()
  return rows.map((row) => Object.values(row))
}

describe('migrations', () => {
  it('are applied once, in order', async () => {
    const committed = readdirSync(MIGRATIONS_FOLDER).filter((name) => existsSync(join(MIGRATIONS_FOLDER, name, 'migration.sql'))).sort()
    expect(await migrate(url, folder)).toEqual(committed)
    expect(await migrate(url, folder)).toEqual([])
    addMigration('9001_two', 'CREATE TABLE "two" ("n" INTEGER);')
    addMigration('9002_three', 'INSERT INTO "two" VALUES (2);')
    expect(await migrate(url, folder)).toEqual(['9001_two', '9002_three'])
    expect(await query('SELECT * FROM "two"')).toEqual([[2]])
  })

  it('leave the data as it was where one fails in the middle, and go on once it is put right', async () => {
    await migrate(url, folder)
    addMigration('9001_good', 'CREATE TABLE "two" ("n" INTEGER); INSERT INTO "two" VALUES (1);')
    addMigration('9002_bad', 'UPDATE "two" SET "n" = 2; ALTER TABLE "two" ADD COLUMN "m" TEXT; INSERT INTO "missing" VALUES (1);')
    await expect(migrate(url, folder)).rejects.toMatchObject({ code: 'MIGRATION_FAILED', message: expect.stringContaining('9002_bad') })
    // Not the first of them either: the release before knows neither.
    expect(await query(`SELECT "name" FROM sqlite_master WHERE "name" = 'two'`)).toEqual([])
    expect(await query(`SELECT "name" FROM "_migrations" WHERE "name" LIKE '9%'`)).toEqual([])
    await expect(rehearseMigrations(join(directory, 'collections.db'), folder)).rejects.toMatchObject({ code: 'MIGRATION_FAILED' })
    addMigration('9002_bad', 'UPDATE "two" SET "n" = 2;')
    await rehearseMigrations(join(directory, 'collections.db'), folder)
    expect(await query(`SELECT "name" FROM sqlite_master WHERE "name" = 'two'`)).toEqual([])
    expect(await migrate(url, folder)).toEqual(['9001_good', '9002_bad'])
    expect(await query('SELECT * FROM "two"')).toEqual([[2]])
  })

  it('that fail keep the collections closed and their records whole', async () => {
    const file = join(directory, 'collections.db')
    const cipher = testCipher()
    const first = await openCollections({ file, cipher })
    await (await first.repository(people)).insert(person('1'))
    await first.close()
    addMigration('9001_bad', 'DELETE FROM "Record"; SELECT * FROM "missing";')
    await expect(openCollections({ file, cipher, migrations: folder })).rejects.toMatchObject({ code: 'MIGRATION_FAILED' })
    const again = await openCollections({ file, cipher })
    expect((await (await again.repository(people)).get('1'))?.doc).toEqual(person('1'))
    await again.close()
  })

  it('are refused where one was changed after it was applied; a line ending is no change', async () => {
    await migrate(url, folder)
    const file = join(folder, '0001_init', 'migration.sql')
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replaceAll('\n', '\r\n'))
    expect(await migrate(url, folder)).toEqual([])
    writeFileSync(file, `${text}\n-- a comment`)
    await expect(migrate(url, folder)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' })
  })

  it('are looked at without being applied', async () => {
    const file = join(directory, 'collections.db')
    writeFileSync(file, '')
    const committed = readdirSync(MIGRATIONS_FOLDER).filter((name) => existsSync(join(MIGRATIONS_FOLDER, name, 'migration.sql'))).sort()
    expect(await migrationState(file, folder)).toEqual({ pending: committed, unknown: [], changed: [] })
    await migrate(url, folder)
    addMigration('9001_next', 'CREATE TABLE "two" ("n" INTEGER);')
    expect(await migrationState(file, folder)).toEqual({ pending: ['9001_next'], unknown: [], changed: [] })
    await migrate(url, folder)
    writeFileSync(join(folder, '9001_next', 'migration.sql'), '-- another')
    expect(await migrationState(file, folder)).toEqual({ pending: [], unknown: [], changed: ['9001_next'] })
    expect(await migrationState(file)).toEqual({ pending: [], unknown: ['9001_next'], changed: [] })
  })

  it('that fail leave a database that the release before them opens', async () => {
    const before = join(directory, 'before')
    cpSync(folder, before, { recursive: true })
    const file = join(directory, 'collections.db')
    const cipher = testCipher()
    const first = await openCollections({ file, cipher, migrations: before })
    await (await first.repository(people)).insert(person('1'))
    await first.close()
    // It gets far: a table is made anew, its rows are moved, and then something is not there.
    addMigration('9001_bad', 'CREATE TABLE "New" AS SELECT * FROM "Record"; DROP TABLE "Record"; ALTER TABLE "New" RENAME TO "Record"; DROP TABLE "missing";')
    await expect(openCollections({ file, cipher, migrations: folder })).rejects.toMatchObject({ code: 'MIGRATION_FAILED' })
    const again = await openCollections({ file, cipher, migrations: before })
    const repository = await again.repository(people)
    expect((await repository.get('1'))?.doc).toEqual(person('1'))
    await repository.update('1', (doc) => ({ ...doc, phone: '+1' }))
    expect((await repository.findOne('phone', '+1'))?.id).toBe('1')
    await again.close()
  })

  it('of a newer release keep this one from writing', async () => {
    addMigration('9001_newer', 'CREATE TABLE "two" ("n" INTEGER);')
    await migrate(url, folder)
    rmSync(join(folder, '9001_newer'), { recursive: true })
    await expect(migrate(url, folder)).rejects.toMatchObject({ code: 'DATABASE_NEWER' })
  })

  it('agree with the schema, and have all triggers', async () => {
    const missing = (): string => {
      const tool = `const m = await import(${JSON.stringify(join(library, 'migration-diff.mjs'))}); process.stdout.write(await m.missingSql(${JSON.stringify(folder)}))`
      const { stdout, stderr, status } = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', tool], { encoding: 'utf8' })
      expect(status, stderr).toBe(0)
      return stdout.replaceAll(/^--.*$/gm, '').trim()
    }
    expect(missing()).toBe('')
    await migrate(url, folder)
    expect(await query(`SELECT "name" FROM sqlite_master WHERE "type" = 'trigger' ORDER BY "name"`))
      .toEqual([['Record_lookups_after_insert'], ['Record_lookups_after_update']])
    addMigration('9001_drift', 'ALTER TABLE "Shape" ADD COLUMN "more" TEXT;')
    expect(missing()).not.toBe('')
  })
})
