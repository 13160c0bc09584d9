import { add, isPositive, subtract, sum, type Amount } from '@growr/money'
import { compareDates, daysBetween, type LocalDate } from '../calendar.ts'
import { loanContribution } from '../position.ts'
import { outstandingOf } from '../schedule/index.ts'
import type { Instalment, LoanState } from '../types/loan.ts'
import { accrues, settlementOf } from './settlement.ts'

/** Portfolio at risk by days late: not late, 1 to 30, 31 to 60, 61 to 90, and more than 90 days. */
export type ParBucket = 'CURRENT' | 'DAYS_1_30' | 'DAYS_31_60' | 'DAYS_61_90' | 'DAYS_OVER_90'

export interface Arrears {
  /** Days since the oldest instalment fell due that is not paid; 0 if none is. */
  readonly daysLate: number
  readonly since: LocalDate | null
  readonly bucket: ParBucket
  readonly overduePrincipal: Amount
  readonly overdueInterest: Amount
  /** overduePrincipal + overdueInterest */
  readonly overdue: Amount
  /** All principal that is left of the loan: what counts as at risk once any of it is late. */
  readonly principalLeft: Amount
  /** True if the loan runs on a new schedule: its days late began anew with it. */
  readonly isRescheduled: boolean
}

export interface Due {
  /** What is to be paid by that day to be up to date: everything that fell due on it or before and is not paid. */
  readonly amount: Amount
  readonly principal: Amount
  readonly interest: Amount
  /** The oldest instalment of it, or null. */
  readonly since: LocalDate | null
  /** The first instalment after that day that is not paid. */
  readonly next: { readonly number: number; readonly dueDate: LocalDate; readonly amount: Amount } | null
}

const RUNNING: ReadonlySet<LoanState['status']> = new Set(['DISBURSED', 'DEFAULTED'])

/** The rows of a running loan that are not paid, oldest first. */
function openRows(loan: LoanState): Instalment[] {
  return RUNNING.has(loan.status) ? loan.schedule.filter(row => isPositive(outstandingOf(row))) : []
}

/** How late a loan is on a day: an instalment is late from the day after its due date. Nothing of a loan that is not running. */
export function arrearsOf(loan: LoanState, on: LocalDate): Arrears {
  const late = openRows(loan).filter(row => compareDates(row.dueDate, on) < 0)
  const { principal, interest } = leftOf(loan, late)
  const since = late[0]?.dueDate ?? null
  const daysLate = since === null ? 0 : daysBetween(since, on)
  return {
    daysLate,
    since,
    bucket: bucketOf(daysLate),
    overduePrincipal: principal,
    overdueInterest: interest,
    overdue: add(principal, interest),
    principalLeft: loanContribution(loan).receivablePrincipal,
    isRescheduled: loan.earlier !== undefined,
  }
}

/** What is due on a day, late instalments included, and what comes next. Of an AD_HOC loan interest up to the due date. */
export function dueOn(loan: LoanState, on: LocalDate): Due {
  const open = openRows(loan)
  const due = open.filter(row => compareDates(row.dueDate, on) <= 0)
  const { principal, interest } = leftOf(loan, due)
  const next = open.find(row => compareDates(row.dueDate, on) > 0)
  return {
    amount: add(principal, interest),
    principal,
    interest,
    since: due[0]?.dueDate ?? null,
    next: next ? { number: next.number, dueDate: next.dueDate, amount: outstandingOf(next) } : null,
  }
}

/**
 * What a person owes on a loan, as a ceiling on debt counts it: of a loan that is approved or signed its whole commitment, of a running
 * one all principal and interest that its schedule still holds, of one that was written off what was not recovered.
 */
export function owedOf(loan: LoanState): Amount {
  const currency = loan.currency.code
  if (loan.status === 'APPROVED' || loan.status === 'SIGNED') return loan.commitmentAmount
  if (loan.status === 'WRITTEN_OFF') return loanContribution(loan).losses
  return sum(currency, openRows(loan).map(outstandingOf))
}

/**
 * What pays a loan off on a day: of an AD_HOC loan the principal that is left and the interest of the days until then, of any other
 * running loan all that its schedule still holds.
 */
export function payoffOn(loan: LoanState, on: LocalDate): Amount {
  if (!RUNNING.has(loan.status) || !accrues(loan)) return owedOf(loan)
  const { accrued, paidInterest, paidPrincipal } = settlementOf(loan, loan.payments, on)
  return subtract(add(loan.contractAmount, accrued), add(paidInterest, paidPrincipal))
}

function leftOf(loan: LoanState, rows: readonly Instalment[]): { principal: Amount; interest: Amount } {
  const currency = loan.currency.code
  return {
    principal: sum(currency, rows.map(row => subtract(row.principal, row.paidPrincipal))),
    interest: sum(currency, rows.map(row => subtract(row.interest, row.paidInterest))),
  }
}

/** The bucket of a number of days late. */
export function bucketOf(daysLate: number): ParBucket {
  if (daysLate <= 0) return 'CURRENT'
  if (daysLate <= 30) return 'DAYS_1_30'
  if (daysLate <= 60) return 'DAYS_31_60'
  return daysLate <= 90 ? 'DAYS_61_90' : 'DAYS_OVER_90'
}
