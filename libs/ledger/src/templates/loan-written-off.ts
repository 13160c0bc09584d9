import { zero } from '@growr/money'
import type { LoanState } from '@growr/lending'
import type { Posting } from '../postings.ts'
import { restated } from './restated.ts'

/** What a loan in default still owes becomes a loss: principal, and interest that was posted. */
export function loanWrittenOff(before: LoanState, after: LoanState): Posting[] {
  return restated(before, after, zero(after.currency.code))
}
