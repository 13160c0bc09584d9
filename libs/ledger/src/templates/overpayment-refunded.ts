import type { Amount } from '@growr/money'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'

/** What a borrower paid too much goes back. */
export function overpaymentRefunded(projectKey: string, amount: Amount): Posting[] {
  return entry(debit(accounts.payableOverpayment(projectKey), amount), credit(accounts.clearing(projectKey), amount))
}
