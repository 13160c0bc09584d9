import { afterEach, beforeEach, expect, test } from 'vitest'
import { funding, identity, investor, project } from '@growr/contracts'
import { ana, beto, iris, ivo, olga, otto, refusal, startMoney, type Money } from '../testing/money.ts'
import { accounts, commit, invest, lend, noon, open, repayInCash } from '../testing/season.ts'

let money: Money
beforeEach(async () => { money = await startMoney() })
afterEach(() => money.end())

test('from the request to the signed contract, and each wrong turn', async () => {
  const key = await open(money)
  const hidden = await open(money, '0', { isPublic: false })
  const closed = await open(money, '0', { isInviteOnly: true })
  expect(await refusal(money.as(iris, investor.requestInvitation, { project: hidden }))).toBe('NOT_FOUND project')
  expect(await refusal(money.as(iris, investor.requestInvitation, { project: closed }))).toBe('INVITE_ONLY project')
  const { id: intent } = await money.as(iris, investor.requestInvitation, { project: key })
  expect(await refusal(money.as(iris, investor.acceptInvitation, { intent, amount: '1000.00' }))).toBe('INTENT_STATUS intent')
  expect(await refusal(money.as(iris, investor.getContract, { intent }))).toBe('INTENT_STATUS intent')
  expect(await refusal(money.as(iris, investor.approveInvestor, { intent }))).toBe('FORBIDDEN')
  expect(await refusal(money.as(otto, investor.approveInvestor, { intent }))).toBe('FORBIDDEN')
  expect(await money.as(ana, investor.approveInvestor, { intent }, 'r-1')).toMatchObject({ status: 'INVITED' })
  expect(await money.as(ana, investor.approveInvestor, { intent }, 'r-1')).toMatchObject({ status: 'INVITED' })
  expect(await refusal(money.as(ana, investor.approveInvestor, { intent }))).toBe('INTENT_STATUS intent')
  expect(await refusal(money.as(ivo, investor.acceptInvitation, { intent, amount: '1000.00' }))).toBe('FORBIDDEN')
  expect(await refusal(money.as(iris, investor.acceptInvitation, { intent, amount: '999.99' }))).toBe('FUNDING_BELOW_MINIMUM amount')
  expect(await refusal(money.as(iris, investor.acceptInvitation, { intent, amount: '400000.01' }))).toBe('FUNDING_ABOVE_MAXIMUM amount')
  expect(await refusal(money.as(iris, investor.acceptInvitation, { intent, amount: '1000.00', source: 'none' }))).toBe('FUNDING_SOURCE source')
  expect(await money.as(iris, investor.acceptInvitation, { intent, amount: '5000.00' })).toMatchObject({ status: 'CONFIRMED', amount: '5000.00' })
  const first = await money.as(iris, investor.getContract, { intent })
  expect(first).toMatchObject({ signatures: [], interestRate: '8', document: { amount: '5000.00', investor: 'iris' } })
  await money.as(iris, investor.acceptInvitation, { intent, amount: '6000.00' })
  expect(await refusal(money.as(iris, investor.signContract, { intent, digest: first.digest }))).toBe('CONTRACT_CHANGED digest')
  const { digest } = await money.as(iris, investor.getContract, { intent })
  expect(await money.as(iris, investor.signContract, { intent, digest }, 'r-2')).toMatchObject({ status: 'SIGNED', amount: '6000.00' })
  expect(await money.as(iris, investor.signContract, { intent, digest }, 'r-2')).toMatchObject({ status: 'SIGNED' })
  expect(await refusal(money.as(iris, investor.signContract, { intent, digest }))).toBe('INTENT_STATUS intent')
  expect(await refusal(money.as(iris, investor.acceptInvitation, { intent, amount: '7000.00' }))).toBe('INTENT_STATUS intent')
  expect(await refusal(money.as(ana, investor.rejectInvestor, { intent }))).toBe('INTENT_STATUS intent')
  expect(await money.as(ana, investor.getContract, { intent })).toMatchObject({ digest, document: { amount: '6000.00' }, signatures: [{ signer: 'did:web:node.example:org:comsa' }] })
  await money.settle()
  expect(money.peer.told.map(({ to, template }) => `${to} ${template}`)).toEqual([
    'comsa investorRequest', 'iris investorInvitation', 'iris investorContractToSign', 'iris investorContractToSign', 'comsa investorContractSigned',
  ])
})

