import type { Holder, PaymentState } from '@growr/lending'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'

/** Money left one of the project's holders. The loan, funding or share that it is for brings it into clearing. */
export function cashPaid({ projectKey, amount }: PaymentState, from: Holder): Posting[] {
  return entry(debit(accounts.clearing(projectKey), amount), credit(accounts.cash(from, projectKey), amount))
}
