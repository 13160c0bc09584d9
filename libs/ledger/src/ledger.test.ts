import { describe, expect, it } from 'vitest'
import { formatAmount, zero, type Amount } from '@growr/money'
import { accounts, balanceLines, balanceOf, describeFinding, exchanged, fold, isBalanced, LedgerError, mergeBalances, postingsFor, requireBalanced, trialBalance, type Posting } from './index.ts'
import { agent, applyFor, bank, created, hnl, World } from './testing/world.ts'

const text = (amount: Amount) => formatAmount(amount)
const lines = (world: World) => Object.fromEntries(trialBalance(world.all).lines.map(line => [line.account, line.debit === '' ? `-${line.credit}` : line.debit]))
const code = (act: () => unknown) => {
  try {
    act()
  } catch (error) {
    if (error instanceof LedgerError) return error.code
    throw error
  }
  return 'nothing thrown'
}
const posted = (world: World) => world.entries.at(-1)!.postings.map(({ account, amount }) => [account, amount])

describe('postings', () => {
  const posting = (account: string, amount: string, currency = 'HNL'): Posting => ({ account, amount, currency })

  it('balance in each currency by itself', () => {
    expect(isBalanced([posting('a/x', '5'), posting('b/x', '-5')])).toBe(true)
    expect(isBalanced([posting('a/x', '5'), posting('b/x', '-5', 'USD')])).toBe(false)
    expect(code(() => requireBalanced([posting('a/x', '5'), posting('b/x', '-4')]))).toBe('UNBALANCED_POSTING')
    expect(code(() => requireBalanced([posting('a/x', '5.0')]))).toBe('AMOUNT_INVALID')
    expect(code(() => requireBalanced([posting('a/x', '-0')]))).toBe('AMOUNT_INVALID')
  })

  it('fold into balances, and an account of nothing is gone', () => {
    const one = fold(new Map(), [posting('a/x', '5'), posting('b/x', '-5')])
    expect(balanceOf(one, 'a/x', 'HNL').amount).toBe(5n)
    expect(balanceOf(one, 'a/x', 'USD').amount).toBe(0n)
    expect(balanceLines(mergeBalances(one, fold(new Map(), [posting('a/x', '-5'), posting('c/x', '5')])))).toEqual([posting('b/x', '-5'), posting('c/x', '5')])
    expect(trialBalance(one)).toEqual({ balanced: true, lines: [
      { account: 'a/x', currency: 'HNL', debit: '0.05', credit: '' },
      { account: 'b/x', currency: 'HNL', debit: '', credit: '0.05' },
    ] })
  })

  it('name accounts of keys only', () => {
    expect(accounts.cash(agent, 'coffee')).toBe('cash/CASH/agent-7f/coffee')
    expect(accounts.projectOf('receivable/principal/coffee')).toBe('coffee')
    expect(code(() => accounts.clearing('a/b'))).toBe('ACCOUNT_INVALID')
    expect(code(() => accounts.clearing(''))).toBe('ACCOUNT_INVALID')
    expect(code(() => accounts.cash({ rail: 'CASH', holder: '+504 9900' }, 'coffee'))).toBe('ACCOUNT_INVALID')
  })

  it('an exchange balances in both currencies', () => {
    const postings = exchanged('coffee', { account: 'cash/BANK/comsa/coffee', amount: { amount: 100n, currency: 'USD' } }, { account: 'cash/BANK/comsa/coffee', amount: hnl('26.40') })
    expect(isBalanced(postings)).toBe(true)
    expect(postings.map(({ account, amount, currency }) => [account, amount, currency])).toEqual([
      ['exchange/USD/coffee', '100', 'USD'],
      ['cash/BANK/comsa/coffee', '-100', 'USD'],
      ['cash/BANK/comsa/coffee', '2640', 'HNL'],
      ['exchange/HNL/coffee', '-2640', 'HNL'],
    ])
  })
})

