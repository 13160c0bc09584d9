import { isPositive } from '@growr/money'
import { addDays, compareDates, daysBetween, laterDate, type LocalDate } from '../calendar.ts'
import { outstandingOf } from '../schedule/index.ts'
import type { LoanEvent, LoanState } from '../types/loan.ts'
import { accrues, accruedThrough, allocationOf, settlementOf } from './settlement.ts'

/**
 * What a day that closes does to a loan: an offer that nobody signed lapses at the end of its last day; ad-hoc interest accrues
 * through that day; an instalment that fell due by then and is not settled is overdue; a loan whose oldest such instalment is late by
 * more days than its terms allow is in default. A day that was closed before adds nothing.
 */
export function closeDay(loan: LoanState, date: LocalDate): LoanEvent[] {
  if (loan.status === 'APPROVED') {
    return loan.offerUntil !== null && compareDates(date, loan.offerUntil) >= 0 ? [{ type: 'loan.lapsed', data: { on: date } }] : []
  }
  if (loan.status !== 'DISBURSED' && loan.status !== 'DEFAULTED') return []
  const events: LoanEvent[] = accruedBy(loan, date)
  const instalments = loan.schedule
    .filter(row => row.overdueOn === null && isPositive(outstandingOf(row)) && compareDates(row.dueDate, date) <= 0)
    .map(row => row.number)
  if (instalments.length > 0) events.push({ type: 'loan.overdue', data: { on: date, instalments } })
  const daysLate = loan.status === 'DISBURSED' ? daysLateOn(loan, date) : 0
  if (daysLate > loan.terms.defaultAfterDays) events.push({ type: 'loan.defaulted', data: { on: date, daysLate } })
  return events
}

/** Interest by days that is not posted yet, through a day; nothing of a loan whose interest is posted, or does not accrue. */
export function accruedBy(loan: LoanState, date: LocalDate): LoanEvent[] {
  if (!accrues(loan) || compareDates(date, accruedThrough(loan)) <= 0) return []
  const interest = allocationOf(loan, settlementOf(loan, loan.payments, date)).accrued
  return [{ type: 'loan.interest-accrued', data: { through: date, interest } }]
}

/** Days since the oldest instalment fell due that is not paid; 0 if none is late. Interest by days does not change it. */
export function daysLateOn(loan: LoanState, date: LocalDate): number {
  const oldest = loan.schedule.find(row => isPositive(outstandingOf(row)))
  return oldest ? Math.max(0, daysBetween(oldest.dueDate, date)) : 0
}

/**
 * The first day whose close may do something to a loan; null where none can until something else happens to it. Never later than
 * the first day for which `closeDay` gives an event, so that a directory of these days finds all loans that a day concerns.
 */
export function concernsDaysFrom(loan: LoanState): LocalDate | null {
  if (loan.status === 'APPROVED') return loan.offerUntil
  if (loan.status !== 'DISBURSED' && loan.status !== 'DEFAULTED') return null
  // Interest by days: every day.
  if (accrues(loan)) return loan.startDate
  const open = loan.schedule.filter(row => isPositive(outstandingOf(row)))
  const days = open.filter(row => row.overdueOn === null).map(row => row.dueDate)
  const oldest = open[0]
  if (oldest && loan.status === 'DISBURSED') days.push(addDays(oldest.dueDate, loan.terms.defaultAfterDays + 1))
  return days.length === 0 ? null : days.reduce((first, day) => (laterDate(first, day) === first ? day : first))
}
