import { compare, formatAmount, isNegative, isZero, subtract, sum, type Amount, type Currency } from '@growr/money'
import { compareDates, type LocalDate } from '../calendar.ts'
import { requireAmount, requireValueDate } from '../checks.ts'
import { closingCash, distributionInput, shareOwed } from '../distribution.ts'
import { positionOf } from '../position.ts'
import { figures, firstRefusal, refuse, type Decision, type Refused } from '../refusals.ts'
import type { DistributionInput } from '../types/distribution.ts'
import type { FundingState } from '../types/funding.ts'
import type { LoanState } from '../types/loan.ts'
import type {
  FundingSource, PayablePaid, ProjectCreated, ProjectEvent, ProjectParams, ProjectProfile, ProjectState, ProjectStatus, ProjectSubject,
  SourceAddresses,
} from '../types/project.ts'
import { checkParams, checkSource, trustsSomebody } from './terms.ts'

/** What a project still holds that is not of its currency, or that exchanges left open: debit positive. */
export interface ForeignBalance {
  readonly account: string
  readonly currency: Currency
  readonly amount: Amount
}

/** What must be zero in the books of others before a project is wound up or closed. */
export interface RestFacts {
  /** The balance of the project's clearing account over all books. */
  readonly clearing: Amount
  readonly suspense: Amount
  /** Payments that are registered and neither confirmed nor failed. */
  readonly pendingPayments: number
  /** Cash of other currencies than the project's, and positions between currencies: none may be left. */
  readonly foreign?: readonly ForeignBalance[]
}

/** Winds the project up. All loans and transfers of the project come with it: the distribution is worked out from them. */
export interface Distribute extends RestFacts {
  readonly type: 'distribute'
  readonly on: LocalDate
  readonly loans: readonly LoanState[]
  readonly fundings: readonly FundingState[]
}

export type ProjectCommand =
  | { readonly type: 'create'; readonly data: ProjectCreated; readonly subject?: ProjectSubject }
  | { readonly type: 'update'; readonly changes: Partial<ProjectProfile> }
  | { readonly type: 'modifyParams'; readonly changes: Partial<ProjectParams> }
  | { readonly type: 'addFunding'; readonly source: FundingSource }
  /** `addresses`: of sources whose wallets exist by now. */
  | { readonly type: 'activate'; readonly on: LocalDate; readonly addresses?: readonly SourceAddresses[] }
  | { readonly type: 'deactivate'; readonly on: LocalDate }
  | Distribute
  | ({ readonly type: 'payShare'; readonly bookingDate: LocalDate } & PayablePaid)
  | ({ readonly type: 'close'; readonly on: LocalDate } & RestFacts)

/**
 * What a command on a project comes to. Codes: DUPLICATE, NOT_FOUND, PROJECT_STATUS, PROJECT_TERMS (with the path of the term),
 * FUNDING_SOURCE, NO_TRUSTED_ISSUER, PROJECT_NOT_SETTLED (with what is left), EXCHANGE_OPEN (likewise), NOT_OWED, AMOUNT_INVALID,
 * CURRENCY_MISMATCH, VALUE_DATE.
 */
export function decideProject(state: ProjectState | null, command: ProjectCommand): Decision<ProjectEvent> {
  if (command.type === 'create') return create(state, command.data, command.subject)
  if (!state) return refuse('NOT_FOUND', 'project')
  switch (command.type) {
    case 'update': return requireStatus(state, OPEN) ?? { events: [{ type: 'project.updated', data: command.changes }] }
    case 'modifyParams': return (
      requireStatus(state, ['DRAFT']) ??
      checkParams({ ...state, ...command.changes }, state.currency) ??
      { events: [{ type: 'project.params-modified', data: command.changes }] }
    )
    case 'addFunding': return addFunding(state, command.source)
    case 'activate': return activate(state, command)
    case 'deactivate': return requireStatus(state, ['ACTIVATED']) ?? { events: [{ type: 'project.deactivated', data: { on: command.on } }] }
    case 'distribute': return windUp(state, command)
    case 'payShare': return pay(state, command)
    case 'close': return close(state, command.on, command)
  }
}

const OPEN: readonly ProjectStatus[] = ['DRAFT', 'ACTIVATED', 'DEACTIVATED']

function requireStatus(project: ProjectState, allowed: readonly ProjectStatus[], distributed = false): Refused | null {
  if (allowed.includes(project.status) && (project.distribution === null || distributed)) return null
  return refuse('PROJECT_STATUS', 'status', { status: project.status, distributed: project.distribution?.on ?? null })
}

function create(state: ProjectState | null, data: ProjectCreated, subject: ProjectSubject | undefined): Decision<ProjectEvent> {
  const refused = firstRefusal(
    () => (state ? refuse('DUPLICATE', 'key') : null),
    () => checkParams(data, data.currency),
    ...data.funding.map((source, index) => () => checkSource(source, data.currency, `funding.${index}`)),
    () => (new Set(data.funding.map(source => source.id)).size === data.funding.length ? null : refuse('DUPLICATE', 'funding')),
  )
  return refused ?? { events: [{ type: 'project.created', data, ...(subject ? { subject } : {}) }] }
}

function addFunding(project: ProjectState, source: FundingSource): Decision<ProjectEvent> {
  const refused = firstRefusal(
    () => requireStatus(project, OPEN),
    () => checkSource(source, project.currency, 'source'),
    () => (project.funding.some(other => other.id === source.id) ? refuse('DUPLICATE', 'source.id') : null),
  )
  return refused ?? { events: [{ type: 'project.funding-added', data: { source } }] }
}

