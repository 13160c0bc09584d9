import { beforeEach, describe, expect, it } from 'vitest'
import { formatAmount, type Amount } from '@growr/money'
import { arrearsOf, bucketOf, decidePayment, dueOn, isRefused, owedOf, previewReschedule, remainingRows, requireReversible, type LoanState } from '@growr/lending'
import { agent, applyFor, bank, created, decided, hnl, World } from './testing/world.ts'

// What happens in the field, with its postings. Every figure is worked by hand; after each step all conditions hold at rest.

const text = (amount: Amount) => formatAmount(amount)
const posted = (world: World) => world.entries.at(-1)!.postings.map(({ account, amount }) => [account.replace(/\/coffee$/, ''), amount])
const mobile = { rail: 'MOBILE', holder: 'comsa' } as const

let world: World
let key: string
const loan = (): LoanState => world.loans.get(key)!
const closeDay = (date: string) => world.onLoan(key, { type: 'closeDay', date })

/** 20,000.00 over 6 months at 18 % flat (interest 1,800.00), paid out on 5 March: 5 × 3,633.33 and 3,633.35 from 5 April on. */
beforeEach(() => {
  world = new World(created)
  world.fundJunior(hnl('100000.00'), '2026-03-01')
  key = applyFor(world, hnl('20000.00'), 6, '2026-03-05').key
  world.onLoan(key, { type: 'sign', on: '2026-03-05', contractDigest: 'digest' })
  world.disburse(key, '2026-03-05')
})

describe('arrears', () => {
  it('are days since the oldest instalment fell due, in the buckets of portfolio at risk', () => {
    expect(arrearsOf(loan(), '2026-04-05')).toMatchObject({ daysLate: 0, since: null, bucket: 'CURRENT' })
    const late = arrearsOf(loan(), '2026-05-06')
    expect([late.daysLate, late.since, late.bucket]).toEqual([31, '2026-04-05', 'DAYS_31_60'])
    expect([late.overduePrincipal, late.overdueInterest, late.overdue, late.principalLeft].map(text)).toEqual(['6666.66', '600.00', '7266.66', '20000.00'])
    expect([0, 1, 30, 31, 60, 61, 90, 91].map(bucketOf)).toEqual(['CURRENT', 'DAYS_1_30', 'DAYS_1_30', 'DAYS_31_60', 'DAYS_31_60', 'DAYS_61_90', 'DAYS_61_90', 'DAYS_OVER_90'])
    const due = dueOn(loan(), '2026-04-05')
    expect([text(due.amount), due.since, due.next?.dueDate, text(due.next!.amount)]).toEqual(['3633.33', '2026-04-05', '2026-05-05', '3633.33'])
    expect(text(owedOf(loan()))).toBe('21800.00')
  })

  it('lead to default after the project’s days, which a payment cures', () => {
    // 90 days after 5 April is 4 July: the day after that it is in default.
    closeDay('2026-07-04')
    expect(loan().status).toBe('DISBURSED')
    closeDay('2026-07-05')
    expect(loan()).toMatchObject({ status: 'DEFAULTED', defaulted: { on: '2026-07-05', daysLate: 91, curedOn: null } })
    expect(closeDay('2026-07-05')).toBeNull()
    world.repay(key, hnl('10899.98'), '2026-07-05') // one unit less than three instalments; 5 July's is due, not late
    expect(loan().status).toBe('DEFAULTED')
    world.repay(key, hnl('0.01'), '2026-07-05')
    expect(loan()).toMatchObject({ status: 'DISBURSED', defaulted: { curedOn: '2026-07-05' } })
    expect(world.entries.at(-1)!.event).toMatchObject({ type: 'loan.instalment-paid', data: { cured: true } })
    world.repay(key, hnl('10900.01'), '2026-07-06')
    expect([loan().status, text(loan().cashBack)]).toEqual(['REPAID', '0.00'])
    expect(world.atRest()).toEqual([])
  })

  it('end in a loss, which later payments bring back, and what is more is owed back', () => {
    expect(world.onLoan(key, { type: 'writeOff', project: world.project, on: '2026-07-05' })).toMatchObject({ refused: 'LOAN_STATUS' })
    world.repay(key, hnl('3633.33'), '2026-04-05')
    closeDay('2026-08-04')
    expect(world.onLoan(key, { type: 'writeOff', project: world.project, on: '2026-08-04' })).toBeNull()
    // 20,000.00 − 3,333.33 and 1,800.00 − 300.00
    expect(posted(world)).toEqual([['receivable/interest', '-150000'], ['receivable/principal', '-1666667'], ['expense/loss', '1816667']])
    expect(world.atRest()).toEqual([])
    world.repay(key, hnl('10000.00'), '2026-09-01')
    expect(posted(world)).toEqual([['clearing', '1000000'], ['expense/loss', '-1000000']])
    world.repay(key, hnl('10000.00'), '2026-09-02')
    // 8,166.67 is left of the loss
    expect(posted(world)).toEqual([['clearing', '1000000'], ['expense/loss', '-816667'], ['payable/overpayment', '-183333']])
    expect([loan().status, text(loan().recovered!), text(loan().overpaid)]).toEqual(['WRITTEN_OFF', '18166.67', '1833.33'])
    expect(world.atRest()).toEqual([])
  })
})

