import { directions, hasOtherSide, type PaymentState } from '@growr/lending'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, reverse, type Posting } from '../postings.ts'

/**
 * What the other side refused: money that came in waits in suspense, money that went out is missing there. Of a payment that was
 * reverted it is the way back that was refused. A hand-over has no other side.
 */
export function unmatched({ kind, status, projectKey, amount }: PaymentState): Posting[] {
  const direction = directions[kind]
  if (!hasOtherSide(kind)) return []
  const arrived = entry(debit(accounts.clearing(projectKey), amount), credit(accounts.suspense(projectKey), amount))
  return (direction === 'IN') === (status !== 'REVERTED') ? arrived : reverse(arrived)
}
