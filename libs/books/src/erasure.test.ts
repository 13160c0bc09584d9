import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { bookKeys } from './keys.ts'
import { SealingKeys } from './sealing-keys.ts'
import { counting, wordCustody, wordWrapper } from './testing/keys.ts'
import { countingView } from './testing/counting-view.ts'
import { loanDraft, openFixture, personalDraft, temporaryDirectory } from './testing/fixture.ts'
import { verifyBook } from './verify.ts'
import { seal, open, type BoxPlace } from './seal.ts'

const loan = { kind: 'loan', organization: 'COMSA' }
const bea = { userDid: 'did:key:bea' }

test('an erased person cannot be read any more, nowhere; everything else stays, and the book still verifies', async () => {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  const view = await fixture.store.view(countingView)
  await book.append(personalDraft('L1', bea.userDid))
  await book.append(personalDraft('L2', 'did:key:carl'))
  await book.append(loanDraft('L3'))
  expect(view.all('SELECT key, did FROM record ORDER BY key')).toEqual([{ key: 'L1', did: 'did:key:bea' }, { key: 'L2', did: 'did:key:carl' }, { key: 'L3', did: null }])

  const kids = await fixture.store.erase(bea.userDid, 'COMSA')
  expect(kids).toEqual([(await book.entry(1))?.kid])
  expect(await book.entry(1)).toMatchObject({ erased: true, event: { data: { amount: '2000000' }, subject: null }, state: { owed: '2000000', subject: null } })
  expect((await book.get('L1'))?.state).toEqual({ status: 'APPROVED', owed: '2000000', subject: null })
  expect((await book.get('L2'))?.state).toMatchObject({ subject: { userDid: 'did:key:carl' } })
  expect(view.all('SELECT key, did FROM record ORDER BY key')).toEqual([{ key: 'L1', did: null }, { key: 'L2', did: 'did:key:carl' }, { key: 'L3', did: null }])
  expect(await fixture.store.compareView('counting')).toEqual([])
  const verification = await verifyBook(book, { recompute: ({ event, after }) => ({ status: 'APPROVED', owed: (event as never as { data: { amount: string } }).data.amount, subject: (after as { subject?: unknown }).subject }) as never })
  expect(verification).toMatchObject({ ok: true, erased: 1, findings: [] })
  await fixture.close()
  for (const file of readdirSync(fixture.directory, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name)).includes('did:key:bea'), file.name).toBe(false)
  }
})

test('who comes back after an erasure gets another key; what was erased stays erased', async () => {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  const before = await book.append(personalDraft('L1', bea.userDid))
  await fixture.store.erase(bea.userDid, 'COMSA')
  expect(await fixture.store.erase(bea.userDid, 'COMSA')).toEqual([])
  const after = await book.append(personalDraft('L2', bea.userDid))
  expect(after.kid).not.toBe(before.kid)
  expect([(await book.entry(1))?.erased, (await book.entry(2))?.erased]).toEqual([true, false])
  await fixture.close()
})

test('a person is erased in one organization, not in another', async () => {
  const fixture = await openFixture()
  const here = await fixture.store.book(loan)
  const there = await fixture.store.book({ kind: 'loan', organization: 'OTHER' })
  await here.append(personalDraft('L1', bea.userDid))
  await there.append(personalDraft('L1', bea.userDid))
  await fixture.store.erase(bea.userDid, 'COMSA')
  expect([(await here.get('L1'))?.state, (await there.get('L1'))?.state]).toMatchObject([{ subject: null }, { subject: bea }])
  await fixture.close()
})

test('a restored back-up of the keys is erased again from the log', async () => {
  const fixture = await openFixture()
  await (await fixture.store.book(loan)).append(personalDraft('L1', bea.userDid))
  await fixture.close()
  const backup = join(temporaryDirectory(), 'keys')
  cpSync(join(fixture.directory, 'keys'), backup, { recursive: true })

  const second = await openFixture(fixture.directory)
  await second.store.book(loan)
  await second.store.erase(bea.userDid, 'COMSA')
  await second.close()

  cpSync(backup, join(fixture.directory, 'keys'), { recursive: true })
  const third = await openFixture(fixture.directory)
  expect((await (await third.store.book(loan)).get('L1'))?.state).toMatchObject({ subject: null })
  await third.close()
  // Without the log the restored keys would have brought the person back: the log is what erases.
  cpSync(backup, join(fixture.directory, 'keys'), { recursive: true })
  const log = join(fixture.directory, 'outside', 'erasures.log')
  expect(readFileSync(log, 'utf8')).toMatch(/^[A-Za-z0-9_-]{22} 20\d\d-/)
  rmSync(log)
  const fourth = await openFixture(fixture.directory)
  expect((await (await fourth.store.book(loan)).get('L1'))?.state).toMatchObject({ subject: bea })
  await fourth.close()
})