describe('a payment that was a mistake', () => {
  it('leaves the loan, which owes again, and the money goes back', () => {
    world.repay(key, hnl('21800.00'), '2026-04-05', agent)
    expect([loan().status, text(loan().cashBack)]).toEqual(['REPAID', '200.00'])
    const payment = loan().payments[0]!.key
    expect(world.onLoan(key, { type: 'reversePayment', project: world.project, paymentKey: 'other', on: '2026-04-06', reason: 'MISTAKE' })).toMatchObject({ refused: 'NOT_FOUND' })
    expect(world.onLoan(key, { type: 'reversePayment', project: world.project, paymentKey: payment, on: '2026-04-04', reason: 'MISTAKE' })).toMatchObject({ refused: 'VALUE_DATE' })
    expect(world.onLoan(key, { type: 'reversePayment', project: world.project, paymentKey: payment, on: '2026-04-06', reason: 'MISTAKE' })).toBeNull()
    expect(posted(world)).toEqual([['clearing', '-2180000'], ['receivable/interest', '180000'], ['receivable/principal', '2000000']])
    expect([loan().status, loan().repaidOn, text(loan().cashBack), loan().payments]).toEqual(['DISBURSED', null, '0.00', []])
    world.onPayment(payment, { type: 'requestReversal', on: '2026-04-06', reason: 'MISTAKE' })
    expect(world.onPayment(payment, { type: 'requestReversal', on: '2026-04-06', reason: 'MISTAKE' })).toMatchObject({ refused: 'REVERSAL_STATUS' })
    expect(world.onPayment(payment, { type: 'confirmReversal', on: '2026-04-06', held: hnl('21799.99') })).toMatchObject({ refused: 'CASH_INSUFFICIENT' })
    expect(world.onPayment(payment, { type: 'confirmReversal', on: '2026-04-06', held: world.held(agent) })).toBeNull()
    expect(world.payments.get(payment)).toMatchObject({ status: 'REVERTED', statusReason: 'MISTAKE' })
    expect(world.atRest()).toEqual([])
  })

  it('stays where what it overpaid was returned, or the loan was never paid by it', () => {
    world.repay(key, hnl('22000.00'), '2026-04-05')
    const payment = loan().payments[0]!.key
    const returned = world.pay('OVERPAYMENT_REFUND', hnl('200.00'), '2026-04-06', { from: bank }, key) as string
    world.onLoan(key, { type: 'refundOverpayment', paymentKey: returned, amount: hnl('200.00'), valueDate: '2026-04-06', bookingDate: '2026-04-06' })
    expect(requireReversible(loan(), { project: world.project, paymentKey: payment, on: '2026-04-07' })).toMatchObject({ refused: 'NOT_OWED', details: { overpaid: '0.00', refunded: '200.00' } })
    expect(world.onPayment(returned, { type: 'requestReversal', on: '2026-04-07', reason: 'MISTAKE' })).toMatchObject({ refused: 'PAYMENT_STATUS', path: 'kind' })
    expect(world.onPayment(payment, { type: 'rejectReversal', on: '2026-04-07' })).toMatchObject({ refused: 'REVERSAL_STATUS' })
    world.onPayment(payment, { type: 'requestReversal', on: '2026-04-07', reason: 'MISTAKE' })
    expect(world.onPayment(payment, { type: 'rejectReversal', on: '2026-04-07' })).toBeNull()
    expect(world.payments.get(payment)).toMatchObject({ status: 'CONFIRMED', reversal: null })
    expect(world.atRest()).toEqual([])
  })

  it('whose way back the loan refused is missing in suspense', () => {
    world.repay(key, hnl('100.00'), '2026-04-05')
    const payment = loan().payments[0]!.key
    world.onPayment(payment, { type: 'revert', on: '2026-04-06', reason: 'MISTAKE', held: world.held(bank) })
    world.onPayment(payment, { type: 'unmatched', on: '2026-04-06', reason: 'NOT_OWED' })
    expect(posted(world)).toEqual([['clearing', '-10000'], ['suspense', '10000']])
    expect(world.atRest()).toEqual([])
  })
})

