import { expect, test } from 'vitest'
import { CollectionError } from '@growr/collections'
import { BookError } from '@growr/books'
import { loan, Refusal } from '@growr/contracts'
import { refuse } from '@growr/lending'
import { currencyOf } from '@growr/money'
import { callerName, requestRefs } from './action.ts'
import { decimalOrZero, eventsOf, positiveOf, throwRefused } from './amounts.ts'
import { canonical, digestOf } from './canonical.ts'
import { valueDates } from './dates.ts'
import { refusalOf } from './failure.ts'
import { connectionOfList } from './pages.ts'
import { Turns } from './turns.ts'

const HNL = currencyOf('HNL')
const code = (work: () => unknown): string => {
  try {
    work()
    return 'OK'
  } catch (error) {
    return error instanceof Refusal ? `${error.code} ${error.path ?? ''}`.trim() : String(error)
  }
}

test('an amount is above nothing and exact; zeros in front are a form that was filled up', () => {
  expect(positiveOf('20000.00', HNL, 'amount')).toEqual({ amount: 2_000_000n, currency: 'HNL' })
  expect(positiveOf('007', HNL, 'amount')).toEqual({ amount: 700n, currency: 'HNL' })
  expect(positiveOf('00.01', HNL, 'amount')).toEqual({ amount: 1n, currency: 'HNL' })
  for (const wrong of ['0', '000', '0.00', '1.001', '-1', '1e3', '', ' 1', '1,00', '9'.repeat(41)]) expect(code(() => positiveOf(wrong, HNL, 'amount')), wrong).toBe('AMOUNT_INVALID amount')
  expect(decimalOrZero({ amount: -5n, currency: 'HNL' }, HNL)).toBe('0.00')
})

test('a refusal of the domain leaves by the catalogue; one that the catalogue lacks is a fault', () => {
  expect(eventsOf({ events: [1, 2] })).toEqual([1, 2])
  expect(code(() => eventsOf(refuse('FUNDS_RESERVED', 'amount', { free: '0.00' })))).toBe('FUNDS_RESERVED amount')
  expect(code(() => throwRefused(null))).toBe('OK')
  expect(code(() => throwRefused({ refused: 'NO_SUCH_CODE' } as never))).toBe('Error: the catalogue lacks NO_SUCH_CODE')
})

test('a failure of a library leaves by its code, with its field; an unknown one as it is', () => {
  const seen = (error: unknown): string => {
    const found = refusalOf(error)
    return found instanceof Refusal ? `${found.code} ${found.path ?? ''}`.trim() : 'unknown'
  }
  expect(seen(new CollectionError('DUPLICATE', 'taken', { field: 'phone' }))).toBe('DUPLICATE phone')
  expect(seen(new CollectionError('REVISION_CONFLICT', 'changed'))).toBe('STALE_STATE')
  expect(seen(new CollectionError('STORE_BUSY', 'busy'))).toBe('UNAVAILABLE')
  expect(seen(new BookError('REQUEST_ID_REUSED', 'reused'))).toBe('REQUEST_ID_REUSED')
  expect(seen(new BookError('BOOK_BEHIND_MARK', 'restored'))).toBe('STORE_FAILED')
  expect(seen(new BookError('DRAFT_INVALID', 'a fault of ours'))).toBe('unknown')
  expect(seen(Object.assign(new Error('no file'), { code: 'ENOENT' }))).toBe('unknown')
  expect(seen('text')).toBe('unknown')
  const limited = refusalOf(Object.assign(new Error('wait'), { code: 'RATE_LIMITED', retryAfter: 7 }))
  expect(limited instanceof Refusal && limited.details).toEqual({ retryAfter: 7 })
})

test('a request is its caller\'s; its parameters are known by a keyed digest', () => {
  const refs = requestRefs(Buffer.alloc(32, 1))
  const user = { kind: 'user', userId: 'bea', role: 'BORROWER', membership: 'm', session: 's' } as const
  const params = { project: 'p', amount: '1.00', months: 6 }
  const context = (requestId?: string) => ({ caller: user, through: undefined, requestId }) as never
  expect(refs(loan.applyForLoan, params, context())).toBeUndefined()
  const ref = refs(loan.applyForLoan, params, context('r-1'))
  expect(ref).toMatchObject({ caller: 'user:bea', action: 'loan.applyForLoan', requestId: 'r-1' })
  expect(refs(loan.applyForLoan, { months: 6, amount: '1.00', project: 'p' }, context('r-1'))).toEqual(ref)
  expect(refs(loan.applyForLoan, { ...params, amount: '2.00' }, context('r-1'))?.paramsDigest).not.toBe(ref?.paramsDigest)
  expect(requestRefs(Buffer.alloc(32, 2))(loan.applyForLoan, params, context('r-1'))?.paramsDigest).not.toBe(ref?.paramsDigest)
  expect([callerName({ caller: user, through: { kind: 'service', service: 'loan' } }), callerName({ caller: { kind: 'service', service: 'loan' } }), callerName({ caller: { kind: 'stranger' } })])
    .toEqual(['user:bea@loan', 'service:loan', 'stranger'])
})

test('equal documents have equal digests, and a value date is never in the future', () => {
  expect(canonical({ b: [1, undefined], a: { y: null, x: undefined } })).toBe('{"a":{"y":null},"b":[1,null]}')
  expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }))
  expect(valueDates('2026-03-02', '2026-02-28')).toEqual({ valueDate: '2026-02-28', bookingDate: '2026-03-02' })
  expect(code(() => valueDates('2026-03-02', '2026-03-03'))).toBe('VALUE_DATE valueDate')
})

test('a page says whether there is more', () => {
  expect(connectionOfList({ rows: [{ key: 'a', value: 1 }], total: 3, more: true }, (n) => n * 2)).toEqual({ edges: [{ cursor: 'a', node: 2 }], pageInfo: { hasNextPage: true, endCursor: 'a' }, totalCount: 3 })
  expect(connectionOfList({ rows: [], total: 0, more: false })).toMatchObject({ pageInfo: { endCursor: null } })
})

test('turns: one at a time for each key, in order, whatever fails; and not without end', async () => {
  const turns = new Turns()
  const seen: string[] = []
  const gate = Promise.withResolvers<void>()
  const first = turns.run('a', async () => {
    await gate.promise
    seen.push('first')
    throw new Error('fails')
  })
  const second = turns.run('a', async () => seen.push('second'))
  await turns.run('b', async () => seen.push('other'))
  const waiting = Array.from({ length: 9_998 }, () => turns.run('a', async () => undefined))
  await expect(turns.run('a', async () => undefined)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  gate.resolve()
  await expect(first).rejects.toThrow('fails')
  await Promise.all([second, ...waiting])
  expect(seen).toEqual(['other', 'first', 'second'])
  expect(await turns.run('a', async () => 'again')).toBe('again')
})
