import { z } from 'zod'
import { defineAction } from './define.ts'
import { amount, code, currency, date, done, id, instant, phone, pin, text } from './shapes.ts'

// What people do about their own PIN, number and profile.

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
