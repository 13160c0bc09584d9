import { compare, type Amount } from '@growr/money'
import type { LocalDate } from '../calendar.ts'
import { requireAmount, requireValueDate } from '../checks.ts'
import { figures, firstRefusal, refuse, type Decision, type Refused } from '../refusals.ts'
import type { Holder, PaymentAdded, PaymentEvent, PaymentKind, PaymentState, PaymentStatus, PaymentSubject } from '../types/payment.ts'
import { isOpenCase } from './apply.ts'

export type PaymentDirection = 'IN' | 'OUT' | 'INNER'

/** Whether a kind of payment brings the project money, takes some, or only moves it from one holder to another. */
export const directions: Readonly<Record<PaymentKind, PaymentDirection>> = {
  REPAYMENT: 'IN',
  TRANSFER_IN: 'IN',
  DISBURSEMENT: 'OUT',
  OVERPAYMENT_REFUND: 'OUT',
  REWARD: 'OUT',
  DEPOSIT_RETURN: 'OUT',
  TRANSFER_OUT: 'OUT',
  HAND_OVER: 'INNER',
  RECEIPT: 'IN',
}

/** Why a receipt waits in suspense: nothing told whose it is. */
export const UNMATCHED = 'UNMATCHED'

export type PaymentCommand =
  /** `underWay` is true if a payment of the same kind for the same loan is registered and neither confirmed nor failed. */
  | { readonly type: 'add'; readonly data: PaymentAdded; readonly underWay: boolean; readonly subject?: PaymentSubject }
  /** `held` is the balance of the holder the money leaves; null for money that comes in. */
  | {
      readonly type: 'confirm'
      readonly valueDate: LocalDate
      readonly bookingDate: LocalDate
      readonly held: Amount | null
      readonly subject?: PaymentSubject
    }
  | { readonly type: 'fail'; readonly on: LocalDate; readonly reason: string }
  /** `held` is the balance of the holder that the money arrived at; null for money that went out. */
  | { readonly type: 'revert'; readonly on: LocalDate; readonly reason: string; readonly held: Amount | null; readonly subject?: PaymentSubject }
  | { readonly type: 'unmatched'; readonly on: LocalDate; readonly reason: string }
  | { readonly type: 'resolveSuspense'; readonly on: LocalDate }
  /** A second person approves a payout above the limit; that it is a second one is looked at by who knows persons. */
  | { readonly type: 'approve'; readonly on: LocalDate; readonly subject?: PaymentSubject }
  | { readonly type: 'requestReversal'; readonly on: LocalDate; readonly reason: string; readonly subject?: PaymentSubject }
  /** `held` as in `revert`. An open case is resolved with it. */
  | { readonly type: 'confirmReversal'; readonly on: LocalDate; readonly held: Amount | null; readonly subject?: PaymentSubject }
  | { readonly type: 'rejectReversal'; readonly on: LocalDate; readonly subject?: PaymentSubject }
  /** A receipt turns out to be the repayment of a loan; `currency` is the loan's, where the caller has not compared it. */
  | { readonly type: 'assign'; readonly loanKey: string; readonly projectKey: string; readonly currency?: string; readonly on: LocalDate; readonly subject?: PaymentSubject }
  /** `held` is what the holder has of the project that the receipt was assigned to. */
  | { readonly type: 'reverseAssignment'; readonly on: LocalDate; readonly reason: string; readonly held: Amount | null; readonly subject?: PaymentSubject }

/**
 * What a command on a payment comes to. Codes: DUPLICATE, NOT_FOUND, PAYMENT_STATUS, AMOUNT_INVALID, CURRENCY_MISMATCH, VALUE_DATE,
 * RAIL_MISMATCH (holders that do not fit the kind), CASH_INSUFFICIENT (an agent's float), FUNDS_INSUFFICIENT (the bank, a provider),
 * APPROVAL_MISSING, REVERSAL_STATUS, ASSIGNED_ALREADY. A RECEIPT that is confirmed waits in suspense from the same decision on.
 */
