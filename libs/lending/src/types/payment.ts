import type { Amount, Currency } from '@growr/money'
import type { LocalDate } from '../calendar.ts'
import type { EventWith } from './event.ts'

export type PaymentKind =
  | 'DISBURSEMENT' | 'REPAYMENT' | 'OVERPAYMENT_REFUND' | 'REWARD' | 'DEPOSIT_RETURN' | 'TRANSFER_IN' | 'TRANSFER_OUT' | 'HAND_OVER'
export type PaymentStatus = 'ADDED' | 'CONFIRMED' | 'FAILED' | 'REVERTED'

/** How money moves. Each network adds its own. */
export type Rail = 'BANK' | 'CASH'

/** Who holds money on a rail: the organization's key at the bank, an agent's pseudonym or 'office' in cash. Never a person's id. */
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
}

type PaymentEventOf<Type extends string, Data> = EventWith<Type, Data, PaymentSubject>

export type PaymentEvent =
  | PaymentEventOf<'payment.added', PaymentAdded>
  | PaymentEventOf<'payment.confirmed', { readonly valueDate: LocalDate; readonly bookingDate: LocalDate }>
  | PaymentEventOf<'payment.failed', { readonly on: LocalDate; readonly reason: string }>
  | PaymentEventOf<'payment.reverted', { readonly on: LocalDate; readonly reason: string }>
  | PaymentEventOf<'payment.unmatched', { readonly on: LocalDate; readonly reason: string }>
  | PaymentEventOf<'payment.suspense-resolved', { readonly on: LocalDate }>
