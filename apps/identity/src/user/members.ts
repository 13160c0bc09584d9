import type { ActionContext } from '@growr/bus'
import { identity, type Params, type Result, type user as contract } from '@growr/contracts'
import type { Kit } from '../kit.ts'
import { numberOf, statusOf } from './user.model.ts'

/** Borrowers by the numbers under which an organization keeps them. Who has no DID yet is given one: a loan needs somebody to be owed by. */
export async function findMembers(kit: Kit, { organization, numbers }: Params<typeof contract.findMembers>, context: ActionContext): Promise<Result<typeof contract.findMembers>> {
  const members: Result<typeof contract.findMembers> = []
  for (const number of new Set(numbers)) {
    const found = await kit.users.findOne('numbers', numberOf(organization, number))
    const held = found?.doc.memberships.some((membership) => membership.organization === organization && membership.type === 'BORROWER')
    if (found === null || !held) continue
    const did = found.doc.did ?? (await context.as().call(identity.createWallet, { user: found.id })).did
    if (found.doc.did === undefined) await kit.users.update(found.id, (user) => (user.did === undefined ? { ...user, did } : null))
    members.push({ number, user: found.id, did, status: statusOf(found.doc) })
  }
  return members
}
