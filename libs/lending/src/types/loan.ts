import type { Amount, Currency } from '@growr/money'
import type { LocalDate } from '../calendar.ts'
import type { EventWith } from './event.ts'
import type { LoanTerms } from './project.ts'

export type LoanStatus =
  | 'DRAFT' | 'APPROVED' | 'REFUSED' | 'SIGNED' | 'DISBURSED' | 'REPAID' | 'DEFAULTED' | 'CANCELLED' | 'WRITTEN_OFF'

/** One row of a schedule. Its amount is principal + interest; it is settled when both are paid. */
export interface Instalment {
  readonly number: number
  readonly dueDate: LocalDate
  readonly principal: Amount
  readonly interest: Amount
  readonly paidPrincipal: Amount
  readonly paidInterest: Amount
  /** The value date of the payment that settled it. */
  readonly settledOn: LocalDate | null
  /** The closed day on which it was marked overdue; it stays as history when the instalment is settled later. */
  readonly overdueOn: LocalDate | null
}

/** A repayment as the loan keeps it: enough to work its interest out anew when one with an earlier value date comes in. */
export interface LoanPayment {
  readonly key: string
  readonly amount: Amount
  readonly valueDate: LocalDate
}

/** A reason why an application was refused: a code and the check it is about. No claim, no value out of a credential. */
export interface RefusalReason {
  readonly code: string
  readonly path: string | null
}

/** One thing that the verifier looked at, as an approval records it: where, what, and what came of it. */
export interface VerifiedCheck {
  readonly id: string
  readonly check: string
  readonly verdict: 'valid' | 'invalid' | 'unknown'
}

/** The verification behind an application: a digest of the presentation and each check that was made. No claim, no DID of the borrower. */
export interface LoanVerification {
  readonly digest: string
  readonly checks: readonly VerifiedCheck[]
}

/** What leads to the borrower: sealed under that person's key, null after an erasure. */
export interface LoanSubject {
  readonly userDid?: string
  readonly userId?: string
  readonly payoutReference?: string
}

export type CancelReason = 'LAPSED' | 'BY_BORROWER' | 'BY_ORIGINATOR'

export interface LoanState {
  readonly key: string
  readonly projectKey: string
  readonly organizationId: string
  readonly status: LoanStatus
  /** The loan product. */
  readonly type: string
  readonly currency: Currency
  readonly verifierDid: string | null
  /** What was asked for; contractAmount and months are the nearest that the project accepts. */
  readonly requestedAmount: Amount
  readonly requestedMonths: number
  /** The principal. */
  readonly contractAmount: Amount
  readonly months: number
  readonly terms: LoanTerms
  /** Of an AD_HOC loan an estimate until it is repaid. */
  readonly interestAmount: Amount
  /** contractAmount + interestAmount */
  readonly commitmentAmount: Amount
  /** Withheld from the payout, owed to the originator. */
  readonly fee: Amount
  /** Withheld from the payout, held until the project's close. */
  readonly deposit: Amount
  /** contractAmount − fee − deposit: what the borrower receives. */
  readonly payout: Amount
  readonly applicationDate: LocalDate
  readonly offerUntil: LocalDate | null
  readonly signedOn: LocalDate | null
  readonly contractDigest: string | null
  readonly disbursementKey: string | null
  /** The value date of the disbursement. */
  readonly startDate: LocalDate | null
  /** The last due date. */
  readonly endDate: LocalDate | null
  /** An estimate from the application date on until the disbursement fixes it. */
  readonly schedule: readonly Instalment[]
  /** AD_HOC: the interest that is posted, and the day through which it is. */
  readonly accrued: { readonly through: LocalDate; readonly interest: Amount } | null
  readonly payments: readonly LoanPayment[]
  /** Principal and interest paid, without overpayments. */
  readonly repaidAmount: Amount
  readonly repaidOn: LocalDate | null
  /** Paid beyond what was owed, and what of that was returned. */
  readonly overpaid: Amount
  readonly overpaymentRefunded: Amount
  /** Earned by repaying in time; zero until then. */
  readonly cashBack: Amount
  readonly refusals: readonly RefusalReason[]
  readonly cancelled: { readonly on: LocalDate; readonly reason: CancelReason } | null
  readonly subject?: LoanSubject | null
}

export interface LoanApplied {
  readonly key: string
  readonly projectKey: string
  readonly organizationId: string
  readonly verifierDid: string | null
  readonly type: string
  readonly currency: Currency
  readonly requestedAmount: Amount
  readonly requestedMonths: number
  readonly terms: LoanTerms
  readonly applicationDate: LocalDate
  /** What was checked; an auditor holds it against what the project's criteria ask for. */
  readonly verification?: LoanVerification
}

/** Where a repayment went, as changes: negative only where an earlier value date moves interest to principal. */
export interface Allocation {
  /** AD_HOC: interest newly accrued by this payment's value date. */
  readonly accrued: Amount
  readonly interest: Amount
  readonly principal: Amount
  readonly overpaid: Amount
}

export interface LoanMoney {
  readonly paymentKey: string
  readonly amount: Amount
  readonly valueDate: LocalDate
  readonly bookingDate: LocalDate
}

export interface InstalmentPaid extends LoanMoney {
  readonly allocation: Allocation
  /** True if nothing is left: the loan is REPAID by this payment. */
  readonly repaid: boolean
}

type LoanEventOf<Type extends string, Data> = EventWith<Type, Data, LoanSubject>

export type LoanEvent =
  | LoanEventOf<'loan.approved', LoanApplied & { readonly contractAmount: Amount; readonly months: number }>
  | LoanEventOf<'loan.refused', LoanApplied & { readonly refusals: readonly RefusalReason[] }>
  | LoanEventOf<'loan.signed', { readonly on: LocalDate; readonly contractDigest: string }>
  | LoanEventOf<'loan.disbursed', LoanMoney>
  | LoanEventOf<'loan.disbursement-cancelled', { readonly paymentKey: string; readonly on: LocalDate }>
  | LoanEventOf<'loan.interest-accrued', { readonly through: LocalDate; readonly interest: Amount }>
  | LoanEventOf<'loan.instalment-paid', InstalmentPaid>
  | LoanEventOf<'loan.overdue', { readonly on: LocalDate; readonly instalments: readonly number[] }>
  | LoanEventOf<'loan.overpayment-refunded', LoanMoney>
  | LoanEventOf<'loan.lapsed', { readonly on: LocalDate }>
  | LoanEventOf<'loan.cancelled', { readonly on: LocalDate; readonly reason: CancelReason }>
