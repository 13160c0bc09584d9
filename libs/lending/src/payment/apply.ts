import { existing, expectNone, expectStatus, unknownEvent } from '../checks.ts'
import { DomainFault } from '../faults.ts'
import { withSubject } from '../subject.ts'
import type { PaymentEvent, PaymentState, PaymentStatus } from '../types/payment.ts'
import { isNetworkRail } from './rails.ts'

/** The state of a payment after an event. Throws a DomainFault where the event cannot follow. */
export function applyPayment(state: PaymentState | null, event: PaymentEvent): PaymentState {
  return withSubject<PaymentState>(next(state, event), state?.subject, event)
}

function next(state: PaymentState | null, event: PaymentEvent): PaymentState {
  const { type } = event
  switch (type) {
    case 'payment.added': {
      expectNone(state, type)
      return { ...event.data, status: 'ADDED', statusReason: null, suspense: null }
    }
    case 'payment.confirmed': return { ...answered(from(state, type, ['ADDED'])), ...event.data, status: 'CONFIRMED' }
    case 'payment.failed': {
      const payment = from(state, type, ['ADDED'])
      if (payment.sending && !event.data.final) throw new DomainFault('EVENT_UNEXPECTED', 'its network has the send, and has not said that it failed')
      return { ...answered(payment), status: 'FAILED', statusReason: event.data.reason }
    }
    case 'payment.sending': {
      const payment = from(state, type, ['ADDED'])
      if (payment.sending || !payment.from || !isNetworkRail(payment.from.rail)) throw new DomainFault('EVENT_UNEXPECTED', 'only what leaves over a network is sent, once')
      return { ...payment, sending: event.data }
    }
    case 'payment.unknown': {
      const payment = from(state, type, ['ADDED'])
      if (!payment.sending || payment.sending.unknown) throw new DomainFault('EVENT_UNEXPECTED', 'the payment was not sent, or is unknown already')
      return { ...payment, sending: { ...payment.sending, unknown: true } }
    }
    case 'payment.reverted': {
      const payment = from(state, type, ['CONFIRMED'])
      if (isOpenCase(payment)) throw new DomainFault('EVENT_UNEXPECTED', 'a payment in suspense is resolved before it is reverted')
      return { ...payment, status: 'REVERTED', statusReason: event.data.reason }
    }
    case 'payment.unmatched': {
      const payment = from(state, type, ['CONFIRMED', 'REVERTED'])
      if (isOpenCase(payment)) throw new DomainFault('EVENT_UNEXPECTED', 'the payment is in suspense already')
      return { ...payment, suspense: { since: event.data.on, reason: event.data.reason, resolvedOn: null } }
    }
    case 'payment.suspense-resolved': {
      const payment = from(state, type, ['CONFIRMED', 'REVERTED'])
      if (!payment.suspense || !isOpenCase(payment)) throw new DomainFault('EVENT_UNEXPECTED', 'the payment is not in suspense')
      return { ...payment, suspense: { ...payment.suspense, resolvedOn: event.data.on } }
    }
    case 'payment.approved': {
      const payment = from(state, type, ['ADDED'])
      if (!payment.needsApproval || payment.approvedOn) throw new DomainFault('EVENT_UNEXPECTED', 'the payment waits for no approval')
      return { ...payment, approvedOn: event.data.on }
    }
    case 'payment.reversal-requested': {
      const payment = from(state, type, ['CONFIRMED'])
      if (payment.reversal) throw new DomainFault('EVENT_UNEXPECTED', 'a reversal was asked for already')
      return { ...payment, reversal: event.data }
    }
    case 'payment.reversal-rejected': {
      const payment = from(state, type, ['CONFIRMED'])
      if (!payment.reversal) throw new DomainFault('EVENT_UNEXPECTED', 'no reversal was asked for')
      return { ...payment, reversal: null }
    }
    case 'payment.assigned': {
      const payment = from(state, type, ['CONFIRMED'])
      if (payment.kind !== 'RECEIPT' || payment.assignedOn || !payment.suspense || !isOpenCase(payment)) {
        throw new DomainFault('EVENT_UNEXPECTED', 'only a receipt that waits in the organization’s suspense is assigned')
      }
      const { loanKey, projectKey, on } = event.data
      return { ...payment, loanKey, projectKey, assignedOn: on, suspense: { ...payment.suspense, resolvedOn: on } }
    }
    case 'payment.assignment-reversed': {
      const payment = from(state, type, ['CONFIRMED'])
      if (payment.kind !== 'RECEIPT' || !payment.assignedOn || payment.loanKey !== event.data.loanKey || payment.projectKey !== event.data.projectKey || isOpenCase(payment)) throw new DomainFault('EVENT_UNEXPECTED', 'the receipt is not assigned')
      const { on, reason } = event.data
      return { ...payment, loanKey: null, projectKey: payment.organizationId, assignedOn: null, suspense: { since: on, reason, resolvedOn: null } }
    }
    default: return unknownEvent(event)
  }
}

/** The network has given its final answer. */
function answered({ sending: _ended, ...payment }: PaymentState): PaymentState {
  return payment
}

/** True while the payment's money lies in suspense. */
export function isOpenCase(payment: PaymentState): boolean {
  return payment.suspense !== null && payment.suspense.resolvedOn === null
}

function from(state: PaymentState | null, type: string, allowed: readonly PaymentStatus[]): PaymentState {
  const payment = existing(state, type)
  expectStatus(payment.status, allowed, type)
  return payment
}
