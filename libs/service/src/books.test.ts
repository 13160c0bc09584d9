import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defineView, type BookStore, type ViewReader } from '@growr/books'
import { decidePayment, type PaymentEvent, type PaymentState } from '@growr/lending'
import { currencyOf, parseAmount } from '@growr/money'
import { eventsOf } from './amounts.ts'
import { atomicStore } from './atomic-store.ts'
import { BALANCES, balanceOf, balancesOf, post } from './balances.ts'
import { openBookStore, openKeep, roomsOf, type Keep } from './stores.ts'
import { TenantBooks, type Authority, type Decided } from './tenant-books.ts'

const HNL = currencyOf('HNL')
const clock = { now: () => new Date('2026-03-02T12:00:00.000Z') }
const cost = { passes: 2, memory: 19 * 1024 }
const accounts = defineView({ name: 'accounts', version: 1, kinds: ['payment'], schema: BALANCES, apply: post, personal: false })

let dir: string
let keep: Keep
let opened: { store: BookStore; close(): Promise<void> }
let books: TenantBooks<'payment'>
let view: ViewReader
let woken: string[]

async function open(): Promise<void> {
  keep = await openKeep({ dataDir: dir, group: 'payment', passphrase: 'a pass phrase for tests', clock, cost })
  opened = await openBookStore(keep, clock)
  view = await opened.store.view(accounts)
  woken = []
  books = new TenantBooks({
    store: opened.store, kinds: ['payment'], tenants: await keep.collections.repository<{ id: string }>({ name: 'tenants', personal: [], lookup: {} }),
    appended: (kind, organization) => woken.push(`${kind} ${organization}`),
  })
  await books.open()
}
async function close(): Promise<void> {
  await opened.close()
  await keep.close()
}
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'growr service '))
  await open()
})
afterEach(async () => {
  await close()
  await rm(dir, { recursive: true })
})

const authority = (requestId: string | undefined, params: unknown = {}, userId = 'ana'): Authority =>
  ({ caller: { kind: 'user', userId, role: 'ORIGINATOR_ADMIN', organization: 'comsa', membership: 'm', session: 's' }, action: 'payment.addRepayment', requestId, params })

let payments = 0
function paid(amount = '5.00', key = `p${++payments}`): Decided<PaymentState, PaymentEvent> {
  const events = eventsOf(decidePayment(null, {
    type: 'add', underWay: false, subject: { userId: 'bea', reference: 'IN-1' },
    data: {
      key, kind: 'REPAYMENT', organizationId: 'comsa', projectKey: 'prj', currency: HNL, amount: parseAmount(amount, HNL), from: null, to: { rail: 'BANK', holder: 'comsa' },
      loanKey: 'l', fundingKey: null, valueDate: '2026-03-02', bookingDate: '2026-03-02',
    },
  }))
  return { key, current: null, scope: 'project:prj', person: 'bea', businessDate: '2026-03-02', events: [...events, { type: 'payment.confirmed', data: { valueDate: '2026-03-02', bookingDate: '2026-03-02' } }] }
}

test('the events of one decision are one step: each with its state and postings, under one request', async () => {
  const written = await books.once('payment', 'comsa', authority('r-1'), () => paid())
  expect(written).toMatchObject({ seq: 2, repeated: false, state: { status: 'CONFIRMED', subject: { userId: 'bea' } } })
  const history = []
  for await (const entry of books.history('payment', 'comsa', written.state.key)) history.push(entry)
  expect(history.map(({ type, state }) => [type, (state as unknown as PaymentState).status])).toEqual([['payment.added', 'ADDED'], ['payment.confirmed', 'CONFIRMED']])
  expect(history[0]?.version).toBe(history[1]?.version)
  expect(balancesOf(view, 'project', 'prj')).toEqual([{ account: 'cash/BANK/comsa/prj', currency: 'HNL', amount: 500n }, { account: 'clearing/prj', currency: 'HNL', amount: -500n }])
  expect(balanceOf(view, 'cash/BANK/comsa/prj', 'HNL')).toBe(500n)
  expect(balanceOf(view, 'cash/BANK/comsa/other', 'HNL')).toBe(0n)
  expect(woken).toEqual(['payment comsa'])
  // What is in the open leads to nobody.
  const { event: _event, state: _state, ...header } = history[0]!
  expect(JSON.stringify({ ...header, shared: undefined })).not.toMatch(/bea|ana|IN-1|r-1/)
})

