import type { Amount, Currency, Json } from '@growr/money'
import type { LocalDate } from '../calendar.ts'
import type { ClosingFigures, DistributionInput, Payable, PayableKind, Payee } from './distribution.ts'
import type { EventWith } from './event.ts'

export type ProjectStatus = 'DRAFT' | 'ACTIVATED' | 'DEACTIVATED' | 'CLOSED'
export type FundingType = 'BANK' | 'ONCHAIN' | 'MULTISIG' | 'CROWDFUNDING'

/**
 * Names a schedule builder: FLAT instalments, AD_HOC (bullet, interest by days), or of a declining balance EQUAL_INSTALMENTS (annuity)
 * and EQUAL_PRINCIPAL.
 */
export type ScheduleKind = 'FLAT' | 'AD_HOC' | 'EQUAL_INSTALMENTS' | 'EQUAL_PRINCIPAL'

/** The terms that a loan takes over from its project. Rates are percentages as decimal text: "18.00" is 18 %. */
export interface LoanTerms {
  readonly schedule: ScheduleKind
  /** Percent a year. */
  readonly interestRate: string
  /** Percent of principal, for the originator, withheld from the payout. */
  readonly disbursementFee: string
  /** Percent of principal, earned by repaying every instalment in time, paid at the project's close. */
  readonly cashBackRate: string
  /** Grace on principal: that many first instalments hold interest only. */
  readonly gracePeriod: number
  readonly isCommunity: boolean
  /** Percent of principal, withheld from the payout of a community loan, covers others' defaults, returned at the project's close. */
  readonly riskDepositRate: string
  readonly defaultAfterDays: number
  /** The contract must be signed within that many days of the approval. */
  readonly offerDays: number
  /** That many days after the signature nothing is paid out, unless the borrower waives it; none if absent. */
  readonly coolingOffDays?: number
  /** A payout above it needs a second person's approval; none does if absent or null. */
  readonly approvalAbove?: Amount | null
  /**
   * What the borrower owes over all projects of the node, this loan's commitment included, may be at most that many times the monthly
   * income that a credential shows; decimal text. No ceiling if absent or null.
   */
  readonly debtCeiling?: string | null
}

/** What a project lends: the bounds of its loans and their terms. Months are the durations. */
export interface LendingTerms extends LoanTerms {
  /** The loan product. */
  readonly type: string
  readonly minAmount: Amount
  readonly maxAmount: Amount
  readonly minMonths: number
  readonly maxMonths: number
}

/** A way by which senior capital comes in, and what it is promised. */
export interface FundingSource {
  readonly id: string
  readonly type: FundingType
  readonly status: 'ACTIVE' | 'INACTIVE'
  readonly networkName: string | null
  readonly tokenName: string | null
  readonly fundingAddress: string | null
  readonly repaymentAddress: string | null
  readonly terms: string
  /** Percent a year, by actual days over 360. */
  readonly interestRate: string
  /** Senior capital may be at most that many times the junior capital; decimal text. */
  readonly leverageFactor: string
  readonly minAmount: Amount
  readonly maxAmount: Amount
}

/** Who created the project: sealed under that person's key, null after an erasure. */
export interface ProjectSubject {
  readonly userId?: string
}

/** What a project presents of itself; may change until it is closed. */
export interface ProjectProfile {
  readonly name: string
  readonly description: string
  readonly isPublic: boolean
  readonly isInviteOnly: boolean
  readonly profileUrl: string | null
  readonly bannerUrl: string | null
}

/** What a project promises; fixed once it leaves DRAFT. */
export interface ProjectParams {
  readonly startDate: LocalDate
  /** No new loans after this day. */
  readonly endDate: LocalDate
  /** The target total of its loans. */
  readonly amount: Amount
  /** The most that junior capital earns before borrowers' rewards, percent a year by actual days over 360. */
  readonly juniorRate: string
  /** Eligibility criteria, opaque here except that somebody must be trusted: `trusted` is a list that is not empty. */
  readonly criteria: Json
  readonly trustedVerifiers: readonly string[]
  readonly loans: LendingTerms
}

/** A project's share-out, once it was wound up. */
export interface ProjectDistribution {
  readonly on: LocalDate
  /** What the accounts held and the distribution closed. */
  readonly closing: ClosingFigures
  readonly payables: readonly Payable[]
}

export interface ProjectState extends ProjectProfile, ProjectParams {
  readonly key: string
  readonly organizationId: string
  readonly status: ProjectStatus
  readonly currency: Currency
  readonly funding: readonly FundingSource[]
  readonly distribution: ProjectDistribution | null
  readonly closedOn: LocalDate | null
  readonly subject?: ProjectSubject | null
}

export interface ProjectCreated extends ProjectProfile, ProjectParams {
  readonly key: string
  readonly organizationId: string
  readonly currency: Currency
  readonly funding: readonly FundingSource[]
}

/** A payment of one or more payables of one party; the oldest line first, of one kind only where `kind` says so. */
export interface PayablePaid {
  readonly paymentKey: string
  readonly payee: Payee
  readonly party: string
  readonly kind: PayableKind | null
  readonly amount: Amount
  readonly valueDate: LocalDate
}

type ProjectEventOf<Type extends string, Data> = EventWith<Type, Data, ProjectSubject>

export type ProjectEvent =
  | ProjectEventOf<'project.created', ProjectCreated>
  | ProjectEventOf<'project.updated', Partial<ProjectProfile>>
  | ProjectEventOf<'project.params-modified', Partial<ProjectParams>>
  | ProjectEventOf<'project.funding-added', { readonly source: FundingSource }>
  | ProjectEventOf<'project.activated', { readonly on: LocalDate; readonly addresses?: readonly SourceAddresses[] }>
  | ProjectEventOf<'project.deactivated', { readonly on: LocalDate }>
  | ProjectEventOf<'project.distributed', { readonly on: LocalDate; readonly input: DistributionInput }>
  | ProjectEventOf<'project.payable-paid', PayablePaid>
  | ProjectEventOf<'project.closed', { readonly on: LocalDate }>

/** Where a funding source is paid and pays back from, once its wallets exist; null leaves what the source says. */
export interface SourceAddresses {
  readonly source: string
  readonly fundingAddress: string | null
  readonly repaymentAddress: string | null
}

/** The organization's calendar: the last business day that was closed. A record of its own in the Project book. */
export interface BusinessDayState {
  readonly organizationId: string
  readonly closedThrough: LocalDate
}

export interface DayClosed {
  readonly type: 'day.closed'
  readonly data: { readonly organizationId: string; readonly date: LocalDate }
}
