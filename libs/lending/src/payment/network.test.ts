import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { currencyOf, formatAmount, parseAmount, token, type Amount } from '@growr/money'
import {
  advancedFor, amountAt, applyPayment, conversionOf, decidePayment, DomainFault, exchangesOf, isRefused, type Holder, type Moved, type PaymentAdded, type PaymentCommand, type PaymentEvent,
  type PaymentKind, type PaymentState,
} from '../index.ts'
import { eventsOf, HNL, hnl, refusalOf } from '../testing/sample.ts'

const BTC = currencyOf('BTC')
const DOC = token('DOC', 18)
const doc = (text: string): Amount => parseAmount(text, DOC)
const bank = { rail: 'BANK', holder: 'comsa' } as const
const chain = { rail: 'BITCOIN', holder: 'comsa' } as const
const rootstock = { rail: 'ROOTSTOCK', holder: 'comsa' } as const
// 3,633.33 HNL at 26.40 HNL for a DOC are 137.62613636… DOC
const moved: Moved = { currency: DOC, amount: doc('137.626136363636363637'), rate: '26.40', at: '2026-04-05T17:03:00.000Z' }
const added: PaymentAdded = {
  key: 'p1', organizationId: 'comsa', projectKey: 'coffee', kind: 'REPAYMENT', currency: HNL, amount: hnl('3633.33'), from: null, to: rootstock,
  loanKey: 'loan-1', fundingKey: null, valueDate: '2026-04-05', bookingDate: '2026-04-05',
}
const run = (state: PaymentState | null, ...commands: PaymentCommand[]): PaymentState =>
  commands.reduce((before, command) => eventsOf(decidePayment(before, command)).reduce<PaymentState | null>(applyPayment, before), state)!
const add = (changes: Partial<PaymentAdded> = {}): PaymentCommand => ({ type: 'add', data: { ...added, ...changes }, underWay: false })
const tried = (changes: Partial<PaymentAdded>) => refusalOf(decidePayment(null, add(changes)))
const confirm = { type: 'confirm', valueDate: '2026-04-05', bookingDate: '2026-04-06', held: null } as const
const out = { kind: 'DISBURSEMENT', from: rootstock, to: null } as const
const sending = { type: 'sending', on: '2026-04-05' } as const
const unknown = { type: 'unknown', on: '2026-04-06' } as const
const fail = { type: 'fail', on: '2026-04-06', reason: 'NO_ROUTE' } as const

describe('coins that moved', () => {
  it('stand beside the amount, which stays in the project’s currency', () => {
    const one = run(null, add({ moved, network: { id: 'tx:0', generation: 0 } }), confirm)
    expect(one).toMatchObject({ status: 'CONFIRMED', amount: hnl('3633.33'), moved, network: { id: 'tx:0', generation: 0 } })
    expect(formatAmount(amountAt(one, rootstock), DOC)).toBe('137.626136363636363637')
    expect(amountAt(run(null, add()), rootstock)).toEqual(hnl('3633.33'))
    expect(amountAt(one, bank)).toEqual(hnl('3633.33'))
  })

  it('are another currency’s, more than nothing, at a rate, on a network', () => {
    const coins = (changes: Partial<Moved>) => tried({ moved: { ...moved, ...changes } })
    expect(coins({})).toBe('not refused')
    expect(coins({ amount: doc('0.000000000000000000') })).toBe('AMOUNT_INVALID moved.amount')
    expect(coins({ amount: { amount: -1n, currency: 'DOC' } })).toBe('AMOUNT_INVALID moved.amount')
    expect(coins({ currency: HNL, amount: hnl('3633.33') })).toBe('CURRENCY_MISMATCH moved.currency')
    expect(coins({ amount: hnl('1.00') })).toBe('CURRENCY_MISMATCH moved.currency')
    for (const rate of ['', '0', '0.00', '-1', '1e3', '1.', '.5', '26,40']) expect(coins({ rate })).toBe('AMOUNT_INVALID moved.rate')
    for (const rate of ['2750000000.00', '0.000000000000000001']) expect(coins({ rate })).toBe('not refused')
    for (const at of ['2026-04-05', '2026-04-05T17:03:00', '2026-13-05T17:03:00Z', 'now']) expect(coins({ at })).toBe('VALUE_DATE moved.at')
    expect(tried({ moved, to: bank })).toBe('RAIL_MISMATCH moved')
    expect(tried({ moved, kind: 'RECEIPT', loanKey: null, projectKey: 'comsa' })).toBe('RAIL_MISMATCH moved')
    expect(tried({ moved, kind: 'HAND_OVER', from: chain })).toBe('RAIL_MISMATCH moved')
  })

  it('have the name that their network gave them', () => {
    const named = (id: string, generation: number, to: Holder = rootstock) => tried({ network: { id, generation }, to })
    expect(named('tx:0', 3)).toBe('not refused')
    for (const [id, generation] of [['', 0], ['x'.repeat(201), 0], ['tx:0', -1], ['tx:0', 0.5]] as const) expect(named(id, generation)).toBe('RAIL_MISMATCH network')
    expect(named('tx:0', 0, bank)).toBe('RAIL_MISMATCH network')
    const sent = run(null, add({ ...out, moved }), sending)
    expect(run(sent, { ...confirm, network: { id: 'tx:1', generation: 0 } }).network).toEqual({ id: 'tx:1', generation: 0 })
    expect(refusalOf(decidePayment(run(null, add({ ...out, from: bank })), { ...confirm, held: hnl('4000.00'), network: { id: 'tx:1', generation: 0 } }))).toBe('RAIL_MISMATCH network')
  })
})

