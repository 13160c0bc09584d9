import { DomainFault } from './faults.ts'
import { applyFunding } from './funding/apply.ts'
import { applyLoan } from './loan/apply.ts'
import { applyPayment } from './payment/apply.ts'
import { applyProject } from './project/apply.ts'
import { applyDay } from './project/day.ts'
import type { FundingEvent, FundingState } from './types/funding.ts'
import type { LoanEvent, LoanState } from './types/loan.ts'
import type { PaymentEvent, PaymentState } from './types/payment.ts'
import type { BusinessDayState, DayClosed, ProjectEvent, ProjectState } from './types/project.ts'

/** The version of the rules by which `apply` works; each entry names the one that made it. */
export const RULES = 1

/** A kind of book. The Project book also holds each organization's calendar. */
export type Kind = 'project' | 'loan' | 'funding' | 'payment'

export interface StateOf {
  readonly project: ProjectState | BusinessDayState
  readonly loan: LoanState
  readonly funding: FundingState
  readonly payment: PaymentState
}

export interface EventOf {
  readonly project: ProjectEvent | DayClosed
  readonly loan: LoanEvent
  readonly funding: FundingEvent
  readonly payment: PaymentEvent
}

export type DomainEvent = EventOf[Kind]

export type Appliers = { readonly [K in Kind]: (state: StateOf[K] | null, event: EventOf[K]) => StateOf[K] }

/** `apply` of every kind of record: writer and auditor recompute a state through this one door. */
export const applyTo: Appliers = {
  project: applyProjectBook,
  loan: applyLoan,
  funding: applyFunding,
  payment: applyPayment,
}

const VERSIONS: ReadonlyMap<number, Appliers> = new Map([[RULES, applyTo]])

/** The appliers of a version of the rules. Old versions stay; an unknown one throws RULES_UNKNOWN, and stops a verification by name. */
export function rulesOf(version: number): Appliers {
  const appliers = VERSIONS.get(version)
  if (!appliers) throw new DomainFault('RULES_UNKNOWN', `this library does not know the rules of version ${version}`)
  return appliers
}

function applyProjectBook(state: ProjectState | BusinessDayState | null, event: ProjectEvent | DayClosed): ProjectState | BusinessDayState {
  if (event.type === 'day.closed') {
    if (state && isProject(state)) throw new DomainFault('EVENT_UNEXPECTED', 'a day closes in the calendar, not in a project')
    return applyDay(state, event)
  }
  if (state && !isProject(state)) throw new DomainFault('EVENT_UNEXPECTED', 'a calendar takes no events of projects')
  return applyProject(state, event)
}

/** Tells a project from the organization's calendar, both records of the Project book. */
export function isProject(state: ProjectState | BusinessDayState): state is ProjectState {
  return 'status' in state
}
