import { randomBytes } from 'node:crypto'
import type { Subject } from './access-tokens.ts'
import { bind, sameText, sha256 } from './bytes.ts'
import { AuthError } from './errors.ts'
import type { AtomicStore, Clock, Expiring, Mac } from './ports.ts'
import type { LiveSession, SessionRegistry } from './session-registry.ts'

export type EndReason = 'SIGNED_OUT' | 'REUSED' | 'BLOCKED' | 'TOO_MANY'

/** A session with its family of refresh tokens: only the hash of the newest is kept. `id` is the session's id (`sid`). */
export interface SessionFamily extends Expiring, Subject {
  readonly generation: number
  readonly hash: string
  readonly createdAt: string
  readonly usedAt: string
  /** ISO instant at which it ends if it is not refreshed before, never after `expiresAt`, when it ends in any case. */
  readonly idleUntil: string
  readonly endedAt: string | null
  readonly endReason: EndReason | null
}

export interface FamilyStore extends AtomicStore<SessionFamily> {
  /** All families, or at least those that have not ended: read at start and when somebody is blocked. */
  all(): AsyncIterable<SessionFamily>
}

export interface RefreshTokensOptions {
  readonly store: FamilyStore
  readonly mac: Mac
  readonly clock: Clock
  readonly registry: SessionRegistry
  /** A session ends after this long without a refresh, in milliseconds; 7 days unless told. */
  readonly idleMs?: number
  /** A session ends after this long in any case, in milliseconds; 30 days unless told. */
  readonly absoluteMs?: number
  /** Sessions of one user at once; with one more the oldest ends. 20 unless told. */
  readonly maxSessions?: number
}

export interface Refreshed {
  readonly refreshToken: string
  readonly session: SessionFamily
}

const FORM = /^([A-Za-z0-9_-]{22})\.(\d{1,9})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{22})$/

/**
 * Refresh tokens: `session.generation.random.tag`, 32 random bytes, used once each. The tag is a keyed hash over the
 * rest, so that an old token is known for one that was really given out, without a list of all of them, and a made-up
 * one does nothing.
 *
 * An old token that comes again ends its session: somebody has a copy. Two uses of one token at the same time count as
 * that too, since they cannot be told from a theft: at most one gets new tokens, and they are dead once the other arrives.
 * A client must therefore never refresh twice at once, nor repeat a refresh whose answer it lost: it signs in again.
 */
export class RefreshTokens {
  readonly #o: Required<RefreshTokensOptions>

  constructor(options: RefreshTokensOptions) {
    this.#o = { idleMs: 7 * 86_400_000, absoluteMs: 30 * 86_400_000, maxSessions: 20, ...options }
  }

  /** Fills the registry from the store: once, before the first call is answered. */
  async load(blocked: { users: Iterable<string>; memberships: Iterable<string> }): Promise<void> {
    await this.#o.registry.load({ blockedUsers: blocked.users, blockedMemberships: blocked.memberships, sessions: this.#unended() })
  }

