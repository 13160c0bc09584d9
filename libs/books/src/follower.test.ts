import { expect, test } from 'vitest'
import { Follower, type Cursor, type Delay } from './follower.ts'
import { loanDraft, openFixture } from './testing/fixture.ts'
import type { StoredEntry } from './entry.ts'

const loan = { kind: 'loan', organization: 'COMSA' }

/** Waits that end when the test says so. */
function handDelay(): { delay: Delay; waits: number[]; pass: () => void } {
  const waits: number[] = []
  let pending: (() => void)[] = []
  return {
    waits,
    delay: (milliseconds, then) => {
      waits.push(milliseconds)
      pending.push(then)
      return () => { pending = pending.filter(other => other !== then) }
    },
    pass: () => {
      const due = pending
      pending = []
      for (const then of due) then()
    },
  }
}

const memoryCursor = (): Cursor & { seq: number | null } => {
  const cursor: Cursor & { seq: number | null } = { seq: null, read: () => cursor.seq, write: seq => { cursor.seq = seq } }
  return cursor
}

test('hands on every entry in order, woken by commits, and goes on where it was after reopening', async () => {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  const seen: number[] = []
  const follower = book.follow('notices', entry => { seen.push(entry.seq) })
  await Promise.all(Array.from({ length: 250 }, (_, i) => book.append(loanDraft(`L${i}`))))
  await follower.idle()
  expect(seen).toEqual(Array.from({ length: 250 }, (_, i) => i + 1))
  await fixture.close()

  const again = await openFixture(fixture.directory)
  const reopened = await again.store.book(loan)
  const later: number[] = []
  const next = reopened.follow('notices', entry => { later.push(entry.seq) })
  await reopened.append(loanDraft('L0'))
  await next.idle()
  expect(later).toEqual([251])
  expect(() => reopened.follow('notices', () => undefined)).toThrow(/FOLLOWER_EXISTS/)
  await next.stop()
  await reopened.append(loanDraft('L1'))
  expect(later).toEqual([251])
  const third = reopened.follow('notices', entry => { later.push(entry.seq) })
  await third.idle()
  expect(later).toEqual([251, 252])
  await again.close()
})

test('a new follower may begin with what comes next; that too is remembered', async () => {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  await book.append(loanDraft('L1'))
  const seen: number[] = []
  const follower = book.follow('late', entry => { seen.push(entry.seq) }, { fromStart: false })
  await follower.idle()
  await book.append(loanDraft('L2'))
  await follower.idle()
  expect(seen).toEqual([2])
  await fixture.close()
})

test('a handler that fails gets the same entry again, later and later, and nothing after it meanwhile', async () => {
  const { delay, waits, pass } = handDelay()
  const fixture = await openFixture(undefined, { delay })
  const book = await fixture.store.book(loan)
  const calls: number[] = []
  const errors: string[] = []
  let failures = 4
  let tried: () => void = () => undefined
  const follower = book.follow('stubborn', entry => {
    calls.push(entry.seq)
    if (entry.seq === 2 && failures-- > 0) throw new Error('provider is away')
  }, { retry: { first: 100, most: 500 }, onError: (error, attempt) => {
    errors.push(`${(error as Error).message} ${attempt}`)
    queueMicrotask(() => tried())
  } })
  const four = new Promise<void>(resolve => {
    tried = () => {
      if (errors.length === 2) expect(fixture.store.health()).toMatchObject({ ok: false, problems: [{ code: 'FOLLOWER_RETRIES', of: 'stubborn' }] })
      if (errors.length === 4) resolve()
      else setImmediate(pass)
    }
  })
  await book.append([loanDraft('L1'), loanDraft('L2'), loanDraft('L3')])
  await four
  expect(waits).toEqual([100, 200, 400, 500])
  // New entries do not shorten the wait.
  await book.append(loanDraft('L4'))
  expect(calls).toEqual([1, 2, 2, 2, 2])
  pass()
  await follower.idle()
  expect(calls).toEqual([1, 2, 2, 2, 2, 2, 3, 4])
  expect(follower.status).toMatchObject({ seq: 4, attempts: 0, error: null })
  await fixture.close()
})

