import { afterEach, beforeEach, expect, test } from 'vitest'
import { funding, identity, loan, payment, project, user, type Contract } from '@growr/contracts'
import { alba, ana, beto, borrower, refusal, startMoney, type Money } from '../testing/money.ts'
import { accounts, apply, commit, lend, noon, open, repay, sign } from '../testing/season.ts'

let money: Money
beforeEach(async () => { money = await startMoney() })
afterEach(() => money.end())

/** The node is killed when a call that follows from `doing` is where it is to be held, and comes up again. */
async function killAt(contract: Contract, moment: 'before' | 'after', doing: () => Promise<unknown>): Promise<void> {
  const { held } = money.hold(contract, moment)
  void doing().catch(() => undefined)
  await held
  money = await money.crash()
  await money.settle()
}

const payoutOf = async (who: string, key: string) => {
  const signed = await sign(money, who, key)
  const { key: payout } = await money.as(ana, payment.addDisbursement, { loan: signed, rail: 'BANK' })
  return { signed, payout }
}

test.each(['before', 'after'] as const)('killed %s the loan hears of its payout: it hears once', async (moment) => {
  const key = await open(money)
  const { signed, payout } = await payoutOf('bea', key)
  await killAt(loan.updateLoan, moment, () => money.as(ana, payment.confirmDisbursement, { payment: payout, reference: 'OUT' }, 'r-1'))
  expect(await money.as(ana, payment.confirmDisbursement, { payment: payout, reference: 'OUT' }, 'r-1')).toMatchObject({ status: 'CONFIRMED' })
  expect((await money.as(ana, loan.history, { key: signed })).filter(({ type }) => type === 'loan.disbursed')).toHaveLength(1)
  expect(await refusal(money.as(ana, payment.addDisbursement, { loan: signed, rail: 'BANK' }))).toBe('LOAN_STATUS loan')
  expect(await accounts(money, key)).toMatchObject({ 'cash/BANK/comsa': '81400.00', 'receivable/principal': '20000.00' })
})

test.each(['before', 'after'] as const)('killed %s a message leaves: it is told once for each entry', async (moment) => {
  const key = await open(money)
  await killAt(user.notify, moment, () => apply(money, 'bea', key, 'r-1'))
  await apply(money, 'bea', key, 'r-1')
  await money.settle()
  expect(money.peer.told.filter(({ template }) => template === 'applicationApproved')).toHaveLength(1)
})

test('killed after a cash code was made and sent: the code that arrived last is the one that counts', async () => {
  const key = await open(money)
  const mine = await lend(money, 'bea', key)
  await killAt(user.notify, 'after', () => money.as(beto, payment.addRepayment, { loan: mine, rail: 'CASH', amount: '3633.33' }, 'r-1'))
  const { key: paid } = await money.as(beto, payment.addRepayment, { loan: mine, rail: 'CASH', amount: '3633.33' }, 'r-1')
  await money.settle()
  expect(await money.as(beto, payment.confirmRepayment, { payment: paid, code: money.peer.code('bea') })).toMatchObject({ status: 'CONFIRMED' })
  await money.settle()
  expect(await money.as(borrower('bea'), loan.findByKey, { key: mine })).toMatchObject({ repaid: '3633.33' })
})

test.each(['before', 'after'] as const)('killed %s the Payment book reads a transfer: its cash moves once', async (moment) => {
  const key = await open(money)
  const intent = await commit(money, key)
  await money.settle()
  await killAt(project.entries, moment, () => money.as(ana, funding.fund, { intent, amount: '100000.00', reference: 'B' }, 'r-1'))
  expect(await money.as(ana, funding.fund, { intent, amount: '100000.00', reference: 'B' }, 'r-1')).toMatchObject({ amount: '100000.00' })
  await money.settle()
  expect(await accounts(money, key)).toEqual({ 'cash/BANK/comsa': '200000.00', 'capital/junior': '-100000.00', 'capital/senior': '-100000.00' })
})

test.each(['before', 'after'] as const)('killed %s a receipt is signed: there is one', async (moment) => {
  const key = await open(money)
  const intent = await commit(money, key)
  await money.settle()
  await killAt(identity.signForOrganization, moment, () => money.as(ana, funding.fund, { intent, amount: '100000.00', reference: 'B' }, 'r-1'))
  const { key: transfer } = await money.as(ana, funding.fund, { intent, amount: '100000.00', reference: 'B' }, 'r-1')
  await money.settle()
  expect(await money.as(ana, funding.findByKey, { key: transfer })).toMatchObject({ receipt: { type: 'FundingReceipt' } })
  expect(money.peer.told.filter(({ template }) => template === 'fundingReceipt')).toHaveLength(1)
})

test('killed when a loan has refused a payment: the money lies in suspense, once', async () => {
  const key = await open(money, '100000.00', { juniorRate: '0' })
  const mine = await lend(money, 'bea', key)
  await repay(money, mine, '21800.00')
  await money.clock.set(noon('2026-10-01'))
  const { held, release } = money.hold(payment.pending, 'after')
  const closing = money.as(ana, project.closeProject, { key })
  await held
  const { key: crossing } = await money.as(ana, payment.addRepayment, { loan: mine, rail: 'BANK', amount: '50.00', reference: 'IN-3' })
  release()
  await closing
  await killAt(loan.updateLoan, 'after', () => money.as(alba, payment.confirmRepayment, { payment: crossing }))
  expect(await accounts(money, key)).toMatchObject({ suspense: '-50.00' })
  money = await money.crash()
  await money.settle()
  expect(await accounts(money, key)).toMatchObject({ suspense: '-50.00' })
})
