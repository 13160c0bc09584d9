import { afterEach, beforeEach, expect, test } from 'vitest'
import { funding, investor, loan, project } from '@growr/contracts'
import { ana, iris, ivo, refusal, startMoney, type Money } from '../testing/money.ts'
import { commit, invest, lend, noon, open, plan, repay } from '../testing/season.ts'

let money: Money
beforeEach(async () => { money = await startMoney() })
afterEach(() => money.end())

const only = async (key: string) => (await money.as(iris, investor.portfolio, { project: key })).projects[0]!
const none = { loans: 0, principal: '0.00', interest: '0.00' }

test('what the capital reached: in sums by how late, day by day, and never a borrower', async () => {
  const key = await open(money, '50000.00')
  await invest(money, key, '100000.00')
  const bea = await lend(money, 'bea', key)
  for (const who of ['carl', 'dora']) await lend(money, who, key)
  expect(await refusal(money.as(ana, investor.portfolio, { project: key }))).toBe('FORBIDDEN')
  // Three loans of 20,000.00 with 1,800.00 interest each.
  expect(await only(key)).toMatchObject({
    invested: '100000.00', principalOutstanding: '100000.00', yieldAccrued: '0.00', asOf: '2026-03-02', interestRate: '8',
    // 150,000.00 − 3 × 18,600.00 paid out = 94,200.00; of it 3 × 1,400.00 are fees and deposits.
    available: '90000.00',
    loans: {
      lent: '60000.00', repaid: '0.00', outstanding: { loans: 3, principal: '60000.00', interest: '5400.00' }, par30: '0.00', interestEarned: '5400.00',
      arrears: [{ bucket: 'CURRENT', loans: 3, principal: '60000.00', interest: '5400.00' }, { bucket: '1-30', ...none }, { bucket: '31-60', ...none }, { bucket: '61-90', ...none }, { bucket: 'OVER_90', ...none }],
      defaulted: none, writtenOff: none, completed: none,
    },
  })
  // The first instalment is due on 2 April: on that day nobody is late, the day after all are who did not pay.
  await repay(money, bea, '3633.33', '2026-03-02')
  await money.clock.set(noon('2026-04-02'))
  expect((await only(key)).loans.arrears.map(({ bucket, loans }) => `${bucket} ${loans}`)).toEqual(['CURRENT 3', '1-30 0', '31-60 0', '61-90 0', 'OVER_90 0'])
  await money.clock.set(noon('2026-04-03'))
  // Bea paid interest 300.00 and principal 3,333.33 of the first instalment.
  expect((await only(key)).loans.arrears.slice(0, 2)).toEqual([
    { bucket: 'CURRENT', loans: 1, principal: '16666.67', interest: '1500.00' }, { bucket: '1-30', loans: 2, principal: '40000.00', interest: '3600.00' },
  ])
  // 2 April + 30 days = 2 May is the last of 1-30; Bea's second was due on that day.
  await money.clock.set(noon('2026-05-02'))
  expect((await only(key)).loans).toMatchObject({ par30: '0.00', arrears: [{ loans: 1 }, { loans: 2 }, { loans: 0 }, {}, {}] })
  await money.clock.set(noon('2026-05-03'))
  // 40,000.00 of 56,666.67 = 70.588 %
  expect((await only(key)).loans).toMatchObject({ par30: '70.59', arrears: [{ loans: 0 }, { loans: 1, principal: '16666.67' }, { loans: 2, principal: '40000.00' }, {}, {}] })
  await repay(money, bea, '18166.67')
  const at = await only(key)
  expect(at.loans).toMatchObject({ repaid: '21800.00', outstanding: { loans: 2, principal: '40000.00', interest: '3600.00' }, par30: '100.00', completed: { loans: 1, principal: '20000.00', interest: '1800.00' } })
  // 100,000.00 × 8 % × 62 days / 360
  expect(at.yieldAccrued).toBe('1377.78')
  expect(JSON.stringify(at)).not.toMatch(/bea|carl|did:/)
  expect(await money.as(ivo, investor.portfolio, {})).toEqual({ projects: [] })
  expect(await refusal(money.as(ivo, investor.portfolio, { project: key }))).toBe('NOT_FOUND project')
})

