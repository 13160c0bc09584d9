import { compare, isNegative, isPositive, parseDecimal, parseRate, type Amount, type Currency, type Json } from '@growr/money'
import { compareDates, isDate } from '../calendar.ts'
import { quote } from '../quote.ts'
import { refuse, type Refused } from '../refusals.ts'
import { schedules } from '../schedule/index.ts'
import type { FundingSource, LendingTerms, ProjectParams } from '../types/project.ts'

/** The longest duration of a loan, in months. */
export const MAXIMUM_MONTHS = 600

/** Refuses PROJECT_TERMS, with the path, for parameters that do not fit together. */
export function checkParams(params: ProjectParams, currency: Currency): Refused | null {
  const { startDate, endDate, amount, juniorRate, loans } = params
  if (!isDate(startDate)) return terms('startDate')
  if (!isDate(endDate) || compareDates(startDate, endDate) > 0) return terms('endDate')
  if (!isMoney(amount, currency)) return terms('amount')
  if (!isRate(juniorRate)) return terms('juniorRate')
  return checkLending(loans, amount, currency)
}

/** Refuses PROJECT_TERMS for a funding source whose figures make no sense. */
export function checkSource(source: FundingSource, currency: Currency, path: string): Refused | null {
  if (!isRate(source.interestRate)) return terms(`${path}.interestRate`)
  if (!isDecimal(source.leverageFactor)) return terms(`${path}.leverageFactor`)
  if (!isMoney(source.minAmount, currency)) return terms(`${path}.minAmount`)
  if (!isMoney(source.maxAmount, currency) || compare(source.minAmount, source.maxAmount) > 0) return terms(`${path}.maxAmount`)
  return null
}

/** True if the criteria trust somebody: their `trusted` is a list that is not empty. */
export function trustsSomebody(criteria: Json): boolean {
  if (typeof criteria !== 'object' || criteria === null || !('trusted' in criteria)) return false
  return Array.isArray(criteria.trusted) && criteria.trusted.length > 0
}

function checkLending(loans: LendingTerms, amount: Amount, currency: Currency): Refused | null {
  if (!Object.hasOwn(schedules, loans.schedule)) return terms('loans.schedule')
  if (!isMoney(loans.minAmount, currency)) return terms('loans.minAmount')
  if (!isMoney(loans.maxAmount, currency) || compare(loans.minAmount, loans.maxAmount) > 0 || compare(loans.maxAmount, amount) > 0) {
    return terms('loans.maxAmount')
  }
  if (!isCount(loans.minMonths, 1, MAXIMUM_MONTHS)) return terms('loans.minMonths')
  if (!isCount(loans.maxMonths, loans.minMonths, MAXIMUM_MONTHS)) return terms('loans.maxMonths')
  for (const rate of ['interestRate', 'disbursementFee', 'cashBackRate', 'riskDepositRate'] as const) {
    if (!isRate(loans[rate])) return terms(`loans.${rate}`)
  }
  // Grace leaves at least one instalment with principal; an ad-hoc loan has only one.
  const longestGrace = schedules[loans.schedule].accrues ? 0 : loans.minMonths - 1
  if (!isCount(loans.gracePeriod, 0, longestGrace)) return terms('loans.gracePeriod')
  if (!isCount(loans.defaultAfterDays, 1, 36_500)) return terms('loans.defaultAfterDays')
  if (!isCount(loans.offerDays, 1, 3_650)) return terms('loans.offerDays')
  if (!isCount(loans.coolingOffDays ?? 0, 0, 365)) return terms('loans.coolingOffDays')
  if (loans.approvalAbove && (loans.approvalAbove.currency !== currency.code || isNegative(loans.approvalAbove))) return terms('loans.approvalAbove')
  if (typeof loans.debtCeiling === 'string' && !isDecimal(loans.debtCeiling)) return terms('loans.debtCeiling')
  return checkPayout(loans)
}

/** Fee and deposit, each rounded, must leave something to pay out of the smallest and of the largest loan. */
function checkPayout(loans: LendingTerms): Refused | null {
  const start = '2000-01-01'
  const smallest = quote(loans, loans.minAmount, loans.minMonths, start)
  const largest = quote(loans, loans.maxAmount, loans.minMonths, start)
  return isPositive(smallest.payout) && isPositive(largest.payout) ? null : terms('loans.disbursementFee')
}

function terms(path: string): Refused {
  return refuse('PROJECT_TERMS', path)
}

function isMoney(amount: Amount, currency: Currency): boolean {
  return amount.currency === currency.code && isPositive(amount)
}

function isCount(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

function isRate(text: string): boolean {
  return succeeds(() => parseRate(text))
}

function isDecimal(text: string): boolean {
  return succeeds(() => parseDecimal(text))
}

function succeeds(act: () => unknown): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}
