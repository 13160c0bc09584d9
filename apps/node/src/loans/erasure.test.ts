import { afterEach, beforeEach, expect, test } from 'vitest'
import { loan, payment, project } from '@growr/contracts'
import { ana, refusal, startMoney, type Money } from '../testing/money.ts'
import { lend, noon, open, payOut, plan, repay } from '../testing/season.ts'

let money: Money
beforeEach(async () => { money = await startMoney() })
afterEach(() => money.end())

const erase = (check = false) => money.service('identity', loan.erasePerson, { user: 'bea', check })
// No deposit and no cash-back: a loan that is repaid leaves nothing to return.
const plain = { loans: { ...plan.loans, isCommunity: false, cashBackRate: '0' } }

test('who owes, or is owed, cannot be erased; afterwards nothing in the books leads to the person, and they still hold', async () => {
  const [key, community] = [await open(money, '100000.00', plain), await open(money, '100000.00', { name: 'Cocoa' })]
  const mine = await lend(money, 'bea', key)
  expect(await refusal(erase(true))).toBe('STILL_OWED loan')
  await repay(money, mine, '21900.00')
  expect(await refusal(erase())).toBe('STILL_OWED loan')
  const { key: back } = await money.as(ana, payment.refundOverpayment, { loan: mine, rail: 'BANK' })
  await money.as(ana, payment.confirmDisbursement, { payment: back, reference: 'BACK' })
  await money.settle()
  expect(await erase(true)).toEqual({ erased: [{ organization: 'comsa', loans: [mine] }] })
  // A deposit waits for the close of its project.
  const held = await lend(money, 'bea', community)
  await repay(money, held, '21800.00')
  expect(await refusal(erase(true))).toBe('STILL_OWED loan')
  await money.clock.set(noon('2026-10-02'))
  await money.as(ana, project.closeProject, { key: community })
  expect(await refusal(erase(true))).toBe('STILL_OWED loan')
  // The junior's yield has used up what a cash-back would be paid from.
  await payOut(money, held, 'DEPOSIT')
  expect(await erase()).toMatchObject({ erased: [{ organization: 'comsa' }] })
  for (const each of [mine, held]) expect(await money.as(ana, loan.findByKey, { key: each })).toMatchObject({ borrower: null, borrowerUser: null, status: 'REPAID' })
  // Again, and after a stop, there is nothing left to find.
  money = await money.crash()
  expect(await erase()).toEqual({ erased: [] })
  expect(await money.as(ana, loan.findByKey, { key: mine })).toMatchObject({ borrowerUser: null })
})
