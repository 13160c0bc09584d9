import { add, maximum, minimum, percentOf, subtract, sum, zero, type Amount } from '@growr/money'
import type { LocalDate } from './calendar.ts'
import { schedules } from './schedule/index.ts'
import type { Instalment } from './types/loan.ts'
import type { LendingTerms, LoanTerms } from './types/project.ts'

/** The figures of a loan. Before the disbursement dates, and an ad-hoc loan's interest, are an estimate. */
export interface LoanFigures {
  readonly schedule: readonly Instalment[]
  readonly interestAmount: Amount
  readonly commitmentAmount: Amount
  readonly fee: Amount
  readonly deposit: Amount
  readonly payout: Amount
}

/** What a project would lend to somebody who asks: principal and months are the nearest that it accepts. */
export interface Quote extends LoanFigures {
  readonly contractAmount: Amount
  readonly months: number
  /** What the borrower earns by repaying every instalment in time. */
  readonly cashBack: Amount
}

/**
 * Works out a loan. Fee and risk deposit (the latter of community loans only) are withheld from the payout, so that they are money
 * that the project has from the first day and no borrower has to bring before being paid.
 */
export function loanFigures(principal: Amount, months: number, terms: LoanTerms, start: LocalDate): LoanFigures {
  const schedule = schedules[terms.schedule].draw({ principal, months, terms, start })
  const interestAmount = sum(principal.currency, schedule.map(row => row.interest))
  const fee = percentOf(principal, terms.disbursementFee, 'HALF_EVEN')
  const deposit = terms.isCommunity ? percentOf(principal, terms.riskDepositRate, 'HALF_EVEN') : zero(principal.currency)
  return {
    schedule,
    interestAmount,
    commitmentAmount: add(principal, interestAmount),
    fee,
    deposit,
    payout: subtract(subtract(principal, fee), deposit),
  }
}

/** What asking for that amount and those months comes to, brought to the nearest that the project accepts. */
export function quote(terms: LendingTerms, requestedAmount: Amount, requestedMonths: number, start: LocalDate): Quote {
  const contractAmount = minimum(maximum(requestedAmount, terms.minAmount), terms.maxAmount)
  const months = Math.min(Math.max(requestedMonths, terms.minMonths), terms.maxMonths)
  return {
    contractAmount,
    months,
    cashBack: percentOf(contractAmount, terms.cashBackRate, 'HALF_EVEN'),
    ...loanFigures(contractAmount, months, terms, start),
  }
}

/** The terms that a loan takes over, without the project's bounds. */
export function loanTermsOf(terms: LendingTerms): LoanTerms {
  const { type: _type, minAmount: _minAmount, maxAmount: _maxAmount, minMonths: _minMonths, maxMonths: _maxMonths, ...own } = terms
  return own
}
