import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { formatAmount, sum, type Amount } from '@growr/money'
import {
  applyLoan, closeDay, decideLoan, DomainFault, loanContribution, outstandingOfLoan, requirePayout, type LoanCommand, type LoanEvent, type LoanState,
} from '../index.ts'
import { disbursedLoan, eventsOf, hnl, holding, openProject, refusalOf, repay, run, units } from '../testing/sample.ts'

const project = openProject()
const text = (amount: Amount) => formatAmount(amount)
const verdict = { verifierDid: 'did:web:node.example:verifier', refusals: [] }
const application = { type: 'apply', key: 'loan-1', project, position: holding(hnl('100000.00')), amount: hnl('20000.00'), months: 6, verdict, on: '2026-03-05' } as const
const approved = run(null, application)
const signed = run(approved, { type: 'sign', on: '2026-03-06', contractDigest: 'digest' })
const payout = { type: 'disburse', paymentKey: 'pay-out', amount: hnl('18600.00'), valueDate: '2026-03-07', bookingDate: '2026-03-07' } as const

/** Pays in turn and says what each payment did: interest, principal, overpaid. */
function payAll(loan: LoanState, payments: readonly [string, string, string?][]): { loan: LoanState; allocations: string[][] } {
  let state = loan
  const allocations = payments.map(([amount, valueDate, bookingDate], index) => {
    const events = eventsOf(decideLoan(state, repay(project, `p${index}`, hnl(amount), valueDate, bookingDate)))
    state = events.reduce<LoanState>((before, event) => applyLoan(before, event), state)
    const [event] = events
    if (event?.type !== 'loan.instalment-paid') throw new Error('no instalment paid')
    const { interest, principal, overpaid } = event.data.allocation
    return [text(interest), text(principal), text(overpaid)]
  })
  return { loan: state, allocations }
}

describe('an application', () => {
  it('is approved with its figures worked out: 2 % fee and 5 % deposit are withheld', () => {
    expect(approved).toMatchObject({ status: 'APPROVED', months: 6, offerUntil: '2026-03-19', startDate: null })
    expect([approved.contractAmount, approved.interestAmount, approved.commitmentAmount, approved.fee, approved.deposit, approved.payout].map(text))
      .toEqual(['20000.00', '1800.00', '21800.00', '400.00', '1000.00', '18600.00'])
  })

  it('is brought to the nearest that the project accepts, and shows both', () => {
    const large = run(null, { ...application, amount: hnl('60000.00'), months: 24 })
    expect([text(large.requestedAmount), text(large.contractAmount), large.requestedMonths, large.months]).toEqual(['60000.00', '50000.00', 24, 12])
    const small = run(null, { ...application, amount: hnl('0.01'), months: 1 })
    expect([text(small.requestedAmount), text(small.contractAmount), small.requestedMonths, small.months]).toEqual(['0.01', '5000.00', 1, 3])
  })

  it('that fails a check is an entry REFUSED with each reason, and reserves nothing', () => {
    const refusals = [{ code: 'CREDENTIAL_EXPIRED', path: 'checks.KYC' }, { code: 'CRITERIA_NOT_MET', path: 'criteria.1' }]
    const refused = run(null, { ...application, verdict: { verifierDid: null, refusals } })
    expect(refused).toMatchObject({ status: 'REFUSED', refusals, schedule: [] })
    expect(loanContribution(refused).reserved.amount).toBe(0n)
  })

  it.each<[string, Partial<typeof application> | Record<string, unknown>]>([
    ['PROJECT_NOT_OPEN project', { on: '2026-02-28' }],
    ['PROJECT_NOT_OPEN project', { on: '2027-01-01' }],
    ['PROJECT_NOT_OPEN project', { project: { ...project, status: 'DEACTIVATED' } }],
    ['PROJECT_NOT_OPEN project', { project: { ...project, status: 'DRAFT' } }],
    ['AMOUNT_INVALID amount', { amount: hnl('0.00') }],
    ['AMOUNT_INVALID amount', { amount: hnl('-1.00') }],
    ['AMOUNT_INVALID months', { months: 1.5 }],
    ['CURRENCY_MISMATCH amount', { amount: { amount: 2_000_000n, currency: 'USD' } }],
    ['PROJECT_AMOUNT_EXCEEDED amount', { position: { ...holding(hnl('900000.00')), granted: hnl('480000.01') } }],
    ['FUNDS_INSUFFICIENT amount', { position: holding(hnl('19999.99')) }],
    ['FUNDS_INSUFFICIENT amount', { position: { ...holding(hnl('20000.00')), depositsHeld: hnl('0.01') } }],
    ['FUNDS_INSUFFICIENT amount', { position: { ...holding(hnl('20000.00')), feesOwed: hnl('0.01') } }],
    ['FUNDS_INSUFFICIENT amount', { position: { ...holding(hnl('20000.00')), overpaymentsOwed: hnl('0.01') } }],
    ['FUNDS_RESERVED amount', { position: { ...holding(hnl('20000.00')), reserved: hnl('0.01') } }],
    ['not refused', { position: { ...holding(hnl('40000.00')), reserved: hnl('20000.00') } }],
    ['not refused', { position: { ...holding(hnl('900000.00')), granted: hnl('480000.00') } }],
  ])('%s', (expected, changes) => {
    expect(refusalOf(decideLoan(null, { ...application, ...changes } as LoanCommand))).toBe(expected)
  })

  it('is not made twice', () => {
    expect(refusalOf(decideLoan(approved, application))).toBe('DUPLICATE key')
  })
})