describe('a new schedule', () => {
  it('spreads what is left, keeps what was due, and cures a default', () => {
    world.repay(key, hnl('3633.33'), '2026-04-05')
    closeDay('2026-08-05')
    expect(loan().status).toBe('DEFAULTED')
    // Left 16,666.67; due by 10 August and unpaid: 4 × 300.00; not due: 300.00. New: 16,666.67 × 18 % × 5 / 12 = 1,250.00025 = 1,250.00
    const change = { on: '2026-08-10', months: 5, firstDue: '2026-10-01' } as const
    const preview = previewReschedule(loan(), change)
    if (isRefused(preview)) throw new Error(preview.refused)
    expect([preview.principal, preview.carriedInterest, preview.cancelledInterest, preview.addedInterest, preview.total].map(text)).toEqual(['16666.67', '1200.00', '300.00', '1250.00', '19116.67'])
    expect(preview.rows.map(row => row.dueDate)).toEqual(['2026-10-01', '2026-11-01', '2026-12-01', '2027-01-01', '2027-02-01'])
    expect(world.onLoan(key, { type: 'reschedule', project: world.project, reason: 'HARVEST_LATE', ...change })).toBeNull()
    expect(posted(world)).toEqual([['receivable/interest', '95000'], ['income/interest', '-95000']])
    expect(loan()).toMatchObject({ status: 'DISBURSED', endDate: '2027-02-01', earlier: { principal: hnl('3333.33'), interest: hnl('300.00') }, defaulted: { curedOn: '2026-08-10' } })
    expect(loan().reschedules![0]!.previous).toHaveLength(6)
    expect(arrearsOf(loan(), '2026-09-30')).toMatchObject({ daysLate: 0, isRescheduled: true })
    expect(world.atRest()).toEqual([])
    world.repay(key, hnl('19116.67'), '2026-09-01')
    expect([loan().status, text(loan().cashBack), text(loan().repaidAmount)]).toEqual(['REPAID', '0.00', '22750.00'])
    expect(world.atRest()).toEqual([])
  })

  it('is refused before a payment, with no months, or too late a beginning', () => {
    world.repay(key, hnl('10.00'), '2026-04-05')
    expect(previewReschedule(loan(), { on: '2026-04-04', months: 5 })).toMatchObject({ refused: 'VALUE_DATE', path: 'on' })
    expect(previewReschedule(loan(), { on: '2026-04-06', months: 0 })).toMatchObject({ refused: 'AMOUNT_INVALID' })
    expect(previewReschedule(loan(), { on: '2026-04-06', months: 5, firstDue: '2026-04-06' })).toMatchObject({ refused: 'VALUE_DATE', path: 'firstDue' })
    expect(previewReschedule(loan(), { on: '2026-04-06', months: 5, firstDue: '2027-04-08' })).toMatchObject({ refused: 'VALUE_DATE', path: 'firstDue' })
    world.repay(key, hnl('21790.00'), '2026-04-06')
    expect(previewReschedule(loan(), { on: '2026-04-06', months: 5 })).toMatchObject({ refused: 'LOAN_STATUS' })
  })
})