test('a repetition gives what came of it before and decides nothing; also at once, and after a restart', async () => {
  let decisions = 0
  const decide = () => {
    decisions += 1
    return paid('5.00', 'once')
  }
  const first = await books.once('payment', 'comsa', authority('r-1', { amount: '5.00' }), decide)
  await close()
  await open()
  expect(await books.once('payment', 'comsa', authority('r-1', { amount: '5.00' }), decide)).toMatchObject({ seq: first.seq, repeated: true, state: first.state })
  expect(decisions).toBe(1)
  await expect(books.once('payment', 'comsa', authority('r-1', { amount: '6.00' }), decide)).rejects.toMatchObject({ code: 'REQUEST_ID_REUSED' })
  const many = await Promise.all(Array.from({ length: 64 }, () => books.once('payment', 'comsa', authority('r-2'), () => paid())))
  expect(new Set(many.map(({ seq }) => seq)).size).toBe(1)
  expect(many.filter(({ repeated }) => !repeated)).toHaveLength(1)
  // Another person's request of the same id is another request; without an id each is one.
  expect((await books.once('payment', 'comsa', authority('r-2', {}, 'alba'), () => paid())).repeated).toBe(false)
  expect((await books.once('payment', 'comsa', authority(undefined), () => paid())).repeated).toBe(false)
  expect(await books.answered('payment', 'comsa', authority(undefined))).toBeUndefined()
})

test('a decision on what is no longer so is refused; one that comes to nothing leaves nothing', async () => {
  const { state, seq } = await books.once('payment', 'comsa', authority('r-1'), () => paid())
  const revert = (on: { state: PaymentState; seq: number }) => books.once('payment', 'comsa', authority(undefined), () => ({
    ...paid(), key: state.key, current: on, events: [{ type: 'payment.unmatched' as const, data: { on: '2026-03-02', reason: 'LOAN_STATUS' } }],
  }))
  await revert({ state, seq })
  await expect(revert({ state, seq })).rejects.toMatchObject({ code: 'STALE_STATE' })
  await expect(books.once('payment', 'comsa', authority(undefined), () => ({ ...paid(), key: state.key }))).rejects.toMatchObject({ code: 'STALE_STATE' })
  const length = (await books.tenant('comsa')).get('payment')!.seq
  expect(await books.once('payment', 'comsa', authority('r-9'), () => null)).toBeNull()
  expect((await books.tenant('comsa')).get('payment')!.seq).toBe(length)
  expect(await books.answered('payment', 'comsa', authority('r-9'))).toBeUndefined()
  await expect(books.once('payment', 'comsa', authority(undefined), () => ({ ...paid(), events: [] }))).rejects.toThrow('nothing to append')
})

test('a listener is told of each book once, whenever it comes; a feed is of whoever has books', async () => {
  const told: string[] = []
  const opening = books.tenant('comsa')
  books.onOpen((book) => told.push(`early ${book.id}`))
  await opening
  books.onOpen((book) => told.push(`late ${book.id}`))
  await books.tenant('otra')
  expect(told).toEqual(['early payment.comsa', 'late payment.comsa', 'early payment.otra', 'late payment.otra'])
  await books.once('payment', 'comsa', authority('r-1'), () => paid())
  const [entry] = await books.feed('payment', 'comsa', 0, 10)
  expect(entry).toMatchObject({ seq: 1, type: 'payment.added', organization: 'comsa', book: 'payment', state: { amount: { amount: '500', currency: 'HNL' } } })
  expect(await books.feed('payment', 'nobody', 0, 10)).toEqual([])
  await expect(books.feed('loan', 'comsa', 0, 10)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await close()
  await open()
  expect([...books.organizations()].toSorted()).toEqual(['comsa', 'otra'])
})

test('each group has its rooms; marks and erasures lie where no back-up of it goes', async () => {
  const rooms = roomsOf(dir, 'payment')
  expect([rooms.marks, rooms.erasures].every((path) => !path.startsWith(rooms.root))).toBe(true)
  expect((await stat(rooms.root)).mode & 0o777).toBe(0o700)
  expect((await stat(rooms.custody)).mode & 0o777).toBe(0o600)
  await expect(openKeep({ dataDir: dir, group: 'payment', passphrase: 'another pass phrase', clock, cost })).rejects.toThrow()
})

test('a collection keeps codes and locks for auth: changes wait for one another, the first makes the record', async () => {
  const repository = await keep.collections.repository<{ id: string; expiresAt: string; n: number }>({ name: 'counters', personal: [], lookup: {}, expires: 'expiresAt' })
  const store = atomicStore(repository)
  expect(await store.get('a')).toBeUndefined()
  await store.change('a', () => null)
  expect(await store.get('a')).toBeUndefined()
  await Promise.all(Array.from({ length: 32 }, () => store.change('a', (current) => ({ id: 'a', expiresAt: '2030-01-01T00:00:00.000Z', n: (current?.n ?? 0) + 1 }))))
  expect(await store.get('a')).toMatchObject({ n: 32 })
})
