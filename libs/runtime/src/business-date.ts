import { RuntimeError } from './errors.ts'

const formats = new Map<string, Intl.DateTimeFormat>()
/** More than the IANA database has names, so that no caller can fill the memory. */
const mostFormats = 1000
const day = 86_400_000

function formatFor(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone)
  if (known) return known
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', { timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit' })
  } catch (error) {
    throw new RuntimeError('TIMEZONE_UNKNOWN', 'not a time zone of the IANA database, such as America/Tegucigalpa', error)
  }
  if (formats.size >= mostFormats) formats.clear()
  formats.set(timezone, format)
  return format
}

/**
 * The date on the wall at an instant, 'YYYY-MM-DD', in a time zone of the IANA database.
 * TIMEZONE_UNKNOWN; DATE_INVALID outside of the years 1000 to 9999.
 */
export function businessDate(instant: Date, timezone: string): string {
  const format = formatFor(timezone)
  const time = instant.getTime()
  if (Number.isNaN(time)) throw new RuntimeError('DATE_INVALID', 'not an instant')
  const parts: Record<string, string> = {}
  for (const { type, value } of format.formatToParts(time)) parts[type] = value
  const date = `${parts['year']}-${parts['month']}-${parts['day']}`
  if (!/^[1-9]\d{3}-\d{2}-\d{2}$/.test(date)) throw new RuntimeError('DATE_INVALID', 'business dates lie in the years 1000 to 9999')
  return date
}

/**
 * The first instant of a date in a time zone: not always midnight, where clocks change at night; where a zone left a
 * date out (Samoa, 30 December 2011), the next one's. DATE_INVALID, TIMEZONE_UNKNOWN.
 */
export function dayStart(date: string, timezone: string): Date {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date)) throw new RuntimeError('DATE_INVALID', 'a date is YYYY-MM-DD')
  // Zones lie between UTC-12 and UTC+14.
  let before = midnight - 1.5 * day
  let after = midnight + 1.5 * day
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (businessDate(new Date(middle), timezone) < date) before = middle
    else after = middle
  }
  return new Date(after)
}
