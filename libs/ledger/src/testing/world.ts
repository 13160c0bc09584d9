import {
  applyTo, capitalPosition, decideFunding, decideLoan, decidePayment, decideProject, isProject, isRefused, positionOf, requirePayout,
  type Decision, type EventOf, type ForeignBalance, type FundingCommand, type FundingState, type Holder, type Kind, type LoanCommand, type LoanState,
  type PaymentAdded, type PaymentKind, type PaymentState, type ProjectCommand, type ProjectCreated, type ProjectPosition, type ProjectState, type Refused, type StateOf,
} from '@growr/lending'
import { currencyOf, parseAmount, subtract, zero, type Amount } from '@growr/money'
import * as accounts from '../accounts.ts'
import { balanceLines, balanceOf, fold, mergeBalances, type Balances, type Posting } from '../postings.ts'
import { checkAtRest, type Finding } from '../rest.ts'
import { postingsFor } from '../templates/index.ts'

// The four books of one project in memory, written as services write them: decide, apply, post. For the tests of this library.

export const HNL = currencyOf('HNL')
export const hnl = (text: string): Amount => parseAmount(text, HNL, { negative: true })
export const bank: Holder = { rail: 'BANK', holder: 'comsa' }
export const mobile: Holder = { rail: 'MOBILE', holder: 'comsa' }
export const agent: Holder = { rail: 'CASH', holder: 'agent-7f' }

export interface Entry<K extends Kind = Kind> {
  readonly kind: K
  readonly key: string
  readonly event: EventOf[K]
  readonly postings: readonly Posting[]
  readonly state: StateOf[K]
}

export class World {
  readonly entries: Entry[] = []
  readonly loans = new Map<string, LoanState>()
  readonly fundings = new Map<string, FundingState>()
  readonly payments = new Map<string, PaymentState>()
  readonly balances: Record<Kind, Balances> = { project: new Map(), loan: new Map(), funding: new Map(), payment: new Map() }
  project: ProjectState
  /** The payment that moved each transfer of capital. */
  readonly moved = new Map<string, string>()
  private count = 0

  constructor(created: ProjectCreated) {
    this.project = this.record('project', created.key, null, decided(decideProject(null, { type: 'create', data: created }))) as ProjectState
    this.onProject({ type: 'activate', on: created.startDate })
  }

  get position(): ProjectPosition {
    return positionOf(this.project, this.loans.values(), this.fundings.values())
  }

  get all(): Balances {
    return mergeBalances(...Object.values(this.balances))
  }

  balance(account: string): Amount {
    return balanceOf(this.all, account, HNL.code)
  }

  held(holder: Holder): Amount {
    return this.balance(accounts.cash(holder, this.project.key))
  }

  atRest(): Finding[] {
    return checkAtRest({ balances: this.all, projects: [this.project], loans: [...this.loans.values()], fundings: [...this.fundings.values()], payments: [...this.payments.values()] })
  }

  key(prefix: string): string {
    this.count += 1
    return `${prefix}-${this.count}`
  }

  onProject(command: ProjectCommand): Refused | null {
    const decision = decideProject(this.project, command)
    if (isRefused(decision)) return decision
    const after = this.record('project', this.project.key, this.project, decision.events)
    if (isProject(after)) this.project = after
    return null
  }

  onLoan(key: string, command: LoanCommand): Refused | null {
    const state = this.loans.get(key) ?? null
    const decision = decideLoan(state, command)
    if (isRefused(decision)) return decision
    if (decision.events.length > 0) this.loans.set(key, this.record('loan', key, state, decision.events))
    return null
  }

  onFunding(key: string, command: FundingCommand): Refused | null {
    const state = this.fundings.get(key) ?? null
    const decision = decideFunding(state, command)
    if (isRefused(decision)) return decision
    this.fundings.set(key, this.record('funding', key, state, decision.events))
    return null
  }

  /** A payment is registered and confirmed; a refusal leaves nothing confirmed. Gives its key. */
  pay(kind: PaymentKind, amount: Amount, on: string, holders: { from?: Holder; to?: Holder }, loanKey: string | null = null, valueDate = on): string | Refused {
    const key = this.key('payment')
    const { from = null, to = null } = holders
    const { key: projectKey, organizationId, currency } = this.project
    const data = { key, organizationId, projectKey, kind, currency, amount, from, to, loanKey, fundingKey: null, valueDate, bookingDate: on }
    const added = decidePayment(null, { type: 'add', data, underWay: false })
    if (isRefused(added)) return added
    this.payments.set(key, this.record('payment', key, null, added.events))
    const confirmed = this.onPayment(key, { type: 'confirm', valueDate, bookingDate: on, held: from && this.held(from) })
    if (!confirmed) return key
    this.onPayment(key, { type: 'fail', on, reason: confirmed.refused })
    return confirmed
  }

