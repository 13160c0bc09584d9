import { afterEach, beforeEach, expect, test } from 'vitest'
import { loan, payment, project } from '@growr/contracts'
import { confirmation, startDaraja, type DarajaServer, type Paid } from '@growr/mobilemoney/testing'
import { alba, ana, borrower, refusal, startMoney, type Money } from '../testing/money.ts'
import { accounts, apply, lend, noon, open } from '../testing/season.ts'

// What a node that is killed owes to a callback that it has answered.

let daraja: DarajaServer
let money: Money
let mine: string
let code: string

const account = { organization: 'comsa', provider: 'daraja', shortCode: '600984', key: 'key', secret: 'secret', currency: 'HNL' } as const
const callback = async (body: object) => money.payment.routes![0]!.handle({ params: { provider: 'daraja', organization: 'comsa' }, query: {}, headers: {}, body, ip: '' })
const repaid = async (): Promise<string> => (await money.as(borrower('bea'), loan.findByKey, { key: mine })).repaid
const paid = (amount: string): Paid => ({ transactionId: 'RKL51ZDR9Z', amount, billreference: code, at: money.clock.now() })

beforeEach(async () => {
  daraja = await startDaraja()
  money = await startMoney({ payment: { mobile: { darajaUrl: daraja.url, mostWaiting: 200 } } })
  mine = await lend(money, 'bea', await open(money))
  await money.as(ana, payment.setMobileMoney, account)
  code = (await money.as(borrower('bea'), payment.requestPaymentCode, { loan: mine })).code
  await money.settle()
})
afterEach(async () => {
  await money.end()
  await daraja.close()
})

test('a callback that was answered is asked about by the node that comes up again', async () => {
  daraja.mood = 'dead'
  expect(await callback(confirmation(paid('1000.00')))).toMatchObject({ status: 200 })
  daraja.paid.push(paid('1000.00'))
  money = await money.crash()
  expect(await repaid()).toBe('0.00')
  daraja.mood = 'well'
  await money.clock.advance(31_000)
  await money.settle()
  expect(await repaid()).toBe('1000.00')
})

test.each(['before', 'after'] as const)('killed %s its loan hears of the payment: it is booked once, whatever comes again', async (moment) => {
  daraja.paid.push(paid('1000.00'))
  const { held } = money.hold(loan.updateLoan, moment)
  await callback(confirmation(paid('1000.00')))
  await held
  money = await money.crash()
  await Promise.all(Array.from({ length: 5 }, () => callback(confirmation(paid('1000.00')))))
  await money.settle()
  expect(await repaid()).toBe('1000.00')
  expect((await money.as(ana, payment.reconciliation, { organization: 'comsa' })).hints).toEqual({ waiting: 0, unconfirmed: 0 })
})

test('callbacks without end are sent away once so many wait, and cost the provider no more than its turns', async () => {
  const before = daraja.requests.length
  await Promise.all(Array.from({ length: 200 }, (_, index) => callback({ TransID: `FORGED${index}`, TransTime: '20200101000000' })))
  await money.settle()
  // A token at most, and a look for each time that one had ended: far fewer than there were callbacks.
  expect(daraja.requests.length - before).toBeLessThan(60)
  const full = await callback({ TransID: 'ONEMORE' })
  expect([full.status, (full.body as { code: string }).code]).toEqual([429, 'RATE_LIMITED'])
  await money.clock.advance(600_000)
  await money.settle()
  const asked = daraja.requests.length
  for (let minute = 0; minute < 10; minute++) await money.clock.advance(60_000)
  // By now nobody is in a hurry about them: as often as without them.
  expect(daraja.requests.length - asked).toBeLessThanOrEqual(3)
  expect(await repaid()).toBe('0.00')
})

test('money for a loan that takes none any more matches nothing', async () => {
  const [payout] = (await money.as(ana, payment.findByLoan, { loan: mine })).edges
  await money.as(ana, payment.requestReversal, { payment: payout!.node.key, reason: 'bounced' })
  await money.as(alba, payment.confirmReversal, { payment: payout!.node.key })
  await money.settle()
  daraja.paid.push(paid('1000.00'))
  await callback(confirmation(paid('1000.00')))
  await money.settle()
  const { edges } = await money.as(ana, payment.suspenseList, { organization: 'comsa' })
  expect(edges.map(({ node }) => [node.kind, node.loan, node.entered, node.reason])).toEqual([['RECEIPT', null, code, 'UNMATCHED']])
  expect(await refusal(money.as(ana, payment.assignSuspense, { payment: edges[0]!.node.payment, loan: mine }))).toBe('LOAN_STATUS loan')
  expect(await refusal(money.as(ana, payment.requestPaymentCode, { loan: mine }))).toBe('LOAN_STATUS loan')
})

test('the money of a receipt that is taken back and paid out at once goes one way only', async () => {
  daraja.paid.push({ ...paid('4650.00'), billreference: 'my coffee' })
  await callback(confirmation(paid('4650.00')))
  await money.settle()
  const { edges } = await money.as(ana, payment.suspenseList, { organization: 'comsa' })
  const receipt = edges[0]!.node.payment
  const { project: key } = await money.as(ana, loan.findByKey, { key: mine })
  await money.as(ana, payment.assignSuspense, { payment: receipt, loan: mine })
  const { key: small } = await apply(money, 'carl', key, undefined, '5000.00')
  await money.as(borrower('carl'), loan.signLoan, { loan: small })
  const { key: payout } = await money.as(ana, payment.addDisbursement, { loan: small, rail: 'MOBILE' })
  await money.settle()
  const outcomes = await Promise.all([
    refusal(money.as(ana, payment.confirmDisbursement, { payment: payout, reference: 'OUT1' })),
    refusal(money.as(alba, payment.reverseAssignment, { payment: receipt, reason: 'a mistake' })),
  ])
  expect(outcomes.filter((outcome) => outcome === 'FUNDS_INSUFFICIENT amount'), outcomes.join()).toHaveLength(1)
  await money.settle()
  expect((await accounts(money, key))['cash/MOBILE/comsa'] ?? '0').not.toContain('-')
})

test('an assignment that is taken back in the moment in which its project is shared out stays where it is', async () => {
  daraja.paid.push({ ...paid('21800.00'), billreference: 'my coffee' })
  await callback(confirmation(paid('21800.00')))
  await money.settle()
  const { edges } = await money.as(ana, payment.suspenseList, { organization: 'comsa' })
  const receipt = edges[0]!.node.payment
  await money.as(ana, payment.assignSuspense, { payment: receipt, loan: mine })
  await money.settle()
  const { project: key, status } = await money.as(ana, loan.findByKey, { key: mine })
  expect(status).toBe('REPAID')
  await money.clock.set(noon('2026-10-01'))
  const { held, release } = money.hold(payment.pending, 'after')
  const closing = money.as(ana, project.closeProject, { key })
  await held
  await money.as(alba, payment.reverseAssignment, { payment: receipt, reason: 'a mistake' })
  release()
  await closing
  await money.settle()
  expect(await money.as(ana, payment.findByKey, { key: receipt })).toMatchObject({ loan: mine, project: key, status: 'CONFIRMED' })
  expect(await accounts(money, key)).toMatchObject({ 'cash/MOBILE/comsa': '21800.00' })
  expect((await money.as(ana, payment.suspenseList, { organization: 'comsa' })).totalCount).toBe(0)
})
