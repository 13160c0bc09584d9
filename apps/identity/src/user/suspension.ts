import { callingUser, type ActionContext } from '@growr/bus'
import { Refusal, user as contract, type Params, type Result } from '@growr/contracts'
import { every } from '@growr/service'
import type { Kit } from '../kit.ts'
import type { UserDoc } from './user.collections.ts'
import { restore, show, suspend, viewerOf, type Suspension } from './user.model.ts'

type View = Result<typeof contract.block>
type Request = Params<typeof contract.block>

/** What the caller may reach: an admin the own organization's memberships, the operator those of any, or the whole person. */
function reachOf({ id, organization }: Request, context: ActionContext): Suspension {
  const caller = callingUser(context)
  // Nobody locks themselves out: an operator who did would leave the node without one.
  if (caller.userId === id) throw new Refusal('FORBIDDEN')
  if (caller.role === 'NODE_OPERATOR') return { by: 'OPERATOR', organization: organization ?? null }
  if (caller.organization === undefined || (organization !== undefined && organization !== caller.organization)) throw new Refusal('FORBIDDEN')
  return { by: 'ORGANIZATION', organization: caller.organization }
}

const membershipsIn = (user: UserDoc, organization: string): string[] => user.memberships.flatMap((held) => (held.organization === organization ? [held.id] : []))

/** Suspends. When this returns the record says so on disk and every session concerned is dead. */
export async function block(kit: Kit, params: Request, context: ActionContext): Promise<View> {
  const reach = reachOf(params, context)
  const request = kit.requestRef(contract.block, params, context)
  const { doc } = await kit.users.update(params.id, (user) => suspend(user, reach), request && { request })
  if (reach.organization === null) await kit.sessions.blockUser(doc.id)
  else for (const membership of membershipsIn(doc, reach.organization)) await kit.sessions.blockMembership(membership)
  return show(doc, viewerOf(callingUser(context), doc.id))
}

/** Lifts it. Sessions that ended stay ended. */
export async function unblock(kit: Kit, params: Request, context: ActionContext): Promise<View> {
  const reach = reachOf(params, context)
  const request = kit.requestRef(contract.unblock, params, context)
  const { doc } = await kit.users.update(params.id, (user) => restore(user, reach), request && { request })
  if (!doc.suspended) kit.sessions.unblockUser(doc.id)
  for (const { id, status } of doc.memberships) if (status !== 'BLOCKED') kit.sessions.unblockMembership(id)
  return show(doc, viewerOf(callingUser(context), doc.id))
}

/** Who is suspended, for the registry at start. */
export async function suspended(kit: Pick<Kit, 'users'>): Promise<{ users: string[]; memberships: string[] }> {
  const found: { users: string[]; memberships: string[] } = { users: [], memberships: [] }
  for await (const user of every(kit.users, { marks: 'BLOCKED' })) {
    if (user.suspended) found.users.push(user.id)
    found.memberships.push(...user.memberships.flatMap(({ id, status }) => (status === 'BLOCKED' ? [id] : [])))
  }
  return found
}
