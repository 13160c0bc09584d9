import { isPositive } from '@growr/money'
import { firstRefusal, refuse, type Refused } from '../refusals.ts'
import type { Moved, PaymentAdded } from '../types/payment.ts'
import { DIFFERENCES, FEES, isNetworkRail } from './rails.ts'

/** Decimal text above zero: whole units of one currency for a whole unit of another, a token's 18 digits included. */
const RATE = /^(?=.*[1-9])\d{1,40}(\.\d{1,18})?$/
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/
const MAXIMUM_NAME = 200

/** What a payment says of the network it goes over must fit its kind and its holders. */
export function requireOnNetwork(data: PaymentAdded): Refused | null {
  return firstRefusal(
    () => requireFees(data),
    () => requireConversion(data),
    () => (data.moved ? requireMoved(data, data.moved) : null),
    () => requireReference(data),
  )
}

/** Fees are the originator's: of no loan and no funding, in the coin itself, where the coin lies. */
function requireFees({ kind, from, to, loanKey, fundingKey, moved }: PaymentAdded): Refused | null {
  const holder = from ?? to
  if (FEES.has(kind) && holder && !isNetworkRail(holder.rail)) return refuse('RAIL_MISMATCH', from ? 'from' : 'to')
  if (!FEES.has(kind) && !DIFFERENCES.has(kind)) return null
  if (moved) return refuse('RAIL_MISMATCH', 'moved')
  return loanKey === null && fundingKey === null ? null : refuse('RAIL_MISMATCH', loanKey === null ? 'funding' : 'loan')
}

/** Coins on one side, the project's account at the bank on the other. */
function requireConversion({ kind, from, to, loanKey, fundingKey, moved }: PaymentAdded): Refused | null {
  if (kind !== 'CONVERSION' || !from || !to) return null
  const fits = (isNetworkRail(from.rail) && to.rail === 'BANK') || (from.rail === 'BANK' && isNetworkRail(to.rail))
  if (!fits) return refuse('RAIL_MISMATCH', 'to')
  if (!moved) return refuse('RAIL_MISMATCH', 'moved')
  return loanKey === null && fundingKey === null ? null : refuse('RAIL_MISMATCH', loanKey === null ? 'funding' : 'loan')
}

function requireMoved({ kind, currency, from, to }: PaymentAdded, { amount, currency: other, rate, at }: Moved): Refused | null {
  // A hand-over brings as much as it takes, and a receipt is booked in what came in.
  const fits = kind !== 'HAND_OVER' && kind !== 'RECEIPT' && [from, to].some(holder => holder && isNetworkRail(holder.rail))
  return firstRefusal(
    () => (fits ? null : refuse('RAIL_MISMATCH', 'moved')),
    () => (other.code === currency.code || amount.currency !== other.code ? refuse('CURRENCY_MISMATCH', 'moved.currency') : null),
    () => (isPositive(amount) ? null : refuse('AMOUNT_INVALID', 'moved.amount')),
    () => (RATE.test(rate) ? null : refuse('AMOUNT_INVALID', 'moved.rate')),
    () => (INSTANT.test(at) && !Number.isNaN(Date.parse(at)) ? null : refuse('VALUE_DATE', 'moved.at')),
  )
}

function requireReference({ network, from, to }: PaymentAdded): Refused | null {
  if (!network) return null
  const { id, generation } = network
  const fits = [from, to].some(holder => holder && isNetworkRail(holder.rail)) && id.length > 0 && id.length <= MAXIMUM_NAME
  return fits && Number.isSafeInteger(generation) && generation >= 0 ? null : refuse('RAIL_MISMATCH', 'network')
}