export function decidePayment(state: PaymentState | null, command: PaymentCommand): Decision<PaymentEvent> {
  if (command.type === 'add') return state ? refuse('DUPLICATE', 'key') : addPayment(command)
  if (!state) return refuse('NOT_FOUND', 'payment')
  switch (command.type) {
    case 'confirm': return confirm(state, command)
    case 'fail': return (
      requireStatus(state, 'ADDED') ?? { events: [{ type: 'payment.failed', data: { on: command.on, reason: command.reason } }] }
    )
    case 'revert': return (
      requireStatus(state, 'CONFIRMED') ?? requireSuspense(state, false) ?? requireHeld(state, state.to, command.held) ??
      { events: [{ type: 'payment.reverted', data: { on: command.on, reason: command.reason }, ...subjectOf(command) }] }
    )
    case 'unmatched': return (
      requireStatus(state, 'CONFIRMED', 'REVERTED') ?? requireSuspense(state, false) ??
      { events: [{ type: 'payment.unmatched', data: { on: command.on, reason: command.reason } }] }
    )
    case 'resolveSuspense': return (
      requireStatus(state, 'CONFIRMED', 'REVERTED') ?? requireSuspense(state, true) ??
      { events: [{ type: 'payment.suspense-resolved', data: { on: command.on } }] }
    )
    case 'approve': return approve(state, command)
    case 'requestReversal': return requestReversal(state, command)
    case 'confirmReversal': return confirmReversal(state, command)
    case 'rejectReversal': return (
      requireStatus(state, 'CONFIRMED') ?? requireReversal(state, true) ??
      { events: [{ type: 'payment.reversal-rejected', data: { on: command.on }, ...subjectOf(command) }] }
    )
    case 'assign': return assign(state, command)
    case 'reverseAssignment': return reverseAssignment(state, command)
  }
}

function addPayment({ data, underWay, subject }: Extract<PaymentCommand, { type: 'add' }>): Decision<PaymentEvent> {
  const refused = firstRefusal(
    () => requireAmount(data.amount, data.currency),
    () => requireValueDate(data.valueDate, data.bookingDate),
    () => requireHolders(data),
    () => requireReceipt(data),
    () => (underWay ? refuse('PAYMENT_STATUS', 'loan', { status: 'ADDED' }) : null),
  )
  return refused ?? { events: [{ type: 'payment.added', data, ...(subject ? { subject } : {}) }] }
}

function requireHolders({ kind, from, to }: PaymentAdded): Refused | null {
  const direction = directions[kind]
  const fits = direction === 'IN' ? !from && to : direction === 'OUT' ? from && !to : from && to && !isSameHolder(from, to)
  return fits ? null : refuse('RAIL_MISMATCH', direction === 'OUT' ? 'from' : 'to')
}

/** A receipt belongs to no loan yet, and lies with the organization itself. */
function requireReceipt({ kind, loanKey, projectKey, organizationId }: PaymentAdded): Refused | null {
  return kind !== 'RECEIPT' || (loanKey === null && projectKey === organizationId) ? null : refuse('RAIL_MISMATCH', 'project')
}

function isSameHolder(a: Holder, b: Holder): boolean {
  return a.rail === b.rail && a.holder === b.holder
}

/** Money leaves only where it lies: an agent pays from the own float, the bank from its balance. */
function confirm(payment: PaymentState, command: Extract<PaymentCommand, { type: 'confirm' }>): Decision<PaymentEvent> {
  const { valueDate, bookingDate, held, subject } = command
  const refused = firstRefusal(
    () => requireStatus(payment, 'ADDED'),
    () => (payment.needsApproval && !payment.approvedOn ? refuse('APPROVAL_MISSING', 'payment') : null),
    () => requireValueDate(valueDate, bookingDate),
    () => requireHeld(payment, payment.from, held),
  )
  if (refused) return refused
  const confirmed: PaymentEvent = { type: 'payment.confirmed', data: { valueDate, bookingDate }, ...(subject ? { subject } : {}) }
  // Nothing takes a receipt out of clearing: it goes on to suspense at once.
  return { events: payment.kind === 'RECEIPT' ? [confirmed, { type: 'payment.unmatched', data: { on: bookingDate, reason: UNMATCHED } }] : [confirmed] }
}

function approve(payment: PaymentState, command: Extract<PaymentCommand, { type: 'approve' }>): Decision<PaymentEvent> {
  const waits = payment.needsApproval && !payment.approvedOn
  return requireStatus(payment, 'ADDED') ??
    (waits ? null : refuse('PAYMENT_STATUS', 'approval', { approvedOn: payment.approvedOn ?? null })) ??
    { events: [{ type: 'payment.approved', data: { on: command.on }, ...subjectOf(command) }] }
}

/** Kinds whose other side can be taken back, too; capital is reverted where it was registered. */
const REVERSIBLE: ReadonlySet<PaymentKind> = new Set(['REPAYMENT', 'DISBURSEMENT', 'HAND_OVER', 'RECEIPT'])

