import { outstandingOf, schedules, type LocalDate, type LoanState } from '@growr/lending'
import { isPositive } from '@growr/money'

/**
 * The first day whose close may do something to a loan; null where none can until something else happens to it. Never later than
 * the first day for which `closeDay` gives an event, so a directory of these days finds all loans that a day concerns.
 */
export function concernsDaysFrom(loan: LoanState): LocalDate | null {
  if (loan.status === 'APPROVED') return loan.offerUntil
  if (loan.status !== 'DISBURSED' && loan.status !== 'DEFAULTED') return null
  // Interest by days: every day.
  if (schedules[loan.terms.schedule].accrues) return loan.startDate
  const dates = loan.schedule.filter((row) => row.overdueOn === null && isPositive(outstandingOf(row))).map((row) => row.dueDate)
  return dates.length === 0 ? null : dates.reduce((first, date) => (date < first ? date : first))
}
