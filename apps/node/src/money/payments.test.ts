import { afterEach, beforeEach, expect, test } from 'vitest'
import { loan, payment, project } from '@growr/contracts'
import { alba, ana, beto, borrower, bruno, otto, refusal, startMoney, type Money } from '../testing/money.ts'
import { accounts, apply, lend, noon, open, payOut, repay, repayInCash, sign } from '../testing/season.ts'

let money: Money
beforeEach(async () => { money = await startMoney() })
afterEach(() => money.end())

const bea = borrower('bea')

test('a payout is registered once, confirmed by the bank, and starts the loan', async () => {
  const key = await open(money)
  const { key: applied } = await apply(money, 'bea', key)
  expect(await refusal(money.as(ana, payment.addDisbursement, { loan: applied, rail: 'BANK' }))).toBe('LOAN_STATUS loan')
  expect(await refusal(money.as(ana, payment.addDisbursement, { loan: 'none', rail: 'BANK' }))).toBe('NOT_FOUND loan')
  await money.as(bea, loan.signLoan, { loan: applied })
  expect(await refusal(money.as(otto, payment.addDisbursement, { loan: applied, rail: 'BANK' }))).toBe('FORBIDDEN')
  expect(await refusal(money.as(ana, payment.addDisbursement, { loan: applied, rail: 'BANK', valueDate: '2026-03-03' }))).toBe('VALUE_DATE valueDate')
  const added = await Promise.all(Array.from({ length: 64 }, () => money.as(ana, payment.addDisbursement, { loan: applied, rail: 'BANK' }, 'r-1')))
  expect(new Set(added.map((each) => each.key)).size).toBe(1)
  const [{ key: payout } = { key: '' }] = added
  expect(added[0]).toMatchObject({ kind: 'DISBURSEMENT', status: 'ADDED', amount: '18600.00', awaits: 'REFERENCE' })
  expect(await refusal(money.as(beto, payment.addDisbursement, { loan: applied, rail: 'BANK' }))).toBe('PAYMENT_STATUS loan')
  expect(await refusal(money.as(beto, payment.addDisbursement, { loan: applied, rail: 'BANK' }, 'r-1'))).toBe('PAYMENT_STATUS loan')
  expect(await refusal(money.as(ana, payment.addDisbursement, { loan: applied, rail: 'CASH' }, 'r-1'))).toBe('REQUEST_ID_REUSED')
  expect(await refusal(money.as(ana, payment.confirmDisbursement, { payment: payout }))).toBe('BAD_INPUT reference')
  expect(await refusal(money.as(ana, payment.confirmRepayment, { payment: payout }))).toBe('RAIL_MISMATCH payment')
  expect(await refusal(money.as(ana, payment.confirmHandOver, { payment: payout }))).toBe('RAIL_MISMATCH payment')
  expect(await refusal(money.as(bea, payment.confirmRepayment, { payment: payout }))).toBe('RAIL_MISMATCH payment')
  const confirmed = await Promise.all(Array.from({ length: 8 }, () => money.as(ana, payment.confirmDisbursement, { payment: payout, reference: 'OUT-1' }, 'r-2')))
  expect(new Set(confirmed.map(({ status, version }) => `${status} ${version}`)).size).toBe(1)
  expect(await refusal(money.as(ana, payment.confirmDisbursement, { payment: payout, reference: 'OUT-1' }))).toBe('PAYMENT_STATUS status')
  expect(await refusal(money.as(ana, payment.cancelDisbursement, { payment: payout }))).toBe('PAYMENT_STATUS status')
  await money.settle()
  expect(await money.as(bea, loan.findByKey, { key: applied })).toMatchObject({ status: 'DISBURSED', startDate: '2026-03-02', endDate: '2026-09-02' })
  expect(await refusal(money.as(ana, payment.addDisbursement, { loan: applied, rail: 'BANK' }))).toBe('LOAN_STATUS loan')
  expect(await accounts(money, key)).toEqual({
    'cash/BANK/comsa': '81400.00', 'capital/junior': '-100000.00', 'receivable/principal': '20000.00', 'receivable/interest': '1800.00',
    'income/interest': '-1800.00', 'payable/fee': '-400.00', 'payable/deposit': '-1000.00',
  })
  expect(await money.as(bea, payment.findByKey, { key: payout })).toMatchObject({ status: 'CONFIRMED', reference: 'OUT-1', awaits: 'NOTHING' })
  expect(await refusal(money.as(borrower('carl'), payment.findByKey, { key: payout }))).toBe('FORBIDDEN')
  expect((await money.as(bea, payment.findByLoan, { loan: applied })).totalCount).toBe(1)
})

