import { subtract } from '@growr/money'
import { earnedInterest, type LoanState } from '@growr/lending'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'

/** Ad-hoc interest through a day that closed: what has been earned by then, less what was posted before. */
export function interestAccrued(before: LoanState, after: LoanState): Posting[] {
  const interest = subtract(earnedInterest(after), earnedInterest(before))
  return entry(
    debit(accounts.receivableInterest(after.projectKey), interest),
    credit(accounts.interestIncome(after.projectKey), interest),
  )
}
