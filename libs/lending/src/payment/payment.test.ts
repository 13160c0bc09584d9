import { describe, expect, it } from 'vitest'
import { applyPayment, decidePayment, DomainFault, type PaymentAdded, type PaymentCommand, type PaymentState } from '../index.ts'
import { eventsOf, HNL, hnl, refusalOf } from '../testing/sample.ts'

const bank = { rail: 'BANK', holder: 'comsa' } as const
const agent = { rail: 'CASH', holder: 'agent-7f' } as const
const added: PaymentAdded = {
  key: 'p1', organizationId: 'comsa', projectKey: 'coffee', kind: 'REPAYMENT', currency: HNL, amount: hnl('3500.00'), from: null, to: agent,
  loanKey: 'loan-1', fundingKey: null, valueDate: '2026-04-05', bookingDate: '2026-04-05',
}
const run = (state: PaymentState | null, ...commands: PaymentCommand[]): PaymentState =>
  commands.reduce((before, command) => eventsOf(decidePayment(before, command)).reduce<PaymentState | null>(applyPayment, before), state)!
const add = (changes: Partial<PaymentAdded> = {}): PaymentCommand => ({ type: 'add', data: { ...added, ...changes }, underWay: false })
const confirm: PaymentCommand = { type: 'confirm', valueDate: '2026-04-05', bookingDate: '2026-04-06', held: null }
const out = { kind: 'DISBURSEMENT', from: agent, to: null } as const

describe('a payment', () => {
  it('is added, then confirmed, failed or reverted, each once', () => {
    const one = run(null, add())
    expect(one).toMatchObject({ status: 'ADDED', suspense: null })
    const confirmed = run(one, confirm)
    expect(confirmed).toMatchObject({ status: 'CONFIRMED', bookingDate: '2026-04-06' })
    expect(run(one, { type: 'fail', on: '2026-04-06', reason: 'CODE_EXPIRED' })).toMatchObject({ status: 'FAILED', statusReason: 'CODE_EXPIRED' })
    expect(run(confirmed, { type: 'revert', on: '2026-04-07', reason: 'BOUNCED', held: hnl('3500.00') }).status).toBe('REVERTED')
    expect(refusalOf(decidePayment(confirmed, confirm))).toBe('PAYMENT_STATUS status')
    expect(refusalOf(decidePayment(confirmed, { type: 'fail', on: '2026-04-06', reason: 'X' }))).toBe('PAYMENT_STATUS status')
    expect(refusalOf(decidePayment(one, { type: 'revert', on: '2026-04-06', reason: 'X', held: null }))).toBe('PAYMENT_STATUS status')
    expect(refusalOf(decidePayment(one, add()))).toBe('DUPLICATE key')
    expect(refusalOf(decidePayment(null, confirm))).toBe('NOT_FOUND payment')
  })

  it('has the holders that its kind needs', () => {
    const tried = (changes: Partial<PaymentAdded>) => refusalOf(decidePayment(null, add(changes)))
    expect(tried({ to: null })).toBe('RAIL_MISMATCH to')
    expect(tried({ from: bank })).toBe('RAIL_MISMATCH to')
    expect(tried(out)).toBe('not refused')
    expect(tried({ ...out, to: bank })).toBe('RAIL_MISMATCH from')
    expect(tried({ kind: 'HAND_OVER', from: agent, to: bank })).toBe('not refused')
    expect(tried({ kind: 'HAND_OVER', from: agent, to: agent })).toBe('RAIL_MISMATCH to')
    expect(tried({ amount: hnl('0.00') })).toBe('AMOUNT_INVALID amount')
    expect(tried({ valueDate: '2026-04-06' })).toBe('VALUE_DATE valueDate')
    expect(refusalOf(decidePayment(null, { type: 'add', data: added, underWay: true }))).toBe('PAYMENT_STATUS loan')
  })

  it('leaves a holder only as far as the holder has it', () => {
    const payout = run(null, add(out))
    const held = (amount: string | null): PaymentCommand => ({ ...confirm, held: amount === null ? null : hnl(amount) } as PaymentCommand)
    expect(run(payout, held('3500.00')).status).toBe('CONFIRMED')
    expect(refusalOf(decidePayment(payout, held('3499.99')))).toBe('CASH_INSUFFICIENT amount')
    expect(refusalOf(decidePayment(payout, held(null)))).toBe('CASH_INSUFFICIENT amount')
    expect(refusalOf(decidePayment(run(null, add({ ...out, from: bank })), held('0.00')))).toBe('FUNDS_INSUFFICIENT amount')
  })

  it('that its loan does not take waits in suspense, and is resolved before it is reverted', () => {
    const open = run(null, add(), confirm, { type: 'unmatched', on: '2026-04-06', reason: 'LOAN_STATUS' })
    expect(open.suspense).toEqual({ since: '2026-04-06', reason: 'LOAN_STATUS', resolvedOn: null })
    expect(refusalOf(decidePayment(open, { type: 'revert', on: '2026-04-07', reason: 'X', held: null }))).toBe('PAYMENT_STATUS suspense')
    expect(refusalOf(decidePayment(open, { type: 'unmatched', on: '2026-04-07', reason: 'X' }))).toBe('PAYMENT_STATUS suspense')
    const resolved = run(open, { type: 'resolveSuspense', on: '2026-04-07' })
    expect(resolved.suspense?.resolvedOn).toBe('2026-04-07')
    const revert = { type: 'revert', on: '2026-04-07', reason: 'UNKNOWN_PAYER' } as const
    expect(run(resolved, { ...revert, held: hnl('3500.00') }).status).toBe('REVERTED')
    // The agent has handed the cash over in the meantime.
    expect(refusalOf(decidePayment(resolved, { ...revert, held: hnl('3499.99') }))).toBe('CASH_INSUFFICIENT amount')
    expect(() => applyPayment(open, { type: 'payment.reverted', data: { on: '2026-04-07', reason: 'X' } })).toThrow(DomainFault)
  })
})
