import { add, sum, zero, type Amount } from '@growr/money'
import { addDays } from '../calendar.ts'
import { existing, expectNone, expectSame, expectStatus, unknownEvent } from '../checks.ts'
import { DomainFault } from '../faults.ts'
import { loanFigures } from '../quote.ts'
import { withSubject } from '../subject.ts'
import type { LoanApplied, LoanEvent, LoanImported, LoanMoney, LoanRescheduled, LoanState } from '../types/loan.ts'
import { daysLateOn } from './day.ts'
import { expectChanges, paymentAdded, paymentReversed, restated, withReschedule, writtenOff } from './restate.ts'
import { accrues, allocationOf, settled, settlementOf } from './settlement.ts'

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
      const { defaulted: _defaulted, ...loan } = from(state, type, ['DISBURSED'])
      const figures = loanFigures(loan.contractAmount, loan.months, loan.terms, loan.applicationDate)
      return { ...loan, ...figures, status: 'SIGNED', disbursementKey: null, startDate: null, endDate: null, accrued: null }
    }
    case 'loan.interest-accrued': {
      const loan = from(state, type, ['DISBURSED', 'DEFAULTED'])
      const settlement = settlementOf(loan, loan.payments, event.data.through)
      expectSame(event.data.interest, allocationOf(loan, settlement).accrued, 'accrued interest')
      return settled(loan, settlement, loan.payments, event.data.through)
    }
    case 'loan.instalment-paid': {
      const loan = from(state, type, ['DISBURSED', 'DEFAULTED', 'REPAID'])
      const restatement = paymentAdded(loan, event.data)
      expectChanges(restatement, { ...event.data.allocation, loss: zero(loan.currency.code) })
      if ((event.data.cured ?? false) !== restatement.cured) throw new DomainFault('EVENT_INCONSISTENT', 'whether the default is cured is not what the rules give')
      return restatement.after
    }
    case 'loan.recovered': {
      const restatement = paymentAdded(from(state, type, ['WRITTEN_OFF']), event.data)
      expectChanges(restatement, event.data)
      return restatement.after
    }
    case 'loan.payment-reversed': {
      const loan = from(state, type, ['DISBURSED', 'DEFAULTED', 'REPAID', 'WRITTEN_OFF'])
      const { paymentKey, amount, on, allocation, loss } = event.data
      const payment = loan.payments.find(({ key }) => key === paymentKey)
      if (!payment) throw new DomainFault('EVENT_UNEXPECTED', 'the loan has no such payment')
      expectSame(amount, payment.amount, 'the payment')
      const restatement = paymentReversed(loan, paymentKey, on)
      expectChanges(restatement, { ...allocation, loss: loss ?? zero(loan.currency.code) })
      return restatement.after
    }
    case 'loan.defaulted': {
      const loan = from(state, type, ['DISBURSED'])
      const { on, daysLate } = event.data
      if (daysLate !== daysLateOn(loan, on) || daysLate <= loan.terms.defaultAfterDays) {
        throw new DomainFault('EVENT_INCONSISTENT', 'the days late are not what the rules give')
      }
      return { ...loan, status: 'DEFAULTED', defaulted: { on, daysLate, curedOn: null } }
    }
    case 'loan.written-off': {
      const loan = from(state, type, ['DEFAULTED'])
      const { on, principal, interest } = event.data
      const after = writtenOff(loan, on)
      expectSame(principal, after.writtenOff.principal, 'the principal written off')
      expectSame(interest, after.writtenOff.interest, 'the interest written off')
      return after
    }
    case 'loan.rescheduled': return rescheduled(from(state, type, ['DISBURSED', 'DEFAULTED']), event.data)
    case 'loan.imported': {
      expectNone(state, type)
      return imported(event.data)
    }
    case 'loan.cooling-off-waived': return { ...from(state, type, ['SIGNED']), coolingOffWaivedOn: event.data.on }
    case 'loan.service-provided': {
      return { ...from(state, type, ['DISBURSED', 'DEFAULTED', 'REPAID']), service: { providedOn: event.data.on, confirmedOn: null } }
    }
    case 'loan.service-confirmed': {
      const loan = existing(state, type)
      if (!loan.service || loan.service.confirmedOn !== null) throw new DomainFault('EVENT_UNEXPECTED', `${type} without a service to confirm`)
      return { ...loan, service: { ...loan.service, confirmedOn: event.data.on } }
    }
    case 'loan.overdue': {
      const loan = from(state, type, ['DISBURSED', 'DEFAULTED'])
      const { on, instalments } = event.data
      return { ...loan, schedule: loan.schedule.map(row => (instalments.includes(row.number) ? { ...row, overdueOn: on } : row)) }
    }
    case 'loan.overpayment-refunded': {
      const loan = from(state, type, ['DISBURSED', 'DEFAULTED', 'REPAID', 'WRITTEN_OFF'])
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

function rescheduled(loan: LoanState, data: LoanRescheduled): LoanState {
  const before = settlementOf(loan, loan.payments, data.on)
  const replaced = withReschedule(loan, data)
  const { after, settlement } = restated(replaced, loan.payments, data.on, data.on)
  const { rows } = settlement
  if (rows.length !== data.rows.length) throw new DomainFault('EVENT_INCONSISTENT', 'the new schedule is not what the rules give')
  for (const [index, row] of data.rows.entries()) {
    if (row.dueDate !== rows[index]!.dueDate) throw new DomainFault('EVENT_INCONSISTENT', 'the due dates of the new schedule are not what the rules give')
    expectSame(row.principal, rows[index]!.principal, 'the principal of a new row')
    expectSame(row.interest, rows[index]!.interest, 'the interest of a new row')
  }
  expectSame(add(before.interestAmount, data.addedInterest), add(settlement.interestAmount, data.cancelledInterest), 'the interest that the new schedule adds')
  return after
}

function imported(data: LoanImported): LoanState {
  const { currency: { code }, origin: { rows, on } } = data
  const nothing = zero(code)
  const loan: LoanState = {
    ...application(data),
    status: 'DISBURSED',
    contractAmount: sum(code, rows.map(row => row.principal)),
    months: data.months,
    startDate: on,
    origin: data.origin,
  }
  const takenOver = accrues(loan) ? { ...loan, accrued: { through: on, interest: nothing } } : loan
  return settled(takenOver, settlementOf(takenOver, [], on), [], on)
}