  /** A payment over a network, or in whatever the changes say, is registered; who calls confirms it. Gives its key. */
  over(kind: PaymentKind, amount: Amount, on: string, changes: Partial<PaymentAdded>): string {
    const key = this.key('payment')
    const { key: projectKey, organizationId, currency } = this.project
    const data = { key, organizationId, projectKey, kind, currency, amount, from: null, to: null, loanKey: null, fundingKey: null, valueDate: on, bookingDate: on, ...changes }
    this.payments.set(key, this.record('payment', key, null, decided(decidePayment(null, { type: 'add', data, underWay: false }))))
    return key
  }

  heldIn(holder: Holder, currency: string): Amount {
    return balanceOf(this.all, accounts.cash(holder, this.project.key), currency)
  }

  /** What stands against winding the project up: coins, and positions between currencies. */
  foreign(): ForeignBalance[] {
    const { currency: own } = this.project
    const seen = new Map([own, ...[...this.payments.values()].flatMap(({ currency, moved }) => [currency, ...(moved ? [moved.currency] : [])])].map(one => [one.code, one]))
    return balanceLines(this.all)
      .filter(({ account, currency }) => (account.startsWith('cash/') && currency !== own.code) || account.startsWith('exchange/'))
      .map(({ account, currency, amount }) => ({ account, currency: seen.get(currency)!, amount: { amount: BigInt(amount), currency } }))
  }

  /** Mobile money that nothing tells whose it is. */
  receive(amount: Amount, on: string): void {
    const key = this.key('payment')
    const { organizationId, currency } = this.project
    const data = { key, organizationId, projectKey: organizationId, kind: 'RECEIPT', currency, amount, from: null, to: mobile, loanKey: null, fundingKey: null, valueDate: on, bookingDate: on } as const
    this.payments.set(key, this.record('payment', key, null, decided(decidePayment(null, { type: 'add', underWay: false, data }))))
    this.onPayment(key, { type: 'confirm', valueDate: on, bookingDate: on, held: null })
  }

  onPayment(key: string, command: Parameters<typeof decidePayment>[1]): Refused | null {
    const state = this.payments.get(key)!
    const decision = decidePayment(state, command)
    if (isRefused(decision)) return decision
    this.payments.set(key, this.record('payment', key, state, decision.events))
    return null
  }

  /** Whether the money is there to go back: it may have become coins. */
  canRevert(key: string): boolean {
    const { to, amount } = this.payments.get(key)!
    return to === null || this.held(to).amount + this.held(to === bank ? agent : bank).amount >= amount.amount
  }

  /** The money goes back from where it arrived; cash that was handed over is handed back first. */
  revertPayment(key: string, on: string): void {
    const { to, amount, projectKey } = this.payments.get(key)!
    const held = to && this.balance(accounts.cash(to, projectKey))
    if (to && held && held.amount < amount.amount) this.pay('HAND_OVER', subtract(amount, held), on, { from: to === bank ? agent : bank, to })
    const refused = this.onPayment(key, { type: 'revert', on, reason: 'RETURNED', held: to && this.balance(accounts.cash(to, projectKey)) })
    if (refused) throw new Error(`refused: ${JSON.stringify(refused)}`)
  }

  /** What the other side refuses goes to suspense. */
  settle(payment: string, on: string, refused: Refused | null): Refused | null {
    if (refused) this.onPayment(payment, { type: 'unmatched', on, reason: refused.refused })
    return refused
  }

  disburse(loanKey: string, on: string, from: Holder = bank): Refused | null {
    const loan = this.loans.get(loanKey)!
    const refused = requirePayout(loan, this.position, on)
    if (refused) return refused
    const paid = this.pay('DISBURSEMENT', loan.payout, on, { from }, loanKey)
    if (typeof paid !== 'string') return paid
    return this.settle(paid, on, this.onLoan(loanKey, { type: 'disburse', paymentKey: paid, amount: loan.payout, valueDate: on, bookingDate: on }))
  }

  repay(loanKey: string, amount: Amount, on: string, to: Holder = bank, valueDate = on): Refused | null {
    const paid = this.pay('REPAYMENT', amount, on, { to }, loanKey, valueDate)
    if (typeof paid !== 'string') return paid
    return this.settle(paid, on, this.onLoan(loanKey, { type: 'repay', project: this.project, paymentKey: paid, amount, valueDate, bookingDate: on }))
  }

