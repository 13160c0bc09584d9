import { add, amountOf, compare, negate, sum, zero, type Amount, type Currency } from '@growr/money'
import type { NetworkRail, PaymentState } from '../types/payment.ts'
import { DIFFERENCES, directions, FEES, isNetworkRail } from './rails.ts'

/** What came in of a foreign coin over a network less what left over it, and what that was booked at in the project's currency. */
export interface ExchangePosition {
  readonly rail: NetworkRail
  readonly currency: Currency
  readonly coins: Amount
  readonly booked: Amount
}

export interface Exchanges {
  /** Every coin that ever moved over a network, also where nothing is left of it: the same coin on two networks is two positions. */
  readonly positions: readonly ExchangePosition[]
  /** What the originator still owes the project (negative: may take from it) once no coins are left: all that is booked, less what was settled. */
  readonly open: Amount
}

/**
 * The positions between a project's currency and others, out of its confirmed payments in any order. Coins came at one rate and leave at
 * another: the difference stays in `booked`, and an EXCHANGE_LOSS or EXCHANGE_GAIN of `open` settles it once no coins are left.
 */
export function exchangesOf(payments: Iterable<PaymentState>, currency: string): Exchanges {
  const positions = new Map<string, ExchangePosition>()
  let open = zero(currency)
  for (const { kind, status, amount, moved, from, to } of payments) {
    if (moved) {
      const leaves = from !== null && isNetworkRail(from.rail)
      const rail = (leaves ? from.rail : to?.rail) as NetworkRail
      const { code } = moved.currency
      const name = `${rail} ${code}`
      const before = positions.get(name) ?? { rail, currency: moved.currency, coins: zero(code), booked: zero(currency) }
      const signed = (value: Amount): Amount => (status !== 'CONFIRMED' ? zero(value.currency) : leaves ? negate(value) : value)
      positions.set(name, { ...before, coins: add(before.coins, signed(moved.amount)), booked: add(before.booked, signed(amount)) })
      open = add(open, signed(amount))
    } else if (DIFFERENCES.has(kind) && status === 'CONFIRMED') {
      open = add(open, directions[kind] === 'IN' ? negate(amount) : amount)
    }
  }
  return { positions: [...positions.values()], open }
}

/**
 * What the originator pays for all coins of a position: for the last ones all that is open, so that nothing is left to settle; for others
 * what they were booked at, never more than is open, since a difference that was settled is not asked for again. At the least one minor unit.
 */
export function conversionOf({ positions, open }: Exchanges, { rail, currency, booked }: ExchangePosition): Amount {
  const last = positions.every((other) => other.coins.amount === 0n || (other.rail === rail && other.currency.code === currency.code))
  const due = last || compare(open, booked) < 0 ? open : booked
  return due.amount > 0n ? due : amountOf(1n, open.currency)
}

/** What of a coin a project advanced for a network's fees, out of its confirmed payments over it; below nothing: what is left of the originator's deposits there. */
export function advancedFor(payments: Iterable<PaymentState>, rail: NetworkRail, coin: string): Amount {
  const signed = [...payments]
    .filter(({ kind, status, amount, from, to }) => FEES.has(kind) && status === 'CONFIRMED' && amount.currency === coin && (from ?? to)?.rail === rail)
    .map(({ kind, amount }) => (directions[kind] === 'OUT' ? amount : negate(amount)))
  return sum(coin, signed)
}
