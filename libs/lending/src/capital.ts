import { add, compareRatios, formatAmount, maximum, parseDecimal, subtract, sum, zero, type Amount, type Ratio } from '@growr/money'
import { compareDates, daysBetween, laterDate, type LocalDate } from './calendar.ts'
import { DomainFault } from './faults.ts'
import { interestByDays } from './interest.ts'
import { figures, refuse, type Refused } from './refusals.ts'
import type { FundingState } from './types/funding.ts'
import type { LoanOrigin, LoanState } from './types/loan.ts'
import type { FundingSource, ProjectState } from './types/project.ts'

/** What a contract's capital has come to, or the junior capital as a whole. */
export interface CapitalPosition {
  readonly funded: Amount
  readonly principalPaid: Amount
  readonly principalOutstanding: Amount
  /** Yield earned through the day asked for, what of it is paid, and what is owed (never negative). */
  readonly yieldAccrued: Amount
  readonly yieldPaid: Amount
  readonly yieldOwed: Amount
}

/** What of a transfer its position depends on. */
export type CapitalMove = Pick<FundingState, 'paymentType' | 'split' | 'isShare' | 'status' | 'valueDate'>

/**
 * Folds the transfers of one contract: yield = outstanding principal × rate × days / 360, rounded half-even once for each period
 * between transfers, by value date through `asOf`. Transfers that were reverted count as if they had never been; shares of a
 * wound-up project count as paid. A project that was wound up earns no more: ask for no day after its distribution.
 */
export function capitalPosition(currency: string, transfers: readonly CapitalMove[], percentAYear: string, asOf: LocalDate): CapitalPosition {
  const valid = transfers.filter(transfer => transfer.status === 'CONFIRMED')
  const moves = valid
    .filter(transfer => !transfer.isShare && compareDates(transfer.valueDate, asOf) <= 0)
    .toSorted((a, b) => compareDates(a.valueDate, b.valueDate))
  let principal = zero(currency)
  let yieldAccrued = zero(currency)
  let day = moves[0]?.valueDate ?? asOf
  const accrueTo = (next: LocalDate) => {
    // Back-dated repayments can exceed what stood at their date; capital that is not there earns nothing.
    yieldAccrued = add(yieldAccrued, interestByDays(maximum(principal, zero(currency)), percentAYear, daysBetween(day, next)))
    day = laterDate(day, next)
  }
  for (const move of moves) {
    accrueTo(move.valueDate)
    principal = move.paymentType === 'INCOMING' ? add(principal, move.split.principal) : subtract(principal, move.split.principal)
  }
  accrueTo(asOf)

  const of = (type: CapitalMove['paymentType']) => valid.filter(transfer => transfer.paymentType === type)
  const funded = sum(currency, of('INCOMING').map(transfer => transfer.split.principal))
  const principalPaid = sum(currency, of('OUTGOING').map(transfer => transfer.split.principal))
  const yieldPaid = sum(currency, of('OUTGOING').map(transfer => transfer.split.yield))
  return {
    funded,
    principalPaid,
    principalOutstanding: subtract(funded, principalPaid),
    yieldAccrued,
    yieldPaid,
    yieldOwed: maximum(subtract(yieldAccrued, yieldPaid), zero(currency)),
  }
}

/** The position of every investor's contract, by contract key in the order of its characters, so that it is the same everywhere. */
export function seniorPositions(currency: string, fundings: Iterable<FundingState>, asOf: LocalDate): [string, CapitalPosition][] {
  const contracts = new Map<string, FundingState[]>()
  for (const funding of fundings) {
    if (funding.tranche !== 'SENIOR') continue
    if (funding.contractKey === null) throw new DomainFault('INPUT_INVALID', 'senior capital belongs to a contract')
    contracts.set(funding.contractKey, [...(contracts.get(funding.contractKey) ?? []), funding])
  }
  return [...contracts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, transfers]) => [key, capitalPosition(currency, transfers, transfers[0]!.interestRate, asOf)])
}

/**
 * The position of the originator's junior capital, open loans that were brought in as such included; its yield is a ceiling, paid at
 * the close only. `loans` are those of the project, or at least those that were imported.
 */
export function juniorPosition(project: ProjectState, fundings: Iterable<FundingState>, asOf: LocalDate, loans: Iterable<LoanState>): CapitalPosition {
  const junior: CapitalMove[] = [...fundings].filter(funding => funding.tranche === 'JUNIOR')
  for (const loan of loans) if (loan.origin) junior.push(inKind(loan, loan.origin))
  return capitalPosition(project.currency.code, junior, project.juniorRate, asOf)
}

/** A loan that was taken over, as a transfer of capital on that day. */
function inKind({ contractAmount, currency }: LoanState, { on }: LoanOrigin): CapitalMove {
  const none = zero(currency.code)
  return { paymentType: 'INCOMING', split: { yield: none, principal: contractAmount, other: none }, isShare: false, status: 'CONFIRMED', valueDate: on }
}

/** The active funding source of that id, or the refusal FUNDING_SOURCE. */
export function activeSource(project: ProjectState, sourceId: string): FundingSource | Refused {
  const source = project.funding.find(candidate => candidate.id === sourceId && candidate.status === 'ACTIVE')
  return source ?? refuse('FUNDING_SOURCE', 'source')
}

/** Refuses a commitment outside its source's bounds: FUNDING_SOURCE, FUNDING_BELOW_MINIMUM, FUNDING_ABOVE_MAXIMUM, CURRENCY_MISMATCH. */
export function checkCommitment(project: ProjectState, sourceId: string, amount: Amount): Refused | null {
  const source = activeSource(project, sourceId)
  if ('refused' in source) return source
  if (amount.currency !== project.currency.code) return refuse('CURRENCY_MISMATCH', 'amount', { expected: project.currency.code })
  const { minAmount, maxAmount } = source
  if (amount.amount < minAmount.amount) return refuse('FUNDING_BELOW_MINIMUM', 'amount', { minimum: formatAmount(minAmount, project.currency) })
  if (amount.amount > maxAmount.amount) return refuse('FUNDING_ABOVE_MAXIMUM', 'amount', { maximum: formatAmount(maxAmount, project.currency) })
  return null
}

/**
 * The project's leverage factor: the smallest of its active sources, since each source's terms promise its investors that senior
 * capital as a whole stays within it. Null without an active source.
 */
export function leverageOf(project: ProjectState): Ratio | null {
  const factors = project.funding.filter(source => source.status === 'ACTIVE').map(source => parseDecimal(source.leverageFactor))
  return factors.reduce<Ratio | null>((least, factor) => (least && compareRatios(least, factor) <= 0 ? least : factor), null)
}

/** Refuses LEVERAGE_EXCEEDED where senior capital would exceed junior capital × leverage factor. */
export function requireLeverage(project: ProjectState, senior: Amount, junior: Amount): Refused | null {
  const factor = leverageOf(project)
  if (senior.amount <= 0n) return null
  if (factor && senior.amount * factor.denominator <= junior.amount * factor.numerator) return null
  return refuse('LEVERAGE_EXCEEDED', 'amount', figures(project.currency, { senior, junior }))
}
