import { describe, expect, it } from 'vitest'
import type { CodeRecord } from './index.ts'
import { MemoryStore, OneTimeCodes } from './index.ts'
import { HandClock, macOf } from './testing/fixtures.ts'

const phone = { purpose: 'REGISTER', subject: '+50499000001' }
const MINUTE = 60_000

function setUp(extra: Partial<ConstructorParameters<typeof OneTimeCodes>[0]> = {}) {
  const clock = new HandClock()
  const store = new MemoryStore<CodeRecord>()
  return { clock, store, codes: new OneTimeCodes({ store, clock, mac: macOf('k'), ...extra }) }
}

const otherThan = (code: string): string => String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0')

describe('one-time codes', () => {
  it('counts once', async () => {
    const { codes, clock } = setUp()
    const { code, validUntil } = await codes.issue(phone)
    expect(code).toMatch(/^\d{6}$/)
    expect(validUntil.getTime() - clock.now().getTime()).toBe(10 * MINUTE)
    await codes.check(phone, code)
    await codes.use(phone, code)
    await expect(codes.use(phone, code)).rejects.toMatchObject({ code: 'CODE_SPENT' })
    await expect(codes.check(phone, code)).rejects.toMatchObject({ code: 'CODE_SPENT' })
  })

  it('used 64 times at once counts once', async () => {
    const { codes } = setUp()
    const { code } = await codes.issue(phone)
    const all = await Promise.allSettled(Array.from({ length: 64 }, () => codes.use(phone, code)))
    expect(all.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
    expect(all.filter((one) => one.status === 'rejected' && one.reason.code === 'CODE_SPENT')).toHaveLength(63)
  })

  it('expires, to the millisecond', async () => {
    const { codes, clock } = setUp()
    const { code } = await codes.issue(phone)
    clock.move(10 * MINUTE - 1)
    await codes.check(phone, code)
    clock.move(1)
    await expect(codes.use(phone, code)).rejects.toMatchObject({ code: 'CODE_EXPIRED' })
  })

  it('is worth nothing for another purpose, another subject, or parts that join to the same text', async () => {
    const { codes } = setUp()
    const { code } = await codes.issue(phone)
    for (const what of [
      { ...phone, purpose: 'CASH' },
      { ...phone, subject: '+50499000002' },
      { purpose: 'REGISTER+', subject: '50499000001' },
    ]) {
      await expect(codes.use(what, code)).rejects.toMatchObject({ code: 'CODE_WRONG' })
    }
    await codes.use(phone, code)
  })

  it('for two purposes are two codes: neither replaces, spends or locks the other', async () => {
    const { codes } = setUp()
    const one = await codes.issue(phone)
    const two = await codes.issue({ ...phone, purpose: 'CASH' })
    await codes.use(phone, one.code)
    await codes.use({ ...phone, purpose: 'CASH' }, two.code)
  })

  it('is dead after too many wrong attempts, and the subject locked until the clock says otherwise', async () => {
    const { codes, clock } = setUp()
    const { code } = await codes.issue({ ...phone })
    for (let left = 4; left >= 0; left -= 1)
      await expect(codes.use(phone, otherThan(code))).rejects.toMatchObject({ code: 'CODE_WRONG', details: { attemptsLeft: left } })
    await expect(codes.use(phone, code)).rejects.toMatchObject({ code: 'LOCKED', retryAfter: 900 })
    await expect(codes.issue(phone)).rejects.toMatchObject({ code: 'LOCKED', retryAfter: 900 })
    clock.move(15 * MINUTE - 500)
    await expect(codes.use(phone, code)).rejects.toMatchObject({ code: 'LOCKED', retryAfter: 1 })
    clock.move(500)
    await expect(codes.use(phone, code)).rejects.toMatchObject({ code: 'CODE_WRONG' })
    const again = await codes.issue(phone)
    await codes.use(phone, again.code)
  })

  it('a code that outlives the lock is dead all the same', async () => {
    const { codes, clock } = setUp({ ttlMs: 24 * 60 * MINUTE })
    const { code } = await codes.issue(phone)
    for (let n = 0; n < 5; n += 1) await codes.use(phone, otherThan(code)).catch(() => {})
    clock.move(16 * MINUTE)
    await expect(codes.use(phone, code)).rejects.toMatchObject({ code: 'CODE_WRONG' })
  })

  it('64 guesses at once are five', async () => {
    const { codes } = setUp()
    const { code } = await codes.issue(phone)
    const all = await Promise.allSettled(Array.from({ length: 64 }, () => codes.use(phone, otherThan(code))))
    const outcomes = all.map((one) => (one.status === 'rejected' ? one.reason.code : 'OK'))
    expect(outcomes.filter((one) => one === 'CODE_WRONG')).toHaveLength(5)
    expect(outcomes.filter((one) => one === 'LOCKED')).toHaveLength(59)
  })

  it('answers alike whether a code was ever sent', async () => {
    const { codes } = setUp()
    const { code } = await codes.issue(phone)
    const known: unknown[] = []
    const unknown: unknown[] = []
    for (let n = 0; n < 7; n += 1) {
      known.push(await codes.use(phone, otherThan(code)).catch((error) => [error.code, error.retryAfter, error.details]))
      unknown.push(
        await codes.use({ ...phone, subject: '+50499999999' }, '123456').catch((error) => [error.code, error.retryAfter, error.details]),
      )
    }
    expect(unknown).toEqual(known)
    await expect(codes.issue({ ...phone, subject: '+50499999999' })).rejects.toMatchObject({ code: 'LOCKED' })
  })

  it('a new code replaces the one before; five an hour', async () => {
    const { codes, clock } = setUp()
    const first = await codes.issue(phone)
    let last = await codes.issue(phone)
    if (first.code !== last.code) await expect(codes.use(phone, first.code)).rejects.toMatchObject({ code: 'CODE_WRONG' })
    for (let n = 0; n < 3; n += 1) last = await codes.issue(phone)
    await expect(codes.issue(phone)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfter: 3600 })
    await codes.use(phone, last.code)
    clock.move(60 * MINUTE)
    await codes.issue(phone)
  })

  it('keeps neither code nor phone, and its record cannot be tried out without the key', async () => {
    const { codes, store } = setUp()
    const { code } = await codes.issue(phone)
    const record: CodeRecord[] = []
    for await (const one of store.all()) record.push(one)
    const text = JSON.stringify(record)
    expect(text).not.toContain(code)
    expect(text).not.toContain('50499000001')
    const stranger = new OneTimeCodes({ store, clock: new HandClock(), mac: macOf('another key') })
    await expect(stranger.use(phone, code)).rejects.toMatchObject({ code: 'CODE_WRONG' })
  })

  it('takes what is no code for a wrong one, and refuses an unbounded subject', async () => {
    const { codes } = setUp({ maxAttempts: 100 })
    await codes.issue(phone)
    for (const junk of ['', '12', 'abcdef', '1'.repeat(100_000), '１２３４５６'])
      await expect(codes.use(phone, junk)).rejects.toMatchObject({ code: 'CODE_WRONG' })
    await expect(codes.issue({ ...phone, subject: 'x'.repeat(513) })).rejects.toThrow(TypeError)
    expect(() => setUp({ digits: 3 })).toThrow(TypeError)
  })

  it('draws codes that begin with zeros too, evenly enough', async () => {
    const { codes } = setUp({ digits: 4, maxIssuesPerHour: 5000 })
    const first = Array.from({ length: 10 }, () => 0)
    for (let n = 0; n < 2000; n += 1) first[Number((await codes.issue(phone)).code[0])]! += 1
    // 200 expected for each digit; seven standard deviations (13.4) to either side.
    for (const count of first) expect(Math.abs(count - 200)).toBeLessThan(94)
  })
})
