import { add, largestRemainder, maximum, minimum, subtract, sum, zero, type Amount } from '@growr/money'
import type { LocalDate } from './calendar.ts'
import { juniorPosition, seniorPositions } from './capital.ts'
import { DomainFault } from './faults.ts'
import { lostPrincipal, positionOf } from './position.ts'
import type { DistributionInput, DistributionLine, Payable, PayableKind, Payee } from './types/distribution.ts'
import type { FundingState } from './types/funding.ts'
import type { LoanState } from './types/loan.ts'
import type { ProjectState } from './types/project.ts'

interface Claim {
  readonly party: string
  readonly owed: Amount
}

/**
 * Shares a wound-up project's cash out, to the last unit.
 *
 * Unused risk deposits go back to their borrowers first: deposits cover the principal that was lost, each by its part of them. The
 * originator's fees are others' money likewise, withheld from payouts and never lent, and are paid beside the deposits. Then senior
 * yield, senior principal, junior principal, junior yield up to its rate, borrowers' rewards; what is left is the junior's surplus.
 * A tier that the cash does not fill is shared by largest remainder over what each is owed, and the tiers after it get nothing: so
 * losses fall in the reverse order.
 *
 * The amounts sum to the cash. Lines of which nothing is owed are left out. Throws INPUT_INVALID for negative figures.
 */
export function distribute(input: DistributionInput): DistributionLine[] {
  const { cash, organizationId } = input
  const currency = cash.currency
  requireNatural([cash, input.closing.fees, input.unpaidPrincipal, input.junior.principal, input.junior.yield])
  requireNatural([...input.deposits, ...input.rewards].map(claim => claim.amount))
  requireNatural(input.seniors.flatMap(senior => [senior.principal, senior.yield]))

  let left = cash
  const tier = (kind: PayableKind, payee: Payee, claims: readonly Claim[]): DistributionLine[] => {
    const available = minimum(left, sum(currency, claims.map(claim => claim.owed)))
    left = subtract(left, available)
    const shares = largestRemainder(available.amount, claims.map(claim => claim.owed.amount))
    return claims
      .map((claim, index) => ({ kind, payee, ...claim, amount: { amount: shares[index]!, currency } }))
      .filter(line => line.owed.amount > 0n)
  }
  const originator = (owed: Amount): Claim[] => [{ party: organizationId, owed }]

  const lines = [
    ...tier('RISK_DEPOSIT', 'BORROWER', unusedDeposits(input)),
    ...tier('FEE', 'ORIGINATOR', originator(input.closing.fees)),
    ...tier('SENIOR_YIELD', 'INVESTOR', input.seniors.map(senior => ({ party: senior.contractKey, owed: senior.yield }))),
    ...tier('SENIOR_PRINCIPAL', 'INVESTOR', input.seniors.map(senior => ({ party: senior.contractKey, owed: senior.principal }))),
    ...tier('JUNIOR_PRINCIPAL', 'ORIGINATOR', originator(input.junior.principal)),
    ...tier('JUNIOR_YIELD', 'ORIGINATOR', originator(input.junior.yield)),
    ...tier('REWARD', 'BORROWER', input.rewards.map(reward => ({ party: reward.loanKey, owed: reward.amount }))),
  ]
  return [...lines, ...tier('SURPLUS', 'ORIGINATOR', originator(left))]
}

/** What of each deposit is left after all of them together covered the lost principal, as far as they reach. */
function unusedDeposits({ deposits, unpaidPrincipal, cash }: DistributionInput): Claim[] {
  const held = sum(cash.currency, deposits.map(deposit => deposit.amount))
  const covered = minimum(held, unpaidPrincipal)
  const used = largestRemainder(covered.amount, deposits.map(deposit => deposit.amount.amount))
  return deposits.map(({ loanKey, amount }, index) => ({
    party: loanKey,
    owed: { amount: amount.amount - used[index]!, currency: amount.currency },
  }))
}

