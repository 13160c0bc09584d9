import type { Amount } from '@growr/money'

export type PayableKind =
  | 'RISK_DEPOSIT'
  | 'FEE'
  | 'SENIOR_YIELD'
  | 'SENIOR_PRINCIPAL'
  | 'JUNIOR_PRINCIPAL'
  | 'JUNIOR_YIELD'
  | 'REWARD'
  | 'SURPLUS'

export type Payee = 'INVESTOR' | 'BORROWER' | 'ORIGINATOR'

/** One line of a distribution: what is due, and what the cash reaches. `party` is a contract's, a loan's or the organization's key. */
export interface DistributionLine {
  readonly kind: PayableKind
  readonly payee: Payee
  readonly party: string
  readonly owed: Amount
  readonly amount: Amount
}

/** A line as the project keeps it: with an id of its own, and what of it is paid. */
export interface Payable extends DistributionLine {
  readonly id: string
  readonly paid: Amount
}

/**
 * What the accounts of the project hold when it is wound up; the distribution closes them. All are positive in the ordinary course:
 * `loss` is principal and interest written off, `exchange` the gain (loss, if negative) of exchanges between currencies.
 */
export interface ClosingFigures {
  readonly fees: Amount
  readonly deposits: Amount
  readonly senior: Amount
  readonly junior: Amount
  readonly interest: Amount
  readonly yield: Amount
  readonly loss: Amount
  readonly exchange: Amount
}

/** Everything that a distribution is worked out from. */
export interface DistributionInput {
  /** The organization, which put in the junior capital and earned the fees. */
  readonly organizationId: string
  /** All the project's money. */
  readonly cash: Amount
  readonly closing: ClosingFigures
  /** Principal that was written off and not recovered. */
  readonly unpaidPrincipal: Amount
  readonly deposits: readonly { readonly loanKey: string; readonly amount: Amount }[]
  readonly seniors: readonly { readonly contractKey: string; readonly principal: Amount; readonly yield: Amount }[]
  readonly junior: { readonly principal: Amount; readonly yield: Amount }
  readonly rewards: readonly { readonly loanKey: string; readonly amount: Amount }[]
}