/** A project from its first capital to zero. Every figure is worked by hand next to it. */
describe('the life of a project', () => {
  const world = new World(created)

  it('capital comes in through clearing', () => {
    world.fundJunior(hnl('50000.00'), '2026-03-01')
    expect(posted(world)).toEqual([['clearing/coffee', '5000000'], ['capital/junior/coffee', '-5000000']])
    world.fund('ines', hnl('100000.00'), '2026-03-01')
    expect(posted(world)).toEqual([['clearing/coffee', '10000000'], ['capital/senior/coffee', '-10000000']])
    expect(lines(world)).toEqual({ 'cash/BANK/comsa/coffee': '150000.00', 'capital/junior/coffee': '-50000.00', 'capital/senior/coffee': '-100000.00' })
  })

  it('a loan of 20,000.00 is promised without a posting, and paid out less fee and deposit', () => {
    const { key } = applyFor(world, hnl('20000.00'), 6, '2026-03-05')
    expect(world.entries.at(-1)!.postings).toEqual([])
    world.onLoan(key, { type: 'sign', on: '2026-03-05', contractDigest: 'd' })
    world.disburse(key, '2026-03-05')
    // fee 2 % = 400.00, deposit 5 % = 1,000.00, payout 18,600.00, interest 1,800.00
    expect(posted(world)).toEqual([
      ['receivable/principal/coffee', '2000000'],
      ['receivable/interest/coffee', '180000'],
      ['clearing/coffee', '-1860000'],
      ['payable/fee/coffee', '-40000'],
      ['payable/deposit/coffee', '-100000'],
      ['income/interest/coffee', '-180000'],
    ])
    expect(world.atRest()).toEqual([])
  })

  it('instalments come in at the bank and in an agent’s cash, which is handed over', () => {
    const [key] = world.loans.keys()
    world.repay(key!, hnl('3633.33'), '2026-04-05', agent)
    expect(posted(world)).toEqual([['clearing/coffee', '363333'], ['receivable/interest/coffee', '-30000'], ['receivable/principal/coffee', '-333333']])
    expect(text(world.held(agent))).toBe('3633.33')
    expect(world.pay('HAND_OVER', hnl('3633.34'), '2026-04-06', { from: agent, to: bank })).toMatchObject({ refused: 'CASH_INSUFFICIENT' })
    world.pay('HAND_OVER', hnl('3633.33'), '2026-04-06', { from: agent, to: bank })
    expect(posted(world)).toEqual([['cash/BANK/comsa/coffee', '363333'], ['cash/CASH/agent-7f/coffee', '-363333']])
    // 18,166.67 is left; 33.33 too much
    world.repay(key!, hnl('18200.00'), '2026-05-05')
    expect(posted(world)).toEqual([
      ['clearing/coffee', '1820000'],
      ['receivable/interest/coffee', '-150000'],
      ['receivable/principal/coffee', '-1666667'],
      ['payable/overpayment/coffee', '-3333'],
    ])
    const returned = world.pay('OVERPAYMENT_REFUND', hnl('33.33'), '2026-05-06', { from: bank }, key) as string
    world.onLoan(key!, { type: 'refundOverpayment', paymentKey: returned, amount: hnl('33.33'), valueDate: '2026-05-06', bookingDate: '2026-05-06' })
    expect(posted(world)).toEqual([['payable/overpayment/coffee', '3333'], ['clearing/coffee', '-3333']])
    expect(world.atRest()).toEqual([])
  })

  it('an investor is repaid, yield first', () => {
    // 100,000.00 × 9 % × 91 / 360 = 2,275.00 from 1 March to 31 May
    expect(world.repayInvestor('ines', hnl('42275.00'), '2026-05-31')).toBeNull()
    expect(posted(world)).toEqual([['expense/yield/coffee', '227500'], ['capital/senior/coffee', '4000000'], ['clearing/coffee', '-4227500']])
  })

  it('a mistaken transfer is taken back on both sides', () => {
    const key = world.fund('ines', hnl('10000.00'), '2026-06-01')
    const payment = [...world.payments.keys()].at(-1)!
    expect(world.onFunding(key, { type: 'revert', on: '2026-06-02', project: world.project, position: world.position, fundings: [...world.fundings.values()] })).toBeNull()
    expect(posted(world)).toEqual([['clearing/coffee', '-1000000'], ['capital/senior/coffee', '1000000']])
    expect(world.atRest()).toEqual([{ code: 'CLEARING_NOT_ZERO', account: 'clearing/coffee', currency: 'HNL', expected: '0', actual: '-1000000' }])
    world.revertPayment(payment, '2026-06-02')
    expect(world.atRest()).toEqual([])
  })

  it('money that nothing takes waits in suspense as an open case, and goes back', () => {
    const payment = world.pay('REPAYMENT', hnl('12.00'), '2026-06-03', { to: bank }, 'no-such-loan') as string
    world.onPayment(payment, { type: 'unmatched', on: '2026-06-03', reason: 'NOT_FOUND' })
    expect(posted(world)).toEqual([['clearing/coffee', '1200'], ['suspense/coffee', '-1200']])
    expect(world.atRest()).toEqual([])
    expect(text(world.balance('suspense/coffee'))).toBe('-12.00')
    world.onPayment(payment, { type: 'resolveSuspense', on: '2026-06-04' })
    world.revertPayment(payment, '2026-06-04')
    expect(posted(world)).toEqual([['cash/BANK/comsa/coffee', '-1200'], ['clearing/coffee', '1200']])
    expect(world.atRest()).toEqual([])
  })

  it('money that left and that its loan does not know is missing in suspense until it is explained', () => {
    const payment = world.pay('DISBURSEMENT', hnl('5.00'), '2026-06-05', { from: bank }, 'no-such-loan') as string
    world.onPayment(payment, { type: 'unmatched', on: '2026-06-05', reason: 'NOT_FOUND' })
    expect(posted(world)).toEqual([['clearing/coffee', '-500'], ['suspense/coffee', '500']])
    expect(world.atRest()).toEqual([])
    world.onPayment(payment, { type: 'resolveSuspense', on: '2026-06-06' })
    world.revertPayment(payment, '2026-06-06')
    expect(posted(world)).toEqual([['clearing/coffee', '-500'], ['cash/BANK/comsa/coffee', '500']])
    expect(world.atRest()).toEqual([])
  })

  it('is wound up: its accounts become shares that sum to its cash', () => {
    // cash 150,000.00 − 18,600.00 + 21,800.00 − 42,275.00 = 110,925.00
    // closing: fees 400.00 + deposits 1,000.00 + senior 60,000.00 + junior 50,000.00 + interest 1,800.00 − yield 2,275.00 = 110,925.00
    const facts = { clearing: hnl('0.00'), suspense: hnl('0.00'), pendingPayments: 0 }
    expect(world.onProject({ type: 'distribute', on: '2027-01-01', loans: [...world.loans.values()], fundings: [...world.fundings.values()], ...facts })).toBeNull()
    expect(posted(world)).toEqual([
      ['payable/fee/coffee', '40000'],
      ['payable/deposit/coffee', '100000'],
      ['capital/senior/coffee', '6000000'],
      ['capital/junior/coffee', '5000000'],
      ['income/interest/coffee', '180000'],
      ['expense/yield/coffee', '-227500'],
      ['payable/distribution/coffee', '-11092500'],
    ])
    expect(lines(world)).toEqual({ 'cash/BANK/comsa/coffee': '110925.00', 'payable/distribution/coffee': '-110925.00' })
    // Yield of 60,000.00 over 215 days from 31 May: 3,225.00. 110,925.00 − 1,400.00 − 63,225.00 = 46,300.00 of the junior's 50,000.00.
    expect(world.project.distribution!.payables.map(line => [line.kind, text(line.amount)])).toEqual([
      ['RISK_DEPOSIT', '1000.00'], ['FEE', '400.00'], ['SENIOR_YIELD', '3225.00'], ['SENIOR_PRINCIPAL', '60000.00'],
      ['JUNIOR_PRINCIPAL', '46300.00'], ['JUNIOR_YIELD', '0.00'], ['REWARD', '0.00'],
    ])
    expect(world.atRest()).toEqual([])
  })

  it('pays its shares and is zero', () => {
    for (const { payee, party, kind, amount } of world.project.distribution!.payables) {
      if (amount.amount === 0n) continue
      const paymentKey = world.pay('TRANSFER_OUT', amount, '2027-01-02', { from: bank }) as string
      expect(world.onProject({ type: 'payShare', paymentKey, payee, party, kind, amount, valueDate: '2027-01-02', bookingDate: '2027-01-02' })).toBeNull()
    }
    expect(world.onProject({ type: 'close', on: '2027-01-02', clearing: zero('HNL'), suspense: zero('HNL'), pendingPayments: 0 })).toBeNull()
    expect(world.project.status).toBe('CLOSED')
    expect(lines(world)).toEqual({})
    expect(world.atRest()).toEqual([])
  })
})

