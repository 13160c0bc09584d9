import { isCode, Refusal } from '@growr/contracts'
import { isRefused, type Decision, type Refused } from '@growr/lending'
import { formatAmount, isNegative, isPositive, MoneyError, parseAmount, zero, type Amount, type Currency } from '@growr/money'

/**
 * An amount above nothing out of a decimal string of the API, such as "20000.00"; a form may fill it up with zeros in front.
 * AMOUNT_INVALID with the field where the currency does not hold it exactly.
 */
export function positiveOf(text: string, currency: Currency, path: string): Amount {
  try {
    const amount = parseAmount(text.replace(/^0+(?=\d)/, ''), currency)
    if (isPositive(amount)) return amount
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error
  }
  throw new Refusal('AMOUNT_INVALID', { path, details: { currency: currency.code, decimals: currency.exponent } })
}

/** An amount as the API shows it: with all decimals of its currency. */
export const decimal = (amount: Amount, currency: Currency): string => formatAmount(amount, currency)

/** A figure that a screen shows as nothing rather than below nothing. */
export const decimalOrZero = (amount: Amount, currency: Currency): string => formatAmount(isNegative(amount) ? zero(amount.currency) : amount, currency)

/** The events of a decision; a refusal of the domain leaves as one of the catalogue. */
export function eventsOf<E>(decision: Decision<E>): readonly E[] {
  throwRefused(isRefused(decision) ? decision : null)
  return (decision as Exclude<Decision<E>, Refused>).events
}

/** Throws what the domain refuses, by the catalogue; nothing where it does not. */
export function throwRefused(found: Refused | null): void {
  if (!found) return
  const { refused, path, details } = found
  if (!isCode(refused)) throw new Error(`the catalogue lacks ${String(refused)}`)
  throw new Refusal(refused, { ...(path === undefined ? {} : { path }), ...(details === undefined ? {} : { details }) })
}

/** What the domain worked out; a refusal leaves as one of the catalogue. */
export function accepted<T extends object>(found: T | Refused): T {
  throwRefused(isRefused(found) ? found : null)
  return found as T
}
