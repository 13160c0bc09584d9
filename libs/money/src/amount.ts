import { currencyOf, isCurrencyCode, type Currency } from './currency.ts'
import { MoneyError } from './errors.ts'
import { divide, type Rounding } from './rounding.ts'
import { parseRate, type Ratio } from './rate.ts'

/** An amount in minor units of its currency (cents, millisatoshi, wei). Never a floating point number, never without a currency. */
export interface Amount {
  readonly amount: bigint
  readonly currency: string
}

/** The most digits an amount may have in text. 2^128 has 39. */
export const MAXIMUM_DIGITS = 40

const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/

/** An amount out of minor units. Throws CURRENCY_INVALID for a text that cannot be a code. */
export function amountOf(amount: bigint, currency: string): Amount {
  if (!isCurrencyCode(currency)) throw new MoneyError('CURRENCY_INVALID', 'a code is a letter followed by 1 to 15 letters or digits')
  return { amount, currency }
}

/** Nothing, in a currency. */
export function zero(currency: string): Amount {
  return amountOf(0n, currency)
}

/**
 * Reads a decimal such as "20000.00" exactly. Nothing is guessed or rounded: spaces, thousands separators, exponents, a plus sign,
 * leading zeros, a bare point and "-0" are AMOUNT_MALFORMED; one decimal digit too many AMOUNT_TOO_PRECISE;
 * more than 40 digits AMOUNT_TOO_LARGE; a negative amount AMOUNT_NEGATIVE unless `negative` is allowed.
 */
export function parseAmount(text: string, currency: Currency | string, options: { negative?: boolean } = {}): Amount {
  const { code, exponent } = typeof currency === 'string' ? currencyOf(currency) : currency
  if (text.length > MAXIMUM_DIGITS + 2) throw new MoneyError('AMOUNT_TOO_LARGE', `an amount has at most ${MAXIMUM_DIGITS} digits`)
  const match = DECIMAL.exec(text)
  if (!match) throw new MoneyError('AMOUNT_MALFORMED', 'an amount is digits, and a point with decimals where the currency has them')
  const [, sign = '', whole = '', fraction = ''] = match
  if (fraction.length > exponent) throw new MoneyError('AMOUNT_TOO_PRECISE', `${code} has ${exponent} decimal digits`)
  if (whole.length + exponent > MAXIMUM_DIGITS) throw new MoneyError('AMOUNT_TOO_LARGE', `an amount has at most ${MAXIMUM_DIGITS} digits`)
  const units = BigInt(whole + fraction.padEnd(exponent, '0'))
  if (sign === '') return { amount: units, currency: code }
  if (units === 0n) throw new MoneyError('AMOUNT_MALFORMED', 'zero has no sign')
  if (!options.negative) throw new MoneyError('AMOUNT_NEGATIVE', 'a negative amount is not allowed here')
  return { amount: -units, currency: code }
}

/** Writes an amount as a decimal with all digits of its currency: 2000000 HNL is "20000.00". A token needs its currency given. */
export function formatAmount(amount: Amount, currency: Currency = currencyOf(amount.currency)): string {
  if (currency.code !== amount.currency) throw mismatch(currency.code, amount.currency)
  const negative = amount.amount < 0n
  const digits = (negative ? -amount.amount : amount.amount).toString().padStart(currency.exponent + 1, '0')
  const point = digits.length - currency.exponent
  const text = currency.exponent === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`
  return negative ? `-${text}` : text
}

/** a + b. Throws CURRENCY_MISMATCH. */
export function add(a: Amount, b: Amount): Amount {
  return { amount: a.amount + same(a, b).amount, currency: a.currency }
}

/** a − b, which may be negative. Throws CURRENCY_MISMATCH. */
export function subtract(a: Amount, b: Amount): Amount {
  return { amount: a.amount - same(a, b).amount, currency: a.currency }
}

/** −a */
export function negate(a: Amount): Amount {
  return { amount: -a.amount, currency: a.currency }
}

/** −1, 0 or 1 as a is less than, equal to or greater than b. Throws CURRENCY_MISMATCH. */
export function compare(a: Amount, b: Amount): -1 | 0 | 1 {
  const other = same(a, b).amount
  return a.amount < other ? -1 : a.amount > other ? 1 : 0
}

export function isZero(a: Amount): boolean {
  return a.amount === 0n
}

export function isPositive(a: Amount): boolean {
  return a.amount > 0n
}

export function isNegative(a: Amount): boolean {
  return a.amount < 0n
}

/** The lesser of two. Throws CURRENCY_MISMATCH. */
export function minimum(a: Amount, b: Amount): Amount {
  return compare(a, b) <= 0 ? a : b
}

/** The greater of two. Throws CURRENCY_MISMATCH. */
export function maximum(a: Amount, b: Amount): Amount {
  return compare(a, b) >= 0 ? a : b
}

/** The sum of any number of amounts, all in the currency named. Throws CURRENCY_MISMATCH. */
export function sum(currency: string, amounts: Iterable<Amount>): Amount {
  let total = zero(currency)
  for (const amount of amounts) total = add(total, amount)
  return total
}

/** amount × ratio, rounded once as told. */
export function times(amount: Amount, ratio: Ratio, rounding: Rounding): Amount {
  return { amount: divide(amount.amount * ratio.numerator, ratio.denominator, rounding), currency: amount.currency }
}

/** That percentage of an amount: percentOf(20000.00 HNL, "2.5", …) is 500.00 HNL. Throws RATE_MALFORMED. */
export function percentOf(amount: Amount, percent: string, rounding: Rounding): Amount {
  return times(amount, parseRate(percent), rounding)
}

function same(a: Amount, b: Amount): Amount {
  if (a.currency !== b.currency) throw mismatch(a.currency, b.currency)
  return b
}

function mismatch(a: string, b: string): MoneyError {
  return new MoneyError('CURRENCY_MISMATCH', `${a} and ${b} do not mix`)
}
