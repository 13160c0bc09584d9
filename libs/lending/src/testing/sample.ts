import { currencyOf, parseAmount, type Amount } from '@growr/money'
import {
  applyFunding, applyLoan, applyProject, decideFunding, decideLoan, decideProject, emptyPosition, isRefused, positionOf,
  type Decision, type FundingState, type LendingTerms, type LoanCommand, type LoanState, type ProjectCreated, type ProjectPosition, type ProjectState,
} from '../index.ts'

// What the tests of this library begin with: a project of a coffee cooperative in lempiras.

export const HNL = currencyOf('HNL')
export const hnl = (text: string): Amount => parseAmount(text, HNL, { negative: true })
export const units = (amount: bigint): Amount => ({ amount, currency: 'HNL' })

export const terms: LendingTerms = {
  type: 'coffee harvest',
  schedule: 'FLAT',
  minAmount: hnl('5000.00'),
  maxAmount: hnl('50000.00'),
  minMonths: 3,
  maxMonths: 12,
  interestRate: '18.00',
  disbursementFee: '2',
  cashBackRate: '1',
  gracePeriod: 0,
  isCommunity: true,
  riskDepositRate: '5',
  defaultAfterDays: 90,
  offerDays: 14,
}

export const created: ProjectCreated = {
  key: 'coffee',
  organizationId: 'comsa',
  currency: HNL,
  name: 'Coffee 2026',
  description: 'Working capital for the harvest',
  isPublic: true,
  isInviteOnly: false,
  profileUrl: null,
  bannerUrl: null,
  startDate: '2026-03-01',
  endDate: '2026-12-31',
  amount: hnl('500000.00'),
  juniorRate: '6',
  criteria: { required: ['KYC'], trusted: [{ issuer: 'did:web:node.example:issuer', organization: 'comsa' }] },
  trustedVerifiers: [],
  loans: terms,
  funding: [{
    id: 'bank-1',
    type: 'BANK',
    status: 'ACTIVE',
    networkName: null,
    tokenName: null,
    fundingAddress: null,
    repaymentAddress: null,
    terms: 'Repaid from instalments as they come in',
    interestRate: '9',
    leverageFactor: '4',
    minAmount: hnl('10000.00'),
    maxAmount: hnl('400000.00'),
  }],
}

/** The events of a decision; a refusal fails the test with its code. */
export function eventsOf<Event>(decision: Decision<Event>): readonly Event[] {
  if (isRefused(decision)) throw new Error(`refused: ${JSON.stringify(decision)}`)
  return decision.events
}

/** The code, or code and path, of a refusal. */
export function refusalOf(decision: unknown): string {
  if (!isRefused(decision)) return 'not refused'
  return decision.path === undefined ? decision.refused : `${decision.refused} ${decision.path}`
}

export function openProject(changes: Partial<ProjectCreated> = {}): ProjectState {
  const draft = eventsOf(decideProject(null, { type: 'create', data: { ...created, ...changes } })).reduce<ProjectState | null>(applyProject, null)
  return eventsOf(decideProject(draft, { type: 'activate', on: '2026-03-01' })).reduce(applyProject, draft!)
}

/** A position with that much free cash. */
export function holding(amount: Amount): ProjectPosition {
  return { ...emptyPosition(amount.currency), cash: amount, junior: amount }
}

/** The loan after commands, one after the other. */
export function run(loan: LoanState | null, ...commands: readonly LoanCommand[]): LoanState {
  const after = commands.reduce<LoanState | null>((state, command) => eventsOf(decideLoan(state, command)).reduce<LoanState | null>(applyLoan, state), loan)
  if (!after) throw new Error('no loan')
  return after
}

/** A loan that was applied for on 2026-03-05, signed, and paid out on that day. */
export function disbursedLoan(project: ProjectState, amount: Amount, months: number, start = '2026-03-05', key = 'loan-1'): LoanState {
  const verdict = { verifierDid: 'did:web:node.example:verifier', refusals: [] }
  const position = holding(hnl('400000.00'))
  const approved = run(null, { type: 'apply', key, project, position, amount, months, verdict, on: start })
  return run(
    approved,
    { type: 'sign', on: start, contractDigest: 'digest' },
    { type: 'disburse', paymentKey: `pay-out-${key}`, amount: approved.payout, valueDate: start, bookingDate: start },
  )
}

export function repay(project: ProjectState, paymentKey: string, amount: Amount, valueDate: string, bookingDate = valueDate): LoanCommand {
  return { type: 'repay', project, paymentKey, amount, valueDate, bookingDate }
}

/** Capital that came in on that day, junior unless a contract is named. */
export function funded(project: ProjectState, key: string, amount: Amount, on: string, contractKey: string | null = null): FundingState {
  const transfer = { key, project, amount, valueDate: on, bookingDate: on, paymentKey: null }
  const position = { ...emptyPosition(amount.currency), junior: hnl('1000000.00') }
  const decision = contractKey === null
    ? decideFunding(null, { type: 'fundJunior', ...transfer })
    : decideFunding(null, { type: 'fund', ...transfer, position, contract: { contractKey, sourceId: 'bank-1', committed: amount, funded: units(0n) } })
  return eventsOf(decision).reduce<FundingState | null>(applyFunding, null)!
}

export { positionOf }
