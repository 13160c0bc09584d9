import { afterEach, beforeEach, expect, test } from 'vitest'
import { funding, project } from '@growr/contracts'
import { ana, beto, borrower, iris, olga, otto, refusal, startMoney, type Money } from '../testing/money.ts'
import { accounts, apply, commit, invest, lend, open, plan, repayInCash, type Plan } from '../testing/season.ts'

let money: Money
beforeEach(async () => { money = await startMoney() })
afterEach(() => money.end())

test('a project goes from draft to lending, and what it promises is fixed then', async () => {
  const draft = await money.as(ana, project.createProject, { ...plan, funding: [], criteria: { ...plan.criteria, trusted: [] } })
  expect(draft).toMatchObject({ status: 'DRAFT', amount: '500000.00', available: '0.00' })
  const { key } = draft
  expect(await refusal(money.as(ana, project.activateProject, { key }))).toBe('FUNDING_SOURCE funding')
  const source = plan.funding![0]!
  expect(await refusal(money.as(ana, project.addProjectFunding, { key, source: { ...source, type: 'ONCHAIN' } }))).toBe('NOT_OFFERED source.networkName')
  await money.as(ana, project.addProjectFunding, { key, source })
  expect(await refusal(money.as(ana, project.activateProject, { key }))).toBe('NO_TRUSTED_ISSUER criteria.trusted')
  await money.as(ana, project.modifyProjectParams, { key, criteria: plan.criteria, amount: '600000.00' })
  expect(await refusal(money.as(ana, project.modifyProjectParams, { key, amount: '0.00' }))).toBe('AMOUNT_INVALID amount')
  expect(await money.as(ana, project.activateProject, { key })).toMatchObject({ status: 'ACTIVATED', amount: '600000.00' })
  expect(await refusal(money.as(ana, project.activateProject, { key }))).toBe('PROJECT_STATUS status')
  expect(await refusal(money.as(ana, project.modifyProjectParams, { key, amount: '1.00' }))).toBe('PROJECT_STATUS status')
  expect(await money.as(ana, project.updateProject, { key, name: 'Coffee and cocoa' })).toMatchObject({ name: 'Coffee and cocoa' })
  expect(await money.as(ana, project.deactivateProject, { key })).toMatchObject({ status: 'DEACTIVATED' })
  expect(await refusal(money.as(ana, project.deactivateProject, { key }))).toBe('PROJECT_STATUS status')
  expect(await money.as(ana, project.activateProject, { key })).toMatchObject({ status: 'ACTIVATED' })
  expect(await refusal(money.as(ana, project.updateProject, { key: 'none', name: 'x' }))).toBe('NOT_FOUND project')
})

test.each<[string, Partial<Plan>]>([
  ['CURRENCY_UNKNOWN currency', { currency: 'QQQ' }],
  ['AMOUNT_INVALID amount', { amount: '1.001' }],
  ['AMOUNT_INVALID funding.0.minAmount', { funding: [{ ...plan.funding![0]!, minAmount: '0.00' }] }],
  ['NOT_OFFERED funding.0.type', { funding: [{ ...plan.funding![0]!, type: 'CROWDFUNDING' }] }],
  ['NOT_OFFERED funding.0.networkName', { funding: [{ ...plan.funding![0]!, type: 'MULTISIG' }] }],
  ['PROJECT_TERMS endDate', { endDate: '2026-02-28' }],
  ['BAD_INPUT funding', { funding: Array.from({ length: 9 }, () => plan.funding![0]!) }],
])('a project is refused: %s', async (code, changes) => {
  expect(await refusal(money.as(ana, project.createProject, { ...plan, ...changes }))).toBe(code)
  expect((await money.as(ana, project.findByOrganization, { organization: 'comsa' })).totalCount).toBe(0)
})

test('criteria that the verifier cannot read are refused with their path', async () => {
  const rules = { all: [{ fact: 'KYC', path: 'level', operator: 'noSuchOperator', value: 2 }] }
  expect(await refusal(money.as(ana, project.createProject, { ...plan, criteria: { ...plan.criteria, rules } }))).toMatch(/^CRITERIA_INVALID criteria\.rules/)
})

test('the same request sixty-four times at once is one project; with other parameters it is refused', async () => {
  const made = await Promise.all(Array.from({ length: 64 }, () => money.as(ana, project.createProject, plan, 'r-1')))
  expect(new Set(made.map(({ key }) => key)).size).toBe(1)
  expect(await refusal(money.as(ana, project.createProject, { ...plan, name: 'Another' }, 'r-1'))).toBe('REQUEST_ID_REUSED')
  // Somebody else's request of the same id is another one.
  expect((await money.as(otto, project.createProject, plan, 'r-1')).key).not.toBe(made[0]?.key)
  const { key } = made[0]!
  const paid = await Promise.all(Array.from({ length: 64 }, () => money.as(ana, project.fundJunior, { key, amount: '007.00', reference: 'J' }, 'r-2')))
  expect(new Set(paid.map(({ juniorCapital }) => juniorCapital))).toEqual(new Set(['7.00']))
  // A repetition is answered as the first was, although the status would not allow it any more.
  await money.as(ana, project.activateProject, { key }, 'r-3')
  expect(await money.as(ana, project.activateProject, { key }, 'r-3')).toMatchObject({ status: 'ACTIVATED' })
})

