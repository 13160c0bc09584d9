import type { Journey } from './document.ts'
import type { Door } from './doors/door.ts'
import { columnOf } from './files.ts'
import { displayName, type Known, OPERATOR, passwordOf } from './people.ts'

/** Everything that a journey said of its people: what must stand in no log, no metric and no entry outside a sealed subject. */
export interface Evidence {
  readonly names: Set<string>
  readonly phones: Set<string>
  readonly emails: Set<string>
  readonly userIds: Set<string>
  readonly dids: Set<string>
  readonly references: Set<string>
  /** Of wallets and of homes. */
  readonly addresses: Set<string>
  readonly secrets: Set<string>
  /** The claims of each credential that a step stated. */
  readonly claims: Readonly<Record<string, unknown>>[]
}

export function emptyEvidence(): Evidence {
  return { names: new Set(), phones: new Set(), emails: new Set(), userIds: new Set(), dids: new Set(), references: new Set(), addresses: new Set(), secrets: new Set(), claims: [] }
}

/** What the file itself says of its people. */
export function evidenceOf(journey: Journey): Evidence {
  const evidence = emptyEvidence()
  for (const [name, person] of Object.entries(journey.people)) {
    evidence.names.add(displayName(name, person))
    if (person.phone !== undefined) evidence.phones.add(person.phone)
    if (person.email !== undefined) evidence.emails.add(person.email)
    evidence.secrets.add(passwordOf(person))
  }
  for (const file of Object.values(journey.files)) {
    // What is no phone, as in a row that is to be refused, is no trace of anybody.
    for (const phone of columnOf(file, 'phone')) if (phone.replaceAll(/\D/g, '').length >= 7) evidence.phones.add(phone)
    for (const name of columnOf(file, 'name')) evidence.names.add(name)
  }
  evidence.emails.add(OPERATOR)
  return evidence
}

/** What the registration and the steps learned of people. */
export function addRecords(evidence: Evidence, records: Iterable<Known>): void {
  for (const { user, did } of records) {
    if (typeof user === 'string') evidence.userIds.add(user)
    if (typeof did === 'string') evidence.dids.add(did)
  }
}

/** The same door, which notes what is personal in each request as it goes through. */
export function listening(door: Door, evidence: Evidence): Door {
  return {
    name: door.name,
    perform(actor, request) {
      note(evidence, request.with)
      if (ABOUT_PEOPLE.has(request.operation) && typeof request.with['name'] === 'string') evidence.names.add(request.with['name'])
      return door.perform(actor, request)
    },
  }
}

/** Notes what somebody typed on a phone: words, and numbers that are too long for an amount or a code. */
export function noteEntry(evidence: Evidence, entry: string): void {
  if (/^\+?\d{10,}$/.test(entry)) evidence.secrets.add(entry)
  else if (/\p{L}{5}/u.test(entry)) evidence.names.add(entry)
}

/** Notes where somebody is paid: an address or an invoice. */
export const noteAddress = (evidence: Evidence, address: string): void => void evidence.addresses.add(address)

const DEEPEST = 16
/** Operations whose `name` is a person's. */
const ABOUT_PEOPLE = new Set(['addMember', 'inviteInvestor', 'registerInvestor', 'updateUser'])

function note(evidence: Evidence, value: unknown, depth = 0): void {
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) return value.forEach((element) => note(evidence, element, depth + 1))
  const { claims, ...fields } = value as Readonly<Record<string, unknown>>
  if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) evidence.claims.push(claims as Readonly<Record<string, unknown>>)
  for (const [key, inner] of Object.entries(fields)) {
    const text = typeof inner === 'string' ? inner : undefined
    if (text === undefined) note(evidence, inner, depth + 1)
    else if (/email$/i.test(key)) evidence.emails.add(text)
    else if (/phone$/i.test(key)) evidence.phones.add(text)
    else if (/reference$/i.test(key)) evidence.references.add(text)
    else if (/address$/i.test(key)) evidence.addresses.add(text)
    else if (/^(password|presentPassword|refreshToken|presentation)$/.test(key)) evidence.secrets.add(text)
    else if (key === 'adminName') evidence.names.add(text)
  }
}

/** Both together. */
export function mergeEvidence(one: Evidence, other: Evidence): Evidence {
  const both = (key: Exclude<keyof Evidence, 'claims'>): Set<string> => new Set([...one[key], ...other[key]])
  return {
    names: both('names'), phones: both('phones'), emails: both('emails'), userIds: both('userIds'), dids: both('dids'),
    references: both('references'), addresses: both('addresses'), secrets: both('secrets'), claims: [...one.claims, ...other.claims],
  }
}
