import type { Amount, Currency } from '@growr/money'
import type { LocalDate } from '../calendar.ts'
import type { EventWith } from './event.ts'

export type PaymentKind =
  | 'DISBURSEMENT' | 'REPAYMENT' | 'OVERPAYMENT_REFUND' | 'REWARD' | 'DEPOSIT_RETURN' | 'TRANSFER_IN' | 'TRANSFER_OUT' | 'HAND_OVER'
  /** Money that came in and that nothing tells whose it is: it waits in the organization's suspense until it is assigned to a loan. */
  | 'RECEIPT'
  /** What sending over a network cost, in its coin: advanced for the originator, who bears it. */
  | 'NETWORK_FEE'
  /** The originator gives back what was advanced for fees, or more: a deposit for fees to come. */
  | 'FEE_REIMBURSEMENT'
  /** What is left of the originator's deposit for fees goes back. */
  | 'FEE_RETURN'
  /** Coins become money of the project's currency at the bank, or the other way round. */
  | 'CONVERSION'
  /** The originator pays what exchanges have lost in the project's currency, or takes what they have gained. */
  | 'EXCHANGE_LOSS' | 'EXCHANGE_GAIN'
export type PaymentStatus = 'ADDED' | 'CONFIRMED' | 'FAILED' | 'REVERTED'

export type NetworkRail = 'BITCOIN' | 'LIGHTNING' | 'ROOTSTOCK'
/** How money moves. */
export type Rail = 'BANK' | 'CASH' | 'MOBILE' | NetworkRail

/**
 * Who holds money on a rail: the organization's key at the bank, at a provider of mobile money and on a network (all wallets of the
 * project there together), an agent's pseudonym or 'office' in cash. Never a person's id.
 */
export interface Holder {
  readonly rail: Rail
  readonly holder: string
}

/** What leads to a person: sealed under that person's key, null after an erasure. */
export interface PaymentSubject {
  readonly userDid?: string
  readonly userId?: string
  readonly reference?: string
  readonly codeDigest?: string
  readonly proof?: string
  readonly agentId?: string
  /** Who approved a payout above the project's limit. */
  readonly approverId?: string
  /** Who asked for the reversal, and who confirmed or rejected it. */
  readonly reversalBy?: string
  readonly reversalDecidedBy?: string
  /** Who assigned an unmatched receipt to a loan. */
  readonly assignedBy?: string
  /** What somebody wrote as the reason of a reversal: words may name people, and the event has a code. */
  readonly stated?: string
  /** Of a payment over a network: the address that paid or was paid; the investor and the contract that it is for. */
  readonly address?: string
  readonly contractId?: string
  readonly investorId?: string
}

/**
 * What moved on the rail where that is not the project's currency. `amount` of the payment stays in the project's, which its loan or
 * funding takes; the difference to the rate at another time is the originator's.
 */
export interface Moved {
  readonly currency: Currency
  readonly amount: Amount
  /** Units of the project's currency for one whole unit of this one, decimal text; and the instant (ISO 8601) of that rate. */
  readonly rate: string
  readonly at: string
}

/** What a network calls a payment (txid:vout, payment hash): public data. The generation counts from 0 how often it came back after it was taken away. */
export interface NetworkReference {
  readonly id: string
  readonly generation: number
}

/** A send that was handed to its network, which alone says how it ends. */
export interface Sending {
  readonly on: LocalDate
  /** The most that the network may take for it, as text, in its coin. */
  readonly maxFee?: string
  /** True while the network gives no final answer: nobody tries it again, nor calls it off. */
  readonly unknown?: boolean
}

/** Money that arrived or left and that its loan, funding or project did not take: an open case until somebody resolves it. */
export interface SuspenseCase {
  readonly since: LocalDate
  /** The code with which the other side refused. */
  readonly reason: string
  readonly resolvedOn: LocalDate | null
}

export interface PaymentState {
  readonly key: string
  readonly organizationId: string
  readonly projectKey: string
  readonly kind: PaymentKind
  readonly status: PaymentStatus
  readonly currency: Currency
  readonly amount: Amount
  /** Where the project's money lies, before and after. `from` is null for money that comes in, `to` for money that goes out. */
  readonly from: Holder | null
  readonly to: Holder | null
  readonly loanKey: string | null
  readonly fundingKey: string | null
  readonly valueDate: LocalDate
  readonly bookingDate: LocalDate
  /** Why it failed or was reverted: a code. */
  readonly statusReason: string | null
  readonly suspense: SuspenseCase | null
  /** True for a payout that a second person must approve before it can be confirmed. */
  readonly needsApproval?: boolean
  readonly approvedOn?: LocalDate
  /** A reversal that somebody asked for and that waits for another person; null once it was rejected. */
  readonly reversal?: { readonly on: LocalDate; readonly reason: string } | null
  /** Of a RECEIPT: the day on which it was assigned to its loan; null where that was taken back. */
  readonly assignedOn?: LocalDate | null
  readonly moved?: Moved
  readonly network?: NetworkReference
  /** Only while its network has the send and has not said how it ended. */
  readonly sending?: Sending
  readonly subject?: PaymentSubject | null
}

export interface PaymentAdded {
  readonly key: string
  readonly organizationId: string
  readonly projectKey: string
  readonly kind: PaymentKind
  readonly currency: Currency
  readonly amount: Amount
  readonly from: Holder | null
  readonly to: Holder | null
  readonly loanKey: string | null
  readonly fundingKey: string | null
  readonly valueDate: LocalDate
  readonly bookingDate: LocalDate
  readonly needsApproval?: boolean
  readonly moved?: Moved
  readonly network?: NetworkReference
}

type PaymentEventOf<Type extends string, Data> = EventWith<Type, Data, PaymentSubject>

export type PaymentEvent =
  | PaymentEventOf<'payment.added', PaymentAdded>
  /** With what the network calls a send: it has no name there before. */
  | PaymentEventOf<'payment.confirmed', { readonly valueDate: LocalDate; readonly bookingDate: LocalDate; readonly network?: NetworkReference }>
  /** `final` where the network said so of a send that it had. */
  | PaymentEventOf<'payment.failed', { readonly on: LocalDate; readonly reason: string; readonly final?: true }>
  | PaymentEventOf<'payment.sending', { readonly on: LocalDate; readonly maxFee?: string }>
  | PaymentEventOf<'payment.unknown', { readonly on: LocalDate }>
  | PaymentEventOf<'payment.reverted', { readonly on: LocalDate; readonly reason: string }>
  | PaymentEventOf<'payment.unmatched', { readonly on: LocalDate; readonly reason: string }>
  | PaymentEventOf<'payment.suspense-resolved', { readonly on: LocalDate }>
  | PaymentEventOf<'payment.approved', { readonly on: LocalDate }>
  | PaymentEventOf<'payment.reversal-requested', { readonly on: LocalDate; readonly reason: string }>
  | PaymentEventOf<'payment.reversal-rejected', { readonly on: LocalDate }>
  | PaymentEventOf<'payment.assigned', { readonly loanKey: string; readonly projectKey: string; readonly on: LocalDate }>
  /** With the loan that had it, which must hear of it: the state after it names none. */
  | PaymentEventOf<'payment.assignment-reversed', { readonly loanKey: string; readonly projectKey: string; readonly on: LocalDate; readonly reason: string }>
