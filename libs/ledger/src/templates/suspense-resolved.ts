import type { PaymentState } from '@growr/lending'
import { reverse, type Posting } from '../postings.ts'
import { unmatched } from './payment-unmatched.ts'

/** An open case is resolved: the money is back in clearing, for its loan or funding to take, or for the payment to be reverted. */
export function suspenseResolved(payment: PaymentState): Posting[] {
  return reverse(unmatched(payment))
}