test('what is confirmed and has not reached its loan is not paid out a second time', async () => {
  const key = await open(money)
  const signed = await sign(money, 'bea', key)
  const { key: payout } = await money.as(ana, payment.addDisbursement, { loan: signed, rail: 'BANK' })
  const { held, release } = money.hold(loan.updateLoan, 'before')
  await money.as(ana, payment.confirmDisbursement, { payment: payout, reference: 'OUT-1' })
  await held
  // The loan still says that it is signed.
  expect(await money.as(bea, loan.findByKey, { key: signed })).toMatchObject({ status: 'SIGNED' })
  expect(await refusal(money.as(ana, payment.addDisbursement, { loan: signed, rail: 'BANK' }))).toBe('PAYMENT_STATUS loan')
  release()
  await money.settle()
  await repay(money, signed, '22000.00')
  const { key: back } = await money.as(ana, payment.refundOverpayment, { loan: signed, rail: 'BANK' })
  const again = money.hold(loan.updateLoan, 'before')
  await money.as(ana, payment.confirmDisbursement, { payment: back, reference: 'OUT-2' })
  await again.held
  expect(await refusal(money.as(ana, payment.refundOverpayment, { loan: signed, rail: 'BANK' }))).toBe('PAYMENT_STATUS loan')
  again.release()
  await money.settle()
  expect(await refusal(money.as(ana, payment.refundOverpayment, { loan: signed, rail: 'BANK' }))).toBe('NOTHING_TO_RETURN loan')
  // What was returned is past: what is paid too much later is returned again.
  await repay(money, signed, '5.00')
  expect(await money.as(ana, payment.refundOverpayment, { loan: signed, rail: 'BANK' })).toMatchObject({ amount: '5.00' })
  await money.as(ana, payment.cancelDisbursement, { payment: (await money.as(ana, payment.findByLoan, { loan: signed })).edges.at(-1)!.node.key })
})

test('cash is confirmed by the borrower\'s code, leaves only from where it lies, and changes hands between two', async () => {
  const key = await open(money)
  const mine = await lend(money, 'bea', key)
  const { key: paid } = await money.as(beto, payment.addRepayment, { loan: mine, rail: 'CASH', amount: '3633.33' })
  await money.settle()
  expect(money.peer.told.at(-1)).toMatchObject({ to: 'bea', template: 'paymentCode', values: { amount: '3633.33 HNL' } })
  const code = money.peer.code('bea')
  const wrong = code === '123456' ? '654321' : '123456'
  expect(await refusal(money.as(beto, payment.confirmRepayment, { payment: paid }))).toBe('BAD_INPUT code')
  expect(await refusal(money.as(beto, payment.confirmRepayment, { payment: paid, code: wrong }))).toBe('CODE_WRONG')
  expect(await money.as(bea, payment.confirmRepayment, { payment: paid, code })).toMatchObject({ status: 'CONFIRMED', holder: 'beto', rail: 'CASH' })
  expect(await refusal(money.as(bea, payment.confirmRepayment, { payment: paid, code }))).toBe('PAYMENT_STATUS status')
  await money.settle()
  expect(await money.as(ana, payment.cashFloats, { organization: 'comsa' })).toEqual([{ agent: 'beto', project: key, currency: 'HNL', amount: '3633.33' }])
  expect(await money.as(bruno, payment.cashFloats, { organization: 'comsa', agent: 'beto' })).toEqual([])
  // Nothing in the accounts leads to the agent.
  expect(Object.keys(await accounts(money, key)).find((account) => account.startsWith('cash/CASH'))).not.toMatch(/beto/)

  const signed = await sign(money, 'carl', key)
  const { key: out } = await money.as(beto, payment.addDisbursement, { loan: signed, rail: 'CASH' })
  await money.settle()
  expect(await refusal(money.as(beto, payment.confirmDisbursement, { payment: out, code: money.peer.code('carl') }))).toBe('CASH_INSUFFICIENT amount')
  money.peer.agents.set('beto', 'comsa')
  const { key: given } = await money.as(ana, payment.handOverCash, { project: key, amount: '20000.00', from: 'BANK', to: 'AGENT', agent: 'beto' })
  await money.settle()
  expect(money.peer.told.at(-1)).toMatchObject({ to: 'beto', template: 'handOverToConfirm' })
  expect(await refusal(money.as(ana, payment.confirmHandOver, { payment: given }))).toBe('SAME_PERSON payment')
  expect(await refusal(money.as(alba, payment.confirmHandOver, { payment: given }))).toBe('FORBIDDEN payment')
  expect(await refusal(money.as(bruno, payment.confirmHandOver, { payment: given }))).toBe('FORBIDDEN payment')
  expect(await money.as(beto, payment.confirmHandOver, { payment: given }, 'r-1')).toMatchObject({ status: 'CONFIRMED' })
  expect(await money.as(beto, payment.confirmHandOver, { payment: given }, 'r-1')).toMatchObject({ status: 'CONFIRMED' })
  expect(await money.as(beto, payment.confirmDisbursement, { payment: out, code: money.peer.code('carl') })).toMatchObject({ status: 'CONFIRMED' })
  const { key: back } = await money.as(beto, payment.handOverCash, { project: key, amount: '5033.33', from: 'AGENT', to: 'OFFICE' })
  await money.settle()
  expect(money.peer.told).toContainEqual({ to: 'comsa', template: 'handOverToConfirm', values: { agent: 'agent', amount: '5033.33 HNL' } })
  expect(await refusal(money.as(bruno, payment.confirmHandOver, { payment: back }))).toBe('FORBIDDEN payment')
  await money.as(ana, payment.confirmHandOver, { payment: back })
  const { key: banked } = await money.as(ana, payment.handOverCash, { project: key, amount: '5033.34', from: 'OFFICE', to: 'BANK' })
  expect(await refusal(money.as(alba, payment.confirmHandOver, { payment: banked }))).toBe('CASH_INSUFFICIENT amount')
  await money.as(ana, payment.cancelDisbursement, { payment: banked })
  expect(await money.as(ana, payment.findByKey, { key: banked })).toMatchObject({ status: 'FAILED' })
  await money.settle()
  expect(await accounts(money, key)).toMatchObject({ 'cash/BANK/comsa': '61400.00', 'cash/CASH/office': '5033.33' })
})

