import type { Holder, PaymentState } from '@growr/lending'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'

/** Cash changed hands inside the organization, or was paid in at the bank: the project has as much as before. */
export function cashHandedOver({ projectKey, amount }: PaymentState, from: Holder, to: Holder): Posting[] {
  return entry(debit(accounts.cash(to, projectKey), amount), credit(accounts.cash(from, projectKey), amount))
}
