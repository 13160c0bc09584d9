import { Refusal, isCode } from '@growr/contracts'
import { formatAmount, isNegative, isPositive, MoneyError, parseAmount, zero, type Amount, type Currency } from '@growr/money'
import { isRefused, type Decision } from '@growr/lending'

/** An amount out of a decimal string of the API. AMOUNT_INVALID with the field when the currency does not hold it exactly. */
export function amountOf(text: string, currency: Currency, path: string): Amount {
  try {
    return parseAmount(text, currency)
  } catch (error) {
    if (error instanceof MoneyError) throw new Refusal('AMOUNT_INVALID', { path, details: { currency: currency.code, decimals: currency.exponent } })
    throw error
  }
}

/** The same, and more than nothing. */
export function positiveOf(text: string, currency: Currency, path: string): Amount {
  const amount = amountOf(text, currency, path)
  if (!isPositive(amount)) throw new Refusal('AMOUNT_INVALID', { path })
  return amount
}

export const decimal = (amount: Amount, currency: Currency): string => formatAmount(amount, currency)

/** A figure that a screen shows as nothing rather than below nothing. */
export const decimalOrZero = (amount: Amount, currency: Currency): string => formatAmount(isNegative(amount) ? zero(amount.currency) : amount, currency)

/** The events of a decision; a refusal of the domain leaves as one of the catalogue. */
export function eventsOf<E>(decision: Decision<E>): readonly E[] {
  if (!isRefused(decision)) return decision.events
  if (!isCode(decision.refused)) throw new Error(`the catalogue lacks ${String(decision.refused)}`)
  throw new Refusal(decision.refused, { ...(decision.path === undefined ? {} : { path: decision.path }), ...(decision.details === undefined ? {} : { details: decision.details }) })
}
