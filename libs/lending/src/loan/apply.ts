import { add, percentOf, zero, type Amount } from '@growr/money'
import { addDays, laterDate } from '../calendar.ts'
import { existing, expectNone, expectSame, expectStatus, unknownEvent } from '../checks.ts'
import { loanFigures } from '../quote.ts'
import { withSubject } from '../subject.ts'
import type { InstalmentPaid, LoanApplied, LoanEvent, LoanMoney, LoanState } from '../types/loan.ts'
import { accrues, accruedThrough, allocationOf, settled, settlementOf } from './settlement.ts'

/**
 * The state of a loan after an event. Works every figure out by the rules instead of believing the event: an auditor who replays
 * the events recomputes the arithmetic. Throws a DomainFault where the event cannot follow, or says other figures.
 */
export function applyLoan(state: LoanState | null, event: LoanEvent): LoanState {
  return withSubject<LoanState>(next(state, event), state?.subject, event)
}

function next(state: LoanState | null, event: LoanEvent): LoanState {
  const { type } = event
  switch (type) {
    case 'loan.approved': {
      expectNone(state, type)
      return approved(event.data)
    }
    case 'loan.refused': {
      expectNone(state, type)
      return { ...application(event.data), status: 'REFUSED', refusals: event.data.refusals }
    }
    case 'loan.signed': {
      const loan = from(state, type, ['APPROVED'])
      return { ...loan, status: 'SIGNED', signedOn: event.data.on, contractDigest: event.data.contractDigest }
    }
    case 'loan.disbursed': return disbursed(from(state, type, ['SIGNED']), event.data)
    case 'loan.disbursement-cancelled': {
      const loan = from(state, type, ['DISBURSED'])
      const figures = loanFigures(loan.contractAmount, loan.months, loan.terms, loan.applicationDate)
      return { ...loan, ...figures, status: 'SIGNED', disbursementKey: null, startDate: null, endDate: null, accrued: null }
    }
    case 'loan.interest-accrued': {
      const loan = from(state, type, ['DISBURSED', 'DEFAULTED'])
      const settlement = settlementOf(loan, loan.payments, event.data.through)
      expectSame(event.data.interest, allocationOf(loan, settlement).accrued, 'accrued interest')
      return settled(loan, settlement, loan.payments, event.data.through)
    }
    case 'loan.instalment-paid': return paid(from(state, type, ['DISBURSED', 'DEFAULTED', 'REPAID']), event.data)
    case 'loan.overdue': {
      const loan = from(state, type, ['DISBURSED', 'DEFAULTED'])
      const { on, instalments } = event.data
      return { ...loan, schedule: loan.schedule.map(row => (instalments.includes(row.number) ? { ...row, overdueOn: on } : row)) }
    }
    case 'loan.overpayment-refunded': {
      const loan = from(state, type, ['DISBURSED', 'DEFAULTED', 'REPAID'])
      return { ...loan, overpaymentRefunded: add(loan.overpaymentRefunded, event.data.amount) }
    }
    case 'loan.lapsed': {
      const loan = from(state, type, ['APPROVED'])
      return { ...loan, status: 'CANCELLED', cancelled: { on: event.data.on, reason: 'LAPSED' } }
    }
    case 'loan.cancelled': {
      const loan = from(state, type, ['APPROVED', 'SIGNED'])
      return { ...loan, status: 'CANCELLED', cancelled: event.data }
    }
    default: return unknownEvent(event)
  }
}

function from(state: LoanState | null, type: string, allowed: readonly LoanState['status'][]): LoanState {
  const loan = existing(state, type)
  expectStatus(loan.status, allowed, type)
  return loan
}

function application(data: LoanApplied): LoanState {
  const nothing = zero(data.currency.code)
  return {
    key: data.key,
    projectKey: data.projectKey,
    organizationId: data.organizationId,
    status: 'DRAFT',
    type: data.type,
    currency: data.currency,
    verifierDid: data.verifierDid,
    requestedAmount: data.requestedAmount,
    requestedMonths: data.requestedMonths,
    contractAmount: nothing,
    months: data.requestedMonths,
    terms: data.terms,
    interestAmount: nothing,
    commitmentAmount: nothing,
    fee: nothing,
    deposit: nothing,
    payout: nothing,
    applicationDate: data.applicationDate,
    offerUntil: null,
    signedOn: null,
    contractDigest: null,
    disbursementKey: null,
    startDate: null,
    endDate: null,
    schedule: [],
    accrued: null,
    payments: [],
    repaidAmount: nothing,
    repaidOn: null,
    overpaid: nothing,
    overpaymentRefunded: nothing,
    cashBack: nothing,
    refusals: [],
    cancelled: null,
  }
}

function approved(data: LoanApplied & { readonly contractAmount: Amount; readonly months: number }): LoanState {
  const { contractAmount, months } = data
  return {
    ...application(data),
    ...loanFigures(contractAmount, months, data.terms, data.applicationDate),
    status: 'APPROVED',
    contractAmount,
    months,
    offerUntil: addDays(data.applicationDate, data.terms.offerDays),
  }
}

function disbursed(loan: LoanState, data: LoanMoney): LoanState {
  expectSame(data.amount, loan.payout, 'the payout')
  const figures = loanFigures(loan.contractAmount, loan.months, loan.terms, data.valueDate)
  return {
    ...loan,
    ...figures,
    status: 'DISBURSED',
    disbursementKey: data.paymentKey,
    startDate: data.valueDate,
    endDate: figures.schedule.at(-1)?.dueDate ?? null,
    accrued: accrues(loan) ? { through: data.valueDate, interest: zero(loan.currency.code) } : null,
  }
}

function paid(loan: LoanState, data: InstalmentPaid): LoanState {
  const payments = [...loan.payments, { key: data.paymentKey, amount: data.amount, valueDate: data.valueDate }]
  const through = laterDate(accruedThrough(loan), data.valueDate)
  const settlement = settlementOf(loan, payments, through)
  const expected = allocationOf(loan, settlement)
  expectSame(data.allocation.accrued, expected.accrued, 'accrued interest')
  expectSame(data.allocation.interest, expected.interest, 'the interest paid')
  expectSame(data.allocation.principal, expected.principal, 'the principal paid')
  expectSame(data.allocation.overpaid, expected.overpaid, 'the overpayment')
  const after = settled(loan, settlement, payments, through)
  if (settlement.settledOn === null) return after
  return {
    ...after,
    status: 'REPAID',
    repaidOn: settlement.settledOn,
    cashBack: settlement.inTime ? percentOf(loan.contractAmount, loan.terms.cashBackRate, 'HALF_EVEN') : zero(loan.currency.code),
  }
}