describe('an ad-hoc loan', () => {
  it('posts its interest as days close, and takes some back for an earlier value date', () => {
    const world = new World({ ...created, loans: { ...created.loans, schedule: 'AD_HOC', interestRate: '24' } })
    world.fundJunior(hnl('50000.00'), '2026-03-01')
    const { key } = applyFor(world, hnl('10000.00'), 3, '2026-03-01')
    world.onLoan(key, { type: 'sign', on: '2026-03-01', contractDigest: 'd' })
    world.disburse(key, '2026-03-01')
    // 500.00 deposit, 200.00 fee: 9,300.00 paid out, no interest yet
    expect(text(world.balance('receivable/interest/coffee'))).toBe('0.00')
    world.onLoan(key, { type: 'closeDay', date: '2026-04-30' })
    expect(posted(world)).toEqual([['receivable/interest/coffee', '40000'], ['income/interest/coffee', '-40000']])
    // 5,000.00 with value date 10 April: 266.67 of interest to it, 336.89 to 30 April instead of 400.00
    world.repay(key, hnl('5000.00'), '2026-05-01', bank, '2026-04-10')
    expect(posted(world)).toEqual([
      ['receivable/interest/coffee', '-6311'],
      ['income/interest/coffee', '6311'],
      ['clearing/coffee', '500000'],
      ['receivable/interest/coffee', '-26667'],
      ['receivable/principal/coffee', '-473333'],
    ])
    expect(world.atRest()).toEqual([])
    expect(text(world.balance('receivable/interest/coffee'))).toBe('70.22')
  })

  it('a disbursement that is cancelled leaves nothing, accrued interest included', () => {
    const world = new World({ ...created, loans: { ...created.loans, schedule: 'AD_HOC' } })
    world.fundJunior(hnl('50000.00'), '2026-03-01')
    const before = lines(world)
    const { key } = applyFor(world, hnl('10000.00'), 3, '2026-03-01')
    world.onLoan(key, { type: 'sign', on: '2026-03-01', contractDigest: 'd' })
    world.disburse(key, '2026-03-01')
    const payment = world.loans.get(key)!.disbursementKey!
    world.onLoan(key, { type: 'closeDay', date: '2026-03-02' })
    world.onLoan(key, { type: 'cancelDisbursement', paymentKey: payment, on: '2026-03-03' })
    world.revertPayment(payment, '2026-03-03')
    expect(lines(world)).toEqual(before)
    expect(world.atRest()).toEqual([])
  })
})

