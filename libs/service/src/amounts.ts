import { isCode, Refusal } from '@growr/contracts'
import { isRefused, type Decision } from '@growr/lending'
import { formatAmount, isNegative, isPositive, MoneyError, parseAmount, zero, type Amount, type Currency } from '@growr/money'

/** An amount above nothing out of a decimal string of the API. AMOUNT_INVALID with the field where the currency does not hold it exactly. */
export function positiveOf(text: string, currency: Currency, path: string): Amount {
  try {
    const amount = parseAmount(text, currency)
    if (isPositive(amount)) return amount
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error
  }
  throw new Refusal('AMOUNT_INVALID', { path, details: { currency: currency.code, decimals: currency.exponent } })
}

export const decimal = (amount: Amount, currency: Currency): string => formatAmount(amount, currency)

/** A figure that a screen shows as nothing rather than below nothing. */
export const decimalOrZero = (amount: Amount, currency: Currency): string => formatAmount(isNegative(amount) ? zero(amount.currency) : amount, currency)

/** The events of a decision; a refusal of the domain leaves as one of the catalogue. */
export function eventsOf<E>(decision: Decision<E>): readonly E[] {
  if (!isRefused(decision)) return decision.events
  const { refused, path, details } = decision
  if (!isCode(refused)) throw new Error(`the catalogue lacks ${String(refused)}`)
  throw new Refusal(refused, { ...(path === undefined ? {} : { path }), ...(details === undefined ? {} : { details }) })
}