test('a view that was built before an erasure, and missed it in a crash or a restore, is built anew', async () => {
  const fixture = await openFixture()
  await fixture.store.view(countingView)
  await (await fixture.store.book(loan)).append(personalDraft('L1', bea.userDid))
  await fixture.close()
  const second = await openFixture(fixture.directory)
  // The key alone is destroyed: what a crash right after would leave.
  await second.keys.sealing.destroySubjectKey(bea.userDid, 'COMSA')
  await second.close()
  const third = await openFixture(fixture.directory)
  await third.store.book(loan)
  const view = await third.store.view(countingView)
  expect(view.all('SELECT did FROM record')).toEqual([{ did: null }])
  await third.close()
})

test('an erasure that a crash cut off in the log is taken as not begun, and the log goes on cleanly', async () => {
  const directory = temporaryDirectory()
  const options = { file: join(directory, 'keys.db'), erasureLog: join(directory, 'erasures.log'), wrapper: wordWrapper('w'), personKey: Buffer.alloc(32, 7) }
  const first = await SealingKeys.open(options)
  const { kid } = await first.subjectKey('bea', 'A')
  const carl = await first.subjectKey('carl', 'A')
  await first.close()
  appendFileSync(options.erasureLog, kid.slice(0, 9))
  const second = await SealingKeys.open(options)
  expect(await second.subjectKeyById(kid)).not.toBeNull()
  await second.destroySubjectKey('carl', 'A')
  await second.close()
  expect(readFileSync(options.erasureLog, 'utf8').split('\n').map(line => line.split(' ')[0])).toEqual([carl.kid, ''])
})

test('a key is on disk before the entry that needs it is anywhere, and only wrapped', async () => {
  const directory = temporaryDirectory()
  const options = { file: join(directory, 'keys.db'), erasureLog: join(directory, 'erasures.log'), wrapper: wordWrapper('w'), personKey: Buffer.alloc(32, 7) }
  const keys = await SealingKeys.open(options)
  const made = await keys.subjectKey('did:key:bea', 'A')
  const shared = await keys.sharedKey('project:P1')
  keys.flush()
  // What is on disk now, without closing: a copy opens elsewhere.
  const copy = join(directory, 'copy.db')
  cpSync(options.file, copy)
  cpSync(`${options.file}-wal`, `${copy}-wal`)
  const again = await SealingKeys.open({ ...options, file: copy, erasureLog: join(directory, 'other.log') })
  expect(Buffer.from(await again.subjectKeyById(made.kid) ?? [])).toEqual(Buffer.from(made.key))
  expect(Buffer.from((await again.sharedKey('project:P1', 1))?.key ?? [])).toEqual(Buffer.from(shared?.key ?? []))
  await again.close()
  await keys.close()
  expect(statSync(options.file).mode & 0o777).toBe(0o600)
  for (const secret of [Buffer.from(made.key), Buffer.from(shared?.key ?? []), Buffer.from('did:key:bea')]) expect(readFileSync(options.file).includes(secret)).toBe(false)
})

test('keys are flushed before blocks are appended', async () => {
  const order: string[] = []
  const directory = temporaryDirectory()
  const sealing = await SealingKeys.open({ file: join(directory, 'k.db'), erasureLog: join(directory, 'e.log'), wrapper: wordWrapper('w'), personKey: Buffer.alloc(32, 7) })
  const keys = counting(bookKeys(wordCustody('test'), sealing), order)
  const fixture = await openFixture(directory, { keys })
  const book = await fixture.store.book(loan)
  order.length = 0
  await book.append(personalDraft('L1', bea.userDid))
  expect(order.filter(call => call === 'flush' || call === 'writerKeyPair')).toEqual(['flush', 'writerKeyPair'])
  await fixture.close()
  await sealing.close()
})

