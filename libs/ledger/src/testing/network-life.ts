import { expect } from 'vitest'
import fc from 'fast-check'
import {
  decideFunding, exchangesOf, isNetworkRail, isOpenCase, isRefused, requirePayout, type Holder, type LoanState, type PaymentAdded,
  type PaymentKind, type PaymentState, type Refused,
} from '@growr/lending'
import { add, amountOf, currencyOf, isZero, negate, subtract, token, type Amount, type Currency } from '@growr/money'
import { accounts } from '../index.ts'
import { bank, HNL, type World } from './world.ts'

// What networks do to a project in a random life: coins come and leave at any rate, sends stay unknown, chains forget what they said.

interface Network {
  readonly holder: Holder
  /** null for a token of the project's own currency. */
  readonly coin: Currency | null
  readonly fee: Currency
}

const BTC = currencyOf('BTC')
const RBTC = currencyOf('RBTC')
const at = (rail: 'BITCOIN' | 'LIGHTNING' | 'ROOTSTOCK'): Holder => ({ rail, holder: 'comsa' })
const NETWORKS: readonly Network[] = [
  { holder: at('BITCOIN'), coin: BTC, fee: BTC },
  { holder: at('LIGHTNING'), coin: BTC, fee: BTC },
  { holder: at('ROOTSTOCK'), coin: token('DOC', 18), fee: RBTC },
  { holder: at('ROOTSTOCK'), coin: null, fee: RBTC },
]
export const networkHolders: readonly Holder[] = [at('BITCOIN'), at('LIGHTNING'), at('ROOTSTOCK')]

const ENDINGS = ['CONFIRMED', 'FAILED', 'UNKNOWN_CONFIRMED', 'UNKNOWN_FAILED'] as const
const SENDS = ['junior', 'refund', 'disburse'] as const

export type NetworkStep =
  | { readonly do: 'coinsIn'; readonly network: number; readonly which: number; readonly amount: bigint; readonly coins: bigint; readonly capital: boolean }
  | {
      readonly do: 'coinsOut'; readonly network: number; readonly which: number; readonly amount: bigint; readonly coins: bigint; readonly fee: bigint
      readonly what: (typeof SENDS)[number]; readonly ending: (typeof ENDINGS)[number]
    }
  | { readonly do: 'fees' | 'convert'; readonly network: number; readonly coins: bigint; readonly back: boolean }
  | { readonly do: 'reorganise'; readonly which: number; readonly again: boolean }

const network = fc.nat({ max: NETWORKS.length - 1 })
const which = fc.nat({ max: 20 })
const amount = fc.bigInt({ min: 1n, max: 2_000_000n })
const coins = fc.bigInt({ min: 1n, max: 10n ** 12n })
export const networkStep: fc.Arbitrary<NetworkStep> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('coinsIn' as const), network, which, amount, coins, capital: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('coinsOut' as const), network, which, amount, coins: fc.bigInt({ min: 1n, max: 10n ** 9n }), fee: fc.bigInt({ min: 1n, max: 10n ** 6n }), what: fc.constantFrom(...SENDS), ending: fc.constantFrom(...ENDINGS) }) },
  fc.record({ do: fc.constantFrom('fees' as const, 'convert' as const), network, coins, back: fc.boolean() }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('reorganise' as const), which, again: fc.boolean() }) },
)
const DOES: ReadonlySet<string> = new Set<NetworkStep['do']>(['coinsIn', 'coinsOut', 'fees', 'convert', 'reorganise'])
export const isNetworkStep = (found: { readonly do: string }): found is NetworkStep => DOES.has(found.do)

/** What lives came by: one of them alone may miss it by chance. */
export const networksReached = { in: 0, sent: 0, unknown: 0, failed: 0, converted: 0, takenBack: 0, keptByLoan: 0, again: 0 }

export const isOnNetwork = ({ from, to }: PaymentState): boolean => [from, to].some(holder => holder !== null && isNetworkRail(holder.rail))

function movedOf({ coin }: Network, value: bigint): Pick<PaymentAdded, 'moved'> {
  return coin ? { moved: { currency: coin, amount: amountOf(value, coin.code), rate: '26.40', at: '2026-04-05T17:03:00Z' } } : {}
}

