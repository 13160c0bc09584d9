import type { Amount } from '@growr/money'
import type { LocalDate } from '../calendar.ts'
import type { Instalment, LoanPayment } from '../types/loan.ts'
import type { LoanTerms } from '../types/project.ts'

/** What a schedule is drawn from. */
export interface ScheduleInput {
  readonly principal: Amount
  readonly months: number
  readonly terms: LoanTerms
  /** The value date of the disbursement, or, for an estimate, the date of the application. */
  readonly start: LocalDate
}

/** What a loan's payments have come to, by value date. */
export interface Settlement {
  /** The schedule with what is paid of it. */
  readonly rows: readonly Instalment[]
  /** Interest that the borrower owes or has paid up to `through`; of a flat loan, all of it. */
  readonly accrued: Amount
  readonly paidInterest: Amount
  readonly paidPrincipal: Amount
  /** Paid beyond what was owed. */
  readonly overpaid: Amount
  /** The value date of the payment after which nothing was left, or null. */
  readonly settledOn: LocalDate | null
  /** True if no instalment was settled after its due date, nor is one that fell due before `through` still open. */
  readonly inTime: boolean
}

/**
 * A kind of schedule: how it is drawn, and how payments settle it. Both are pure; `settle` reads the whole list of payments, so that
 * the order in which they were booked does not matter, only their value dates.
 */
export interface ScheduleBuilder {
  /** True where interest accrues by days and is posted as days are closed; false where the whole commitment is receivable at once. */
  readonly accrues: boolean
  draw(input: ScheduleInput): Instalment[]
  settle(input: ScheduleInput, drawn: readonly Instalment[], payments: readonly LoanPayment[], through: LocalDate): Settlement
}

/** An unpaid row. */
export function instalment(number: number, dueDate: LocalDate, principal: bigint, interest: bigint, currency: string): Instalment {
  const none = { amount: 0n, currency }
  return {
    number,
    dueDate,
    principal: { amount: principal, currency },
    interest: { amount: interest, currency },
    paidPrincipal: none,
    paidInterest: none,
    settledOn: null,
    overdueOn: null,
  }
}

/** What is left of a row. */
export function outstandingOf(row: Instalment): Amount {
  const amount = row.principal.amount + row.interest.amount - row.paidPrincipal.amount - row.paidInterest.amount
  return { amount, currency: row.principal.currency }
}
