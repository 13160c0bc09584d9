import { directions, type PaymentState } from '@growr/lending'
import { LedgerError } from '../errors.ts'
import type { Posting } from '../postings.ts'
import { cashHandedOver } from './cash-handed-over.ts'
import { cashPaid } from './cash-paid.ts'
import { cashReceived } from './cash-received.ts'

/** A payment is confirmed: its kind says which way the money went. */
export function paymentConfirmed(payment: PaymentState): Posting[] {
  const { kind, from, to } = payment
  const direction = directions[kind]
  if (direction === 'IN' && to) return cashReceived(payment, to)
  if (direction === 'OUT' && from) return cashPaid(payment, from)
  if (direction === 'INNER' && from && to) return cashHandedOver(payment, from, to)
  throw new LedgerError('STATE_MISSING', 'a payment names where its money lies')
}