  /** Opens a session. USER_BLOCKED where the user or the membership is blocked, also while it opens. */
  async open(subject: Subject): Promise<Refreshed> {
    const { registry, store, maxSessions } = this.#o
    if (!registry.admits(subject.userId, subject.membershipId)) throw new AuthError('USER_BLOCKED')
    const open = registry.sessionsOf(subject.userId)
    for (const oldest of open.slice(0, Math.max(0, open.length - maxSessions + 1))) await this.end(oldest.sessionId, 'TOO_MANY')
    const now = this.#o.clock.now().getTime()
    const id = randomBytes(16).toString('base64url')
    const refreshToken = this.#make(id, 1)
    const session: SessionFamily = {
      id,
      userId: subject.userId,
      role: subject.role,
      organizationId: subject.organizationId,
      membershipId: subject.membershipId,
      generation: 1,
      hash: sha256(refreshToken),
      createdAt: iso(now),
      usedAt: iso(now),
      idleUntil: iso(now + Math.min(this.#o.idleMs, this.#o.absoluteMs)),
      expiresAt: iso(now + this.#o.absoluteMs),
      endedAt: null,
      endReason: null,
    }
    await store.change(id, () => session)
    // A block that came while the session was written finds it here.
    if (!registry.open(live(session))) {
      await this.end(id, 'BLOCKED')
      throw new AuthError('USER_BLOCKED')
    }
    return { refreshToken, session }
  }

  /**
   * A new refresh token for one that is used up by this. TOKEN_INVALID (none of ours), TOKEN_EXPIRED, SESSION_REVOKED,
   * REFRESH_REUSED (used before: the session has ended).
   */
  async rotate(refreshToken: string): Promise<Refreshed> {
    const { id, generation } = this.#read(refreshToken)
    const hash = sha256(refreshToken)
    const now = this.#o.clock.now().getTime()
    const next = this.#make(id, generation + 1)
    const nextHash = sha256(next)
    let outcome = 'TOKEN_INVALID' as 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'SESSION_REVOKED' | 'REFRESH_REUSED' | SessionFamily
    await this.#o.store.change(id, (family) => {
      outcome = 'TOKEN_INVALID'
      if (family === undefined) return null
      if (family.generation !== generation || !sameText(family.hash, hash)) {
        outcome = 'REFRESH_REUSED'
        return family.endedAt === null ? { ...family, endedAt: iso(now), endReason: 'REUSED' } : null
      }
      outcome = 'SESSION_REVOKED'
      if (family.endedAt !== null || !this.#o.registry.admits(family.userId, family.membershipId)) return null
      outcome = 'TOKEN_EXPIRED'
      if (Date.parse(family.idleUntil) <= now) return null
      const idleUntil = Math.min(now + this.#o.idleMs, Date.parse(family.expiresAt))
      outcome = { ...family, generation: generation + 1, hash: nextHash, usedAt: iso(now), idleUntil: iso(idleUntil) }
      return outcome
    })
    if (outcome === 'REFRESH_REUSED') this.#o.registry.revokeSession(id)
    if (typeof outcome === 'string') throw new AuthError(outcome)
    if (!this.#o.registry.extend(id, new Date(outcome.idleUntil))) throw new AuthError('SESSION_REVOKED')
    return { refreshToken: next, session: outcome }
  }

  /** Ends a session: at once in this process, then in the store. Once more does nothing. */
  async end(sessionId: string, reason: EndReason): Promise<void> {
    this.#o.registry.revokeSession(sessionId)
    const now = iso(this.#o.clock.now().getTime())
    await this.#o.store.change(sessionId, (family) =>
      family === undefined || family.endedAt !== null ? null : { ...family, endedAt: now, endReason: reason },
    )
  }

  /** Ends all sessions for which `which` says so. It reads the store, so that a call repeated after a failure ends what is left. */
  async endWhere(which: (family: SessionFamily) => boolean, reason: EndReason): Promise<void> {
    const ids: string[] = []
    for await (const family of this.#o.store.all()) if (family.endedAt === null && which(family)) ids.push(family.id)
    for (const id of ids) await this.end(id, reason)
  }

  async *#unended(): AsyncGenerator<LiveSession> {
    for await (const family of this.#o.store.all()) if (family.endedAt === null) yield live(family)
  }

  #make(id: string, generation: number): string {
    const body = `${id}.${generation}.${randomBytes(32).toString('base64url')}`
    return `${body}.${this.#tag(body)}`
  }

  #read(token: string): { id: string; generation: number } {
    const match = typeof token === 'string' && token.length <= 128 ? FORM.exec(token) : null
    if (match === null) throw new AuthError('TOKEN_INVALID')
    const [, id, generation, , tag] = match
    const body = token.slice(0, token.lastIndexOf('.'))
    if (!sameText(this.#tag(body), tag!)) throw new AuthError('TOKEN_INVALID')
    return { id: id!, generation: Number(generation) }
  }

  #tag(body: string): string {
    return Buffer.from(this.#o.mac.hmac(bind('growr.refresh', body)))
      .subarray(0, 16)
      .toString('base64url')
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()
const live = (family: SessionFamily): LiveSession => ({
  sessionId: family.id,
  userId: family.userId,
  membershipId: family.membershipId,
  expiresAt: new Date(family.idleUntil),
})
