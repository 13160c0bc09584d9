import assert from 'node:assert/strict'
import { codes, ids, START, people, person, refused, times, type On, type TestRunner } from './kit.ts'

/** Documents, searches and unique values. */
export function documentsContract(on: On, { describe }: TestRunner): void {
  describe('a repository: documents', () => {
    on('gives back what was inserted, also after it is opened again', async (repository, store) => {
      const doc = person('1', { phone: null, emails: [] })
      const stored = await repository.insert(doc)
      assert.deepEqual(stored, { id: '1', revision: 1, doc, createdAt: START, updatedAt: START, repeated: false })
      const { repeated: _repeated, ...rest } = stored
      assert.deepEqual(await repository.get('1'), rest)
      assert.deepEqual(await (await store.open(people)).get('1'), rest)
      assert.equal(await repository.get('2'), null)
    })

    on('changes a document, and leaves it where the change is null or throws', async (repository, store) => {
      await repository.insert(person('1'))
      store.setTime('2026-03-02T00:00:00.000Z')
      const changed = await repository.update('1', (doc) => ({ ...doc, logins: 7 }))
      assert.deepEqual([changed.revision, changed.doc.logins, changed.createdAt, changed.updatedAt], [2, 7, START, '2026-03-02T00:00:00.000Z'])
      const left = await repository.update('1', (doc) => { doc.logins = 99; return null }, { pending: [{ type: 'never', data: null }] })
      assert.deepEqual([left.revision, left.doc.logins], [2, 7])
      await assert.rejects(repository.update('1', () => { throw new Error('refused by the domain') }), /refused by the domain/)
      assert.deepEqual((await repository.get('1'))?.revision, 2)
      assert.deepEqual(await repository.pending(), [])
    })

    on('refuses to change what is not there, another revision, and the id', async (repository) => {
      await repository.insert(person('1'))
      await refused('NOT_FOUND', repository.update('2', (doc) => doc))
      await refused('REVISION_CONFLICT', repository.update('1', (doc) => doc, { expectedRevision: 2 }))
      await refused('INVALID_DOCUMENT', repository.update('1', (doc) => ({ ...doc, id: '2' })), 'id')
      await repository.update('1', (doc) => ({ ...doc, logins: 1 }), { expectedRevision: 1 })
      await refused('REVISION_CONFLICT', repository.update('1', (doc) => doc, { expectedRevision: 1 }))
    })

    on('loses no update of many at once', async (repository) => {
      await repository.insert(person('1'))
      await Promise.all(times(64, () => repository.update('1', (doc) => ({ ...doc, logins: doc.logins + 1 }))))
      const stored = await repository.get('1')
      assert.deepEqual([stored?.doc.logins, stored?.revision], [64, 65])
    })

    on('loses no update where two openings of the store write at once', async (repository, store) => {
      const other = await store.open(people)
      await repository.insert(person('1'))
      await Promise.all(times(40, (i) => (i % 2 === 0 ? repository : other).update('1', (doc) => ({ ...doc, logins: doc.logins + 1 }))))
      assert.equal((await repository.get('1'))?.doc.logins, 40)
      assert.deepEqual(await codes(times(8, (i) => (i % 2 === 0 ? repository : other).update('1', (doc) => ({ ...doc, logins: 0 }), { expectedRevision: 41 }))),
        { done: 1, REVISION_CONFLICT: 7 })
    })

    on('refuses what JSON would not give back, what is too large or too deep, and ids that are none', async (repository) => {
      const bad = (change: object): Promise<unknown> => repository.insert({ ...person('1'), ...change })
      await refused('INVALID_DOCUMENT', bad({ logins: 10n }), 'logins')
      await refused('INVALID_DOCUMENT', bad({ logins: Number.NaN }), 'logins')
      await refused('INVALID_DOCUMENT', bad({ extra: new Date(0) }), 'extra')
      await refused('INVALID_DOCUMENT', bad({ extra: () => 1 }), 'extra')
      await refused('INVALID_DOCUMENT', bad({ extra: [undefined] }), 'extra')
      await refused('INVALID_DOCUMENT', bad({ extra: 'x'.repeat(300_000) }))
      await refused('INVALID_DOCUMENT', bad({ extra: times(40, () => 0).reduce<unknown>((inner) => [inner], 0) }), 'extra')
      await refused('INVALID_DOCUMENT', bad({ '$request': 'x' }))
      await refused('INVALID_DOCUMENT', bad({ until: 'tomorrow' }), 'until')
      await refused('INVALID_DOCUMENT', bad({ emails: 'no list' }), 'emails')
      await refused('INVALID_DOCUMENT', bad({ phone: 'x'.repeat(1025) }), 'phone')
      await refused('INVALID_DOCUMENT', bad({ id: '' }), 'id')
      await refused('INVALID_DOCUMENT', bad({ id: 'with space' }), 'id')
      assert.equal(await repository.count(), 0)
    })
  })

  describe('a repository: search', () => {
    on('finds by every kind of lookup, page by page, in the order of ids', async (repository) => {
      for (const i of [3, 1, 5, 2, 4]) {
        await repository.insert(person(`p${i}`, { organization: i % 2 === 0 ? 'COMSA' : 'RAOS', active: i > 2, logins: i, emails: [`${i}@a.org`, `${i}@b.org`] }))
      }
      assert.equal((await repository.findOne('phone', '+504p3'))?.id, 'p3')
      assert.equal((await repository.findOne('emails', '4@b.org'))?.id, 'p4')
      assert.equal((await repository.findOne('organization', 'RAOS'))?.id, 'p1')
      assert.equal(await repository.findOne('phone', 'unknown'), null)
      assert.deepEqual(ids(await repository.find()), ['p1', 'p2', 'p3', 'p4', 'p5'])
      assert.deepEqual(ids(await repository.find({ limit: 2 })), ['p1', 'p2'])
      assert.deepEqual(ids(await repository.find({ limit: 2, after: 'p2' })), ['p3', 'p4'])
      assert.deepEqual(ids(await repository.find({ where: { organization: 'RAOS' }, after: 'p1', limit: 1 })), ['p3'])
      assert.deepEqual(ids(await repository.find({ where: { organization: 'RAOS', active: true } })), ['p3', 'p5'])
      assert.deepEqual(ids(await repository.find({ where: { emails: '2@a.org', organization: 'COMSA', logins: 2 } })), ['p2'])
      assert.deepEqual(ids(await repository.find({ where: { emails: '2@a.org', organization: 'RAOS' } })), [])
      assert.deepEqual([await repository.count(), await repository.count({ active: false }), await repository.count({ active: true, organization: 'COMSA' })], [5, 2, 1])
    })

    on('tells 1, "1" and true apart', async (repository) => {
      await repository.insert(person('1', { logins: 1, organization: '1' }))
      assert.equal(await repository.findOne('logins', '1'), null)
      assert.equal(await repository.findOne('logins', true), null)
      assert.equal(await repository.findOne('organization', 1), null)
      assert.equal((await repository.findOne('logins', 1))?.id, '1')
    })

    on('follows a change, and finds nothing of a removed record', async (repository) => {
      await repository.insert(person('1'))
      await repository.update('1', (doc) => ({ ...doc, phone: '+1', emails: ['new@example.org'] }))
      assert.equal(await repository.findOne('phone', '+5041'), null)
      assert.equal(await repository.findOne('emails', '1@example.org'), null)
      assert.equal((await repository.findOne('phone', '+1'))?.id, '1')
      assert.deepEqual([await repository.remove('1'), await repository.remove('1')], [true, false])
      assert.equal(await repository.findOne('phone', '+1'), null)
      assert.deepEqual([await repository.get('1'), await repository.count()], [null, 0])
    })

    on('refuses questions that it cannot answer', async (repository) => {
      await refused('INVALID_QUERY', repository.findOne('name', 'x'), 'name')
      await refused('INVALID_QUERY', repository.find({ where: { phone: undefined as unknown as string } }), 'phone')
      await refused('INVALID_QUERY', repository.find({ limit: 501 }), 'limit')
      await refused('INVALID_QUERY', repository.find({ limit: 0 }), 'limit')
      await refused('INVALID_QUERY', repository.find({ limit: 1.5 }), 'limit')
      await refused('INVALID_QUERY', repository.findOne('phone', 'x'.repeat(1025)), 'phone')
    })
  })

  describe('a repository: unique values', () => {
    on('names the field that is taken, and writes nothing', async (repository) => {
      await repository.insert(person('1'))
      await repository.insert(person('2', { phone: null }))
      await repository.insert(person('3', { phone: null }))
      await refused('DUPLICATE', repository.insert(person('1', { phone: '+1', emails: [] })), 'id')
      await refused('DUPLICATE', repository.insert(person('4', { phone: '+5041' })), 'phone')
      await refused('DUPLICATE', repository.insert(person('4', { emails: ['x@example.org', '1@example.org'] })), 'emails')
      await refused('DUPLICATE', repository.update('2', (doc) => ({ ...doc, phone: '+5041' })), 'phone')
      assert.deepEqual([(await repository.get('2'))?.revision, await repository.count()], [1, 3])
      await repository.update('1', (doc) => ({ ...doc, emails: ['1@example.org', '1@example.org'] }))
    })

    on('lets one of many at once have it, on two openings of the store too', async (repository, store) => {
      const other = await store.open(people)
      assert.deepEqual(await codes(times(64, (i) => (i % 2 === 0 ? repository : other).insert(person(`p${i}`, { phone: '+1' })))), { done: 1, DUPLICATE: 63 })
      assert.equal(await repository.count(), 1)
    })

    on('frees a value with its record', async (repository) => {
      await repository.insert(person('1'))
      await repository.remove('1')
      await repository.insert(person('2', { phone: '+5041' }))
      await repository.update('2', (doc) => ({ ...doc, phone: null }))
      await repository.insert(person('3', { phone: '+5041' }))
    })
  })
}
