import { directions, type Holder, type PaymentState } from '@growr/lending'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, reverse, type Posting } from '../postings.ts'

/** The originator pays what exchanges lost, or takes what they gained: the position in the project's currency is closed by as much. */
export function exchangeSettled({ kind, projectKey, amount }: PaymentState, holder: Holder): Posting[] {
  const covered = entry(debit(accounts.cash(holder, projectKey), amount), credit(accounts.exchange(amount.currency, projectKey), amount))
  return directions[kind] === 'IN' ? covered : reverse(covered)
}
