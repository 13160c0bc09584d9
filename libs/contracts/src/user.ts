import { z } from 'zod'
import { defineAction, roles } from './define.ts'
import { code, connection, did, done, email, id, instant, language, page, password, phone, pin, text } from './shapes.ts'

export * from './user-care.ts'

export const status = z.enum(['INVITED', 'ACTIVE', 'BLOCKED'])

export const Membership = z.object({ id, type: z.enum(roles), organization: id.nullable(), status })
export type Membership = z.output<typeof Membership>

export const User = z.object({
  id,
  name: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  language,
  did: did.nullable(),
  status,
  memberships: z.array(Membership),
  createdAt: instant,
})
export type User = z.output<typeof User>

export const Session = z.object({
  accessToken: z.string(),
  /** Seconds until the access token expires. */
  expiresIn: z.number().int(),
  refreshToken: z.string(),
  user: id,
  role: z.enum(roles),
  organization: id.nullable(),
})
export type Session = z.output<typeof Session>

const everyone = { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'own', ORIGINATOR_AGENT: 'own', INVESTOR: 'own', BORROWER: 'own' } as const
const seen = { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization', ORIGINATOR_AGENT: 'organization', INVESTOR: 'own', BORROWER: 'own' } as const
const contact = { email: email.optional(), phone: phone.optional() }

export const me = defineAction({ name: 'user.me', kind: 'query', about: 'The signed-in user.', params: z.strictObject({}), result: User, access: { users: everyone } })

export const findById = defineAction({
  name: 'user.findById',
  kind: 'query',
  about: 'A user by id; staff see the members of their own organization.',
  params: z.strictObject({ id }),
  result: User,
  access: { users: seen, services: ['organization', 'identity', 'investor', 'payment', 'loan'] },
})

export const findByOrganization = defineAction({
  name: 'user.findByOrganization',
  kind: 'query',
  about: 'The members of an organization.',
  params: z.strictObject({ organization: id, type: z.enum(roles).optional(), ...page }),
  result: connection(User),
  access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization', ORIGINATOR_AGENT: 'organization' } },
})

export const addUser = defineAction({
  name: 'user.addUser',
  kind: 'mutation',
  internal: true,
  about: 'Adds an invited user, or a membership to one who is there, and sends the invitation.',
  params: z.strictObject({ name: text(120), type: z.enum(roles), organization: id.optional(), organizationName: text(80).optional(), language: language.default('en'), ...contact }),
  result: z.object({ user: id, membership: id, status }),
  access: { services: ['organization', 'investor'] },
})

/** What a code is for. RESET_PIN goes to the phone of somebody who has a PIN. */
export const codePurpose = z.enum(['REGISTER', 'REGISTER_INVESTOR', 'RESET_PIN'])

export const getOTP = defineAction({
  name: 'user.getOTP',
  kind: 'mutation',
  about: 'Sends a one-time code to an e-mail or a phone. The answer is the same whether anybody has that address.',
  params: z.strictObject({ purpose: codePurpose, ...contact }),
  result: done,
  access: { public: true },
})

export const validateOTP = defineAction({
  name: 'user.validateOTP',
  kind: 'mutation',
  about: 'Whether a code is the one in the message, without using it up. Attempts are counted.',
  params: z.strictObject({ purpose: codePurpose, code, ...contact }),
  result: z.object({ valid: z.boolean() }),
  access: { public: true },
})

export const registerOriginator = defineAction({
  name: 'user.registerOriginator',
  kind: 'mutation',
  about: 'An invited originator admin or operator registers by e-mail, code and password; an agent by phone, code and PIN.',
  params: z.strictObject({ code, password: password.optional(), pin: pin.optional(), ...contact }),
  result: Session,
  access: { public: true },
})

export const registerBorrower = defineAction({
  name: 'user.registerBorrower',
  kind: 'mutation',
  about: 'An invited borrower registers by phone, code and PIN; makes the DID and its key.',
  params: z.strictObject({ phone, code, pin, language: language.optional() }),
  result: Session,
  access: { public: true },
})

export const registerInvestor = defineAction({
  name: 'user.registerInvestor',
  kind: 'mutation',
  about: 'An investor registers by e-mail, code (getOTP) and password.',
  params: z.strictObject({ email, code, password, name: text(120), language: language.default('en') }),
  result: Session,
  access: { public: true },
})

export const loginByEmail = defineAction({
  name: 'user.loginByEmail',
  kind: 'mutation',
  about: 'Signs in; with several memberships, role and organization say which.',
  params: z.strictObject({ email, password, role: z.enum(roles).optional(), organization: id.optional() }),
  result: Session,
  access: { public: true },
})

export const loginByPhone = defineAction({
  name: 'user.loginByPhone',
  kind: 'mutation',
  about: 'Signs in by phone and PIN.',
  params: z.strictObject({ phone, pin, role: z.enum(roles).optional(), organization: id.optional() }),
  result: Session,
  access: { public: true },
})

export const refresh = defineAction({
  name: 'user.refresh',
  kind: 'mutation',
  about: 'A new access token for a refresh token, which is used up; one used twice ends its whole family.',
  params: z.strictObject({ refreshToken: z.string().min(20).max(200) }),
  result: Session,
  access: { public: true },
})

export const logout = defineAction({ name: 'user.logout', kind: 'mutation', about: 'Ends this session.', params: z.strictObject({}), result: done, access: { users: everyone } })

export const updateUser = defineAction({
  name: 'user.updateUser',
  kind: 'mutation',
  about: 'Changes the own name or language; a new password needs the present one.',
  params: z.strictObject({ id, name: text(120).optional(), language: language.optional(), password: password.optional(), presentPassword: password.optional() }),
  result: User,
  access: { users: { NODE_OPERATOR: 'own', ORIGINATOR_ADMIN: 'own', ORIGINATOR_AGENT: 'own', INVESTOR: 'own', BORROWER: 'own' } },
})

const suspension = z.strictObject({ id, organization: id.optional() })

export const block = defineAction({
  name: 'user.block',
  kind: 'mutation',
  about: 'Suspends a user at once: an admin the membership in the own organization, the operator anyone.',
  params: suspension,
  result: User,
  access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization' } },
})

export const unblock = defineAction({
  name: 'user.unblock',
  kind: 'mutation',
  about: 'Lifts a suspension.',
  params: suspension,
  result: User,
  access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization' } },
})

export const setPIN = defineAction({
  name: 'user.setPIN',
  kind: 'mutation',
  about: 'Changes the own PIN.',
  params: z.strictObject({ present: pin, pin }),
  result: done,
  access: { users: { ORIGINATOR_AGENT: 'own', BORROWER: 'own' } },
})

export const validatePIN = defineAction({
  name: 'user.validatePIN',
  kind: 'mutation',
  about: 'Whether this is the own PIN; wrong ones count towards the lock.',
  params: z.strictObject({ pin }),
  result: z.object({ valid: z.boolean() }),
  access: { users: { ORIGINATOR_AGENT: 'own', BORROWER: 'own' } },
})

export const findMembers = defineAction({
  name: 'user.findMembers',
  kind: 'mutation',
  internal: true,
  about: 'The borrowers of an organization by the numbers under which it keeps them, each with a DID, which is made where there is none yet; a number that is not there is left out.',
  params: z.strictObject({ organization: id, numbers: z.array(text(40)).max(500) }),
  result: z.array(z.object({ number: z.string(), user: id, did, status })),
  access: { services: ['loan'] },
})

export const checkSession = defineAction({
  name: 'user.checkSession',
  kind: 'query',
  internal: true,
  about: 'Whether a session still lives: asked for each request, so that no call succeeds after a block.',
  params: z.strictObject({ session: id, user: id, membership: id }),
  result: z.object({ live: z.boolean() }),
  access: { services: ['access'] },
})

export const signingKeys = defineAction({
  name: 'user.signingKeys',
  kind: 'query',
  internal: true,
  about: 'The public keys (JWK) that sign access tokens, by kid.',
  params: z.strictObject({}),
  result: z.array(z.record(z.string(), z.unknown())),
  access: { services: ['access'] },
})

/** What a template is filled with; each template of @growr/messaging names its own. */
const messageValues = z.record(z.string().max(40), z.union([z.string().max(500), z.array(z.string().max(200)).max(20)]))

export const findByPhone = defineAction({
  name: 'user.findByPhone',
  kind: 'query',
  internal: true,
  about: 'Whose phone number this is; null where nobody has it.',
  params: z.strictObject({ phone }),
  result: z.object({ user: id.nullable() }),
  access: { services: ['payment', 'loan'] },
})

export const notify = defineAction({
  name: 'user.notify',
  kind: 'mutation',
  internal: true,
  about: 'Sends a message to a user by the way they are reached. Once for each requestId.',
  params: z.strictObject({ user: id.optional(), did: did.optional(), template: z.string().max(64), values: messageValues }),
  result: done,
  access: { services: ['organization', 'identity', 'issuing', 'loan', 'investor', 'funding', 'payment'] },
})

export const notifyOrganization = defineAction({
  name: 'user.notifyOrganization',
  kind: 'mutation',
  internal: true,
  about: 'Sends a message to the admins of an organization.',
  params: z.strictObject({ organization: id, template: z.string().max(64), values: messageValues }),
  result: done,
  access: { services: ['organization', 'investor', 'payment'] },
})
