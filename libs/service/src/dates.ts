import { Refusal } from '@growr/contracts'

/**
 * The value date and the booking date of what is registered today: the value date is today unless another was given, and never in
 * the future. VALUE_DATE. Dates are 'YYYY-MM-DD' of the organization's time zone.
 */
export function valueDates(today: string, given: string | undefined): { readonly valueDate: string; readonly bookingDate: string } {
  if (given !== undefined && given > today) throw new Refusal('VALUE_DATE', { path: 'valueDate', details: { today } })
  return { valueDate: given ?? today, bookingDate: today }
}
