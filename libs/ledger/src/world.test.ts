import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import {
  addDays, applyTo, compareDates, expectedCash, isOpenCase, laterDate, lendable, outstandingOfLoan, remainingRows, type ScheduleKind, type StateOf,
} from '@growr/lending'
import { add, decodeJson, encodeJson, isZero, negate, subtract, zero, type Amount } from '@growr/money'
import { balanceLines, isBalanced, postingsFor } from './index.ts'
import {
  explainNetworks, isNetworkStep, isOnNetwork, networkStep, networkTotals, networksReached, playNetwork, settleNetworks, type NetworkStep,
} from './testing/network-life.ts'
import { agent, applyFor, bank, created, HNL, hnl, mobile, World, type Entry } from './testing/world.ts'

// Random lives of a project. After every step all conditions hold at rest; at the end everything is paid out and every account is zero.

type Step =
  | { readonly do: 'fundJunior' | 'fund' | 'repayInvestor' | 'withdrawJunior' | 'apply'; readonly amount: bigint }
  | { readonly do: 'sign' | 'disburse' | 'cancel' | 'cancelDisbursement' | 'refundOverpayment' | 'handOver' | 'revertFunding'; readonly which: number }
  | { readonly do: 'repay'; readonly which: number; readonly amount: bigint; readonly daysAgo: number; readonly cash: boolean }
  | { readonly do: 'stray' | 'import' | 'receipt'; readonly amount: bigint }
  | { readonly do: 'reschedule' | 'reversePayment' | 'writeOff' | 'assign' | 'unassign'; readonly which: number }
  | { readonly do: 'wait'; readonly days: number }

/** How many lives of each kind: more in a long proof. */
const LIVES = Number(process.env['GROWR_LIVES'] ?? 60)
const SEED = process.env['GROWR_SEED']

const units = (amount: bigint): Amount => ({ amount, currency: 'HNL' })
const amount = (max: bigint) => fc.bigInt({ min: 1n, max })
const which = fc.nat({ max: 20 })
const step: fc.Arbitrary<Step | NetworkStep> = fc.oneof(
  { weight: 6, arbitrary: networkStep },
  fc.record({ do: fc.constantFrom('fundJunior' as const, 'withdrawJunior' as const), amount: amount(10_000_000n) }),
  fc.record({ do: fc.constantFrom('fund' as const, 'repayInvestor' as const), amount: amount(20_000_000n) }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('apply' as const), amount: amount(6_000_000n) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('sign' as const, 'disburse' as const), which }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('repay' as const), which, amount: amount(3_000_000n), daysAgo: fc.nat({ max: 20 }), cash: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'cancelDisbursement' as const, 'refundOverpayment' as const, 'handOver' as const, 'revertFunding' as const), which }) },
  fc.record({ do: fc.constantFrom('stray' as const, 'import' as const, 'receipt' as const), amount: amount(500_000n) }),
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('reschedule' as const, 'reversePayment' as const, 'writeOff' as const, 'assign' as const, 'unassign' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 20 }) }) },
)

function pick<T>(items: Iterable<T>, index: number): T | undefined {
  const all = [...items]
  return all.length === 0 ? undefined : all[index % all.length]
}

/** Closes a day of every loan, as the financing writer does. */
function closeDay(world: World, date: string): void {
  for (const key of world.loans.keys()) world.onLoan(key, { type: 'closeDay', date })
}

