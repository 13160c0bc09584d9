import type { z } from 'zod'

/** The parts a person can play in a membership (investors and operators need no organization). */
export const roles = ['NODE_OPERATOR', 'ORIGINATOR_ADMIN', 'ORIGINATOR_AGENT', 'INVESTOR', 'BORROWER'] as const
export type Role = (typeof roles)[number]

/** How far a role reaches: every thing, things of its own organization, or only things of its own. */
export type Relation = 'any' | 'organization' | 'own'

/** The services that call one another; each carries a token that says which it is and on what cause. */
export const services = ['access', 'organization', 'user', 'identity', 'issuing', 'verification', 'project', 'loan', 'investor', 'funding', 'payment', 'bitcoin', 'lightning', 'rootstock'] as const
export type ServiceName = (typeof services)[number]

/** Who may call an action. Nobody else may: an action without any of the three does not start. */
export interface Access {
  /** Open to a caller who has not signed in. */
  readonly public?: true
  readonly users?: Readonly<Partial<Record<Role, Relation>>>
  readonly services?: readonly ServiceName[]
}

export interface Contract<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  /** `service.action`, as in the catalogue of services. */
  readonly name: string
  /** A mutation takes a request id, by which a repetition is known; a query changes nothing. */
  readonly kind: 'query' | 'mutation'
  readonly about: string
  readonly params: P
  readonly result: R
  readonly access: Access
  /** The action belongs to the bus alone: no GraphQL field leads to it. */
  readonly internal?: true
}

export type Params<C extends Contract> = z.output<C['params']>
export type Input<C extends Contract> = z.input<C['params']>
export type Result<C extends Contract> = z.output<C['result']>

/** The one place where a contract is made; refuses one that nobody could call or that has no proper name. */
export function defineAction<P extends z.ZodType, R extends z.ZodType>(contract: Contract<P, R>): Contract<P, R> {
  const { access } = contract
  if (!/^[a-z]+\.[a-z][A-Za-z]*$/.test(contract.name)) throw new Error(`${contract.name}: an action is named service.action`)
  if (!access.public && !access.users && !access.services) throw new Error(`${contract.name}: nobody may call it`)
  return Object.freeze(contract)
}

/** Where a service token's authority comes from: the entry that made a follower act. */
export interface Cause {
  readonly group: 'financing' | 'payment'
  readonly organization: string
  readonly book: 'project' | 'loan' | 'funding' | 'payment'
  readonly key: string
  readonly seq: number
}

/** On whose behalf a call comes, as its verified tokens say. */
export interface UserCaller {
  readonly kind: 'user'
  readonly userId: string
  readonly role: Role
  readonly organization?: string
  readonly membership: string
  readonly session: string
}
export interface ServiceCaller {
  readonly kind: 'service'
  readonly service: ServiceName
  readonly cause?: Cause
}
export interface Stranger {
  readonly kind: 'stranger'
}
export type Caller = UserCaller | ServiceCaller | Stranger
