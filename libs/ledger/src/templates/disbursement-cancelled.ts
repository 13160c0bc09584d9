import type { LoanState } from '@growr/lending'
import { reverse, type Posting } from '../postings.ts'
import { loanDisbursed } from './loan-disbursed.ts'

/** A disbursement is taken back before anything was repaid: what it posted, and interest accrued since, exchanged in their sides. */
export function disbursementCancelled(before: LoanState): Posting[] {
  return reverse(loanDisbursed(before))
}
