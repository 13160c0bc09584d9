import {
  amountAt, directions, exchangesOf, hasOtherSide, isOpenCase, positionOf, type FundingState, type Holder, type LoanState, type PaymentState,
  type ProjectState,
} from '@growr/lending'
import { add, amountOf, formatAmount, isZero, negate, subtract, sum, zero, type Amount } from '@growr/money'
import * as accounts from './accounts.ts'
import { feeDeposits } from './fee-deposits.ts'
import { amountOfPosting, balanceLines, balanceOf, isBalanced, type Balances } from './postings.ts'

export type FindingCode =
  | 'TRIAL_BALANCE'
  | 'CLEARING_NOT_ZERO'
  | 'SUSPENSE_DIFFERS'
  | 'RECEIVABLE_DIFFERS'
  | 'PAYABLE_DIFFERS'
  | 'CAPITAL_DIFFERS'
  | 'RESULT_DIFFERS'
  | 'CASH_DIFFERS'
  | 'FEES_DIFFER'
  | 'EXCHANGE_DIFFERS'
  | 'ACCOUNT_UNKNOWN'
  | 'CLOSED_NOT_ZERO'

/** What does not hold: the account, what it should be by the records, and what the postings say. Minor units as digits. */
export interface Finding {
  readonly code: FindingCode
  readonly account: string
  readonly currency: string
  readonly expected: string
  readonly actual: string
}

/** All records of the projects whose accounts are checked, and the balances of all their books together. */
export interface RestInput {
  readonly balances: Balances
  readonly projects: readonly ProjectState[]
  readonly loans: readonly LoanState[]
  readonly fundings: readonly FundingState[]
  readonly payments: readonly PaymentState[]
}

/**
 * The conditions that hold when nothing is under way: everything balances; clearing is zero; suspense is the open cases; what
 * borrowers owe, what is owed to others, capital and results are what the records say; each holder's cash is what the rails
 * confirmed, in each currency, receipts that wait for their loan included; fees that are advanced and positions between currencies are
 * those of the payments; a closed project holds nothing; no account stands outside of this, in any currency. Gives what does not hold,
 * nothing if all does.
 */
export function checkAtRest(input: RestInput): Finding[] {
  const findings: Finding[] = []
  if (!isBalanced(balanceLines(input.balances))) findings.push(...trialFindings(input.balances))
  const known = new Set<string>()
  for (const project of input.projects) findings.push(...checkProject(project, input, known))
  findings.push(...checkReceipts(input, known))
  for (const line of balanceLines(input.balances)) {
    if (!known.has(slot(line))) findings.push(finding('ACCOUNT_UNKNOWN', line.account, zero(line.currency), amountOfPosting(line)))
  }
  return findings
}

const slot = ({ account, currency }: { readonly account: string; readonly currency: string }): string => `${account} ${currency}`

function checkProject(project: ProjectState, input: RestInput, known: Set<string>): Finding[] {
  const { key, currency: { code: currency } } = project
  const own = <Record extends { projectKey: string }>(records: readonly Record[]) => records.filter(record => record.projectKey === key)
  const payments = own(input.payments)
  const position = positionOf(project, own(input.loans), own(input.fundings))
  const expected: Expected[] = [
    ['CLEARING_NOT_ZERO', accounts.clearing(key), zero(currency)],
    ['SUSPENSE_DIFFERS', accounts.suspense(key), suspenseOf(payments, currency)],
    ['RECEIVABLE_DIFFERS', accounts.receivablePrincipal(key), position.receivablePrincipal],
    ['RECEIVABLE_DIFFERS', accounts.receivableInterest(key), position.receivableInterest],
    ['PAYABLE_DIFFERS', accounts.payableFee(key), negate(position.feesOwed)],
    ['PAYABLE_DIFFERS', accounts.payableDeposit(key), negate(position.depositsHeld)],
    ['PAYABLE_DIFFERS', accounts.payableOverpayment(key), negate(position.overpaymentsOwed)],
    ['PAYABLE_DIFFERS', accounts.payableDistribution(key), negate(position.sharesOwed)],
    ['CAPITAL_DIFFERS', accounts.seniorCapital(key), negate(position.senior)],
    ['CAPITAL_DIFFERS', accounts.juniorCapital(key), negate(position.junior)],
    ['RESULT_DIFFERS', accounts.interestIncome(key), negate(position.interestIncome)],
    ['RESULT_DIFFERS', accounts.yieldExpense(key), position.yieldPaid],
    ['RESULT_DIFFERS', accounts.lossExpense(key), position.losses],
    ...cashOf(payments).map(([account, amount]): Expected => ['CASH_DIFFERS', account, amount]),
    ...feesOf(payments).map((amount): Expected => ['FEES_DIFFER', accounts.networkFee(key), amount]),
    ...positionsOf(payments, currency).map((amount): Expected => ['EXCHANGE_DIFFERS', accounts.exchange(amount.currency, key), amount]),
  ]
  const findings = compared(expected, input.balances, known)

  const lines = balanceLines(input.balances).filter(line => accounts.projectOf(line.account) === key)
  const deposits = feeDeposits(lines.map(line => ({ ...line, amount: amountOfPosting(line).amount })), key, currency)
  const held = lines.filter(line => !deposits.has(line.currency))
  if (project.status === 'CLOSED') {
    findings.push(...held.map(line => finding('CLOSED_NOT_ZERO', line.account, zero(line.currency), amountOfPosting(line))))
  }
  return findings
}

