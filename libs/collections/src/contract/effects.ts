import assert from 'node:assert/strict'
import type { CollectionDefinition } from '../types.ts'
import { codes, ids, START, people, person, refused, request, times, type On, type Person, type TestRunner } from './kit.ts'

/** Requests, pending events, expiry and changes of a definition. */
export function effectsContract(on: On, { describe }: TestRunner): void {
  describe('a repository: requests', () => {
    on('carries the same request out once, 64 times at once, on two openings too', async (repository, store) => {
      const other = await store.open(people)
      const results = await Promise.all(times(64, (i) => (i % 2 === 0 ? repository : other).insert(person(`p${i}`), { request: request(), pending: [{ type: 'added', data: i }] })))
      assert.equal(new Set(ids(results)).size, 1)
      assert.equal(results.filter(({ repeated }) => !repeated).length, 1)
      assert.deepEqual([await repository.count(), (await repository.pending()).length], [1, 1])
    })

    on('refuses the same id with other parameters, 64 times at once', async (repository) => {
      const results = await codes(times(64, (i) => repository.insert(person(`p${i}`), { request: request({ paramsDigest: `digest-${i}` }) })))
      assert.deepEqual(results, { done: 1, REQUEST_ID_REUSED: 63 })
      await refused('REQUEST_ID_REUSED', repository.insert(person('x'), { request: request({ paramsDigest: 'yet another' }) }))
    })

    on('tells callers, actions and ids apart', async (repository) => {
      const others = [{}, { caller: 'beto' }, { action: 'user.other' }, { requestId: 'r-2' }]
      for (const [i, change] of others.entries()) assert.equal((await repository.insert(person(`p${i}`), { request: request(change) })).repeated, false)
      await refused('INVALID_DOCUMENT', repository.insert(person('x'), { request: request({ requestId: '' }) }), 'request')
    })

    on('repeats an update without doing it again', async (repository) => {
      await repository.insert(person('1'), { request: request() })
      const options = { request: request({ action: 'user.login' }), pending: [{ type: 'login', data: 1 }] }
      const results = await Promise.all(times(16, () => repository.update('1', (doc) => ({ ...doc, logins: doc.logins + 1 }), options)))
      assert.equal(results.filter(({ repeated }) => !repeated).length, 1)
      assert.deepEqual([(await repository.get('1'))?.doc.logins, (await repository.pending()).length], [1, 1])
      await refused('REQUEST_ID_REUSED', repository.update('1', (doc) => doc, { request: request({ action: 'user.login', paramsDigest: 'x' }) }))
      assert.equal((await repository.insert(person('9'), { request: request() })).doc.logins, 1)
    })

    on('remembers for 30 days', async (repository, store) => {
      await repository.insert(person('1'), { request: request() })
      store.setTime('2026-03-30T23:59:59.999Z')
      assert.equal((await repository.insert(person('2'), { request: request() })).repeated, true)
      store.setTime('2026-03-31T00:00:00.001Z')
      const later = await repository.insert(person('2'), { request: request({ paramsDigest: 'digest-2' }) })
      assert.deepEqual([later.id, later.repeated], ['2', false])
      assert.equal((await repository.insert(person('3'), { request: request({ paramsDigest: 'digest-2' }) })).id, '2')
    })

    on('does not make a removed record again', async (repository) => {
      await repository.insert(person('1'), { request: request() })
      await repository.remove('1')
      await refused('NOT_FOUND', repository.insert(person('1'), { request: request() }))
    })
  })

  describe('a repository: pending events', () => {
    on('keeps them with the change, in order, until they are settled, across a restart', async (repository, store) => {
      await repository.insert(person('1'), { pending: [{ type: 'added', data: { n: 1 } }, { type: 'welcomed', data: 'Name of 1' }] })
      await repository.insert(person('2'), { pending: [{ type: 'added', data: { n: 2 } }] })
      await repository.update('1', (doc) => ({ ...doc, logins: 1 }), { pending: [{ type: 'login', data: [1, null] }] })
      const again = await store.open(people)
      const events = await again.pending()
      assert.deepEqual(events.map(({ recordId, type, data, at }) => [recordId, type, data, at]),
        [['1', 'added', { n: 1 }, START], ['1', 'welcomed', 'Name of 1', START], ['2', 'added', { n: 2 }, START], ['1', 'login', [1, null], START]])
      assert.deepEqual(ids(await again.pending(2)), ids(events).slice(0, 2))
      const [first] = events
      assert.deepEqual([await again.settle('1', first?.id ?? ''), await again.settle('1', first?.id ?? ''), await again.settle('9', 'x')], [true, false, false])
      assert.deepEqual(ids(await repository.pending()), ids(events).slice(1))
      assert.equal((await repository.get('1'))?.revision, 2)
    })

    on('delivers again what was not settled, and loses none while others write', async (repository) => {
      await repository.insert(person('1'))
      const delivered = new Set<number>()
      const writes = times(30, (i) => repository.update('1', (doc) => ({ ...doc, logins: i }), { pending: [{ type: 'login', data: i }] }))
      const deliver = async (): Promise<void> => {
        for (const { id, recordId, data } of await repository.pending()) {
          delivered.add(data as number)
          await repository.settle(recordId, id)
        }
      }
      await Promise.all([...writes, deliver(), deliver()])
      await deliver()
      assert.deepEqual([...delivered].sort((a, b) => a - b), times(30, (i) => i))
      assert.deepEqual(await repository.pending(), [])
    })

    on('keeps the order of one record where the clock goes back', async (repository, store) => {
      await repository.insert(person('1'), { pending: [{ type: 'a', data: 1 }] })
      store.setTime('2026-02-01T00:00:00.000Z')
      const again = await store.open(people)
      await again.update('1', (doc) => ({ ...doc, logins: 1 }), { pending: [{ type: 'b', data: 2 }, { type: 'c', data: 3 }] })
      assert.deepEqual((await again.pending()).map(({ type }) => type), ['a', 'b', 'c'])
    })

    on('delivers those of a removed record', async (repository) => {
      await repository.insert(person('1'), { pending: [{ type: 'added', data: 1 }] })
      await repository.remove('1', { pending: [{ type: 'removed', data: 2 }] })
      const events = await repository.pending()
      assert.deepEqual(events.map(({ type, data }) => [type, data]), [['added', 1], ['removed', 2]])
      for (const { id } of events) assert.equal(await repository.settle('1', id), true)
      assert.deepEqual(await repository.pending(), [])
      await repository.insert(person('1'))
    })

    on('writes them with the change or not at all', async (repository) => {
      await repository.insert(person('1'))
      await refused('DUPLICATE', repository.insert(person('2', { phone: '+5041' }), { pending: [{ type: 'added', data: 1 }] }))
      await refused('INVALID_DOCUMENT', repository.insert(person('2'), { pending: [{ type: '', data: 1 }] }), 'pending')
      await refused('INVALID_DOCUMENT', repository.insert(person('2'), { pending: times(17, () => ({ type: 'x', data: 1 })) }), 'pending')
      await refused('INVALID_DOCUMENT', repository.insert(person('2'), { pending: [{ type: 'x', data: 'y'.repeat(70_000) }] }), 'pending')
      assert.deepEqual([await repository.count(), await repository.pending()], [1, []])
    })
  })

  describe('a repository: expiry and change of definition', () => {
    on('removes what has expired, and that alone', async (repository, store) => {
      await repository.insert(person('1', { until: '2026-03-02T00:00:00.000Z' }))
      await repository.insert(person('2', { until: '2026-03-03T00:00:00.000Z' }))
      await repository.insert(person('3'))
      assert.equal(await repository.removeExpired(), 0)
      store.setTime('2026-03-02T00:00:00.000Z')
      assert.equal(await repository.removeExpired(), 1)
      assert.deepEqual(ids(await repository.find()), ['2', '3'])
    })

    on('writes records anew where a field becomes personal or searched, keeping requests and events', async (repository, store) => {
      await repository.insert(person('1'), { request: request(), pending: [{ type: 'added', data: 1 }] })
      await repository.insert(person('2', { organization: 'RAOS' }))
      const changed: CollectionDefinition<Person> = { ...people, personal: ['name', 'phone', 'emails', 'organization'], lookup: { name: { blind: true }, organization: { blind: true } } }
      const again = await store.open(changed)
      assert.equal((await again.findOne('name', 'Name of 2'))?.id, '2')
      assert.equal((await again.findOne('organization', 'COMSA'))?.revision, 1)
      await refused('INVALID_QUERY', again.findOne('phone', '+5041'), 'phone')
      assert.equal((await again.insert(person('9'), { request: request() })).repeated, true)
      assert.equal((await again.pending()).length, 1)
    })

    on('refuses a definition that makes no sense', async (_repository, store) => {
      const open = (change: Partial<CollectionDefinition<Person>>): Promise<unknown> => store.open<Person>({ ...people, name: 'others', ...change })
      await refused('INVALID_DEFINITION', open({ name: 'No Name' }))
      await refused('INVALID_DEFINITION', open({ lookup: { phone: {} } }))
      await refused('INVALID_DEFINITION', open({ lookup: { organization: { blind: true } } }))
      await refused('INVALID_DEFINITION', open({ personal: ['id'] }))
      await refused('INVALID_DEFINITION', open({ personal: ['until'], lookup: {} }))
    })

    on('keeps collections apart', async (repository, store) => {
      const others = await store.open<Person>({ ...people, name: 'others' })
      await repository.insert(person('1'), { request: request(), pending: [{ type: 'added', data: 1 }] })
      assert.equal((await others.insert(person('1'), { request: request() })).repeated, false)
      assert.deepEqual([await others.count(), await others.pending()], [1, []])
      await others.remove('1')
      assert.equal(await repository.count(), 1)
    })
  })
}
