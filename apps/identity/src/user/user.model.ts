import { Refusal, type Role, type UserCaller, type Result, user as contracts } from '@growr/contracts'
import type { MembershipDoc, UserDoc } from './user.collections.ts'

// What a user may become, as pure functions over the record: they run inside a repository's update, maybe more than once.

/** Which secret opens a part: money and administration ask for a password, the field for a PIN. */
export const byPassword: ReadonlySet<Role> = new Set<Role>(['NODE_OPERATOR', 'ORIGINATOR_ADMIN', 'INVESTOR'])
export const byPin: ReadonlySet<Role> = new Set<Role>(['ORIGINATOR_AGENT', 'BORROWER'])

export function statusOf(user: UserDoc): MembershipDoc['status'] {
  if (user.suspended) return 'BLOCKED'
  if (user.memberships.some(({ status }) => status === 'ACTIVE')) return 'ACTIVE'
  return user.memberships.some(({ status }) => status === 'INVITED') ? 'INVITED' : 'BLOCKED'
}

const placesOf = (memberships: readonly MembershipDoc[]): string[] => [
  ...new Set(memberships.flatMap(({ type, organization }) => (organization === null ? [type] : [organization, `${organization}/${type}`]))),
]

const withMemberships = (user: UserDoc, memberships: MembershipDoc[]): UserDoc => ({
  ...user,
  memberships,
  places: placesOf(memberships),
  marks: user.suspended || memberships.some(({ status }) => status === 'BLOCKED') ? ['BLOCKED'] : [],
})

export interface Invitation {
  readonly membership: string
  readonly type: Role
  readonly organization: string | null
  readonly name: string
}

const invited = ({ membership, type, organization, name }: Invitation): MembershipDoc => ({
  id: membership,
  type,
  organization,
  status: 'INVITED',
  invitedAs: name,
  suspendedBy: null,
  before: null,
})

/** How the number of a member stands in the record: by organization. */
export const numberOf = (organization: string, number: string): string => `${organization}/${number}`

export function withNumber(user: UserDoc, organization: string, number: string): UserDoc {
  const others = (user.numbers ?? []).filter((held) => !held.startsWith(`${organization}/`))
  return { ...user, numbers: [...others, numberOf(organization, number)] }
}

/** What is left of a person after an erasure: an id, so that it is never given to another. */
export const erased = ({ id, language, createdAt }: UserDoc, at: string): UserDoc => ({
  id, name: null, language, suspended: true, memberships: [], places: [], marks: ['BLOCKED'], passwordHash: null, pinHash: null, registeredAt: null, createdAt, erasedAt: at,
})

/** A person whom nobody knew before. The name is what the inviter says until the person says otherwise. */
export function newUser(id: string, contact: { email: string } | { phone: string }, language: 'en' | 'es', at: string, invitation: Invitation): UserDoc {
  const user: UserDoc = { id, name: invitation.name, ...contact, language, suspended: false, memberships: [], places: [], marks: [], passwordHash: null, pinHash: null, registeredAt: null, createdAt: at }
  return withMemberships(user, [invited(invitation)])
}

/** MEMBERSHIP_EXISTS where the person has this part already; USER_BLOCKED where the operator suspended the person. */
export function invite(user: UserDoc, invitation: Invitation): UserDoc {
  if (user.suspended) throw new Refusal('USER_BLOCKED')
  const { type, organization } = invitation
  if (user.memberships.some((held) => held.type === type && held.organization === organization)) throw new Refusal('MEMBERSHIP_EXISTS')
  return withMemberships(user, [...user.memberships, invited(invitation)])
}

export interface Registration {
  /** The parts that this way of registering leads to. */
  readonly types: readonly Role[]
  readonly secret: { readonly passwordHash: string } | { readonly pinHash: string }
  readonly at: string
  readonly name?: string | undefined
  readonly language?: 'en' | 'es' | undefined
  readonly did?: string | undefined
}

/** Makes the person's invitations ACTIVE. NOT_INVITED, ALREADY_REGISTERED, USER_BLOCKED. */
export function register(user: UserDoc, { types, secret, at, name, language, did }: Registration): UserDoc {
  requireOpenInvitation(user, types)
  const memberships = user.memberships.map((held) => (types.includes(held.type) && held.status === 'INVITED' ? { ...held, status: 'ACTIVE' as const } : held))
  return {
    ...withMemberships(user, memberships),
    ...secret,
    ...(name === undefined ? {} : { name }),
    ...(language === undefined ? {} : { language }),
    ...(did === undefined ? {} : { did }),
    registeredAt: user.registeredAt ?? at,
  }
}

export function requireOpenInvitation(user: UserDoc, types: readonly Role[]): void {
  const held = user.memberships.filter(({ type }) => types.includes(type))
  if (user.suspended || (held.length > 0 && held.every(({ status }) => status === 'BLOCKED'))) throw new Refusal('USER_BLOCKED')
  if (held.length === 0) throw new Refusal('NOT_INVITED')
  if (!held.some(({ status }) => status === 'INVITED')) throw new Refusal('ALREADY_REGISTERED')
}

