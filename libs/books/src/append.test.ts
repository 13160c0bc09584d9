import { expect, test } from 'vitest'
import fc from 'fast-check'
import { BookError } from './errors.ts'
import { canonicalJson } from './canonical.ts'
import { loanDraft, openFixture, personalDraft, type LoanDraft } from './testing/fixture.ts'
import { verifyBook } from './verify.ts'
import type { RequestReference } from './entry.ts'

const loan = { kind: 'loan', organization: 'COMSA' }
const request = (id: string, params: unknown = { amount: '20000.00' }): { request: RequestReference } => ({ request: { id, caller: 'user-ana', params } })

const codes = (outcomes: readonly PromiseSettledResult<unknown>[]): string[] =>
  outcomes.map(outcome => outcome.status === 'fulfilled' ? 'ok' : (outcome.reason as BookError).code)

test('64 times the same request at once is one entry; every other answer is marked as repeated', async () => {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  const entries = await Promise.all(Array.from({ length: 64 }, (_, i) => book.append(personalDraft(`L${i}`, 'did:key:bea', request('r1')))))
  expect(new Set(entries.map(entry => entry.seq))).toEqual(new Set([1]))
  expect(new Set(entries.map(entry => entry.key)).size).toBe(1)
  expect(entries.filter(entry => entry.repeated !== true)).toHaveLength(1)
  expect(book.seq).toBe(1)
  await fixture.close()
})

test('the same request with other parameters is refused, at once, later and after reopening', async () => {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  const outcomes = await Promise.allSettled([
    book.append(loanDraft('L1', request('r1'))), book.append(loanDraft('L2', request('r1', { amount: '1.00' }))), book.append(loanDraft('L3', request('r1'))),
  ])
  expect(codes(outcomes)).toEqual(['ok', 'REQUEST_ID_REUSED', 'ok'])
  await expect(book.append(loanDraft('L4', request('r1', { amount: '2.00' })))).rejects.toMatchObject({ code: 'REQUEST_ID_REUSED' })
  await fixture.close()
  const again = await openFixture(fixture.directory)
  const reopened = await again.store.book(loan)
  await expect(reopened.append(loanDraft('L5', request('r1', { amount: '2.00' })))).rejects.toMatchObject({ code: 'REQUEST_ID_REUSED' })
  expect(await reopened.append(loanDraft('L6', request('r1')))).toMatchObject({ seq: 1, key: 'L1', repeated: true })
  expect(reopened.seq).toBe(1)
  await again.close()
})

test('a request belongs to its caller and its action; the order of its parameters does not matter', async () => {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  await book.append(loanDraft('L1', request('r1', { a: 1, b: [{ c: '2', d: null }] })))
  expect(await book.append(loanDraft('L2', request('r1', { b: [{ d: null, c: '2' }], a: 1 })))).toMatchObject({ key: 'L1', repeated: true })
  expect(await book.append(loanDraft('L3', { request: { id: 'r1', caller: 'user-beto', params: {} } }))).toMatchObject({ key: 'L3', seq: 2 })
  expect(await book.append(loanDraft('L4', { ...request('r1'), action: 'loan.signLoan' }))).toMatchObject({ key: 'L4', seq: 3 })
  await fixture.close()
})

test('several entries of one request are found together, also by asking before deciding', async () => {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  const asked = { id: 'r1', caller: 'user-ana', params: { amount: '20000.00' } }
  expect(await book.findRequest('loan.applyForLoan', asked)).toBeNull()
  const made = await book.append([loanDraft('L1', request('r1')), loanDraft('L2'), loanDraft('L3')])
  expect(made.map(entry => [entry.seq, entry.version])).toEqual([[1, 4], [2, 4], [3, 4]])
  const found = await book.findRequest('loan.applyForLoan', asked)
  expect(found?.map(entry => [entry.key, entry.repeated])).toEqual([['L1', true], ['L2', true], ['L3', true]])
  const repeated = await book.append([loanDraft('L7', request('r1'))])
  expect(repeated.map(entry => entry.key)).toEqual(['L1', 'L2', 'L3'])
  expect((await verifyBook(book)).findings).toEqual([])
  await fixture.close()
})

test('of 64 that expect the same state one goes through, the others learn what they missed', async () => {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  const { seq } = await book.append(loanDraft('L1', { expectedSeq: 0 }))
  const outcomes = await Promise.allSettled(Array.from({ length: 64 }, () => book.append(loanDraft('L1', { expectedSeq: seq }))))
  expect(codes(outcomes).filter(code => code === 'ok')).toHaveLength(1)
  expect(codes(outcomes).filter(code => code === 'STALE_STATE')).toHaveLength(63)
  await expect(book.append(loanDraft('L1', { expectedSeq: 1 }))).rejects.toMatchObject({ details: { key: 'L1', expected: 1, found: 2 } })
  await fixture.close()
})

