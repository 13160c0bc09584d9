import type { SignedIn } from '@growr/auth'
import { roles, user as contract, type Result, type Role } from '@growr/contracts'
import type { Kit } from '../kit.ts'
import type { MembershipDoc, UserDoc } from './user.collections.ts'

type Session = Result<typeof contract.loginByEmail>

/** Opens a session in one membership. USER_BLOCKED where a block came in between. */
export async function openSession(kit: Kit, user: UserDoc, membership: MembershipDoc): Promise<Session> {
  return show(await kit.sessions.signIn({ userId: user.id, role: membership.type, organizationId: membership.organization, membershipId: membership.id }))
}

export function show({ accessToken, expiresIn, refreshToken, session }: SignedIn): Session {
  const role = roles.find((each): each is Role => each === session.role)
  if (role === undefined) throw new Error('a session of an unknown role')
  return { accessToken, expiresIn, refreshToken, user: session.userId, role, organization: session.organizationId }
}