/**
 * The membership that a sign-in leads to: the one that role and organization name, else the first ACTIVE one.
 * USER_BLOCKED where all that fit are suspended; FORBIDDEN where none fits.
 */
export function chooseMembership(user: UserDoc, types: ReadonlySet<Role>, wanted: { role?: Role | undefined; organization?: string | undefined }): MembershipDoc {
  if (user.suspended) throw new Refusal('USER_BLOCKED')
  const fitting = user.memberships.filter(
    ({ type, organization }) =>
      types.has(type) && (wanted.role === undefined || type === wanted.role) && (wanted.organization === undefined || organization === wanted.organization),
  )
  const active = fitting.find(({ status }) => status === 'ACTIVE')
  if (active) return active
  throw new Refusal(fitting.some(({ status }) => status === 'BLOCKED') ? 'USER_BLOCKED' : 'FORBIDDEN')
}

/** Whether a session of this membership may go on. */
export function isLive(user: UserDoc, membership: string): boolean {
  return !user.suspended && user.memberships.some(({ id, status }) => id === membership && status === 'ACTIVE')
}

export interface Suspension {
  readonly by: 'OPERATOR' | 'ORGANIZATION'
  /** The organization whose memberships are meant; null: the whole person (operator alone). */
  readonly organization: string | null
}

/** FORBIDDEN where the person has no part there, or where an organization reaches for an operator of the node. */
export function suspend(user: UserDoc, { by, organization }: Suspension): UserDoc {
  requireReach(user, by, organization)
  if (organization === null) return withMemberships({ ...user, suspended: true }, user.memberships)
  return withMemberships(user, user.memberships.map((held) => {
    if (held.organization !== organization) return held
    if (held.status === 'BLOCKED') return { ...held, suspendedBy: by === 'OPERATOR' ? by : held.suspendedBy }
    return { ...held, status: 'BLOCKED', before: held.status, suspendedBy: by }
  }))
}

/** Lifts it again; what the operator imposed an organization does not lift (FORBIDDEN). */
export function restore(user: UserDoc, { by, organization }: Suspension): UserDoc {
  requireReach(user, by, organization)
  if (organization === null) return withMemberships({ ...user, suspended: false }, user.memberships)
  const blocked = user.memberships.filter((held) => held.organization === organization && held.status === 'BLOCKED')
  if (by === 'ORGANIZATION' && (user.suspended || blocked.some(({ suspendedBy }) => suspendedBy === 'OPERATOR'))) throw new Refusal('FORBIDDEN')
  return withMemberships(user, user.memberships.map((held) =>
    blocked.includes(held) ? { ...held, status: held.before ?? 'INVITED', before: null, suspendedBy: null } : held))
}

function requireReach(user: UserDoc, by: Suspension['by'], organization: string | null): void {
  if (organization !== null && !user.memberships.some((held) => held.organization === organization)) throw new Refusal('FORBIDDEN')
  if (by === 'OPERATOR') return
  if (organization === null || user.memberships.some(({ type }) => type === 'NODE_OPERATOR')) throw new Refusal('FORBIDDEN')
}

export const organizationsOf = (user: Pick<UserDoc, 'memberships'>): string[] => [...new Set(user.memberships.flatMap(({ organization }) => organization ?? []))]

/** Organizations in which the person has accepted a part of this type and is not suspended. */
export const activeIn = (user: UserDoc, type: Role): string[] =>
  user.suspended ? [] : user.memberships.flatMap((held) => (held.type === type && held.status === 'ACTIVE' && held.organization !== null ? [held.organization] : []))

export type Viewer = { readonly kind: 'self' } | { readonly kind: 'node' } | { readonly kind: 'organization'; readonly organization: string }

export function viewerOf(caller: UserCaller, user: string): Viewer {
  if (caller.userId === user) return { kind: 'self' }
  if (caller.role === 'NODE_OPERATOR' || caller.organization === undefined) return { kind: 'node' }
  return { kind: 'organization', organization: caller.organization }
}

type User = Result<typeof contracts.findById>

/**
 * The user as somebody may see it. An organization sees its own memberships only; of one who has not accepted yet it sees
 * what it said itself, so that an invitation is no way to learn who a stranger is.
 */
export function show(user: UserDoc, viewer: Viewer): User {
  const own = viewer.kind === 'organization' ? user.memberships.filter(({ organization }) => organization === viewer.organization) : user.memberships
  const pending = viewer.kind === 'organization' && own.every(({ status, before }) => status === 'INVITED' || before === 'INVITED')
  const status = statusOf(user)
  return {
    id: user.id,
    name: pending ? (own[0]?.invitedAs ?? null) : user.name,
    email: user.email ?? null,
    phone: user.phone ?? null,
    language: user.language,
    did: pending ? null : (user.did ?? null),
    status: viewer.kind === 'organization' && status !== 'BLOCKED' ? statusOf({ ...user, memberships: own }) : status,
    memberships: own.map(({ id, type, organization, status: state }) => ({ id, type, organization, status: state })),
    createdAt: user.createdAt,
  }
}