describe('what concerns the originator alone', () => {
  it.each<[PaymentKind, 'from' | 'to']>([['NETWORK_FEE', 'from'], ['FEE_REIMBURSEMENT', 'to'], ['FEE_RETURN', 'from']])('%s is in the coin, on its network, of no loan', (kind, side) => {
    const fee = { kind, currency: BTC, amount: { amount: 141_000n, currency: 'BTC' }, loanKey: null, from: side === 'from' ? chain : null, to: side === 'to' ? chain : null }
    expect(tried(fee)).toBe('not refused')
    expect(tried({ ...fee, [side]: bank })).toBe(`RAIL_MISMATCH ${side}`)
    expect(tried({ ...fee, loanKey: 'loan-1' })).toBe('RAIL_MISMATCH loan')
    expect(tried({ ...fee, fundingKey: 'f1' })).toBe('RAIL_MISMATCH funding')
    expect(tried({ ...fee, moved })).toBe('RAIL_MISMATCH moved')
    expect(refusalOf(decidePayment(run(null, add(fee), confirm), { type: 'unmatched', on: '2026-04-06', reason: 'X' }))).toBe('PAYMENT_STATUS kind')
  })

  it('a conversion has coins on one side and the bank on the other', () => {
    const conversion = { kind: 'CONVERSION', from: rootstock, to: bank, loanKey: null, moved } as const
    expect(tried(conversion)).toBe('not refused')
    expect(tried({ ...conversion, from: bank, to: rootstock })).toBe('not refused')
    expect(tried({ kind: 'CONVERSION', from: rootstock, to: bank, loanKey: null })).toBe('RAIL_MISMATCH moved')
    expect(tried({ ...conversion, to: chain })).toBe('RAIL_MISMATCH to')
    expect(tried({ ...conversion, from: { rail: 'MOBILE', holder: 'comsa' } })).toBe('RAIL_MISMATCH to')
    expect(tried({ ...conversion, loanKey: 'loan-1' })).toBe('RAIL_MISMATCH loan')
    const back = run(null, add({ ...conversion, from: bank, to: rootstock }))
    expect(refusalOf(decidePayment(back, { ...confirm, held: hnl('3633.32') }))).toBe('FUNDS_INSUFFICIENT amount')
    expect(run(back, { ...confirm, held: hnl('3633.33') }).status).toBe('CONFIRMED')
    expect(refusalOf(decidePayment(run(null, add(conversion), confirm), { type: 'unmatched', on: '2026-04-06', reason: 'X' }))).toBe('PAYMENT_STATUS kind')
  })

  it('a loss or gain of exchanges is settled in the project’s currency', () => {
    const loss = { kind: 'EXCHANGE_LOSS', to: bank, loanKey: null } as const
    expect(tried(loss)).toBe('not refused')
    expect(tried({ ...loss, moved, to: rootstock })).toBe('RAIL_MISMATCH moved')
    expect(tried({ ...loss, loanKey: 'loan-1' })).toBe('RAIL_MISMATCH loan')
    expect(refusalOf(decidePayment(run(null, add({ ...loss, kind: 'EXCHANGE_GAIN', from: bank, to: null })), { ...confirm, held: hnl('0.00') }))).toBe('FUNDS_INSUFFICIENT amount')
  })
})