describe('64 applications at once, funds for ten', () => {
  it('ten are approved, 54 refused with FUNDS_RESERVED', () => {
    let position = holding(hnl('200000.00'))
    const outcomes = Array.from({ length: 64 }, (_, index) => {
      const decision = decideLoan(null, { ...application, key: `loan-${index}`, position })
      if ('refused' in decision) return decision.refused
      const loan = eventsOf(decision).reduce<LoanState | null>(applyLoan, null)!
      const reserved = sum('HNL', [position.reserved, loanContribution(loan).reserved])
      position = { ...position, reserved }
      return loan.status
    })
    expect(outcomes.filter(outcome => outcome === 'APPROVED')).toHaveLength(10)
    expect(outcomes.filter(outcome => outcome === 'FUNDS_RESERVED')).toHaveLength(54)
  })
})

describe('an offer', () => {
  it('may be signed through its last day, and lapses when that day closes', () => {
    expect(run(approved, { type: 'sign', on: '2026-03-19', contractDigest: 'd' }).status).toBe('SIGNED')
    expect(refusalOf(decideLoan(approved, { type: 'sign', on: '2026-03-20', contractDigest: 'd' }))).toBe('OFFER_LAPSED loan')
    expect(closeDay(approved, '2026-03-18')).toEqual([])
    const lapsed = run(approved, { type: 'closeDay', date: '2026-03-19' })
    expect(lapsed).toMatchObject({ status: 'CANCELLED', cancelled: { on: '2026-03-19', reason: 'LAPSED' } })
    expect(loanContribution(lapsed)).toMatchObject({ openLoans: 0, reserved: units(0n), granted: units(0n) })
    expect(refusalOf(decideLoan(lapsed, { type: 'sign', on: '2026-03-20', contractDigest: 'd' }))).toBe('OFFER_LAPSED loan')
  })

  it('does not lapse once it is signed, and may be cancelled unless its payout is under way', () => {
    expect(closeDay(signed, '2026-12-31')).toEqual([])
    const cancel = { type: 'cancel', on: '2026-03-08', reason: 'BY_BORROWER', disbursementUnderWay: false } as const
    expect(run(signed, cancel).status).toBe('CANCELLED')
    expect(refusalOf(decideLoan(signed, { ...cancel, disbursementUnderWay: true }))).toBe('LOAN_STATUS disbursement')
    expect(refusalOf(decideLoan(run(signed, payout), cancel))).toBe('LOAN_STATUS status')
  })
})

