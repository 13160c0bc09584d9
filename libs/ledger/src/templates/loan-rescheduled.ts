import { zero } from '@growr/money'
import type { LoanState } from '@growr/lending'
import type { Posting } from '../postings.ts'
import { restated } from './restated.ts'

/** A new schedule takes the old one's place: the difference of their interest. Of a loan whose interest accrues by days, nothing. */
export function loanRescheduled(before: LoanState, after: LoanState): Posting[] {
  return restated(before, after, zero(after.currency.code))
}
