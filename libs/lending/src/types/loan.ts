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

/** A row of a schedule that is not paid yet, as an event holds it. */
export interface PlannedRow {
  readonly dueDate: LocalDate
  readonly principal: Amount
  readonly interest: Amount
}

/** A schedule that was replaced: from which day on, by what, why (a code, nothing personal), and how it stood by then. */
export interface Reschedule {
  readonly on: LocalDate
  readonly months: number
  /** null: a month after `on`. */
  readonly firstDue: LocalDate | null
  readonly reason: string
  readonly previous: readonly Instalment[]
}

/** Where a loan comes from that this node did not pay out: the rows that were left in the originator's former books. */
export interface LoanOrigin {
  readonly kind: 'IMPORTED'
  /** A keyed digest of the loan's number in those books. */
  readonly number: string
  readonly on: LocalDate
  /** Of an AD_HOC loan one row, whose interest is what had accrued by `on`. */
  readonly rows: readonly PlannedRow[]
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
  /** The day on which the borrower waived the cooling-off time. */
  readonly coolingOffWaivedOn?: LocalDate
  /** The good or service that the loan is for: provided by the agent's word, confirmed by the borrower's code. */
  readonly service?: { readonly providedOn: LocalDate; readonly confirmedOn: LocalDate | null }
  /** The last default, which stays as history when it is cured by a payment or by a new schedule. */
  readonly defaulted?: { readonly on: LocalDate; readonly daysLate: number; readonly curedOn: LocalDate | null }
  /** What the write-off found unpaid. What stands of it now follows from the payments. */
  readonly writtenOff?: { readonly on: LocalDate; readonly principal: Amount; readonly interest: Amount }
  /** Repaid of what was written off. */
  readonly recovered?: Amount
  readonly reschedules?: readonly Reschedule[]
  /** Paid under schedules that were replaced; `schedule` begins with what was left. */
  readonly earlier?: { readonly principal: Amount; readonly interest: Amount }
  readonly origin?: LoanOrigin
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

/** Where a repayment went, as changes: negative where an earlier value date moves interest to principal, or a payment is taken back. */
export interface Allocation {
  /** AD_HOC: interest newly accrued by this payment's value date. Else what a new schedule's interest changes by, if there is one. */
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
  /** True if the loan was in default and this payment brings it up to date. */
  readonly cured?: true
}

/** A repayment of a loan that was written off. */
export interface LoanRecovered extends LoanMoney, Allocation {
  /** What of the loss it brings back; interest and principal move only by a value date before the write-off. */
  readonly loss: Amount
}

/** A payment that is taken out of the loan as if it had never been. All figures are changes. */
export interface PaymentReversed {
  readonly paymentKey: string
  readonly amount: Amount
  readonly on: LocalDate
  /** A code, nothing personal. */
  readonly reason: string
  readonly allocation: Allocation
  /** Of a loan that was written off: what of the loss stands again, negative. */
  readonly loss?: Amount
  /** True if the loan was repaid and is open again. */
  readonly reopened: boolean
}

export interface LoanRescheduled {
  readonly on: LocalDate
  readonly months: number
  readonly firstDue: LocalDate | null
  readonly reason: string
  /** The new rows: the principal that is left; in the first, interest that fell due by `on` and is not paid. */
  readonly rows: readonly PlannedRow[]
  /** Interest of rows that were not due yet, which nobody owes any more; and the interest of the new rows in its place. */
  readonly cancelledInterest: Amount
  readonly addedInterest: Amount
}

/** A loan taken over from the originator's former books: capital in kind. */
export interface LoanImported extends LoanApplied {
  readonly months: number
  readonly origin: LoanOrigin
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
  | LoanEventOf<'loan.imported', LoanImported>
  | LoanEventOf<'loan.cooling-off-waived', { readonly on: LocalDate }>
  | LoanEventOf<'loan.service-provided', { readonly on: LocalDate }>
  | LoanEventOf<'loan.service-confirmed', { readonly on: LocalDate }>
  | LoanEventOf<'loan.defaulted', { readonly on: LocalDate; readonly daysLate: number }>
  | LoanEventOf<'loan.written-off', { readonly on: LocalDate; readonly principal: Amount; readonly interest: Amount }>
  | LoanEventOf<'loan.recovered', LoanRecovered>
  | LoanEventOf<'loan.rescheduled', LoanRescheduled>
  | LoanEventOf<'loan.payment-reversed', PaymentReversed>
