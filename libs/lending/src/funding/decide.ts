import { add, compare, minimum, subtract, sum, zero, type Amount } from '@growr/money'
import { activeSource, capitalPosition, requireLeverage, type CapitalPosition } from '../capital.ts'
import type { LocalDate } from '../calendar.ts'
import { requireAmount, requireValueDate } from '../checks.ts'
import { payShare, shareOwed, type ShareSelection } from '../distribution.ts'
import { requireFunds, type ProjectPosition } from '../position.ts'
import { figures, firstRefusal, isRefused, refuse, type Decision, type Refused } from '../refusals.ts'
import type { FundingEvent, FundingSplit, FundingState, FundingSubject, Tranche, Transfer } from '../types/funding.ts'
import type { FundingSource, ProjectState, ProjectStatus } from '../types/project.ts'

/** What all transfers are made from. */
export interface TransferCommand {
  readonly key: string
  readonly project: ProjectState
  readonly amount: Amount
  readonly valueDate: LocalDate
  readonly bookingDate: LocalDate
  readonly paymentKey: string | null
  readonly subject?: FundingSubject
}

/** An investor's signed contract: what was committed through which source, and what of it came in already. */
export interface ContractFacts {
  readonly contractKey: string
  readonly sourceId: string
  readonly committed: Amount
  readonly funded: Amount
}

export interface RepayInvestor extends TransferCommand {
  readonly type: 'repayInvestor'
  readonly contract: ContractFacts
  /** The contract's capital position on the value date. */
  readonly owed: CapitalPosition
  readonly position: ProjectPosition
}

/** A share of a project that was wound up; decide it before the project's own `payShare`, on the same state. */
export interface PayShare extends TransferCommand {
  readonly type: 'payShare'
  readonly tranche: Tranche
  /** null for the originator's. */
  readonly contract: ContractFacts | null
  readonly selection: ShareSelection
}

export type FundingCommand =
  | ({ readonly type: 'fund'; readonly contract: ContractFacts; readonly position: ProjectPosition } & TransferCommand)
  | ({ readonly type: 'fundJunior' } & TransferCommand)
  | ({ readonly type: 'withdrawJunior'; readonly position: ProjectPosition } & TransferCommand)
  | RepayInvestor
  | PayShare
  /** `fundings` are the transfers of the project, or at least of the same contract: what was repaid already cannot be taken back. */
  | {
      readonly type: 'revert'
      readonly on: LocalDate
      readonly project: ProjectState
      readonly position: ProjectPosition
      readonly fundings: readonly FundingState[]
      /** Its network took it back: what came in or left over one (`paymentKey`) nobody else takes back, and the network nothing else. */
      readonly detected?: boolean
    }

const RAISING: readonly ProjectStatus[] = ['ACTIVATED', 'DEACTIVATED']
const PREPARING: readonly ProjectStatus[] = ['DRAFT', 'ACTIVATED', 'DEACTIVATED']

/**
 * What a command on a transfer of capital comes to. Codes: DUPLICATE, NOT_FOUND, PROJECT_STATUS, AMOUNT_INVALID, CURRENCY_MISMATCH,
 * VALUE_DATE, FUNDING_SOURCE, FUNDING_ABOVE_MAXIMUM (of the commitment), LEVERAGE_EXCEEDED, NOT_OWED, FUNDS_INSUFFICIENT,
 * FUNDS_RESERVED, ALREADY_REVERTED, RAIL_MISMATCH (who takes a transfer back is not whom it came through).
 */
export function decideFunding(state: FundingState | null, command: FundingCommand): Decision<FundingEvent> {
  if (command.type === 'revert') return state ? revert(state, command) : refuse('NOT_FOUND', 'funding')
  if (state) return refuse('DUPLICATE', 'key')
  switch (command.type) {
    case 'fund': return fund(command)
    case 'fundJunior': return requireTransfer(command, PREPARING) ?? junior('funding.junior-funded', command)
    case 'withdrawJunior': return withdrawJunior(command)
    case 'repayInvestor': return repayInvestor(command)
    case 'payShare': return share(command)
  }
}

function requireTransfer({ project, amount, valueDate, bookingDate }: TransferCommand, allowed: readonly ProjectStatus[]): Refused | null {
  return firstRefusal(
    () => requireUndistributed(project, allowed),
    () => requireAmount(amount, project.currency),
    () => requireValueDate(valueDate, bookingDate),
  )
}

function requireUndistributed(project: ProjectState, allowed: readonly ProjectStatus[]): Refused | null {
  if (allowed.includes(project.status) && !project.distribution) return null
  return refuse('PROJECT_STATUS', 'project', { status: project.status, distributed: project.distribution?.on ?? null })
}

function requireAtMost(code: 'NOT_OWED' | 'FUNDING_ABOVE_MAXIMUM', amount: Amount, most: Amount, { currency }: ProjectState): Refused | null {
  return compare(amount, most) > 0 ? refuse(code, 'amount', figures(currency, { most })) : null
}

function fund(command: Extract<FundingCommand, { type: 'fund' }>): Decision<FundingEvent> {
  const { project, amount, contract, position } = command
  const source = activeSource(project, contract.sourceId)
  if (isRefused(source)) return source
  const left = subtract(contract.committed, contract.funded)
  const refused = firstRefusal(
    () => requireTransfer(command, RAISING),
    () => requireAtMost('FUNDING_ABOVE_MAXIMUM', amount, left, project),
    () => requireLeverage(project, add(position.senior, amount), position.junior),
  )
  return refused ?? { events: [{ type: 'funding.project-funded', data: senior(command, contract, source), ...subjectOf(command) }] }
}

