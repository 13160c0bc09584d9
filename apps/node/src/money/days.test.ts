import { afterEach, beforeEach, expect, test } from 'vitest'
import { loan, project, type Result } from '@growr/contracts'
import { ana, startMoney, type Money } from '../testing/money.ts'
import { apply, lend, noon, open, plan, repay } from '../testing/season.ts'

let money: Money
beforeEach(async () => { money = await startMoney() })
afterEach(() => money.end())

const bullet = { loans: { ...plan.loans, schedule: 'AD_HOC' as const, cashBackRate: '0' } }
const typesOf = (history: Result<typeof loan.history>) => history.map(({ type, businessDate }) => `${businessDate} ${type}`)
const read = (key: string) => money.as(ana, loan.findByKey, { key })

test('each day that passes is closed in order, and each loan hears only of what concerns it', async () => {
  const key = await open(money, '200000.00')
  const due = await lend(money, 'bea', key)
  const offered = (await apply(money, 'carl', key)).key
  const settled = await lend(money, 'dora', key)
  await repay(money, settled, '21800.00')
  await money.clock.set(noon('2026-04-04'))
  expect(await money.as(ana, project.businessDay, { organization: 'comsa' })).toEqual({ organization: 'comsa', businessDate: '2026-04-04', lastClosed: '2026-04-03', closing: null })
  expect(await read(offered)).toMatchObject({ status: 'CANCELLED' })
  expect(typesOf(await money.as(ana, loan.history, { key: offered }))).toEqual(['2026-03-02 loan.approved', '2026-03-16 loan.lapsed'])
  expect(typesOf(await money.as(ana, loan.history, { key: due }))).toEqual(['2026-03-02 loan.approved', '2026-03-02 loan.signed', '2026-03-02 loan.disbursed', '2026-04-02 loan.overdue'])
  expect((await money.as(ana, loan.history, { key: settled })).map(({ type }) => type)).not.toContain('loan.overdue')
  await money.settle()
  expect(money.peer.told).toContainEqual({ to: 'bea', template: 'instalmentOverdue', values: { project: 'Coffee 2026', amount: '3633.33 HNL', due: '2026-04-02' } })
  // Asked for again, nothing is closed twice; the next row is marked on its own day.
  await money.as(ana, project.closeDay, { organization: 'comsa' })
  await money.clock.set(noon('2026-05-03'))
  expect((await read(due)).instalments.map(({ overdue }) => overdue)).toEqual([true, true, false, false, false, false])
})

test('a day that is being closed shows how far it is', async () => {
  const key = await open(money, '2000000.00', { ...bullet, amount: '4000000.00' })
  for (let n = 0; n < 70; n++) await lend(money, `b${n}`, key)
  const seen = new Set<string>()
  const moved = money.clock.set(noon('2026-03-04'))
  for (let over = false; !over;) {
    const { closing } = await money.as(ana, project.businessDay, { organization: 'comsa' })
    if (closing) seen.add(`${closing.day} ${closing.done} of ${closing.loans}`)
    over = await Promise.race([moved.then(() => true), new Promise<false>((resolve) => { setImmediate(() => resolve(false)) })])
  }
  expect([...seen].some((each) => each === '2026-03-03 64 of 70')).toBe(true)
  expect(await money.as(ana, project.businessDay, { organization: 'comsa' })).toMatchObject({ closing: null })
})

test('a bullet loan earns by the day, whatever days are closed in one go', async () => {
  const key = await open(money, '200000.00', bullet)
  const mine = await lend(money, 'bea', key)
  await money.clock.set(noon('2026-03-12'))
  // 20,000.00 × 18 % × 9 / 360: through the 11th, the first day excluded.
  expect(await read(mine)).toMatchObject({ outstanding: '20090.00' })
  await repay(money, mine, '5100.00', '2026-03-12')
  // 10 days are 100.00; 15,000.00 are left, and earn 7.50 a day.
  await money.clock.set(noon('2026-03-23'))
  expect(await read(mine)).toMatchObject({ outstanding: '15075.00', repaid: '5100.00' })
})

test('killed while days are closed and begun again, each loan is brought through each day once', async () => {
  const loans = []
  for (const name of ['Coffee', 'Cocoa', 'Maize']) {
    const key = await open(money, '1000000.00', { ...bullet, name, amount: '2000000.00' })
    for (const who of ['bea', 'carl', 'dora']) loans.push(await lend(money, who, key))
  }
  // The clock's own closing has begun and is of some twenty writes; the copy is of a moment among them.
  const closing = money.clock.set(noon('2026-03-07'))
  const next = money.crash()
  await closing
  money = await next
  expect(await money.as(ana, project.businessDay, { organization: 'comsa' })).toMatchObject({ lastClosed: '2026-03-06' })
  for (const each of loans) {
    const accruals = (await money.as(ana, loan.history, { key: each })).filter(({ type }) => type === 'loan.interest-accrued').map(({ businessDate }) => businessDate)
    expect(accruals).toEqual(['2026-03-03', '2026-03-04', '2026-03-05', '2026-03-06'])
    expect(await read(each)).toMatchObject({ outstanding: '20040.00' })
  }
})
