import { add, minimum, subtract, sum, zero, type Amount } from '@growr/money'
import { compareDates, laterDate, type LocalDate } from '../calendar.ts'
import { DomainFault } from '../faults.ts'
import { paidOf } from '../position.ts'
import { instalment } from '../schedule/schedule.ts'
import { schedules, type ScheduleInput, type Settlement } from '../schedule/index.ts'
import type { Allocation, Instalment, LoanPayment, LoanState, Reschedule } from '../types/loan.ts'

/** A settlement over all of a loan's schedules: `rows` are those of the last one, all sums are of the whole loan. */
export interface LoanSettlement extends Settlement {
  /** What the last schedule was drawn from. */
  readonly input: ScheduleInput
  /** Paid under schedules that were replaced; null where none was. */
  readonly earlier: { readonly principal: Amount; readonly interest: Amount } | null
  /** All interest of the loan: paid, owed, and of rows that are not due yet. */
  readonly interestAmount: Amount
  /** Of a loan that was written off, what payments after that brought back. */
  readonly recovered: Amount
}

/** One schedule of a loan, and the payments whose value dates fall under it. */
interface Phase {
  readonly input: ScheduleInput
  readonly drawn: readonly Instalment[]
  readonly settlement: Settlement
}

/**
 * Works a disbursed loan out anew from all its payments, with one more or one less, through a day. Nothing is carried forward that
 * could go wrong: each schedule is drawn from the terms each time, so that an earlier value date comes out as if it had been booked
 * first. A payment falls under the schedule that holds on its value date; on the day of a rescheduling under the former one. After a
 * write-off nothing accrues, and what is paid brings the loss back.
 */
export function settlementOf(loan: LoanState, payments: readonly LoanPayment[], through: LocalDate): LoanSettlement {
  const writtenOffOn = loan.writtenOff?.on ?? null
  const counted = writtenOffOn === null ? payments : payments.filter(payment => compareDates(payment.valueDate, writtenOffOn) <= 0)
  const settlement = chain(loan, counted, writtenOffOn ?? through)
  const late = sum(loan.currency.code, payments.filter(payment => !counted.includes(payment)).map(payment => payment.amount))
  const owed = subtract(add(loan.contractAmount, settlement.interestAmount), add(settlement.paidPrincipal, settlement.paidInterest))
  const recovered = minimum(late, owed)
  return { ...settlement, recovered, overpaid: add(settlement.overpaid, subtract(late, recovered)) }
}

/** Schedule after schedule: each begins with what the payments under the former ones left. */
function chain(loan: LoanState, payments: readonly LoanPayment[], through: LocalDate): Omit<LoanSettlement, 'recovered'> {
  const nothing = zero(loan.currency.code)
  let phase: Omit<Phase, 'settlement'> = first(loan)
  let from: LocalDate | null = null
  let before = { principal: nothing, interest: nothing }
  let inTime = true
  const settleThrough = ({ input, drawn }: Omit<Phase, 'settlement'>, until: LocalDate | null): Phase => {
    const own = payments.filter(({ valueDate }) => (from === null || compareDates(valueDate, from) > 0) && (until === null || compareDates(valueDate, until) <= 0))
    const last = own.reduce((day, { valueDate }) => laterDate(day, valueDate), laterDate(input.start, until ?? through))
    return { input, drawn, settlement: schedules[loan.terms.schedule].settle(input, drawn, own, last) }
  }
  for (const change of loan.reschedules ?? []) {
    const ended = settleThrough(phase, change.on)
    const next = rescheduled(loan, ended, change)
    // By value dates nothing was left by then: there is nothing to draw anew, and what comes later is too much.
    if (!next) break
    before = { principal: add(before.principal, ended.settlement.paidPrincipal), interest: add(before.interest, ended.settlement.paidInterest) }
    inTime &&= ended.settlement.inTime
    phase = next
    from = change.on
  }
  const { settlement } = settleThrough(phase, null)
  const rows = settlement.rows.map((row, index) => ({ ...row, overdueOn: markOf(loan, row, index) }))
  return {
    input: phase.input,
    rows,
    accrued: add(before.interest, settlement.accrued),
    paidInterest: add(before.interest, settlement.paidInterest),
    paidPrincipal: add(before.principal, settlement.paidPrincipal),
    overpaid: settlement.overpaid,
    settledOn: settlement.settledOn,
    inTime: inTime && settlement.inTime,
    earlier: from === null ? null : before,
    interestAmount: add(before.interest, sum(loan.currency.code, rows.map(row => row.interest))),
  }
}

