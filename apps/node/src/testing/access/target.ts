import type { Cause, Contract, Input, Role } from '@growr/contracts'
import type { Loan, Stage } from '../lending.ts'
import type { Caller } from '../door.ts'
import type { Organization, Person } from '../people.ts'
import type { World } from '../world.ts'
import type { TargetName } from './table.ts'

/** Whose thing a call is about. */
export interface Target {
  readonly name: TargetName
  readonly organization: Organization
  readonly borrower: Person
  readonly investor: Person
  readonly agent: Person
  /** Somebody of the caller's own role: the caller, a colleague, or one of another organization. */
  readonly person: Person
  /** Who calls; undefined where a stranger or a service does. */
  readonly caller: Person | undefined
}

/** A call to try. */
export interface Call {
  readonly params: object
  /** Calls in another session of the caller. */
  readonly as?: Caller
  /** For calls of services: the entry in whose name, or the user in whose session. */
  readonly cause?: Cause
  readonly user?: Caller
  /** What a good answer looks like, where success alone does not say it. */
  readonly check?: (result: never) => void
}

export type Fixture = (f: Fixtures, target: Target) => Promise<Call | object> | Call | object

/** Makes what calls are about: anew where a call uses it up, else once. */
export class Fixtures {
  readonly world: World
  /** Whether the call that comes next is one that goes through. */
  consumed = false
  readonly #kept = new Map<string, Promise<unknown>>()
  #count = 0

  constructor(world: World) {
    this.world = world
  }

  next(): number {
    this.#count += 1
    return this.#count
  }

  /** Kept for ever: for things that calls only look at. */
  keep<T>(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key) as Promise<T> | undefined
    if (known) return known
    const made = make()
    this.#kept.set(key, made)
    return made
  }

  /** Anew for a call that goes through and uses it up; any will do for one that is refused. */
  fresh<T>(key: string, make: () => Promise<T>): Promise<T> {
    return this.consumed ? make() : this.keep(`refused ${key}`, make)
  }

  /** A project with much junior capital, shared by all that lends. */
  project({ organization }: Pick<Target, 'organization'>): Promise<string> {
    return this.keep(`project ${organization.id}`, async () => {
      const { lending } = this.world
      const people = [...organization.borrowers]
      await Promise.all(people.map((borrower) => lending.credential(organization, borrower)))
      return lending.project(organization, { junior: '50000000.00' })
    })
  }

  async loan(target: Target, stage: Stage, use: 'keep' | 'fresh' = 'keep'): Promise<Loan> {
    const project = await this.project(target)
    const { organization, borrower } = target
    const make = (): Promise<Loan> => this.world.lending.loan(organization, borrower, project, stage)
    return this[use](`${stage} ${borrower.session.user}`, make)
  }

  /** An intent of the target's investor in a project of its own. */
  async intent(target: Target, stage: 'REQUESTED' | 'INVITED' | 'CONFIRMED' | 'SIGNED' | 'FUNDED', use: 'keep' | 'fresh' = 'keep'): Promise<{ intent: string; funding: string | null; project: string }> {
    const { organization, investor } = target
    return this[use](`${stage} ${investor.session.user} ${organization.id}`, async () => {
      const project = await this.world.lending.project(organization)
      return { project, ...(await this.world.lending.intent(organization, investor, project, stage)) }
    })
  }

  /** Calls as somebody, past the gateway. */
  as<C extends Contract>(who: Caller, contract: C, params: Input<C>): ReturnType<World['bus']['as']> {
    return this.world.bus.as(who, contract, params)
  }
}

/** Seen from a caller: her own things, those of another person beside her, those of the other organization. */
export function targetOf(world: World, caller: Person | undefined, name: TargetName): Target {
  const { comsa, otra, investors } = world
  const home = comsa
  const organization = name === 'foreign' ? otra : home
  const role = (caller?.role ?? 'NODE_OPERATOR') as Role
  const other = name !== 'own'
  const [bea, carl] = home.borrowers as [Person, Person]
  const [iris, ivo] = investors
  const borrower = name === 'foreign' ? otra.borrowers[0]! : other && role === 'BORROWER' ? carl : bea
  const investor = other && role === 'INVESTOR' ? ivo : name === 'foreign' ? ivo : iris
  const agent = name === 'foreign' ? otra.agent : other ? home.secondAgent : home.agent
  const colleagues: Readonly<Record<Role, Person>> = {
    NODE_OPERATOR: organization.admin, ORIGINATOR_ADMIN: name === 'foreign' ? otra.admin : home.second, ORIGINATOR_AGENT: agent, INVESTOR: ivo, BORROWER: borrower,
  }
  const person = caller && !other ? caller : colleagues[role]
  return { name, organization, borrower, investor, agent, person, caller }
}

/** The five who try: one of each role, all of COMSA as far as they belong anywhere. */
export const callersOf = ({ operator, comsa, investors }: World): Readonly<Record<Role, Person>> => ({
  NODE_OPERATOR: operator, ORIGINATOR_ADMIN: comsa.admin, ORIGINATOR_AGENT: comsa.agent, INVESTOR: investors[0], BORROWER: comsa.borrowers[0]!,
})