describe('a disbursement', () => {
  it('fixes the schedule by its value date', () => {
    const loan = run(signed, payout)
    expect(loan).toMatchObject({ status: 'DISBURSED', startDate: '2026-03-07', endDate: '2026-09-07', disbursementKey: 'pay-out' })
    expect(loan.schedule.map(row => row.dueDate)).toEqual(['2026-04-07', '2026-05-07', '2026-06-07', '2026-07-07', '2026-08-07', '2026-09-07'])
    expect(text(outstandingOfLoan(loan))).toBe('21800.00')
  })

  it('takes exactly from the free money what was reserved', () => {
    const before = loanContribution(signed)
    const after = loanContribution(run(signed, payout))
    expect(before.reserved).toEqual(hnl('20000.00'))
    // cash −18,600.00, of which 400.00 of fees and 1,000.00 of deposits now belong to others
    expect([after.cash, after.feesOwed, after.depositsHeld, after.reserved].map(text)).toEqual(['-18600.00', '400.00', '1000.00', '0.00'])
  })

  it('needs a signed contract, the exact payout, a sensible value date, and money that is still there', () => {
    expect(refusalOf(decideLoan(approved, payout))).toBe('LOAN_STATUS status')
    expect(refusalOf(decideLoan(signed, { ...payout, amount: hnl('20000.00') }))).toBe('PAYMENT_AMOUNT amount')
    expect(refusalOf(decideLoan(signed, { ...payout, valueDate: '2026-03-05' }))).toBe('VALUE_DATE valueDate')
    expect(refusalOf(decideLoan(signed, { ...payout, valueDate: '2026-03-08' }))).toBe('VALUE_DATE valueDate')
    expect(refusalOf(decideLoan(run(signed, payout), payout))).toBe('DUPLICATE payment')
    expect(requirePayout(signed, { ...holding(hnl('20000.00')), reserved: hnl('20000.00') }, '2026-03-07')).toBeNull()
    expect(refusalOf(requirePayout(signed, holding(hnl('19999.99')), '2026-03-07'))).toBe('FUNDS_INSUFFICIENT amount')
    expect(refusalOf(requirePayout(approved, holding(hnl('20000.00')), '2026-03-07'))).toBe('LOAN_STATUS status')
  })

  it('that is cancelled takes the loan back to SIGNED as it was', () => {
    const back = run(run(signed, payout), { type: 'cancelDisbursement', paymentKey: 'pay-out', on: '2026-03-09' })
    expect(back).toEqual(signed)
    const paid = run(run(signed, payout), repay(project, 'p1', hnl('1.00'), '2026-03-08'))
    expect(refusalOf(decideLoan(paid, { type: 'cancelDisbursement', paymentKey: 'pay-out', on: '2026-03-09' }))).toBe('LOAN_STATUS payments')
  })
})