/** The schedule with which the loan began: drawn from its terms, or taken over from former books. */
function first(loan: LoanState): Omit<Phase, 'settlement'> {
  if (loan.startDate === null) throw new DomainFault('EVENT_UNEXPECTED', 'a loan that is not paid out has nothing to settle')
  const input = { principal: loan.contractAmount, months: loan.months, terms: loan.terms, start: loan.startDate }
  const builder = schedules[loan.terms.schedule]
  if (!loan.origin) return { input, drawn: builder.draw(input) }
  const { on, rows } = loan.origin
  const taken = rows.map((row, index) => ({
    ...instalment(index + 1, row.dueDate, row.principal.amount, row.interest.amount, loan.currency.code),
    // Who took it over knew of it: its day is marked without another event.
    overdueOn: compareDates(row.dueDate, on) < 0 ? on : null,
  }))
  return { input: builder.accrues ? { ...input, carried: sum(loan.currency.code, rows.map(row => row.interest)) } : input, drawn: taken }
}

/** The schedule that takes the place of one, or null if nothing was left. */
export function rescheduled(
  loan: LoanState, { input, settlement }: Pick<Phase, 'input' | 'settlement'>, change: Pick<Reschedule, 'on' | 'months' | 'firstDue'>,
): Omit<Phase, 'settlement'> | null {
  const principal = subtract(input.principal, settlement.paidPrincipal)
  if (principal.amount <= 0n) return null
  const next: ScheduleInput = {
    principal,
    months: change.months,
    // Grace was granted once, with the first schedule.
    terms: { ...loan.terms, gracePeriod: 0 },
    start: change.on,
    ...(change.firstDue === null ? {} : { firstDue: change.firstDue }),
    carried: dueInterest(loan, input, settlement, change.on),
  }
  return { input: next, drawn: schedules[loan.terms.schedule].draw(next) }
}

/** Interest that fell due by a day and is not paid: it stays owed under the next schedule. */
function dueInterest(loan: LoanState, input: ScheduleInput, settlement: Settlement, on: LocalDate): Amount {
  const currency = loan.currency.code
  if (schedules[loan.terms.schedule].accrues) return subtract(settlement.accrued, settlement.paidInterest)
  const left = (row: Instalment) => subtract(row.interest, row.paidInterest)
  const [head, ...others] = settlement.rows
  if (!head) throw new DomainFault('INPUT_INVALID', 'a schedule has rows')
  const isDue = (row: Instalment) => compareDates(row.dueDate, on) <= 0
  // What the first row carries was due before it, and is paid first.
  const carried = subtract(input.carried ?? zero(currency), minimum(input.carried ?? zero(currency), head.paidInterest))
  return sum(currency, [isDue(head) ? left(head) : carried, ...others.filter(isDue).map(left)])
}

/** A row keeps its mark as long as it is the same row. */
function markOf(loan: LoanState, row: Instalment, index: number): LocalDate | null {
  const before = loan.schedule[index]
  return before && before.dueDate === row.dueDate ? before.overdueOn : row.overdueOn
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
export function allocationOf(loan: LoanState, settlement: LoanSettlement): Allocation {
  const paid = paidOf(loan)
  return {
    accrued: loan.accrued ? subtract(settlement.accrued, loan.accrued.interest) : subtract(settlement.interestAmount, loan.interestAmount),
    interest: subtract(settlement.paidInterest, paid.interest),
    principal: subtract(settlement.paidPrincipal, paid.principal),
    overpaid: subtract(settlement.overpaid, loan.overpaid),
  }
}

/** The loan with its rows, accrual and sums as a settlement gives them. */
export function settled(loan: LoanState, settlement: LoanSettlement, payments: readonly LoanPayment[], through: LocalDate): LoanState {
  const { earlier: _earlier, recovered: _recovered, ...rest } = loan
  return {
    ...rest,
    schedule: settlement.rows,
    endDate: settlement.rows.at(-1)?.dueDate ?? null,
    payments,
    accrued: loan.accrued ? { through: laterDate(loan.accrued.through, through), interest: settlement.accrued } : null,
    interestAmount: settlement.interestAmount,
    commitmentAmount: add(loan.contractAmount, settlement.interestAmount),
    repaidAmount: add(settlement.paidInterest, settlement.paidPrincipal),
    overpaid: settlement.overpaid,
    ...(settlement.earlier ? { earlier: settlement.earlier } : {}),
    ...(loan.writtenOff ? { recovered: settlement.recovered } : {}),
  }
}
