import type { Journey, Person } from './document.ts'
import type { Actor, Door, Outcome } from './doors/door.ts'
import type { Inbox } from './inbox.ts'

/** What the journey knows of a person besides the file: ids from the registration, and what steps captured for them. */
export type Known = Record<string, unknown>

const PASSWORD = 'a journey of many steps'
const PIN = '4827'

export const passwordOf = (person: Person): string => person.password ?? PASSWORD
export const pinOf = (person: Person): string => person.pin ?? PIN
export const displayName = (name: string, person: Person): string => person.name ?? name.charAt(0).toUpperCase() + name.slice(1)

export interface Registration {
  readonly door: Door
  readonly inbox: Inbox
  readonly records: Map<string, Known>
  readonly organizations: Map<string, string>
  readonly show: (text: string) => void
}

/**
 * Registers everybody by the public doors, as a real node's people would: the operator with the code of the first start,
 * organizations and members by invitation, investors on their own. The codes are read from messages that arrived.
 */
export async function registerAll(journey: Journey, registration: Registration): Promise<void> {
  const wanted = Object.entries(journey.people).filter(([, person]) => person.register !== false)
  const of = (role: Person['role']): [string, Person][] => wanted.filter(([, person]) => person.role === role)
  const { door, show } = registration
  const operators = of('NODE_OPERATOR')
  for (const [name, person] of operators) await register(registration, name, person)
  const operator = operators[0]
  for (const organization of new Set(wanted.flatMap(([, person]) => person.organization ?? []))) {
    const admins = of('ORIGINATOR_ADMIN').filter(([, person]) => person.organization === organization)
    const first = admins[0]
    if (!first || !operator) throw new Error(`organization ${organization}: the journey needs a NODE_OPERATOR to create it and an ORIGINATOR_ADMIN to run it (or \`register: false\` and steps of its own)`)
    const created = good(await door.perform(actor(operator), {
      kind: 'do',
      operation: 'createOrganization',
      with: { name: organization, timezone: journey.timezone, adminName: displayName(...first), adminEmail: first[1].email },
    })) as { id: string }
    registration.organizations.set(organization, created.id)
    await register(registration, ...first)
    for (const [name, person] of [...admins.slice(1), ...of('ORIGINATOR_AGENT'), ...of('BORROWER')].filter(([, member]) => member.organization === organization)) {
      good(await door.perform(actor(first), {
        kind: 'do',
        operation: 'addMember',
        with: { organization: created.id, type: person.role, name: displayName(name, person), ...contact(person), ...(person.language ? { language: person.language } : {}) },
      }), name)
      await register(registration, name, person)
    }
    show(`${organization} and its people are registered`)
  }
  for (const [name, person] of of('INVESTOR')) {
    good(await door.perform(actor([name, person]), { kind: 'do', operation: 'getOTP', with: { purpose: 'REGISTER_INVESTOR', email: person.email } }), name)
    await register(registration, name, person)
  }
}

async function register({ door, inbox, records }: Registration, name: string, person: Person): Promise<void> {
  const byPhone = person.role === 'ORIGINATOR_AGENT' || person.role === 'BORROWER'
  const address = byPhone ? person.phone : (person.email ?? OPERATOR)
  const code = await inbox.code(byPhone ? 'sms' : 'email', address as string)
  if (!code) throw new Error(`no code arrived for ${name}`)
  const [operation, fields] = {
    NODE_OPERATOR: ['registerOriginator', { email: address, code, password: passwordOf(person) }],
    ORIGINATOR_ADMIN: ['registerOriginator', { email: address, code, password: passwordOf(person) }],
    ORIGINATOR_AGENT: ['registerOriginator', { phone: address, code, pin: pinOf(person) }],
    BORROWER: ['registerBorrower', { phone: address, code, pin: pinOf(person) }],
    INVESTOR: ['registerInvestor', { email: address, code, password: passwordOf(person), name: displayName(name, person) }],
  }[person.role] as [string, Known]
  const session = good(await door.perform(actor([name, person]), { kind: 'do', operation, with: fields }), name) as Known
  const me = good(await door.perform(actor([name, person]), { kind: 'query', operation: 'me', with: {} })) as Known
  const record = records.get(name) as Known
  Object.assign(record, { user: session['user'], did: me['did'] })
}

/** The address of a journey's first operator, where the file names none. */
export const OPERATOR = 'operator@localhost'

const contact = (person: Person): Known => ({ ...(person.email ? { email: person.email } : {}), ...(person.phone ? { phone: person.phone } : {}) })
const actor = ([name, person]: [string, Person]): Actor => ({ name, person })

function good(outcome: Outcome, who = 'somebody'): unknown {
  if ('refusal' in outcome) throw new Error(`${who} could not be registered: ${outcome.refusal.code}${outcome.refusal.path ? ` at ${outcome.refusal.path}` : ''}: ${outcome.refusal.message ?? ''}`)
  return outcome.result
}
