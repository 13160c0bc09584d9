import { callingUser, type ActionContext } from '@growr/bus'
import type { WaitingEvent } from '@growr/collections'
import { Refusal, user as contract, type Params } from '@growr/contracts'
import { every } from '@growr/service'
import { normalizePhone } from '../common/contact.ts'
import type { Kit } from '../kit.ts'
import { inTurn, personAt } from './invitations.ts'
import { proveByPin } from './login.ts'
import { requireHelped } from './recovery.ts'
import type { PhoneChangeDoc, UserDoc } from './user.collections.ts'

const VALID = 7 * 86_400_000

const show = ({ id, user, organization, phone, status, requestedBy, approvedBy, at, expiresAt }: PhoneChangeDoc): contract.PhoneChange => ({
  id, user, organization, phone, status, requestedBy, approvedBy, at, expiresAt,
})

const isOpen = ({ status, expiresAt }: PhoneChangeDoc, now: Date): boolean => (status === 'WAITING' || status === 'CODE_SENT') && expiresAt > now.toISOString()

async function openChanges(kit: Kit, where: { phone: string } | { user: string }): Promise<PhoneChangeDoc[]> {
  const found: PhoneChangeDoc[] = []
  for await (const change of every(kit.phoneChanges, where)) if (isOpen(change, kit.real.now())) found.push(change)
  return found
}

/**
 * Asks for another number: she herself by her PIN, or staff for one who lost the old number. PHONE_IN_USE where somebody has it, or
 * waits for it; FORBIDDEN, SAME_PERSON, CREDENTIALS_WRONG.
 */
export async function requestPhoneChange(kit: Kit, params: Params<typeof contract.requestPhoneChange>, context: ActionContext): Promise<contract.PhoneChange> {
  const caller = callingUser(context)
  const phone = normalizePhone(params.phone, kit.config.country)
  const own = caller.role === 'BORROWER'
  const user = await subject(kit, own ? caller.userId : params.user)
  const request = kit.requestRef(contract.requestPhoneChange, params, context)
  if (own) {
    if (params.pin === undefined) throw new Refusal('BAD_INPUT', { path: 'pin' })
    await proveByPin(kit, user, params.pin)
  } else {
    if (user.id === caller.userId) throw new Refusal('SAME_PERSON', { path: 'user' })
    requireHelped(user, caller.role, caller.organization)
  }
  const change = await inTurn(kit, { phone }, async () => {
    const others = await openChanges(kit, { phone })
    const taken = (await personAt(kit, { phone })) !== undefined || others.some((other) => other.user !== user.id)
    const same = request && others.find((other) => other.request === request.requestId && other.requestedBy === caller.userId)
    if (same) return same
    if (taken) throw new Refusal('PHONE_IN_USE', { path: 'phone' })
    // A newer wish takes the place of an older one.
    for (const { id } of await openChanges(kit, { user: user.id })) await kit.phoneChanges.update(id, (doc) => ({ ...doc, status: 'REFUSED' }))
    const now = kit.real.now()
    const doc: PhoneChangeDoc = {
      id: kit.newId(), user: user.id, organization: caller.organization ?? '', phone, status: own ? 'CODE_SENT' : 'WAITING', requestedBy: caller.userId, approvedBy: null,
      at: now.toISOString(), expiresAt: new Date(now.getTime() + VALID).toISOString(), ...(request && { request: request.requestId }),
    }
    const pending = [{ type: 'user.phone-asked', data: {} }, ...(own ? [{ type: 'user.phone-code', data: {} }] : [])]
    return (await kit.phoneChanges.insert(doc, { pending })).doc
  })
  kit.outbox.wake()
  return show(change)
}

async function subject(kit: Kit, id: string | undefined): Promise<UserDoc> {
  if (id === undefined) throw new Refusal('BAD_INPUT', { path: 'user' })
  const found = await kit.users.get(id)
  if (found === null) throw new Refusal('NOT_FOUND', { path: 'user' })
  return found.doc
}

