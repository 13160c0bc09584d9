import { subtract, type Amount } from '@growr/money'
import { loanContribution, type LoanState } from '@growr/lending'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'

/**
 * What a loan that was worked out anew changes: receivables, loss, income and what was overpaid, against the money that came in through
 * clearing (went out, if negative). Balances because a loan's contribution to its project's position does.
 */
export function restated(before: LoanState, after: LoanState, received: Amount): Posting[] {
  const was = loanContribution(before)
  const is = loanContribution(after)
  const { projectKey } = after
  return entry(
    debit(accounts.clearing(projectKey), received),
    debit(accounts.receivableInterest(projectKey), subtract(is.receivableInterest, was.receivableInterest)),
    debit(accounts.receivablePrincipal(projectKey), subtract(is.receivablePrincipal, was.receivablePrincipal)),
    debit(accounts.lossExpense(projectKey), subtract(is.losses, was.losses)),
    credit(accounts.interestIncome(projectKey), subtract(is.interestIncome, was.interestIncome)),
    credit(accounts.payableOverpayment(projectKey), subtract(is.overpaymentsOwed, was.overpaymentsOwed)),
  )
}
