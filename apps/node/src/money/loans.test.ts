import { afterEach, beforeEach, expect, test } from 'vitest'
import { identity, loan, project } from '@growr/contracts'
import { ana, beto, borrower, iris, olga, otto, refusal, startMoney, type Money } from '../testing/money.ts'
import { apply, invest, lend, noon, open, repay, sign } from '../testing/season.ts'

let money: Money
beforeEach(async () => { money = await startMoney() })
afterEach(() => money.end())

const bea = borrower('bea')

test('an application comes to the nearest that the project lends, and reserves its money', async () => {
  const key = await open(money)
  const applied = await money.as(bea, loan.applyForLoan, { project: key, amount: '60000.00', months: 24 })
  expect(applied).toMatchObject({
    status: 'APPROVED', requestedAmount: '60000.00', contractAmount: '50000.00', requestedMonths: 24, months: 12, interestAmount: '9000.00', commitmentAmount: '59000.00',
    fee: '1000.00', deposit: '2500.00', payout: '46500.00', offerUntil: '2026-03-16', borrower: 'did:jwk:bea', verifier: 'did:web:node.example:verifier',
  })
  expect(await money.as(ana, project.findByKey, { key })).toMatchObject({ reserved: '50000.00', available: '50000.00', loanCount: 1 })
  await money.settle()
  expect(money.peer.told).toContainEqual({ to: 'bea', template: 'applicationApproved', values: { project: 'Coffee 2026', amount: '50000.00 HNL', until: '2026-03-16' } })
})

test('an application is refused by what stands in its way', async () => {
  const poor = await open(money, '20000.00')
  const given = { project: poor, amount: '20000.00', months: 6 }
  expect(await refusal(money.as(bea, loan.applyForLoan, { ...given, project: 'none' }))).toBe('NOT_FOUND project')
  expect(await refusal(money.as(borrower('bea'), loan.applyForLoan, { ...given, amount: '1.001' }))).toBe('AMOUNT_INVALID amount')
  expect(await refusal(money.as({ ...bea, organization: 'otra' }, loan.applyForLoan, given))).toBe('FORBIDDEN')
  expect(await refusal(money.as(ana, loan.applyForLoan, given))).toBe('FORBIDDEN')
  expect(await refusal(money.as(bea, loan.applyForLoan, { ...given, amount: '50000.00' }))).toBe('FUNDS_INSUFFICIENT amount')
  await apply(money, 'carl', poor)
  expect(await refusal(money.as(bea, loan.applyForLoan, given))).toBe('FUNDS_RESERVED amount')
  const small = await open(money, '100000.00', { amount: '50000.00' })
  await apply(money, 'carl', small, undefined, '50000.00')
  expect(await refusal(money.as(bea, loan.applyForLoan, { ...given, project: small }))).toBe('PROJECT_AMOUNT_EXCEEDED amount')
  await money.as(ana, project.deactivateProject, { key: small })
  expect(await refusal(money.as(bea, loan.applyForLoan, { ...given, project: small }))).toBe('PROJECT_NOT_OPEN project')
})

test('what the verifier refuses is an entry, and is answered the same again', async () => {
  const key = await open(money)
  money.peer.verdicts.set('bea', { code: 'CREDENTIAL_EXPIRED', path: 'checks.KYC' })
  expect(await refusal(apply(money, 'bea', key, 'r-1'))).toBe('CREDENTIAL_EXPIRED checks.KYC')
  money.peer.verdicts.delete('bea')
  expect(await refusal(apply(money, 'bea', key, 'r-1'))).toBe('CREDENTIAL_EXPIRED checks.KYC')
  const { edges } = await money.as(bea, loan.findByUser, {})
  expect(edges.map(({ node }) => node.status)).toEqual(['REFUSED'])
  expect(await refusal(money.as(bea, loan.signLoan, { loan: edges[0]!.node.key }))).toBe('LOAN_STATUS status')
  // A presentation of her own that answers no open challenge of her own is none; neither is that of somebody else.
  const challenge = (await money.as(bea, identity.requestPresentation, { project: key }).catch(() => ({ challenge: 'a-challenge-for-one-use-0' }))).challenge
  const stolen = await refusal(money.as(bea, loan.applyForLoan, { project: key, amount: '20000.00', months: 6, challenge, presentation: `carl ${challenge}` }))
  expect(stolen).toBe('HOLDER_MISMATCH presentation')
  await money.settle()
  expect(money.peer.told.filter(({ template }) => template === 'applicationRefused')).toHaveLength(2)
})