test('in default, written off, recovered: principal first, and what is lost is what is left', async () => {
  const key = await open(money, '50000.00', { loans: { ...plan.loans, defaultAfterDays: 30 }, endDate: '2027-12-31' })
  await invest(money, key, '20000.00')
  const mine = await lend(money, 'bea', key)
  await repay(money, mine, '3633.33')
  // Due on 2 May; the first day beyond the 30th after is 2 June.
  await money.clock.set(noon('2026-06-03'))
  // 3,333.33 of the principal and 300.00 of the interest are paid.
  const left = { loans: 1, principal: '16666.67', interest: '1500.00' }
  expect((await only(key)).loans).toMatchObject({ defaulted: left, outstanding: left, arrears: [{}, {}, { bucket: '31-60', ...left }, {}, {}], writtenOff: none })
  await money.as(ana, loan.writeOff, { loan: mine })
  expect((await only(key)).loans).toMatchObject({ defaulted: none, outstanding: none, writtenOff: left, par30: '0.00' })
  // What is paid after the day of the write-off is a recovery.
  await money.clock.set(noon('2026-06-04'))
  await repay(money, mine, '16000.00')
  expect((await only(key)).loans.writtenOff).toEqual({ loans: 1, principal: '666.67', interest: '1500.00' })
  await repay(money, mine, '1000.00')
  expect((await only(key)).loans.writtenOff).toEqual({ loans: 1, principal: '0.00', interest: '1166.67' })
})

test('the sums are those of a view built anew, after a crash too', async () => {
  const key = await open(money)
  await invest(money, key)
  const loan = await lend(money, 'bea', key)
  await lend(money, 'carl', key)
  await repay(money, loan, '5000.00')
  const before = await only(key)
  await money.financing.store?.rebuildView('portfolio')
  expect(await only(key)).toEqual(before)
  money = await money.crash()
  expect(await only(key)).toEqual(before)
})

test('a statement: flows by value date, worth at both ends, and CSV that opens as text', async () => {
  const key = await open(money, '50000.00', { name: '=HYPERLINK("http://x"), Coffee' })
  const other = await open(money, '50000.00')
  const intent = await commit(money, key)
  await invest(money, other, '10000.00')
  await money.as(ana, funding.fund, { intent, amount: '60000.00', reference: 'BANK-1' })
  const mistaken = await money.as(ana, funding.fund, { intent, amount: '1000.00', reference: 'BANK-X' })
  await money.as(ana, funding.revert, { key: mistaken.key, reason: 'twice' })
  await money.clock.set(noon('2026-04-01'))
  await money.as(ana, funding.fund, { intent, amount: '40000.00', reference: 'BANK-2' })
  await money.clock.set(noon('2026-06-30'))
  // 60,000.00 × 8 % × 30 / 360 = 400.00; 100,000.00 × 8 % × 90 / 360 = 2,000.00
  await money.as(ana, funding.refund, { intent, amount: '12400.00', reference: 'BACK-1' })
  await money.clock.set(noon('2026-07-15'))
  await money.settle()
  const all = await money.as(iris, investor.statement, { project: key })
  expect(all.flows.map(({ date, kind, amount, principal, yield: earned }) => `${date} ${kind} ${amount} ${principal} ${earned}`)).toEqual([
    '2026-03-02 FUNDED 60000.00 60000.00 0.00', '2026-04-01 FUNDED 40000.00 40000.00 0.00', '2026-06-30 REPAID 12400.00 10000.00 2400.00',
  ])
  // The rates: found by bisection outside, 8.3533 and 8.3880. At the end 90,000.00 and 90,000.00 × 8 % × 15 / 360 = 300.00.
  expect(all.totals).toMatchObject([{ currency: 'HNL', opening: '0.00', funded: '100000.00', principal: '10000.00', yield: '2400.00', other: '0.00', closing: '90300.00', xirr: '8.35' }])
  const part = await money.as(iris, investor.statement, { project: key, from: '2026-04-01', to: '2026-06-29' })
  // Before 1 April: 60,000.00 and 29 days of yield, 386.67; at 29 June 100,000.00, 400.00 and 89 days, 1,977.78.
  expect(part.totals).toMatchObject([{ opening: '60386.67', funded: '40000.00', principal: '0.00', closing: '102377.78', xirr: '8.39' }])
  expect(part.csv).toBe([
    'date,project,name,currency,kind,amount,principal,yield,other,funding',
    `2026-04-01,${key},"'=HYPERLINK(""http://x""), Coffee",HNL,OPENING,-60386.67,,,,`,
    `2026-04-01,${key},"'=HYPERLINK(""http://x""), Coffee",HNL,FUNDED,-40000.00,40000.00,0.00,0.00,${all.flows[1]!.funding}`,
    `2026-06-29,${key},"'=HYPERLINK(""http://x""), Coffee",HNL,CLOSING,102377.78,,,,`, '',
  ].join('\r\n'))
  const both = await money.as(iris, investor.statement, {})
  expect(both.flows).toHaveLength(4)
  expect(both.totals).toMatchObject([{ funded: '110000.00', principal: '10000.00' }])
  expect(await refusal(money.as(iris, investor.statement, { to: '2026-07-16' }))).toBe('BAD_INPUT to')
  expect(await refusal(money.as(iris, investor.statement, { from: '2026-07-10', to: '2026-07-09' }))).toBe('BAD_INPUT from')
  expect(await refusal(money.as(ivo, investor.statement, { project: key }))).toBe('NOT_FOUND project')
  expect(await money.as(ivo, investor.statement, {})).toMatchObject({ flows: [], totals: [] })
})

