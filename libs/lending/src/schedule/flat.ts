import { divide, sum } from '@growr/money'
import { addMonths, compareDates, type LocalDate } from '../calendar.ts'
import { DomainFault } from '../faults.ts'
import { interestByMonths } from '../interest.ts'
import { allocate } from '../allocation.ts'
import type { Instalment, LoanPayment } from '../types/loan.ts'
import { instalment, type ScheduleBuilder, type ScheduleInput, type Settlement } from './schedule.ts'

/**
 * Flat instalments. Interest I = P × annual rate × months / 12. The instalments of the grace period hold interest only, floor(I / m)
 * each; what is left of the commitment P + I falls on the others in equal parts rounded down, the remainder on the last. Each is
 * split by what is principal of the instalments up to it: floor(P × their sum / sum of all), so that the parts are never negative
 * and sum exactly.
 */
function draw({ principal, months, terms, start }: ScheduleInput): Instalment[] {
  const grace = terms.gracePeriod
  if (!Number.isInteger(months) || months < 1 || grace < 0 || grace >= months || principal.amount <= 0n) {
    throw new DomainFault('INPUT_INVALID', 'a flat loan has a principal, at least one month, and fewer instalments in grace than months')
  }
  const currency = principal.currency
  const interest = interestByMonths(principal, terms.interestRate, months).amount
  const inGrace = divide(interest, BigInt(months), 'DOWN')
  const amortized = principal.amount + interest - inGrace * BigInt(grace)
  const count = BigInt(months - grace)
  const equal = divide(amortized, count, 'DOWN')

  const rows: Instalment[] = []
  let cumulated = 0n
  let principalBefore = 0n
  for (let number = 1; number <= months; number += 1) {
    const dueDate = addMonths(start, number)
    if (number <= grace) {
      rows.push(instalment(number, dueDate, 0n, inGrace, currency))
      continue
    }
    const due = number === months ? amortized - equal * (count - 1n) : equal
    cumulated += due
    const principalThrough = divide(principal.amount * cumulated, amortized, 'DOWN')
    const part = principalThrough - principalBefore
    principalBefore = principalThrough
    rows.push(instalment(number, dueDate, part, due - part, currency))
  }
  return rows
}

function settle(input: ScheduleInput, drawn: readonly Instalment[], payments: readonly LoanPayment[], through: LocalDate): Settlement {
  const currency = input.principal.currency
  const paid = sum(currency, payments.map(payment => payment.amount))
  const { rows, rest } = allocate(drawn, paid)
  const dated = markSettled(rows, payments, input.start)
  const late = dated.some(row => compareDates(row.settledOn ?? through, row.dueDate) > 0)
  const last = dated.at(-1)
  return {
    rows: dated,
    accrued: sum(currency, drawn.map(row => row.interest)),
    paidInterest: sum(currency, dated.map(row => row.paidInterest)),
    paidPrincipal: sum(currency, dated.map(row => row.paidPrincipal)),
    overpaid: rest,
    settledOn: dated.every(row => row.settledOn !== null) ? (last?.settledOn ?? null) : null,
    inTime: !late,
  }
}

/**
 * Each row is settled on the value date on which the payments, by value date, first reach the sum of the rows up to it; a row of
 * nothing (no interest, in grace) from the start.
 */
function markSettled(rows: readonly Instalment[], payments: readonly LoanPayment[], start: LocalDate): Instalment[] {
  const inOrder = payments.toSorted((a, b) => compareDates(a.valueDate, b.valueDate))
  let target = 0n
  let reached = 0n
  let next = 0
  let day = start
  return rows.map(row => {
    target += row.principal.amount + row.interest.amount
    while (reached < target && next < inOrder.length) {
      const payment = inOrder[next]!
      reached += payment.amount.amount
      day = payment.valueDate
      next += 1
    }
    return { ...row, settledOn: reached >= target ? day : null }
  })
}

export const flat: ScheduleBuilder = { accrues: false, draw, settle }
