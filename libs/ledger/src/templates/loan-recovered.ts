import type { Amount } from '@growr/money'
import type { LoanState } from '@growr/lending'
import type { Posting } from '../postings.ts'
import { restated } from './restated.ts'

/** A borrower repays what was written off: the loss comes back as far as it reaches, the rest is owed back. */
export function loanRecovered(before: LoanState, after: LoanState, amount: Amount): Posting[] {
  return restated(before, after, amount)
}
