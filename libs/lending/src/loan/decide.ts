import { add, compare, isPositive, subtract, type Amount } from '@growr/money'
import { compareDates, isDate, type LocalDate } from '../calendar.ts'
import { requireAmount, requireValueDate } from '../checks.ts'
import { figures, firstRefusal, refuse, type Decision, type Refused } from '../refusals.ts'
import { loanTermsOf, quote } from '../quote.ts'
import { ownCash, requireFunds, type ProjectPosition } from '../position.ts'
import type { CancelReason, LoanEvent, LoanMoney, LoanState, LoanSubject, LoanVerification, RefusalReason } from '../types/loan.ts'
import type { ProjectState } from '../types/project.ts'
import { reversePayment, writeOff, type ReversePayment } from './correct.ts'
import { closeDay } from './day.ts'
import { importLoan, type ImportLoan } from './import.ts'
import { confirmService, markServiceProvided, requireCooledOff, waiveCoolingOff } from './protect.ts'
import { requireLoanStatus, requireUndistributed } from './require.ts'
import { reschedule, type NewSchedule } from './reschedule.ts'
import { paymentAdded } from './restate.ts'

/** More payments than this on one loan are refused (LOAN_STATUS): each entry holds the whole list. */
export const MAXIMUM_PAYMENTS = 2_000

/** A borrower applies. What the verification of the credentials said comes with it; with any reason against, the loan is REFUSED. */
export interface ApplyForLoan {
  readonly type: 'apply'
  readonly key: string
  readonly project: ProjectState
  readonly position: ProjectPosition
  readonly amount: Amount
  readonly months: number
  readonly verdict: { readonly verifierDid: string | null; readonly refusals: readonly RefusalReason[]; readonly verification?: LoanVerification }
  readonly on: LocalDate
  readonly subject?: LoanSubject
}

export type LoanCommand =
  | ApplyForLoan
  | { readonly type: 'sign'; readonly on: LocalDate; readonly contractDigest: string; readonly subject?: LoanSubject }
  | ({ readonly type: 'disburse' } & LoanMoney)
  | { readonly type: 'cancelDisbursement'; readonly paymentKey: string; readonly on: LocalDate }
  | ({ readonly type: 'repay'; readonly project: ProjectState } & LoanMoney)
  | ({ readonly type: 'refundOverpayment' } & LoanMoney)
  | { readonly type: 'cancel'; readonly on: LocalDate; readonly reason: Exclude<CancelReason, 'LAPSED'>; readonly disbursementUnderWay: boolean }
  | { readonly type: 'closeDay'; readonly date: LocalDate }
  | ImportLoan
  | { readonly type: 'waiveCoolingOff'; readonly on: LocalDate }
  | { readonly type: 'markServiceProvided'; readonly on: LocalDate }
  | { readonly type: 'confirmService'; readonly on: LocalDate }
  | ({ readonly type: 'reschedule'; readonly reason: string; readonly project: ProjectState } & NewSchedule)
  | { readonly type: 'writeOff'; readonly project: ProjectState; readonly on: LocalDate }
  | ({ readonly type: 'reversePayment' } & ReversePayment)

/**
 * What a command on a loan comes to. Codes: PROJECT_NOT_OPEN, AMOUNT_INVALID, CURRENCY_MISMATCH, PROJECT_AMOUNT_EXCEEDED,
 * FUNDS_INSUFFICIENT, FUNDS_RESERVED, DUPLICATE, NOT_FOUND, LOAN_STATUS, OFFER_LAPSED, PAYMENT_AMOUNT, VALUE_DATE, NOTHING_TO_RETURN,
 * NOT_OWED, PROJECT_STATUS, COOLING_OFF, SERVICE_STATUS. `closeDay` may give no events; it never refuses. `repay` on a loan that was
 * written off gives a recovery.
 */
