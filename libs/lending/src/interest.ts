import { divide, parseRate, type Amount } from '@growr/money'

const MONTHS_A_YEAR = 12n
/** The year of commerce (actual/360): what ad-hoc interest and investors' yield are reckoned by. */
const DAYS_A_YEAR = 360n

/** Flat interest: principal × annual rate × months / 12, rounded half-even once. */
export function interestByMonths(principal: Amount, percentAYear: string, months: number): Amount {
  return interest(principal, percentAYear, BigInt(months), MONTHS_A_YEAR)
}

/** Interest of one period: principal × annual rate × days / 360, rounded half-even once. The first day is excluded by the caller's count. */
export function interestByDays(principal: Amount, percentAYear: string, days: number): Amount {
  return interest(principal, percentAYear, BigInt(days), DAYS_A_YEAR)
}

function interest(principal: Amount, percentAYear: string, time: bigint, year: bigint): Amount {
  const rate = parseRate(percentAYear)
  return { amount: divide(principal.amount * rate.numerator * time, rate.denominator * year, 'HALF_EVEN'), currency: principal.currency }
}