function confirm(world: World, key: string, on: string): void {
  const { from } = world.payments.get(key)!
  const held = from && !isNetworkRail(from.rail) ? world.held(from) : null
  expect(world.onPayment(key, { type: 'confirm', valueDate: on, bookingDate: on, held })).toBeNull()
}

/** The loan or the Funding book hears of a payment that was confirmed; what they do not take lies in suspense. */
function hear(world: World, key: string, on: string): void {
  const { kind, amount: paid, loanKey } = world.payments.get(key)!
  const money = { paymentKey: key, amount: paid, valueDate: on, bookingDate: on }
  const { project } = world
  const capital = { key: `f-${key}`, project, ...money }
  const refused: Refused | null =
    kind === 'REPAYMENT' ? world.onLoan(loanKey!, { type: 'repay', project, ...money })
    : kind === 'OVERPAYMENT_REFUND' ? world.onLoan(loanKey!, { type: 'refundOverpayment', ...money })
    : kind === 'DISBURSEMENT' ? world.onLoan(loanKey!, { type: 'disburse', ...money })
    : kind === 'TRANSFER_IN' ? world.onFunding(capital.key, { type: 'fundJunior', ...capital })
    : kind === 'TRANSFER_OUT' ? world.onFunding(capital.key, { type: 'withdrawJunior', position: world.position, ...capital })
    : null
  world.settle(key, on, refused)
}

/** They hear that it was taken back. What they keep is missing, or too much, in suspense. */
function hearBack(world: World, payment: PaymentState, on: string): void {
  const { key: paymentKey, kind, loanKey } = payment
  const { project } = world
  const funding = world.fundings.get(`f-${paymentKey}`)
  const loan = loanKey === null ? undefined : world.loans.get(loanKey)
  const refused: Refused | null =
    kind === 'REPAYMENT' ? world.onLoan(loanKey!, { type: 'reversePayment', project, paymentKey, on, reason: 'REORGANISED' })
    : kind === 'DISBURSEMENT' ? (loan?.disbursementKey === paymentKey ? world.onLoan(loanKey!, { type: 'cancelDisbursement', paymentKey, on }) : { refused: 'LOAN_STATUS' })
    : kind === 'OVERPAYMENT_REFUND' ? { refused: 'LOAN_STATUS' }
    : funding ? world.onFunding(funding.key, { type: 'revert', on, project, position: world.position, fundings: [...world.fundings.values()], detected: true })
    : null
  if (world.settle(paymentKey, on, refused)) networksReached.keptByLoan += 1
}

export function playNetwork(world: World, found: NetworkStep, on: string): void {
  switch (found.do) {
    case 'coinsIn': {
      const on1 = NETWORKS[found.network]!
      const loans = [...world.loans.values()]
      const loan = found.capital ? undefined : loans[found.which % Math.max(loans.length, 1)]
      const key = world.over(loan ? 'REPAYMENT' : 'TRANSFER_IN', amountOf(found.amount, 'HNL'), on, {
        to: on1.holder, loanKey: loan?.key ?? null, network: { id: `tx:${found.which}`, generation: 0 }, ...movedOf(on1, found.coins),
      })
      confirm(world, key, on)
      hear(world, key, on)
      networksReached.in += 1
      break
    }
    case 'coinsOut': send(world, found, on); break
    case 'fees': {
      const { holder, fee } = NETWORKS[found.network]!
      const value = amountOf(found.coins, fee.code)
      confirm(world, world.over(found.back ? 'FEE_RETURN' : 'FEE_REIMBURSEMENT', value, on, { currency: fee, ...(found.back ? { from: holder } : { to: holder }) }), on)
      break
    }
    case 'convert': {
      const on1 = NETWORKS[found.network]!
      const position = on1.coin && exchangesOf(world.payments.values(), 'HNL').positions.find(({ rail, currency }) => rail === on1.holder.rail && currency.code === on1.coin?.code)
      if (!position || position.booked.amount <= 0n) break
      const paid = found.back ? world.held(bank) : position.booked
      if (paid.amount <= 0n) break
      const ends = found.back ? { from: bank, to: on1.holder } : { from: on1.holder, to: bank }
      confirm(world, world.over('CONVERSION', paid, on, { ...ends, ...movedOf(on1, found.coins) }), on)
      networksReached.converted += 1
      break
    }
    case 'reorganise': reorganise(world, found, on)
  }
}