test('a hand-over is refused where nobody answers for it', async () => {
  const key = await open(money)
  const over = { project: key, amount: '1.00', from: 'AGENT', to: 'BANK' } as const
  expect(await refusal(money.as(ana, payment.handOverCash, { ...over, to: 'AGENT' }))).toBe('BAD_INPUT to')
  expect(await refusal(money.as(ana, payment.handOverCash, over))).toBe('BAD_INPUT agent')
  expect(await refusal(money.as(ana, payment.handOverCash, { ...over, agent: 'nobody' }))).toBe('NOT_FOUND agent')
  expect(await refusal(money.as(beto, payment.handOverCash, { ...over, agent: 'bruno' }))).toBe('FORBIDDEN agent')
  expect(await refusal(money.as(beto, payment.handOverCash, { ...over, from: 'OFFICE' }))).toBe('FORBIDDEN agent')
  expect(await refusal(money.as(otto, payment.handOverCash, over))).toBe('FORBIDDEN')
  expect(await refusal(money.as(beto, payment.handOverCash, { ...over, amount: '0.00' }))).toBe('AMOUNT_INVALID amount')
})

test('a repayment by bank takes two people, a loan that owes, and a date that fits', async () => {
  const key = await open(money)
  const mine = await lend(money, 'bea', key)
  const { key: young } = await apply(money, 'carl', key)
  const given = { loan: mine, rail: 'BANK', amount: '3633.33', reference: 'IN-1' } as const
  expect(await refusal(money.as(ana, payment.addRepayment, { ...given, reference: undefined }))).toBe('BAD_INPUT reference')
  expect(await refusal(money.as(ana, payment.addRepayment, { ...given, amount: '0' }))).toBe('AMOUNT_INVALID amount')
  expect(await refusal(money.as(ana, payment.addRepayment, { ...given, valueDate: '2026-03-01' }))).toBe('VALUE_DATE valueDate')
  expect(await refusal(money.as(ana, payment.addRepayment, { ...given, loan: young }))).toBe('LOAN_STATUS loan')
  expect(await refusal(money.as(ana, payment.addRepayment, { rail: 'BANK', amount: '1.00', reference: 'x' }))).toBe('BAD_INPUT loan')
  const once = await Promise.all(Array.from({ length: 64 }, () => money.as(ana, payment.addRepayment, given, 'r-1')))
  expect(new Set(once.map((each) => each.key)).size).toBe(1)
  const { key: paid } = once[0]!
  expect(await refusal(money.as(ana, payment.confirmRepayment, { payment: paid }))).toBe('SAME_PERSON payment')
  expect(await refusal(money.as(bea, payment.confirmRepayment, { payment: paid }))).toBe('RAIL_MISMATCH payment')
  expect(await refusal(money.as(ana, payment.confirmDisbursement, { payment: paid, reference: 'x' }))).toBe('RAIL_MISMATCH payment')
  expect(await refusal(money.as(ana, payment.confirmRepayment, { payment: 'none' }))).toBe('NOT_FOUND payment')
  await money.as(beto, payment.confirmRepayment, { payment: paid })
  await money.settle()
  expect(await money.as(bea, loan.findByKey, { key: mine })).toMatchObject({ repaid: '3633.33' })
  // By the phone of whoever owes on one loan.
  money.peer.phones.set('+50499000001', 'bea')
  expect(await refusal(money.as(beto, payment.addRepayment, { phone: '+50499000009', rail: 'CASH', amount: '1.00' }))).toBe('NOT_FOUND phone')
  expect(await refusal(money.as(otto, payment.addRepayment, { phone: '+50499000001', rail: 'CASH', amount: '1.00' }))).toBe('NOT_FOUND phone')
  const { key: cash } = await money.as(beto, payment.addRepayment, { phone: '+50499000001', rail: 'CASH', amount: '1.00' })
  await lend(money, 'bea', key)
  expect(await refusal(money.as(beto, payment.addRepayment, { phone: '+50499000001', rail: 'CASH', amount: '1.00' }))).toBe('BAD_INPUT loan')
  await money.as(beto, payment.cancelDisbursement, { payment: cash })
  expect(await refusal(money.as(beto, payment.confirmRepayment, { payment: cash, code: '123456' }))).toBe('PAYMENT_STATUS status')
})

