import { MoneyError } from './errors.ts'

/** An exact fraction; the denominator is positive. */
export interface Ratio {
  readonly numerator: bigint
  readonly denominator: bigint
}

const PLAIN = /^(0|[1-9][0-9]{0,8})(?:\.([0-9]{1,9}))?$/

/**
 * Reads a plain decimal, such as a leverage factor "4.5", as the exact ratio 45/10. Not negative, at most nine digits on each
 * side of the point. Throws RATE_MALFORMED.
 */
export function parseDecimal(text: string): Ratio {
  const match = PLAIN.exec(text)
  if (!match) throw new MoneyError('RATE_MALFORMED', 'a rate is a decimal such as "18.00", not negative, at most nine digits on each side')
  const [, whole = '', fraction = ''] = match
  return { numerator: BigInt(whole + fraction), denominator: 10n ** BigInt(fraction.length) }
}

/** Reads a percentage: "18.00" is 18 %, the ratio 1800/10000. Throws RATE_MALFORMED. */
export function parseRate(percent: string): Ratio {
  const { numerator, denominator } = parseDecimal(percent)
  return { numerator, denominator: denominator * 100n }
}

/** −1, 0 or 1 as a is less than, equal to or greater than b. Exact. */
export function compareRatios(a: Ratio, b: Ratio): -1 | 0 | 1 {
  const left = a.numerator * b.denominator
  const right = b.numerator * a.denominator
  return left < right ? -1 : left > right ? 1 : 0
}
