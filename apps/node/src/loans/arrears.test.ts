import { afterEach, beforeEach, expect, test } from 'vitest'
import { loan, payment, project } from '@growr/contracts'
import { alba, ana, beto, borrower, otto, refusal, startMoney, type Money } from '../testing/money.ts'
import { accounts, lend, noon, open, payOut, plan, repay, sign } from '../testing/season.ts'

let money: Money
beforeEach(async () => { money = await startMoney() })
afterEach(() => money.end())

const bea = borrower('bea')
const strict = { endDate: '2027-12-31', loans: { ...plan.loans, defaultAfterDays: 30 } }
const read = (key: string) => money.as(ana, loan.findByKey, { key })
const typesOf = async (key: string) => (await money.as(ana, loan.history, { key })).map(({ type, businessDate }) => `${businessDate} ${type}`)
const told = (template: string) => money.peer.told.filter((message) => message.template === template)

test('late by more days than the project allows is a default, once; a payment up to date lifts it', async () => {
  const key = await open(money, '200000.00', strict)
  const mine = await lend(money, 'bea', key)
  // Due on 2 April; the 30th day after is 2 May, the first beyond 3 May.
  await money.clock.set(noon('2026-05-03'))
  expect(await read(mine)).toMatchObject({ status: 'DISBURSED', defaultedOn: null })
  await money.clock.set(noon('2026-05-06'))
  expect(await read(mine)).toMatchObject({ status: 'DEFAULTED', defaultedOn: '2026-05-03' })
  expect((await typesOf(mine)).filter((type) => type.endsWith('defaulted'))).toEqual(['2026-05-03 loan.defaulted'])
  await money.settle()
  expect(told('loanDefaulted')).toEqual([{ to: 'bea', template: 'loanDefaulted', values: { project: 'Coffee 2026', amount: '7266.66 HNL', due: '2026-04-02' } }])
  expect(await money.as(bea, loan.findOwed, {})).toMatchObject([{ loan: mine, name: 'Coffee 2026', status: 'DEFAULTED', due: '7266.66', daysLate: 34, nextAmount: '3633.33', nextDue: '2026-06-02' }])
  await repay(money, mine, '3633.33')
  expect(await read(mine)).toMatchObject({ status: 'DEFAULTED' })
  await repay(money, mine, '3633.33')
  expect(await read(mine)).toMatchObject({ status: 'DISBURSED', defaultedOn: '2026-05-03', repaid: '7266.66' })
  expect(told('loanUpToDate')).toHaveLength(1)
  // Paid out in the end it earns nothing back.
  await repay(money, mine, '14533.34')
  expect(await read(mine)).toMatchObject({ status: 'REPAID', cashBack: '0.00' })
})

test('killed while days are closed and begun again, each loan is in default once', async () => {
  const loans: string[] = []
  for (const name of ['Coffee', 'Cocoa', 'Maize']) {
    const key = await open(money, '1000000.00', { ...strict, name, amount: '2000000.00' })
    for (const who of ['bea', 'carl', 'dora']) loans.push(await lend(money, who, key))
  }
  await money.clock.set(noon('2026-05-03'))
  const closing = money.clock.set(noon('2026-05-05'))
  const next = money.crash()
  await closing
  money = await next
  expect(await money.as(ana, project.businessDay, { organization: 'comsa' })).toMatchObject({ lastClosed: '2026-05-04' })
  for (const each of loans) {
    expect(await read(each)).toMatchObject({ status: 'DEFAULTED' })
    expect((await typesOf(each)).filter((type) => /overdue|defaulted/.test(type))).toEqual(['2026-04-02 loan.overdue', '2026-05-02 loan.overdue', '2026-05-03 loan.defaulted'])
  }
  await money.settle()
  expect(told('loanDefaulted')).toHaveLength(loans.length)
})