function play(world: World, found: Step | NetworkStep, today: string): string {
  if (isNetworkStep(found)) {
    playNetwork(world, found, today)
    return today
  }
  switch (found.do) {
    case 'wait': {
      const next = addDays(today, found.days)
      closeDay(world, addDays(next, -1))
      return next
    }
    case 'fundJunior': world.fundJunior(units(found.amount), today); break
    case 'fund': world.fund(`contract-${found.amount % 3n}`, units(found.amount), today); break
    case 'repayInvestor': world.repayInvestor(`contract-${found.amount % 3n}`, units(found.amount), today); break
    case 'withdrawJunior': world.withdrawJunior(units(found.amount), today); break
    case 'apply': applyFor(world, units(found.amount), Number(found.amount % 14n), today); break
    case 'stray': world.settle(world.pay('REPAYMENT', units(found.amount), today, { to: bank }) as string, today, { refused: 'NOT_FOUND' }); break
    case 'import': importLoan(world, found.amount, today); break
    case 'receipt': world.receive(units(found.amount), today); break
    case 'assign': case 'unassign': onReceipt(world, found, today); break
    case 'handOver': {
      const held = world.held(agent)
      if (!isZero(held)) world.pay('HAND_OVER', held, today, { from: agent, to: bank })
      break
    }
    case 'revertFunding': {
      const funding = pick([...world.fundings.values()].filter(candidate => candidate.paymentType === 'INCOMING'), found.which)
      if (!funding || (funding.paymentKey === null && !world.canRevert(world.moved.get(funding.key)!))) break
      const refused = world.onFunding(funding.key, { type: 'revert', on: today, project: world.project, position: world.position, fundings: [...world.fundings.values()] })
      if (!refused) world.revertPayment(world.moved.get(funding.key)!, today)
      break
    }
    default: onLoan(world, found, today)
  }
  return today
}

function onLoan(world: World, found: Extract<Step, { which: number }>, today: string): void {
  const loan = pick(world.loans.values(), found.which)
  if (!loan) return
  switch (found.do) {
    case 'sign': world.onLoan(loan.key, { type: 'sign', on: today, contractDigest: 'digest' }); break
    case 'disburse': world.disburse(loan.key, today); break
    case 'cancel': world.onLoan(loan.key, { type: 'cancel', on: today, reason: 'BY_BORROWER', disbursementUnderWay: false }); break
    case 'cancelDisbursement': {
      if (loan.disbursementKey === null || isOnNetwork(world.payments.get(loan.disbursementKey)!)) break
      const refused = world.onLoan(loan.key, { type: 'cancelDisbursement', paymentKey: loan.disbursementKey, on: today })
      if (!refused) world.revertPayment(loan.disbursementKey, today)
      break
    }
    case 'refundOverpayment': refund(world, loan.key, today); break
    case 'reschedule': world.onLoan(loan.key, { type: 'reschedule', project: world.project, on: today, months: (found.which % 9) + 1, reason: 'HARVEST_LATE' }); break
    case 'writeOff': {
      const lost = pick([...world.loans.values()].filter(({ status }) => status === 'DEFAULTED'), found.which)
      if (lost) world.onLoan(lost.key, { type: 'writeOff', project: world.project, on: today })
      break
    }
    case 'reversePayment': {
      const payment = pick(loan.payments.map(({ key }) => world.payments.get(key)!).filter(paid => paid.kind === 'REPAYMENT' && !isOnNetwork(paid)), found.which)
      if (!payment || !world.canRevert(payment.key) || world.onLoan(loan.key, { type: 'reversePayment', project: world.project, paymentKey: payment.key, on: today, reason: 'MISTAKE' })) break
      world.revertPayment(payment.key, today)
      break
    }
    case 'repay': {
      const valueDate = laterDate(loan.startDate ?? today, addDays(today, -found.daysAgo))
      world.repay(loan.key, units(found.amount), today, found.cash ? agent : bank, valueDate)
    }
  }
}

/** An open loan of former books, of which two instalments are late. */
function importLoan(world: World, amount: bigint, on: string): void {
  const rows = remainingRows({ principal: units(amount), interest: units(amount / 10n), instalments: 3, nextDue: addDays(on, -40) })
  const { project, position } = world
  const key = world.key('loan')
  const own = project.loans.schedule === 'AD_HOC' ? [{ dueDate: addDays(on, -15), principal: units(amount), interest: units(amount / 10n) }] : rows
  world.onLoan(key, { type: 'import', key, project, position, terms: project.loans, rows: own, number: key, on })
}

