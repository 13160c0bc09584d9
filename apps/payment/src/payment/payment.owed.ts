import type { ActionContext } from '@growr/bus'
import { loan as loans, Refusal } from '@growr/contracts'
import type { PaymentState } from '@growr/lending'
import { compare, currencyOf, parseAmount } from '@growr/money'
import type { Payments } from '../payments.ts'

// What a loan says is as of the payments that it has heard of. Where money leaves for it, or is taken back from it, that must be all.

/** Gives the loan of a payment the time to hear of what happened before; call it outside of every queue. */
export async function awaitLoan({ books, heard, reached }: Payments, key: string): Promise<void> {
  const { organizationId, loanKey } = books.require(key).state
  if (loanKey !== null && books.isUnheard(organizationId, loanKey, reached(organizationId))) await heard(organizationId)
}

/** UNAVAILABLE while a loan has not heard of one of its payments. */
export function requireHeard({ books, reached }: Payments, { organizationId, loanKey }: PaymentState): void {
  if (loanKey !== null && books.isUnheard(organizationId, loanKey, reached(organizationId))) throw new Refusal('UNAVAILABLE', { details: { waitsFor: 'loan' } })
}

/**
 * Whether a payout or a refund that was registered is owed still: the borrower may have withdrawn in the same moment, or the payment
 * that was too much may have been taken back since. LOAN_STATUS, NOTHING_TO_RETURN. Shares of a wound-up project stay owed.
 */
export async function requireStillOwed(payments: Payments, state: PaymentState, context: ActionContext): Promise<void> {
  if (state.loanKey === null || (state.kind !== 'DISBURSEMENT' && state.kind !== 'OVERPAYMENT_REFUND')) return
  requireHeard(payments, state)
  const { status, overpaid, currency } = await context.as().call(loans.findByKey, { key: state.loanKey })
  if (state.kind === 'DISBURSEMENT' && status !== 'SIGNED') throw new Refusal('LOAN_STATUS', { path: 'loan', details: { status } })
  if (state.kind === 'OVERPAYMENT_REFUND' && compare(parseAmount(overpaid, currencyOf(currency)), state.amount) < 0) throw new Refusal('NOTHING_TO_RETURN', { path: 'loan' })
}