/** What each organization holds of receipts that are assigned to no loan: money in cash, and owed in suspense. */
function checkReceipts({ balances, payments }: RestInput, known: Set<string>): Finding[] {
  const held = Map.groupBy(payments.filter(payment => payment.kind === 'RECEIPT'), ({ organizationId, currency }) => `${organizationId} ${currency.code}`)
  return [...held.values()].flatMap(receipts => {
    const { organizationId: key, currency: { code: currency } } = receipts[0]!
    const waiting = receipts.filter(receipt => receipt.projectKey === key)
    const cash = new Map(receipts.flatMap(({ to }) => (to ? [[accounts.cash(to, key), zero(currency)] as const] : [])))
    for (const [account, amount] of cashOf(waiting)) cash.set(account, amount)
    const expected: Expected[] = [
      ['CLEARING_NOT_ZERO', accounts.clearing(key), zero(currency)],
      ['SUSPENSE_DIFFERS', accounts.suspense(key), suspenseOf(waiting, currency)],
      ...[...cash].map(([account, amount]): Expected => ['CASH_DIFFERS', account, amount]),
    ]
    return compared(expected, balances, known)
  })
}

/** An account with what it should hold in a currency, and the code of what it is if it does not. */
type Expected = [FindingCode, string, Amount]

/** What of the accounts is not what it should be; all of them are known from now on. */
function compared(expected: readonly Expected[], balances: Balances, known: Set<string>): Finding[] {
  for (const [, account, { currency }] of expected) known.add(slot({ account, currency }))
  return expected
    .map(([code, account, amount]) => finding(code, account, amount, balanceOf(balances, account, amount.currency)))
    .filter(({ expected: should, actual }) => should !== actual)
}

/** What waits in suspense is owed (credit) where it came in, missing (debit) where it went out, and the other way round where it was reverted. */
function suspenseOf(payments: readonly PaymentState[], currency: string): Amount {
  const open = payments.filter(payment => isOpenCase(payment) && hasOtherSide(payment.kind))
  const isOwed = ({ kind, status }: PaymentState) => (directions[kind] === 'IN') === (status !== 'REVERTED')
  return sum(currency, open.map(payment => (isOwed(payment) ? negate(payment.amount) : payment.amount)))
}

/** What each holder has, in each currency, by the payments that are confirmed and not reverted. */
function cashOf(payments: readonly PaymentState[]): [string, Amount][] {
  const held = new Map<string, [string, Amount]>()
  const move = (holder: Holder, payment: PaymentState, signed: (amount: Amount) => Amount) => {
    const account = accounts.cash(holder, payment.projectKey)
    const amount = amountAt(payment, holder)
    const key = slot({ account, currency: amount.currency })
    const before = held.get(key)?.[1] ?? zero(amount.currency)
    held.set(key, [account, payment.status === 'CONFIRMED' ? add(before, signed(amount)) : before])
  }
  for (const payment of payments) {
    if (payment.from) move(payment.from, payment, negate)
    if (payment.to) move(payment.to, payment, amount => amount)
  }
  return [...held.values()]
}

const FEE_KINDS: ReadonlySet<PaymentState['kind']> = new Set<PaymentState['kind']>(['NETWORK_FEE', 'FEE_REIMBURSEMENT', 'FEE_RETURN'])

/** What of the networks' fees is advanced, in each coin: what left for them and back to the originator, less what the originator gave. */
function feesOf(payments: readonly PaymentState[]): Amount[] {
  const advanced = new Map<string, Amount>()
  for (const { kind, status, amount } of payments) {
    if (!FEE_KINDS.has(kind)) continue
    const before = advanced.get(amount.currency) ?? zero(amount.currency)
    const signed = directions[kind] === 'OUT' ? amount : negate(amount)
    advanced.set(amount.currency, status === 'CONFIRMED' ? add(before, signed) : before)
  }
  return [...advanced.values()]
}

/** Coins that came in stand against what they were booked at: one account in each currency, over all networks. */
function positionsOf(payments: readonly PaymentState[], currency: string): Amount[] {
  const { positions, open } = exchangesOf(payments, currency)
  const coins = new Map<string, Amount>()
  for (const { coins: held } of positions) coins.set(held.currency, subtract(coins.get(held.currency) ?? zero(held.currency), held))
  return [...coins.values(), open]
}

function trialFindings(balances: Balances): Finding[] {
  const totals = new Map<string, bigint>()
  for (const line of balanceLines(balances)) totals.set(line.currency, (totals.get(line.currency) ?? 0n) + amountOfPosting(line).amount)
  return [...totals]
    .filter(([, total]) => total !== 0n)
    .map(([currency, total]) => finding('TRIAL_BALANCE', '*', zero(currency), amountOf(total, currency)))
}

function finding(code: FindingCode, account: string, expected: Amount, actual: Amount): Finding {
  return { code, account, currency: actual.currency, expected: expected.amount.toString(), actual: actual.amount.toString() }
}

/** A finding as a person reads it. The exponent of a token must be given. */
export function describeFinding({ code, account, currency, expected, actual }: Finding, exponent: number): string {
  const text = (digits: string) => formatAmount({ amount: BigInt(digits), currency }, { code: currency, exponent })
  const difference = subtract(amountOf(BigInt(actual), currency), amountOf(BigInt(expected), currency))
  const off = isZero(difference) ? '' : ` (off by ${text(difference.amount.toString())})`
  return `${code} ${account}: ${text(actual)} ${currency}, expected ${text(expected)}${off}`
}
