import type { ActionContext } from '@growr/bus'
import { identity, Refusal, user as contract, type Contract, type Params, type Result, type Role } from '@growr/contracts'
import type { RequestRef } from '@growr/collections'
import { addressOf, oneContact, type Contact } from '../common/contact.ts'
import type { Kit } from '../kit.ts'
import { inTurn, personAt, type Purpose } from './invitations.ts'
import { openSession } from './session.ts'
import type { MembershipDoc, UserDoc } from './user.collections.ts'
import { invite, newUser, register, requireOpenInvitation } from './user.model.ts'

type Session = Result<typeof contract.registerBorrower>
type Secret = { readonly password: string } | { readonly pin: string }

interface Registration {
  readonly contact: Contact
  readonly code: string
  readonly purpose: Purpose
  readonly secret: Secret
  /** The parts that this way of registering leads to. */
  readonly types: readonly Role[]
  readonly name?: string | undefined
  readonly language?: 'en' | 'es' | undefined
}

export async function registerOriginator(kit: Kit, params: Params<typeof contract.registerOriginator>, context: ActionContext): Promise<Session> {
  const { code, password, pin } = params
  const contact = oneContact(params, kit.config.country)
  const byEmail = 'email' in contact
  const secret = byEmail ? password : pin
  if (secret === undefined || (byEmail ? pin : password) !== undefined) throw new Refusal('BAD_INPUT', { path: byEmail ? 'password' : 'pin' })
  return complete(kit, contract.registerOriginator, params, context, {
    contact, code, purpose: 'REGISTER',
    ...(byEmail ? { secret: { password: secret }, types: ['NODE_OPERATOR', 'ORIGINATOR_ADMIN'] } : { secret: { pin: secret }, types: ['ORIGINATOR_AGENT'] }),
  })
}

export async function registerBorrower(kit: Kit, params: Params<typeof contract.registerBorrower>, context: ActionContext): Promise<Session> {
  const { phone, code, pin, language } = params
  return complete(kit, contract.registerBorrower, params, context, {
    contact: oneContact({ phone }, kit.config.country), code, purpose: 'REGISTER', secret: { pin }, types: ['BORROWER'], language,
  })
}

export async function registerInvestor(kit: Kit, params: Params<typeof contract.registerInvestor>, context: ActionContext): Promise<Session> {
  const { email, code, password, name, language } = params
  return complete(kit, contract.registerInvestor, params, context, {
    contact: { email }, code, purpose: 'REGISTER_INVESTOR', secret: { password }, types: ['INVESTOR'], name, language,
  })
}

/**
 * From a code to an ACTIVE person with a session. The code is proven before anything costs time or tells anything, and
 * used up right before the one write that counts, so that of many at once one comes through.
 */
async function complete<C extends Contract>(kit: Kit, action: C, params: Params<C>, context: ActionContext, registration: Registration): Promise<Session> {
  const { contact, code, purpose, types } = registration
  const request = kit.requestRef(action, params, context)
  const about = { purpose, subject: addressOf(contact) }
  return inTurn(kit, contact, async () => {
    const known = await personAt(kit, contact)
    const earlier = known && (await carriedOut(kit, known, request))
    if (earlier) {
      await requireSecret(kit, earlier, contact, registration.secret)
      return signIn(kit, earlier, types)
    }
    await kit.codes.check(about, code)
    const user = known ?? newcomer(kit, registration)
    const prepared = withInvestor(kit, user, registration)
    requireOpenInvitation(prepared, types)
    const secret = await secretFor(kit, user, contact, registration)
    const did = types.includes('BORROWER') ? (await context.call(identity.createWallet, { user: user.id })).did : undefined
    await kit.codes.use(about, code)
    const change = (doc: UserDoc): UserDoc => register(withInvestor(kit, doc, registration), {
      types, secret, did, at: kit.clock.now().toISOString(), language: registration.language,
      // The name is the person's own to say; one who is known keeps the name.
      name: user.registeredAt === null ? registration.name : undefined,
    })
    const options = request && { request }
    const { doc } = known === undefined ? await kit.users.insert(change(user), options) : await kit.users.update(user.id, change, options)
    return signIn(kit, doc, types)
  })
}

/** The person as the same request left them, if it was carried out before. */
async function carriedOut(kit: Kit, known: UserDoc, request: RequestRef | undefined): Promise<UserDoc | undefined> {
  if (request === undefined) return undefined
  const earlier = await kit.users.update(known.id, () => null, { request })
  return earlier.repeated ? earlier.doc : undefined
}

/** Anybody may register as an investor, so a newcomer invites herself; all others need somebody's invitation. */
function newcomer(kit: Kit, { contact, types, name = '', language = 'en' }: Registration): UserDoc {
  if (!types.includes('INVESTOR')) throw new Refusal('NOT_INVITED')
  return newUser(kit.newId(), contact, language, kit.clock.now().toISOString(), { membership: kit.newId(), type: 'INVESTOR', organization: null, name })
}

function withInvestor(kit: Kit, user: UserDoc, { types, name = '' }: Registration): UserDoc {
  if (!types.includes('INVESTOR') || user.memberships.some(({ type }) => type === 'INVESTOR')) return user
  return invite(user, { membership: kit.newId(), type: 'INVESTOR', organization: null, name })
}

/** Who has a secret already keeps it and proves it; a code alone, read over somebody's shoulder, must not replace it. */
async function secretFor(kit: Kit, user: UserDoc, contact: Contact, { secret, name }: Registration): Promise<{ passwordHash: string } | { pinHash: string }> {
  const kept = 'password' in secret ? user.passwordHash : user.pinHash
  if (kept !== null) {
    await requireSecret(kit, user, contact, secret)
    return 'password' in secret ? { passwordHash: kept } : { pinHash: kept }
  }
  if ('pin' in secret) return { pinHash: await kit.pins.hash(secret.pin) }
  return { passwordHash: await kit.passwords.hash(secret.password, [addressOf(contact), user.name ?? '', name ?? '']) }
}

/** CREDENTIALS_WRONG, LOCKED. */
async function requireSecret(kit: Kit, user: UserDoc, contact: Contact, secret: Secret): Promise<void> {
  await kit.lockout.attempt({ subject: addressOf(contact) }, async () =>
    'password' in secret ? (await kit.passwords.verify(user.passwordHash, secret.password)).ok : (await kit.pins.verify(user.pinHash, secret.pin)).ok)
}

function signIn(kit: Kit, user: UserDoc, types: readonly Role[]): Promise<Session> {
  const fitting = user.memberships.filter(({ type }) => types.includes(type))
  // The newest part is the one that was just accepted.
  const membership = fitting.filter(({ status }) => status === 'ACTIVE').at(-1) ?? blocked(fitting)
  return openSession(kit, user, membership)
}

function blocked(fitting: readonly MembershipDoc[]): never {
  throw new Refusal(fitting.some(({ status }) => status === 'BLOCKED') ? 'USER_BLOCKED' : 'FORBIDDEN')
}
