import { add, compare, formatAmount, maximum, negate, subtract, sum, zero, type Amount, type Currency } from '@growr/money'
import type { FundingState } from './types/funding.ts'
import type { LoanState } from './types/loan.ts'
import type { ProjectState } from './types/project.ts'
import { refuse, type Refused } from './refusals.ts'

/**
 * The money of a project as its Project, Loan and Funding books state it. A sum over records: each record contributes, and a view
 * keeps the sum by subtracting a record's contribution before an event and adding the one after it.
 */
export interface ProjectPosition {
  /** Money that came in, less money that went out, deposits and fees of others included. */
  readonly cash: Amount
  /** Principal of loans that are approved or signed and not yet paid out: promised. */
  readonly reserved: Amount
  /** Principal of all loans ever granted and not cancelled; bounded by the project's amount. */
  readonly granted: Amount
  /** Principal that was paid out on loans, or taken over with them. */
  readonly lent: Amount
  /** Principal and interest that borrowers repaid, what was recovered after a write-off included. */
  readonly repaid: Amount
  readonly depositsHeld: Amount
  readonly feesOwed: Amount
  readonly overpaymentsOwed: Amount
  readonly receivablePrincipal: Amount
  readonly receivableInterest: Amount
  /** Interest earned: of flat loans all at the disbursement, of ad-hoc loans as it accrues. */
  readonly interestIncome: Amount
  /** Principal and earned interest that was written off and not recovered. */
  readonly losses: Amount
  /** Capital that is outstanding to investors, and to the originator. */
  readonly senior: Amount
  readonly junior: Amount
  /** Yield paid to investors. */
  readonly yieldPaid: Amount
  /** Shares of a wound-up project that are not paid yet. */
  readonly sharesOwed: Amount
  readonly openLoans: number
  readonly loanCount: number
}

type Figure = { [K in keyof ProjectPosition]: ProjectPosition[K] extends Amount ? K : never }[keyof ProjectPosition]

const FIGURES: readonly Figure[] = [
  'cash', 'reserved', 'granted', 'lent', 'repaid', 'depositsHeld', 'feesOwed', 'overpaymentsOwed', 'receivablePrincipal', 'receivableInterest',
  'interestIncome', 'losses', 'senior', 'junior', 'yieldPaid', 'sharesOwed',
]

/** A project without any record. */
export function emptyPosition(currency: string): ProjectPosition {
  const figures = Object.fromEntries(FIGURES.map(name => [name, zero(currency)])) as Record<Figure, Amount>
  return { ...figures, openLoans: 0, loanCount: 0 }
}

export function addPositions(a: ProjectPosition, b: ProjectPosition): ProjectPosition {
  const figures = Object.fromEntries(FIGURES.map(name => [name, add(a[name], b[name])])) as Record<Figure, Amount>
  return { ...figures, openLoans: a.openLoans + b.openLoans, loanCount: a.loanCount + b.loanCount }
}

export function subtractPositions(a: ProjectPosition, b: ProjectPosition): ProjectPosition {
  const figures = Object.fromEntries(FIGURES.map(name => [name, subtract(a[name], b[name])])) as Record<Figure, Amount>
  return { ...figures, openLoans: a.openLoans - b.openLoans, loanCount: a.loanCount - b.loanCount }
}

/** The position of a project out of all its records. */
export function positionOf(project: ProjectState, loans: Iterable<LoanState>, fundings: Iterable<FundingState>): ProjectPosition {
  let position = projectContribution(project)
  for (const loan of loans) position = addPositions(position, loanContribution(loan))
  for (const funding of fundings) position = addPositions(position, fundingContribution(funding))
  return position
}

const PROMISED: ReadonlySet<LoanState['status']> = new Set(['APPROVED', 'SIGNED'])
const PAID_OUT: ReadonlySet<LoanState['status']> = new Set(['DISBURSED', 'REPAID', 'DEFAULTED', 'WRITTEN_OFF'])
const OPEN: ReadonlySet<LoanState['status']> = new Set(['APPROVED', 'SIGNED', 'DISBURSED', 'DEFAULTED'])

/** What a loan adds to its project's position. */
export function loanContribution(loan: LoanState): ProjectPosition {
  const none = emptyPosition(loan.currency.code)
  const counted = { ...none, loanCount: 1, openLoans: OPEN.has(loan.status) ? 1 : 0 }
  if (PROMISED.has(loan.status)) return { ...counted, reserved: loan.contractAmount, granted: loan.contractAmount }
  if (!PAID_OUT.has(loan.status)) return none
  const overpaymentsOwed = subtract(loan.overpaid, loan.overpaymentRefunded)
  const paid = paidOf(loan)
  const interestIncome = earnedInterest(loan)
  const principalLeft = subtract(loan.contractAmount, paid.principal)
  const interestLeft = subtract(interestIncome, paid.interest)
  const recovered = loan.recovered ?? zero(loan.currency.code)
  const owed = loan.status === 'WRITTEN_OFF'
    ? { losses: subtract(add(principalLeft, interestLeft), recovered) }
    : { receivablePrincipal: principalLeft, receivableInterest: interestLeft }
  const repaid = add(loan.repaidAmount, recovered)
  return {
    ...counted,
    granted: loan.contractAmount,
    lent: loan.contractAmount,
    repaid,
    cash: subtract(add(repaid, overpaymentsOwed), loan.payout),
    // What was taken over is capital in kind: nothing was paid out for it here.
    ...(loan.origin ? { junior: loan.contractAmount } : {}),
    depositsHeld: loan.deposit,
    feesOwed: loan.fee,
    overpaymentsOwed,
    interestIncome,
    ...owed,
  }
}

