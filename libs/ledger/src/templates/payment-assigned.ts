import type { PaymentState } from '@growr/lending'
import { LedgerError } from '../errors.ts'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'

/**
 * A receipt is found to be a loan's repayment: its money, which lay with the organization, is the project's, and leaves the
 * organization's suspense for the project's clearing, where its loan takes it. `waiting` is the payment before, `assigned` after.
 */
export function paymentAssigned(waiting: PaymentState, assigned: PaymentState): Posting[] {
  const { to, amount } = assigned
  if (!to) throw new LedgerError('STATE_MISSING', 'a receipt names where its money lies')
  return entry(
    debit(accounts.cash(to, assigned.projectKey), amount),
    credit(accounts.cash(to, waiting.projectKey), amount),
    debit(accounts.suspense(waiting.projectKey), amount),
    credit(accounts.clearing(assigned.projectKey), amount),
  )
}