test('sixty-four at once where the money suffices for ten: ten are approved', async () => {
  const key = await open(money, '200000.00')
  const outcomes = await Promise.all(Array.from({ length: 64 }, (_, i) => refusal(apply(money, `b${i}`, key))))
  expect(outcomes.filter((outcome) => outcome === 'OK')).toHaveLength(10)
  expect(outcomes.filter((outcome) => outcome === 'FUNDS_RESERVED amount')).toHaveLength(54)
})

test('the same application sixty-four times at once is one loan, also where the money suffices for one alone, and with an own presentation', async () => {
  const key = await open(money, '20000.00')
  const made = await Promise.all(Array.from({ length: 64 }, () => apply(money, 'bea', key, 'r-1')))
  expect(new Set(made.map((each) => each.key)).size).toBe(1)
  expect(await refusal(apply(money, 'bea', key, 'r-1', '10000.00'))).toBe('REQUEST_ID_REUSED')
  const other = await open(money, '20000.00')
  const presented = { project: other, amount: '20000.00', months: 6, challenge: 'a-challenge-of-her-own', presentation: 'bea a-challenge-of-her-own' }
  const again = await Promise.all(Array.from({ length: 64 }, () => money.as(bea, loan.applyForLoan, presented, 'r-2')))
  expect(new Set(again.map((each) => `${each.key} ${each.status}`)).size).toBe(1)
})

test('a repetition that overtakes the first does not spend its challenge', async () => {
  const key = await open(money)
  const presented = { project: key, amount: '20000.00', months: 6, challenge: 'a-challenge-of-her-own', presentation: 'bea a-challenge-of-her-own' }
  const { held, release } = money.hold(identity.validateVC, 'after')
  const first = money.as(bea, loan.applyForLoan, presented, 'r-1')
  await held
  const second = money.as(bea, loan.applyForLoan, presented, 'r-1')
  await apply(money, 'carl', key)
  release()
  expect(await first).toMatchObject({ status: 'APPROVED' })
  expect(await second).toEqual(await first)
})

test('the borrower signs what was read; what an attempt left that no entry names does not count', async () => {
  const key = await open(money)
  const { key: applied } = await apply(money, 'bea', key)
  expect(await refusal(money.as(bea, loan.signLoan, { loan: applied, digest: 'another' }))).toBe('CONTRACT_CHANGED digest')
  expect(await refusal(money.as(borrower('carl'), loan.signLoan, { loan: applied }))).toBe('FORBIDDEN')
  const read = await money.as(bea, loan.getContract, { loan: applied })
  expect(read).toMatchObject({ signatures: [], document: { principal: '20000.00', interest: '1800.00', total: '21800.00', payout: '18600.00', borrower: 'did:jwk:bea' } })
  const signed = await Promise.all(Array.from({ length: 8 }, () => money.as(bea, loan.signLoan, { loan: applied, digest: read.digest }, 'r-1')))
  expect(new Set(signed.map(({ status, version }) => `${status} ${version}`)).size).toBe(1)
  expect(await refusal(money.as(bea, loan.signLoan, { loan: applied }))).toBe('LOAN_STATUS status')
  const kept = await money.as(beto, loan.getContract, { loan: applied })
  expect(kept).toMatchObject({ digest: read.digest, document: read.document })
  expect(kept.signatures).toHaveLength(1)
  // The offer of another one lapses: signed too late, and then gone.
  const { key: late } = await apply(money, 'carl', key)
  await money.clock.set(noon('2026-03-17'))
  expect(await money.as(borrower('carl'), loan.findByKey, { key: late })).toMatchObject({ status: 'CANCELLED' })
  expect(await refusal(money.as(borrower('carl'), loan.signLoan, { loan: late }))).toBe('OFFER_LAPSED loan')
  expect(await money.as(ana, project.findByKey, { key })).toMatchObject({ reserved: '20000.00' })
})

