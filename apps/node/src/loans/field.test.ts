import { afterAll, beforeAll, expect, test } from 'vitest'
import { join } from 'node:path'
import { readMailbox } from '@growr/messaging'
import { refusal } from '../testing/door.ts'
import type { Person } from '../testing/people.ts'
import { startWorld, type World } from '../testing/world.ts'

// Through GraphQL and HTTP alone, with the real verifier, the real messages and the real credit history.

let world: World
beforeAll(async () => { world = await startWorld() })
afterAll(() => world.end())

const messages = async (to: Person) => {
  await world.settle()
  return readMailbox(join(world.data, 'mailbox'), { to: to.address })
}
const income = (monthlyIncome: number) => ({ currency: 'HNL', monthlyIncome, monthlyExpenses: 0, periodStart: '2025-01-01', periodEnd: '2025-12-31' })

test('a ceiling on debt against the income that a credential shows', async () => {
  const { comsa, door, lending } = world
  const bea = comsa.borrowers[0]!
  const project = await lending.project(comsa, { required: ['KYC', 'FinancialData'], loans: { debtCeiling: '2.5' } })
  await lending.credential(comsa, bea)
  const wish = { project, amount: '20000.00', months: 6 }
  expect(await refusal(door.do(bea, 'applyForLoan', wish))).toMatchObject({ code: 'CREDENTIAL_MISSING' })
  // 2.5 times 8,719.99 are 21,799.97: three hundredths less than she would owe.
  await lending.credential(comsa, bea, 'FinancialData', income(871_999))
  const refused = await refusal(door.do(bea, 'applyForLoan', wish))
  expect(refused).toMatchObject({ code: 'DEBT_CEILING', path: 'checks.indebtedness' })
  expect(JSON.stringify(refused)).not.toMatch(/8719|871999|2180000|21800/)
  await lending.credential(comsa, bea, 'FinancialData', income(872_000))
  const { key } = await door.do(bea, 'applyForLoan', wish)
  // Who has the presentation and no income to show in this currency.
  const carl = comsa.borrowers[1]!
  await lending.credential(comsa, carl)
  await lending.credential(comsa, carl, 'FinancialData', { ...income(872_000), currency: 'USD' })
  expect(await refusal(door.do(carl, 'applyForLoan', wish))).toMatchObject({ code: 'INCOME_UNKNOWN', path: 'checks.indebtedness' })
  await door.do(bea, 'withdrawLoan', { loan: key })
})

test('key facts by SMS: a link that opens without signing in, in the language of the reader', async () => {
  const { comsa, door, lending } = world
  const carl = comsa.borrowers[1]!
  await lending.credential(comsa, carl)
  const project = await lending.project(comsa, { loans: { coolingOffDays: 2 } })
  const loan = await lending.apply(carl, project)
  const link = (await messages(carl)).map(({ link: found }) => found).findLast((found) => found?.includes('/key-facts/'))
  const path = new URL(link as string).pathname
  const page = await door.send('', { 'accept-language': 'es' }, {}, 'GET', path)
  expect(page.status).toBe(200)
  expect(page.text).toContain('Usted recibe 18600.00 HNL')
  expect(page.text).toContain('TAE: 74.2 %')
  expect(page.headers.get('content-type')).toContain('text/html')
  expect((await door.send('', {}, {}, 'GET', `${path.slice(0, -2)}xx`)).status).toBe(404)
  const { digest, screens } = await door.do<{ digest: string; screens: string[] }>(carl, 'keyFacts', { loan, language: 'en' })
  expect(screens.join('\n')).toContain('APR: 74.2 %')
  expect(await refusal(door.do(carl, 'signLoan', { loan }))).toMatchObject({ code: 'KEY_FACTS_UNREAD' })
  expect(await door.do(carl, 'signLoan', { loan, keyFacts: digest })).toMatchObject({ status: 'SIGNED', coolingOffUntil: '2026-03-04' })
  expect(await refusal(door.do(comsa.admin, 'addDisbursement', { loan, rail: 'BANK' }))).toMatchObject({ code: 'COOLING_OFF' })
  await door.do(carl, 'waiveCoolingOff', { loan })
  const { key: payout } = await door.do(comsa.admin, 'addDisbursement', { loan, rail: 'BANK' })
  await door.do(comsa.admin, 'confirmDisbursement', { payment: payout, reference: 'OUT-1' })
  await world.settle()
  await door.do(comsa.agent, 'markServiceProvided', { loan })
  expect(await door.do(comsa.agent, 'confirmService', { loan, code: await world.people.code(carl.address) })).toMatchObject({ service: 'CONFIRMED' })
})

test('an open loan of former books, late for long, defaults at the close of the day and is part of her credit history', async () => {
  const { comsa, door, lending, clock } = world
  const [erin] = await world.people.members(comsa.admin, comsa.id, 'BORROWER', ['erin']) as [Person]
  const project = await lending.project(comsa, { junior: '0' })
  const whole = { organization: comsa.id, project, csv: `number;phone;due;principal;interest\r\nA-17;${erin.address};2025-11-01;2000.00;150.00\r\n`, controlTotals: { count: 1, principal: '2000.00', interest: '150.00' } }
  const { digest } = await door.do<{ digest: string }>(comsa.admin, 'importLoans', whole)
  expect(await door.do(comsa.admin, 'importLoans', { ...whole, dryRun: false, digest })).toMatchObject({ added: 1, faults: [] })
  const [owed] = await door.do<{ loan: string; due: string }[]>(erin, 'owed')
  expect(owed).toMatchObject({ due: '2150.00' })
  await world.settle()
  await clock.advance(86_400_000)
  await world.settle()
  expect(await door.do(comsa.admin, 'loan', { key: owed!.loan })).toMatchObject({ status: 'DEFAULTED', imported: true })
  const credentials = await door.do<{ type: string; claims: object }[]>(erin, 'credentials')
  expect(credentials.find(({ type }) => type === 'CreditHistory')?.claims).toMatchObject({ defaults: 1, loansRepaid: 0, lastOutcome: 'DEFAULTED' })
  expect((await messages(erin)).map(({ text }) => text).join('\n')).toMatch(/default/)
  // Paid in the end, that is part of it as well.
  await lending.repay(comsa, owed!.loan, '2150.00')
  await world.settle()
  const after = await door.do<{ type: string; claims: object }[]>(erin, 'credentials')
  expect(after.filter(({ type }) => type === 'CreditHistory').map(({ claims }) => claims)).toContainEqual(expect.objectContaining({ defaults: 1, loansRepaid: 1, lastOutcome: 'REPAID' }))
})
