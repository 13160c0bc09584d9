import { timingSafeEqual } from 'node:crypto'
import { AuthError } from '@growr/auth'
import { callingUser, type ActionContext } from '@growr/bus'
import { Refusal, user as contract, type Params, type Result } from '@growr/contracts'
import { addressOf, normalizePhone } from '../common/contact.ts'
import type { Kit } from '../kit.ts'
import { personAt } from './invitations.ts'
import type { UserDoc } from './user.collections.ts'
import { byPin } from './user.model.ts'

const MOST_VOUCHES = 20

/** How identity document numbers are compared: letters and digits alone. */
export const plainNumber = (text: string): string => text.normalize('NFKC').toUpperCase().replace(/[^\p{L}\p{N}]/gu, '')

/**
 * What is kept of the number of somebody's identity document for `resetPIN`: a keyed hash. The number itself lies sealed in her
 * profile, which nobody but she opens; the key lies in custody.
 */
export const answerOf = (kit: Kit, user: string, number: string): string => kit.mac(['growr.answer', user, plainNumber(number)])

const sameText = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** Staff have the person before them: a code for `resetPIN` that only they can give her. FORBIDDEN, SAME_PERSON, USER_BLOCKED. */
export async function vouch(kit: Kit, { user }: Params<typeof contract.vouch>, context: ActionContext): Promise<Result<typeof contract.vouch>> {
  const caller = callingUser(context)
  if (caller.userId === user) throw new Refusal('SAME_PERSON', { path: 'user' })
  const found = await kit.users.get(user)
  if (found === null) throw new Refusal('NOT_FOUND', { path: 'user' })
  requireHelped(found.doc, caller.role, caller.organization)
  const { code, validUntil } = await kit.vouchCodes.issue({ purpose: 'VOUCH', subject: user })
  const at = kit.clock.now().toISOString()
  await kit.users.update(user, (doc) => ({ ...doc, vouches: [...(doc.vouches ?? []), { by: caller.userId, organization: caller.organization ?? '', at }].slice(-MOST_VOUCHES) }))
  return { code, expiresAt: validUntil.toISOString() }
}

/**
 * Whom staff may help to get in again: an agent the borrowers of the organization, an admin its agents too; nobody those who are agents
 * elsewhere. FORBIDDEN, USER_BLOCKED.
 */
export function requireHelped(user: UserDoc, role: string, organization: string | undefined): void {
  if (user.erasedAt !== undefined) throw new Refusal('PERSON_ERASED', { path: 'user' })
  // An invitation is what staff did, not she: it opens nobody's account, unless she has none and nobody else invited her.
  const isOurs = user.registeredAt === null && user.memberships.every((held) => held.organization === organization)
  const helped = user.memberships.filter((held) => held.organization === organization && (isOurs || held.status !== 'INVITED') && (role === 'ORIGINATOR_ADMIN' ? byPin.has(held.type) : held.type === 'BORROWER'))
  if (helped.length === 0) throw new Refusal('FORBIDDEN', { path: 'user' })
  if (user.suspended || helped.every(({ status }) => status === 'BLOCKED')) throw new Refusal('USER_BLOCKED', { path: 'user' })
  // The phone and the PIN are one for all parts: here nobody may come by what opens another organization's work.
  if (user.memberships.some((held) => held.type === 'ORIGINATOR_AGENT' && held.organization !== organization && held.status === 'ACTIVE')) throw new Refusal('FORBIDDEN', { path: 'user' })
  // An agent who is a borrower too is an agent: whoever gets in as one gets in as both.
  if (role !== 'ORIGINATOR_ADMIN' && user.memberships.some(({ type }) => type !== 'BORROWER' && type !== 'INVESTOR')) throw new Refusal('FORBIDDEN', { path: 'user' })
}

/**
 * A new PIN for a forgotten one. The code proves the phone, which may have another owner by now; the answer, or the code of staff
 * who saw her, proves the person. PIN_WEAK, CODE_WRONG and its kin, CREDENTIALS_WRONG, LOCKED.
 */
export async function resetPin(kit: Kit, params: Params<typeof contract.resetPIN>, context: ActionContext): Promise<{ ok: true }> {
  const { code, answer, vouch: vouched, pin } = params
  if ((answer === undefined) === (vouched === undefined)) throw new Refusal('BAD_INPUT', { path: 'answer', details: { reason: 'give an answer or a code of staff' } })
  kit.pins.check(pin)
  const contact = { phone: normalizePhone(params.phone, kit.config.country) }
  const about = { purpose: 'RESET_PIN', subject: addressOf(contact) }
  const request = kit.requestRef(contract.resetPIN, params, context)
  const known = await personAt(kit, contact)
  if (known !== undefined && request !== undefined && (await kit.users.update(known.id, () => null, { request })).repeated) return { ok: true }
  await kit.codes.check(about, code)
  // Nobody is sent a code who is not known; so whoever comes this far is.
  if (known === undefined) throw new AuthError('CODE_WRONG')
  if (known.suspended) throw new Refusal('USER_BLOCKED')
  if (answer !== undefined) {
    await kit.lockout.attempt({ subject: `reset ${contact.phone}` }, async () => known.answer !== undefined && sameText(known.answer, answerOf(kit, known.id, answer)))
  } else await kit.vouchCodes.check({ purpose: 'VOUCH', subject: known.id }, vouched ?? '')
  const pinHash = await kit.pins.hash(pin)
  await kit.codes.use(about, code)
  if (vouched !== undefined) await kit.vouchCodes.use({ purpose: 'VOUCH', subject: known.id }, vouched)
  const pending = [{ type: 'user.notice', data: { user: known.id, template: 'pinReset', values: {} } }]
  await kit.users.update(known.id, (doc) => ({ ...doc, pinHash }), { pending, ...(request && { request }) })
  await kit.lockout.clear(contact.phone)
  await kit.sessions.signOutEverywhere(known.id)
  kit.outbox.wake()
  return { ok: true }
}