/** Nobody approves what they asked for themselves, nor their own number (SAME_PERSON). STALE_STATE where it waits no more. */
export async function approvePhoneChange(kit: Kit, params: Params<typeof contract.approvePhoneChange>, context: ActionContext): Promise<contract.PhoneChange> {
  const caller = callingUser(context)
  const request = kit.requestRef(contract.approvePhoneChange, params, context)
  const pending = params.approve ? [{ type: 'user.phone-code', data: {} }] : []
  const { doc } = await kit.phoneChanges.update(params.change, (change) => {
    if (change.requestedBy === caller.userId || change.user === caller.userId) throw new Refusal('SAME_PERSON', { path: 'change' })
    if (change.status !== 'WAITING' || !isOpen(change, kit.real.now())) throw new Refusal('STALE_STATE', { path: 'change', details: { status: change.status } })
    return { ...change, status: params.approve ? 'CODE_SENT' : 'REFUSED', approvedBy: params.approve ? caller.userId : null }
  }, { pending, ...(request && { request }) })
  kit.outbox.wake()
  return show(doc)
}

/** By the code that the new number got. The PIN stays: the number alone opens nothing. CODE_WRONG and its kin, PHONE_IN_USE. */
export async function changePhone(kit: Kit, params: Params<typeof contract.changePhone>, context: ActionContext): Promise<{ ok: true }> {
  const phone = normalizePhone(params.phone, kit.config.country)
  const about = { purpose: 'CHANGE_PHONE', subject: phone }
  const request = kit.requestRef(contract.changePhone, params, context)
  await inTurn(kit, { phone }, async () => {
    const there = await personAt(kit, { phone })
    if (there !== undefined && request !== undefined && (await kit.users.update(there.id, () => null, { request })).repeated) return
    await kit.codes.check(about, params.code)
    const change = (await openChanges(kit, { phone })).find(({ status }) => status === 'CODE_SENT')
    if (change === undefined) throw new Refusal('CODE_EXPIRED', { path: 'code' })
    if (there !== undefined) throw new Refusal('PHONE_IN_USE', { path: 'phone' })
    const user = await subject(kit, change.user)
    await kit.codes.use(about, params.code)
    const event = { type: 'user.phone-changed', data: { change: change.id, from: user.phone ?? null, to: phone, language: user.language } }
    await kit.users.update(change.user, (doc) => {
      if (doc.erasedAt !== undefined) throw new Refusal('PERSON_ERASED')
      return { ...doc, phone }
    }, { pending: [event], ...(request && { request }) })
    await kit.phoneChanges.update(change.id, (doc) => ({ ...doc, status: 'DONE' }))
    await kit.sessions.signOutEverywhere(change.user)
  })
  kit.outbox.wake()
  return { ok: true }
}

/** Those that wait, for an approval or for the person. */
export async function findPhoneChanges(kit: Kit, organization: string): Promise<contract.PhoneChange[]> {
  const found: contract.PhoneChange[] = []
  for await (const change of every(kit.phoneChanges, { organization })) if (isOpen(change, kit.real.now())) found.push(show(change))
  return found
}

const end = (phone: string): string => phone.slice(-4)

/** The old number hears of the wish: whoever still has it can object. */
export async function tellOldPhone(kit: Kit, event: WaitingEvent): Promise<void> {
  const change = await kit.phoneChanges.get(event.recordId)
  if (change === null) return
  const user = await kit.users.get(change.doc.user)
  if (!user?.doc.phone) return
  await kit.deliver({ id: event.id, contact: { phone: user.doc.phone }, language: user.doc.language, template: 'phoneChangeAsked', values: { phone: end(change.doc.phone) } })
}

/** The code is made when the message leaves. */
export async function sendPhoneCode(kit: Kit, event: WaitingEvent): Promise<void> {
  const change = await kit.phoneChanges.get(event.recordId)
  if (change === null || change.doc.status !== 'CODE_SENT') return
  const user = await subject(kit, change.doc.user)
  const { code, validUntil } = await kit.codes.issue({ purpose: 'CHANGE_PHONE', subject: change.doc.phone })
  await kit.deliver({ id: `${event.id}-${validUntil.getTime()}`, contact: { phone: change.doc.phone }, language: user.language, template: 'code', values: { code, minutes: '10' } })
}

/** Both numbers hear of it, and the change is done also where it broke off in between. */
export async function tellBothPhones(kit: Kit, event: WaitingEvent): Promise<void> {
  const { change, from, to, language } = event.data as { change: string; from: string | null; to: string; language: 'en' | 'es' }
  if ((await kit.phoneChanges.get(change)) !== null) await kit.phoneChanges.update(change, (doc) => (doc.status === 'DONE' ? null : { ...doc, status: 'DONE' }))
  for (const phone of from === null ? [to] : [from, to]) {
    await kit.deliver({ id: `${event.id}-${phone === to ? 'new' : 'old'}`, contact: { phone }, language, template: 'phoneChanged', values: { phone: end(to) } })
  }
}