describe('repayments of a flat loan', () => {
  const loan = disbursedLoan(project, hnl('20000.00'), 6)

  it('partial, exact, ahead, final, overpaid: interest before principal, the oldest instalment first', () => {
    const { loan: after, allocations } = payAll(loan, [
      ['100.00', '2026-04-01'], // partial: interest only
      ['3533.33', '2026-04-05'], // exactly the rest of the first: 200.00 and 3,333.33
      ['5000.00', '2026-05-05'], // the second, and 1,366.67 ahead on the third: 300.00 of interest and 1,066.67
      ['13000.00', '2026-06-05'], // 13,166.67 is left: 900.00 of interest, 12,100.00 of principal
      ['200.00', '2026-07-01'], // the final 166.67, and 33.33 too much
    ])
    expect(allocations).toEqual([
      ['100.00', '0.00', '0.00'],
      ['200.00', '3333.33', '0.00'],
      ['600.00', '4400.00', '0.00'],
      ['900.00', '12100.00', '0.00'],
      ['0.00', '166.67', '33.33'],
    ])
    expect(after).toMatchObject({ status: 'REPAID', repaidOn: '2026-07-01' })
    expect([after.repaidAmount, after.overpaid, after.cashBack, outstandingOfLoan(after)].map(text)).toEqual(['21800.00', '33.33', '200.00', '0.00'])
  })

  it('an overpayment is returned once', () => {
    const { loan: over } = payAll(loan, [['22000.00', '2026-03-20']])
    const refund = { type: 'refundOverpayment', paymentKey: 'r1', amount: hnl('200.00'), valueDate: '2026-03-21', bookingDate: '2026-03-21' } as const
    expect(refusalOf(decideLoan(over, { ...refund, amount: hnl('200.01') }))).toBe('NOT_OWED amount')
    const returned = run(over, refund)
    expect(text(returned.overpaymentRefunded)).toBe('200.00')
    expect(refusalOf(decideLoan(returned, refund))).toBe('NOTHING_TO_RETURN loan')
    expect(refusalOf(decideLoan(loan, refund))).toBe('NOTHING_TO_RETURN loan')
  })

  it('a payment that crosses the last one is an overpayment', () => {
    const { loan: repaid } = payAll(loan, [['21800.00', '2026-03-20']])
    const crossed = run(repaid, repay(project, 'late', hnl('10.00'), '2026-03-20', '2026-03-22'))
    expect([crossed.status, text(crossed.overpaid), text(crossed.repaidAmount)]).toEqual(['REPAID', '10.00', '21800.00'])
  })

  it('one instalment settled a day late loses the cash-back; the value date counts, not the booking date', () => {
    const rest: [string, string][] = [['3633.33', '2026-05-05'], ['14533.34', '2026-06-05']]
    const late = payAll(loan, [['3633.33', '2026-04-06'], ...rest]).loan
    expect([late.status, text(late.cashBack)]).toEqual(['REPAID', '0.00'])
    const bookedLate = payAll(loan, [['3633.33', '2026-04-05', '2026-04-09'], ...rest]).loan
    expect([bookedLate.status, text(bookedLate.cashBack)]).toEqual(['REPAID', '200.00'])
    const outOfOrder = payAll(loan, [...rest, ['3633.33', '2026-04-05', '2026-06-09']]).loan
    expect([outOfOrder.status, text(outOfOrder.cashBack)]).toEqual(['REPAID', '200.00'])
  })

  it('is refused twice under one key, in the future, before the loan, or in a project that was shared out', () => {
    const paid = run(loan, repay(project, 'p1', hnl('1.00'), '2026-03-10'))
    expect(refusalOf(decideLoan(paid, repay(project, 'p1', hnl('1.00'), '2026-03-10')))).toBe('DUPLICATE payment')
    expect(refusalOf(decideLoan(loan, repay(project, 'p1', hnl('1.00'), '2026-03-11', '2026-03-10')))).toBe('VALUE_DATE valueDate')
    expect(refusalOf(decideLoan(loan, repay(project, 'p1', hnl('1.00'), '2026-03-04', '2026-03-10')))).toBe('VALUE_DATE valueDate')
    expect(refusalOf(decideLoan(loan, repay(project, 'p1', hnl('0.00'), '2026-03-10')))).toBe('AMOUNT_INVALID amount')
    expect(refusalOf(decideLoan(signed, repay(project, 'p1', hnl('1.00'), '2026-03-10')))).toBe('LOAN_STATUS status')
    const none = units(0n)
    const closing = { fees: none, deposits: none, senior: none, junior: none, interest: none, yield: none, loss: none, exchange: none }
    const shared = { ...project, distribution: { on: '2027-01-02', closing, payables: [] } }
    expect(refusalOf(decideLoan(loan, repay(shared, 'p1', hnl('1.00'), '2026-03-10')))).toBe('PROJECT_STATUS project')
  })

  it('an instalment is overdue once its day has closed without it, is marked once, and keeps the mark', () => {
    expect(closeDay(loan, '2026-04-04')).toEqual([])
    const marked = run(loan, { type: 'closeDay', date: '2026-04-05' })
    expect(marked.schedule.map(row => row.overdueOn)).toEqual(['2026-04-05', null, null, null, null, null])
    expect(closeDay(marked, '2026-04-06')).toEqual([])
    const cured = run(marked, repay(project, 'p1', hnl('3633.33'), '2026-04-07'))
    expect(cured.schedule[0]).toMatchObject({ overdueOn: '2026-04-05', settledOn: '2026-04-07' })
  })

  it('ends at the same totals however the payments are split and in whatever order they are booked', () => {
    const day = fc.integer({ min: 6, max: 28 }).map(number => `2026-03-${String(number).padStart(2, '0')}`)
    const anyPayments = fc.array(fc.record({ amount: fc.bigInt({ min: 1n, max: 900_000n }), valueDate: day }), { minLength: 1, maxLength: 8 })
    fc.assert(fc.property(anyPayments, payments => {
      const book = (all: typeof payments) => all.reduce(
        (state, { amount, valueDate }, index) => run(state, repay(project, `p${index}`, units(amount), valueDate, '2026-03-28')),
        loan,
      )
      const { payments: _whole, ...one } = book(payments)
      const { payments: _turned, ...two } = book(payments.toReversed())
      const halves = payments.flatMap(({ amount, valueDate }) => [{ amount: amount / 2n, valueDate }, { amount: amount - amount / 2n, valueDate }])
      const { payments: _split, ...three } = book(halves.filter(half => half.amount > 0n))
      expect(two).toEqual(one)
      expect(three).toEqual(one)
      const total = payments.reduce((all, payment) => all + payment.amount, 0n)
      expect(one.repaidAmount.amount + one.overpaid.amount).toBe(total)
      expect(one.status).toBe(total >= 2_180_000n ? 'REPAID' : 'DISBURSED')
    }), { numRuns: 50 })
  })
})

