import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { people, person } from '../contract/kit.ts'
import { makeDirectory, removeDirectory, testCipher } from '../testing-support.ts'
import { openCollections, type Collections } from './open.ts'

let directory: string
const cipher = testCipher()
let collections: Collections

beforeEach(async () => {
  directory = makeDirectory()
  collections = await openCollections({ file: join(directory, 'collections.db'), cipher })
})

afterEach(async () => {
  await collections.close()
  removeDirectory(directory)
})

it('copies what there was at one moment, however much is written meanwhile', async () => {
  const repository = await collections.repository(people)
  for (let i = 0; i < 800; i++) await repository.insert(person(`a${i}`), { pending: i % 160 === 0 ? [{ type: 'added', data: i }] : [] })
  const target = join(directory, 'copy.db')
  const copy = await collections.copy(target)
  await repository.insert(person('before'))
  copy.pin()
  await Promise.all([repository.update('a1', (doc) => ({ ...doc, logins: 9 })), repository.insert(person('after')), repository.remove('a2')])
  const written = copy.write()
  await repository.update('a799', (doc) => ({ ...doc, logins: 9 }))
  expect(await written).toBeGreaterThan(2_400)
  copy.close()
  expect(statSync(target).mode & 0o777).toBe(0o600)

  const opened = await openCollections({ file: target, cipher })
  expect(opened.migrated).toEqual([])
  const copied = await opened.repository(people)
  expect([await copied.count(), (await copied.pending(100)).length]).toEqual([801, 5])
  expect([(await copied.get('a1'))?.doc.logins, (await copied.get('a799'))?.doc.logins, (await copied.get('a2'))?.id, await copied.get('after')]).toEqual([0, 0, 'a2', null])
  // Search keys, unique ones and the triggers that keep them came along.
  await expect(copied.insert({ ...person('twin'), phone: person('a7').phone })).rejects.toMatchObject({ code: 'DUPLICATE' })
  await copied.update('a7', (doc) => ({ ...doc, phone: '+000' }))
  expect((await copied.findOne('phone', '+000'))?.id).toBe('a7')
  await opened.close()
  expect((await repository.get('a1'))?.doc.logins).toBe(9)
  expect(await collections.waiting()).toEqual([{ collection: 'people', records: 5, since: expect.stringMatching(/^20/) as string }])
})

it('says so where the file cannot be made, and where its moment was never fixed', async () => {
  await expect(collections.copy(join(directory, 'nowhere', 'copy.db'))).rejects.toThrow()
  const copy = await collections.copy(join(directory, 'copy.db'))
  await expect(copy.write()).rejects.toThrow('no moment')
  copy.close()
  await (await collections.repository(people)).insert(person('1'))
})