export function decideLoan(state: LoanState | null, command: LoanCommand): Decision<LoanEvent> {
  if (command.type === 'apply') return state ? refuse('DUPLICATE', 'key') : apply(command)
  if (command.type === 'import') return state ? refuse('DUPLICATE', 'key') : importLoan(command)
  if (!state) return refuse('NOT_FOUND', 'loan')
  switch (command.type) {
    case 'sign': return sign(state, command)
    case 'disburse': return disburse(state, command)
    case 'cancelDisbursement': return cancelDisbursement(state, command)
    case 'repay': return repay(state, command, command.project)
    case 'refundOverpayment': return refundOverpayment(state, command)
    case 'cancel': {
      const { on, reason, disbursementUnderWay } = command
      const refused = requireLoanStatus(state, 'APPROVED', 'SIGNED')
      if (refused) return refused
      if (disbursementUnderWay) return refuse('LOAN_STATUS', 'disbursement', { status: state.status, disbursement: 'ADDED' })
      return { events: [{ type: 'loan.cancelled', data: { on, reason } }] }
    }
    case 'closeDay': return { events: closeDay(state, command.date) }
    case 'waiveCoolingOff': return waiveCoolingOff(state, command.on)
    case 'markServiceProvided': return markServiceProvided(state, command.on)
    case 'confirmService': return confirmService(state, command.on)
    case 'reschedule': return reschedule(state, command)
    case 'writeOff': return writeOff(state, command)
    case 'reversePayment': return reversePayment(state, command)
  }
}

function apply(command: ApplyForLoan): Decision<LoanEvent> {
  const { project, position, amount, months, on } = command
  const wrong = firstRefusal(
    () => requireOpen(project, on),
    () => requireAmount(amount, project.currency),
    () => (Number.isInteger(months) && months > 0 ? null : refuse('AMOUNT_INVALID', 'months')),
  )
  if (wrong) return wrong
  const applied = {
    key: command.key,
    projectKey: project.key,
    organizationId: project.organizationId,
    verifierDid: command.verdict.verifierDid,
    type: project.loans.type,
    currency: project.currency,
    requestedAmount: amount,
    requestedMonths: months,
    terms: loanTermsOf(project.loans),
    applicationDate: on,
    ...(command.verdict.verification ? { verification: command.verdict.verification } : {}),
  }
  const subject = command.subject ? { subject: command.subject } : {}
  const { refusals } = command.verdict
  if (refusals.length > 0) return { events: [{ type: 'loan.refused', data: { ...applied, refusals }, ...subject }] }

  const offer = quote(project.loans, amount, months, on)
  const granted = add(position.granted, offer.contractAmount)
  if (compare(granted, project.amount) > 0) {
    return refuse('PROJECT_AMOUNT_EXCEEDED', 'amount', figures(project.currency, { left: subtract(project.amount, position.granted) }))
  }
  const unfunded = requireFunds(position, offer.contractAmount, project.currency)
  if (unfunded) return unfunded
  const data = { ...applied, contractAmount: offer.contractAmount, months: offer.months }
  return { events: [{ type: 'loan.approved', data, ...subject }] }
}

/** Refuses PROJECT_NOT_OPEN unless the project takes applications on that day. */
export function requireOpen(project: ProjectState, on: LocalDate): Refused | null {
  const { startDate, endDate, status } = project
  const open = isDate(on) && status === 'ACTIVATED' && !project.distribution && compareDates(startDate, on) <= 0 && compareDates(on, endDate) <= 0
  return open ? null : refuse('PROJECT_NOT_OPEN', 'project', { status, startDate, endDate })
}

/**
 * Refuses unless the loan may be paid out on that day: SIGNED, the cooling-off time over or waived (COOLING_OFF), and the project still
 * holds the principal that it reserved.
 */
export function requirePayout(loan: LoanState, position: ProjectPosition, on: LocalDate): Refused | null {
  return requireLoanStatus(loan, 'SIGNED') ?? requireCooledOff(loan, on) ?? (compare(loan.contractAmount, ownCash(position)) > 0
    ? refuse('FUNDS_INSUFFICIENT', 'amount', figures(loan.currency, { needed: loan.contractAmount, held: ownCash(position) }))
    : null)
}

