import { createHash } from 'node:crypto'
import { callingUser, type ActionContext } from '@growr/bus'
import type { WaitingEvent } from '@growr/collections'
import { identity as contract, loan as loans, payment as payments, Refusal, type Params, type Result } from '@growr/contracts'
import { every } from '@growr/service'
import type { Kit } from '../kit.ts'
import { proveByPin } from '../user/login.ts'
import type { UserDoc } from '../user/user.collections.ts'
import { erased, organizationsOf } from '../user/user.model.ts'
import { tellErasure } from '../webhook/erasures.ts'

type Erased = Result<typeof contract.erase>
const DAY = 86_400_000
/** Stands where a person stood in what has to stay: the places of status lists are never given out again. */
const NOBODY = 'did:erased:nobody'

const shown = ({ id, erasedAt }: UserDoc): Erased => ({ user: id, erased: true, at: erasedAt ?? '' })

/** Whom an erasure is about: the person's own, and the caller's organization's if she belongs there. NOT_FOUND. */
export async function erasureScope(kit: Kit, { user }: { user: string }, { caller }: ActionContext) {
  const found = await kit.users.get(user)
  if (found === null) throw new Refusal('NOT_FOUND', { path: 'user' })
  const own = caller.kind === 'user' && caller.organization !== undefined && organizationsOf(found.doc).includes(caller.organization)
  return { owners: [user], organization: own ? caller.organization : undefined }
}

/**
 * Erases a person for good: the keys of all that leads to her in the books, her credentials with their keys, profile, permissions,
 * contacts. What others need to go on adding up stays. STILL_OWED, FORBIDDEN, CREDENTIALS_WRONG.
 */
export async function erase(kit: Kit, { user, pin }: Params<typeof contract.erase>, context: ActionContext): Promise<Erased> {
  const caller = callingUser(context)
  const found = await kit.users.get(user)
  if (found === null) throw new Refusal('NOT_FOUND', { path: 'user' })
  if (found.doc.erasedAt !== undefined) return shown(found.doc)
  if (caller.userId === user && caller.role === 'BORROWER') {
    if (pin === undefined) throw new Refusal('BAD_INPUT', { path: 'pin' })
    await proveByPin(kit, found.doc, pin)
  } else requireErasable(found.doc, caller.role, caller.organization)
  // First only a look, so that nobody is locked out for nothing.
  await inTheBooks(kit, user, true)
  await kit.users.update(user, (doc) => ({ ...doc, suspended: true, erasing: doc.erasing ?? { suspended: doc.suspended } }), { pending: [{ type: 'identity.erasing', data: {} }] })
  await kit.sessions.blockUser(user)
  return finish(kit, user)
}

/** An admin erases a borrower or an agent who belongs to no other organization; nobody an operator of the node. FORBIDDEN. */
function requireErasable({ memberships }: UserDoc, role: string, organization: string | undefined): void {
  const own = (held: UserDoc['memberships'][number]): boolean => held.organization === organization && (held.type === 'BORROWER' || held.type === 'ORIGINATOR_AGENT')
  const allowed = role === 'NODE_OPERATOR' ? memberships.every(({ type }) => type !== 'NODE_OPERATOR') : memberships.every(own)
  if (!allowed) throw new Refusal('FORBIDDEN', { path: 'user', details: { reason: 'the person has other parts here: ask the operator' } })
}

interface Gone {
  readonly loans: string[]
  readonly payments: string[]
}

/** By organization, what leads to her no more. The one who owns the books says whether anything is owed. */
async function inTheBooks(kit: Kit, user: string, check: boolean): Promise<Map<string, Gone>> {
  const as = { as: { service: 'identity' as const } }
  const inLoans = await kit.bus.call(loans.erasePerson, { user, check }, as)
  const inPayments = await kit.bus.call(payments.erasePerson, { user, check }, as)
  const gone = new Map<string, Gone>()
  const at = (organization: string): Gone => {
    const known = gone.get(organization) ?? { loans: [], payments: [] }
    gone.set(organization, known)
    return known
  }
  for (const { organization, loans: keys } of inLoans.erased) at(organization).loans.push(...keys)
  for (const { organization, payments: keys } of inPayments.erased) at(organization).payments.push(...keys)
  return gone
}