describe('apply', () => {
  const loan = disbursedLoan(project, hnl('20000.00'), 6)
  const [paid] = eventsOf(decideLoan(loan, repay(project, 'p1', hnl('500.00'), '2026-03-20')))
  if (paid?.type !== 'loan.instalment-paid') throw new Error('no payment')
  const fault = (state: LoanState | null, event: LoanEvent) => {
    try {
      applyLoan(state, event)
    } catch (error) {
      if (error instanceof DomainFault) return error.code
      throw error
    }
    return 'applied'
  }

  it('refuses an event that cannot follow', () => {
    expect(fault(null, paid)).toBe('EVENT_UNEXPECTED')
    expect(fault(approved, paid)).toBe('EVENT_UNEXPECTED')
    expect(fault(loan, { type: 'loan.signed', data: { on: '2026-03-05', contractDigest: 'd' } })).toBe('EVENT_UNEXPECTED')
    expect(fault(loan, { type: 'loan.forgiven' } as unknown as LoanEvent)).toBe('EVENT_UNKNOWN')
  })

  it('refuses figures that are not what the rules give', () => {
    const { data } = paid
    for (const part of ['accrued', 'interest', 'principal', 'overpaid'] as const) {
      const allocation = { ...data.allocation, [part]: units(data.allocation[part].amount + 1n) }
      expect(fault(loan, { ...paid, data: { ...data, allocation } })).toBe('EVENT_INCONSISTENT')
    }
    expect(fault(signed, { type: 'loan.disbursed', data: { ...payout, amount: hnl('18600.01') } })).toBe('EVENT_INCONSISTENT')
    expect(fault(loan, paid)).toBe('applied')
  })

  it('keeps what leads to the borrower apart, and works without it after an erasure', () => {
    const subject = { userDid: 'did:jwk:borrower', userId: 'u1' }
    const named = run(null, { ...application, subject })
    expect(named.subject).toEqual(subject)
    expect(run(named, { type: 'sign', on: '2026-03-06', contractDigest: 'd', subject: { payoutReference: 'account 7' } }).subject)
      .toEqual({ ...subject, payoutReference: 'account 7' })
    const erased = { ...signed, subject: null }
    const after = run(erased, payout)
    expect(after).toEqual({ ...run(signed, payout), subject: null })
    expect('subject' in run(signed, payout)).toBe(false)
    // A party without the person's key reads null in every entry; one that was erased stays erased.
    const [event] = eventsOf(decideLoan(approved, { type: 'sign', on: '2026-03-06', contractDigest: 'd', subject: { payoutReference: 'account 7' } }))
    expect(applyLoan({ ...approved, subject: null }, event!).subject).toBeNull()
    expect(applyLoan(named, { ...event!, subject: null }).subject).toBeNull()
  })
})
