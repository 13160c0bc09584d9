import { divide, parseRate } from '@growr/money'
import { DomainFault } from '../faults.ts'
import type { Instalment } from '../types/loan.ts'
import { dueDateOf, instalment, settleFixed, withCarried, type ScheduleBuilder, type ScheduleInput } from './schedule.ts'

// Declining balance: each month's interest is the balance that the schedule leaves × annual rate / 12, rounded half-even once a row.
// The schedule is fixed when it is drawn: who pays earlier or later than it says owes the same interest.

/** What of a row is principal, before it is bounded by the balance; for the rows after the grace period. */
type Share = (balance: bigint, interest: bigint) => bigint

function draw(input: ScheduleInput, shareOf: (principal: bigint, rate: MonthlyRate, rows: number) => Share): Instalment[] {
  const { principal, months, terms, carried } = input
  const grace = terms.gracePeriod
  if (!Number.isInteger(months) || months < 1 || grace < 0 || grace >= months || principal.amount <= 0n) {
    throw new DomainFault('INPUT_INVALID', 'a loan has a principal, at least one month, and fewer instalments in grace than months')
  }
  const rate = monthlyRate(terms.interestRate)
  const share = shareOf(principal.amount, rate, months - grace)
  const rows: Instalment[] = []
  let balance = principal.amount
  for (let number = 1; number <= months; number += 1) {
    const interest = divide(balance * rate.numerator, rate.denominator, 'HALF_EVEN')
    const part = number <= grace ? 0n : number === months ? balance : within(share(balance, interest), balance)
    rows.push(instalment(number, dueDateOf(input, number), part, interest, principal.currency))
    balance -= part
  }
  return withCarried(rows, carried)
}

interface MonthlyRate {
  readonly numerator: bigint
  readonly denominator: bigint
}

function monthlyRate(percentAYear: string): MonthlyRate {
  const { numerator, denominator } = parseRate(percentAYear)
  return { numerator, denominator: denominator * 12n }
}

/** Rounding of very small or very dear loans must not make a part negative, nor more than is left. */
function within(part: bigint, balance: bigint): bigint {
  return part < 0n ? 0n : part < balance ? part : balance
}

/**
 * The annuity A = P × i × (1 + i)^n / ((1 + i)^n − 1), exact until it is rounded half-even once; without interest P / n. With i = a / b
 * that is P × a × (a + b)^n / (b × ((a + b)^n − b^n)).
 */
export function annuity(principal: bigint, { numerator: a, denominator: b }: MonthlyRate, rows: number): bigint {
  const n = BigInt(rows)
  if (a === 0n) return divide(principal, n, 'HALF_EVEN')
  const grown = (a + b) ** n
  return divide(principal * a * grown, b * (grown - b ** n), 'HALF_EVEN')
}

/** Equal instalments: each row is the annuity, of which what is not interest is principal; the last row takes what rounding left. */
export const equalInstalments: ScheduleBuilder = {
  accrues: false,
  draw: input => draw(input, (principal, rate, rows) => {
    const equal = annuity(principal, rate, rows)
    return (_balance, interest) => equal - interest
  }),
  settle: settleFixed,
}

/** Equal principal: P / n rounded down in each row, the remainder in the last, and the interest of the balance before it. */
export const equalPrincipal: ScheduleBuilder = {
  accrues: false,
  draw: input => draw(input, (principal, _rate, rows) => {
    const equal = divide(principal, BigInt(rows), 'DOWN')
    return () => equal
  }),
  settle: settleFixed,
}
