import type { Amount } from '@growr/money'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'

/**
 * Money of one currency becomes money of another. Each currency balances by itself: what leaves becomes a position in the exchange
 * account of its currency, what arrives the opposite position in that of the other.
 */
export function exchanged(projectKey: string, given: { account: string; amount: Amount }, got: { account: string; amount: Amount }): Posting[] {
  return entry(
    debit(accounts.exchange(given.amount.currency, projectKey), given.amount),
    credit(given.account, given.amount),
    debit(got.account, got.amount),
    credit(accounts.exchange(got.amount.currency, projectKey), got.amount),
  )
}
