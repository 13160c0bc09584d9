import { compareDates, daysBetween, laterDate, type LocalDate } from '../calendar.ts'
import { DomainFault } from '../faults.ts'
import { interestByDays } from '../interest.ts'
import type { Instalment, LoanPayment } from '../types/loan.ts'
import { dueDateOf, instalment, type ScheduleBuilder, type ScheduleInput, type Settlement } from './schedule.ts'

/** Ad-hoc (bullet): everything is due at once, after the loan's months; its interest is an estimate, as if nothing were paid before. */
function draw(input: ScheduleInput): Instalment[] {
  const { principal, months, terms, start, carried } = input
  if (!Number.isInteger(months) || months < 1 || principal.amount <= 0n) {
    throw new DomainFault('INPUT_INVALID', 'an ad-hoc loan has a principal and at least one month')
  }
  const dueDate = dueDateOf(input, months)
  const interest = interestByDays(principal, terms.interestRate, daysBetween(start, dueDate))
  return [instalment(1, dueDate, principal.amount, interest.amount + (carried?.amount ?? 0n), principal.currency)]
}

/**
 * Interest by actual days over 360 on the outstanding principal, rounded half-even once for each period between payments. A payment
 * covers the interest up to its value date first, then principal. The row's interest is what has accrued, and, while the loan runs,
 * what will have by its due date if nothing more is paid.
 */
function settle(input: ScheduleInput, drawn: readonly Instalment[], payments: readonly LoanPayment[], through: LocalDate): Settlement {
  const [row] = drawn
  if (!row || drawn.length !== 1) throw new DomainFault('INPUT_INVALID', 'an ad-hoc loan has one row')
  const currency = input.principal.currency
  const money = (amount: bigint) => ({ amount, currency })
  const period = (principal: bigint, from: LocalDate, to: LocalDate) =>
    compareDates(from, to) < 0 ? interestByDays(money(principal), input.terms.interestRate, daysBetween(from, to)).amount : 0n

  let day = input.start
  let principalLeft = input.principal.amount
  // Carried interest bears none.
  let accrued = input.carried?.amount ?? 0n
  let paidInterest = 0n
  let overpaid = 0n
  let settledOn: LocalDate | null = null
  for (const payment of payments.toSorted((a, b) => compareDates(a.valueDate, b.valueDate))) {
    accrued += period(principalLeft, day, payment.valueDate)
    day = laterDate(day, payment.valueDate)
    let rest = payment.amount.amount
    const interest = least(rest, accrued - paidInterest)
    paidInterest += interest
    rest -= interest
    const principal = least(rest, principalLeft)
    principalLeft -= principal
    overpaid += rest - principal
    if (principalLeft === 0n && accrued === paidInterest) settledOn ??= payment.valueDate
  }
  accrued += period(principalLeft, day, through)
  day = laterDate(day, through)
  const expected = accrued + period(principalLeft, day, row.dueDate)
  return {
    rows: [{
      ...row,
      interest: money(expected),
      paidInterest: money(paidInterest),
      paidPrincipal: money(input.principal.amount - principalLeft),
      settledOn,
    }],
    accrued: money(accrued),
    paidInterest: money(paidInterest),
    paidPrincipal: money(input.principal.amount - principalLeft),
    overpaid: money(overpaid),
    settledOn,
    inTime: compareDates(settledOn ?? through, row.dueDate) <= 0,
  }
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

export const adHoc: ScheduleBuilder = { accrues: true, draw, settle }
