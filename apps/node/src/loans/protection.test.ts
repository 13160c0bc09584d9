import { afterEach, beforeEach, expect, test } from 'vitest'
import { loan, payment, project } from '@growr/contracts'
import { alba, ana, beto, borrower, otto, refusal, startMoney, type Money } from '../testing/money.ts'
import { apply, lend, noon, open, payOut, plan, repay, sign } from '../testing/season.ts'

let money: Money
beforeEach(async () => { money = await startMoney() })
afterEach(() => money.end())

const bea = borrower('bea')
const calm = { loans: { ...plan.loans, coolingOffDays: 3 } }
const criteria = { ...plan.criteria, required: ['KYC', 'FinancialData'] as ('KYC' | 'FinancialData')[] }
const ceiling = { criteria, loans: { ...plan.loans, debtCeiling: '6' } }
const told = (template: string) => money.peer.told.filter((message) => message.template === template)

test('key facts are read before the contract is signed, and say what the loan costs', async () => {
  const key = await open(money, '100000.00', calm)
  const offered = await money.as(bea, loan.keyFacts, { project: key, amount: '20000.00', months: 6, language: 'es' })
  expect(offered).toMatchObject({ loan: null, fee: '400.00', deposit: '1000.00', payout: '18600.00', interest: '1800.00', cost: '2200.00', total: '21800.00', coolingOffDays: 3, language: 'es' })
  // Five payments of 3,633.33 and one of 3,633.35, a month apart, for 18,600.00: solved by bisection outside of this code.
  expect(offered.apr).toBe('74.2')
  expect(offered.lines.join('\n')).toContain('3 días para pensar')
  expect(offered.screens.every((screen) => screen.length <= 160)).toBe(true)
  const { key: applied, keyFactsRequired } = await apply(money, 'bea', key)
  expect(keyFactsRequired).toBe(true)
  expect(await refusal(money.as(bea, loan.signLoan, { loan: applied }))).toBe('KEY_FACTS_UNREAD keyFacts')
  // The facts of an offer are not those of the loan.
  expect(await refusal(money.as(bea, loan.signLoan, { loan: applied, keyFacts: offered.digest }))).toBe('KEY_FACTS_UNREAD keyFacts')
  const facts = await money.as(bea, loan.keyFacts, { loan: applied })
  expect(facts).toMatchObject({ loan: applied, apr: offered.apr, language: 'en', instalments: [{ number: 1, dueDate: '2026-04-02', amount: '3633.33' }, {}, {}, {}, {}, { amount: '3633.35' }] })
  expect((await money.as(beto, loan.keyFacts, { loan: applied, language: 'es' })).digest).toBe(facts.digest)
  expect(await refusal(money.as(borrower('carl'), loan.keyFacts, { loan: applied }))).toBe('FORBIDDEN')
  expect(await refusal(money.as(bea, loan.keyFacts, {}))).toBe('BAD_INPUT loan')
  expect(await refusal(money.as(bea, loan.keyFacts, { project: key, months: 6 }))).toBe('BAD_INPUT amount')
  expect(await refusal(money.as(otto, loan.keyFacts, { project: key, amount: '1.00', months: 6 }))).toBe('FORBIDDEN')
  expect(await money.as(bea, loan.signLoan, { loan: applied, keyFacts: facts.digest }, 'r-1')).toMatchObject({ status: 'SIGNED', coolingOffUntil: '2026-03-05', coolingOffWaived: false })
  expect((await money.as(bea, loan.getContract, { loan: applied })).document).toMatchObject({ keyFacts: facts.digest, coolingOffDays: 3 })
  await money.settle()
  const [link] = told('keyFacts').map(({ values }) => values['link'] as string)
  expect(link).toMatch(new RegExp(`^http://localhost/key-facts/${applied}\\.[A-Za-z0-9_-]{22}$`))
})

