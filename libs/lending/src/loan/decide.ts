import { add, compare, isPositive, subtract, type Amount } from '@growr/money'
import { compareDates, isDate, laterDate, type LocalDate } from '../calendar.ts'
import { requireAmount, requireValueDate } from '../checks.ts'
import { figures, firstRefusal, refuse, type Decision, type Refused } from '../refusals.ts'
import { loanTermsOf, quote } from '../quote.ts'
import { ownCash, requireFunds, type ProjectPosition } from '../position.ts'
import { outstandingOf } from '../schedule/index.ts'
import type { CancelReason, LoanEvent, LoanMoney, LoanState, LoanSubject, LoanVerification, RefusalReason } from '../types/loan.ts'
import type { ProjectState } from '../types/project.ts'
import { accrues, accruedThrough, allocationOf, settlementOf } from './settlement.ts'

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

/**
 * What a command on a loan comes to. Codes: PROJECT_NOT_OPEN, AMOUNT_INVALID, CURRENCY_MISMATCH, PROJECT_AMOUNT_EXCEEDED,
 * FUNDS_INSUFFICIENT, FUNDS_RESERVED, DUPLICATE, NOT_FOUND, LOAN_STATUS, OFFER_LAPSED, PAYMENT_AMOUNT, VALUE_DATE, NOTHING_TO_RETURN,
 * NOT_OWED, PROJECT_STATUS. `closeDay` may give no events; it never refuses.
 */