/** A receipt that nobody knows becomes a loan's repayment, and is taken back. */
function onReceipt(world: World, found: Extract<Step, { which: number }>, on: string): void {
  const receipt = pick([...world.payments.values()].filter(({ kind, assignedOn }) => kind === 'RECEIPT' && Boolean(assignedOn) === (found.do === 'unassign')), found.which)
  if (!receipt) return
  if (found.do === 'assign') {
    const loan = pick(world.loans.values(), found.which)
    if (!loan || world.onPayment(receipt.key, { type: 'assign', loanKey: loan.key, projectKey: loan.projectKey, on })) return
    const { key: paymentKey, amount, valueDate } = receipt
    world.settle(paymentKey, on, world.onLoan(loan.key, { type: 'repay', project: world.project, paymentKey, amount, valueDate, bookingDate: on }))
    return
  }
  const taken = !isOpenCase(receipt)
  if (taken && world.onLoan(receipt.loanKey!, { type: 'reversePayment', project: world.project, paymentKey: receipt.key, on, reason: 'WRONG_LOAN' })) return
  expect(world.onPayment(receipt.key, { type: 'reverseAssignment', on, reason: 'WRONG_LOAN', held: world.held(mobile) })).toBeNull()
}

function refund(world: World, key: string, on: string): void {
  const loan = world.loans.get(key)!
  const owed = subtract(loan.overpaid, loan.overpaymentRefunded)
  if (isZero(owed)) return
  const payment = world.pay('OVERPAYMENT_REFUND', owed, on, { from: bank }, key)
  if (typeof payment === 'string') expect(world.onLoan(key, { type: 'refundOverpayment', paymentKey: payment, amount: owed, valueDate: on, bookingDate: on })).toBeNull()
}

function expectSound(world: World): void {
  expect(world.atRest()).toEqual([])
  const { position } = world
  expect(expectedCash(position)).toEqual(position.cash)
  // Money that a mistake had brought may be promised already when it goes: what is not there is not paid out, but stays promised.
  const wasReversed = world.entries.some(({ event }) => event.type === 'loan.payment-reversed')
  expect(wasReversed || lendable(position).amount >= 0n).toBe(true)
  expect(position.senior.amount <= position.junior.amount * 4n).toBe(true)
  const networks = networkTotals(world)
  const total = [networks.held, ...[bank, agent, mobile].map(holder => world.held(holder))].reduce(add)
  // What waits in suspense lies in cash, and belongs to no record yet; what lies in coins, and fees, are no cash of this currency.
  expect(total).toEqual(subtract(subtract(position.cash, world.balance('suspense/coffee')), networks.apart))
}

/** Everything is brought in, returned, shared out and closed. */
function windUp(world: World, on: string): void {
  explainNetworks(world, on)
  for (const payment of [...world.payments.values()].filter(isOpenCase)) {
    if (payment.kind === 'RECEIPT' && payment.assignedOn) expect(world.onPayment(payment.key, { type: 'reverseAssignment', on, reason: 'CLOSING', held: world.held(mobile) })).toBeNull()
    expect(world.onPayment(payment.key, { type: 'resolveSuspense', on })).toBeNull()
    world.revertPayment(payment.key, on)
  }
  for (const { key, status } of world.loans.values()) {
    if (status === 'APPROVED' || status === 'SIGNED') world.onLoan(key, { type: 'cancel', on, reason: 'BY_ORIGINATOR', disbursementUnderWay: false })
    if (status === 'DISBURSED' || status === 'DEFAULTED') expect(world.repay(key, outstandingOfLoan(world.loans.get(key)!), on)).toBeNull()
    // Of an ad-hoc loan the last days accrue with the payment.
    const after = world.loans.get(key)!
    if (after.status === 'DISBURSED' || after.status === 'DEFAULTED') expect(world.repay(key, outstandingOfLoan(after), on)).toBeNull()
  }
  for (const from of [agent, mobile]) if (!isZero(world.held(from))) world.pay('HAND_OVER', world.held(from), on, { from, to: bank })
  const none = zero(HNL.code)
  const rest = () => ({ clearing: none, suspense: none, pendingPayments: 0, foreign: world.foreign() })
  const distribute = () => world.onProject({ type: 'distribute', on, loans: [...world.loans.values()], fundings: [...world.fundings.values()], ...rest() })
  if (world.foreign().length > 0) expect(distribute()).toMatchObject({ refused: expect.stringMatching(/^(EXCHANGE_OPEN|PROJECT_NOT_SETTLED)$/) })
  settleNetworks(world, on)
  for (const key of world.loans.keys()) refund(world, key, on)
  expect(distribute()).toBeNull()
  expectShared(world)
  for (const { payee, party, kind, amount: share } of world.project.distribution!.payables) {
    if (isZero(share)) continue
    const paymentKey = world.pay('TRANSFER_OUT', share, on, { from: bank }) as string
    expect(world.onProject({ type: 'payShare', paymentKey, payee, party, kind, amount: share, valueDate: on, bookingDate: on })).toBeNull()
  }
  expect(world.onProject({ type: 'close', on, ...rest() })).toBeNull()
}

