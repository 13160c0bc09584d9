import { directions, type Holder, type PaymentState } from '@growr/lending'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, reverse, type Posting } from '../postings.ts'

/** What a network took for a send is advanced for the originator, who gives it back, or deposits it before; what is left is returned. */
export function networkFee({ kind, projectKey, amount }: PaymentState, holder: Holder): Posting[] {
  const advanced = entry(debit(accounts.networkFee(projectKey), amount), credit(accounts.cash(holder, projectKey), amount))
  return directions[kind] === 'OUT' ? advanced : reverse(advanced)
}
