import type { FundingState } from '@growr/lending'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'

/** The originator's own money came in: junior, first-loss capital. */
export function juniorFunded(funding: FundingState): Posting[] {
  return entry(debit(accounts.clearing(funding.projectKey), funding.amount), credit(accounts.juniorCapital(funding.projectKey), funding.amount))
}
