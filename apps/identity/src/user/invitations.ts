import type { ActionContext } from '@growr/bus'
import type { WaitingEvent } from '@growr/collections'
import { Refusal, user as contract, type Params, type Result, type Role } from '@growr/contracts'
import { addressOf, oneContact, type Contact } from '../common/contact.ts'
import type { Kit } from '../kit.ts'
import type { UserDoc } from './user.collections.ts'
import { byPin, invite, newUser } from './user.model.ts'

/** What a code is for: registering as an investor leads to another part than an invitation by an organization. */
export type Purpose = 'REGISTER' | 'REGISTER_INVESTOR' | 'RESET_PIN'
export const purposeOf = (type: Role): Purpose => (type === 'INVESTOR' ? 'REGISTER_INVESTOR' : 'REGISTER')

/** The person behind an address, if anybody is. */
export async function personAt(kit: Kit, contact: Contact): Promise<UserDoc | undefined> {
  const found = 'email' in contact ? await kit.users.findOne('email', contact.email) : await kit.users.findOne('phone', contact.phone)
  return found?.doc
}

/** One person at a time for each address, so that two calls about a newcomer do not make two. */
export const inTurn = <T>(kit: Kit, contact: Contact, task: () => Promise<T>): Promise<T> => kit.turns.run(`address:${addressOf(contact)}`, task)

/** An admin, operator or investor is reached by e-mail, an agent or borrower by phone: what they will register with. */
function contactFor(kit: Kit, { type, email, phone }: Params<typeof contract.addUser>): Contact {
  const contact = oneContact({ email, phone }, kit.config.country)
  const wanted = byPin.has(type) ? 'phone' : 'email'
  if (!(wanted in contact)) throw new Refusal('CONTACT_MISSING', { path: wanted })
  return contact
}

/** Adds an invited person, or a part to one who is there; the invitation waits in the same record. */
export async function addUser(kit: Kit, params: Params<typeof contract.addUser>, context: ActionContext): Promise<Result<typeof contract.addUser>> {
  const contact = contactFor(kit, params)
  const request = kit.requestRef(contract.addUser, params, context)
  const { type, name, language, organizationName } = params
  const invitation = { membership: kit.newId(), type, organization: params.organization ?? null, name }
  const pending = [{ type: 'user.invitation', data: { contact: { ...contact }, type, organizationName: organizationName ?? null, language } }]
  const written = await inTurn(kit, contact, async () => {
    const known = await personAt(kit, contact)
    if (known === undefined) {
      const at = kit.clock.now().toISOString()
      return kit.users.insert(newUser(kit.newId(), contact, language, at, invitation), { pending, ...(request && { request }) })
    }
    return kit.users.update(known.id, (user) => (isInvestor(user, type) ? null : invite(user, invitation)), { pending, ...(request && { request }) })
  })
  kit.outbox.wake()
  const { doc } = written
  const membership = doc.memberships.find((held) => held.type === type && held.organization === invitation.organization)
  if (membership === undefined) throw new Refusal('NOT_FOUND')
  return { user: doc.id, membership: membership.id, status: membership.status }
}

/** An investor's one part serves every project, so a second invitation finds it and adds nothing. */
function isInvestor(user: UserDoc, type: Role): boolean {
  const held = type === 'INVESTOR' ? user.memberships.find((membership) => membership.type === 'INVESTOR') : undefined
  if (held?.status === 'BLOCKED' || (held && user.suspended)) throw new Refusal('USER_BLOCKED')
  return held !== undefined
}

/** Sends an invitation: the code is made when the message leaves, so that no code lies anywhere before. */
export async function deliverInvitation(kit: Kit, event: WaitingEvent): Promise<void> {
  const { contact, type, organizationName, language } = event.data as { contact: Contact; type: Role; organizationName: string | null; language: 'en' | 'es' }
  const dial = type === 'BORROWER' ? kit.config.ussd?.serviceCode : undefined
  const { code, validUntil } = await kit.invitationCodes.issue({ purpose: purposeOf(type), subject: addressOf(contact) })
  await kit.deliver({
    // A repetition makes a new code, which only a new message can bring.
    id: `${event.id}-${validUntil.getTime()}`,
    contact,
    language,
    template: 'invitation',
    values: { organization: organizationName ?? 'Growr', code, link: linkFor(kit, type), minutes: String(Math.round((validUntil.getTime() - kit.real.now().getTime()) / 60_000)), ...(dial === undefined ? {} : { dial }) },
  })
}

/** Where a person registers. */
const linkFor = (kit: Kit, type: Role): string => `${kit.config.publicUrl ?? 'http://localhost'}/register?as=${type.toLowerCase()}`

/**
 * At the first start there is nobody who could invite anybody: the node itself invites its first operator, and again at
 * each start until that person has registered, since the code of an earlier start has expired by then.
 */
export async function inviteFirstOperator(kit: Kit): Promise<void> {
  const contact = { email: kit.config.operatorEmail.toLowerCase() }
  const invitation = { membership: kit.newId(), type: 'NODE_OPERATOR' as const, organization: null, name: 'Operator' }
  const pending = [{ type: 'user.invitation', data: { contact, type: invitation.type, organizationName: null, language: 'en' } }]
  const operators = await kit.users.find({ where: { places: 'NODE_OPERATOR' } })
  const own = operators.find(({ doc }) => doc.email === contact.email)
  if (own?.doc.memberships.some(({ type, status }) => type === 'NODE_OPERATOR' && status === 'INVITED')) {
    await kit.users.update(own.id, (user) => ({ ...user }), { pending })
  } else if (operators.length === 0) {
    const known = await personAt(kit, contact)
    if (known === undefined) await kit.users.insert(newUser(kit.newId(), contact, 'en', kit.clock.now().toISOString(), invitation), { pending })
    else await kit.users.update(known.id, (user) => invite(user, invitation), { pending })
  }
  kit.outbox.wake()
}

/** The operator whom the configuration names, and whether that person has registered. */
export async function firstOperator(kit: Kit): Promise<{ email: string; registered: boolean }> {
  const operators = await kit.users.find({ where: { places: 'NODE_OPERATOR' } })
  const registered = operators.some(({ doc }) => doc.memberships.some(({ type, status }) => type === 'NODE_OPERATOR' && status !== 'INVITED'))
  return { email: kit.config.operatorEmail, registered }
}