describe('a send that its network has', () => {
  const sent = run(null, add({ ...out, moved }), { ...sending, maxFee: '0.00001' })

  it('is sent once, by who may, of what is there', () => {
    expect(sent.sending).toEqual({ on: '2026-04-05', maxFee: '0.00001' })
    expect(refusalOf(decidePayment(sent, sending))).toBe('PAYMENT_STATUS sending')
    expect(refusalOf(decidePayment(run(null, add()), sending))).toBe('RAIL_MISMATCH from')
    expect(refusalOf(decidePayment(run(null, add({ ...out, from: bank })), sending))).toBe('RAIL_MISMATCH from')
    expect(refusalOf(decidePayment(run(sent, confirm), sending))).toBe('PAYMENT_STATUS status')
    const large = run(null, add({ ...out, moved, needsApproval: true }))
    expect(refusalOf(decidePayment(large, sending))).toBe('APPROVAL_MISSING payment')
    expect(run(large, { type: 'approve', on: '2026-04-05' }, sending).sending).toEqual({ on: '2026-04-05' })
    const small = run(null, add({ ...out, moved }))
    expect(decidePayment(small, { ...sending, held: doc('137.626136363636363636') })).toEqual({
      refused: 'FUNDS_INSUFFICIENT', path: 'amount', details: { needed: '137.626136363636363637', held: '137.626136363636363636' },
    })
    expect(run(small, { ...sending, held: moved.amount }).sending).toEqual({ on: '2026-04-05' })
    // The coins of a conversion leave likewise.
    expect(run(null, add({ kind: 'CONVERSION', from: rootstock, to: bank, loanKey: null, moved }), sending).sending).toBeDefined()
  })

  it('is not called off until the network says that it failed, unknown or not', () => {
    for (const state of [sent, run(sent, unknown)]) {
      expect(refusalOf(decidePayment(state, fail))).toBe('PAYMENT_STATUS sending')
      expect(refusalOf(decidePayment(state, sending))).toBe('PAYMENT_STATUS sending')
      expect(() => applyPayment(state, { type: 'payment.failed', data: { on: '2026-04-06', reason: 'X' } })).toThrow(DomainFault)
      expect(() => applyPayment(state, { type: 'payment.sending', data: { on: '2026-04-06' } })).toThrow(DomainFault)
      const failed = run(state, { ...fail, final: true })
      expect([failed.status, failed.statusReason, 'sending' in failed]).toEqual(['FAILED', 'NO_ROUTE', false])
      // The network took it: what is held says nothing any more.
      const confirmed = run(state, confirm)
      expect([confirmed.status, 'sending' in confirmed]).toEqual(['CONFIRMED', false])
    }
    expect(run(sent, unknown).sending).toEqual({ on: '2026-04-05', maxFee: '0.00001', unknown: true })
    expect(refusalOf(decidePayment(run(sent, unknown), unknown))).toBe('PAYMENT_STATUS sending')
    const never = run(null, add({ ...out, moved }))
    expect(refusalOf(decidePayment(never, unknown))).toBe('PAYMENT_STATUS sending')
    expect(() => applyPayment(never, { type: 'payment.unknown', data: { on: '2026-04-06' } })).toThrow(DomainFault)
    expect(() => applyPayment(run(null, add()), { type: 'payment.sending', data: { on: '2026-04-06' } })).toThrow(DomainFault)
    // Nobody handed it to a network: it is called off as ever, and `final` says nothing.
    expect(run(never, { ...fail, final: true }).status).toBe('FAILED')
    expect(eventsOf(decidePayment(never, { ...fail, final: true }))).toEqual([{ type: 'payment.failed', data: { on: '2026-04-06', reason: 'NO_ROUTE' } }])
  })
})

