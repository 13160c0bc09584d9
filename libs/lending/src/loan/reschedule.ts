import { add, subtract, sum, zero, type Amount } from '@growr/money'
import { addDays, compareDates, isDate, laterDate, type LocalDate } from '../calendar.ts'
import { requireUndistributed, requireLoanStatus } from './require.ts'
import { firstRefusal, isRefused, refuse, type Decision, type Refused } from '../refusals.ts'
import { MAXIMUM_MONTHS } from '../project/terms.ts'
import type { LoanEvent, LoanState, PlannedRow } from '../types/loan.ts'
import type { ProjectState } from '../types/project.ts'
import { accruedBy } from './day.ts'
import { withReschedule } from './restate.ts'
import { settlementOf } from './settlement.ts'

/** More new schedules than this on one loan are refused (LOAN_STATUS): each entry holds all of them. */
export const MAXIMUM_RESCHEDULES = 20
/** A new schedule begins within that many days. */
const LONGEST_PAUSE = 366

export interface NewSchedule {
  readonly on: LocalDate
  readonly months: number
  /** The first due date, if not a month after `on`. */
  readonly firstDue?: LocalDate | null
}

/** What a new schedule would come to. */
export interface ReschedulePreview {
  readonly rows: readonly PlannedRow[]
  readonly principal: Amount
  /** Interest that fell due and is not paid: part of the first row. */
  readonly carriedInterest: Amount
  /** Interest of rows that are not due yet, which the new rows' interest replaces. */
  readonly cancelledInterest: Amount
  readonly addedInterest: Amount
  /** All that is to be paid by the new schedule. */
  readonly total: Amount
  readonly lastDue: LocalDate
}

/**
 * What rescheduling a loan comes to, without an event. Codes: LOAN_STATUS, AMOUNT_INVALID (months), VALUE_DATE (before a payment, the
 * payout or a former rescheduling; or a first due date that does not lie within the year after it).
 */
export function previewReschedule(loan: LoanState, { on, months, firstDue = null }: NewSchedule): ReschedulePreview | Refused {
  const refused = requireReschedule(loan, { on, months, firstDue })
  if (refused) return refused
  const currency = loan.currency.code
  const before = settlementOf(loan, loan.payments, on)
  const after = settlementOf(withReschedule(loan, { on, months, firstDue, reason: '' }), loan.payments, on)
  const rows = after.rows.map(({ dueDate, principal, interest }) => ({ dueDate, principal, interest }))
  const principal = sum(currency, rows.map(row => row.principal))
  const interest = sum(currency, rows.map(row => row.interest))
  const carriedInterest = after.input.carried ?? zero(currency)
  return {
    rows,
    principal,
    carriedInterest,
    cancelledInterest: subtract(subtract(before.interestAmount, before.paidInterest), carriedInterest),
    addedInterest: subtract(interest, carriedInterest),
    total: add(principal, interest),
    lastDue: rows.at(-1)!.dueDate,
  }
}

function requireReschedule(loan: LoanState, { on, months, firstDue = null }: NewSchedule): Refused | null {
  const former = loan.reschedules ?? []
  const earliest = [...loan.payments.map(payment => payment.valueDate), ...former.map(change => change.on)]
    .reduce(laterDate, loan.startDate ?? loan.applicationDate)
  return firstRefusal(
    () => requireLoanStatus(loan, 'DISBURSED', 'DEFAULTED'),
    () => (former.length < MAXIMUM_RESCHEDULES ? null : refuse('LOAN_STATUS', 'reschedules', { maximum: MAXIMUM_RESCHEDULES })),
    () => (Number.isInteger(months) && months >= 1 && months <= MAXIMUM_MONTHS ? null : refuse('AMOUNT_INVALID', 'months')),
    () => (isDate(on) && compareDates(on, earliest) >= 0 ? null : refuse('VALUE_DATE', 'on', { earliest })),
    () => {
      if (firstDue === null) return null
      const latest = addDays(on, LONGEST_PAUSE)
      const fits = isDate(firstDue) && compareDates(firstDue, on) > 0 && compareDates(firstDue, latest) <= 0
      return fits ? null : refuse('VALUE_DATE', 'firstDue', { earliest: addDays(on, 1), latest })
    },
  )
}

/** Interest by days is posted through the day first, so that what is carried over is what the books say. */
export function reschedule(loan: LoanState, command: NewSchedule & { readonly reason: string; readonly project: ProjectState }): Decision<LoanEvent> {
  const refused = requireUndistributed(command.project)
  if (refused) return refused
  const { on, months, firstDue = null, reason } = command
  const preview = previewReschedule(loan, { on, months, firstDue })
  if (isRefused(preview)) return preview
  const { rows, cancelledInterest, addedInterest } = preview
  const data = { on, months, firstDue, reason, rows, cancelledInterest, addedInterest }
  return { events: [...accruedBy(loan, on), { type: 'loan.rescheduled', data }] }
}
