import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openFixture, loanDraft, personalDraft } from './testing/fixture.ts'

const loan = { kind: 'loan', organization: 'COMSA' }

test('what was appended is read back by key, by number, by history and at a version, also after reopening', async () => {
  const first = await openFixture()
  const book = await first.store.book(loan)
  expect(await book.get('L1')).toBeNull()
  const one = await book.append(personalDraft('L1', 'did:key:bea', { expectedSeq: 0 }))
  expect(one).toMatchObject({ seq: 1, version: 2, key: 'L1', book: 'loan.COMSA', rules: 'lending/1', erased: false })
  const [two, three] = await book.append([
    loanDraft('L2'),
    personalDraft('L1', 'did:key:bea', { event: { type: 'loan.repaid', data: { amount: '500000' } }, state: { status: 'APPROVED', owed: '1500000', subject: { userDid: 'did:key:bea' } } }),
  ])
  expect([two?.seq, two?.version, three?.seq, three?.version]).toEqual([2, 4, 3, 4])
  const look = async (store: typeof first.store): Promise<unknown> => {
    const again = await store.book(loan)
    return {
      head: await again.get('L1'), at: await again.getAt('L1', 2), none: await again.getAt('L2', 1), entry: await again.entry(2), beyond: await again.entry(4),
      history: (await again.history({ key: 'L1' })).map(entry => [entry.seq, entry.version, entry.event, entry.state]), all: (await again.entries(1, 10)).map(entry => entry.seq),
      version: await again.atVersion(2).get('L2'), keys: await again.keys(),
    }
  }
  const before = await look(first.store)
  expect(before).toMatchObject({
    head: { key: 'L1', seq: 3, state: { owed: '1500000', subject: { userDid: 'did:key:bea' } } },
    at: { seq: 1, state: { owed: '2000000' } }, none: null, entry: { key: 'L2', version: 4 }, beyond: null, all: [2, 3], version: null, keys: ['L1', 'L2'],
  })
  expect(() => book.atVersion(3)).toThrow(/VERSION_UNKNOWN/)
  await first.close()
  const second = await openFixture(first.directory)
  expect(await look(second.store)).toEqual(before)
  await second.close()
})

test('nothing that leads to a person, and no private key, lies in any file in the clear', async () => {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  await book.append(personalDraft('L1', 'did:key:zBeaBorrower', { request: { id: 'request-4711', caller: 'user-ana', params: { phone: '+50499000001' } } }))
  const { secretKey } = await fixture.keys.writerKeyPair(book.id)
  await fixture.close()
  const needles = [Buffer.from('did:key:zBeaBorrower'), Buffer.from('user-ana'), Buffer.from('+50499000001'), Buffer.from('request-4711'), Buffer.from(secretKey.subarray(0, 32))]
  const files = readdirSync(fixture.directory, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  expect(files.length).toBeGreaterThan(8)
  for (const file of files) {
    const bytes = readFileSync(join(file.parentPath, file.name))
    for (const needle of needles) expect(bytes.includes(needle), `${needle.toString('latin1')} in ${file.name}`).toBe(false)
  }
})
