import { earnedInterest, type LoanState } from '@growr/lending'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'

/** An open loan is taken over from the originator's former books: its principal is junior capital in kind, its interest income. No cash moves. */
export function loanImported(loan: LoanState): Posting[] {
  const interest = earnedInterest(loan)
  return entry(
    debit(accounts.receivablePrincipal(loan.projectKey), loan.contractAmount),
    debit(accounts.receivableInterest(loan.projectKey), interest),
    credit(accounts.juniorCapital(loan.projectKey), loan.contractAmount),
    credit(accounts.interestIncome(loan.projectKey), interest),
  )
}
