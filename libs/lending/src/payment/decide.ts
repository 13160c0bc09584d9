import { compare, type Amount } from '@growr/money'
import type { LocalDate } from '../calendar.ts'
import { requireAmount, requireValueDate } from '../checks.ts'
import { figures, firstRefusal, refuse, type Decision, type Refused } from '../refusals.ts'
import type { Holder, NetworkReference, PaymentAdded, PaymentEvent, PaymentKind, PaymentState, PaymentStatus, PaymentSubject } from '../types/payment.ts'
import { isOpenCase } from './apply.ts'
import { requireOnNetwork } from './moved.ts'
import { amountAt, directions, hasOtherSide, isNetworkRail } from './rails.ts'

/** Why a receipt waits in suspense: nothing told whose it is. */
export const UNMATCHED = 'UNMATCHED'

/** Why a network takes back what it confirmed. Nobody is asked: it holds also where the money was used already. */
export const TAKEN_BACK: ReadonlySet<string> = new Set(['REORGANISED', 'DOUBLE_SPENT', 'FAILED_LATE'])

export type PaymentCommand =
  /** `underWay` is true if a payment of the same kind for the same loan is registered and neither confirmed nor failed. */
  | { readonly type: 'add'; readonly data: PaymentAdded; readonly underWay: boolean; readonly subject?: PaymentSubject }
  /**
   * `held` is the balance of the holder the money leaves, in what leaves there; null for money that comes in, and not looked at for
   * what a network confirms: that has left. `network` is what it calls a send.
   */
  | {
      readonly type: 'confirm'
      readonly valueDate: LocalDate
      readonly bookingDate: LocalDate
      readonly held: Amount | null
      readonly network?: NetworkReference
      readonly subject?: PaymentSubject
    }
  /** `final`: the network said that a send failed; without it none that it has is called off. */
  | { readonly type: 'fail'; readonly on: LocalDate; readonly reason: string; readonly final?: boolean }
  /** The send is handed to its network next. Where `held` is given, it is refused if it does not reach. */
  | { readonly type: 'sending'; readonly on: LocalDate; readonly maxFee?: string; readonly held?: Amount | null; readonly subject?: PaymentSubject }
  /** The network gives no final answer. */
  | { readonly type: 'unknown'; readonly on: LocalDate }
  /**
   * `held` is the balance of the holder that the money arrived at; null for money that went out. What a network took back
   * (`TAKEN_BACK`) is gone whatever is held: the holder's balance may become negative, and an open case is resolved with it.
   */
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
 * APPROVAL_MISSING, REVERSAL_STATUS, ASSIGNED_ALREADY. A RECEIPT that is confirmed waits in suspense from the same decision on. A
 * payment that its network has (`sending`) is neither sent again nor called off: PAYMENT_STATUS.
 */
