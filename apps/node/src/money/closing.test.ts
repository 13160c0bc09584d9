import { afterEach, beforeEach, expect, test } from 'vitest'
import { funding, loan, payment, project } from '@growr/contracts'
import { alba, ana, beto, borrower, iris, refusal, startMoney, type Money } from '../testing/money.ts'
import { accounts, invest, lend, noon, open, payOut, repay, repayInCash } from '../testing/season.ts'

let money: Money
beforeEach(async () => { money = await startMoney() })
afterEach(() => money.end())

// 100,000.00 junior at 12 % from 2 March to 1 October, 213 days: 7,100.00; 100,000.00 senior at 8 %: 4,733.33.
// Two loans: 3,600.00 interest, 800.00 fees, 2,000.00 deposits, 400.00 cash-back.
// 206,400.00 at the end: deposits 2,000.00, fees 800.00, senior 104,733.33, junior 98,866.67 of 100,000.00. No cash-back.

async function season(): Promise<{ key: string; intent: string; loans: string[] }> {
  const key = await open(money)
  const { intent } = await invest(money, key)
  const loans = [await lend(money, 'bea', key), await lend(money, 'carl', key)]
  for (const each of loans) await repay(money, each, '21800.00')
  return { key, intent, loans }
}

test('a season ends with every account at zero, and the project closed by itself', async () => {
  const { key, intent, loans } = await season()
  expect(await refusal(money.as(ana, project.closeProject, { key }))).toBe('PROJECT_NOT_SETTLED endDate')
  await money.clock.set(noon('2026-10-01'))
  const preview = await money.as(ana, project.previewDistribution, { key })
  const closing = await Promise.all(Array.from({ length: 8 }, () => money.as(ana, project.closeProject, { key }, 'r-1')))
  expect(new Set(closing.map(({ version }) => version)).size).toBe(1)
  expect(await refusal(money.as(ana, project.closeProject, { key }))).toBe('PROJECT_STATUS status')
  const { payables } = await money.as(ana, project.findByKey, { key })
  // What is owed and cannot be paid is a line, too: the junior's yield and the cash-back, of which nothing is left.
  expect(payables.filter(({ amount }) => amount === '0.00').map(({ kind }) => kind)).toEqual(['JUNIOR_YIELD', 'REWARD', 'REWARD'])
  expect(payables.filter(({ amount }) => amount !== '0.00').map(({ kind, party, amount }) => [kind, party, amount])).toEqual([
    ['RISK_DEPOSIT', loans[0], '1000.00'], ['RISK_DEPOSIT', loans[1], '1000.00'], ['FEE', 'comsa', '800.00'], ['SENIOR_YIELD', intent, '4733.33'],
    ['SENIOR_PRINCIPAL', intent, '100000.00'], ['JUNIOR_PRINCIPAL', 'comsa', '98866.67'],
  ])
  expect(preview).toEqual(payables)
  expect(await money.as(ana, project.previewDistribution, { key })).toEqual(payables)
  // Of the share-out, a borrower sees the own line, and an investor hers.
  expect((await money.as(borrower('bea'), project.findByKey, { key })).payables.map(({ kind, amount }) => `${kind} ${amount}`)).toEqual(['RISK_DEPOSIT 1000.00', 'REWARD 0.00'])
  expect((await money.as(iris, project.findByKey, { key })).payables.map(({ amount }) => amount)).toEqual(['4733.33', '100000.00'])

  // Two at once for the same share: the second finds it paid, although the first was not followed yet.
  const share = { intent, amount: '104733.33', reference: 'BACK-1' }
  const both = await Promise.all([refusal(money.as(ana, funding.refund, share, 'a')), refusal(money.as(alba, funding.refund, share, 'b'))])
  expect(both.toSorted()).toEqual(['NOT_OWED amount', 'OK'])
  expect(await refusal(money.as(ana, project.withdrawJunior, { key, amount: '99666.68', reference: 'OWN' }))).toBe('NOT_OWED amount')
  expect(await refusal(money.as(ana, funding.fund, { intent, amount: '1.00', reference: 'LATE' }))).toBe('PROJECT_STATUS project')
  await money.as(ana, project.withdrawJunior, { key, amount: '99666.67', reference: 'OWN' })
  expect(await refusal(money.as(ana, payment.addDisbursement, { loan: loans[0]!, purpose: 'REWARD', rail: 'BANK' }))).toBe('NOT_OWED loan')
  for (const each of loans) await payOut(money, each, 'DEPOSIT')
  expect(await money.as(ana, project.findByKey, { key })).toMatchObject({ status: 'CLOSED' })
  expect(await accounts(money, key)).toEqual({})
  expect(await money.as(iris, funding.position, { intent })).toMatchObject({ principalOutstanding: '0.00', principalPaid: '100000.00', yieldPaid: '4733.33' })
  expect(await refusal(money.as(ana, payment.handOverCash, { project: key, amount: '1.00', from: 'OFFICE', to: 'BANK' }))).toBe('PROJECT_STATUS project')
})

