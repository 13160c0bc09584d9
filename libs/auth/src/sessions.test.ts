import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FamilyStore, SessionFamily } from './index.ts'
import { AccessTokens, apiStrategy, authenticate, MemoryStore, RefreshTokens, SessionRegistry, Sessions } from './index.ts'
import { ANA, HandClock, macOf, OLGA, TestKeys } from './testing/fixtures.ts'

const DAY = 86_400_000
const issuer = 'https://node.example'

function setUp(store: FamilyStore = new MemoryStore<SessionFamily>(), clock = new HandClock()) {
  const keys = new TestKeys('k1')
  const registry = new SessionRegistry(clock)
  const refresh = new RefreshTokens({ store, clock, registry, mac: macOf('k') })
  const sessions = new Sessions({ refresh, registry, access: new AccessTokens(keys, { issuer, clock }) })
  const strategy = apiStrategy({ issuer, clock, keys, sessions: registry })
  const call = (token: string) => authenticate(strategy, { headers: { authorization: `Bearer ${token}` } })
  return { clock, store, registry, refresh, sessions, call }
}

describe('refresh tokens', () => {
  it('rotate: each gives the next, and access goes on', async () => {
    const { sessions, call, clock } = setUp()
    let tokens = await sessions.signIn(ANA)
    for (let n = 2; n < 6; n += 1) {
      clock.move(9 * 60_000)
      const next = await sessions.refresh(tokens.refreshToken)
      expect(next.refreshToken).not.toBe(tokens.refreshToken)
      expect(next.session).toMatchObject({ id: tokens.session.id, generation: n, userId: 'u-ana' })
      expect(await call(next.accessToken)).toMatchObject({ userId: 'u-ana', sessionId: tokens.session.id })
      tokens = next
    }
  })

  it('an old one that comes again ends the family: the newest token, and the access token, are dead', async () => {
    const { sessions, call } = setUp()
    const first = await sessions.signIn(ANA)
    const other = await sessions.signIn(ANA)
    const second = await sessions.refresh(first.refreshToken)
    const third = await sessions.refresh(second.refreshToken)
    await call(third.accessToken)
    await expect(sessions.refresh(first.refreshToken)).rejects.toMatchObject({ code: 'REFRESH_REUSED' })
    await expect(sessions.refresh(third.refreshToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    await expect(call(third.accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    // Another session of the same user is another family.
    await call((await sessions.refresh(other.refreshToken)).accessToken)
  })

  it('64 uses of one at once: one succeeds, and the family is dead', async () => {
    const { sessions, call, store } = setUp()
    const first = await sessions.signIn(ANA)
    const all = await Promise.allSettled(Array.from({ length: 64 }, () => sessions.refresh(first.refreshToken)))
    const won = all.filter((one) => one.status === 'fulfilled')
    const lost = all.filter((one) => one.status === 'rejected')
    // The one that rotated may itself find the session ended by the second: at most one succeeds, and never lives on.
    expect(won.length).toBeLessThanOrEqual(1)
    expect(lost.filter((one) => one.reason.code === 'REFRESH_REUSED')).toHaveLength(63)
    expect(await store.get(first.session.id)).toMatchObject({ generation: 2, endReason: 'REUSED' })
    for (const one of won) {
      await expect(sessions.refresh(one.value.refreshToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
      await expect(call(one.value.accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    }
    await expect(call(first.accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
  })

  it("one that was made up or changed does nothing, also to who knows the session's id", async () => {
    const { sessions, store } = setUp()
    const { refreshToken, session } = await sessions.signIn(ANA)
    const [id, generation, random, tag] = refreshToken.split('.') as [string, string, string, string]
    const forged = [
      '',
      'x',
      refreshToken.slice(1),
      `${refreshToken}A`,
      'a'.repeat(100_000),
      `${id}.${generation}.${'A'.repeat(43)}.${tag}`,
      `${id}.0.${random}.${tag}`,
      `${id}.2.${random}.${tag}`,
      `${'A'.repeat(22)}.${generation}.${random}.${tag}`,
      `${id}.${generation}.${random}.${'A'.repeat(22)}`,
    ]
    for (const one of forged) await expect(sessions.refresh(one)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
    expect(await store.get(session.id)).toEqual(session)
    await sessions.refresh(refreshToken)
  })

  it('of another node, or of a session that is not kept any more, is invalid', async () => {
    const { sessions } = setUp()
    const { refreshToken } = await sessions.signIn(ANA)
    const stranger = new RefreshTokens({
      store: new MemoryStore(),
      clock: new HandClock(),
      registry: new SessionRegistry(new HandClock()),
      mac: macOf('another'),
    })
    await expect(stranger.rotate(refreshToken)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
    await expect(setUp().sessions.refresh(refreshToken)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('ends after a week without use, and after a month in any case', async () => {
    const { sessions, clock, call } = setUp()
    const idle = await sessions.signIn(ANA)
    clock.move(7 * DAY)
    await expect(sessions.refresh(idle.refreshToken)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })

    let busy = await sessions.signIn(ANA)
    const end = clock.now().getTime() + 30 * DAY
    for (let n = 0; n < 4; n += 1) {
      clock.move(7 * DAY - 1)
      busy = await sessions.refresh(busy.refreshToken)
    }
    expect(busy.session.idleUntil).toBe(new Date(end).toISOString())
    await call(busy.accessToken)
    clock.move(end - clock.now().getTime())
    await expect(sessions.refresh(busy.refreshToken)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
  })

  it('keeps only hashes, and none is longer than the API takes', async () => {
    const { sessions, store } = setUp()
    const { refreshToken, session } = await sessions.signIn(ANA)
    expect(refreshToken.length).toBeLessThanOrEqual(110)
    const kept = JSON.stringify(await store.get(session.id))
    for (const part of [refreshToken, refreshToken.split('.')[2]!, refreshToken.split('.')[3]!]) expect(kept).not.toContain(part)
  })

  it('the 21st session of a user ends the first', async () => {
    const { sessions, call, registry } = setUp()
    const all = []
    for (let n = 0; n < 21; n += 1) all.push(await sessions.signIn(ANA))
    expect(registry.sessionsOf(ANA.userId)).toHaveLength(20)
    await expect(call(all[0]!.accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    await expect(sessions.refresh(all[0]!.refreshToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    await call(all[1]!.accessToken)
  })
})

describe('sessions', () => {
  it('no call succeeds after a block, even before it is on disk, nor a refresh, nor a sign-in', async () => {
    const { sessions, call } = setUp()
    const tokens = await sessions.signIn(ANA)
    const blocking = sessions.blockUser(ANA.userId)
    await expect(call(tokens.accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    await blocking
    await expect(sessions.refresh(tokens.refreshToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    await expect(sessions.signIn(ANA)).rejects.toMatchObject({ code: 'USER_BLOCKED' })
    sessions.unblockUser(ANA.userId)
    await expect(call(tokens.accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    await call((await sessions.signIn(ANA)).accessToken)
  })

  it('a block of one membership leaves the others', async () => {
    const { sessions, call } = setUp()
    const one = await sessions.signIn(ANA)
    const two = await sessions.signIn({ ...ANA, membershipId: 'm-2', organizationId: 'o-2' })
    await sessions.blockMembership('m-1')
    await expect(call(one.accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    await call(two.accessToken)
    await expect(sessions.signIn(ANA)).rejects.toMatchObject({ code: 'USER_BLOCKED' })
    sessions.unblockMembership('m-1')
    await call((await sessions.signIn(ANA)).accessToken)
  })

  it('a block that comes while somebody signs in, or refreshes, wins', async () => {
    const inner = new MemoryStore<SessionFamily>()
    let meanwhile = async () => {}
    const set = setUp({
      get: (id) => inner.get(id),
      all: () => inner.all(),
      change: async (id, change) => {
        await inner.change(id, change)
        await meanwhile()
      },
    })
    const before = await set.sessions.signIn(ANA)
    const block = async () => {
      meanwhile = async () => {}
      await set.sessions.blockUser(ANA.userId)
    }
    meanwhile = block
    await expect(set.sessions.refresh(before.refreshToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    set.sessions.unblockUser(ANA.userId)
    meanwhile = block
    await expect(set.sessions.signIn(ANA)).rejects.toMatchObject({ code: 'USER_BLOCKED' })
    expect(set.registry.size).toBe(0)
    for await (const family of inner.all()) expect(family.endedAt).not.toBeNull()
  })

  it('a block whose store fails holds in memory, and once more ends what is left', async () => {
    const inner = new MemoryStore<SessionFamily>()
    let broken = false
    const set = setUp({
      get: (id) => inner.get(id),
      all: () => inner.all(),
      change: async (id, change) => {
        if (broken) throw new Error('disk')
        await inner.change(id, change)
      },
    })
    const tokens = await set.sessions.signIn(ANA)
    broken = true
    await expect(set.sessions.blockUser(ANA.userId)).rejects.toThrow('disk')
    await expect(set.call(tokens.accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    broken = false
    await set.sessions.blockUser(ANA.userId)
    expect(await inner.get(tokens.session.id)).toMatchObject({ endReason: 'BLOCKED' })
  })

  it('signing out ends one; a new password ends the others', async () => {
    const { sessions, call, store } = setUp()
    const [a, b, c] = [await sessions.signIn(ANA), await sessions.signIn(ANA), await sessions.signIn(ANA)]
    await sessions.signOut(a.session.id)
    await sessions.signOut(a.session.id)
    await expect(sessions.refresh(a.refreshToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    expect(await store.get(a.session.id)).toMatchObject({ generation: 1, endReason: 'SIGNED_OUT' })
    await expect(call(a.accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    await sessions.signOutEverywhere(ANA.userId, c.session.id)
    await expect(call(b.accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    await call(c.accessToken)
  })

  it('lives through a restart, except what had ended, expired or is blocked', async () => {
    const store = new MemoryStore<SessionFamily>()
    const clock = new HandClock()
    const before = setUp(store, clock)
    const old = await before.sessions.signIn(OLGA)
    clock.move(7 * DAY)
    const [live, ended, blocked] = [
      await before.sessions.signIn(ANA),
      await before.sessions.signIn(ANA),
      await before.sessions.signIn({ ...ANA, userId: 'u-beto' }),
    ]
    await before.sessions.signOut(ended.session.id)

    const after = setUp(store, clock)
    expect(after.registry.isLive(live.session.id, ANA.userId, ANA.membershipId)).toBe(false)
    await after.refresh.load({ users: ['u-beto'], memberships: [] })
    expect(after.registry.isLive(live.session.id, ANA.userId, ANA.membershipId)).toBe(true)
    expect(after.registry.isLive(ended.session.id, ANA.userId, ANA.membershipId)).toBe(false)
    expect(after.registry.isLive(blocked.session.id, 'u-beto', ANA.membershipId)).toBe(false)
    expect(after.registry.isLive(old.session.id, OLGA.userId, null)).toBe(false)
    await after.sessions.refresh(live.refreshToken)
  })
})

describe('the registry', () => {
  it('agrees with a plain list under any sequence of openings, ends, blocks and time', () => {
    const step = fc.record({
      op: fc.constantFrom('open', 'end', 'blockUser', 'admitUser', 'blockMembership', 'admitMembership', 'time'),
      s: fc.nat(5),
      u: fc.nat(2),
      m: fc.nat(2),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = new HandClock()
        const registry = new SessionRegistry(clock)
        const model = new Map<string, { u: string; m: string; end: number }>()
        const blocked = new Set<string>()
        for (const { op, s, u, m } of steps) {
          const [sid, uid, mid] = [`s${u}${m}${s}`, `u${u}`, `m${m}`]
          const now = clock.now().getTime()
          if (op === 'open') {
            registry.open({ sessionId: sid, userId: uid, membershipId: mid, expiresAt: new Date(now + 1000) })
            if (!blocked.has(uid) && !blocked.has(mid)) model.set(sid, { u: uid, m: mid, end: now + 1000 })
          } else if (op === 'end') {
            registry.revokeSession(sid)
            model.delete(sid)
          } else if (op === 'time') clock.move(s * 200)
          else if (op === 'blockUser' || op === 'blockMembership') {
            if (op === 'blockUser') registry.revokeUser(uid)
            else registry.revokeMembership(mid)
            blocked.add(op === 'blockUser' ? uid : mid)
            for (const [id, one] of model) if (blocked.has(one.u) || blocked.has(one.m)) model.delete(id)
          } else {
            if (op === 'admitUser') registry.admitUser(uid)
            else registry.admitMembership(mid)
            blocked.delete(op === 'admitUser' ? uid : mid)
          }
          for (let x = 0; x < 54; x += 1) {
            const [mu, mm, ms] = [x % 3, Math.floor(x / 3) % 3, Math.floor(x / 9)]
            const known = model.get(`s${mu}${mm}${ms}`)
            const expected = known !== undefined && known.end > clock.now().getTime() && !blocked.has(`u${mu}`) && !blocked.has(`m${mm}`)
            expect(registry.isLive(`s${mu}${mm}${ms}`, `u${mu}`, `m${mm}`)).toBe(expected)
          }
        }
      }),
      { numRuns: 100 },
    )
  })

  it('forgets what has expired, so that it stays small', () => {
    const clock = new HandClock()
    const registry = new SessionRegistry(clock)
    for (let n = 0; n < 5000; n += 1) {
      registry.open({ sessionId: `s${n}`, userId: `u${n}`, membershipId: null, expiresAt: new Date(clock.now().getTime() + 10) })
      clock.move(1)
    }
    expect(registry.size).toBeLessThan(1011)
  })
})
