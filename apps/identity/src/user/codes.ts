import { createHash } from 'node:crypto'
import { AuthError } from '@growr/auth'
import type { ActionContext } from '@growr/bus'
import type { WaitingEvent } from '@growr/collections'
import { user as contract, type Params } from '@growr/contracts'
import { addressOf, oneContact, type Contact } from '../common/contact.ts'
import type { Kit } from '../kit.ts'
import { inTurn, personAt, type Purpose } from './invitations.ts'
import type { UserDoc } from './user.collections.ts'

const HOUR = 3_600_000

/** Whether a code would be of use to whoever has this address. */
function isWaitedFor(user: UserDoc | undefined, purpose: Purpose): boolean {
  if (purpose === 'RESET_PIN') return user !== undefined && !user.suspended && user.pinHash !== null
  if (purpose === 'REGISTER') return user !== undefined && !user.suspended && user.memberships.some(({ status, type }) => status === 'INVITED' && type !== 'INVESTOR')
  return user === undefined || (!user.suspended && !user.memberships.some(({ type, status }) => type === 'INVESTOR' && status !== 'INVITED'))
}

/**
 * Makes a code and sends it to whom it may serve. For an address that nobody waits at, everything is done but the
 * message, so that neither the answer nor its time tells who is known here. LOCKED, RATE_LIMITED.
 */
export async function sendCode(kit: Kit, params: Params<typeof contract.getOTP>, context: ActionContext): Promise<{ ok: true }> {
  const contact = oneContact(params, kit.config.country)
  const request = kit.requestRef(contract.getOTP, params, context)
  const id = request === undefined ? kit.newId() : createHash('sha256').update(`${request.caller}\n${request.action}\n${request.requestId}\n${request.paramsDigest}`).digest('hex')
  await inTurn(kit, contact, async () => {
    if (request !== undefined && (await kit.notices.get(id)) !== null) return
    const { code } = await kit.codes.issue({ purpose: params.purpose, subject: addressOf(contact) })
    const person = await personAt(kit, contact)
    const language = person?.language ?? 'en'
    const data = { contact: { ...contact }, code, language }
    const event = isWaitedFor(person, params.purpose) ? { type: 'user.code', data } : { type: 'user.nothing', data }
    const expiresAt = new Date(kit.real.now().getTime() + 24 * HOUR).toISOString()
    await kit.notices.insert({ id, expiresAt }, { pending: [event], ...(request && { request }) })
  })
  kit.outbox.wake()
  return { ok: true }
}

export async function deliverCode(kit: Kit, event: WaitingEvent): Promise<void> {
  const { contact, code, language } = event.data as { contact: Contact; code: string; language: 'en' | 'es' }
  await kit.deliver({ id: event.id, contact, language, template: 'code', values: { code, minutes: '10' } })
}

/** Whether it is the code; a wrong one counts as an attempt. LOCKED after too many. */
export async function checkCode(kit: Kit, params: Params<typeof contract.validateOTP>): Promise<{ valid: boolean }> {
  const contact = oneContact(params, kit.config.country)
  try {
    await kit.codes.check({ purpose: params.purpose, subject: addressOf(contact) }, params.code)
    return { valid: true }
  } catch (error) {
    if (error instanceof AuthError && (error.code === 'CODE_WRONG' || error.code === 'CODE_EXPIRED' || error.code === 'CODE_SPENT')) return { valid: false }
    throw error
  }
}
