import { afterEach, beforeEach, expect, test } from 'vitest'
import { loan, project, type Input } from '@growr/contracts'
import { alba, ana, beto, borrower, otto, refusal, startMoney, type Money } from '../testing/money.ts'
import { accounts, noon, open, repay } from '../testing/season.ts'

let money: Money
beforeEach(async () => {
  money = await startMoney()
  for (const [number, user] of [['M-1', 'bea'], ['M-2', 'carl'], ['M-3', 'dora']] as const) money.peer.members.set(number, user)
  money.peer.phones.set('+50499000009', 'emma')
})
afterEach(() => money.end())

// L-1: one row overdue, and three equal monthly parts. L-2: one row. L-3 by phone.
const file = `number,member,phone,due,principal,interest,instalments
L-1,M-1,,2026-02-15,1000.00,100.00,
L-1,M-1,,2026-03-15,3000.00,250.00,3
L-2,M-2,,2026-04-01,5000.00,400.00,1
L-3,,+50499000009,2026-03-20,700.50,0.50,`
const totals = { count: 3, principal: '9700.50', interest: '750.50' }

type Given = Input<typeof loan.importLoans>
const given = (key: string, more: Partial<Given> = {}): Given => ({ organization: 'comsa', project: key, csv: file, controlTotals: totals, ...more })
const imported = async (key: string) => (await money.as(ana, loan.findByProject, { project: key, first: 200 })).edges.map(({ node }) => node)
const refusedWith = async (work: Promise<unknown>) => work.then(() => { throw new Error('it was not refused') }, (error: unknown) => error as { code: string; details: never })

test('a dry run adds nothing; the real run takes its digest and adds each loan once, as capital in kind', async () => {
  const key = await open(money, '0', {})
  const dry = await money.as(ana, loan.importLoans, given(key))
  expect(dry).toMatchObject({ dryRun: true, rows: 4, loans: 3, known: 0, added: 3, totals, agrees: true, currency: 'HNL', faults: [] })
  expect(await imported(key)).toEqual([])
  expect(await refusal(money.as(ana, loan.importLoans, given(key, { dryRun: false })))).toBe('DRY_RUN_MISSING digest')
  expect(await refusal(money.as(ana, loan.importLoans, given(key, { dryRun: false, digest: dry.digest, csv: `${file}\n` })))).toBe('DRY_RUN_MISSING digest')
  expect(await refusal(money.as(beto, loan.importLoans, given(key)))).toBe('FORBIDDEN')
  expect(await refusal(money.as(otto, loan.importLoans, given(key, { organization: 'otra' })))).toBe('FORBIDDEN project')
  expect(await money.as(ana, loan.importLoans, given(key, { dryRun: false, digest: dry.digest }), 'r-1')).toMatchObject({ dryRun: false, added: 3 })
  const loans = await imported(key)
  expect(loans.map(({ borrowerUser, contractAmount, outstanding, imported: taken, status }) => [borrowerUser, contractAmount, outstanding, taken, status]).toSorted()).toEqual([
    ['bea', '4000.00', '4350.00', true, 'DISBURSED'], ['carl', '5000.00', '5400.00', true, 'DISBURSED'], ['emma', '700.50', '701.00', true, 'DISBURSED'],
  ])
  const hers = loans.find(({ borrowerUser }) => borrowerUser === 'bea')!
  expect(hers.instalments.map(({ dueDate, principal, interest }) => [dueDate, principal, interest])).toEqual([
    ['2026-02-15', '1000.00', '100.00'], ['2026-03-15', '1000.00', '83.33'], ['2026-04-15', '1000.00', '83.33'], ['2026-05-15', '1000.00', '83.34'],
  ])
  expect(await accounts(money, key)).toEqual({ 'receivable/principal': '9700.50', 'receivable/interest': '750.50', 'capital/junior': '-9700.50', 'income/interest': '-750.50' })
  // Twice adds nothing, whoever does it, and whatever the request is called.
  const again = await money.as(alba, loan.importLoans, given(key))
  expect(again).toMatchObject({ known: 3, added: 0, agrees: true })
  expect(await money.as(alba, loan.importLoans, given(key, { dryRun: false, digest: again.digest }))).toMatchObject({ added: 0 })
  expect(await imported(key)).toHaveLength(3)
  await money.settle()
  expect(money.peer.told.filter(({ template }) => template === 'loanTakenOver')).toHaveLength(3)
  expect(money.peer.told).toContainEqual({ to: 'bea', template: 'loanTakenOver', values: { project: 'Coffee 2026', left: '4350.00 HNL', nextAmount: '1100.00 HNL', nextDue: '2026-02-15' } })
  // It runs on like any other: late since February, repaid, and back with the originator at the close.
  expect((await money.as(ana, loan.arrearsList, { organization: 'comsa' })).list.edges.map(({ node }) => [node.borrowerUser, node.due, node.daysLate])).toEqual([['bea', '1100.00', 15]])
  for (const each of loans) await repay(money, each.key, each.outstanding)
  expect((await imported(key)).every(({ status }) => status === 'REPAID')).toBe(true)
  await money.clock.set(noon('2026-10-02'))
  expect((await money.as(ana, project.closeProject, { key })).payables.map(({ kind, amount }) => [kind, amount])).toEqual(expect.arrayContaining([['JUNIOR_PRINCIPAL', '9700.50']]))
})

