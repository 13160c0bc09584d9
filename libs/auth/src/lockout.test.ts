import { DatabaseSync } from 'node:sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AtomicStore, LockRecord } from './index.ts'
import { Lockout, MemoryStore, Pins, SqliteStore } from './index.ts'
import { CHEAP, HandClock, macOf, PEPPER } from './testing/fixtures.ts'

const SECOND = 1000
const bea = { subject: '+50499000001', source: '10.0.0.7' }
const right = async () => true
const wrong = async () => false

function setUp(extra: Partial<ConstructorParameters<typeof Lockout>[0]> = {}) {
  const clock = new HandClock()
  const store = new MemoryStore<LockRecord>()
  return { clock, store, lockout: new Lockout({ name: 'pin', store, clock, mac: macOf('k'), ...extra }) }
}

async function lock(lockout: Lockout, who: { subject: string; source?: string } = bea): Promise<void> {
  for (let n = 0; n < 5; n += 1) await expect(lockout.attempt(who, wrong)).rejects.toMatchObject({ code: 'CREDENTIALS_WRONG' })
}

describe('lockout', () => {
  it('locks after five wrong PINs, whatever comes then, and opens by the clock', async () => {
    const { lockout, clock } = setUp()
    const pins = new Pins({ pepper: PEPPER, cost: CHEAP })
    const stored = await pins.hash('4821')
    const enter = (pin: string) => lockout.attempt(bea, async () => (await pins.verify(stored, pin)).ok)
    for (let left = 4; left > 0; left -= 1)
      await expect(enter('9999')).rejects.toMatchObject({ code: 'CREDENTIALS_WRONG', details: { attemptsLeft: left } })
    await expect(enter('9999')).rejects.toMatchObject({ code: 'CREDENTIALS_WRONG', details: { attemptsLeft: 0 }, retryAfter: 60 })
    await expect(enter('4821')).rejects.toMatchObject({ code: 'LOCKED', retryAfter: 60 })
    clock.move(59_001)
    await expect(enter('4821')).rejects.toMatchObject({ code: 'LOCKED', retryAfter: 1 })
    clock.move(999)
    await enter('4821')
    expect(await lockout.lockedFor(bea.subject)).toBe(0)
  })

  it('does not compare while locked', async () => {
    const { lockout } = setUp()
    await lock(lockout)
    let compared = false
    await expect(lockout.attempt(bea, async () => (compared = true))).rejects.toMatchObject({ code: 'LOCKED' })
    expect(compared).toBe(false)
  })

  it('locks for twice as long each time, up to the most, and forgets after a quiet time', async () => {
    const { lockout, clock } = setUp({ subject: { maxLockMs: 300 * SECOND } })
    for (const seconds of [60, 120, 240, 300, 300]) {
      await lock(lockout, { subject: 'x' })
      expect(await lockout.lockedFor('x')).toBe(seconds)
      clock.move(seconds * SECOND)
    }
    clock.move(7 * 86_400 * SECOND)
    await lock(lockout, { subject: 'x' })
    expect(await lockout.lockedFor('x')).toBe(60)
  })

  it('the right secret forgets what was wrong before, locks included', async () => {
    const { lockout, clock } = setUp()
    await lock(lockout)
    clock.move(60 * SECOND)
    for (let n = 0; n < 4; n += 1) await lockout.attempt(bea, wrong).catch(() => {})
    await lockout.attempt(bea, right)
    await lock(lockout)
    expect(await lockout.lockedFor(bea.subject)).toBe(60)
  })

  it('wrong attempts count together for a quarter of an hour', async () => {
    const { lockout, clock } = setUp()
    for (let n = 0; n < 4; n += 1) await lockout.attempt(bea, wrong).catch(() => {})
    clock.move(900 * SECOND)
    await expect(lockout.attempt(bea, wrong)).rejects.toMatchObject({ details: { attemptsLeft: 4 } })
  })

  it('64 guesses at once are five', async () => {
    const { lockout } = setUp()
    let compared = 0
    const all = await Promise.allSettled(
      Array.from({ length: 64 }, () =>
        lockout.attempt({ subject: 'x' }, async () => {
          compared += 1
          return false
        }),
      ),
    )
    expect(compared).toBe(5)
    expect(all.filter((one) => one.status === 'rejected' && one.reason.code === 'LOCKED')).toHaveLength(59)
  })

  it('one source that tries many people is locked; the people are not, from elsewhere', async () => {
    const { lockout, clock } = setUp({ source: { attempts: 10 } })
    for (let n = 0; n < 10; n += 1)
      await expect(lockout.attempt({ subject: `p${n}`, source: 's' }, wrong)).rejects.toMatchObject({ code: 'CREDENTIALS_WRONG' })
    await expect(lockout.attempt({ subject: 'p11', source: 's' }, right)).rejects.toMatchObject({ code: 'LOCKED', retryAfter: 60 })
    await lockout.attempt({ subject: 'p11', source: 't' }, right)
    clock.move(60 * SECOND)
    await lockout.attempt({ subject: 'p11', source: 's' }, right)
  })

  it('a source with many right attempts is never locked', async () => {
    const { lockout } = setUp({ source: { attempts: 3 } })
    for (let n = 0; n < 30; n += 1) await lockout.attempt({ subject: `p${n}`, source: 's' }, right)
    for (let n = 0; n < 2; n += 1) await lockout.attempt({ subject: 'q', source: 's' }, wrong).catch(() => {})
    // The third could lock the source: it is right, so it does not.
    await lockout.attempt({ subject: 'r', source: 's' }, right)
    await expect(lockout.attempt({ subject: 'r', source: 's' }, wrong)).rejects.toMatchObject({ code: 'CREDENTIALS_WRONG' })
    await expect(lockout.attempt({ subject: 'r', source: 's' }, right)).rejects.toMatchObject({ code: 'LOCKED' })
  })

  it('a comparison that could not be made costs no attempt; a store that fails lets nobody in', async () => {
    const { lockout } = setUp()
    for (let n = 0; n < 20; n += 1)
      await expect(
        lockout.attempt(bea, async () => {
          throw new Error('no memory')
        }),
      ).rejects.toThrow('no memory')
    await lockout.attempt(bea, right)
    const broken: AtomicStore<LockRecord> = {
      get: async () => undefined,
      change: async () => {
        throw new Error('disk')
      },
    }
    let compared = false
    await expect(setUp({ store: broken }).lockout.attempt(bea, async () => (compared = true))).rejects.toThrow('disk')
    expect(compared).toBe(false)
  })

  it('what is guarded by another name is not locked with it, and no phone or address is kept', async () => {
    const { lockout, store, clock } = setUp()
    await lock(lockout)
    await new Lockout({ name: 'password', store, clock, mac: macOf('k') }).attempt(bea, right)
    const kept: LockRecord[] = []
    for await (const one of store.all()) kept.push(one)
    expect(JSON.stringify(kept)).not.toMatch(/99000001|10\.0\.0\.7/)
  })
})

describe('the store on SQLite', () => {
  it('keeps a lock over a restart and sweeps what has expired', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'growr-auth-'))
    try {
      const clock = new HandClock()
      const open = () => {
        const db = new DatabaseSync(join(folder, 'auth.db'))
        return { db, store: new SqliteStore<LockRecord>(db, 'locks', clock) }
      }
      const before = open()
      await lock(new Lockout({ name: 'pin', store: before.store, clock, mac: macOf('k') }))
      before.db.close()

      const after = open()
      const lockout = new Lockout({ name: 'pin', store: after.store, clock, mac: macOf('k') })
      await expect(lockout.attempt(bea, right)).rejects.toMatchObject({ code: 'LOCKED' })
      expect(await after.store.removeExpired(clock.now())).toBe(0)
      clock.move(9 * 86_400 * SECOND)
      expect(await after.store.removeExpired(clock.now())).toBe(2)
      await lockout.attempt(bea, right)
      after.db.close()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('refuses a table name that is none', () => {
    const db = new DatabaseSync(':memory:')
    expect(() => new SqliteStore(db, 'x; DROP TABLE y')).toThrow(TypeError)
    db.close()
  })
})