test('an investor has one open intent for each project, however many are asked for at once', async () => {
  const key = await open(money)
  const many = await Promise.all(Array.from({ length: 64 }, (_, i) => refusal(money.as(iris, investor.requestInvitation, { project: key }, `r-${i}`))))
  expect(many.filter((outcome) => outcome === 'OK')).toHaveLength(1)
  expect(many.filter((outcome) => outcome === 'DUPLICATE project')).toHaveLength(63)
  const same = await Promise.all(Array.from({ length: 64 }, () => money.as(ivo, investor.requestInvitation, { project: key }, 'same')))
  expect(new Set(same.map(({ id }) => id)).size).toBe(1)
  expect(await refusal(money.as(ana, investor.inviteInvestor, { project: key, email: 'iris@fund.example', name: 'Iris' }))).toBe('DUPLICATE project')
  const { edges } = await money.as(iris, investor.findByInvestor, {})
  await money.as(iris, investor.findIntent, { intent: edges[0]!.node.id })
  await money.as(ana, investor.rejectInvestor, { intent: edges[0]!.node.id })
  expect(await money.as(iris, investor.requestInvitation, { project: key })).toMatchObject({ status: 'REQUESTED' })
  expect((await money.as(ana, investor.findByProject, { project: key, status: 'REQUESTED' })).totalCount).toBe(2)
  const { id } = await money.as(ana, investor.inviteInvestor, { project: await open(money, '0'), email: 'ivo@fund.example', name: 'Ivo' })
  expect(await money.as(ivo, investor.rejectInvitation, { intent: id })).toMatchObject({ status: 'REJECTED' })
})

test('a stop between the kept contract and the signed intent: what is committed later is what is signed', async () => {
  const key = await open(money)
  const { id: intent } = await money.as(ana, investor.inviteInvestor, { project: key, email: 'iris@fund.example', name: 'Iris' })
  await money.as(iris, investor.acceptInvitation, { intent, amount: '5000.00' })
  const { digest } = await money.as(iris, investor.getContract, { intent })
  const { held } = money.hold(identity.signForOrganization, 'after')
  void money.as(iris, investor.signContract, { intent, digest }).catch(() => undefined)
  await held
  money = await money.crash()
  await money.as(iris, investor.acceptInvitation, { intent, amount: '8000.00' })
  expect(await refusal(money.as(iris, investor.signContract, { intent, digest }))).toBe('CONTRACT_CHANGED digest')
  const read = await money.as(iris, investor.getContract, { intent })
  await money.as(iris, investor.signContract, { intent, digest: read.digest })
  expect(await money.as(ana, investor.getContract, { intent })).toMatchObject({ document: { amount: '8000.00' } })
})

test('money is registered once, within the commitment and the leverage, and receipted', async () => {
  const key = await open(money, '50000.00')
  const intent = await commit(money, key, '250000.00')
  const register = { intent, amount: '150000.00', reference: 'BANK-1' }
  expect(await refusal(money.as(ana, funding.fund, { ...register, intent: 'none' }))).toBe('NOT_FOUND intent')
  expect(await refusal(money.as(ana, funding.fund, { ...register, amount: '250000.01' }))).toBe('FUNDING_ABOVE_MAXIMUM amount')
  expect(await refusal(money.as(ana, funding.fund, { ...register, amount: '200000.01' }))).toBe('LEVERAGE_EXCEEDED amount')
  expect(await refusal(money.as(ana, funding.fund, { ...register, valueDate: '2026-03-03' }))).toBe('VALUE_DATE valueDate')
  const once = await Promise.all(Array.from({ length: 64 }, () => money.as(ana, funding.fund, register, 'r-1')))
  expect(new Set(once.map((each) => each.key)).size).toBe(1)
  expect(await refusal(money.as(ana, funding.fund, { ...register, amount: '1.00' }, 'r-1'))).toBe('REQUEST_ID_REUSED')
  const { key: transfer } = once[0]!
  await money.settle()
  expect(await money.as(iris, funding.findByKey, { key: transfer })).toMatchObject({ amount: '150000.00', investor: 'iris', intent, receipt: { type: 'FundingReceipt' } })
  expect(await refusal(money.as(ivo, funding.findByKey, { key: transfer }))).toBe('FORBIDDEN')
  expect((await money.as(ana, funding.findByProject, { project: key })).totalCount).toBe(2)
  expect((await money.as(iris, funding.findByProject, { project: key })).edges.map(({ node }) => node.key)).toEqual([transfer])
  expect(await refusal(money.as(ivo, funding.findByProject, { project: key }))).toBe('FORBIDDEN')
  expect(money.peer.told.filter(({ template }) => template === 'fundingReceipt')).toEqual([{ to: 'iris', template: 'fundingReceipt', values: { project: 'Coffee 2026', amount: '150000.00 HNL', date: '2026-03-02', receipt: transfer } }])
  // 150,000.00 × 8 % × 30 / 360
  await money.clock.set(noon('2026-04-01'))
  expect(await money.as(iris, funding.position, { intent })).toMatchObject({ funded: '150000.00', principalOutstanding: '150000.00', yieldAccrued: '1000.00', yieldPaid: '0.00' })
})

