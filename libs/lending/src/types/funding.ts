import type { Amount, Currency } from '@growr/money'
import type { LocalDate } from '../calendar.ts'
import type { EventWith } from './event.ts'
import type { FundingType } from './project.ts'

export type Tranche = 'SENIOR' | 'JUNIOR'

/** What leads to the investor: sealed under that person's key, null after an erasure. */
export interface FundingSubject {
  readonly investorId?: string
  readonly contractId?: string
  readonly reference?: string
  readonly fundingAddress?: string
  readonly repaymentAddress?: string
  readonly investorAddress?: string
  readonly proof?: string
}

/** What an outgoing transfer pays. The three sum to the amount; of an incoming one all is principal. */
export interface FundingSplit {
  readonly yield: Amount
  readonly principal: Amount
  /** Of a closed project's share, what is neither: surplus, fees. */
  readonly other: Amount
}

/** One transfer of capital between a project and who gave it. */
export interface FundingState {
  readonly key: string
  readonly projectKey: string
  readonly organizationId: string
  readonly tranche: Tranche
  /** A pseudonym of the investor's contract, made at random; null for junior capital. It groups a contract's transfers after an erasure, too. */
  readonly contractKey: string | null
  readonly sourceId: string | null
  readonly fundingType: FundingType
  readonly fundingNetwork: string | null
  readonly fundingToken: string | null
  readonly paymentType: 'INCOMING' | 'OUTGOING'
  readonly currency: Currency
  readonly amount: Amount
  readonly split: FundingSplit
  /** Percent a year that this capital earns. */
  readonly interestRate: string
  /** True for a share of a project that was wound up: the distribution has closed the capital already, and posts the payment. */
  readonly isShare: boolean
  readonly status: 'CONFIRMED' | 'REVERTED'
  readonly valueDate: LocalDate
  readonly bookingDate: LocalDate
  /** The payment that a network brought or took, and that this follows; null for what was registered here, which its payment follows. */
  readonly paymentKey: string | null
  readonly reverted: { readonly on: LocalDate } | null
  readonly subject?: FundingSubject | null
}

/** What every transfer's first event holds. */
export interface Transfer {
  readonly key: string
  readonly projectKey: string
  readonly organizationId: string
  readonly contractKey: string | null
  readonly sourceId: string | null
  readonly fundingType: FundingType
  readonly fundingNetwork: string | null
  readonly fundingToken: string | null
  readonly currency: Currency
  readonly amount: Amount
  readonly interestRate: string
  readonly valueDate: LocalDate
  readonly bookingDate: LocalDate
  readonly paymentKey: string | null
}

type FundingEventOf<Type extends string, Data> = EventWith<Type, Data, FundingSubject>

export type FundingEvent =
  | FundingEventOf<'funding.project-funded', Transfer>
  | FundingEventOf<'funding.junior-funded', Transfer>
  | FundingEventOf<'funding.junior-withdrawn', Transfer>
  | FundingEventOf<'funding.investor-repaid', Transfer & { readonly split: FundingSplit }>
  | FundingEventOf<'funding.share-paid', Transfer & { readonly tranche: Tranche; readonly split: FundingSplit }>
  | FundingEventOf<'funding.reverted', { readonly on: LocalDate }>
