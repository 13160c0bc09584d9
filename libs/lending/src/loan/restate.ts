import { percentOf, subtract, zero, type Amount } from '@growr/money'
import { laterDate, type LocalDate } from '../calendar.ts'
import { expectSame } from '../checks.ts'
import { earnedInterest, paidOf } from '../position.ts'
import type { Allocation, LoanMoney, LoanPayment, LoanRescheduled, LoanState } from '../types/loan.ts'
import { daysLateOn } from './day.ts'
import { accruedThrough, allocationOf, settled, settlementOf, type LoanSettlement } from './settlement.ts'

// A loan after its list of payments, or its schedule, has changed: worked out anew, with the status that follows.

/** The loan as it comes out, and what changed against the one before. */
export interface Restatement {
  readonly after: LoanState
  readonly settlement: LoanSettlement
  readonly allocation: Allocation
  /** What of a written-off loss is brought back, negative where it stands again. */
  readonly loss: Amount
  readonly cured: boolean
}

/** The loan with another list of payments, as of a booking day. */
export function restated(loan: LoanState, payments: readonly LoanPayment[], through: LocalDate, bookedOn: LocalDate): Restatement {
  const settlement = settlementOf(loan, payments, through)
  const nothing = zero(loan.currency.code)
  const next = settled(loan, settlement, payments, through)
  const after = withStatus(loan, next, settlement, bookedOn)
  return {
    after,
    settlement,
    allocation: allocationOf(loan, settlement),
    loss: subtract(after.recovered ?? nothing, loan.recovered ?? nothing),
    cured: loan.status === 'DEFAULTED' && after.status === 'DISBURSED',
  }
}

/** One payment more. Interest by days accrues through its value date. */
export function paymentAdded(loan: LoanState, { paymentKey, amount, valueDate, bookingDate }: LoanMoney): Restatement {
  const payments = [...loan.payments, { key: paymentKey, amount, valueDate }]
  return restated(loan, payments, laterDate(accruedThrough(loan), valueDate), bookingDate)
}

/** One payment less, as if it had never been. */
export function paymentReversed(loan: LoanState, paymentKey: string, on: LocalDate): Restatement {
  return restated(loan, loan.payments.filter(({ key }) => key !== paymentKey), accruedThrough(loan), on)
}

/** Whatever was paid by value dates decides: repaid, still written off, still in default while anything is late, else running. */
function withStatus(before: LoanState, loan: LoanState, { settledOn, inTime }: LoanSettlement, bookedOn: LocalDate): LoanState {
  const nothing = zero(loan.currency.code)
  if (settledOn !== null) {
    const cashBack = inTime ? percentOf(loan.contractAmount, loan.terms.cashBackRate, 'HALF_EVEN') : nothing
    return { ...loan, status: 'REPAID', repaidOn: settledOn, cashBack }
  }
  const open = { ...loan, repaidOn: null, cashBack: nothing }
  if (loan.writtenOff) return { ...open, status: 'WRITTEN_OFF' }
  if (before.status !== 'DEFAULTED') return { ...open, status: 'DISBURSED' }
  if (daysLateOn(loan, bookedOn) > 0) return { ...open, status: 'DEFAULTED' }
  return { ...open, status: 'DISBURSED', ...(loan.defaulted ? { defaulted: { ...loan.defaulted, curedOn: bookedOn } } : {}) }
}

/** Throws EVENT_INCONSISTENT where an event says other changes than the rules give. */
export function expectChanges({ allocation, loss }: Restatement, said: Allocation & { readonly loss: Amount }): void {
  expectSame(said.accrued, allocation.accrued, 'accrued interest')
  expectSame(said.interest, allocation.interest, 'the interest paid')
  expectSame(said.principal, allocation.principal, 'the principal paid')
  expectSame(said.overpaid, allocation.overpaid, 'the overpayment')
  expectSame(said.loss, loss, 'the recovered loss')
}

/** The loan written off as it stands: principal, and interest that it has earned. */
export function writtenOff(loan: LoanState, on: LocalDate): LoanState & { readonly writtenOff: NonNullable<LoanState['writtenOff']> } {
  const paid = paidOf(loan)
  const principal = subtract(loan.contractAmount, paid.principal)
  const interest = subtract(earnedInterest(loan), paid.interest)
  return { ...loan, status: 'WRITTEN_OFF', writtenOff: { on, principal, interest }, recovered: zero(loan.currency.code) }
}

/** The loan with one schedule more, of which nothing is worked out yet. */
export function withReschedule(loan: LoanState, change: Omit<LoanRescheduled, 'rows' | 'cancelledInterest' | 'addedInterest'>): LoanState {
  const { on, months, firstDue, reason } = change
  return { ...loan, reschedules: [...(loan.reschedules ?? []), { on, months, firstDue, reason, previous: loan.schedule }] }
}

