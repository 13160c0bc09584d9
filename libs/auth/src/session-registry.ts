import type { Clock } from './ports.ts'

/** A session as the registry knows it. */
export interface LiveSession {
  readonly sessionId: string
  readonly userId: string
  readonly membershipId: string | null
  /** When it ends if it is not refreshed before. */
  readonly expiresAt: Date
}

export interface RegistryContents {
  readonly sessions: Iterable<LiveSession> | AsyncIterable<LiveSession>
  readonly blockedUsers: Iterable<string>
  readonly blockedMemberships: Iterable<string>
}

const SWEEP_EVERY = 1000

/**
 * Which sessions are live, in memory, so that every call can ask without waiting. A session that is not in it is not
 * live: what was never loaded, or was forgotten, is refused. Filled at start by `load`; about 300 bytes for a session.
 */
export class SessionRegistry {
  readonly #clock: Clock
  readonly #sessions = new Map<string, LiveSession>()
  readonly #byUser = new Map<string, Set<string>>()
  readonly #blockedUsers = new Set<string>()
  readonly #blockedMemberships = new Set<string>()
  #opened = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Adds what the stores hold: once, before the first call is answered. */
  async load(contents: RegistryContents): Promise<void> {
    for (const id of contents.blockedUsers) this.#blockedUsers.add(id)
    for (const id of contents.blockedMemberships) this.#blockedMemberships.add(id)
    for await (const session of contents.sessions) this.open(session)
  }

  get size(): number {
    return this.#sessions.size
  }

  /** Whether a call in this session may go on. Synchronous: it is asked at every call. */
  isLive(sessionId: string, userId: string, membershipId: string | null): boolean {
    const session = this.#sessions.get(sessionId)
    if (session === undefined || session.userId !== userId || session.membershipId !== membershipId) return false
    return session.expiresAt > this.#clock.now() && this.admits(userId, membershipId)
  }

  /** Whether neither the user nor the membership is blocked. */
  admits(userId: string, membershipId: string | null): boolean {
    return !this.#blockedUsers.has(userId) && (membershipId === null || !this.#blockedMemberships.has(membershipId))
  }

  /** Enters a session; false, and not entered, where its user or membership is blocked or its time is over. */
  open(session: LiveSession): boolean {
    if (!this.admits(session.userId, session.membershipId) || session.expiresAt <= this.#clock.now()) return false
    if (++this.#opened % SWEEP_EVERY === 0) this.#sweep()
    this.#sessions.set(session.sessionId, session)
    const own = this.#byUser.get(session.userId)
    if (own === undefined) this.#byUser.set(session.userId, new Set([session.sessionId]))
    else own.add(session.sessionId)
    return true
  }

  /** Moves the end of a session that is live; false where it is not, so that a refresh cannot bring a revoked one back. */
  extend(sessionId: string, expiresAt: Date): boolean {
    const session = this.#sessions.get(sessionId)
    if (session === undefined || !this.isLive(sessionId, session.userId, session.membershipId)) return false
    this.#sessions.set(sessionId, { ...session, expiresAt })
    return true
  }

  /** The sessions of a user that are entered, oldest first. */
  sessionsOf(userId: string): LiveSession[] {
    return [...(this.#byUser.get(userId) ?? [])].map((id) => this.#sessions.get(id)!)
  }

  /** Ends one session (sign-out, a refresh token used twice). */
  revokeSession(sessionId: string): void {
    const session = this.#sessions.get(sessionId)
    if (session === undefined) return
    this.#sessions.delete(sessionId)
    const own = this.#byUser.get(session.userId)
    own?.delete(sessionId)
    if (own?.size === 0) this.#byUser.delete(session.userId)
  }

  /** Blocks a user: all sessions end, none opens until `admitUser`. Gives the sessions that ended. */
  revokeUser(userId: string): string[] {
    this.#blockedUsers.add(userId)
    return this.#end(this.sessionsOf(userId))
  }

  /** Blocks a membership: its sessions end, none opens until `admitMembership`; the user's other memberships go on. */
  revokeMembership(membershipId: string): string[] {
    this.#blockedMemberships.add(membershipId)
    return this.#end([...this.#sessions.values()].filter((session) => session.membershipId === membershipId))
  }

  /** Unblocks a user. Sessions that ended stay ended: sign in again. */
  admitUser(userId: string): void {
    this.#blockedUsers.delete(userId)
  }

  admitMembership(membershipId: string): void {
    this.#blockedMemberships.delete(membershipId)
  }

  #end(sessions: readonly LiveSession[]): string[] {
    for (const session of sessions) this.revokeSession(session.sessionId)
    return sessions.map((session) => session.sessionId)
  }

  #sweep(): void {
    const now = this.#clock.now()
    for (const session of this.#sessions.values()) if (session.expiresAt <= now) this.revokeSession(session.sessionId)
  }
}