test('brought into two projects at once, a loan is taken over into one', async () => {
  const keys = [await open(money, '0'), await open(money, '0')]
  const digests = await Promise.all(keys.map(async (key) => (await money.as(ana, loan.importLoans, given(key))).digest))
  await Promise.all(keys.map((key, index) => money.as(index === 0 ? ana : alba, loan.importLoans, given(key, { dryRun: false, digest: digests[index]! }))))
  expect((await Promise.all(keys.map(imported))).flat()).toHaveLength(3)
})

test('totals that do not agree add nothing', async () => {
  const key = await open(money, '0')
  const { digest, agrees } = await money.as(ana, loan.importLoans, given(key, { controlTotals: { ...totals, interest: '750.51' } }))
  expect(agrees).toBe(false)
  for (const wrong of [{ count: 4 }, { principal: '9700.51' }, { interest: '750.51' }]) {
    expect(await refusal(money.as(ana, loan.importLoans, given(key, { dryRun: false, digest, controlTotals: { ...totals, ...wrong } })))).toBe('CONTROL_TOTALS controlTotals')
  }
  expect(await imported(key)).toEqual([])
})

test('each bad row by its line and reason; nothing of the file is added', async () => {
  const key = await open(money, '0', { amount: '60000.00' })
  const csv = `number;member;phone;due;principal;interest;instalments
L-1;M-1;;2026-04-01;1000.00;100.00;
L 2;M-1;;2026-04-01;1000.00;100.00;
L-3;;;2026-04-01;1000.00;100.00;
L-4;M-1;;2026-04-31;1000.00;100.00;
L-5;M-1;;2026-04-01;1000.001;100.00;
L-6;M-1;;2026-04-01;1000.00;-1.00;
L-7;M-1;;2026-04-01;1000.00;100.00;0
L-8;M-9;;2026-04-01;1000.00;100.00;
L-9;;+50499000001;2026-04-01;1000.00;100.00;
L-10;M-1;;2026-04-01;1000.00
L-1;M-2;;2026-05-01;1000.00;100.00;
L-1;M-1;;2026-03-01;1000.00;100.00;
L-11;M-1;;2026-04-01;0.00;100.00;
L-12;M-1;;2026-04-01;60000.00;0.00;`
  const report = await money.as(ana, loan.importLoans, given(key, { csv }))
  expect(report.faults.map(({ line, column, reason }) => `${line} ${column} ${reason}`)).toEqual([
    '3 number NUMBER_INVALID', '4 member BORROWER_MISSING', '5 due DATE_INVALID', '6 principal AMOUNT_INVALID', '7 interest AMOUNT_INVALID', '8 instalments COUNT_INVALID',
    '9 member BORROWER_UNKNOWN', '10 phone BORROWER_UNKNOWN', '11 null CELL_COUNT', '12 member NOT_THE_SAME_BORROWER', '13 due NOT_IN_ORDER', '14 principal AMOUNT_INVALID', '15 principal PROJECT_AMOUNT_EXCEEDED',
  ])
  expect(JSON.stringify(report.faults)).not.toContain('+504')
  const { totals: found, digest } = report
  const refused = await refusedWith(money.as(ana, loan.importLoans, given(key, { csv, dryRun: false, digest, controlTotals: { ...found } })))
  expect(refused).toMatchObject({ code: 'ROWS_INVALID', details: { count: 13 } })
  expect(await imported(key)).toEqual([])
  expect(await refusal(money.as(ana, loan.importLoans, given(key, { csv: 'number,due\nL-1,x' })))).toBe('CSV_INVALID csv')
})

test('killed half-way and done again, each loan is there once', async () => {
  const key = await open(money, '0')
  const csv = `number,member,due,principal,interest\n${Array.from({ length: 150 }, (_, i) => `L-${i},M-${(i % 3) + 1},2026-04-01,100.00,1.00`).join('\n')}`
  const whole = given(key, { csv, controlTotals: { count: 150, principal: '15000.00', interest: '150.00' } })
  const { digest } = await money.as(ana, loan.importLoans, whole)
  const running = money.as(ana, loan.importLoans, { ...whole, dryRun: false, digest }, 'r-1').catch(() => undefined)
  const next = money.crash()
  await running
  money = await next
  const { known, added } = await money.as(ana, loan.importLoans, whole)
  expect(known + added).toBe(150)
  await money.as(ana, loan.importLoans, { ...whole, dryRun: false, digest }, 'r-1')
  const loans = await imported(key)
  expect(loans).toHaveLength(150)
  expect((await money.as(borrower('bea'), loan.findOwed, {}))).toHaveLength(50)
  expect(await accounts(money, key)).toMatchObject({ 'receivable/principal': '15000.00', 'capital/junior': '-15000.00' })
})

test('two officers who import the same file at once add each loan once', async () => {
  const key = await open(money, '0')
  const { digest } = await money.as(ana, loan.importLoans, given(key))
  await Promise.all([ana, alba, ana].map((who) => money.as(who, loan.importLoans, given(key, { dryRun: false, digest }))))
  expect(await imported(key)).toHaveLength(3)
  expect(await accounts(money, key)).toMatchObject({ 'capital/junior': '-9700.50' })
})