function withdrawJunior(command: Extract<FundingCommand, { type: 'withdrawJunior' }>): Decision<FundingEvent> {
  const { project, amount, position } = command
  const refused = firstRefusal(
    () => requireTransfer(command, PREPARING),
    () => requireAtMost('NOT_OWED', amount, position.junior, project),
    () => requireLeverage(project, position.senior, subtract(position.junior, amount)),
    () => requireFunds(position, amount, project.currency),
  )
  return refused ?? junior('funding.junior-withdrawn', command)
}

/** Yield first, then principal; never more than is owed, nor than the project has free. */
function repayInvestor(command: RepayInvestor): Decision<FundingEvent> {
  const { project, amount, contract, owed, position } = command
  const source = project.funding.find(candidate => candidate.id === contract.sourceId)
  if (!source) return refuse('FUNDING_SOURCE', 'source')
  const most = add(owed.yieldOwed, owed.principalOutstanding)
  const refused = firstRefusal(
    () => requireTransfer(command, RAISING),
    () => requireAtMost('NOT_OWED', amount, most, project),
    () => requireFunds(position, amount, project.currency),
  )
  if (refused) return refused
  const yieldPart = minimum(amount, owed.yieldOwed)
  const split = { yield: yieldPart, principal: subtract(amount, yieldPart), other: zero(amount.currency) }
  return { events: [{ type: 'funding.investor-repaid', data: { ...senior(command, contract, source), split }, ...subjectOf(command) }] }
}

function share(command: PayShare): Decision<FundingEvent> {
  const { project, amount, tranche, contract, selection } = command
  const { distribution, currency } = project
  if (!distribution || project.status === 'CLOSED') return refuse('PROJECT_STATUS', 'project', { status: project.status })
  const owed = shareOwed(distribution.payables, selection, currency.code)
  const refused = firstRefusal(
    () => requireAmount(amount, currency),
    () => requireValueDate(command.valueDate, command.bookingDate, distribution.on),
    () => requireAtMost('NOT_OWED', amount, owed, project),
  )
  if (refused) return refused
  const source = contract ? project.funding.find(candidate => candidate.id === contract.sourceId) : undefined
  const data = contract && source ? senior(command, contract, source) : juniorTransfer(command)
  const split = splitOf(payShare(distribution.payables, selection, amount).paid, amount.currency)
  return { events: [{ type: 'funding.share-paid', data: { ...data, tranche, split }, ...subjectOf(command) }] }
}

/**
 * Takes a mistaken registration back. What came in by mistake must not have been repaid, and must still be there and free, else loans
 * would be promised from money that never was; junior capital, only as far as the leverage holds without it. A share of a wound-up
 * project stays.
 */
function revert(funding: FundingState, command: Extract<FundingCommand, { type: 'revert' }>): Decision<FundingEvent> {
  const { on, project, position, fundings, detected = false } = command
  if (funding.status === 'REVERTED') return refuse('ALREADY_REVERTED', 'funding')
  const closed = requireUndistributed(project, PREPARING)
  if (closed) return closed
  if (detected !== (funding.paymentKey !== null)) return refuse('RAIL_MISMATCH', 'funding')
  if (funding.paymentType === 'OUTGOING') return { events: [{ type: 'funding.reverted', data: { on } }] }
  const siblings = fundings.filter(other => other.tranche === funding.tranche && other.contractKey === funding.contractKey)
  const { principalOutstanding } = capitalPosition(project.currency.code, siblings, '0', on)
  const refused = firstRefusal(
    () => requireAtMost('NOT_OWED', funding.amount, principalOutstanding, project),
    () => requireFunds(position, funding.amount, project.currency),
    () => (funding.tranche === 'JUNIOR' ? requireLeverage(project, position.senior, subtract(position.junior, funding.amount)) : null),
  )
  return refused ?? { events: [{ type: 'funding.reverted', data: { on } }] }
}

function junior(type: 'funding.junior-funded' | 'funding.junior-withdrawn', command: TransferCommand): Decision<FundingEvent> {
  return { events: [{ type, data: juniorTransfer(command), ...subjectOf(command) }] }
}

function juniorTransfer(command: TransferCommand): Transfer {
  const { project } = command
  return {
    ...base(command),
    contractKey: null,
    sourceId: null,
    fundingType: 'BANK',
    fundingNetwork: null,
    fundingToken: null,
    interestRate: project.juniorRate,
  }
}

function senior(command: TransferCommand, contract: ContractFacts, source: FundingSource): Transfer {
  return {
    ...base(command),
    contractKey: contract.contractKey,
    sourceId: source.id,
    fundingType: source.type,
    fundingNetwork: source.networkName,
    fundingToken: source.tokenName,
    interestRate: source.interestRate,
  }
}

function base({ key, project, amount, valueDate, bookingDate, paymentKey }: TransferCommand) {
  const { key: projectKey, organizationId, currency } = project
  return { key, projectKey, organizationId, currency, amount, valueDate, bookingDate, paymentKey }
}

function subjectOf({ subject }: TransferCommand): { subject?: FundingSubject } {
  return subject ? { subject } : {}
}

function splitOf(paid: ReturnType<typeof payShare>['paid'], currency: string): FundingSplit {
  const of = (...kinds: string[]) => sum(currency, paid.filter(part => kinds.includes(part.kind)).map(part => part.amount))
  return {
    yield: of('SENIOR_YIELD', 'JUNIOR_YIELD'),
    principal: of('SENIOR_PRINCIPAL', 'JUNIOR_PRINCIPAL'),
    other: of('FEE', 'SURPLUS', 'REWARD', 'RISK_DEPOSIT'),
  }
}
