import type { Holder, PaymentState } from '@growr/lending'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'

/** Money arrived at one of the project's holders. The loan or funding that it is for takes it out of clearing. */
export function cashReceived({ projectKey, amount }: PaymentState, to: Holder): Posting[] {
  return entry(debit(accounts.cash(to, projectKey), amount), credit(accounts.clearing(projectKey), amount))
}