  fundJunior(amount: Amount, on: string): string {
    const paid = this.pay('TRANSFER_IN', amount, on, { to: bank }) as string
    const key = this.key('funding')
    this.moved.set(key, paid)
    this.settle(paid, on, this.onFunding(key, { type: 'fundJunior', key, project: this.project, amount, valueDate: on, bookingDate: on, paymentKey: null }))
    return key
  }

  fund(contractKey: string, amount: Amount, on: string): string {
    const paid = this.pay('TRANSFER_IN', amount, on, { to: bank }) as string
    const key = this.key('funding')
    this.moved.set(key, paid)
    const contract = { contractKey, sourceId: 'bank-1', committed: amount, funded: zero(HNL.code) }
    this.settle(paid, on, this.onFunding(key, { type: 'fund', key, project: this.project, amount, valueDate: on, bookingDate: on, paymentKey: null, contract, position: this.position }))
    return key
  }

  repayInvestor(contractKey: string, amount: Amount, on: string): Refused | null {
    const transfers = [...this.fundings.values()].filter(funding => funding.contractKey === contractKey)
    const owed = capitalPosition(HNL.code, transfers, '9', on)
    const contract = { contractKey, sourceId: 'bank-1', committed: owed.funded, funded: owed.funded }
    const key = this.key('funding')
    const command = { type: 'repayInvestor', key, project: this.project, amount, valueDate: on, bookingDate: on, paymentKey: null, contract, owed, position: this.position } as const
    return this.out(command, amount, on)
  }

  withdrawJunior(amount: Amount, on: string): Refused | null {
    const key = this.key('funding')
    return this.out({ type: 'withdrawJunior', key, project: this.project, amount, valueDate: on, bookingDate: on, paymentKey: null, position: this.position }, amount, on)
  }

  /** Decided first, as a service does before it sends money; then paid, then recorded. */
  private out(command: Extract<FundingCommand, { key: string }>, amount: Amount, on: string): Refused | null {
    const allowed = decideFunding(null, command)
    if (isRefused(allowed)) return allowed
    const paid = this.pay('TRANSFER_OUT', amount, on, { from: bank })
    if (typeof paid !== 'string') return paid
    return this.settle(paid, on, this.onFunding(command.key, command))
  }

  record<K extends Kind>(kind: K, key: string, before: StateOf[K] | null, events: readonly EventOf[K][]): StateOf[K] {
    let state = before
    for (const event of events) {
      const after: StateOf[K] = applyTo[kind](state, event)
      const postings = postingsFor(kind, event, state, after)
      this.balances[kind] = fold(this.balances[kind], postings)
      this.entries.push({ kind, key, event, postings, state: after })
      state = after
    }
    if (state === null) throw new Error('nothing recorded')
    return state
  }
}

export function decided<Event>(decision: Decision<Event>): readonly Event[] {
  if (isRefused(decision)) throw new Error(`refused: ${JSON.stringify(decision)}`)
  return decision.events
}

export const created: ProjectCreated = {
  key: 'coffee',
  organizationId: 'comsa',
  currency: HNL,
  name: 'Coffee 2026',
  description: '',
  isPublic: false,
  isInviteOnly: false,
  profileUrl: null,
  bannerUrl: null,
  startDate: '2026-03-01',
  endDate: '2026-12-31',
  amount: hnl('500000.00'),
  juniorRate: '6',
  criteria: { trusted: [{ issuer: 'did:web:node.example:issuer', organization: 'comsa' }] },
  trustedVerifiers: [],
  loans: {
    type: 'harvest', schedule: 'FLAT', minAmount: hnl('1000.00'), maxAmount: hnl('50000.00'), minMonths: 3, maxMonths: 12, interestRate: '18.00',
    disbursementFee: '2', cashBackRate: '1', gracePeriod: 0, isCommunity: true, riskDepositRate: '5', defaultAfterDays: 90, offerDays: 14,
  },
  funding: [{
    id: 'bank-1', type: 'BANK', status: 'ACTIVE', networkName: null, tokenName: null, fundingAddress: null, repaymentAddress: null, terms: 'as agreed',
    interestRate: '9', leverageFactor: '4', minAmount: hnl('1.00'), maxAmount: hnl('400000.00'),
  }],
}

export function applyFor(world: World, amount: Amount, months: number, on: string): { key: string; refused: Refused | null } {
  const key = world.key('loan')
  const verdict = { verifierDid: null, refusals: [] }
  return { key, refused: world.onLoan(key, { type: 'apply', key, project: world.project, position: world.position, amount, months, verdict, on }) }
}
