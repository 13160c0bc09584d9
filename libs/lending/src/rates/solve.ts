import type { Ratio } from '@growr/money'
import { presentValueSign } from './fixed.ts'

/** A flow of money and when it is, counted in years from the first. */
export interface TimedFlow {
  readonly amount: bigint
  readonly years: Ratio
}

/** The highest rate that is looked for: 10^9 % a year. */
const HIGHEST = 10n ** 9n

/**
 * The yearly rate at which the flows' present values sum to zero, in percent with so many decimals, half up; of several the one next to
 * 10 %, where spreadsheets begin, too. Null where none is found: no change of sign, or everything on one day. Only the last digit is
 * looked for, in integers, so that it is right and the same everywhere.
 */
export function solveRate(flows: readonly TimedFlow[], decimals: number): string | null {
  const together = fromFirst(byTime(flows))
  if (!together.some(({ amount }) => amount > 0n) || !together.some(({ amount }) => amount < 0n)) return null
  const percent = 10n ** BigInt(decimals)
  // Bounds between two roundings: odd halves of the last digit.
  const whole = 200n * percent
  const sign = (halves: bigint) => presentValueSign(together, { numerator: halves, denominator: whole })
  const found = bracketOf(sign, 20n * percent + 1n, percent, { lowest: 1n - whole, highest: 2n * HIGHEST * percent + 1n })
  if (!found) return null
  let { low, high } = found
  const atHigh = sign(high)
  while (high - low > 2n) {
    const middle = low + ((high - low) / 4n) * 2n
    const at = sign(middle)
    if (at === 0) [low, high] = [middle, middle + 2n]
    else if (at === atHigh) high = middle
    else low = middle
  }
  return written((low + 1n) / 2n, decimals)
}

/** Flows of the same time as one, those that cancel left out. */
function byTime(flows: readonly TimedFlow[]): TimedFlow[] {
  const sums = new Map<string, TimedFlow>()
  for (const { amount, years } of flows) {
    const key = `${years.numerator}/${years.denominator}`
    sums.set(key, { amount: (sums.get(key)?.amount ?? 0n) + amount, years })
  }
  return [...sums.values()].filter(({ amount }) => amount !== 0n)
}

/**
 * Counted from the first that is left, which changes no root: where earlier ones cancelled, all the others would weigh so little at
 * a high rate that their sum could not be told from zero.
 */
function fromFirst(flows: readonly TimedFlow[]): readonly TimedFlow[] {
  const [some, ...others] = flows
  if (some === undefined) return flows
  const before = (a: Ratio, b: Ratio): boolean => a.numerator * b.denominator < b.numerator * a.denominator
  const first = others.reduce((earliest, { years }) => (before(years, earliest) ? years : earliest), some.years)
  return flows.map(({ amount, years }) => ({
    amount, years: { numerator: years.numerator * first.denominator - first.numerator * years.denominator, denominator: years.denominator * first.denominator },
  }))
}

/** Two bounds between which the sign changes (or the lower of which is the root), looked for outward from a guess. */
function bracketOf(
  sign: (halves: bigint) => -1 | 0 | 1, guess: bigint, first: bigint, { lowest, highest }: { lowest: bigint; highest: bigint },
): { low: bigint; high: bigint } | null {
  let [low, high] = [guess, guess]
  let [atLow, atHigh] = [sign(guess), sign(guess)]
  if (atLow === 0) return { low: guess, high: guess + 2n }
  for (let step = 2n * first; low > lowest || high < highest; step *= 2n) {
    const up = high + step < highest ? high + step : highest
    const atUp = sign(up)
    if (atUp === 0) return { low: up, high: up + 2n }
    if (atUp !== atHigh) return { low: high, high: up }
    const down = low - step > lowest ? low - step : lowest
    const atDown = sign(down)
    if (atDown === 0) return { low: down, high: down + 2n }
    if (atDown !== atLow) return { low: down, high: low }
    ;[low, atLow, high, atHigh] = [down, atDown, up, atUp]
  }
  return null
}

/** 3734 hundredths of a percent are "37.34". */
function written(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