describe('the conditions at rest name what does not hold', () => {
  const world = new World(created)
  world.fundJunior(hnl('50000.00'), '2026-03-01')
  const { key } = applyFor(world, hnl('20000.00'), 6, '2026-03-05')
  world.onLoan(key, { type: 'sign', on: '2026-03-05', contractDigest: 'd' })
  world.disburse(key, '2026-03-05')

  it.each([
    ['clearing/coffee', 'CLEARING_NOT_ZERO'],
    ['suspense/coffee', 'SUSPENSE_DIFFERS'],
    ['receivable/principal/coffee', 'RECEIVABLE_DIFFERS'],
    ['receivable/interest/coffee', 'RECEIVABLE_DIFFERS'],
    ['payable/fee/coffee', 'PAYABLE_DIFFERS'],
    ['payable/deposit/coffee', 'PAYABLE_DIFFERS'],
    ['payable/overpayment/coffee', 'PAYABLE_DIFFERS'],
    ['payable/distribution/coffee', 'PAYABLE_DIFFERS'],
    ['capital/senior/coffee', 'CAPITAL_DIFFERS'],
    ['capital/junior/coffee', 'CAPITAL_DIFFERS'],
    ['income/interest/coffee', 'RESULT_DIFFERS'],
    ['expense/yield/coffee', 'RESULT_DIFFERS'],
    ['expense/loss/coffee', 'RESULT_DIFFERS'],
    ['cash/BANK/comsa/coffee', 'CASH_DIFFERS'],
    ['cash/CASH/nobody/coffee', 'ACCOUNT_UNKNOWN'],
    ['clearing/tea', 'ACCOUNT_UNKNOWN'],
  ])('one unit too much in %s is %s, and the trial balance fails', (account, expected) => {
    expect(world.atRest()).toEqual([])
    const kept = world.balances.loan
    world.balances.loan = fold(kept, [{ account, amount: '1', currency: 'HNL' }])
    const found = world.atRest()
    world.balances.loan = kept
    expect(found.map(finding => finding.code).sort()).toEqual([expected, 'TRIAL_BALANCE'].sort())
    const at = found.find(finding => finding.account === account)!
    expect(describeFinding(at, 2)).toContain('(off by 0.01)')
  })

  it('a record without its posting, and an open case that is none, are found too', () => {
    const kept = world.payments.get('payment-1')!
    world.payments.set('payment-1', { ...kept, suspense: { since: '2026-03-01', reason: 'X', resolvedOn: null } })
    expect(world.atRest().map(finding => finding.code)).toEqual(['SUSPENSE_DIFFERS'])
    world.payments.set('payment-1', { ...kept, status: 'REVERTED' })
    expect(world.atRest().map(finding => finding.code)).toEqual(['CASH_DIFFERS'])
    world.payments.set('payment-1', kept)
    const project = world.project
    world.project = { ...project, status: 'CLOSED' }
    expect(new Set(world.atRest().map(finding => finding.code))).toEqual(new Set(['CLOSED_NOT_ZERO']))
    world.project = project
  })
})

describe('postingsFor', () => {
  it('refuses an event without a template', () => {
    const world = new World(created)
    const unknown = { type: 'toString', data: {} } as never
    expect(code(() => postingsFor('project', unknown, world.project, world.project))).toBe('STATE_MISSING')
  })
})
