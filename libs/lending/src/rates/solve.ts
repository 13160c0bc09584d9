import type { Ratio } from '@growr/money'
import { presentValueSign } from './fixed.ts'

/** A flow of money and when it is, counted in years from the first. */
export interface TimedFlow {
  readonly amount: bigint
  readonly years: Ratio
}

/** Where the search begins, as spreadsheets do: 10 % a year. */
const GUESS = Math.log(1.1)
/** Rates from −99.99 % to 10^9 % a year are looked at. */
const LOWEST = Math.log(1e-4)
const HIGHEST = Math.log(1e7)

/**
 * The yearly rate at which the flows' present values sum to zero, in percent with so many decimals, half up; null where none is found
 * (no change of sign, everything on one day). Floating point finds the neighbourhood; which last digit is right is decided in integers.
 */
export function solveRate(flows: readonly TimedFlow[], decimals: number): string | null {
  const root = neighbourhood(flows)
  if (root === null) return null
  const perUnit = 10 ** (decimals + 2)
  const near = BigInt(Math.round(Math.expm1(root) * perUnit))
  const unit = 2n * BigInt(perUnit)
  const sign = (halves: bigint) => presentValueSign(flows, { numerator: halves, denominator: unit })
  for (const candidate of [near, near - 1n, near + 1n]) {
    const [low, high] = [2n * candidate - 1n, 2n * candidate + 1n]
    if (low <= -unit) continue
    const below = sign(low)
    if (below === 0 || below === -sign(high)) return written(candidate, decimals)
  }
  return written(near, decimals)
}

/** ln(1 + rate) near the root next to the guess. */
function neighbourhood(flows: readonly TimedFlow[]): number | null {
  const amounts = flows.map(({ amount }) => Number(amount))
  const years = flows.map(({ years: { numerator, denominator } }) => Number(numerator) / Number(denominator))
  if (!amounts.some(amount => amount > 0) || !amounts.some(amount => amount < 0) || years.every(year => year === years[0])) return null
  const value = (growth: number) => amounts.reduce((sum, amount, index) => sum + amount * Math.exp(-growth * years[index]!), 0)
  const bracket = bracketOf(value)
  if (!bracket) return null
  let [low, high] = bracket
  const positive = value(low) > 0
  for (let halvings = 0; halvings < 100; halvings += 1) {
    const middle = (low + high) / 2
    if (value(middle) > 0 === positive) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Two neighbours of different signs, looked for outward from the guess. */
function bracketOf(value: (growth: number) => number): [number, number] | null {
  let [low, high] = [GUESS, GUESS]
  let [atLow, atHigh] = [value(GUESS), value(GUESS)]
  for (let step = 0.05; low > LOWEST || high < HIGHEST; step *= 1.2) {
    const up = Math.min(high + step, HIGHEST)
    const atUp = value(up)
    if (atUp > 0 !== atHigh > 0) return [high, up]
    const down = Math.max(low - step, LOWEST)
    const atDown = value(down)
    if (atDown > 0 !== atLow > 0) return [down, low]
    ;[low, atLow, high, atHigh] = [down, atDown, up, atUp]
  }
  return null
}

/** 3734 hundredths of a percent are "37.34". */
function written(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
