import { isPositive, type Amount, type Currency } from '@growr/money'
import { compareDates, isDate, type LocalDate } from './calendar.ts'
import { DomainFault } from './faults.ts'
import { refuse, type Refused } from './refusals.ts'

// Checks that many commands share.

/** An amount of the project's currency, above zero. */
export function requireAmount(amount: Amount, currency: Currency, path = 'amount'): Refused | null {
  if (amount.currency !== currency.code) return refuse('CURRENCY_MISMATCH', path, { expected: currency.code })
  return isPositive(amount) ? null : refuse('AMOUNT_INVALID', path)
}

/** A value date that exists, does not lie after the booking date, nor before the earliest day that makes sense. */
export function requireValueDate(valueDate: LocalDate, bookingDate: LocalDate, earliest: LocalDate | null = null): Refused | null {
  if (!isDate(valueDate) || !isDate(bookingDate)) return refuse('VALUE_DATE', 'valueDate')
  if (compareDates(valueDate, bookingDate) > 0) return refuse('VALUE_DATE', 'valueDate', { latest: bookingDate })
  if (earliest !== null && compareDates(valueDate, earliest) < 0) return refuse('VALUE_DATE', 'valueDate', { earliest })
  return null
}

/** The state that an event needs to stand on. Throws EVENT_UNEXPECTED where there is none. */
export function existing<State>(state: State | null, type: string): State {
  if (state === null) throw new DomainFault('EVENT_UNEXPECTED', `${type} without a record`)
  return state
}

/** Throws EVENT_UNEXPECTED unless the event may follow on that status. */
export function expectStatus<Status extends string>(status: Status, allowed: readonly Status[], type: string): void {
  if (!allowed.includes(status)) throw new DomainFault('EVENT_UNEXPECTED', `${type} cannot follow on ${status}`)
}

/** Throws EVENT_UNEXPECTED where a first event meets a record that exists. */
export function expectNone(state: unknown, type: string): void {
  if (state !== null) throw new DomainFault('EVENT_UNEXPECTED', `${type} on a record that exists`)
}

/** Throws EVENT_INCONSISTENT unless a figure of an event is what the rules give. */
export function expectSame(actual: Amount, expected: Amount, what: string): void {
  if (actual.currency !== expected.currency || actual.amount !== expected.amount) {
    throw new DomainFault('EVENT_INCONSISTENT', `${what} is not what the rules give`)
  }
}

/** No such event in this kind of record: a newer library's, or a tampered book. */
export function unknownEvent(event: never): never {
  const type: unknown = (event as { type?: unknown }).type
  throw new DomainFault('EVENT_UNKNOWN', `no event of this kind is called ${String(type)}`)
}
