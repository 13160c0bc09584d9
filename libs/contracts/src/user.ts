import { z } from 'zod'
import { defineAction, roles } from './define.ts'
import { amount, code, connection, currency, date, did, done, email, id, instant, language, page, password, phone, pin, text } from './shapes.ts'

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

/** An answer of identity: the number of the own identity document, however it is spaced. */
const answer = z.string().trim().min(4).max(64)

export const resetPIN = defineAction({
  name: 'user.resetPIN',
  kind: 'mutation',
  about: 'A new PIN for a forgotten one: the code that was sent to the phone (getOTP RESET_PIN) and either the number of the identity document in the own profile or a code of staff who saw the person (vouch). All sessions end.',
  params: z.strictObject({ phone, code, answer: answer.optional(), vouch: code.optional(), pin }),
  result: done,
  access: { public: true },
})

export const vouch = defineAction({
  name: 'user.vouch',
  kind: 'mutation',
  about: 'Staff who have the person before them give a code for resetPIN; an agent for borrowers, an admin for agents too. It is remembered who did.',
  params: z.strictObject({ user: id }),
  result: z.object({ code: z.string(), expiresAt: instant }),
  access: { users: { ORIGINATOR_ADMIN: 'organization', ORIGINATOR_AGENT: 'organization' } },
})

export const PhoneChange = z.object({
  id,
  user: id,
  organization: id,
  /** The new number. */
  phone: z.string(),
  /** WAITING for a second person, CODE_SENT to the new number, DONE, REFUSED. */
  status: z.enum(['WAITING', 'CODE_SENT', 'DONE', 'REFUSED']),
  requestedBy: id,
  approvedBy: id.nullable(),
  at: instant,
  expiresAt: instant,
})
export type PhoneChange = z.output<typeof PhoneChange>

export const requestPhoneChange = defineAction({
  name: 'user.requestPhoneChange',
  kind: 'mutation',
  about: 'Begins a change of phone. The person alone proves it with the PIN, and the new number gets a code; where staff ask for somebody who lost the old number, an admin who did not ask approves first. The old number is told.',
  params: z.strictObject({ user: id.optional(), phone, pin: pin.optional() }),
  result: PhoneChange,
  access: { users: { ORIGINATOR_ADMIN: 'organization', ORIGINATOR_AGENT: 'organization', BORROWER: 'own' } },
})

export const approvePhoneChange = defineAction({
  name: 'user.approvePhoneChange',
  kind: 'mutation',
  about: 'A second person approves or refuses a change of phone that a colleague asked for; approved, the new number gets a code.',
  params: z.strictObject({ change: id, approve: z.boolean() }),
  result: PhoneChange,
  access: { users: { ORIGINATOR_ADMIN: 'organization' } },
})

export const changePhone = defineAction({
  name: 'user.changePhone',
  kind: 'mutation',
  about: 'Carries out a change of phone by the code that the new number got. Old and new number are told, all sessions end, and the PIN stays as it was.',
  params: z.strictObject({ phone, code }),
  result: done,
  access: { public: true },
})

export const findPhoneChanges = defineAction({
  name: 'user.findPhoneChanges',
  kind: 'query',
  about: 'Changes of phone that wait in an organization.',
  params: z.strictObject({ organization: id }),
  result: z.array(PhoneChange),
  access: { users: { ORIGINATOR_ADMIN: 'organization', ORIGINATOR_AGENT: 'organization' } },
})

const amountOf = z.strictObject({ amount, currency })
/** What a borrower says of herself. Each part may be missing. */
export const profileFields = {
  fullName: text(120),
  birthDate: date,
  /** As on the document, without spaces and hyphens in comparisons. */
  documentNumber: text(64),
  gender: z.enum(['FEMALE', 'MALE', 'OTHER']),
  address: text(200),
  municipality: text(80),
  country: z.string().regex(/^[A-Z]{2}$/, 'a country is two letters, such as HN'),
  household: z.number().int().min(1).max(50),
  dependants: z.number().int().min(0).max(50),
  education: z.enum(['NONE', 'PRIMARY', 'SECONDARY', 'TECHNICAL', 'HIGHER']),
  occupation: text(80),
  business: text(120),
  yearsInBusiness: z.number().int().min(0).max(100),
  /** Hundredths of a hectare. */
  landCentiares: z.number().int().min(0).max(100_000_000),
  crops: z.array(text(40)).min(1).max(10),
  monthlyIncome: amountOf,
  monthlyExpenses: amountOf,
} as const
export const profileFieldNames = Object.keys(profileFields) as [keyof typeof profileFields, ...(keyof typeof profileFields)[]]
export const profileField = z.enum(profileFieldNames)
export type ProfileField = keyof typeof profileFields

export const Profile = z.strictObject(profileFields).partial()
export type Profile = z.output<typeof Profile>
type Clearable = { [K in ProfileField]: z.ZodOptional<z.ZodNullable<(typeof profileFields)[K]>> }
const changes = Object.fromEntries(Object.entries(profileFields).map(([name, shape]) => [name, shape.nullable().optional()])) as unknown as Clearable

export const profile = defineAction({
  name: 'user.profile',
  kind: 'query',
  about: 'The own profile: what the borrower said of herself. Nobody else reads it.',
  params: z.strictObject({}),
  result: z.object({ profile: Profile, updatedAt: instant.nullable() }),
  access: { users: { BORROWER: 'own' } },
})

export const updateProfile = defineAction({
  name: 'user.updateProfile',
  kind: 'mutation',
  about: 'Changes parts of the own profile; null, or naming a part in `clear`, takes it out. The number of the identity document needs the PIN.',
  params: z.strictObject({ ...changes, clear: z.array(profileField).max(profileFieldNames.length).optional(), pin: pin.optional() }),
  result: z.object({ profile: Profile, updatedAt: instant.nullable() }),
  access: { users: { BORROWER: 'own' } },
})

export const requestScore = defineAction({
  name: 'user.requestScore',
  kind: 'mutation',
  about: 'The borrower has the organization\'s scoring system look at those parts of her profile that she permits; what it signs becomes a FinancialHealth credential. Without `permit` an earlier permission serves, which withdrawPermission takes back.',
  params: z.strictObject({ organization: id.optional(), permit: z.array(profileField).min(1).max(profileFieldNames.length).optional() }),
  result: z.object({ credential: id, score: z.number().nullable() }),
  access: { users: { BORROWER: 'own' } },
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
