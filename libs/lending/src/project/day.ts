import { addDays, isDate, type LocalDate } from '../calendar.ts'
import { DomainFault } from '../faults.ts'
import { refuse, type Decision } from '../refusals.ts'
import type { BusinessDayState, DayClosed } from '../types/project.ts'

/** A day to close. */
export interface CloseDay {
  readonly organizationId: string
  readonly date: LocalDate
}

/**
 * Closes one business day of an organization. Days close one after the other, none is left out, and a closed day stays closed:
 * VALUE_DATE with the day that is next. The first may be any day.
 */
export function decideDay(state: BusinessDayState | null, { organizationId, date }: CloseDay): Decision<DayClosed> {
  const next = state ? addDays(state.closedThrough, 1) : date
  if (!isDate(date) || date !== next) return refuse('VALUE_DATE', 'date', isDate(next) ? { next } : {})
  return { events: [{ type: 'day.closed', data: { organizationId, date } }] }
}

/** The calendar after a day was closed. Throws EVENT_UNEXPECTED where it is not the next one, or another organization's. */
export function applyDay(state: BusinessDayState | null, event: DayClosed): BusinessDayState {
  const { organizationId, date } = event.data
  if (state && (state.organizationId !== organizationId || addDays(state.closedThrough, 1) !== date)) {
    throw new DomainFault('EVENT_UNEXPECTED', 'days close one after the other')
  }
  return { organizationId, closedThrough: date }
}
