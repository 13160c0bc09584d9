import { divide, type Ratio } from '@growr/money'

// Powers with fractional exponents to forty digits in integers: the same on every machine, which floating point does not promise.

const DIGITS = 40n
const ONE = 10n ** DIGITS
const LN2 = lnNear(2n * ONE)

/** The sign of Σ amount × (1 + rate)^−years, with rate > −1. Zero where it is less than the arithmetic can tell. */
export function presentValueSign(flows: readonly { readonly amount: bigint; readonly years: Ratio }[], rate: Ratio): -1 | 0 | 1 {
  const growth = ln(((rate.denominator + rate.numerator) * ONE) / rate.denominator)
  const total = flows.reduce((sum, { amount, years }) => sum + amount * exp((-growth * years.numerator) / years.denominator), 0n)
  const weight = flows.reduce((sum, { amount }) => sum + (amount < 0n ? -amount : amount), 0n)
  // A difference of the last few digits of forty is none.
  const least = weight * 10n ** (DIGITS - 30n)
  return total > least ? 1 : total < -least ? -1 : 0
}

/** The natural logarithm of a positive number, both times 10^40. */
function ln(value: bigint): bigint {
  let scaled = value
  let twos = 0n
  while (scaled > (3n * ONE) / 2n) {
    scaled /= 2n
    twos += 1n
  }
  while (scaled < (3n * ONE) / 4n) {
    scaled *= 2n
    twos -= 1n
  }
  return lnNear(scaled) + twos * LN2
}

/** ln x = 2 × (z + z³/3 + z⁵/5 + …) with z = (x − 1) / (x + 1). */
function lnNear(value: bigint): bigint {
  const z = ((value - ONE) * ONE) / (value + ONE)
  const square = (z * z) / ONE
  let sum = 0n
  let power = z
  for (let odd = 1n; power !== 0n && odd < 400n; odd += 2n) {
    sum += power / odd
    power = (power * square) / ONE
  }
  return 2n * sum
}

/** e to the power of a number, both times 10^40. */
function exp(value: bigint): bigint {
  const twos = divide(value, LN2, 'HALF_EVEN')
  const rest = value - twos * LN2
  let sum = ONE
  let term = ONE
  for (let n = 1n; term !== 0n && n < 200n; n += 1n) {
    term = (term * rest) / (ONE * n)
    sum += term
  }
  return twos >= 0n ? sum << twos : sum >> -twos
}