/** The interest that a loan has earned so far, before any payment: of a flat loan all, of an ad-hoc loan what is posted. */
export function earnedInterest(loan: LoanState): Amount {
  if (!PAID_OUT.has(loan.status)) return zero(loan.currency.code)
  return loan.accrued ? loan.accrued.interest : loan.interestAmount
}

/** What is paid of a loan's principal and interest. */
export function paidOf(loan: LoanState): { principal: Amount; interest: Amount } {
  const currency = loan.currency.code
  return {
    principal: sum(currency, [...loan.schedule.map(row => row.paidPrincipal), ...(loan.earlier ? [loan.earlier.principal] : [])]),
    interest: sum(currency, [...loan.schedule.map(row => row.paidInterest), ...(loan.earlier ? [loan.earlier.interest] : [])]),
  }
}

/** Principal of a loan that was written off and that nothing has brought back: what is recovered counts as principal first. */
export function lostPrincipal(loan: LoanState): Amount {
  const nothing = zero(loan.currency.code)
  if (loan.status !== 'WRITTEN_OFF') return nothing
  return maximum(subtract(subtract(loan.contractAmount, paidOf(loan).principal), loan.recovered ?? nothing), nothing)
}

/** What a borrower owes on a loan that is paid out: principal and earned interest, less what is paid. */
export function outstandingOfLoan(loan: LoanState): Amount {
  const { receivablePrincipal, receivableInterest } = loanContribution(loan)
  return add(receivablePrincipal, receivableInterest)
}

/** What a transfer of capital adds to its project's position. A share of a wound-up project is counted with the project. */
export function fundingContribution(funding: FundingState): ProjectPosition {
  const none = emptyPosition(funding.currency.code)
  if (funding.status === 'REVERTED' || funding.isShare) return none
  const incoming = funding.paymentType === 'INCOMING'
  const capital = incoming ? funding.split.principal : negate(funding.split.principal)
  return {
    ...none,
    cash: incoming ? funding.amount : negate(funding.amount),
    ...(funding.tranche === 'SENIOR' ? { senior: capital } : { junior: capital }),
    yieldPaid: incoming ? none.yieldPaid : funding.split.yield,
  }
}

/** What the project's own record adds: nothing until it is wound up; then it takes its accounts back to zero, and owes shares. */
export function projectContribution(project: ProjectState): ProjectPosition {
  const currency = project.currency.code
  const none = emptyPosition(currency)
  if (!project.distribution) return none
  const { payables, closing } = project.distribution
  const paid = sum(currency, payables.map(payable => payable.paid))
  return {
    ...none,
    cash: negate(paid),
    depositsHeld: negate(closing.deposits),
    feesOwed: negate(closing.fees),
    senior: negate(closing.senior),
    junior: negate(closing.junior),
    interestIncome: negate(closing.interest),
    losses: negate(closing.loss),
    yieldPaid: negate(closing.yield),
    sharesOwed: subtract(sum(currency, payables.map(payable => payable.amount)), paid),
  }
}

/** The project's own money: its cash without what it only holds for others. */
export function ownCash(position: ProjectPosition): Amount {
  return [position.depositsHeld, position.feesOwed, position.overpaymentsOwed, position.sharesOwed].reduce(subtract, position.cash)
}

/**
 * What the cash must be by the other figures: what is held, owed and invested, and what was earned, less what is lent out, paid as
 * yield and lost. Differs from `cash` only if a record is wrong.
 */
export function expectedCash(position: ProjectPosition): Amount {
  const { depositsHeld, feesOwed, overpaymentsOwed, sharesOwed, senior, junior, interestIncome } = position
  const { receivablePrincipal, receivableInterest, yieldPaid, losses } = position
  const currency = position.cash.currency
  return subtract(
    sum(currency, [depositsHeld, feesOwed, overpaymentsOwed, sharesOwed, senior, junior, interestIncome]),
    sum(currency, [receivablePrincipal, receivableInterest, yieldPaid, losses]),
  )
}

/** What may be promised or paid now: the project's own money less what is reserved for approved and signed loans. */
export function lendable(position: ProjectPosition): Amount {
  return subtract(ownCash(position), position.reserved)
}

/**
 * Refuses what the project cannot pay: FUNDS_INSUFFICIENT if it would not have it even with nothing reserved, FUNDS_RESERVED if only
 * because it has promised it to others.
 */
export function requireFunds(position: ProjectPosition, needed: Amount, currency: Currency): Refused | null {
  if (compare(needed, ownCash(position)) > 0) {
    return refuse('FUNDS_INSUFFICIENT', 'amount', { needed: formatAmount(needed, currency), held: formatAmount(ownCash(position), currency) })
  }
  if (compare(needed, lendable(position)) > 0) {
    return refuse('FUNDS_RESERVED', 'amount', { needed: formatAmount(needed, currency), free: formatAmount(lendable(position), currency) })
  }
  return null
}