/** Decided, handed to the network, perhaps unknown for a while, and ended by the network's word. */
function send(world: World, found: Extract<NetworkStep, { do: 'coinsOut' }>, on: string): void {
  const net = NETWORKS[found.network]!
  const planned = plan(world, found, on)
  if (!planned) return
  const { kind, paid, loanKey } = planned
  const key = world.over(kind, paid, on, { from: net.holder, loanKey, ...movedOf(net, found.coins) })
  const held = world.heldIn(net.holder, net.coin?.code ?? 'HNL')
  if (world.onPayment(key, { type: 'sending', on, held })) {
    expect(world.onPayment(key, { type: 'fail', on, reason: 'FUNDS_INSUFFICIENT' })).toBeNull()
    return
  }
  if (found.ending.startsWith('UNKNOWN')) {
    expect(world.onPayment(key, { type: 'unknown', on })).toBeNull()
    networksReached.unknown += 1
  }
  // In between nobody calls it off, nor sends it again, and the books say that the money is where it was.
  expect(world.onPayment(key, { type: 'fail', on, reason: 'TIMED_OUT' })).toMatchObject({ refused: 'PAYMENT_STATUS', path: 'sending' })
  expect(world.onPayment(key, { type: 'sending', on })).toMatchObject({ refused: 'PAYMENT_STATUS', path: 'sending' })
  expect(world.heldIn(net.holder, held.currency)).toEqual(held)
  if (found.ending.endsWith('FAILED')) {
    expect(world.onPayment(key, { type: 'fail', on, reason: 'NO_ROUTE', final: true })).toBeNull()
    networksReached.failed += 1
    return
  }
  expect(world.onPayment(key, { type: 'confirm', valueDate: on, bookingDate: on, held: null, network: { id: `out:${key}`, generation: 0 } })).toBeNull()
  hear(world, key, on)
  confirm(world, world.over('NETWORK_FEE', amountOf(found.fee, net.fee.code), on, { currency: net.fee, from: net.holder, network: { id: `out:${key}`, generation: 0 } }), on)
  networksReached.sent += 1
}

function plan(world: World, { what, which: index, amount: asked }: Extract<NetworkStep, { do: 'coinsOut' }>, on: string): { kind: PaymentKind; paid: Amount; loanKey: string | null } | null {
  const { project, position } = world
  if (what === 'junior') {
    const paid = amountOf(asked, 'HNL')
    const decided = decideFunding(null, { type: 'withdrawJunior', key: 'f', project, amount: paid, valueDate: on, bookingDate: on, paymentKey: 'p', position })
    return isRefused(decided) ? null : { kind: 'TRANSFER_OUT', paid, loanKey: null }
  }
  const fits = (loan: LoanState): boolean => (what === 'refund' ? !isZero(subtract(loan.overpaid, loan.overpaymentRefunded)) : loan.status === 'SIGNED' && requirePayout(loan, position, on) === null)
  const loans = [...world.loans.values()].filter(fits)
  const loan = loans[index % Math.max(loans.length, 1)]
  if (!loan) return null
  return what === 'refund'
    ? { kind: 'OVERPAYMENT_REFUND', paid: subtract(loan.overpaid, loan.overpaymentRefunded), loanKey: loan.key }
    : { kind: 'DISBURSEMENT', paid: loan.payout, loanKey: loan.key }
}

