import { negate, type Amount } from '@growr/money'
import type { LoanState } from '@growr/lending'
import type { Posting } from '../postings.ts'
import { restated } from './restated.ts'

/** A repayment is taken out of its loan: its money goes back through clearing, and all that it settled is owed again. */
export function paymentReversed(before: LoanState, after: LoanState, amount: Amount): Posting[] {
  return restated(before, after, negate(amount))
}
