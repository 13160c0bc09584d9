import { directions, type Holder, type PaymentState } from '@growr/lending'
import { LedgerError } from '../errors.ts'
import type { Posting } from '../postings.ts'
import { cashHandedOver } from './cash-handed-over.ts'
import { cashPaid } from './cash-paid.ts'
import { cashReceived } from './cash-received.ts'
import { coinsMoved, converted } from './coins-moved.ts'
import { exchangeSettled } from './exchange-settled.ts'
import { networkFee } from './network-fee.ts'

/** A payment is confirmed: its kind says which way the money went, and whose it is. */
export function paymentConfirmed(payment: PaymentState): Posting[] {
  const { kind, from, to } = payment
  const direction = directions[kind]
  if (direction === 'INNER' && from && to) return kind === 'CONVERSION' ? converted(payment, from, to) : cashHandedOver(payment, from, to)
  if (direction === 'IN' && to) return atHolder(payment, to)
  if (direction === 'OUT' && from) return atHolder(payment, from)
  throw new LedgerError('STATE_MISSING', 'a payment names where its money lies')
}

function atHolder(payment: PaymentState, holder: Holder): Posting[] {
  switch (payment.kind) {
    case 'NETWORK_FEE': case 'FEE_REIMBURSEMENT': case 'FEE_RETURN': return networkFee(payment, holder)
    case 'EXCHANGE_LOSS': case 'EXCHANGE_GAIN': return exchangeSettled(payment, holder)
    default:
      if (payment.moved) return coinsMoved(payment, holder)
      return directions[payment.kind] === 'IN' ? cashReceived(payment, holder) : cashPaid(payment, holder)
  }
}