test('a stop between the kept contract and the entry leaves an offer that can be signed, or lapse', async () => {
  const key = await open(money)
  const { key: applied } = await apply(money, 'bea', key)
  const { held } = money.hold(identity.signContract, 'after')
  void money.as(bea, loan.signLoan, { loan: applied }, 'r-1').catch(() => undefined)
  await held
  money = await money.crash()
  expect(await money.as(bea, loan.getContract, { loan: applied })).toMatchObject({ signatures: [] })
  expect(await money.as(bea, loan.signLoan, { loan: applied }, 'r-1')).toMatchObject({ status: 'SIGNED' })
  expect((await money.as(bea, loan.getContract, { loan: applied })).signatures).toHaveLength(1)
})

test('who sees which loans, and how much of them', async () => {
  const key = await open(money)
  const mine = await lend(money, 'bea', key)
  await sign(money, 'carl', key)
  const { edges } = await money.as(ana, loan.findByProject, { project: key, first: 1 })
  expect(edges[0]?.node).toMatchObject({ borrower: 'did:jwk:bea', borrowerUser: 'bea' })
  expect(await refusal(money.as(iris, loan.findByProject, { project: key }))).toBe('FORBIDDEN')
  await invest(money, key)
  const seen = await money.as(iris, loan.findByProject, { project: key })
  expect(seen.totalCount).toBe(2)
  expect(JSON.stringify(seen)).not.toMatch(/bea|carl/)
  expect(await refusal(money.as(iris, loan.findByKey, { key: mine }))).toBe('FORBIDDEN')
  expect((await money.as(olga, loan.findByOrganization, { organization: 'comsa', status: 'SIGNED' })).totalCount).toBe(1)
  expect((await money.as(bea, loan.findByUser, {})).edges.map(({ node }) => node.key)).toEqual([mine])
  expect(await refusal(money.as(bea, loan.findByUser, { user: 'carl' }))).toBe('FORBIDDEN')
  expect((await money.as(beto, loan.findByUser, { user: 'bea' })).totalCount).toBe(1)
  expect((await money.as(otto, loan.findByUser, { user: 'bea' })).totalCount).toBe(0)
  expect(await refusal(money.as(otto, loan.findByKey, { key: mine }))).toBe('FORBIDDEN')
  expect(await refusal(money.as(bea, loan.findByKey, { key: 'none' }))).toBe('NOT_FOUND loan')
})

test('an offer says what is missing from somebody whom the project trusts', async () => {
  await open(money, '100000.00', { criteria: { required: ['KYC', 'SavingsHistory'], trusted: [{ issuer: 'did:web:node.example:issuer', organization: 'comsa' }] } })
  const paused = await open(money, '0', { name: 'Paused' })
  await money.as(ana, project.deactivateProject, { key: paused })
  const offers = await money.as(bea, loan.findOffers, {})
  expect(offers).toMatchObject([{ name: 'Coffee 2026', requires: ['KYC', 'SavingsHistory'], missing: ['SavingsHistory'] }])
})

test('the history of a loan, and a payment that goes through its instalments', async () => {
  const key = await open(money)
  const mine = await lend(money, 'bea', key)
  await repay(money, mine, '5000.00')
  expect(await money.as(bea, loan.findByKey, { key: mine })).toMatchObject({ repaid: '5000.00', outstanding: '16800.00', instalments: [{ paid: '3633.33' }, { paid: '1366.67' }, {}, {}, {}, {}] })
  const history = await money.as(bea, loan.history, { key: mine })
  expect(history.map(({ type, amount }) => [type, amount])).toEqual([['loan.approved', null], ['loan.signed', null], ['loan.disbursed', '18600.00'], ['loan.instalment-paid', '5000.00']])
  expect(money.peer.told).toContainEqual({ to: 'bea', template: 'paymentReceived', values: { project: 'Coffee 2026', amount: '5000.00 HNL', left: '16800.00 HNL', nextAmount: '2266.66 HNL', nextDue: '2026-05-02' } })
})

test('somebody who is gone is told nothing, and nobody after them waits for it', async () => {
  const key = await open(money)
  money.peer.gone.add('bea')
  await apply(money, 'bea', key)
  await apply(money, 'carl', key)
  await money.settle()
  expect(money.peer.told.map(({ to, template }) => `${to} ${template}`)).toContain('carl applicationApproved')
  expect(money.log.join('')).toContain('a message was refused')
})
