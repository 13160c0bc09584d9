import { subtract, type Amount } from '@growr/money'
import { paidOf, type LoanState } from '@growr/lending'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'
import { interestAccrued } from './interest-accrued.ts'

/**
 * A repayment came in through clearing: against interest and principal as the schedule stands before and after, the rest is owed back.
 * Of an ad-hoc loan the interest up to the value date is accrued with it.
 */
export function instalmentPaid(before: LoanState, after: LoanState, amount: Amount): Posting[] {
  const paid = { before: paidOf(before), after: paidOf(after) }
  return [
    ...interestAccrued(before, after),
    ...entry(
      debit(accounts.clearing(after.projectKey), amount),
      credit(accounts.receivableInterest(after.projectKey), subtract(paid.after.interest, paid.before.interest)),
      credit(accounts.receivablePrincipal(after.projectKey), subtract(paid.after.principal, paid.before.principal)),
      credit(accounts.payableOverpayment(after.projectKey), subtract(after.overpaid, before.overpaid)),
    ),
  ]
}
