import type { EventOf, Kind, StateOf } from '@growr/lending'
import { isProject } from '@growr/lending'
import { LedgerError } from '../errors.ts'
import { requireBalanced, reverse, type Posting } from '../postings.ts'
import { disbursementCancelled } from './disbursement-cancelled.ts'
import { distributionPaid } from './distribution-paid.ts'
import { fundingReverted } from './funding-reverted.ts'
import { instalmentPaid } from './instalment-paid.ts'
import { interestAccrued } from './interest-accrued.ts'
import { investorRepaid } from './investor-repaid.ts'
import { juniorFunded } from './junior-funded.ts'
import { juniorWithdrawn } from './junior-withdrawn.ts'
import { loanDisbursed } from './loan-disbursed.ts'
import { loanImported } from './loan-imported.ts'
import { loanRecovered } from './loan-recovered.ts'
import { loanRescheduled } from './loan-rescheduled.ts'
import { loanWrittenOff } from './loan-written-off.ts'
import { overpaymentRefunded } from './overpayment-refunded.ts'
import { paymentAssigned } from './payment-assigned.ts'
import { paymentConfirmed } from './payment-confirmed.ts'
import { paymentReversed } from './payment-reversed.ts'
import { unmatched } from './payment-unmatched.ts'
import { projectDistributed } from './project-distributed.ts'
import { projectFunded } from './project-funded.ts'
import { suspenseResolved } from './suspense-resolved.ts'

type Template<K extends Kind, Event> = (event: Event, before: StateOf[K] | null, after: StateOf[K]) => Posting[]

/** Every event of every kind has its template, or says that it moves nothing: a new event without one does not compile. */
type Templates = { readonly [K in Kind]: { readonly [T in EventOf[K]['type']]: Template<K, Extract<EventOf[K], { type: T }>> } }

const nothing = (): Posting[] => []

const templates: Templates = {
  project: {
    'project.created': nothing,
    'project.updated': nothing,
    'project.params-modified': nothing,
    'project.funding-added': nothing,
    'project.activated': nothing,
    'project.deactivated': nothing,
    'project.distributed': (_event, _before, after) => projectDistributed(project(after)),
    'project.payable-paid': (event, _before, after) => distributionPaid(project(after).key, event.data.amount),
    'project.closed': nothing,
    'day.closed': nothing,
  },
  loan: {
    // The reservation is the entry itself: a promise is no movement.
    'loan.approved': nothing,
    'loan.refused': nothing,
    'loan.signed': nothing,
    'loan.disbursed': (_event, _before, after) => loanDisbursed(after),
    'loan.disbursement-cancelled': (_event, before) => disbursementCancelled(existing(before)),
    'loan.interest-accrued': (_event, before, after) => interestAccrued(existing(before), after),
    'loan.instalment-paid': (event, before, after) => instalmentPaid(existing(before), after, event.data.amount),
    'loan.overdue': nothing,
    'loan.overpayment-refunded': (event, _before, after) => overpaymentRefunded(after.projectKey, event.data.amount),
    'loan.lapsed': nothing,
    'loan.cancelled': nothing,
    'loan.imported': (_event, _before, after) => loanImported(after),
    'loan.cooling-off-waived': nothing,
    'loan.service-provided': nothing,
    'loan.service-confirmed': nothing,
    // What it owes is still owed; only the write-off says that it is lost.
    'loan.defaulted': nothing,
    'loan.written-off': (_event, before, after) => loanWrittenOff(existing(before), after),
    'loan.recovered': (event, before, after) => loanRecovered(existing(before), after, event.data.amount),
    'loan.rescheduled': (_event, before, after) => loanRescheduled(existing(before), after),
    'loan.payment-reversed': (event, before, after) => paymentReversed(existing(before), after, event.data.amount),
  },
  funding: {
    'funding.project-funded': (_event, _before, after) => projectFunded(after),
    'funding.junior-funded': (_event, _before, after) => juniorFunded(after),
    'funding.junior-withdrawn': (_event, _before, after) => juniorWithdrawn(after),
    'funding.investor-repaid': (_event, _before, after) => investorRepaid(after),
    // The project's own entry posts the share; this one says to whom it went.
    'funding.share-paid': nothing,
    'funding.reverted': (_event, before) => fundingReverted(existing(before)),
  },
  payment: {
    'payment.added': nothing,
    'payment.confirmed': (_event, _before, after) => paymentConfirmed(after),
    'payment.failed': nothing,
    // Until the network says how it ended, the money is where it was.
    'payment.sending': nothing,
    'payment.unknown': nothing,
    'payment.reverted': (_event, before) => reverse(paymentConfirmed(existing(before))),
    'payment.unmatched': (_event, _before, after) => unmatched(after),
    'payment.suspense-resolved': (_event, before) => suspenseResolved(existing(before)),
    'payment.approved': nothing,
    'payment.reversal-requested': nothing,
    'payment.reversal-rejected': nothing,
    'payment.assigned': (_event, before, after) => paymentAssigned(existing(before), after),
    'payment.assignment-reversed': (_event, before, after) => reverse(paymentAssigned(after, existing(before))),
  },
}

/**
 * The postings of an entry: what an event of that kind moves, given the states before and after it. Writer and auditor call this
 * one door. Always balanced (else UNBALANCED_POSTING). Throws STATE_MISSING for an event without a template, or without the state it
 * posts from.
 */
export function postingsFor<K extends Kind>(kind: K, event: EventOf[K], before: StateOf[K] | null, after: StateOf[K]): Posting[] {
  // The table is checked where it is written; here the compiler cannot see that an event's type and its template belong together.
  const ofKind = templates[kind] as unknown as Readonly<Record<string, Template<K, EventOf[K]>>>
  const template = Object.hasOwn(ofKind, event.type) ? ofKind[event.type] : undefined
  if (!template) throw new LedgerError('STATE_MISSING', `no template for ${event.type} in the ${kind} book`)
  const postings = template(event, before, after)
  requireBalanced(postings)
  return postings
}

function existing<State>(state: State | null): State {
  if (state === null) throw new LedgerError('STATE_MISSING', 'the event is posted from the state before it')
  return state
}

function project(state: StateOf['project']) {
  if (!isProject(state)) throw new LedgerError('STATE_MISSING', 'a calendar posts nothing')
  return state
}
