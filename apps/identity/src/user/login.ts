import { AuthError } from '@growr/auth'
import { callingUser, type ActionContext } from '@growr/bus'
import { Refusal, user as contract, type Params, type Result, type UserCaller } from '@growr/contracts'
import { addressOf, normalizePhone, type Contact } from '../common/contact.ts'
import type { Kit } from '../kit.ts'
import { personAt } from './invitations.ts'
import { openSession } from './session.ts'
import type { UserDoc } from './user.collections.ts'
import { byPassword, byPin, chooseMembership, show } from './user.model.ts'

type Session = Result<typeof contract.loginByEmail>

/**
 * Compares the secret under the address's lock. Where nobody has the address the comparison is made all the same, against
 * nothing, so that neither the answer nor its time tells. CREDENTIALS_WRONG, LOCKED.
 */
async function prove(kit: Kit, contact: Contact, secret: string): Promise<UserDoc> {
  const user = await personAt(kit, contact)
  const compare = 'email' in contact
    ? () => kit.passwords.verify(user?.passwordHash, secret)
    : () => kit.pins.verify(user?.pinHash, secret)
  let stale = false
  await kit.lockout.attempt({ subject: addressOf(contact) }, async () => {
    const verdict = await compare()
    stale = verdict.stale
    return verdict.ok
  })
  if (user === undefined) throw new AuthError('CREDENTIALS_WRONG')
  if (stale) await rehash(kit, user, contact, secret)
  return user
}

/** A hash made at another cost is made anew while the secret is at hand. One that has become too weak to be set again stays. */
async function rehash(kit: Kit, user: UserDoc, contact: Contact, secret: string): Promise<void> {
  try {
    const fresh = 'email' in contact ? { passwordHash: await kit.passwords.hash(secret) } : { pinHash: await kit.pins.hash(secret) }
    await kit.users.update(user.id, (doc) => (doc.passwordHash === user.passwordHash && doc.pinHash === user.pinHash ? { ...doc, ...fresh } : null))
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
  }
}

export async function loginByEmail(kit: Kit, params: Params<typeof contract.loginByEmail>): Promise<Session> {
  const user = await prove(kit, { email: params.email }, params.password)
  return openSession(kit, user, chooseMembership(user, byPassword, params))
}

export async function loginByPhone(kit: Kit, params: Params<typeof contract.loginByPhone>): Promise<Session> {
  const user = await prove(kit, { phone: normalizePhone(params.phone, kit.config.country) }, params.pin)
  return openSession(kit, user, chooseMembership(user, byPin, params))
}

const contactOf = (user: UserDoc, by: 'email' | 'phone'): Contact => {
  const address = user[by]
  if (address === undefined) throw new Refusal('CONTACT_MISSING', { path: by })
  return by === 'email' ? { email: address } : { phone: address }
}

/** Whether she is it, by the PIN, under the lock of her number. CREDENTIALS_WRONG, LOCKED. */
export async function proveByPin(kit: Kit, user: UserDoc, pin: string): Promise<void> {
  await prove(kit, contactOf(user, 'phone'), pin)
}

async function requireSelf(kit: Kit, caller: UserCaller): Promise<UserDoc> {
  const found = await kit.users.get(caller.userId)
  if (found === null) throw new Refusal('NOT_FOUND')
  return found.doc
}

/** Name, language, password; a new password ends all other sessions. */
export async function updateUser(kit: Kit, params: Params<typeof contract.updateUser>, context: ActionContext): Promise<Result<typeof contract.updateUser>> {
  const caller = callingUser(context)
  const { name, language, password, presentPassword } = params
  const request = kit.requestRef(contract.updateUser, params, context)
  const user = await requireSelf(kit, caller)
  if (request !== undefined) {
    const earlier = await kit.users.update(user.id, () => null, { request })
    if (earlier.repeated) return show(earlier.doc, { kind: 'self' })
  }
  let passwordHash: string | undefined
  if (password !== undefined) {
    if (presentPassword === undefined) throw new Refusal('BAD_INPUT', { path: 'presentPassword' })
    const contact = contactOf(user, 'email')
    await prove(kit, contact, presentPassword)
    passwordHash = await kit.passwords.hash(password, [addressOf(contact), name ?? user.name ?? ''])
  }
  const written = await kit.users.update(user.id, (doc) => ({
    ...doc,
    ...(name === undefined ? {} : { name }),
    ...(language === undefined ? {} : { language }),
    ...(passwordHash === undefined ? {} : { passwordHash }),
  }), request && { request })
  if (passwordHash !== undefined) await kit.sessions.signOutEverywhere(user.id, caller.session)
  return show(written.doc, { kind: 'self' })
}

/** A new PIN for the present one; all other sessions end. */
export async function setPin(kit: Kit, params: Params<typeof contract.setPIN>, context: ActionContext): Promise<{ ok: true }> {
  const caller = callingUser(context)
  const user = await requireSelf(kit, caller)
  const request = kit.requestRef(contract.setPIN, params, context)
  if (request !== undefined && (await kit.users.update(user.id, () => null, { request })).repeated) return { ok: true }
  await prove(kit, contactOf(user, 'phone'), params.present)
  const pinHash = await kit.pins.hash(params.pin)
  await kit.users.update(user.id, (doc) => ({ ...doc, pinHash }), request && { request })
  await kit.sessions.signOutEverywhere(user.id, caller.session)
  return { ok: true }
}

/** Whether it is the own PIN, under the same lock as the sign-in. LOCKED. */
export async function validatePin(kit: Kit, params: Params<typeof contract.validatePIN>, context: ActionContext): Promise<{ valid: boolean }> {
  const user = await requireSelf(kit, callingUser(context))
  try {
    await prove(kit, contactOf(user, 'phone'), params.pin)
    return { valid: true }
  } catch (error) {
    if (error instanceof AuthError && error.code === 'CREDENTIALS_WRONG') return { valid: false }
    throw error
  }
}
