import type { Amount } from '@growr/money'
import type { Holder, NetworkRail, PaymentKind, PaymentState, Rail } from '../types/payment.ts'

export type PaymentDirection = 'IN' | 'OUT' | 'INNER'

/** Whether a kind of payment brings the project money, takes some, or only moves it from one holder to another. */
export const directions: Readonly<Record<PaymentKind, PaymentDirection>> = {
  REPAYMENT: 'IN',
  TRANSFER_IN: 'IN',
  DISBURSEMENT: 'OUT',
  OVERPAYMENT_REFUND: 'OUT',
  REWARD: 'OUT',
  DEPOSIT_RETURN: 'OUT',
  TRANSFER_OUT: 'OUT',
  HAND_OVER: 'INNER',
  RECEIPT: 'IN',
  NETWORK_FEE: 'OUT',
  FEE_REIMBURSEMENT: 'IN',
  FEE_RETURN: 'OUT',
  CONVERSION: 'INNER',
  EXCHANGE_LOSS: 'IN',
  EXCHANGE_GAIN: 'OUT',
}

const NETWORKS: ReadonlySet<Rail> = new Set<Rail>(['BITCOIN', 'LIGHTNING', 'ROOTSTOCK'] satisfies NetworkRail[])

/** True for a payment network: what it took or gave is a fact, which nobody but the network takes back. */
export function isNetworkRail(rail: Rail): rail is NetworkRail {
  return NETWORKS.has(rail)
}

/** Kinds that concern fees of networks alone, in the network's coin. */
export const FEES: ReadonlySet<PaymentKind> = new Set<PaymentKind>(['NETWORK_FEE', 'FEE_REIMBURSEMENT', 'FEE_RETURN'])

/** Kinds that settle what exchanges between currencies lost or gained, in the project's currency. */
export const DIFFERENCES: ReadonlySet<PaymentKind> = new Set<PaymentKind>(['EXCHANGE_LOSS', 'EXCHANGE_GAIN'])

/** True for a kind whose money a loan, a funding or a share takes or gives, through clearing. What concerns the originator alone has none. */
export function hasOtherSide(kind: PaymentKind): boolean {
  return directions[kind] !== 'INNER' && !FEES.has(kind) && !DIFFERENCES.has(kind)
}

/** What a payment moves at one of its holders: coins on a network where it moved those, else its amount. */
export function amountAt({ amount, moved }: Pick<PaymentState, 'amount' | 'moved'>, { rail }: Holder): Amount {
  return moved && isNetworkRail(rail) ? moved.amount : amount
}
