import type { CollectionDefinition } from '@growr/collections'
import type { Role } from '@growr/contracts'

export type MembershipStatus = 'INVITED' | 'ACTIVE' | 'BLOCKED'

/** A part that a person plays in an organization (in the node as a whole, for operators and investors). */
export interface MembershipDoc {
  id: string
  type: Role
  organization: string | null
  status: MembershipStatus
  /** The name under which the person was invited: all that the organization knows until they accept. */
  invitedAs: string
  /** Who suspended it: an organization lifts only what it imposed. */
  suspendedBy: 'OPERATOR' | 'ORGANIZATION' | null
  /** What it goes back to. */
  before: 'INVITED' | 'ACTIVE' | null
}

/** One person. The absent contact is absent, not null, so that it takes no place in a unique index. */
export interface UserDoc {
  id: string
  name: string | null
  email?: string
  phone?: string
  did?: string
  language: 'en' | 'es'
  /** The whole person is suspended (by the operator). */
  suspended: boolean
  memberships: MembershipDoc[]
  /** Each membership's `organization` and `organization/TYPE`, by which members are listed. */
  places: string[]
  /** BLOCKED where the person or one of the memberships is suspended: what the registry of sessions is filled from. */
  marks: string[]
  /** Argon2id hashes. */
  passwordHash: string | null
  pinHash: string | null
  /** ISO instant of the first registration. */
  registeredAt: string | null
  createdAt: string
  /** `organization/number` for each number under which an organization keeps this member. */
  numbers?: string[]
  /** Keyed hash of the number of the identity document, which answers for a forgotten PIN. */
  answer?: string
  /** Who vouched for this person, newest last. */
  vouches?: { by: string; organization: string; at: string }[]
  /** An erasure was begun; whether the person was suspended before. */
  erasing?: { suspended: boolean }
  /** ISO instant after which nothing of this person is left but the id. */
  erasedAt?: string
}

export const users: CollectionDefinition<UserDoc> = {
  name: 'users',
  personal: ['name', 'email', 'phone', 'did', 'memberships', 'passwordHash', 'pinHash', 'numbers', 'answer'],
  lookup: {
    email: { unique: true, blind: true },
    phone: { unique: true, blind: true },
    did: { unique: true, blind: true },
    places: { many: true },
    marks: { many: true },
    numbers: { many: true, unique: true, blind: true },
  },
}

/** A message to be sent once: kept as long as a repetition of its request could come. */
export interface NoticeDoc {
  id: string
  expiresAt: string
}

export const notices: CollectionDefinition<NoticeDoc> = { name: 'notices', personal: [], lookup: {}, expires: 'expiresAt' }

/** A wish for another phone number, with who asked for it and who approved. */
export interface PhoneChangeDoc {
  id: string
  user: string
  organization: string
  phone: string
  status: 'WAITING' | 'CODE_SENT' | 'DONE' | 'REFUSED'
  requestedBy: string
  approvedBy: string | null
  at: string
  expiresAt: string
  /** The request that made it, so that a repetition finds it. */
  request?: string
}

export const phoneChanges: CollectionDefinition<PhoneChangeDoc> = {
  name: 'phone-changes',
  personal: ['phone'],
  lookup: { user: {}, organization: {}, phone: { blind: true } },
}

/** What a borrower said of herself, sealed to her as her credentials are. `id` is the user's id. */
export interface ProfileDoc {
  id: string
  sealed: string
  updatedAt: string
}

export const profiles: CollectionDefinition<ProfileDoc> = { name: 'profiles', personal: ['sealed'], lookup: {} }