test('what is written off is a loss that stays owed; what comes in afterwards is a recovery, and more than that is returned', async () => {
  const key = await open(money, '200000.00', strict)
  const mine = await lend(money, 'bea', key)
  expect(await refusal(money.as(ana, loan.writeOff, { loan: mine }))).toBe('LOAN_STATUS status')
  await money.clock.set(noon('2026-05-06'))
  expect(await refusal(money.as(beto, loan.writeOff, { loan: mine }))).toBe('FORBIDDEN')
  expect(await money.as(ana, loan.writeOff, { loan: mine }, 'r-1')).toMatchObject({ status: 'WRITTEN_OFF', writtenOff: '21800.00', outstanding: '0.00' })
  expect(await money.as(ana, loan.writeOff, { loan: mine }, 'r-1')).toMatchObject({ status: 'WRITTEN_OFF' })
  expect(await accounts(money, key)).toMatchObject({ 'expense/loss': '21800.00' })
  expect(await accounts(money, key)).not.toHaveProperty('receivable/principal')
  expect(await money.as(bea, loan.findOwed, {})).toMatchObject([{ outstanding: '21800.00', status: 'WRITTEN_OFF' }])
  await money.clock.set(noon('2026-05-08'))
  await repay(money, mine, '20000.00')
  expect(await read(mine)).toMatchObject({ status: 'WRITTEN_OFF', recovered: '20000.00' })
  expect(told('recoveryReceived')).toMatchObject([{ values: { amount: '20000.00 HNL', left: '1800.00 HNL' } }])
  await repay(money, mine, '2000.00')
  expect(await read(mine)).toMatchObject({ recovered: '21800.00', overpaid: '200.00' })
  const { key: back } = await money.as(ana, payment.refundOverpayment, { loan: mine, rail: 'BANK' })
  await money.as(ana, payment.confirmDisbursement, { payment: back, reference: 'BACK' })
  await money.settle()
  expect(await read(mine)).toMatchObject({ overpaid: '0.00' })
  expect(await accounts(money, key)).not.toHaveProperty('expense/loss')
  expect(told('loanWrittenOff')).toHaveLength(1)
})

test('a new schedule is looked at before it is made; the old one is kept, what is paid stays paid', async () => {
  const key = await open(money, '200000.00', strict)
  const mine = await lend(money, 'bea', key)
  await repay(money, mine, '3633.33')
  await money.clock.set(noon('2026-06-10'))
  expect(await read(mine)).toMatchObject({ status: 'DEFAULTED' })
  const wish = { loan: mine, months: 6 }
  expect(await refusal(money.as(beto, loan.rescheduleLoan, { ...wish, reason: 'HARVEST' }))).toBe('FORBIDDEN')
  const preview = await money.as(bea, loan.previewReschedule, wish)
  // 3,333.33 of the principal is paid. Of the interest that fell due, 600.00 are not; the 900.00 of three rows to come fall away, and
  // 16,666.67 at 18 % over six months flat bring 1,500.00.
  expect(preview).toMatchObject({ on: '2026-06-10', principal: '16666.67', cancelledInterest: '900.00', addedInterest: '1500.00', outstandingBefore: '18166.67', outstandingAfter: '18766.67' })
  expect(preview.instalments).toHaveLength(6)
  expect(preview.instalments[0]).toMatchObject({ number: 1, dueDate: '2026-07-10' })
  expect(await refusal(money.as(ana, loan.previewReschedule, { ...wish, firstDue: '2026-06-10' }))).toBe('VALUE_DATE firstDue')
  const made = await money.as(ana, loan.rescheduleLoan, { ...wish, reason: 'HARVEST' }, 'r-1')
  expect(made).toMatchObject({ status: 'DISBURSED', reschedules: 1, repaid: '3633.33', outstanding: '18766.67' })
  expect(made.instalments.map(({ dueDate, amount }) => [dueDate, amount])).toEqual(preview.instalments.map(({ dueDate, amount }) => [dueDate, amount]))
  expect(await money.as(ana, loan.rescheduleLoan, { ...wish, reason: 'HARVEST' }, 'r-1')).toMatchObject({ reschedules: 1, version: made.version })
  await money.settle()
  expect(told('loanRescheduled')).toMatchObject([{ to: 'bea', values: { left: '18766.67 HNL', nextDue: '2026-07-10' } }])
  await repay(money, mine, '18766.67')
  expect(await read(mine)).toMatchObject({ status: 'REPAID', outstanding: '0.00' })
})

test.each(['EQUAL_INSTALMENTS', 'EQUAL_PRINCIPAL'] as const)('%s: interest on what is left alone, sums to the unit', async (schedule) => {
  const key = await open(money, '200000.00', { loans: { ...plan.loans, schedule } })
  const mine = await lend(money, 'bea', key)
  const { instalments, commitmentAmount, interestAmount } = await read(mine)
  const cents = (text: string): bigint => BigInt(text.replace('.', ''))
  // 1.5 % a month: an annuity of 20,000.00 over six months is 3,510.50; equal principal costs 300 + 250 + 200 + 150 + 100 + 50.
  if (schedule === 'EQUAL_PRINCIPAL') expect(interestAmount).toBe('1050.00')
  else expect(instalments[0]!.amount).toMatch(/^3510\.5/)
  expect(instalments[0]).toMatchObject({ interest: '300.00' })
  expect(instalments.reduce((sum, { principal }) => sum + cents(principal), 0n)).toBe(2_000_000n)
  expect(instalments.reduce((sum, { amount }) => sum + cents(amount), 0n)).toBe(cents(commitmentAmount))
  await repay(money, mine, commitmentAmount)
  expect(await read(mine)).toMatchObject({ status: 'REPAID' })
})