describe('a loan from former books', () => {
  it('is capital in kind: no cash moves, and the junior has that much more', () => {
    const rows = remainingRows({ principal: hnl('1000.00'), interest: hnl('100.00'), instalments: 3, nextDue: '2026-04-01' }, { principal: hnl('200.00'), interest: hnl('20.00'), since: '2026-02-01' })
    expect(rows.map(row => [row.dueDate, text(row.principal), text(row.interest)])).toEqual([
      ['2026-02-01', '200.00', '20.00'], ['2026-04-01', '333.33', '33.33'], ['2026-05-01', '333.33', '33.33'], ['2026-06-01', '333.34', '33.34'],
    ])
    const taken = { type: 'import', key: 'old-1', project: world.project, position: world.position, terms: created.loans, rows, number: 'digest', on: '2026-03-06' } as const
    expect(world.onLoan('old-1', { ...taken, rows: [] })).toMatchObject({ refused: 'AMOUNT_INVALID', path: 'rows' })
    expect(world.onLoan('old-1', { ...taken, rows: [{ ...rows[0]!, principal: hnl('0.00') }] })).toMatchObject({ refused: 'AMOUNT_INVALID', path: 'rows.0' })
    expect(world.onLoan('old-1', { ...taken, rows: rows.toReversed() })).toMatchObject({ refused: 'VALUE_DATE' })
    expect(world.onLoan('old-1', { ...taken, position: { ...world.position, granted: hnl('498800.01') } })).toMatchObject({ refused: 'PROJECT_AMOUNT_EXCEEDED' })
    expect(world.onLoan('old-1', taken)).toBeNull()
    expect(posted(world)).toEqual([['receivable/principal', '120000'], ['receivable/interest', '12000'], ['capital/junior', '-120000'], ['income/interest', '-12000']])
    expect(world.onLoan('old-1', taken)).toMatchObject({ refused: 'DUPLICATE' })
    expect(text(world.position.junior)).toBe('101200.00')
    expect(world.atRest()).toEqual([])
    key = 'old-1'
    expect(arrearsOf(loan(), '2026-03-06')).toMatchObject({ daysLate: 33, since: '2026-02-01' })
    world.repay(key, hnl('1320.00'), '2026-03-20')
    expect([loan().status, text(loan().cashBack)]).toEqual(['REPAID', '0.00'])
    expect(world.atRest()).toEqual([])
  })
})

describe('a receipt without a name', () => {
  const receive = (): string => {
    const data = { key: 'r-1', organizationId: 'comsa', projectKey: 'comsa', kind: 'RECEIPT', currency: created.currency, amount: hnl('500.00'), from: null, to: mobile, loanKey: null, fundingKey: null, valueDate: '2026-03-20', bookingDate: '2026-03-20' } as const
    expect(decidePayment(null, { type: 'add', underWay: false, data: { ...data, projectKey: 'coffee' } })).toMatchObject({ refused: 'RAIL_MISMATCH' })
    world.payments.set('r-1', world.record('payment', 'r-1', null, decided(decidePayment(null, { type: 'add', underWay: false, data }))))
    world.onPayment('r-1', { type: 'confirm', valueDate: '2026-03-20', bookingDate: '2026-03-20', held: null })
    return 'r-1'
  }
  const assign = { type: 'assign', loanKey: 'loan-4', projectKey: 'coffee', currency: 'HNL', on: '2026-03-21' } as const

  it('waits with the organization, is assigned to a loan, and comes back from it', () => {
    const receipt = receive()
    expect(world.balance('suspense/comsa')).toEqual(hnl('-500.00'))
    expect(world.atRest()).toEqual([])
    expect(world.onPayment(receipt, { ...assign, currency: 'USD' })).toMatchObject({ refused: 'CURRENCY_MISMATCH' })
    expect(world.onPayment(receipt, { ...assign, loanKey: key })).toBeNull()
    expect(posted(world)).toEqual([['cash/MOBILE/comsa', '50000'], ['cash/MOBILE/comsa/comsa', '-50000'], ['suspense/comsa', '50000'], ['clearing', '-50000']])
    expect(world.onPayment(receipt, assign)).toMatchObject({ refused: 'ASSIGNED_ALREADY' })
    world.onLoan(key, { type: 'repay', project: world.project, paymentKey: receipt, amount: hnl('500.00'), valueDate: '2026-03-20', bookingDate: '2026-03-21' })
    expect(world.atRest()).toEqual([])
    expect(world.onPayment(receipt, { type: 'reverseAssignment', on: '2026-03-22', reason: 'WRONG_LOAN', held: hnl('499.99') })).toMatchObject({ refused: 'FUNDS_INSUFFICIENT' })
    expect(world.onPayment(receipt, { type: 'reverseAssignment', on: '2026-03-22', reason: 'WRONG_LOAN', held: world.held(mobile) })).toBeNull()
    world.onLoan(key, { type: 'reversePayment', project: world.project, paymentKey: receipt, on: '2026-03-22', reason: 'WRONG_LOAN' })
    expect(world.payments.get(receipt)).toMatchObject({ projectKey: 'comsa', loanKey: null, suspense: { reason: 'WRONG_LOAN', resolvedOn: null } })
    expect(world.atRest()).toEqual([])
    expect(world.balance('suspense/comsa')).toEqual(hnl('-500.00'))
  })

  it('that its loan refuses waits with the project, and can still be taken back', () => {
    const receipt = receive()
    world.onPayment(receipt, assign)
    world.onPayment(receipt, { type: 'unmatched', on: '2026-03-21', reason: 'LOAN_STATUS' })
    expect(world.balance('suspense/coffee')).toEqual(hnl('-500.00'))
    expect(world.atRest()).toEqual([])
    world.onPayment(receipt, { type: 'reverseAssignment', on: '2026-03-22', reason: 'LOAN_STATUS', held: world.held(mobile) })
    expect(world.balance('suspense/comsa')).toEqual(hnl('-500.00'))
    expect(world.atRest()).toEqual([])
  })
})

