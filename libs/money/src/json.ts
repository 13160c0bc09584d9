import { MoneyError } from './errors.ts'
import { isCurrencyCode } from './currency.ts'
import type { Amount } from './amount.ts'

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

const MAXIMUM_DEPTH = 64
const MAXIMUM_LENGTH = 16 * 1024 * 1024
const DIGITS = /^(?:0|-?[1-9][0-9]{0,79})$/

/**
 * JSON in which each Amount is {"amount":"2000000","currency":"HNL"}, minor units as digits, so that nothing passes through a
 * floating point number. A bigint anywhere else throws JSON_INVALID; more than 64 levels throw JSON_TOO_DEEP.
 * Properties that are undefined are left out, as in JSON.
 */
export function encodeJson(value: unknown): string {
  return JSON.stringify(toJson(value))
}

/**
 * Reads what `encodeJson` wrote. An object with exactly the properties `amount` (digits) and `currency` (a code) is an Amount.
 * Throws JSON_INVALID, JSON_TOO_DEEP or JSON_TOO_LONG (16 Mi characters).
 */
export function decodeJson(text: string): unknown {
  if (text.length > MAXIMUM_LENGTH) throw new MoneyError('JSON_TOO_LONG', `at most ${MAXIMUM_LENGTH} characters`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new MoneyError('JSON_INVALID', 'not JSON')
  }
  return text.includes('"currency"') ? fromJson(value) : value
}

/** The plain value `encodeJson` writes, for a store that takes values. */
export function toJson(value: unknown): Json {
  return encode(value, 0)
}

/** The value with its Amounts again, out of what `toJson` gave. */
export function fromJson(value: unknown): unknown {
  return decode(value, 0)
}

function encode(value: unknown, depth: number): Json {
  if (depth > MAXIMUM_DEPTH) throw new MoneyError('JSON_TOO_DEEP', `at most ${MAXIMUM_DEPTH} levels`)
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new MoneyError('JSON_INVALID', 'a number must be finite')
    return value
  }
  if (Array.isArray(value)) return value.map(item => encode(item, depth + 1))
  if (typeof value !== 'object') throw new MoneyError('JSON_INVALID', `${typeof value} has no place in JSON outside an amount`)
  if (isAmount(value)) return { amount: value.amount.toString(), currency: value.currency }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw new MoneyError('JSON_INVALID', 'only plain objects')
  return Object.fromEntries(
    Object.entries(value).filter(([, inner]) => inner !== undefined).map(([key, inner]) => [key, encode(inner, depth + 1)]),
  )
}

function decode(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > MAXIMUM_DEPTH) throw new MoneyError('JSON_TOO_DEEP', `at most ${MAXIMUM_DEPTH} levels`)
  if (Array.isArray(value)) return value.map(item => decode(item, depth + 1))
  const found = Object.entries(value)
  if (found.length === 2 && 'amount' in value && 'currency' in value) {
    const { amount, currency } = value
    if (typeof amount === 'string' && typeof currency === 'string' && DIGITS.test(amount) && isCurrencyCode(currency)) {
      return { amount: BigInt(amount), currency }
    }
  }
  return Object.fromEntries(found.map(([key, inner]) => [key, decode(inner, depth + 1)]))
}

/** True for an object that is an Amount and nothing else. */
export function isAmount(value: unknown): value is Amount {
  return (
    typeof value === 'object' && value !== null && Object.keys(value).length === 2 &&
    'amount' in value && typeof value.amount === 'bigint' &&
    'currency' in value && typeof value.currency === 'string' && isCurrencyCode(value.currency)
  )
}
