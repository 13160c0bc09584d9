import { z } from 'zod'
import { amount, date, id, rail, text } from './shapes.ts'

export const paymentStatus = z.enum(['ADDED', 'CONFIRMED', 'FAILED', 'REVERTED'])
export const paymentKind = z.enum(['DISBURSEMENT', 'REPAYMENT', 'OVERPAYMENT_REFUND', 'REWARD', 'DEPOSIT_RETURN', 'TRANSFER_IN', 'TRANSFER_OUT', 'HAND_OVER', 'RECEIPT', 'NETWORK_FEE', 'FEE_REIMBURSEMENT', 'FEE_RETURN', 'CONVERSION', 'EXCHANGE_LOSS', 'EXCHANGE_GAIN'])

export const Payment = z.object({
  key: id,
  kind: paymentKind,
  status: paymentStatus,
  rail,
  loan: id.nullable(),
  project: id,
  organization: id,
  currency: z.string(),
  amount,
  valueDate: date,
  bookingDate: date,
  /** Who holds the cash: an agent's user id; null where it is the organization's bank or office. */
  holder: id.nullable(),
  reference: z.string().nullable(),
  /** What the other side must still do, in words. */
  awaits: z.enum(['CODE', 'REFERENCE', 'OTHER_PARTY', 'APPROVAL', 'REVERSAL', 'NETWORK', 'NOTHING']),
  /** Over a network in another coin: what really moved, and the rate and time by which it was booked. */
  moved: z.object({ currency: z.string(), amount, rate: z.string(), at: z.string() }).nullable(),
  /** What the network calls it: txid:vout, payment hash. */
  networkId: z.string().nullable(),
  /** Handed to the network, and perhaps without an answer that is final: neither cancelled nor sent again meanwhile. */
  sending: z.enum(['SENDING', 'UNKNOWN']).nullable(),
  /** Why it failed, was reverted, or is to be: a code or what was written. */
  reason: z.string().nullable(),
  version: z.number().int(),
})
export type Payment = z.output<typeof Payment>

export const cashiers = { ORIGINATOR_ADMIN: 'organization', ORIGINATOR_AGENT: 'organization' } as const
export const seen = { NODE_OPERATOR: 'any', ...cashiers, BORROWER: 'own' } as const
export const admins = { ORIGINATOR_ADMIN: 'organization' } as const
export const reason = text(200)
