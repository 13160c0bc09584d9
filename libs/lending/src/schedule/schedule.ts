import { add, sum, type Amount } from '@growr/money'
import { addMonths, compareDates, type LocalDate } from '../calendar.ts'
import { allocate } from '../allocation.ts'
import type { Instalment, LoanPayment } from '../types/loan.ts'
import type { LoanTerms } from '../types/project.ts'

/** What a schedule is drawn from. */
export interface ScheduleInput {
  readonly principal: Amount
  readonly months: number
  readonly terms: LoanTerms
  /** The value date of the disbursement, or, for an estimate, the date of the application; of a new schedule its first day. */
  readonly start: LocalDate
  /** Where the first row does not fall due a month after the start. */
  readonly firstDue?: LocalDate
  /** Interest from before the start that is owed already. It stands in the first row. */
  readonly carried?: Amount
}

/** What a loan's payments have come to, by value date. */
export interface Settlement {
  /** The schedule with what is paid of it. */
  readonly rows: readonly Instalment[]
  /** Interest that the borrower owes or has paid up to `through`; where interest does not accrue by days, all of it. */
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

/** The day on which a row falls due, counted from the start, or from the first due date, each time. */
export function dueDateOf({ start, firstDue }: ScheduleInput, number: number): LocalDate {
  return firstDue === undefined ? addMonths(start, number) : addMonths(firstDue, number - 1)
}

/** Interest that was owed before the start, put into the first row. */
export function withCarried(rows: Instalment[], carried: Amount | undefined): Instalment[] {
  return carried ? rows.map((row, index) => (index === 0 ? { ...row, interest: add(row.interest, carried) } : row)) : rows
}

/** What is left of a row. */
export function outstandingOf(row: Instalment): Amount {
  const amount = row.principal.amount + row.interest.amount - row.paidPrincipal.amount - row.paidInterest.amount
  return { amount, currency: row.principal.currency }
}

/** How payments settle rows whose interest is fixed with the schedule: the oldest first, in each interest before principal. */
export function settleFixed(input: ScheduleInput, drawn: readonly Instalment[], payments: readonly LoanPayment[], through: LocalDate): Settlement {
  const currency = input.principal.currency
  const paid = sum(currency, payments.map(payment => payment.amount))
  const { rows, rest } = allocate(drawn, paid)
  const dated = markSettled(rows, payments, input.start)
  const late = dated.some(row => compareDates(row.settledOn ?? through, row.dueDate) > 0)
  const last = dated.at(-1)
  return {
    rows: dated,
    accrued: sum(currency, drawn.map(row => row.interest)),
    paidInterest: sum(currency, dated.map(row => row.paidInterest)),
    paidPrincipal: sum(currency, dated.map(row => row.paidPrincipal)),
    overpaid: rest,
    settledOn: dated.every(row => row.settledOn !== null) ? (last?.settledOn ?? null) : null,
    inTime: !late,
  }
}

/**
 * Each row is settled on the value date on which the payments, by value date, first reach the sum of the rows up to it; a row of
 * nothing (no interest, in grace) from the start.
 */
function markSettled(rows: readonly Instalment[], payments: readonly LoanPayment[], start: LocalDate): Instalment[] {
  const inOrder = payments.toSorted((a, b) => compareDates(a.valueDate, b.valueDate))
  let target = 0n
  let reached = 0n
  let next = 0
  let day = start
  return rows.map(row => {
    target += row.principal.amount + row.interest.amount
    while (reached < target && next < inOrder.length) {
      const payment = inOrder[next]!
      reached += payment.amount.amount
      day = payment.valueDate
      next += 1
    }
    return { ...row, settledOn: reached >= target ? day : null }
  })
}