describe('the borrower’s protection', () => {
  const cooling = { ...created, loans: { ...created.loans, coolingOffDays: 3, approvalAbove: hnl('1000.00'), debtCeiling: '6' } }

  it('holds the payout back through the last day of the cooling-off time, unless she waives it', () => {
    const other = new World(cooling)
    other.fundJunior(hnl('100000.00'), '2026-03-01')
    const signed = applyFor(other, hnl('20000.00'), 6, '2026-03-05').key
    expect(other.onLoan(signed, { type: 'waiveCoolingOff', on: '2026-03-05' })).toMatchObject({ refused: 'LOAN_STATUS' })
    other.onLoan(signed, { type: 'sign', on: '2026-03-05', contractDigest: 'digest' })
    expect(other.disburse(signed, '2026-03-08')).toMatchObject({ refused: 'COOLING_OFF', details: { until: '2026-03-08' } })
    const money = { type: 'disburse', paymentKey: 'p', amount: other.loans.get(signed)!.payout, valueDate: '2026-03-08', bookingDate: '2026-03-10' } as const
    expect(other.onLoan(signed, money)).toMatchObject({ refused: 'COOLING_OFF' })
    expect(other.onLoan(signed, { type: 'waiveCoolingOff', on: '2026-03-09' })).toMatchObject({ refused: 'LOAN_STATUS', path: 'coolingOff' })
    expect(other.onLoan(signed, { type: 'waiveCoolingOff', on: '2026-03-06' })).toBeNull()
    expect(other.disburse(signed, '2026-03-06')).toBeNull()
    expect(other.onLoan(signed, { type: 'confirmService', on: '2026-03-07' })).toMatchObject({ refused: 'SERVICE_STATUS' })
    expect(other.onLoan(signed, { type: 'markServiceProvided', on: '2026-03-07' })).toBeNull()
    expect(other.onLoan(signed, { type: 'confirmService', on: '2026-03-08' })).toBeNull()
    expect(other.onLoan(signed, { type: 'markServiceProvided', on: '2026-03-09' })).toMatchObject({ refused: 'SERVICE_STATUS' })
    expect(other.loans.get(signed)!.service).toEqual({ providedOn: '2026-03-07', confirmedOn: '2026-03-08' })
  })

  it('lets a payout that needs it go only with an approval', () => {
    const data = { key: 'p-9', organizationId: 'comsa', projectKey: 'coffee', kind: 'DISBURSEMENT', currency: created.currency, amount: hnl('500.00'), from: bank, to: null, loanKey: key, fundingKey: null, valueDate: '2026-03-20', bookingDate: '2026-03-20', needsApproval: true } as const
    world.payments.set('p-9', world.record('payment', 'p-9', null, decided(decidePayment(null, { type: 'add', underWay: false, data }))))
    const confirm = { type: 'confirm', valueDate: '2026-03-20', bookingDate: '2026-03-20', held: world.held(bank) } as const
    expect(world.onPayment('p-9', confirm)).toMatchObject({ refused: 'APPROVAL_MISSING' })
    expect(world.onPayment('p-9', { type: 'approve', on: '2026-03-20', subject: { approverId: 'u2' } })).toBeNull()
    expect(world.onPayment('p-9', { type: 'approve', on: '2026-03-20' })).toMatchObject({ refused: 'PAYMENT_STATUS', path: 'approval' })
    expect(world.onPayment('p-9', confirm)).toBeNull()
  })
})
