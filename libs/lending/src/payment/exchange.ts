import { add, negate, zero, type Amount, type Currency } from '@growr/money'
import type { PaymentState } from '../types/payment.ts'
import { DIFFERENCES, directions, isNetworkRail } from './rails.ts'

/** What came in of a foreign coin less what left, and what that was booked at in the project's currency. */
export interface ExchangePosition {
  readonly currency: Currency
  readonly coins: Amount
  readonly booked: Amount
}

export interface Exchanges {
  /** By the code of the coin: every coin that ever moved, also where nothing is left of it. */
  readonly positions: ReadonlyMap<string, ExchangePosition>
  /** What the originator still owes the project (negative: may take from it) once no coins are left: all that is booked, less what was settled. */
  readonly open: Amount
}

/**
 * The positions between a project's currency and others, out of its confirmed payments. Coins came at one rate and leave at another:
 * the difference stays in `booked`, so that a conversion of all coins of a currency at what is booked settles it, where that is above
 * zero; an EXCHANGE_LOSS or EXCHANGE_GAIN of `open` settles what is left.
 */
export function exchangesOf(payments: Iterable<PaymentState>, currency: string): Exchanges {
  const positions = new Map<string, ExchangePosition>()
  let open = zero(currency)
  for (const { kind, status, amount, moved, from } of payments) {
    if (moved) {
      const code = moved.currency.code
      const before = positions.get(code) ?? { currency: moved.currency, coins: zero(code), booked: zero(currency) }
      const signed = (value: Amount): Amount => (status !== 'CONFIRMED' ? zero(value.currency) : from && isNetworkRail(from.rail) ? negate(value) : value)
      positions.set(code, { ...before, coins: add(before.coins, signed(moved.amount)), booked: add(before.booked, signed(amount)) })
      open = add(open, signed(amount))
    } else if (DIFFERENCES.has(kind) && status === 'CONFIRMED') {
      open = add(open, directions[kind] === 'IN' ? negate(amount) : amount)
    }
  }
  return { positions, open }
}
