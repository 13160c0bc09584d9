import { DomainFault } from './faults.ts'

/** A day in the proleptic Gregorian calendar, 'YYYY-MM-DD', without a time zone: the organization's business date. */
export type LocalDate = string

const FORM = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/
const MONTHS_A_YEAR = 12
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const

interface Civil {
  year: number
  month: number
  day: number
}

/** True for a day that exists, in the years 0001 to 9999. */
export function isDate(text: string): boolean {
  const match = FORM.exec(text)
  if (!match) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  return year >= 1 && month >= 1 && month <= MONTHS_A_YEAR && day >= 1 && day <= daysInMonth(year, month)
}

/** The days from one date to another: the first day excluded, the last included; negative if `to` lies before `from`. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return dayNumber(civil(to)) - dayNumber(civil(from))
}

/** −1, 0 or 1 as a lies before, on or after b. */
export function compareDates(a: LocalDate, b: LocalDate): -1 | 0 | 1 {
  const days = daysBetween(b, a)
  return days < 0 ? -1 : days > 0 ? 1 : 0
}

/** The date that many days later (earlier, if negative). */
export function addDays(date: LocalDate, days: number): LocalDate {
  return fromDayNumber(dayNumber(civil(date)) + days)
}

/** The same day that many months later; where the month is too short, its last day (31 January + 1 month = 28 or 29 February). */
export function addMonths(date: LocalDate, months: number): LocalDate {
  const { year, month, day } = civil(date)
  const count = year * MONTHS_A_YEAR + (month - 1) + months
  const target = { year: Math.floor(count / MONTHS_A_YEAR), month: (count % MONTHS_A_YEAR) + 1 }
  return write({ ...target, day: Math.min(day, daysInMonth(target.year, target.month)) })
}

/** The later of two dates. */
export function laterDate(a: LocalDate, b: LocalDate): LocalDate {
  return compareDates(a, b) >= 0 ? a : b
}

function civil(date: LocalDate): Civil {
  if (!isDate(date)) throw new DomainFault('DATE_INVALID', 'a date is an existing day, YYYY-MM-DD')
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) }
}

function write({ year, month, day }: Civil): LocalDate {
  const text = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
  if (!isDate(text)) throw new DomainFault('DATE_INVALID', 'the date lies outside the years 0001 to 9999')
  return text
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Days since 0000-12-31; 0001-01-01 is day 1. */
function dayNumber({ year, month, day }: Civil): number {
  const past = year - 1
  const leapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400)
  const thisYear = DAYS_BEFORE_MONTH[month - 1]! + (month > 2 && isLeap(year) ? 1 : 0) + day
  return past * 365 + leapDays + thisYear
}

function fromDayNumber(number: number): LocalDate {
  // The estimate by the mean year is at most one year off to either side.
  let year = Math.max(1, Math.floor(number / 365.2425))
  while (year > 1 && dayNumber({ year, month: 1, day: 1 }) > number) year -= 1
  while (dayNumber({ year: year + 1, month: 1, day: 1 }) <= number) year += 1
  let month = 1
  while (month < MONTHS_A_YEAR && dayNumber({ year, month: month + 1, day: 1 }) <= number) month += 1
  return write({ year, month, day: number - dayNumber({ year, month, day: 1 }) + 1 })
}
