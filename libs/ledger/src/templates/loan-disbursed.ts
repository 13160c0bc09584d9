import { earnedInterest, type LoanState } from '@growr/lending'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'

/**
 * A loan is paid out. The borrower owes the principal, and of a flat loan the whole interest, which is earned at once. The payout
 * leaves through clearing; what is withheld from it is owed: the fee to the originator, the deposit to the borrower.
 */
export function loanDisbursed(loan: LoanState): Posting[] {
  const interest = earnedInterest(loan)
  return entry(
    debit(accounts.receivablePrincipal(loan.projectKey), loan.contractAmount),
    debit(accounts.receivableInterest(loan.projectKey), interest),
    credit(accounts.clearing(loan.projectKey), loan.payout),
    credit(accounts.payableFee(loan.projectKey), loan.fee),
    credit(accounts.payableDeposit(loan.projectKey), loan.deposit),
    credit(accounts.interestIncome(loan.projectKey), interest),
  )
}