test('an investor is repaid yield first, within what is owed, free and at the bank', async () => {
  const key = await open(money, '50000.00')
  const unsigned = await money.as(ana, investor.inviteInvestor, { project: key, email: 'ivo@fund.example', name: 'Ivo' })
  const { intent } = await invest(money, key, '150000.00')
  await money.clock.set(noon('2026-04-01'))
  const pay = { intent, reference: 'BACK-1' }
  expect(await refusal(money.as(ana, funding.refund, { ...pay, intent: unsigned.id, amount: '1.00' }))).toBe('INTENT_STATUS intent')
  expect(await refusal(money.as(ana, funding.refund, { ...pay, amount: '151000.01' }))).toBe('NOT_OWED amount')
  expect(await refusal(money.as(ana, funding.refund, { ...pay, amount: '1.00', rail: 'CASH' }))).toBe('RAIL_MISMATCH rail')
  expect(await money.as(ana, funding.refund, { ...pay, amount: '51000.00' }, 'r-1')).toMatchObject({ yield: '1000.00', principal: '50000.00' })
  expect(await money.as(ana, funding.refund, { ...pay, amount: '51000.00' }, 'r-1')).toMatchObject({ yield: '1000.00', principal: '50000.00' })
  for (const who of ['bea', 'carl', 'dora', 'eva', 'fito', 'gema']) await lend(money, who, key)
  const loan = await lend(money, 'ivan', key)
  // 149,000.00 − 7 × 18,600.00 = 18,800.00 at the bank, of which 9,800.00 are others'.
  expect(await refusal(money.as(ana, funding.refund, { ...pay, amount: '9000.01' }))).toBe('FUNDS_INSUFFICIENT amount')
  await repayInCash(money, beto, 'ivan', loan, '21800.00')
  // Now 30,800.00 are the project's, but 21,800.00 of the cash lie with Beto.
  expect(await refusal(money.as(ana, funding.refund, { ...pay, amount: '18800.01' }))).toBe('FUNDS_INSUFFICIENT amount')
  await money.as(ana, project.fundJunior, { key, amount: '10000.00', reference: 'J-2' })
  expect(await money.as(ana, funding.refund, { ...pay, amount: '18800.01' })).toMatchObject({ yield: '0.00', principal: '18800.01' })
  await money.settle()
  expect(await accounts(money, key)).toMatchObject({ 'cash/BANK/comsa': '9999.99' })
})

test('a mistaken registration is taken back, once, and only while the money is there', async () => {
  const key = await open(money, '50000.00')
  const { funding: transfer } = await invest(money, key, '100000.00')
  const { edges } = await money.as(ana, funding.findByProject, { project: key })
  const junior = edges.find(({ node }) => node.tranche === 'JUNIOR')!.node.key
  const back = { key: transfer, reason: 'another account was meant' }
  expect(await refusal(money.as(ana, funding.revert, { key: junior, reason: 'x' }))).toBe('LEVERAGE_EXCEEDED amount')
  expect(await refusal(money.as(otto, funding.revert, back))).toBe('FORBIDDEN')
  const done = await Promise.all(Array.from({ length: 8 }, () => money.as(ana, funding.revert, back, 'r-1')))
  expect(new Set(done.map(({ status }) => status))).toEqual(new Set(['REVERTED']))
  expect(await refusal(money.as(ana, funding.revert, back))).toBe('ALREADY_REVERTED funding')
  await money.settle()
  expect(await accounts(money, key)).toEqual({ 'cash/BANK/comsa': '50000.00', 'capital/junior': '-50000.00' })
  const loan = await lend(money, 'bea', key)
  await repayInCash(money, beto, 'bea', loan, '21800.00')
  // 53,200.00 in all, 1,400.00 of others; but 21,800.00 lie with Beto.
  expect(await refusal(money.as(ana, funding.revert, { key: junior, reason: 'x' }))).toBe('FUNDS_INSUFFICIENT amount')
  expect(await refusal(money.as(olga, funding.revert, { key: junior, reason: 'x' }))).toBe('FORBIDDEN')
})
