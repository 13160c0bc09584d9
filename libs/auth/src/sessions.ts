import type { AccessTokens, IssuedAccessToken, Subject } from './access-tokens.ts'
import type { RefreshTokens, SessionFamily } from './refresh-tokens.ts'
import type { SessionRegistry } from './session-registry.ts'

export interface SignedIn extends IssuedAccessToken {
  readonly refreshToken: string
  readonly session: SessionFamily
}

export interface SessionsParts {
  readonly access: AccessTokens
  readonly refresh: RefreshTokens
  readonly registry: SessionRegistry
}

/** What a user service does with sessions, from the first sign-in to a block. */
export class Sessions {
  readonly #parts: SessionsParts

  constructor(parts: SessionsParts) {
    this.#parts = parts
  }

  /** Opens a session for a user whose secret was right. USER_BLOCKED. */
  async signIn(subject: Subject): Promise<SignedIn> {
    const { refreshToken, session } = await this.#parts.refresh.open(subject)
    return { ...(await this.#parts.access.issue(session, session.id)), refreshToken, session }
  }

  /** New tokens for a refresh token. Refusals as in `RefreshTokens.rotate`. */
  async refresh(token: string): Promise<SignedIn> {
    const { refreshToken, session } = await this.#parts.refresh.rotate(token)
    return { ...(await this.#parts.access.issue(session, session.id)), refreshToken, session }
  }

  async signOut(sessionId: string): Promise<void> {
    await this.#parts.refresh.end(sessionId, 'SIGNED_OUT')
  }

  /** Ends all sessions of a user but, where it is given, the one that asks (a new password). */
  async signOutEverywhere(userId: string, except?: string): Promise<void> {
    for (const { sessionId } of this.#parts.registry.sessionsOf(userId))
      if (sessionId !== except) this.#parts.registry.revokeSession(sessionId)
    await this.#parts.refresh.endWhere((family) => family.userId === userId && family.id !== except, 'SIGNED_OUT')
  }

  /**
   * No call of this user succeeds once this has been called, even before it resolves.
   * Keep the block with the user too: `RefreshTokens.load` asks for it.
   */
  async blockUser(userId: string): Promise<void> {
    this.#parts.registry.revokeUser(userId)
    await this.#parts.refresh.endWhere((family) => family.userId === userId, 'BLOCKED')
  }

  /** The same for one membership; the user's others go on. */
  async blockMembership(membershipId: string): Promise<void> {
    this.#parts.registry.revokeMembership(membershipId)
    await this.#parts.refresh.endWhere((family) => family.membershipId === membershipId, 'BLOCKED')
  }

  /** Lets a user sign in again; sessions that ended stay ended. */
  unblockUser(userId: string): void {
    this.#parts.registry.admitUser(userId)
  }

  unblockMembership(membershipId: string): void {
    this.#parts.registry.admitMembership(membershipId)
  }
}