function expectShared(world: World): void {
  expect(world.atRest()).toEqual([])
  expect(world.held(bank)).toEqual(negate(world.balance('payable/distribution/coffee')))
}

/** What an auditor does: states and postings out of the events alone, through JSON as a book keeps them. */
function audit(entries: readonly Entry[]): void {
  const states = new Map<string, unknown>()
  for (const { kind, key, event, postings, state } of entries) {
    const record = `${kind} ${key}`
    const before = (states.get(record) ?? null) as StateOf[typeof kind] | null
    const read = decodeJson(encodeJson(event)) as typeof event
    const after = applyTo[kind](before as never, read as never)
    expect(encodeJson(after)).toBe(encodeJson(state))
    expect(postingsFor(kind, read, before, after)).toEqual(postings)
    expect(isBalanced(postings)).toBe(true)
    states.set(record, decodeJson(encodeJson(after)))
  }
}

/** What the lives of all kinds came by: one kind alone may miss a rare step by chance. */
const reached = { repaid: 0, writtenOff: 0, recovered: 0, rescheduled: 0, imported: 0, assigned: 0, reversed: 0 }

describe.each<[string, { schedule: ScheduleKind; gracePeriod: number; interestRate: string }]>([
  ['flat loans', { schedule: 'FLAT', gracePeriod: 0, interestRate: '18.00' }],
  ['flat loans with grace', { schedule: 'FLAT', gracePeriod: 2, interestRate: '23.75' }],
  ['ad-hoc loans', { schedule: 'AD_HOC', gracePeriod: 0, interestRate: '24' }],
  ['annuities', { schedule: 'EQUAL_INSTALMENTS', gracePeriod: 0, interestRate: '30' }],
])('any life of a project with %s', (_name, terms) => {
  it('balances after every step, ends at zero, and is recomputed by an auditor', () => {
    fc.assert(fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), steps => {
      const world = new World({ ...created, endDate: '2030-12-31', loans: { ...created.loans, ...terms, defaultAfterDays: 5 } })
      world.fundJunior(hnl('60000.00'), '2026-03-01')
      let today = '2026-03-02'
      // Late already: the first day that closes finds it in default.
      importLoan(world, 300_000n, today)
      for (const found of steps) {
        today = play(world, found, today)
        expectSound(world)
      }
      expect(compareDates(today, '2030-12-01')).toBe(-1)
      windUp(world, '2031-01-01')
      expect(world.project.status).toBe('CLOSED')
      expect(balanceLines(world.all)).toEqual([])
      expect(world.atRest()).toEqual([])
      audit(world.entries)
      const loans = [...world.loans.values()]
      reached.repaid += loans.filter(loan => loan.status === 'REPAID').length
      reached.writtenOff += loans.filter(loan => loan.status === 'WRITTEN_OFF').length
      reached.rescheduled += loans.filter(loan => loan.earlier).length
      reached.imported += loans.filter(loan => loan.origin).length
      for (const { event } of world.entries) {
        if (event.type === 'loan.recovered') reached.recovered += 1
        if (event.type === 'loan.payment-reversed') reached.reversed += 1
        if (event.type === 'payment.assigned') reached.assigned += 1
      }
    }), { numRuns: LIVES, ...(SEED === undefined ? {} : { seed: Number(SEED) }) })
  })
})

it('the lives of all kinds together reach what they are for', () => {
  for (const [what, count] of Object.entries(reached)) expect(count, what).toBeGreaterThan(0)
  expect(reached.repaid).toBeGreaterThan(20)
  for (const [what, count] of Object.entries(networksReached)) expect(count, what).toBeGreaterThan(0)
})