function requestReversal(payment: PaymentState, command: Extract<PaymentCommand, { type: 'requestReversal' }>): Decision<PaymentEvent> {
  const { on, reason } = command
  return requireStatus(payment, 'CONFIRMED') ??
    (REVERSIBLE.has(payment.kind) ? null : refuse('PAYMENT_STATUS', 'kind', { kind: payment.kind })) ??
    requireReversal(payment, false) ??
    { events: [{ type: 'payment.reversal-requested', data: { on, reason }, ...subjectOf(command) }] }
}

function confirmReversal(payment: PaymentState, command: Extract<PaymentCommand, { type: 'confirmReversal' }>): Decision<PaymentEvent> {
  const { on, held } = command
  const refused = requireStatus(payment, 'CONFIRMED') ?? requireReversal(payment, true) ?? requireHeld(payment, payment.to, held)
  if (refused) return refused
  const reverted: PaymentEvent = { type: 'payment.reverted', data: { on, reason: payment.reversal!.reason }, ...subjectOf(command) }
  return { events: isOpenCase(payment) ? [{ type: 'payment.suspense-resolved', data: { on } }, reverted] : [reverted] }
}

function requireReversal(payment: PaymentState, waiting: boolean): Refused | null {
  return Boolean(payment.reversal) === waiting ? null : refuse('REVERSAL_STATUS', 'payment', { requestedOn: payment.reversal?.on ?? null })
}

function assign(payment: PaymentState, command: Extract<PaymentCommand, { type: 'assign' }>): Decision<PaymentEvent> {
  const { loanKey, projectKey, currency, on } = command
  const refused = firstRefusal(
    () => (payment.kind === 'RECEIPT' ? null : refuse('PAYMENT_STATUS', 'kind', { kind: payment.kind })),
    () => requireStatus(payment, 'CONFIRMED'),
    () => (payment.assignedOn ? refuse('ASSIGNED_ALREADY', 'payment', { on: payment.assignedOn }) : null),
    () => requireSuspense(payment, true),
    () => requireReversal(payment, false),
    () => (payment.currency.code === (currency ?? payment.currency.code) ? null : refuse('CURRENCY_MISMATCH', 'loan', { expected: payment.currency.code })),
  )
  return refused ?? { events: [{ type: 'payment.assigned', data: { loanKey, projectKey, on }, ...subjectOf(command) }] }
}

/** What the loan did not take lies in the project's suspense, and leaves it with the same decision. */
function reverseAssignment(payment: PaymentState, command: Extract<PaymentCommand, { type: 'reverseAssignment' }>): Decision<PaymentEvent> {
  const { on, reason, held } = command
  const { loanKey, projectKey } = payment
  const refused = firstRefusal(
    () => requireStatus(payment, 'CONFIRMED'),
    () => (payment.kind === 'RECEIPT' && payment.assignedOn ? null : refuse('PAYMENT_STATUS', 'assignment', { kind: payment.kind })),
    () => requireReversal(payment, false),
    () => requireHeld(payment, payment.to, held),
  )
  if (refused) return refused
  const back: PaymentEvent = { type: 'payment.assignment-reversed', data: { loanKey: loanKey!, projectKey, on, reason }, ...subjectOf(command) }
  return { events: isOpenCase(payment) ? [{ type: 'payment.suspense-resolved', data: { on } }, back] : [back] }
}

function subjectOf({ subject }: { readonly subject?: PaymentSubject }): { subject?: PaymentSubject } {
  return subject ? { subject } : {}
}

/** Refuses what would leave a holder with less than nothing. */
function requireHeld({ amount, currency }: PaymentState, holder: Holder | null, held: Amount | null): Refused | null {
  if (!holder) return null
  if (held && compare(amount, held) <= 0) return null
  const code = holder.rail === 'CASH' ? 'CASH_INSUFFICIENT' : 'FUNDS_INSUFFICIENT'
  return refuse(code, 'amount', held ? figures(currency, { needed: amount, held }) : {})
}

function requireStatus(payment: PaymentState, ...allowed: readonly PaymentStatus[]): Refused | null {
  return allowed.includes(payment.status) ? null : refuse('PAYMENT_STATUS', 'status', { status: payment.status })
}

function requireSuspense(payment: PaymentState, open: boolean): Refused | null {
  return isOpenCase(payment) === open ? null : refuse('PAYMENT_STATUS', 'suspense', { suspense: !open })
}
