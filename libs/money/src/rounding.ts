import { MoneyError } from './errors.ts'

/**
 * How a quotient that is no integer becomes one.
 * DOWN: towards zero. UP: away from zero. FLOOR: towards minus infinity. CEILING: towards plus infinity.
 * HALF_EVEN, HALF_UP, HALF_DOWN: to the nearest, a tie to the even neighbour, away from zero, towards zero.
 */
export type Rounding = 'DOWN' | 'UP' | 'FLOOR' | 'CEILING' | 'HALF_EVEN' | 'HALF_UP' | 'HALF_DOWN'

/**
 * The one place that divides money. The denominator must be positive (DENOMINATOR_NOT_POSITIVE), the numerator may have any sign.
 */
export function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  if (denominator <= 0n) throw new MoneyError('DENOMINATOR_NOT_POSITIVE', 'a denominator must be positive')
  const quotient = numerator / denominator
  const remainder = numerator % denominator
  if (remainder === 0n) return quotient
  const away = numerator < 0n ? quotient - 1n : quotient + 1n
  return roundsAway(rounding, numerator < 0n, quotient, magnitude(remainder) * 2n, denominator) ? away : quotient
}

function roundsAway(rounding: Rounding, negative: boolean, quotient: bigint, twiceRemainder: bigint, denominator: bigint): boolean {
  switch (rounding) {
    case 'DOWN': return false
    case 'UP': return true
    case 'FLOOR': return negative
    case 'CEILING': return !negative
    case 'HALF_UP': return twiceRemainder >= denominator
    case 'HALF_DOWN': return twiceRemainder > denominator
    case 'HALF_EVEN': return twiceRemainder === denominator ? quotient % 2n !== 0n : twiceRemainder > denominator
  }
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}

/**
 * Shares a total out by weights so that the shares sum to it exactly: each share is rounded down, and the units that are left
 * go one each to the largest remainders, ties to the lower index (the method of Hamilton).
 * No share exceeds its weight while the total does not exceed the sum of the weights.
 * Total and weights must not be negative, and some weight positive unless the total is zero (WEIGHTS_INVALID).
 */
export function largestRemainder(total: bigint, weights: readonly bigint[]): bigint[] {
  if (total < 0n || weights.some(weight => weight < 0n)) throw new MoneyError('WEIGHTS_INVALID', 'total and weights must not be negative')
  const sum = weights.reduce((left, right) => left + right, 0n)
  if (sum === 0n) {
    if (total !== 0n) throw new MoneyError('WEIGHTS_INVALID', 'nothing to share by: all weights are zero')
    return weights.map(() => 0n)
  }
  const parts = weights.map((weight, index) => ({
    index,
    share: divide(total * weight, sum, 'DOWN'),
    remainder: (total * weight) % sum,
  }))
  let left = parts.reduce((rest, part) => rest - part.share, total)
  const order = parts.toSorted((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))
  for (const part of order) {
    if (left === 0n) break
    part.share += 1n
    left -= 1n
  }
  return parts.map(part => part.share)
}
