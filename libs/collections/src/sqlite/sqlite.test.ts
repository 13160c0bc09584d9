import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from '@libsql/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { people, type Person } from '../contract/kit.ts'
import { repositoryContract } from '../testing.ts'
import { everyByte, makeDirectory, removeDirectory, testCipher } from '../testing-support.ts'
import type { CollectionDefinition, RecordCipher, Repository } from '../types.ts'
import { openCollections, type Collections } from './open.ts'

repositoryContract(async () => {
  const directory = makeDirectory()
  const opened: Collections[] = []
  const cipher = testCipher()
  let time = new Date(0)
  return {
    cipher,
    async open<T extends { id: string }>(definition: CollectionDefinition<T>): Promise<Repository<T>> {
      const collections = await openCollections({ file: join(directory, 'collections.db'), cipher, clock: { now: () => time } })
      opened.push(collections)
      return collections.repository(definition)
    },
    setTime: (instant) => { time = new Date(instant) },
    async dispose() {
      for (const collections of opened) await collections.close()
      removeDirectory(directory)
    },
  }
}, { describe, it })

describe('collections in SQLite', () => {
  let directory: string
  let file: string
  let cipher: RecordCipher
  let collections: Collections
  let repository: Repository<Person>
  const doc: Person = {
    id: 'x1', name: 'Beatriz Núñez', phone: '+50499000001', emails: ['beatriz@example.org'], organization: 'COMSA', active: true, logins: 0,
  }

  beforeEach(async () => {
    directory = makeDirectory()
    file = join(directory, 'a %41 #?', 'collections.db')
    cipher = testCipher()
    collections = await openCollections({ file, cipher })
    repository = await collections.repository(people)
  })

  afterEach(async () => {
    await collections.close()
    removeDirectory(directory)
  })

  const raw = async (...statements: string[]): Promise<void> => {
    await collections.close()
    const client = createClient({ url: `file:${file.split('/').map(encodeURIComponent).join('/')}` })
    for (const statement of statements) await client.execute(statement)
    client.close()
    collections = await openCollections({ file, cipher })
    repository = await collections.repository(people)
  }

  it('leaves nothing readable of a person in its files, in any spelling, whatever was written', async () => {
    const request = { caller: 'beatriz@example.org', action: 'user.addUser', requestId: 'r', paramsDigest: 'd' }
    await repository.insert(doc, { pending: [{ type: 'added', data: { to: '+50499000001', name: 'Beatriz Núñez' } }], request })
    await repository.findOne('phone', '+50499000001')
    await repository.update('x1', (old) => ({ ...old, phone: '+50499000002' }))
    await expect(repository.insert({ ...doc, id: 'x2', phone: '+50499000002' })).rejects.toMatchObject({ code: 'DUPLICATE' })
    const bytes = everyByte(join(directory, 'a %41 #?'))
    for (const word of ['Beatriz', 'Núñez', '50499000001', '99000002', 'beatriz@example.org', 'user.addUser']) {
      for (const spelling of [Buffer.from(word), Buffer.from(Buffer.from(word).toString('base64').replace(/.{2}=*$/, '')), Buffer.from(Buffer.from(word).toString('hex'))]) {
        expect(bytes.includes(spelling)).toBe(false)
      }
    }
    expect(bytes.includes('COMSA')).toBe(true)
  })

  it('leaves no trace of a removed record\'s content after compaction', async () => {
    await repository.insert({ ...doc, organization: 'organization-that-goes' })
    await repository.remove('x1')
    await collections.compact()
    expect(everyByte(join(directory, 'a %41 #?')).includes('organization-that-goes')).toBe(false)
  })

  it('overwrites the content of a removed record, as soon as its log is emptied', async () => {
    await repository.insert({ ...doc, organization: 'organization-that-goes' })
    await repository.insert({ ...doc, id: 'x2', phone: null, emails: [] })
    await raw('PRAGMA wal_checkpoint(TRUNCATE)')
    expect(everyByte(join(directory, 'a %41 #?')).includes('organization-that-goes')).toBe(true)
    await repository.remove('x1')
    await raw('PRAGMA wal_checkpoint(TRUNCATE)')
    expect(everyByte(join(directory, 'a %41 #?')).includes('organization-that-goes')).toBe(false)
  })

  it('keeps its files to the owner', async () => {
    await repository.insert(doc)
    const modes = readdirSync(join(directory, 'a %41 #?')).map((name) => statSync(join(directory, 'a %41 #?', name)).mode & 0o777)
    expect(new Set(modes)).toEqual(new Set([0o600]))
    expect(statSync(join(directory, 'a %41 #?')).mode & 0o777).toBe(0o700)
    await collections.close()
    chmodSync(file, 0o644)
    collections = await openCollections({ file, cipher })
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('stays on one connection with its settings, so that each write is synced', async () => {
    const descriptors = (): number => readdirSync('/proc/self/fd').length
    await repository.insert(doc)
    const before = descriptors()
    for (let i = 0; i < 50; i++) {
      await repository.insert({ ...doc, id: `y${i}`, phone: `${i}`, emails: [] }, { pending: [{ type: 'added', data: i }] })
      await repository.update(`y${i}`, (old) => ({ ...old, logins: 1 }))
    }
    expect(await collections.health()).toEqual({ ok: true, detail: 'ready' })
    expect(descriptors()).toBeLessThanOrEqual(before + 2)
  })

  it('refuses a record whose encrypted part was altered, or moved from another record', async () => {
    await repository.insert(doc)
    await repository.insert({ ...doc, id: 'x2', phone: '+2', emails: [] })
    await raw(`UPDATE "Record" SET "sealed" = (SELECT "sealed" FROM "Record" WHERE "id" = 'x2') WHERE "id" = 'x1'`)
    await expect(repository.get('x1')).rejects.toMatchObject({ code: 'RECORD_UNREADABLE' })
    await expect(repository.update('x1', (old) => old)).rejects.toMatchObject({ code: 'RECORD_UNREADABLE' })
    expect((await repository.get('x2'))?.doc.phone).toBe('+2')
    await collections.close()
    collections = await openCollections({ file, cipher: testCipher() })
    await expect((await collections.repository(people)).get('x2')).rejects.toMatchObject({ code: 'RECORD_UNREADABLE' })
  })

  it('writes the record, its search keys and its events in one statement: a statement that fails leaves none of them', async () => {
    await raw(`CREATE TRIGGER "fault" BEFORE INSERT ON "Lookup" WHEN NEW."field" = 'organization' BEGIN SELECT RAISE(ABORT, 'disk fault'); END`)
    await expect(repository.insert(doc, { pending: [{ type: 'added', data: 1 }] })).rejects.toThrow()
    await raw('DROP TRIGGER "fault"')
    expect([await repository.count(), await repository.pending(), await repository.findOne('phone', doc.phone ?? '')]).toEqual([0, [], null])
    await repository.insert(doc)
  })

  it('after a kill between delivery and settling delivers the event again, and holds all that was acknowledged, whole', async () => {
    const crashed = join(directory, 'crashed.db')
    const key = randomBytes(32)
    const child = fileURLToPath(new URL('crash-child.ts', import.meta.url))
    const run = spawnSync(process.execPath, ['--conditions=@growr/source', '--no-warnings', child, crashed, key.toString('hex')], { encoding: 'utf8' })
    expect(run.signal, run.stderr).toBe('SIGKILL')
    const said = run.stdout.trim().split('\n').map((line) => line.split(' '))
    const of = (what: string): string[] => said.filter(([verb]) => verb === what).map(([, id]) => id ?? '')
    const again = await openCollections({ file: crashed, cipher: testCipher(key) })
    const people2 = await again.repository(people)
    expect(of('acknowledged').length).toBeGreaterThanOrEqual(5)
    for (const id of of('acknowledged')) expect((await people2.get(id))?.doc).toMatchObject({ id, phone: `+504${id}` })
    const waiting = await people2.pending()
    const [settled, unsettled] = of('delivered')
    expect(waiting[0]?.id).toBe(unsettled)
    expect(waiting.map(({ id }) => id)).not.toContain(settled)
    // Each record that is there has its event, and each event its record: no write was torn.
    const all = await people2.find({ limit: 500 })
    expect(waiting.map(({ recordId }) => recordId).sort()).toEqual(all.map(({ id }) => id).filter((id) => id !== 'c0').sort())
    for (const { id } of all) expect((await people2.findOne('phone', `+504${id}`))?.id).toBe(id)
    await again.close()
  })

  it('opens a collection once, and refuses a second definition of the same name', async () => {
    expect(await collections.repository(people)).toBe(repository)
    await expect(collections.repository<Person>({ ...people })).rejects.toMatchObject({ code: 'INVALID_DEFINITION' })
  })

  it('refuses to open a file that is no database', async () => {
    const other = join(directory, 'other.db')
    writeFileSync(other, 'no database at all'.repeat(500))
    await expect(openCollections({ file: other, cipher })).rejects.toThrow()
  })

  it('refuses to start where a field becomes unique and two records share a value', async () => {
    await repository.insert(doc)
    await repository.insert({ ...doc, id: 'x2', phone: '+2', emails: [] })
    await collections.close()
    collections = await openCollections({ file, cipher })
    const unique: CollectionDefinition<Person> = { ...people, lookup: { ...people.lookup, organization: { unique: true } } }
    await expect(collections.repository(unique)).rejects.toMatchObject({ code: 'DUPLICATE', field: 'organization' })
    expect((await (await collections.repository(people)).find({ where: { organization: 'COMSA' } }))).toHaveLength(2)
  })
})