/** What was confirmed is gone, whoever used it; it may come back as another generation of itself, booked as a payment of its own. */
function reorganise(world: World, { which: index, again }: Extract<NetworkStep, { do: 'reorganise' }>, on: string): void {
  const known = [...world.payments.values()].filter(payment => payment.status === 'CONFIRMED' && payment.network && isOnNetwork(payment))
  const payment = known[index % Math.max(known.length, 1)]
  if (!payment) return
  const { key, kind, amount: paid, currency, from, to, loanKey, moved, network: reference } = payment
  expect(world.onPayment(key, { type: 'revert', on, reason: to ? 'REORGANISED' : 'FAILED_LATE', held: null })).toBeNull()
  expect(world.onPayment(key, { type: 'revert', on, reason: 'REORGANISED', held: null })).toMatchObject({ refused: 'PAYMENT_STATUS' })
  // Only what somebody took is taken from them: a case that was open is not theirs.
  if (!isOpenCase(payment)) hearBack(world, payment, on)
  networksReached.takenBack += 1
  if (!again) return
  const next = { id: reference!.id, generation: reference!.generation + 1 }
  const back = world.over(kind, paid, on, { currency, from, to, loanKey, network: next, ...(moved ? { moved } : {}) })
  confirm(world, back, on)
  hear(world, back, on)
  networksReached.again += 1
}

/** What networks left in suspense is explained, so that the project can end. */
export function explainNetworks(world: World, on: string): void {
  // Much may have become coins: the bank has enough while all is settled.
  confirm(world, world.over('EXCHANGE_LOSS', amountOf(10n ** 12n, 'HNL'), on, { to: bank }), on)
  for (const payment of [...world.payments.values()].filter(found => isOpenCase(found) && isOnNetwork(found))) {
    if (payment.status === 'CONFIRMED') {
      expect(world.onPayment(payment.key, { type: 'revert', on, reason: 'DOUBLE_SPENT', held: null })).toBeNull()
      continue
    }
    // Taken back by the network, kept by the loan: whoever owes it makes it good, and the two cases explain each other.
    const { kind, amount: paid, from, to, loanKey, moved } = payment
    const good = world.over(kind, paid, on, { from, to, loanKey, ...(moved ? { moved } : {}) })
    confirm(world, good, on)
    world.onPayment(good, { type: 'unmatched', on, reason: 'MADE_GOOD' })
    for (const key of [payment.key, good]) expect(world.onPayment(key, { type: 'resolveSuspense', on })).toBeNull()
  }
}

/** The originator gives back fees, takes or brings coins, and bears what exchanges lost or gained: only the project's currency is left, at the bank. */
export function settleNetworks(world: World, on: string): void {
  const pay = (kind: PaymentKind, paid: Amount, changes: Partial<PaymentAdded>) => confirm(world, world.over(kind, paid, on, changes), on)
  for (const { holder, fee, coin } of NETWORKS) {
    const advanced = world.all.get(`${accounts.networkFee(world.project.key)} ${fee.code}`)
    if (advanced && advanced.amount > 0n) pay('FEE_REIMBURSEMENT', advanced, { currency: fee, to: holder })
    if (advanced && advanced.amount < 0n) pay('FEE_RETURN', negate(advanced), { currency: fee, from: holder })
    if (coin === null) {
      const held = world.held(holder)
      if (held.amount > 0n) world.pay('HAND_OVER', held, on, { from: holder, to: bank })
      if (held.amount < 0n) world.pay('HAND_OVER', negate(held), on, { from: bank, to: holder })
    }
  }
  // Fees of one holder may have been given back at another: coins are settled after them.
  for (const net of NETWORKS) {
    for (const coin of [net.coin, net.fee]) {
      const held = coin && world.heldIn(net.holder, coin.code)
      if (!coin || !held || isZero(held)) continue
      const moved = movedOf({ ...net, coin }, held.amount < 0n ? -held.amount : held.amount)
      pay('CONVERSION', amountOf(12_345n, 'HNL'), { ...(held.amount > 0n ? { from: net.holder, to: bank } : { from: bank, to: net.holder }), ...moved })
    }
  }
  const { open } = exchangesOf(world.payments.values(), 'HNL')
  if (open.amount > 0n) pay('EXCHANGE_LOSS', open, { to: bank })
  if (open.amount < 0n) pay('EXCHANGE_GAIN', negate(open), { from: bank })
  expect(world.foreign()).toEqual([])
}

/** What lies on networks in the project's currency, and what exchanges and fees make of it. */
export function networkTotals(world: World): { held: Amount; apart: Amount } {
  const { key } = world.project
  return {
    held: networkHolders.map(holder => world.held(holder)).reduce(add),
    apart: add(world.balance(accounts.exchange(HNL.code, key)), world.balance(accounts.networkFee(key))),
  }
}
