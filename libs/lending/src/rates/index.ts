import type { Amount, Ratio } from '@growr/money'
import { addMonths, compareDates, daysBetween, type LocalDate } from '../calendar.ts'
import { DomainFault } from '../faults.ts'
import { solveRate } from './solve.ts'

/** Money on a day: what comes in and what goes out differ in their signs, seen from whichever side. All in one currency. */
export interface CashFlow {
  readonly date: LocalDate
  readonly amount: Amount
}

/**
 * The annual percentage rate of charge, in percent with one decimal ("57.9"), by the basic equation of Directive 2008/48/EC, Annex I
 * (Directive (EU) 2023/2225, Annex III, has the same): Σ Ck (1 + X)^−tk = Σ Dl (1 + X)^−sl. Drawdowns positive, repayments and charges
 * negative, or the other way round. Intervals count from the first drawdown in years of twelve equal months; days that are no whole
 * month as days of the 365 (366) of the year that ends with them. The decimal is raised if the next one is 5 or more (remark d).
 * Null where no rate solves it.
 */
export function apr(flows: readonly CashFlow[]): string | null {
  const start = firstOf(flows)
  return start === null ? null : solveRate(flows.map(({ date, amount }) => ({ amount: amount.amount, years: yearsByMonths(start, date) })), 1)
}

/**
 * The internal rate of return of flows on any days, in percent a year with two decimals ("37.34"), as spreadsheets reckon XIRR:
 * Σ P × (1 + r)^−(days / 365) = 0, days counted from the first flow. Of several rates the one nearest to 10 %. Null where there is none:
 * no change of sign, or everything on one day.
 */
export function xirr(flows: readonly CashFlow[]): string | null {
  const start = firstOf(flows)
  if (start === null) return null
  return solveRate(flows.map(({ date, amount }) => ({ amount: amount.amount, years: { numerator: BigInt(daysBetween(start, date)), denominator: 365n } })), 2)
}

function firstOf(flows: readonly CashFlow[]): LocalDate | null {
  const [first] = flows
  if (!first) return null
  if (flows.some(({ amount }) => amount.currency !== first.amount.currency)) throw new DomainFault('INPUT_INVALID', 'a rate is worked out in one currency')
  return flows.reduce((earliest, { date }) => (compareDates(date, earliest) < 0 ? date : earliest), first.date)
}

/** Whole months, and what days remain at the beginning: counted backwards from the later date, as the directive tells. */
function yearsByMonths(start: LocalDate, date: LocalDate): Ratio {
  let months = Math.floor(daysBetween(start, date) / 28)
  while (months > 0 && compareDates(addMonths(start, months), date) > 0) months -= 1
  if (addMonths(start, months) === date) return { numerator: BigInt(months), denominator: 12n }
  while (months > 0 && compareDates(addMonths(date, -months), start) < 0) months -= 1
  const rest = addMonths(date, -months)
  const year = BigInt(daysBetween(addMonths(rest, -12), rest))
  return { numerator: BigInt(months) * year + 12n * BigInt(daysBetween(start, rest)), denominator: 12n * year }
}