test('a link leads to the whole statement, in both languages, and no other does', async () => {
  const key = await open(money)
  const { key: applied } = await apply(money, 'bea', key)
  await money.as(bea, loan.sendKeyFacts, { loan: applied }, 'r-1')
  await money.as(bea, loan.sendKeyFacts, { loan: applied }, 'r-1')
  const links = told('keyFacts').map(({ values }) => values['link'] as string)
  expect(links).toHaveLength(1)
  const [route] = money.financing.routes ?? []
  const read = async (token: string, language = 'en') => route!.handle({ params: { token }, query: {}, headers: { 'accept-language': language }, body: null, ip: '127.0.0.1' })
  const token = links[0]!.split('/').at(-1)!
  const page = await read(token)
  expect(page).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } })
  expect(page.body).toContain('You receive 18600.00 HNL')
  expect(page.body).not.toMatch(/bea|did:jwk/)
  expect((await read(token, 'es-HN,es;q=0.9')).body).toContain('Usted recibe 18600.00 HNL')
  for (const wrong of [`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, applied, `${applied}.`, 'x.y', '']) expect((await read(wrong)).status).toBe(404)
})

test('nothing is paid out in the cooling-off time, which the borrower alone waives; she may withdraw from it', async () => {
  const key = await open(money, '100000.00', calm)
  const signed = async (who: string) => {
    const { key: applied } = await apply(money, who, key)
    const { digest } = await money.as(borrower(who), loan.keyFacts, { loan: applied })
    await money.as(borrower(who), loan.signLoan, { loan: applied, keyFacts: digest })
    return applied
  }
  const [mine, hers] = [await signed('bea'), await signed('carl')]
  const isHeld = async (which: string) => {
    const outcome = await refusal((async () => {
      const { key: paid } = await money.as(ana, payment.addDisbursement, { loan: which, rail: 'BANK' })
      await money.as(ana, payment.confirmDisbursement, { payment: paid, reference: 'OUT' })
    })())
    return outcome.split(' ')[0]
  }
  expect(await isHeld(mine)).toBe('COOLING_OFF')
  expect(await refusal(money.as(ana, loan.waiveCoolingOff, { loan: mine }))).toBe('FORBIDDEN')
  expect(await refusal(money.as(borrower('carl'), loan.waiveCoolingOff, { loan: mine }))).toBe('FORBIDDEN')
  expect(await money.as(bea, loan.waiveCoolingOff, { loan: mine })).toMatchObject({ coolingOffUntil: null, coolingOffWaived: true })
  expect(await refusal(money.as(bea, loan.waiveCoolingOff, { loan: mine }))).toBe('LOAN_STATUS coolingOff')
  await payOut(money, mine)
  expect(await money.as(bea, loan.findByKey, { key: mine })).toMatchObject({ status: 'DISBURSED' })
  expect(await refusal(money.as(bea, loan.withdraw, { loan: mine }))).toBe('LOAN_STATUS status')
  expect(await refusal(money.as(bea, loan.withdraw, { loan: hers }))).toBe('FORBIDDEN')
  expect(await money.as(borrower('carl'), loan.withdraw, { loan: hers })).toMatchObject({ status: 'CANCELLED' })
  expect(await money.as(ana, project.findByKey, { key })).toMatchObject({ reserved: '0.00' })
  // After its last day it holds nothing up any more.
  const late = await signed('dora')
  await money.clock.set(noon('2026-03-05'))
  expect(await isHeld(late)).toBe('COOLING_OFF')
  await money.clock.set(noon('2026-03-06'))
  // Nor does a payout count as made within it, however late it is registered: its loan would not take it.
  expect(await refusal(money.as(ana, payment.addDisbursement, { loan: late, rail: 'BANK', valueDate: '2026-03-05' }))).toBe('COOLING_OFF loan')
  await payOut(money, late)
  await money.settle()
  expect(told('coolingOffWaived')).toHaveLength(1)
  expect(told('loanWithdrawn')).toMatchObject([{ to: 'carl', values: { amount: '20000.00 HNL' } }])
})

test('nobody withdraws from money that is under way', async () => {
  const key = await open(money)
  const signed = await sign(money, 'bea', key)
  const { key: paid } = await money.as(ana, payment.addDisbursement, { loan: signed, rail: 'BANK' })
  expect(await refusal(money.as(bea, loan.withdraw, { loan: signed }))).toBe('LOAN_STATUS disbursement')
  await money.as(ana, payment.cancelDisbursement, { payment: paid })
  expect(await money.as(bea, loan.withdraw, { loan: signed })).toMatchObject({ status: 'CANCELLED' })
})

test('a ceiling counts what she owes over all projects of the node, this loan included, and tells nobody how much', async () => {
  expect(await refusal(open(money, '0', { ...ceiling, criteria: plan.criteria }))).toBe('PROJECT_TERMS loans.debtCeiling')
  const first = await open(money, '100000.00')
  const second = await open(money, '100000.00', ceiling)
  const foreign = await money.as(otto, project.createProject, plan)
  await money.as(otto, project.activateProject, { key: foreign.key })
  await money.as(otto, project.fundJunior, { key: foreign.key, amount: '50000.00', reference: 'J' })
  const wish = { project: second, amount: '20000.00', months: 6 }
  expect(await refusal(money.as(bea, loan.applyForLoan, wish))).toBe('INCOME_UNKNOWN checks.indebtedness')
  money.peer.incomes.set('bea', 726_667n)
  // 21,800.00 here and 21,800.00 there are 43,600.00; six months of 7,266.67 are 43,600.02.
  const paid = await lend(money, 'bea', first)
  const approved = await money.as(bea, loan.applyForLoan, wish)
  expect(approved).toMatchObject({ status: 'APPROVED' })
  expect(money.peer.owed.at(-1)).toEqual({ currency: 'HNL', owed: '4360000', factor: '6' })
  // A third one, also while it is an offer of another organization, exceeds it.
  await money.as({ ...bea, organization: 'otra' }, loan.applyForLoan, { project: foreign.key, amount: '5000.00', months: 3 })
  await money.as(bea, loan.withdraw, { loan: approved.key })
  const refused = await money.as(bea, loan.applyForLoan, wish).catch((error: unknown) => error as { code: string; details: object })
  expect(refused).toMatchObject({ code: 'DEBT_CEILING' })
  expect(JSON.stringify((refused as { details: object }).details)).not.toMatch(/\d{4}\.\d\d|4360|4882/)
  // What is paid back is owed no more.
  await repay(money, paid, '21800.00')
  expect(await money.as(bea, loan.applyForLoan, wish)).toMatchObject({ status: 'APPROVED' })
})

test('two applications at once do not slip below the ceiling together', async () => {
  const projects = [await open(money, '100000.00', ceiling), await open(money, '100000.00', { ...ceiling, name: 'Cocoa' })]
  money.peer.incomes.set('bea', 400_000n)
  const outcomes = await Promise.all(projects.map((key) => refusal(money.as(bea, loan.applyForLoan, { project: key, amount: '20000.00', months: 6 }))))
  expect(outcomes.sort()).toEqual(['DEBT_CEILING checks.indebtedness', 'OK'])
})

test('what the loan is for is provided by the agent\'s word and confirmed by the borrower\'s code', async () => {
  const key = await open(money)
  const signed = await sign(money, 'bea', key)
  expect(await refusal(money.as(beto, loan.markServiceProvided, { loan: signed }))).toBe('LOAN_STATUS status')
  await payOut(money, signed)
  expect(await refusal(money.as(bea, loan.markServiceProvided, { loan: signed }))).toBe('FORBIDDEN')
  expect(await refusal(money.as(bea, loan.confirmService, { loan: signed, code: '123456' }))).toBe('SERVICE_STATUS service')
  expect(await money.as(beto, loan.markServiceProvided, { loan: signed }, 'r-1')).toMatchObject({ service: 'PROVIDED' })
  await money.as(beto, loan.markServiceProvided, { loan: signed }, 'r-1')
  await money.settle()
  expect(told('serviceCode')).toHaveLength(1)
  const lost = money.peer.code('bea')
  await money.as(beto, loan.markServiceProvided, { loan: signed })
  await money.settle()
  const code = money.peer.code('bea')
  expect(told('serviceCode')).toHaveLength(2)
  if (lost !== code) expect(await refusal(money.as(beto, loan.confirmService, { loan: signed, code: lost }))).toBe('CODE_WRONG')
  expect(await refusal(money.as(alba, loan.confirmService, { loan: signed, code: code === '000000' ? '000001' : '000000' }))).toBe('CODE_WRONG')
  expect(await money.as(beto, loan.confirmService, { loan: signed, code }, 'r-2')).toMatchObject({ service: 'CONFIRMED' })
  expect(await money.as(beto, loan.confirmService, { loan: signed, code }, 'r-2')).toMatchObject({ service: 'CONFIRMED' })
  expect(await refusal(money.as(bea, loan.confirmService, { loan: signed, code }))).toBe('SERVICE_STATUS service')
  expect(await refusal(money.as(beto, loan.markServiceProvided, { loan: signed }))).toBe('SERVICE_STATUS service')
  expect((await money.as(bea, loan.history, { key: signed })).map(({ type }) => type).slice(-3)).toEqual(['loan.service-provided', 'loan.service-provided', 'loan.service-confirmed'])
})
