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
}

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
  | { readonly type: 'revert'; readonly on: LocalDate; readonly reason: string; readonly held: Amount | null }
  | { readonly type: 'unmatched'; readonly on: LocalDate; readonly reason: string }
  | { readonly type: 'resolveSuspense'; readonly on: LocalDate }

/**
 * What a command on a payment comes to. Codes: DUPLICATE, NOT_FOUND, PAYMENT_STATUS, AMOUNT_INVALID, CURRENCY_MISMATCH, VALUE_DATE,
 * RAIL_MISMATCH (holders that do not fit the kind), CASH_INSUFFICIENT (an agent's float), FUNDS_INSUFFICIENT (the bank).
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
      { events: [{ type: 'payment.reverted', data: { on: command.on, reason: command.reason } }] }
    )
    case 'unmatched': return (
      requireStatus(state, 'CONFIRMED') ?? requireSuspense(state, false) ??
      { events: [{ type: 'payment.unmatched', data: { on: command.on, reason: command.reason } }] }
    )
    case 'resolveSuspense': return (
      requireStatus(state, 'CONFIRMED') ?? requireSuspense(state, true) ??
      { events: [{ type: 'payment.suspense-resolved', data: { on: command.on } }] }
    )
  }
}

function addPayment({ data, underWay, subject }: Extract<PaymentCommand, { type: 'add' }>): Decision<PaymentEvent> {
  const refused = firstRefusal(
    () => requireAmount(data.amount, data.currency),
    () => requireValueDate(data.valueDate, data.bookingDate),
    () => requireHolders(data),
    () => (underWay ? refuse('PAYMENT_STATUS', 'loan', { status: 'ADDED' }) : null),
  )
  return refused ?? { events: [{ type: 'payment.added', data, ...(subject ? { subject } : {}) }] }
}

function requireHolders({ kind, from, to }: PaymentAdded): Refused | null {
  const direction = directions[kind]
  const fits = direction === 'IN' ? !from && to : direction === 'OUT' ? from && !to : from && to && !isSameHolder(from, to)
  return fits ? null : refuse('RAIL_MISMATCH', direction === 'OUT' ? 'from' : 'to')
}

function isSameHolder(a: Holder, b: Holder): boolean {
  return a.rail === b.rail && a.holder === b.holder
}

/** Money leaves only where it lies: an agent pays from the own float, the bank from its balance. */
function confirm(payment: PaymentState, command: Extract<PaymentCommand, { type: 'confirm' }>): Decision<PaymentEvent> {
  const { valueDate, bookingDate, held, subject } = command
  const refused = firstRefusal(
    () => requireStatus(payment, 'ADDED'),
    () => requireValueDate(valueDate, bookingDate),
    () => requireHeld(payment, payment.from, held),
  )
  return refused ?? { events: [{ type: 'payment.confirmed', data: { valueDate, bookingDate }, ...(subject ? { subject } : {}) }] }
}

/** Refuses what would leave a holder with less than nothing. */
function requireHeld({ amount, currency }: PaymentState, holder: Holder | null, held: Amount | null): Refused | null {
  if (!holder) return null
  if (held && compare(amount, held) <= 0) return null
  const code = holder.rail === 'CASH' ? 'CASH_INSUFFICIENT' : 'FUNDS_INSUFFICIENT'
  return refuse(code, 'amount', held ? figures(currency, { needed: amount, held }) : {})
}

function requireStatus(payment: PaymentState, status: PaymentStatus): Refused | null {
  return payment.status === status ? null : refuse('PAYMENT_STATUS', 'status', { status: payment.status })
}

function requireSuspense(payment: PaymentState, open: boolean): Refused | null {
  return isOpenCase(payment) === open ? null : refuse('PAYMENT_STATUS', 'suspense', { suspense: !open })
}
