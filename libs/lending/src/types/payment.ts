import type { Amount, Currency } from '@growr/money'
import type { LocalDate } from '../calendar.ts'
import type { EventWith } from './event.ts'

export type PaymentKind =
  | 'DISBURSEMENT' | 'REPAYMENT' | 'OVERPAYMENT_REFUND' | 'REWARD' | 'DEPOSIT_RETURN' | 'TRANSFER_IN' | 'TRANSFER_OUT' | 'HAND_OVER'
  /** Money that came in and that nothing tells whose it is: it waits in the organization's suspense until it is assigned to a loan. */
  | 'RECEIPT'
export type PaymentStatus = 'ADDED' | 'CONFIRMED' | 'FAILED' | 'REVERTED'

/** How money moves. Each network adds its own. */
export type Rail = 'BANK' | 'CASH' | 'MOBILE'

/**
 * Who holds money on a rail: the organization's key at the bank and at a provider of mobile money, an agent's pseudonym or 'office' in
 * cash. Never a person's id.
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
}

type PaymentEventOf<Type extends string, Data> = EventWith<Type, Data, PaymentSubject>

export type PaymentEvent =
  | PaymentEventOf<'payment.added', PaymentAdded>
  | PaymentEventOf<'payment.confirmed', { readonly valueDate: LocalDate; readonly bookingDate: LocalDate }>
  | PaymentEventOf<'payment.failed', { readonly on: LocalDate; readonly reason: string }>
  | PaymentEventOf<'payment.reverted', { readonly on: LocalDate; readonly reason: string }>
  | PaymentEventOf<'payment.unmatched', { readonly on: LocalDate; readonly reason: string }>
  | PaymentEventOf<'payment.suspense-resolved', { readonly on: LocalDate }>
  | PaymentEventOf<'payment.approved', { readonly on: LocalDate }>
  | PaymentEventOf<'payment.reversal-requested', { readonly on: LocalDate; readonly reason: string }>
  | PaymentEventOf<'payment.reversal-rejected', { readonly on: LocalDate }>
  | PaymentEventOf<'payment.assigned', { readonly loanKey: string; readonly projectKey: string; readonly on: LocalDate }>
  /** With the loan that had it, which must hear of it: the state after it names none. */
  | PaymentEventOf<'payment.assignment-reversed', { readonly loanKey: string; readonly projectKey: string; readonly on: LocalDate; readonly reason: string }>