function sign(loan: LoanState, { on, contractDigest, subject }: Extract<LoanCommand, { type: 'sign' }>): Decision<LoanEvent> {
  // By the same reason whether the close of the day has come to it yet or not.
  if (loan.cancelled?.reason === 'LAPSED') return refuse('OFFER_LAPSED', 'loan', { offerUntil: loan.offerUntil })
  const refused = requireLoanStatus(loan, 'APPROVED')
  if (refused) return refused
  if (loan.offerUntil !== null && compareDates(on, loan.offerUntil) > 0) return refuse('OFFER_LAPSED', 'loan', { offerUntil: loan.offerUntil })
  return { events: [{ type: 'loan.signed', data: { on, contractDigest }, ...(subject ? { subject } : {}) }] }
}

function disburse(loan: LoanState, command: LoanMoney): Decision<LoanEvent> {
  const refused = firstRefusal(
    () => (loan.disbursementKey === command.paymentKey ? refuse('DUPLICATE', 'payment') : null),
    () => requireLoanStatus(loan, 'SIGNED'),
    () => requireAmount(command.amount, loan.currency),
    () => (compare(command.amount, loan.payout) === 0 ? null : refuse('PAYMENT_AMOUNT', 'amount', figures(loan.currency, { due: loan.payout }))),
    () => requireValueDate(command.valueDate, command.bookingDate, loan.signedOn),
    () => requireCooledOff(loan, command.valueDate),
  )
  return refused ?? { events: [{ type: 'loan.disbursed', data: money(command) }] }
}

function cancelDisbursement(loan: LoanState, { paymentKey, on }: Extract<LoanCommand, { type: 'cancelDisbursement' }>): Decision<LoanEvent> {
  const refused = requireLoanStatus(loan, 'DISBURSED')
  if (refused) return refused
  if (loan.disbursementKey !== paymentKey) return refuse('NOT_FOUND', 'payment')
  if (loan.reschedules) return refuse('LOAN_STATUS', 'reschedules', { status: loan.status, reschedules: loan.reschedules.length })
  if (loan.payments.length > 0) return refuse('LOAN_STATUS', 'payments', { status: loan.status, payments: loan.payments.length })
  return { events: [{ type: 'loan.disbursement-cancelled', data: { paymentKey, on } }] }
}

/** A loan that is repaid still takes payments: two that cross are no mistake, and the second is an overpayment to return. */
function repay(loan: LoanState, command: LoanMoney, project: ProjectState): Decision<LoanEvent> {
  const refused = firstRefusal(
    () => (loan.payments.some(payment => payment.key === command.paymentKey) ? refuse('DUPLICATE', 'payment') : null),
    () => requireLoanStatus(loan, 'DISBURSED', 'DEFAULTED', 'REPAID', 'WRITTEN_OFF'),
    () => requireUndistributed(project),
    () => (loan.payments.length < MAXIMUM_PAYMENTS ? null : refuse('LOAN_STATUS', 'payments', { maximum: MAXIMUM_PAYMENTS })),
    () => requireAmount(command.amount, loan.currency),
    () => requireValueDate(command.valueDate, command.bookingDate, loan.startDate),
  )
  if (refused) return refused
  const { settlement, allocation, loss, cured } = paymentAdded(loan, command)
  if (loan.status === 'WRITTEN_OFF') return { events: [{ type: 'loan.recovered', data: { ...money(command), ...allocation, loss } }] }
  const repaid = settlement.settledOn !== null && loan.status !== 'REPAID'
  return { events: [{ type: 'loan.instalment-paid', data: { ...money(command), allocation, repaid, ...(cured ? { cured } : {}) } }] }
}

function refundOverpayment(loan: LoanState, command: LoanMoney): Decision<LoanEvent> {
  const owed = subtract(loan.overpaid, loan.overpaymentRefunded)
  const refused = firstRefusal(
    () => (isPositive(owed) ? null : refuse('NOTHING_TO_RETURN', 'loan')),
    () => requireAmount(command.amount, loan.currency),
    () => (compare(command.amount, owed) > 0 ? refuse('NOT_OWED', 'amount', figures(loan.currency, { owed })) : null),
    () => requireValueDate(command.valueDate, command.bookingDate, loan.startDate),
  )
  return refused ?? { events: [{ type: 'loan.overpayment-refunded', data: money(command) }] }
}

function money({ paymentKey, amount, valueDate, bookingDate }: LoanMoney): LoanMoney {
  return { paymentKey, amount, valueDate, bookingDate }
}