describe('what a network takes back', () => {
  const paid = run(null, add({ moved, network: { id: 'tx:0', generation: 0 } }), confirm)
  const revert = { type: 'revert', on: '2026-04-07', held: doc('0.000000000000000000') } as const

  it.each(['REORGANISED', 'DOUBLE_SPENT', 'FAILED_LATE'])('is gone, whatever is held: %s', reason => {
    expect(run(paid, { ...revert, reason })).toMatchObject({ status: 'REVERTED', statusReason: reason })
    const open = run(paid, { type: 'unmatched', on: '2026-04-06', reason: 'LOAN_STATUS' })
    expect(eventsOf(decidePayment(open, { ...revert, reason })).map(({ type }) => type)).toEqual(['payment.suspense-resolved', 'payment.reverted'])
    expect(refusalOf(decidePayment(run(paid, { ...revert, reason }), { ...revert, reason }))).toBe('PAYMENT_STATUS status')
    // A bank takes nothing back by such a word.
    const atBank = run(null, add({ to: bank }), confirm)
    expect(refusalOf(decidePayment(atBank, { type: 'revert', on: '2026-04-07', held: hnl('0.00'), reason }))).toBe('FUNDS_INSUFFICIENT amount')
  })

  it('goes back for another reason only as far as the coins are there', () => {
    expect(refusalOf(decidePayment(paid, { ...revert, reason: 'RETURNED' }))).toBe('FUNDS_INSUFFICIENT amount')
    expect(run(paid, { ...revert, reason: 'RETURNED', held: moved.amount }).status).toBe('REVERTED')
  })

  it('is taken back by nobody else', () => {
    expect(refusalOf(decidePayment(paid, { type: 'requestReversal', on: '2026-04-07', reason: 'MISTAKE' }))).toBe('RAIL_MISMATCH payment')
    expect(refusalOf(decidePayment(run(null, add({ ...out, moved }), confirm), { type: 'requestReversal', on: '2026-04-07', reason: 'MISTAKE' }))).toBe('RAIL_MISMATCH payment')
  })
})

describe('positions between currencies', () => {
  const payment = (kind: PaymentKind, amount: string, coins: string | null, ends: Partial<PaymentAdded>): PaymentState =>
    run(null, add({ kind, amount: hnl(amount), loanKey: null, from: null, to: null, ...(coins === null ? {} : { moved: { ...moved, amount: doc(coins) } }), ...ends }), { ...confirm, held: hnl('1000000.00') })

  it('are what came in less what left, in coins and as booked', () => {
    // 100 DOC at 26.40 in, 40 DOC at 25.00 out: 60 DOC are booked at 1,640.00. 60 DOC become 1,500.00 at the bank: 140.00 are lost.
    const all = [
      payment('REPAYMENT', '2640.00', '100.0', { to: rootstock }),
      payment('DISBURSEMENT', '1000.00', '40.0', { from: rootstock }),
    ]
    const figures = (payments: readonly PaymentState[]) => {
      const { positions, open } = exchangesOf(payments, 'HNL')
      const { coins, booked } = positions[0]!
      return [formatAmount(coins, DOC), formatAmount(booked), formatAmount(open)]
    }
    expect(figures(all)).toEqual(['60.000000000000000000', '1640.00', '1640.00'])
    const sold = [...all, payment('CONVERSION', '1500.00', '60.0', { from: rootstock, to: bank })]
    expect(figures(sold)).toEqual(['0.000000000000000000', '140.00', '140.00'])
    const settled = [...sold, payment('EXCHANGE_LOSS', '140.00', null, { to: bank })]
    expect(figures(settled)).toEqual(['0.000000000000000000', '140.00', '0.00'])
    expect(figures([...settled, payment('EXCHANGE_GAIN', '1.00', null, { from: bank })])[2]).toBe('1.00')
    // Bought back: 10 DOC for 250.00.
    expect(figures([...sold, payment('CONVERSION', '250.00', '10.0', { from: bank, to: rootstock })])).toEqual(['10.000000000000000000', '390.00', '390.00'])
    // What was taken back counts for nothing, and what is not confirmed neither.
    const reverted = applyPayment(all[0]!, { type: 'payment.reverted', data: { on: '2026-04-07', reason: 'REORGANISED' } })
    expect(figures([reverted])).toEqual(['0.000000000000000000', '0.00', '0.00'])
    expect(exchangesOf([payment('REPAYMENT', '5.00', null, { to: bank })], 'HNL').positions).toEqual([])
  })

  it('are apart for each network, and a conversion asks for what is open, never again for what was settled', () => {
    const asked = (payments: readonly PaymentState[]) => {
      const exchanges = exchangesOf(payments, 'HNL')
      return exchanges.positions.map((position) => [position.rail, formatAmount(position.coins, DOC), formatAmount(conversionOf(exchanges, position))])
    }
    // 100 DOC came at 26.40 and left at 25.00: 140.00 are lost, and settled. Then 10 DOC come for 260.00.
    const settled = [
      payment('REPAYMENT', '2640.00', '100.0', { to: rootstock }), payment('DISBURSEMENT', '2500.00', '100.0', { from: rootstock }), payment('EXCHANGE_LOSS', '140.00', null, { to: bank }),
    ]
    const again = [...settled, payment('REPAYMENT', '260.00', '10.0', { to: rootstock })]
    expect(asked(again)).toEqual([['ROOTSTOCK', '10.000000000000000000', '260.00']])
    // 4 more for 100.00 on another network: each is taken for what it was booked at, the last one for all that is open.
    const both = [...again, payment('REPAYMENT', '100.00', '4.0', { to: chain })]
    expect(asked(both)).toEqual([['ROOTSTOCK', '10.000000000000000000', '360.00'], ['BITCOIN', '4.000000000000000000', '100.00']])
    const one = [...both, payment('CONVERSION', '100.00', '4.0', { from: chain, to: bank })]
    expect(asked(one)).toEqual([['ROOTSTOCK', '10.000000000000000000', '260.00'], ['BITCOIN', '0.000000000000000000', '0.01']])
    // 100 DOC came at 26.40 and 60 left at 60.00: nothing is open, and the last 40 are taken for the least there is.
    expect(asked([payment('REPAYMENT', '2640.00', '100.0', { to: rootstock }), payment('DISBURSEMENT', '3600.00', '60.0', { from: rootstock })])).toEqual([['ROOTSTOCK', '40.000000000000000000', '0.01']])
  })

  it('fees are advanced on the network that took them', () => {
    const fee = (kind: PaymentKind, sats: bigint, ends: Partial<PaymentAdded>) =>
      run(null, add({ kind, currency: BTC, amount: { amount: sats * 1000n, currency: 'BTC' }, loanKey: null, from: null, to: null, ...ends }), confirm)
    const lightning = { rail: 'LIGHTNING', holder: 'comsa' } as const
    const all = [fee('NETWORK_FEE', 300n, { from: chain }), fee('NETWORK_FEE', 2n, { from: lightning }), fee('FEE_REIMBURSEMENT', 1000n, { to: lightning }), fee('FEE_RETURN', 98n, { from: lightning })]
    expect(advancedFor(all, 'BITCOIN', 'BTC')).toEqual({ amount: 300_000n, currency: 'BTC' })
    expect(advancedFor(all, 'LIGHTNING', 'BTC')).toEqual({ amount: -900_000n, currency: 'BTC' })
    expect(advancedFor(all, 'BITCOIN', 'RBTC')).toEqual({ amount: 0n, currency: 'RBTC' })
  })
})