/** Carries an erasure through that was begun. Each part of it may be repeated, so a node that stops in between goes on here. */
function finish(kit: Kit, user: string): Promise<Erased> {
  return kit.turns.run(`erasure:${user}`, async () => {
    const found = await kit.users.get(user)
    if (found === null) throw new Refusal('NOT_FOUND', { path: 'user' })
    if (found.doc.erasedAt !== undefined || found.doc.erasing === undefined) return shown(found.doc)
    try {
      // Nobody can act for her any more: what is owed now was begun before.
      await inTheBooks(kit, user, true)
    } catch (error) {
      await giveBack(kit, user, found.doc.erasing.suspended)
      throw error
    }
    for (const [organization, keys] of await inTheBooks(kit, user, false)) await tellErasure(kit, { organization, erasure: user, ...keys })
    await sayGoodbye(kit, found.doc)
    await kit.erasureLog.add([user], kit.real.now())
    return shown(await scrub(kit, found.doc))
  })
}

async function giveBack(kit: Kit, user: string, suspended: boolean): Promise<void> {
  await kit.users.update(user, ({ erasing: _erasing, ...doc }) => ({ ...doc, suspended }))
  if (!suspended) kit.sessions.unblockUser(user)
}

export const goOnErasing = async (kit: Kit, event: WaitingEvent): Promise<void> => void (await finish(kit, event.recordId))

/** The last message waits with its address in a record of its own, which goes with it. */
async function sayGoodbye(kit: Kit, { id, phone, email, language }: UserDoc): Promise<void> {
  const contact = phone === undefined ? email === undefined ? undefined : { email } : { phone }
  const notice = createHash('sha256').update(`erased ${id}`).digest('hex')
  if (contact === undefined || (await kit.notices.get(notice)) !== null) return
  await kit.notices.insert({ id: notice, expiresAt: new Date(kit.real.now().getTime() + DAY).toISOString() }, { pending: [{ type: 'user.goodbye', data: { contact, language } }] })
  kit.outbox.wake()
}

/** Takes everything of a person out of this group's records; what is left of the user is an id that leads to nobody. */
async function scrub(kit: Kit, user: UserDoc): Promise<UserDoc> {
  const { id, phone } = user
  for await (const { id: credential } of every(kit.credentials, { user: id })) await kit.credentials.remove(credential)
  for await (const { id: permission } of every(kit.permissions, { user: id })) await kit.permissions.remove(permission)
  for await (const { id: change } of every(kit.phoneChanges, { user: id })) await kit.phoneChanges.remove(change)
  if (phone !== undefined) for await (const { id: session } of every(kit.phoneSessions, { phone })) await kit.phoneSessions.remove(session)
  for await (const { id: complaint } of every(kit.complaints, { user: id })) await kit.complaints.update(complaint, (doc) => ({ ...doc, text: null, answers: [] }))
  for (const organization of organizationsOf(user)) await kit.histories.remove(`${organization}/${id}`)
  await kit.profiles.remove(id)
  const at = kit.clock.now().toISOString()
  for await (const { id: credential, list, index } of every(kit.issued, { user: id })) {
    await kit.issued.update(credential, (doc) => ({ ...doc, did: NOBODY, user: 'nobody', revokedAt: doc.revokedAt ?? at, revokedIn: doc.list }))
    await kit.statusLists.revoke(list, index)
  }
  await kit.walletRecords.remove(id)
  kit.wallets.remove(id)
  return (await kit.users.update(id, (doc) => erased(doc, at))).doc
}

/** After a restore: whoever was erased since the back-up was made is erased again, from the log that no back-up brings back. */
export async function eraseAgain(kit: Kit): Promise<number> {
  let again = 0
  for (const id of kit.erasureLog.erased) {
    const found = await kit.users.get(id)
    if (found === null || found.doc.erasedAt !== undefined) continue
    await scrub(kit, found.doc)
    again += 1
  }
  return again
}

/** The last message to one who was erased. */
export async function deliverGoodbye(kit: Kit, event: WaitingEvent): Promise<void> {
  const { contact, language } = event.data as { contact: { phone: string } | { email: string }; language: 'en' | 'es' }
  await kit.deliver({ id: event.id, contact, language, template: 'personErased', values: {} })
}