test('what a loan does not take lies in suspense, to be seen, and keeps the project open', async () => {
  const key = await open(money, '100000.00', { juniorRate: '0' })
  const mine = await lend(money, 'bea', key)
  await repay(money, mine, '21800.00')
  await money.clock.set(noon('2026-10-01'))
  // Registered before the project is wound up, and somehow not seen by it: confirmed when it was.
  const { key: late } = await money.as(ana, payment.addRepayment, { loan: mine, rail: 'BANK', amount: '50.00', reference: 'IN-2' })
  expect(await refusal(money.as(ana, project.closeProject, { key }))).toBe('PROJECT_NOT_SETTLED project')
  await money.as(ana, payment.cancelDisbursement, { payment: late })
  const { held, release } = money.hold(payment.pending, 'after')
  const closing = money.as(ana, project.closeProject, { key })
  await held
  const { key: crossing } = await money.as(ana, payment.addRepayment, { loan: mine, rail: 'BANK', amount: '50.00', reference: 'IN-3' })
  release()
  await closing
  expect(await refusal(money.as(ana, payment.addRepayment, { loan: mine, rail: 'BANK', amount: '50.00', reference: 'IN-4' }))).toBe('PROJECT_STATUS loan')
  await money.as(alba, payment.confirmRepayment, { payment: crossing })
  await money.settle()
  expect(await accounts(money, key)).toMatchObject({ suspense: '-50.00' })
  // 100,000.00 junior, 1,800.00 interest, 400.00 fee; less 200.00 cash-back.
  await money.as(ana, project.withdrawJunior, { key, amount: '102000.00', reference: 'OWN' })
  await payOut(money, mine, 'DEPOSIT')
  await payOut(money, mine, 'REWARD')
  expect(await money.as(ana, project.findByKey, { key })).toMatchObject({ status: 'ACTIVATED', payables: [{ kind: 'RISK_DEPOSIT', paid: '1000.00' }, {}, {}, { kind: 'REWARD', paid: '200.00' }, { kind: 'SURPLUS', paid: '1600.00' }] })
})

test('an overpayment goes back in cash out of the office', async () => {
  const key = await open(money)
  const mine = await lend(money, 'bea', key)
  await repayInCash(money, beto, 'bea', mine, '21900.00')
  expect(await money.as(bea, loan.findByKey, { key: mine })).toMatchObject({ status: 'REPAID', overpaid: '100.00', cashBack: '200.00' })
  const { key: over } = await money.as(beto, payment.handOverCash, { project: key, amount: '21900.00', from: 'AGENT', to: 'OFFICE' })
  await money.as(ana, payment.confirmHandOver, { payment: over })
  const { key: back } = await money.as(ana, payment.refundOverpayment, { loan: mine, rail: 'CASH' })
  await money.settle()
  await money.as(ana, payment.confirmDisbursement, { payment: back, code: money.peer.code('bea') })
  await money.settle()
  expect(await money.as(bea, loan.findByKey, { key: mine })).toMatchObject({ overpaid: '0.00' })
  expect(await accounts(money, key)).toMatchObject({ 'cash/CASH/office': '21800.00' })
})