/** Any commands in any order: what is sent is sent once, and ends by the network's word alone. */
it('any life of a send is one send, and ended by its network', () => {
  const command = fc.constantFrom<PaymentCommand>(
    sending, unknown, fail, { ...fail, final: true }, confirm, { type: 'approve', on: '2026-04-05' }, { type: 'unmatched', on: '2026-04-06', reason: 'X' },
    { type: 'resolveSuspense', on: '2026-04-06' }, { type: 'revert', on: '2026-04-07', reason: 'FAILED_LATE', held: null }, { type: 'requestReversal', on: '2026-04-07', reason: 'X' },
  )
  let confirmed = 0
  fc.assert(fc.property(fc.array(command, { minLength: 8, maxLength: 16 }), fc.boolean(), (commands, needsApproval) => {
    let state = run(null, add({ ...out, moved, ...(needsApproval ? { needsApproval } : {}) }))
    const events: PaymentEvent[] = []
    for (const one of commands) {
      const decision = decidePayment(state, one)
      if (isRefused(decision)) continue
      // Sent and not answered, only the network's word ends it.
      if (state.sending) expect(decision.events.every(event => event.type === 'payment.unknown' || event.type === 'payment.confirmed' || (event.type === 'payment.failed' && event.data.final === true))).toBe(true)
      events.push(...decision.events)
      state = decision.events.reduce<PaymentState>(applyPayment, state)
      expect('sending' in state).toBe(state.status === 'ADDED' && events.some(({ type }) => type === 'payment.sending'))
    }
    const count = (type: PaymentEvent['type']) => events.filter(event => event.type === type).length
    for (const type of ['payment.sending', 'payment.unknown', 'payment.confirmed', 'payment.failed', 'payment.reverted'] as const) expect(count(type)).toBeLessThanOrEqual(1)
    expect(count('payment.confirmed') + count('payment.failed')).toBeLessThanOrEqual(1)
    if (count('payment.confirmed') + count('payment.sending') === 2) confirmed += 1
  }), { numRuns: 400 })
  expect(confirmed).toBeGreaterThan(10)
})