function requireNatural(amounts: readonly Amount[]): void {
  if (amounts.some(amount => amount.amount < 0n)) throw new DomainFault('INPUT_INVALID', 'a distribution has no negative figures')
}

/** The cash that the accounts say must be there: the distribution closes them against it. */
export function closingCash({ closing }: DistributionInput): Amount {
  const credits = [closing.fees, closing.deposits, closing.senior, closing.junior, closing.interest, closing.exchange].reduce(add)
  return subtract(subtract(credits, closing.yield), closing.loss)
}

/**
 * What a project's distribution is worked out from, on a day, out of all its records. Parties stand in the order of their keys, so
 * that whoever recomputes it gets the same units.
 */
export function distributionInput(
  project: ProjectState,
  loans: readonly LoanState[],
  fundings: readonly FundingState[],
  on: LocalDate,
): DistributionInput {
  const currency = project.currency.code
  const position = positionOf(project, loans, fundings)
  const inOrder = loans.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const paidOut = inOrder.filter(loan => loan.startDate !== null)
  const junior = juniorPosition(project, fundings, on, loans)
  return {
    organizationId: project.organizationId,
    cash: position.cash,
    closing: {
      fees: position.feesOwed,
      deposits: position.depositsHeld,
      senior: position.senior,
      junior: position.junior,
      interest: position.interestIncome,
      yield: position.yieldPaid,
      loss: position.losses,
      exchange: zero(currency),
    },
    unpaidPrincipal: sum(currency, paidOut.map(lostPrincipal)),
    deposits: paidOut.filter(loan => loan.deposit.amount > 0n).map(loan => ({ loanKey: loan.key, amount: loan.deposit })),
    seniors: seniorPositions(currency, fundings, on).map(([contractKey, senior]) => ({
      contractKey,
      principal: senior.principalOutstanding,
      yield: senior.yieldOwed,
    })),
    junior: { principal: maximum(junior.principalOutstanding, zero(currency)), yield: junior.yieldOwed },
    rewards: paidOut.filter(loan => loan.cashBack.amount > 0n).map(loan => ({ loanKey: loan.key, amount: loan.cashBack })),
  }
}

/** The lines as the project keeps them. Ids are made of kind and party, which together are unique. */
export function payablesOf(lines: readonly DistributionLine[]): Payable[] {
  return lines.map(line => ({ ...line, id: `${line.kind}.${line.party}`, paid: zero(line.amount.currency) }))
}

/** Which payables a payment is for. */
export interface ShareSelection {
  readonly payee: Payee
  readonly party: string
  readonly kind: PayableKind | null
}

/** What is still owed of the payables selected. */
export function shareOwed(payables: readonly Payable[], selection: ShareSelection, currency: string): Amount {
  return sum(currency, payables.filter(selected(selection)).map(payable => subtract(payable.amount, payable.paid)))
}

/** What of a payment went to one payable. */
export interface PaidPart {
  readonly kind: PayableKind
  readonly amount: Amount
}

/** Pays the payables selected, in their order, and says how much of each. The amount must not exceed what is owed (INPUT_INVALID). */
export function payShare(payables: readonly Payable[], selection: ShareSelection, amount: Amount): { payables: Payable[]; paid: PaidPart[] } {
  let left = amount
  const paid: PaidPart[] = []
  const isSelected = selected(selection)
  const after = payables.map(payable => {
    if (!isSelected(payable)) return payable
    const part = minimum(left, subtract(payable.amount, payable.paid))
    left = subtract(left, part)
    if (part.amount > 0n) paid.push({ kind: payable.kind, amount: part })
    return { ...payable, paid: add(payable.paid, part) }
  })
  if (left.amount !== 0n) throw new DomainFault('INPUT_INVALID', 'a payment of more than is owed')
  return { payables: after, paid }
}

function selected({ payee, party, kind }: ShareSelection): (payable: Payable) => boolean {
  return payable => payable.payee === payee && payable.party === party && (kind === null || payable.kind === kind)
}