test('a share that is registered when the node stops is known to the project when it comes up', async () => {
  const { key, intent } = await season()
  await money.clock.set(noon('2026-10-01'))
  await money.as(ana, project.closeProject, { key })
  const share = { intent, amount: '104733.33', reference: 'BACK-1' }
  // The first look at the Funding book is for the balance of the bank; the second follows the share's own entry.
  const balance = money.hold(project.entries, 'before')
  void money.as(ana, funding.refund, share, 'r-1').catch(() => undefined)
  await balance.held
  const followed = money.hold(project.entries, 'before')
  balance.release()
  await followed.held
  money = await money.crash()
  await money.settle()
  await money.as(ana, funding.refund, share, 'r-1')
  expect(await refusal(money.as(ana, funding.refund, { ...share, amount: '0.01' }))).toBe('NOT_OWED amount')
  await money.settle()
  const { payables } = await money.as(ana, project.findByKey, { key })
  expect(payables.filter(({ payee }) => payee === 'INVESTOR').map(({ amount, paid }) => [amount, paid])).toEqual([['4733.33', '4733.33'], ['100000.00', '100000.00']])
  expect(await accounts(money, key)).toEqual({ 'cash/BANK/comsa': '101666.67', 'payable/distribution': '-101666.67' })
})

test('cash that lies with an agent when all is paid keeps a project open until it is handed over', async () => {
  const key = await open(money, '100000.00', { juniorRate: '0' })
  const mine = await lend(money, 'bea', key)
  await repayInCash(money, beto, 'bea', mine, '21800.00')
  await money.clock.set(noon('2026-10-01'))
  await money.as(ana, project.closeProject, { key })
  await payOut(money, mine, 'DEPOSIT')
  await payOut(money, mine, 'REWARD')
  // 102,000.00 are the originator's; 80,200.00 of them at the bank.
  expect(await refusal(money.as(ana, project.withdrawJunior, { key, amount: '102000.00', reference: 'OWN' }))).toBe('FUNDS_INSUFFICIENT amount')
  const { key: over } = await money.as(beto, payment.handOverCash, { project: key, amount: '21800.00', from: 'AGENT', to: 'BANK' })
  await money.as(ana, payment.confirmHandOver, { payment: over })
  await money.as(ana, project.withdrawJunior, { key, amount: '102000.00', reference: 'OWN' })
  await money.settle()
  expect(await money.as(ana, project.findByKey, { key })).toMatchObject({ status: 'CLOSED' })
  expect(await money.as(borrower('bea'), loan.findByKey, { key: mine })).toMatchObject({ status: 'REPAID' })
})

test('a hand-over that crosses the last share leaves the bank short: the project is closed when the cash is back', async () => {
  const key = await open(money, '100000.00', { juniorRate: '0' })
  await money.clock.set(noon('2026-10-01'))
  await money.as(ana, project.closeProject, { key })
  money.peer.agents.set('beto', 'comsa')
  const { key: given } = await money.as(ana, payment.handOverCash, { project: key, amount: '100.00', from: 'BANK', to: 'AGENT', agent: 'beto' })
  const balance = money.hold(project.entries, 'before')
  const withdrawn = money.as(ana, project.withdrawJunior, { key, amount: '100000.00', reference: 'OWN' })
  await balance.held
  const followed = money.hold(project.entries, 'before')
  balance.release()
  await followed.held
  await money.as(beto, payment.confirmHandOver, { payment: given })
  followed.release()
  await withdrawn
  await money.settle()
  expect(await money.as(ana, project.findByKey, { key })).toMatchObject({ status: 'ACTIVATED' })
  expect(await accounts(money, key)).toMatchObject({ 'cash/BANK/comsa': '-100.00' })
  const { key: back } = await money.as(beto, payment.handOverCash, { project: key, amount: '100.00', from: 'AGENT', to: 'BANK' })
  await money.as(ana, payment.confirmHandOver, { payment: back })
  await money.settle()
  expect(await money.as(ana, project.findByKey, { key })).toMatchObject({ status: 'CLOSED' })
})