test('junior capital comes and goes within what is free, by the bank', async () => {
  const key = await open(money, '100000.00')
  const junior = { key, amount: '1.00', reference: 'J' }
  expect(await refusal(money.as(ana, project.fundJunior, { ...junior, rail: 'CASH' }))).toBe('RAIL_MISMATCH rail')
  expect(await refusal(money.as(ana, project.withdrawJunior, { ...junior, rail: 'CASH' }))).toBe('RAIL_MISMATCH rail')
  expect(await refusal(money.as(ana, project.fundJunior, { ...junior, valueDate: '2026-03-03' }))).toBe('VALUE_DATE valueDate')
  expect(await refusal(money.as(ana, project.fundJunior, { ...junior, amount: '0.00' }))).toBe('AMOUNT_INVALID amount')
  expect(await refusal(money.as(ana, project.withdrawJunior, { ...junior, amount: '100000.01' }))).toBe('NOT_OWED amount')
  await invest(money, key, '200000.00')
  expect(await refusal(money.as(ana, project.withdrawJunior, { ...junior, amount: '50000.01' }))).toBe('LEVERAGE_EXCEEDED amount')
  expect(await money.as(ana, project.withdrawJunior, { ...junior, amount: '50000.00' })).toMatchObject({ juniorCapital: '50000.00', available: '250000.00' })
  await money.settle()
  expect(await accounts(money, key)).toMatchObject({ 'cash/BANK/comsa': '250000.00', 'capital/junior': '-50000.00', 'capital/senior': '-200000.00' })
})

test('what is promised to borrowers, or lies with an agent, does not leave by the bank', async () => {
  const key = await open(money, '20000.00')
  await apply(money, 'bea', key)
  const away = { key, amount: '1.00', reference: 'J' }
  expect(await refusal(money.as(ana, project.withdrawJunior, away))).toBe('FUNDS_RESERVED amount')
  const other = await open(money, '40000.00')
  const loan = await lend(money, 'bea', other)
  await repayInCash(money, beto, 'bea', loan, '3633.33')
  // 40,000.00 − 18,600.00 at the bank, 3,633.33 with Beto; 25,033.33 − 1,400.00 that belong to others are free.
  expect(await refusal(money.as(ana, project.withdrawJunior, { ...away, key: other, amount: '23633.33' }))).toBe('FUNDS_INSUFFICIENT amount')
  expect(await money.as(ana, project.withdrawJunior, { ...away, key: other, amount: '21400.00' })).toMatchObject({ juniorCapital: '18600.00' })
  // The second at once finds what the first has left, although its cash side follows.
  expect(await refusal(money.as(ana, project.withdrawJunior, { ...away, key: other, amount: '0.01' }))).toBe('FUNDS_INSUFFICIENT amount')
})

test('who sees what: the directory, the organization, investors, borrowers', async () => {
  const key = await open(money)
  const hidden = await open(money, '0', { isPublic: false, name: 'Hidden' })
  const directory = await money.service('access', project.findPublic, {})
  expect(directory.edges.map(({ node }) => node.key)).toEqual([key])
  expect(Object.keys(directory.edges[0]!.node)).not.toContain('criteria')
  expect((await money.as(ana, project.findByOrganization, { organization: 'comsa', status: 'ACTIVATED', first: 1 })).pageInfo.hasNextPage).toBe(true)
  expect((await money.as(ana, project.findByOrganization, { organization: 'comsa', status: 'DRAFT' })).totalCount).toBe(0)
  expect(await refusal(money.as(otto, project.findByKey, { key }))).toBe('FORBIDDEN')
  expect(await refusal(money.as(iris, project.findByKey, { key }))).toBe('FORBIDDEN')
  await commit(money, key)
  expect(await money.as(iris, project.findByKey, { key })).toMatchObject({ key })
  expect(await refusal(money.as(iris, project.findByKey, { key: hidden }))).toBe('FORBIDDEN')
  expect(await money.as(borrower('bea'), project.findByKey, { key })).toMatchObject({ payables: [] })
  expect(await money.as(olga, project.findByAddress, { address: 'bc1qunknown' })).toBeNull()
  expect((await money.as(olga, project.accounts, { key })).map(({ account }) => account)).toContain(`capital/junior/${key}`)
  expect(await money.service('issuing', project.entries, { organization: 'nobody', book: 'project', after: 0, limit: 10 })).toEqual([])
  expect(await refusal(money.service('issuing', project.entries, { organization: 'comsa', book: 'payment', after: 0, limit: 10 }))).toBe('NOT_FOUND book')
  expect(await refusal(money.service('payment', funding.detect, { organization: 'comsa', payment: 'p', seq: 1 }))).toBe('NOT_FOUND payment')
})

test('a question changes nothing: the calendar opens with the first project', async () => {
  expect(await money.as(ana, project.businessDay, { organization: 'comsa' })).toEqual({ organization: 'comsa', businessDate: '2026-03-02', lastClosed: null, closing: null })
  await open(money, '0')
  expect(await money.as(ana, project.businessDay, { organization: 'comsa' })).toMatchObject({ lastClosed: '2026-03-01' })
  expect(await refusal(money.as(olga, project.businessDay, { organization: 'nobody' }))).toBe('NOT_FOUND organization')
  expect(await refusal(money.as(olga, project.closeDay, { organization: 'nobody' }))).toBe('NOT_FOUND organization')
})
