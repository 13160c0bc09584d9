import { compare, isZero, type Amount } from '@growr/money'
import { compareDates, isDate, type LocalDate } from '../calendar.ts'
import { figures, firstRefusal, refuse, type Decision, type Refused } from '../refusals.ts'
import type { LoanEvent, LoanState } from '../types/loan.ts'
import type { ProjectState } from '../types/project.ts'
import { accruedBy } from './day.ts'
import { requireLoanStatus, requireUndistributed } from './require.ts'
import { paymentReversed, writtenOff } from './restate.ts'
import { accruedThrough, settled, settlementOf } from './settlement.ts'

export interface ReversePayment {
  readonly project: ProjectState
  readonly paymentKey: string
  readonly on: LocalDate
  /** A code, nothing personal. */
  readonly reason: string
}

/**
 * Refuses unless a payment of the loan may be taken back: NOT_FOUND if the loan has none of that key, PROJECT_STATUS once the project
 * was shared out, NOT_OWED if what it overpaid was returned already. Ask before the money's side is reverted.
 */
export function requireReversible(loan: LoanState, { project, paymentKey, on }: Omit<ReversePayment, 'reason'>): Refused | null {
  const payment = loan.payments.find(({ key }) => key === paymentKey)
  if (!payment) return refuse('NOT_FOUND', 'payment')
  return firstRefusal(
    () => requireUndistributed(project),
    () => requireLoanStatus(loan, 'DISBURSED', 'DEFAULTED', 'REPAID', 'WRITTEN_OFF'),
    () => (isDate(on) && compareDates(payment.valueDate, on) <= 0 ? null : refuse('VALUE_DATE', 'on', { earliest: payment.valueDate })),
    () => requireNotRefunded(loan, paymentReversed(loan, paymentKey, on).after.overpaid),
  )
}

function requireNotRefunded(loan: LoanState, overpaid: Amount): Refused | null {
  if (compare(loan.overpaymentRefunded, overpaid) <= 0) return null
  return refuse('NOT_OWED', 'payment', figures(loan.currency, { overpaid, refunded: loan.overpaymentRefunded }))
}

export function reversePayment(loan: LoanState, command: ReversePayment): Decision<LoanEvent> {
  const refused = requireReversible(loan, command)
  if (refused) return refused
  const { paymentKey, on, reason } = command
  const { amount } = loan.payments.find(({ key }) => key === paymentKey)!
  const { after, allocation, loss } = paymentReversed(loan, paymentKey, on)
  const reopened = loan.status === 'REPAID' && after.status !== 'REPAID'
  const data = { paymentKey, amount, on, reason, allocation, ...(isZero(loss) ? {} : { loss }), reopened }
  return { events: [{ type: 'loan.payment-reversed', data }] }
}

/** Gives a loan in default up: what it owes is a loss, with interest by days through that day. */
export function writeOff(loan: LoanState, { project, on }: { readonly project: ProjectState; readonly on: LocalDate }): Decision<LoanEvent> {
  const earliest = loan.payments.reduce((day, { valueDate }) => (compareDates(valueDate, day) > 0 ? valueDate : day), accruedThrough(loan))
  const refused = firstRefusal(
    () => requireUndistributed(project),
    () => requireLoanStatus(loan, 'DEFAULTED'),
    () => (isDate(on) && compareDates(on, earliest) >= 0 ? null : refuse('VALUE_DATE', 'on', { earliest })),
  )
  if (refused) return refused
  const accrued = accruedBy(loan, on)
  const through = accrued.length === 0 ? loan : settled(loan, settlementOf(loan, loan.payments, on), loan.payments, on)
  const { principal, interest } = writtenOff(through, on).writtenOff
  return { events: [...accrued, { type: 'loan.written-off', data: { on, principal, interest } }] }
}