test('what is due and what is late, oldest first, by days late, in pages; each organization its own', async () => {
  const key = await open(money, '500000.00', strict)
  const other = await open(money, '200000.00', { name: 'Cocoa' })
  const loans = [await lend(money, 'bea', key)]
  await money.clock.set(noon('2026-03-20'))
  loans.push(await lend(money, 'carl', key), await lend(money, 'dora', other))
  await repay(money, loans[2]!, '3633.33')
  await sign(money, 'emma', key)
  const due = (who: typeof ana, more: object = {}) => money.as(who, loan.dueList, { organization: 'comsa', ...more })
  expect((await due(ana)).totalCount).toBe(0)
  expect((await due(beto, { on: '2026-04-02' })).edges.map(({ node }) => [node.loan, node.due, node.dueDate, node.daysLate])).toEqual([[loans[0], '3633.33', '2026-04-02', 0]])
  await money.clock.set(noon('2026-05-10'))
  const listed = await due(beto)
  expect(listed.edges.map(({ node }) => [node.loan, node.due, node.daysLate, node.bucket, node.borrowerUser])).toEqual([
    [loans[0], '7266.66', 38, 'DAYS_31_60', 'bea'], [loans[1], '3633.33', 20, 'DAYS_1_30', 'carl'],
  ])
  const first = await due(beto, { first: 1 })
  expect(first).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true } })
  expect((await due(beto, { first: 1, after: first.pageInfo.endCursor })).edges.map(({ node }) => node.loan)).toEqual([loans[1]])
  expect((await due(ana, { project: other, on: '2026-06-01' })).edges.map(({ node }) => node.loan)).toEqual([loans[2]])
  const arrears = await money.as(ana, loan.arrearsList, { organization: 'comsa' })
  expect(arrears).toMatchObject({ on: '2026-05-10', list: { totalCount: 2 } })
  expect(arrears.buckets).toEqual([
    { currency: 'HNL', bucket: 'DAYS_1_30', loans: 1, principal: '20000.00' }, { currency: 'HNL', bucket: 'DAYS_31_60', loans: 1, principal: '20000.00' },
    { currency: 'HNL', bucket: 'DAYS_61_90', loans: 0, principal: '0.00' }, { currency: 'HNL', bucket: 'DAYS_OVER_90', loans: 0, principal: '0.00' },
  ])
  expect(await refusal(money.as(otto, loan.dueList, { organization: 'comsa' }))).toBe('FORBIDDEN')
  expect(await refusal(money.as(otto, loan.arrearsList, { organization: 'comsa' }))).toBe('FORBIDDEN')
})

test('a payment that is reversed is settled as if it had never been, and the borrower hears of it', async () => {
  const key = await open(money, '200000.00')
  const mine = await lend(money, 'bea', key)
  const wrong = await repay(money, mine, '21800.00')
  expect(await read(mine)).toMatchObject({ status: 'REPAID', cashBack: '200.00' })
  expect(await money.service('payment', loan.checkReversal, { loan: mine, payment: wrong })).toEqual({ refused: null })
  expect(await money.service('payment', loan.checkReversal, { loan: mine, payment: 'none' })).toEqual({ refused: 'NOT_FOUND' })
  await money.as(ana, payment.requestReversal, { payment: wrong, reason: 'another borrower paid' })
  await money.as(alba, payment.confirmReversal, { payment: wrong })
  await money.settle()
  expect(await read(mine)).toMatchObject({ status: 'DISBURSED', outstanding: '21800.00', cashBack: '0.00', repaid: '0.00' })
  expect(told('paymentReversed')).toMatchObject([{ to: 'bea', values: { amount: '21800.00 HNL', left: '21800.00 HNL' } }])
  // The payout itself, registered by mistake: the contract stands again.
  const other = await sign(money, 'carl', key)
  const paid = await payOut(money, other)
  expect(await money.service('payment', loan.checkReversal, { loan: other, payment: paid })).toEqual({ refused: null })
  await money.as(ana, payment.requestReversal, { payment: paid, reason: 'the bank returned it' })
  await money.as(alba, payment.confirmReversal, { payment: paid })
  await money.settle()
  expect(await read(other)).toMatchObject({ status: 'SIGNED', startDate: null })
  expect(told('payoutReversed')).toMatchObject([{ to: 'carl', values: { amount: '18600.00 HNL' } }])
})
