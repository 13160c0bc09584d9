export { MoneyError, type MoneyErrorCode } from './errors.ts'
export { currencyCodes, currencyOf, isCurrencyCode, token, MAXIMUM_EXPONENT, type Currency } from './currency.ts'
export {
  add, amountOf, compare, formatAmount, isNegative, isPositive, isZero, maximum, minimum, negate, parseAmount, percentOf, subtract,
  sum, times, zero, MAXIMUM_DIGITS, type Amount,
} from './amount.ts'
export { divide, largestRemainder, type Rounding } from './rounding.ts'
export { compareRatios, parseDecimal, parseRate, type Ratio } from './rate.ts'
export { decodeJson, encodeJson, fromJson, isAmount, toJson, type Json } from './json.ts'
