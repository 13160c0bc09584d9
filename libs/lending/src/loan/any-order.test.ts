import { afterAll, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import {
  addDays, decideLoan, earnedInterest, isRefused, loanContribution, outstandingOfLoan, paidOf, type LoanCommand, type LoanState, type ScheduleKind,
} from '../index.ts'
import { disbursedLoan, hnl, openProject, run, terms, units } from '../testing/sample.ts'
import { balancesOf, type Facts } from '../testing/second-model.ts'

// Any facts, booked in any order, back-dated and taken back, in any time zone: the balances are those of the second model.

const START = '2026-03-05'
const END = '2027-06-30'
const zone = process.env['TZ']
afterAll(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

type Step =
  | { readonly do: 'pay'; readonly day: number; readonly amount: bigint }
  | { readonly do: 'reverse'; readonly which: number }
  | { readonly do: 'reschedule'; readonly day: number; readonly months: number; readonly pause: number | null }
  | { readonly do: 'close'; readonly day: number }
  | { readonly do: 'writeOff'; readonly day: number }

const day = fc.nat({ max: 450 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('pay' as const), day, amount: fc.oneof(fc.bigInt({ min: 1n, max: 400_000n }), fc.bigInt({ min: 1n, max: 2_500_000n })) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('reverse' as const), which: fc.nat({ max: 12 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reschedule' as const), day, months: fc.integer({ min: 1, max: 9 }), pause: fc.option(fc.integer({ min: 1, max: 120 })) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const), day }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('writeOff' as const), day: fc.integer({ min: 60, max: 400 }) }) },
)

interface Told {
  loan: LoanState
  payments: { key: string; on: string; amount: bigint }[]
  reschedules: Facts['reschedules'][number][]
  writtenOffOn: string | null
}

/** What a step is as a command, on the loan as it stands. Everything is booked on the last day, however late that is. */
function commandOf(found: Step, told: Told, project: Parameters<typeof disbursedLoan>[0], index: number): LoanCommand | null {
  switch (found.do) {
    case 'pay': return { type: 'repay', project, paymentKey: `p${index}`, amount: units(found.amount), valueDate: addDays(START, found.day), bookingDate: END }
    case 'reverse': {
      const payment = told.payments[found.which % Math.max(1, told.payments.length)]
      return payment ? { type: 'reversePayment', project, paymentKey: payment.key, on: END, reason: 'MISTAKE' } : null
    }
    case 'reschedule': {
      const on = addDays(START, found.day)
      return { type: 'reschedule', project, on, months: found.months, firstDue: found.pause === null ? null : addDays(on, found.pause), reason: 'HARVEST_LATE' }
    }
    case 'close': return { type: 'closeDay', date: addDays(START, found.day) }
    case 'writeOff': return { type: 'writeOff', project, on: addDays(START, found.day) }
  }
}

function tell(told: Told, found: Step, project: Parameters<typeof disbursedLoan>[0], index: number): void {
  // Only a day that closes finds a default.
  if (found.do === 'writeOff') tell(told, { do: 'close', day: found.day }, project, index)
  const command = commandOf(found, told, project, index)
  if (!command || isRefused(decideLoan(told.loan, command))) return
  told.loan = run(told.loan, command)
  if (command.type === 'repay') told.payments.push({ key: command.paymentKey, on: command.valueDate, amount: command.amount.amount })
  if (command.type === 'reversePayment') told.payments = told.payments.filter(({ key }) => key !== command.paymentKey)
  if (command.type === 'reschedule') told.reschedules.push({ on: command.on, months: command.months, firstDue: command.firstDue ?? null })
  if (command.type === 'writeOff') told.writtenOffOn = command.on
}

/** What the library holds, in the words of the second model. */
function held(loan: LoanState) {
  const paid = paidOf(loan)
  const { losses } = loanContribution(loan)
  return {
    principalPaid: paid.principal.amount,
    interestPaid: paid.interest.amount,
    interestCharged: earnedInterest(loan).amount,
    overpaid: loan.overpaid.amount,
    recovered: loan.recovered?.amount ?? 0n,
    left: loan.status === 'WRITTEN_OFF' ? losses.amount : outstandingOfLoan(loan).amount,
  }
}

const reached = { reversed: 0, rescheduled: 0, writtenOff: 0, recovered: 0, repaid: 0 }
const zones = fc.constantFrom('UTC', 'America/Tegucigalpa', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kolkata', 'Europe/Lisbon')

describe.each<[ScheduleKind, number, bigint]>([
  ['FLAT', 0, 1800n], ['FLAT', 2, 2375n], ['AD_HOC', 0, 2400n], ['EQUAL_INSTALMENTS', 0, 1800n], ['EQUAL_INSTALMENTS', 2, 6000n], ['EQUAL_PRINCIPAL', 1, 1375n],
])('%s with %i in grace', (schedule, gracePeriod, rate) => {
  const project = openProject({ loans: { ...terms, schedule, gracePeriod, interestRate: `${rate / 100n}.${String(rate % 100n).padStart(2, '0')}`, defaultAfterDays: 30 } })
  const loan = disbursedLoan(project, hnl('20000.00'), 6, START)

  it('comes to what the second model says, whatever happens in whatever order', () => {
    fc.assert(fc.property(fc.array(step, { minLength: 2, maxLength: 14 }), zones, fc.integer(), (steps, place, turn) => {
      process.env['TZ'] = place
      const told: Told = { loan, payments: [], reschedules: [], writtenOffOn: null }
      for (const [index, found] of steps.entries()) tell(told, found, project, index)
      if (told.loan.status === 'DISBURSED' || told.loan.status === 'DEFAULTED') told.loan = run(told.loan, { type: 'closeDay', date: END })
      const facts: Facts = { kind: schedule, principal: 2_000_000n, rate, months: 6, grace: gracePeriod, start: START, through: END, payments: told.payments, reschedules: told.reschedules, writtenOffOn: told.writtenOffOn }
      const expected = balancesOf(facts)
      const left = 2_000_000n + expected.interestCharged - expected.principalPaid - expected.interestPaid - expected.recovered
      expect(held(told.loan)).toEqual({ ...expected, left })
      expect(told.loan.status === 'REPAID').toBe(left + expected.recovered === 0n)
      const came = told.payments.reduce((sum, { amount }) => sum + amount, 0n)
      expect(expected.principalPaid + expected.interestPaid + expected.overpaid + expected.recovered).toBe(came)
      expect(told.loan.schedule.every(row => row.principal.amount >= 0n && row.interest.amount >= row.paidInterest.amount && row.paidPrincipal.amount >= 0n)).toBe(true)

      // The same payments, booked in another order, before nothing else was.
      if (told.reschedules.length === 0 && told.writtenOffOn === null) {
        const turned = told.payments.toSorted((a, b) => hash(a.key, turn) - hash(b.key, turn))
        const again = turned.reduce((state, { key, on, amount }) => run(state, { type: 'repay', project, paymentKey: key, amount: units(amount), valueDate: on, bookingDate: END }), loan)
        const closed = again.status === 'DISBURSED' ? run(again, { type: 'closeDay', date: END }) : again
        expect(held(closed)).toEqual(held(told.loan))
      }
      reached.reversed += steps.some(found => found.do === 'reverse') && told.payments.length > 0 ? 1 : 0
      reached.rescheduled += told.reschedules.length
      reached.writtenOff += told.writtenOffOn === null ? 0 : 1
      reached.recovered += expected.recovered > 0n ? 1 : 0
      reached.repaid += told.loan.status === 'REPAID' ? 1 : 0
    }), { numRuns: Number(process.env['GROWR_LIVES'] ?? 120) })
  })
})

it('the steps reach what they are for', () => {
  for (const [what, count] of Object.entries(reached)) expect(count, what).toBeGreaterThan(4)
})

function hash(text: string, turn: number): number {
  return [...text].reduce((value, letter) => Math.imul(value ^ letter.charCodeAt(0), 2_654_435_761), turn)
}