test('it never sees an entry before that is acknowledged', async () => {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  const early: number[] = []
  const follower = book.follow('watch', entry => { if (entry.seq > book.seq) early.push(entry.seq) })
  await Promise.all(Array.from({ length: 100 }, (_, i) => book.append(loanDraft(`L${i}`))))
  await follower.idle()
  expect(early).toEqual([])
  await fixture.close()
})

test('a follower of entries from elsewhere uses the same cursor and asks again when it is woken or time has passed', async () => {
  const { delay, pass } = handDelay()
  const fixture = await openFixture(undefined, { delay })
  const remote: { seq: number }[] = [{ seq: 1 }, { seq: 2 }]
  const asked: [number, number][] = []
  const seen: number[] = []
  const follower = fixture.store.follower('payment.COMSA', {
    name: 'payments', limit: 1, poll: 5_000,
    feed: (after, limit) => { asked.push([after, limit]); return remote.filter(entry => entry.seq > after).slice(0, limit) },
    handler: entry => { seen.push(entry.seq) },
  })
  await follower.idle()
  expect([seen, asked.slice(0, 3)]).toEqual([[1, 2], [[0, 1], [1, 1], [2, 1]]])
  remote.push({ seq: 3 })
  follower.wake()
  await follower.idle()
  remote.push({ seq: 4 })
  const polled = new Promise<void>(resolve => { remote.filter = new Proxy(remote.filter, { apply: (target, self, values) => { resolve(); return Reflect.apply(target, self, values) as { seq: number }[] } }) })
  pass()
  await polled
  await follower.idle()
  expect(seen).toEqual([1, 2, 3, 4])
  await fixture.close()
  const again = await openFixture(fixture.directory)
  const resumed = again.store.follower('payment.COMSA', { name: 'payments', feed: (after, limit) => { asked.push([after, limit]); return [] }, handler: () => undefined })
  await resumed.idle()
  expect(asked.at(-1)).toEqual([4, 100])
  await again.close()
})

test('a crash between handling and remembering hands the entry on again: at least once, never skipped', async () => {
  const cursor = memoryCursor()
  const entries = [{ seq: 1 }, { seq: 2 }, { seq: 3 }]
  const feed = (after: number): { seq: number }[] => entries.filter(entry => entry.seq > after)
  const first: number[] = []
  const crashing = { ...cursor, read: () => cursor.seq, write: (seq: number) => { if (seq < 2) cursor.seq = seq; else if (seq === 2) throw new Error('crash') } }
  const follower = new Follower({ name: 'a', feed, cursor: crashing, handler: entry => { first.push(entry.seq) }, delay: () => () => undefined, onError: () => { void follower.stop() } }).start()
  await follower.idle()
  expect([first, cursor.seq]).toEqual([[1, 2], 1])
  const second: number[] = []
  const next = new Follower({ name: 'a', feed, cursor, handler: entry => { second.push(entry.seq) } }).start()
  await next.idle()
  await next.stop()
  expect([second, cursor.seq]).toEqual([[2, 3], 3])
})

test('a feed that fails is asked again; stopping ends the waiting at once', async () => {
  const { delay, waits, pass } = handDelay()
  let failed: () => void = () => undefined
  const once = new Promise<void>(resolve => { failed = resolve })
  let broken = true
  const seen: number[] = []
  const follower = new Follower<Pick<StoredEntry, 'seq'>>({
    name: 'a', cursor: memoryCursor(), delay, onError: () => failed(), handler: entry => { seen.push(entry.seq) },
    feed: after => { if (broken) throw new Error('bus is away'); return after === 0 ? [{ seq: 1 }] : [] },
  }).start()
  await once
  broken = false
  await Promise.resolve()
  pass()
  await follower.idle()
  expect([seen, waits]).toEqual([[1], [100]])
  broken = true
  follower.wake()
  await follower.stop()
  expect(follower.stopped).toBe(true)
})