export function decidePayment(state: PaymentState | null, command: PaymentCommand): Decision<PaymentEvent> {
  if (command.type === 'add') return state ? refuse('DUPLICATE', 'key') : addPayment(command)
  if (!state) return refuse('NOT_FOUND', 'payment')
  switch (command.type) {
    case 'confirm': return confirm(state, command)
    case 'fail': return fail(state, command)
    case 'sending': return sending(state, command)
    case 'unknown': return (
      requireStatus(state, 'ADDED') ?? (state.sending && !state.sending.unknown ? null : refuseSending(state)) ??
      { events: [{ type: 'payment.unknown', data: { on: command.on } }] }
    )
    case 'revert': return revert(state, command)
    case 'unmatched': return (
      requireStatus(state, 'CONFIRMED', 'REVERTED') ?? requireSuspense(state, false) ??
      // What fees and differences come to is the originator's; a hand-over posts nothing here.
      (hasOtherSide(state.kind) || state.kind === 'HAND_OVER' ? null : refuse('PAYMENT_STATUS', 'kind', { kind: state.kind })) ??
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
    () => requireOnNetwork(data),
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
  const { valueDate, bookingDate, held, network, subject } = command
  const refused = firstRefusal(
    () => requireStatus(payment, 'ADDED'),
    () => (payment.needsApproval && !payment.approvedOn ? refuse('APPROVAL_MISSING', 'payment') : null),
    () => requireValueDate(valueDate, bookingDate),
    () => (payment.from && isNetworkRail(payment.from.rail) ? null : requireHeld(payment, payment.from, held)),
    () => (network && !onNetwork(payment) ? refuse('RAIL_MISMATCH', 'network') : null),
  )
  if (refused) return refused
  const confirmed: PaymentEvent = { type: 'payment.confirmed', data: { valueDate, bookingDate, ...(network ? { network } : {}) }, ...(subject ? { subject } : {}) }
  // Nothing takes a receipt out of clearing: it goes on to suspense at once.
  return { events: payment.kind === 'RECEIPT' ? [confirmed, { type: 'payment.unmatched', data: { on: bookingDate, reason: UNMATCHED } }] : [confirmed] }
}

function fail(payment: PaymentState, { on, reason, final }: Extract<PaymentCommand, { type: 'fail' }>): Decision<PaymentEvent> {
  return requireStatus(payment, 'ADDED') ?? (payment.sending && !final ? refuseSending(payment) : null) ??
    { events: [{ type: 'payment.failed', data: { on, reason, ...(payment.sending ? { final: true } : {}) } }] }
}

/** From here on the money may be gone: what stands against it is said now. */
function sending(payment: PaymentState, command: Extract<PaymentCommand, { type: 'sending' }>): Decision<PaymentEvent> {
  const { on, maxFee, held } = command
  const refused = firstRefusal(
    () => requireStatus(payment, 'ADDED'),
    () => (payment.from && isNetworkRail(payment.from.rail) ? null : refuse('RAIL_MISMATCH', 'from')),
    () => (payment.sending ? refuseSending(payment) : null),
    () => (payment.needsApproval && !payment.approvedOn ? refuse('APPROVAL_MISSING', 'payment') : null),
    () => (held === undefined ? null : requireHeld(payment, payment.from, held)),
  )
  return refused ?? { events: [{ type: 'payment.sending', data: { on, ...(maxFee === undefined ? {} : { maxFee }) }, ...subjectOf(command) }] }
}

function refuseSending({ sending }: PaymentState): Refused {
  return refuse('PAYMENT_STATUS', 'sending', { sentOn: sending?.on ?? null, unknown: sending?.unknown ?? false })
}

function revert(payment: PaymentState, command: Extract<PaymentCommand, { type: 'revert' }>): Decision<PaymentEvent> {
  const { on, reason, held } = command
  const byNetwork = onNetwork(payment) && TAKEN_BACK.has(reason)
  const refused = requireStatus(payment, 'CONFIRMED') ?? (byNetwork ? null : (requireSuspense(payment, false) ?? requireHeld(payment, payment.to, held)))
  return refused ?? { events: taken(payment, on, { type: 'payment.reverted', data: { on, reason }, ...subjectOf(command) }) }
}

/** What lies in suspense leaves it with the decision that takes the payment back. */
function taken(payment: PaymentState, on: LocalDate, back: PaymentEvent): readonly PaymentEvent[] {
  return isOpenCase(payment) ? [{ type: 'payment.suspense-resolved', data: { on } }, back] : [back]
}

function onNetwork({ from, to }: PaymentState): boolean {
  return (from !== null && isNetworkRail(from.rail)) || (to !== null && isNetworkRail(to.rail))
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
    // What a network moved comes back as a payment of its own, or not at all.
    (onNetwork(payment) ? refuse('RAIL_MISMATCH', 'payment') : null) ??
    requireReversal(payment, false) ??
    { events: [{ type: 'payment.reversal-requested', data: { on, reason }, ...subjectOf(command) }] }
}

function confirmReversal(payment: PaymentState, command: Extract<PaymentCommand, { type: 'confirmReversal' }>): Decision<PaymentEvent> {
  const { on, held } = command
  const refused = requireStatus(payment, 'CONFIRMED') ?? requireReversal(payment, true) ?? requireHeld(payment, payment.to, held)
  if (refused) return refused
  const reverted: PaymentEvent = { type: 'payment.reverted', data: { on, reason: payment.reversal!.reason }, ...subjectOf(command) }
  return { events: taken(payment, on, reverted) }
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
  return { events: taken(payment, on, back) }
}

function subjectOf({ subject }: { readonly subject?: PaymentSubject }): { subject?: PaymentSubject } {
  return subject ? { subject } : {}
}

/** Refuses what would leave a holder with less than nothing. */
function requireHeld(payment: PaymentState, holder: Holder | null, held: Amount | null): Refused | null {
  if (!holder) return null
  const needed = amountAt(payment, holder)
  if (held && compare(needed, held) <= 0) return null
  const code = holder.rail === 'CASH' ? 'CASH_INSUFFICIENT' : 'FUNDS_INSUFFICIENT'
  const currency = needed === payment.moved?.amount ? payment.moved.currency : payment.currency
  return refuse(code, 'amount', held ? figures(currency, { needed, held }) : {})
}

function requireStatus(payment: PaymentState, ...allowed: readonly PaymentStatus[]): Refused | null {
  return allowed.includes(payment.status) ? null : refuse('PAYMENT_STATUS', 'status', { status: payment.status })
}

function requireSuspense(payment: PaymentState, open: boolean): Refused | null {
  return isOpenCase(payment) === open ? null : refuse('PAYMENT_STATUS', 'suspense', { suspense: !open })
}
