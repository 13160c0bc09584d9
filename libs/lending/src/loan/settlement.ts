import { add, subtract, zero, type Amount } from '@growr/money'
import { laterDate, type LocalDate } from '../calendar.ts'
import { DomainFault } from '../faults.ts'
import { paidOf } from '../position.ts'
import { schedules, type ScheduleInput, type Settlement } from '../schedule/index.ts'
import type { Allocation, LoanPayment, LoanState } from '../types/loan.ts'

/**
 * Works a disbursed loan out anew from all its payments, with one more or none, through a day. Nothing is carried forward that could
 * go wrong: the schedule is drawn from the terms each time, so that an earlier value date comes out as if it had been booked first.
 */
export function settlementOf(loan: LoanState, payments: readonly LoanPayment[], through: LocalDate): Settlement {
  const input = scheduleInput(loan)
  const builder = schedules[loan.terms.schedule]
  const last = payments.reduce((day, payment) => laterDate(day, payment.valueDate), laterDate(input.start, through))
  const settlement = builder.settle(input, builder.draw(input), payments, last)
  const rows = settlement.rows.map((row, index) => ({ ...row, overdueOn: loan.schedule[index]?.overdueOn ?? null }))
  return { ...settlement, rows }
}

function scheduleInput(loan: LoanState): ScheduleInput {
  if (loan.startDate === null) throw new DomainFault('EVENT_UNEXPECTED', 'a loan that is not paid out has nothing to settle')
  return { principal: loan.contractAmount, months: loan.months, terms: loan.terms, start: loan.startDate }
}

/** True where the loan's interest accrues by days. */
export function accrues(loan: LoanState): boolean {
  return schedules[loan.terms.schedule].accrues
}

/** The day through which a loan's interest is posted. */
export function accruedThrough(loan: LoanState): LocalDate {
  return loan.accrued?.through ?? loan.startDate ?? loan.applicationDate
}

/** What a settlement changes against the loan as it stands. */
export function allocationOf(loan: LoanState, settlement: Settlement): Allocation {
  const paid = paidOf(loan)
  return {
    accrued: loan.accrued ? subtract(settlement.accrued, loan.accrued.interest) : zero(loan.currency.code),
    interest: subtract(settlement.paidInterest, paid.interest),
    principal: subtract(settlement.paidPrincipal, paid.principal),
    overpaid: subtract(settlement.overpaid, loan.overpaid),
  }
}

/** The loan with its rows, accrual and sums as a settlement gives them. */
export function settled(loan: LoanState, settlement: Settlement, payments: readonly LoanPayment[], through: LocalDate): LoanState {
  const interestAmount = loan.accrued ? totalInterest(settlement) : loan.interestAmount
  return {
    ...loan,
    schedule: settlement.rows,
    payments,
    accrued: loan.accrued ? { through: laterDate(loan.accrued.through, through), interest: settlement.accrued } : null,
    interestAmount,
    commitmentAmount: add(loan.contractAmount, interestAmount),
    repaidAmount: add(settlement.paidInterest, settlement.paidPrincipal),
    overpaid: settlement.overpaid,
  }
}

function totalInterest(settlement: Settlement): Amount {
  const [first, ...others] = settlement.rows.map(row => row.interest)
  if (!first) throw new DomainFault('INPUT_INVALID', 'a schedule has rows')
  return others.reduce(add, first)
}