test('two who need the same new key at once get the same one; a new epoch leaves the old one readable', async () => {
  const directory = temporaryDirectory()
  const keys = await SealingKeys.open({ file: join(directory, 'k.db'), erasureLog: join(directory, 'e.log'), wrapper: wordWrapper('w'), personKey: Buffer.alloc(32, 7) })
  const made = await Promise.all(Array.from({ length: 20 }, async () => (await keys.subjectKey('bea', 'A')).kid))
  expect(new Set(made).size).toBe(1)
  const first = await keys.sharedKey('project:P1')
  expect((await keys.nextEpoch('project:P1')).epoch).toBe(2)
  expect((await keys.sharedKey('project:P1'))?.epoch).toBe(2)
  expect(Buffer.from((await keys.sharedKey('project:P1', 1))?.key ?? [])).toEqual(Buffer.from(first?.key ?? []))
  expect(await keys.sharedKey('project:P1', 3)).toBeNull()
  expect((await keys.sharedKeys('project:P1')).map(key => key.epoch)).toEqual([1, 2])
  await keys.close()
})

test('wrapping anew keeps every key and needs the new wrapper from then on', async () => {
  const directory = temporaryDirectory()
  const options = { file: join(directory, 'k.db'), erasureLog: join(directory, 'e.log'), wrapper: wordWrapper('old'), personKey: Buffer.alloc(32, 7) }
  const keys = await SealingKeys.open(options)
  const { kid, key } = await keys.subjectKey('bea', 'A')
  await keys.rewrap(wordWrapper('new'))
  await keys.close()
  const again = await SealingKeys.open({ ...options, wrapper: wordWrapper('new') })
  expect(Buffer.from(await again.subjectKeyById(kid) ?? [])).toEqual(Buffer.from(key))
  await again.close()
})

test('a destroyed key leaves no wrapped copy in the file or in its log', async () => {
  const directory = temporaryDirectory()
  const options = { file: join(directory, 'k.db'), erasureLog: join(directory, 'e.log'), wrapper: wordWrapper('w'), personKey: Buffer.alloc(32, 7) }
  const keys = await SealingKeys.open(options)
  const { kid, key } = await keys.subjectKey('bea', 'A')
  const wrapped = Buffer.from(await options.wrapper.wrap(key, `subject ${kid}`))
  keys.flush()
  expect(readFileSync(`${options.file}-wal`).includes(wrapped)).toBe(true)
  await keys.destroySubjectKey('bea', 'A')
  expect([readFileSync(options.file).includes(wrapped), readFileSync(`${options.file}-wal`).includes(wrapped)]).toEqual([false, false])
  await keys.close()
  const db = new DatabaseSync(options.file)
  expect(db.prepare('SELECT count(*) AS n FROM subject_key').get()).toEqual({ n: 0 })
  db.close()
})

test('a box opens only with its key, in its place, and whole', () => {
  const place: BoxPlace = { part: 'shared', book: 'loan.A', key: 'L1', type: 'loan.approved', of: 'organization:A', n: 1, kid: null }
  const key = Buffer.alloc(32, 1)
  const box = seal('{"a":"é€😀"}', key, place)
  expect(open(box, key, place)).toBe('{"a":"é€😀"}')
  for (const change of [{ book: 'loan.B' }, { key: 'L2' }, { type: 'loan.repaid' }, { of: 'project:A' }, { n: 2 }, { part: 'subject' as const }, { kid: 'x' }]) {
    expect(() => open(box, key, { ...place, ...change })).toThrow(/BOX_INVALID/)
  }
  expect(() => open(box, Buffer.alloc(32, 2), place)).toThrow(/BOX_INVALID/)
  const bytes = Buffer.from(box, 'base64')
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes)
    changed[i] = (changed[i] ?? 0) ^ 1
    expect(() => open(changed, key, place)).toThrow(/BOX_INVALID/)
  }
  expect(() => open('', key, place)).toThrow(/BOX_INVALID/)
  expect(seal('x', key, place)).not.toBe(seal('x', key, place))
})