test('several drafts are appended together or not at all', async () => {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  await book.append(loanDraft('L1'))
  await expect(book.append([loanDraft('L2'), loanDraft('L1', { expectedSeq: 0 })])).rejects.toMatchObject({ code: 'STALE_STATE' })
  expect([book.seq, await book.get('L2')]).toEqual([1, null])
  await fixture.close()
})

test('entries of one record stand in the order in which they were handed in', async () => {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  await Promise.all(Array.from({ length: 200 }, (_, i) => book.append(loanDraft('L1', { state: { status: String(i), owed: '0' } }))))
  const history = await book.history({ key: 'L1', limit: 1_000 })
  expect(history.map(entry => (entry.state as { status: string } | null)?.status)).toEqual(Array.from({ length: 200 }, (_, i) => String(i)))
  expect((await book.getAt('L1', 120))?.state).toMatchObject({ status: '119' })
  expect(await book.history({ key: 'L1', after: 198, limit: 5 })).toHaveLength(2)
  await fixture.close()
})

test('books of one store are written together, each with its own numbers, kinds and organizations apart', async () => {
  const fixture = await openFixture()
  const books = await Promise.all(['A', 'B', 'C'].map(organization => fixture.store.book({ kind: 'loan', organization })))
  await Promise.all(books.flatMap(book => Array.from({ length: 20 }, (_, i) => book.append(personalDraft(`L${i}`, 'did:key:bea', request(`r${i}`))))))
  for (const book of books) expect([book.seq, (await verifyBook(book)).findings]).toEqual([20, []])
  const kids = await Promise.all(books.map(async book => (await book.entry(1))?.kid))
  expect(new Set(kids).size).toBe(3)
  await fixture.close()
})

test.each<[string, Partial<LoanDraft>, string]>([
  ['a key with a space', { key: 'L 1' }, 'DRAFT_INVALID'],
  ['an empty key', { key: '' }, 'DRAFT_INVALID'],
  ['a key with a line feed', { key: 'L\n1' }, 'DRAFT_INVALID'],
  ['a date that is none', { businessDate: '1.3.2026' }, 'DRAFT_INVALID'],
  ['an instant without a zone', { at: '2026-03-01T12:00:00' }, 'DRAFT_INVALID'],
  ['a scope of no form', { scope: 'COMSA' }, 'DRAFT_INVALID'],
  ['a subject without a person', { state: { status: 'X', owed: '0', subject: { userDid: 'did:key:bea' } } }, 'DRAFT_INVALID'],
  ['postings that do not balance', { postings: [{ account: 'cash', amount: '1', currency: 'HNL' }, { account: 'clearing', amount: '-1', currency: 'USD' }] }, 'POSTINGS_UNBALANCED'],
  ['an amount that is no integer', { postings: [{ account: 'cash', amount: '1.5', currency: 'HNL' }] }, 'DRAFT_INVALID'],
  ['an entry of more than 1 MiB', { state: { status: 'x'.repeat(1_100_000), owed: '0' } }, 'ENTRY_TOO_LARGE'],
  ['parameters that nest without end', { request: { id: 'r', caller: 'c', params: Array.from({ length: 80 }).reduce(inner => [inner], 1) } }, 'DRAFT_INVALID'],
])('%s is refused and nothing is written', async (_, changes, code) => {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  const [bad, good] = await Promise.allSettled([book.append(loanDraft('L1', changes)), book.append(loanDraft('L2'))])
  expect([codes([bad]), codes([good])]).toEqual([[code], ['ok']])
  expect(book.seq).toBe(1)
  await fixture.close()
})

test('equal parameters give equal text, different ones different text', () => {
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
    const again = JSON.parse(JSON.stringify(a)) as unknown
    expect(canonicalJson(again)).toBe(canonicalJson(JSON.parse(JSON.stringify(again))))
    expect(JSON.parse(canonicalJson(again))).toEqual(again)
    if (canonicalJson(a) === canonicalJson(b)) expect(JSON.parse(canonicalJson(a))).toEqual(JSON.parse(canonicalJson(b)))
  }))
  expect(canonicalJson({ b: 1, a: [true, null, 'x'] })).toBe('{"a":[true,null,"x"],"b":1}')
  expect(() => canonicalJson(NaN)).toThrow(BookError)
})

test('amounts pass through the codec that the domain brings', async () => {
  const codec = {
    encode: (value: unknown) => JSON.stringify(value, (_, inner: unknown) => typeof inner === 'bigint' ? { $amount: inner.toString() } : inner),
    decode: (text: string) => JSON.parse(text, (_, inner: unknown) => typeof inner === 'object' && inner !== null && '$amount' in inner ? BigInt(String(inner.$amount)) : inner) as unknown,
  }
  const fixture = await openFixture(undefined, { codec })
  const book = await fixture.store.book(loan)
  const owed = 2n ** 80n
  await book.append({ ...loanDraft('L1'), state: { owed } })
  expect((await book.get<{ owed: bigint }>('L1'))?.state.owed).toBe(owed)
  expect((await book.entry(1))?.state).toEqual({ owed })
  expect((await verifyBook(book, { recompute: () => ({ owed }) as never })).findings).toEqual([])
  await fixture.close()
})
