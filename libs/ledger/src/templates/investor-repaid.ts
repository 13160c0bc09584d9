import type { FundingState } from '@growr/lending'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'

/** An investor is repaid while the project runs: yield, which is an expense when it is paid, and principal. */
export function investorRepaid(funding: FundingState): Posting[] {
  return entry(
    debit(accounts.yieldExpense(funding.projectKey), funding.split.yield),
    debit(accounts.seniorCapital(funding.projectKey), funding.split.principal),
    credit(accounts.clearing(funding.projectKey), funding.amount),
  )
}