function activate(project: ProjectState, { on, addresses }: Extract<ProjectCommand, { type: 'activate' }>): Decision<ProjectEvent> {
  const sources = new Set(project.funding.map(source => source.id))
  const refused = firstRefusal(
    () => requireStatus(project, ['DRAFT', 'DEACTIVATED']),
    () => (project.funding.some(source => source.status === 'ACTIVE') ? null : refuse('FUNDING_SOURCE', 'funding')),
    () => (trustsSomebody(project.criteria) ? null : refuse('NO_TRUSTED_ISSUER', 'criteria.trusted')),
    () => checkParams(project, project.currency),
    () => (addresses?.every(({ source }) => sources.delete(source)) === false ? refuse('FUNDING_SOURCE', 'addresses') : null),
  )
  return refused ?? { events: [{ type: 'project.activated', data: { on, ...(addresses ? { addresses } : {}) } }] }
}

function windUp(project: ProjectState, command: Distribute): Decision<ProjectEvent> {
  const { on, loans, fundings } = command
  const refused = firstRefusal(
    () => requireStatus(project, OPEN),
    () => (compareDates(on, project.endDate) > 0 ? null : refuse('PROJECT_NOT_SETTLED', 'endDate', { endDate: project.endDate })),
    () => requireSettled(project, command),
    () => requireExchanged(command),
  )
  if (refused) return refused
  const input = distributionInput(project, loans, fundings, on)
  return requireAgreement(project.currency, input) ?? { events: [{ type: 'project.distributed', data: { on, input } }] }
}

/** Refuses while a loan is open, an overpayment is not returned, or something is under way between the books. */
function requireSettled(project: ProjectState, { loans, fundings, clearing, suspense, pendingPayments }: Distribute): Refused | null {
  const position = positionOf(project, loans, fundings)
  const { openLoans, overpaymentsOwed, receivablePrincipal, receivableInterest } = position
  const outstanding = [overpaymentsOwed, receivablePrincipal, receivableInterest, clearing, suspense]
  if (openLoans === 0 && pendingPayments === 0 && outstanding.every(isZero)) return null
  const text = (amount: Amount) => formatAmount(amount, project.currency)
  return refuse('PROJECT_NOT_SETTLED', 'project', {
    openLoans,
    pendingPayments,
    overpayments: text(overpaymentsOwed),
    clearing: text(clearing),
    suspense: text(suspense),
  })
}

/** Coins are no part of what is shared out: the originator converts them first, and settles what that lost or gained. */
function requireExchanged({ foreign = [] }: RestFacts): Refused | null {
  const open = foreign.filter(({ amount }) => !isZero(amount))
  if (open.length === 0) return null
  return refuse('EXCHANGE_OPEN', 'project', { open: open.map(({ account, currency, amount }) => ({ account, currency: currency.code, amount: formatAmount(amount, currency) })) })
}

/** The parts must sum to what the accounts hold, else the records disagree and nothing is shared out. */
function requireAgreement(currency: Currency, input: DistributionInput): Refused | null {
  const total = (amounts: readonly Amount[]) => sum(currency.code, amounts)
  const pairs: [string, Amount, Amount][] = [
    ['cash', input.cash, closingCash(input)],
    ['deposits', total(input.deposits.map(deposit => deposit.amount)), input.closing.deposits],
    ['senior', total(input.seniors.map(senior => senior.principal)), input.closing.senior],
    ['junior', input.junior.principal, input.closing.junior],
  ]
  const wrong = pairs.find(([, parts, whole]) => compare(parts, whole) !== 0)
  if (wrong) return refuse('PROJECT_NOT_SETTLED', wrong[0], figures(currency, { parts: wrong[1], accounts: wrong[2] }))
  return isNegative(input.cash) ? refuse('PROJECT_NOT_SETTLED', 'cash', figures(currency, { cash: input.cash })) : null
}

function pay(project: ProjectState, command: Extract<ProjectCommand, { type: 'payShare' }>): Decision<ProjectEvent> {
  const { distribution, currency } = project
  if (!distribution || project.status === 'CLOSED') return refuse('PROJECT_STATUS', 'status', { status: project.status })
  const { paymentKey, payee, party, kind, amount, valueDate, bookingDate } = command
  const owed = shareOwed(distribution.payables, command, currency.code)
  const refused = firstRefusal(
    () => requireAmount(amount, currency),
    () => (compare(amount, owed) > 0 ? refuse('NOT_OWED', 'amount', { owed: formatAmount(owed, currency) }) : null),
    () => requireValueDate(valueDate, bookingDate, distribution.on),
  )
  return refused ?? { events: [{ type: 'project.payable-paid', data: { paymentKey, payee, party, kind, amount, valueDate } }] }
}

function close(project: ProjectState, on: LocalDate, facts: RestFacts): Decision<ProjectEvent> {
  const refused = requireStatus(project, OPEN, true) ?? requireExchanged(facts)
  if (refused) return refused
  if (!project.distribution) return refuse('PROJECT_NOT_SETTLED', 'distribution')
  const owed = sum(project.currency.code, project.distribution.payables.map(payable => subtract(payable.amount, payable.paid)))
  if (isZero(owed) && isZero(facts.clearing) && isZero(facts.suspense) && facts.pendingPayments === 0) {
    return { events: [{ type: 'project.closed', data: { on } }] }
  }
  const text = (amount: Amount) => formatAmount(amount, project.currency)
  return refuse('PROJECT_NOT_SETTLED', 'project', {
    owed: text(owed),
    clearing: text(facts.clearing),
    suspense: text(facts.suspense),
    pendingPayments: facts.pendingPayments,
  })
}