test('the directory says what an investor needs to choose, and each filter narrows it', async () => {
  const coffee = await open(money, '50000.00', { name: 'Café 2026', description: 'Marcala, washed' })
  const cocoa = await open(money, '10000.00', { name: 'Cocoa', endDate: '2027-01-31', isInviteOnly: true, funding: [{ ...plan.funding![0]!, interestRate: '9.5', maxAmount: '5000.00' }] })
  await open(money, '0', { name: 'Hidden', isPublic: false })
  const asleep = await open(money, '0', { name: 'Asleep' })
  await money.as(ana, project.deactivateProject, { key: asleep })
  await invest(money, coffee, '30000.00')
  await lend(money, 'bea', coffee)
  const find = async (filters: object = {}) => (await money.as(ivo, investor.directory, filters)).edges.map(({ node }) => node.key)
  expect(new Set(await find())).toEqual(new Set([coffee, cocoa]))
  for (const filters of [{ words: 'cafe marcala' }, { endsBy: '2026-12-31' }, { openOnly: true }, { invests: '5000.01' }]) expect(await find(filters)).toEqual([coffee])
  for (const filters of [{ words: 'COCOA' }, { minRate: '8.01' }, { minRate: '9.5', invests: '5000.00', fundingType: 'BANK' }]) expect(await find(filters)).toEqual([cocoa])
  for (const filters of [{ words: 'cafe cocoa' }, { currency: 'USD' }, { organization: 'otra' }, { fundingType: 'ONCHAIN' }, { minRate: '9', invests: '5000.01' }]) expect(await find(filters)).toEqual([])
  expect(await refusal(money.as(ivo, investor.directory, { invests: '1.001' }))).toBe('AMOUNT_INVALID invests')
  const first = await money.as(ivo, investor.directory, { first: 1 })
  expect(first).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true } })
  const second = await money.as(ivo, investor.directory, { first: 1, after: first.pageInfo.endCursor! })
  expect(second).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: false } })
  expect(first.edges[0]!.node.key).not.toBe(second.edges[0]!.node.key)
  const { node } = (await money.as(ivo, investor.directory, { words: 'café' })).edges[0]!
  // Leverage 4: 4 × 50,000.00 − 30,000.00
  expect(node).toMatchObject({ name: 'Café 2026', room: '170000.00', terms: { schedule: 'FLAT', interestRate: '18.00' }, loanCount: 1, loans: { outstanding: { loans: 1, principal: '20000.00' }, par30: '0.00' } })
  expect(JSON.stringify(node)).not.toMatch(/criteria|trusted|bea/)
})
