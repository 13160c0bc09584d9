import type { FundingState } from '@growr/lending'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'

/** An investor's money came in: senior capital. */
export function projectFunded(funding: FundingState): Posting[] {
  return entry(debit(accounts.clearing(funding.projectKey), funding.amount), credit(accounts.seniorCapital(funding.projectKey), funding.amount))
}