export function decideLoan(state: LoanState | null, command: LoanCommand): Decision<LoanEvent> {
  if (command.type === 'apply') return state ? refuse('DUPLICATE', 'key') : apply(command)
  if (!state) return refuse('NOT_FOUND', 'loan')
  switch (command.type) {
    case 'sign': return sign(state, command)
    case 'disburse': return disburse(state, command)
    case 'cancelDisbursement': return cancelDisbursement(state, command)
    case 'repay': return repay(state, command, command.project)
    case 'refundOverpayment': return refundOverpayment(state, command)
    case 'cancel': {
      const { on, reason, disbursementUnderWay } = command
      const refused = requireStatus(state, ['APPROVED', 'SIGNED'])
      if (refused) return refused
      if (disbursementUnderWay) return refuse('LOAN_STATUS', 'disbursement', { status: state.status, disbursement: 'ADDED' })
      return { events: [{ type: 'loan.cancelled', data: { on, reason } }] }
    }
    case 'closeDay': return { events: closeDay(state, command.date) }
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

/** Refuses unless the loan may be paid out now: SIGNED, and the project still holds the principal that it reserved. */
export function requirePayout(loan: LoanState, position: ProjectPosition): Refused | null {
  return requireStatus(loan, ['SIGNED']) ?? (compare(loan.contractAmount, ownCash(position)) > 0
    ? refuse('FUNDS_INSUFFICIENT', 'amount', figures(loan.currency, { needed: loan.contractAmount, held: ownCash(position) }))
    : null)
}

function sign(loan: LoanState, { on, contractDigest, subject }: Extract<LoanCommand, { type: 'sign' }>): Decision<LoanEvent> {
  const refused = requireStatus(loan, ['APPROVED'])
  if (refused) return refused
  if (loan.offerUntil !== null && compareDates(on, loan.offerUntil) > 0) return refuse('OFFER_LAPSED', 'loan', { offerUntil: loan.offerUntil })
  return { events: [{ type: 'loan.signed', data: { on, contractDigest }, ...(subject ? { subject } : {}) }] }
}

function disburse(loan: LoanState, command: LoanMoney): Decision<LoanEvent> {
  const refused = firstRefusal(
    () => (loan.disbursementKey === command.paymentKey ? refuse('DUPLICATE', 'payment') : null),
    () => requireStatus(loan, ['SIGNED']),
    () => requireAmount(command.amount, loan.currency),
    () => (compare(command.amount, loan.payout) === 0 ? null : refuse('PAYMENT_AMOUNT', 'amount', figures(loan.currency, { due: loan.payout }))),
    () => requireValueDate(command.valueDate, command.bookingDate, loan.signedOn),
  )
  return refused ?? { events: [{ type: 'loan.disbursed', data: money(command) }] }
}

function cancelDisbursement(loan: LoanState, { paymentKey, on }: Extract<LoanCommand, { type: 'cancelDisbursement' }>): Decision<LoanEvent> {
  const refused = requireStatus(loan, ['DISBURSED'])
  if (refused) return refused
  if (loan.disbursementKey !== paymentKey) return refuse('NOT_FOUND', 'payment')
  if (loan.payments.length > 0) return refuse('LOAN_STATUS', 'payments', { status: loan.status, payments: loan.payments.length })
  return { events: [{ type: 'loan.disbursement-cancelled', data: { paymentKey, on } }] }
}

/** A loan that is repaid still takes payments: two that cross are no mistake, and the second is an overpayment to return. */
function repay(loan: LoanState, command: LoanMoney, project: ProjectState): Decision<LoanEvent> {
  const refused = firstRefusal(
    () => (loan.payments.some(payment => payment.key === command.paymentKey) ? refuse('DUPLICATE', 'payment') : null),
    () => requireStatus(loan, ['DISBURSED', 'DEFAULTED', 'REPAID']),
    () => (project.distribution ? refuse('PROJECT_STATUS', 'project', { status: project.status, distributed: project.distribution.on }) : null),
    () => (loan.payments.length < MAXIMUM_PAYMENTS ? null : refuse('LOAN_STATUS', 'payments', { maximum: MAXIMUM_PAYMENTS })),
    () => requireAmount(command.amount, loan.currency),
    () => requireValueDate(command.valueDate, command.bookingDate, loan.startDate),
  )
  if (refused) return refused
  const payments = [...loan.payments, { key: command.paymentKey, amount: command.amount, valueDate: command.valueDate }]
  const settlement = settlementOf(loan, payments, laterDate(accruedThrough(loan), command.valueDate))
  const repaid = settlement.settledOn !== null && loan.status !== 'REPAID'
  return { events: [{ type: 'loan.instalment-paid', data: { ...money(command), allocation: allocationOf(loan, settlement), repaid } }] }
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

/**
 * What a day that closes does to a loan: an offer that nobody signed lapses at the end of its last day; ad-hoc interest accrues
 * through that day; an instalment that fell due by then and is not settled is overdue. A day that was closed before adds nothing.
 */
export function closeDay(loan: LoanState, date: LocalDate): LoanEvent[] {
  if (loan.status === 'APPROVED') {
    return loan.offerUntil !== null && compareDates(date, loan.offerUntil) >= 0 ? [{ type: 'loan.lapsed', data: { on: date } }] : []
  }
  if (loan.status !== 'DISBURSED' && loan.status !== 'DEFAULTED') return []
  const events: LoanEvent[] = []
  if (accrues(loan) && compareDates(date, accruedThrough(loan)) > 0) {
    const interest = allocationOf(loan, settlementOf(loan, loan.payments, date)).accrued
    events.push({ type: 'loan.interest-accrued', data: { through: date, interest } })
  }
  const instalments = loan.schedule
    .filter(row => row.overdueOn === null && isPositive(outstandingOf(row)) && compareDates(row.dueDate, date) <= 0)
    .map(row => row.number)
  if (instalments.length > 0) events.push({ type: 'loan.overdue', data: { on: date, instalments } })
  return events
}

function requireStatus(loan: LoanState, allowed: readonly LoanState['status'][]): Refused | null {
  return allowed.includes(loan.status) ? null : refuse('LOAN_STATUS', 'status', { status: loan.status })
}

function money({ paymentKey, amount, valueDate, bookingDate }: LoanMoney): LoanMoney {
  return { paymentKey, amount, valueDate, bookingDate }
}
