import { afterAll, beforeAll, expect, it } from 'vitest'
import { refusal } from '../testing/door.ts'
import { startWorld, type World } from '../testing/world.ts'
import { accountsOf, heldOf, startOutside, type Outside } from './testing.ts'

// A project whose currency is bitcoin, over a real bitcoind: capital in, loans out, repayments, investors, the originator, to zero.

let outside: Outside
let world: World
const shared = { rail: 'BITCOIN' } as const

beforeAll(async () => {
  outside = await startOutside()
  world = await startWorld({ bitcoin: { url: outside.chain.url, user: 'test', password: 'test', chain: 'regtest' } })
}, 60_000)
afterAll(async () => {
  await world?.end()
  await outside?.chain.stop()
})

const address = (): Promise<string> => outside.address()
const pay = (to: string, btc: string): Promise<string> => outside.pay(to, btc)
const got = (to: string): Promise<number> => outside.got(to)
const after = async (blocks = 1): Promise<void> => {
  await outside.mine(blocks)
  await world.settle()
}
const accounts = (key: string): Promise<Record<string, string>> => accountsOf(world, key)
/** What the wallets of a project hold by the chain itself must be what the books say. */
const holds = (key: string): Promise<number> => heldOf(world, key)

it('says which networks are on', async () => {
  const networks = await world.door.do<{ network: string; offered: boolean; ok: boolean; height: number; scanned: number }[]>(world.operator, 'networks')
  expect(networks.map(({ network, offered }) => [network, offered])).toEqual([['bitcoin', true], ['lightning', false], ['rootstock', false]])
  expect(networks[0]).toMatchObject({ ok: true, height: 101, scanned: 101, chain: 'regtest', currencies: ['BTC'] })
})

it('carries a project from its capital to its close, and to zero', async () => {
  const { door, comsa, lending, settle } = world
  const [iris] = world.investors
  const [bea] = comsa.borrowers
  const plan = await lending.plan(comsa, { amount: '0.50000000' })
  const { key } = await door.do(comsa.admin, 'createProject', {
    ...plan, currency: 'BTC',
    loans: { ...(plan['loans'] as object), minAmount: '0.00100000', maxAmount: '0.10000000', isCommunity: false, riskDepositRate: '0', cashBackRate: '0' },
    funding: [{ type: 'ONCHAIN', networkName: 'bitcoin', tokenName: 'BTC', terms: 'On chain', interestRate: '8', leverageFactor: '4', minAmount: '0.00100000', maxAmount: '0.40000000' }],
  }) as { key: string }
  await door.do(comsa.admin, 'activateProject', { key })
  const { funding } = await door.do<{ funding: { fundingAddress: string; repaymentAddress: string }[] }>(comsa.admin, 'project', { key })
  expect(funding[0]!.fundingAddress).toMatch(/^bcrt1q/)
  expect(funding[0]!.repaymentAddress).not.toBe(funding[0]!.fundingAddress)

  // Junior capital: 0.05.
  const junior = await door.do(comsa.admin, 'depositAddress', { project: key, ...shared, purpose: 'JUNIOR' })
  await pay(junior['address']!, '0.05')
  await after()
  // Not deep enough for its amount.
  expect(await accounts(key)).toEqual({})
  await after(2)
  expect(await accounts(key)).toEqual({ 'cash/BITCOIN/O/P BTC': '0.05000000000', 'capital/junior/P BTC': '-0.05000000000' })

  // Senior: committed 0.1, paid in two parts, the second beyond what was committed.
  const { id: intent } = await door.do(comsa.admin, 'inviteInvestor', { project: key, email: iris.address, name: iris.name })
  await door.do(iris, 'acceptInvitation', { intent, amount: '0.10000000' })
  const { digest } = await door.do(iris, 'investorContract', { intent })
  await door.do(iris, 'signContract', { intent, digest })
  const mine1 = await door.do(iris, 'fundingAddress', { intent })
  expect(await door.do(iris, 'fundingAddress', { intent })).toMatchObject({ address: mine1['address']! })
  await pay(mine1['address']!, '0.1')
  await after(3)
  expect(await accounts(key)).toMatchObject({ 'capital/senior/P BTC': '-0.10000000000', 'cash/BITCOIN/O/P BTC': '0.15000000000' })
  expect(await holds(key)).toBeCloseTo(0.15, 11)

  // A loan of 0.02 over 6 months at 18 %: fee 2 % withheld (0.0004), interest 0.0018.
  await lending.credential(comsa, bea!)
  const { key: loan } = await door.do(bea!, 'applyForLoan', { project: key, amount: '0.02000000', months: 6 })
  await door.do(bea!, 'signLoan', { loan })
  expect(await refusal(door.do(comsa.admin, 'addDisbursement', { loan, ...shared }))).toMatchObject({ code: 'ADDRESS_MISSING' })
  expect(await refusal(door.do(comsa.admin, 'addDisbursement', { loan, ...shared, to: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq' }))).toMatchObject({ code: 'ADDRESS_FOREIGN' })
  const outsider = await address()
  expect(await refusal(door.do(comsa.admin, 'repayInvestor', { intent, amount: '0.00000100', ...shared, to: outsider }))).toMatchObject({ code: 'DUST' })
  expect(await refusal(door.do(comsa.admin, 'repayInvestor', { intent, amount: '0.01', ...shared, to: outsider, maxFee: '0.00000010' }))).toMatchObject({ code: 'FEE_ABOVE_CEILING' })
  const hers = await address()
  const payout = await door.do(comsa.admin, 'addDisbursement', { loan, ...shared, to: hers })
  expect(payout).toMatchObject({ status: 'ADDED', awaits: 'NETWORK', amount: '0.01960000000' })
  await settle()
  expect(await refusal(door.do(comsa.admin, 'cancelDisbursement', { payment: payout['key'] }))).toMatchObject({ code: 'PAYMENT_STATUS' })
  expect(await refusal(door.do(comsa.admin, 'confirmDisbursement', { payment: payout['key'], reference: 'X' }))).toMatchObject({ code: 'RAIL_MISMATCH' })
  await after(3)
  expect(await got(hers)).toBe(0.0196)
  expect(await door.do(comsa.admin, 'payment', { key: payout['key'] })).toMatchObject({ status: 'CONFIRMED' })
  expect(await door.do(bea!, 'loan', { key: loan })).toMatchObject({ status: 'DISBURSED' })
  const fees = Number((await accounts(key))['receivable/network-fee/P BTC'])
  expect(fees).toBeGreaterThan(0)
  expect(await holds(key)).toBeCloseTo(0.15 - 0.0196 - fees, 11)

  // She repays in two parts at two addresses; the second is 0.0002 too much, which goes back.
  const first = await door.do(bea!, 'requestAddress', { loan, ...shared, amount: '0.01000000' })
  expect(first['uri']).toBe(`bitcoin:${first['address']}?amount=0.01000000`)
  await pay(first['address']!, '0.01')
  const second = await door.do(bea!, 'requestAddress', { loan, ...shared })
  expect(second['address']).not.toBe(first['address'])
  await pay(second['address']!, '0.012')
  await after(3)
  expect(await door.do(bea!, 'loan', { key: loan })).toMatchObject({ status: 'REPAID', overpaid: '0.00020000000' })
  const back = await address()
  await door.do(comsa.admin, 'refundOverpayment', { loan, ...shared, to: back })
  await settle()
  await after(3)
  expect(await got(back)).toBe(0.0002)

  // A part of the senior capital goes back while the project runs.
  const hersToo = await address()
  expect(await refusal(door.do(comsa.admin, 'repayInvestor', { intent, amount: '0.20000000', ...shared, to: hersToo }))).toMatchObject({ code: 'NOT_OWED' })
  await door.do(comsa.admin, 'repayInvestor', { intent, amount: '0.03000000', ...shared, to: hersToo })
  expect(await refusal(door.do(comsa.admin, 'repayInvestor', { intent, amount: '0.03000000', ...shared, to: hersToo }))).toMatchObject({ code: 'PAYMENT_STATUS' })
  await settle()
  await after(3)
  expect(await got(hersToo)).toBe(0.03)
  expect(await accounts(key)).toMatchObject({ 'capital/senior/P BTC': '-0.07000000000' })
  expect(await world.unrest()).toEqual([])

  // The close, on the first day after its end: 305 days of 0.07 at 8 % by 360 are 0.00474444444 of yield. The originator gets what is
  // left of 0.05 + 0.0018 interest, 0.04705555556, and its fee of 0.0004.
  await world.clock.set(new Date('2027-01-01T15:00:00.000Z'))
  await settle()
  await door.do(comsa.admin, 'closeProject', { key })
  const { payables } = await door.do<{ payables: { payee: string; kind: string; amount: string }[] }>(comsa.admin, 'project', { key })
  const of = (payee: string): bigint => payables.filter((line) => line.payee === payee).reduce((sum, { amount }) => sum + BigInt(amount.replace('.', '')), 0n)
  expect([of('INVESTOR'), of('ORIGINATOR')]).toEqual([7_474_444_444n, 4_745_555_556n])
  const [last, ours] = [await address(), await address()]
  await door.do(comsa.admin, 'repayInvestor', { intent, amount: '0.07474444444', ...shared, to: last })
  await settle()
  await after(3)
  // A fraction of a satoshi stays with the originator.
  expect(await got(last)).toBe(0.07474444)
  const advanced = Number((await accounts(key))['receivable/network-fee/P BTC'])
  const { key: end } = await door.do(comsa.admin, 'payOriginator', { project: key, amount: '0.04745555556', ...shared, to: ours })
  await settle()
  await after(3)
  expect(await door.do(comsa.admin, 'payment', { key: end })).toMatchObject({ status: 'CONFIRMED' })
  const received = await got(ours)
  expect(received).toBeLessThan(0.04745555556 - advanced)
  expect(received).toBeGreaterThan(0.04745555556 - advanced - 0.0001)
  expect(await accounts(key)).toEqual({})
  expect(await holds(key)).toBe(0)
  expect(await door.do(comsa.admin, 'project', { key })).toMatchObject({ status: 'CLOSED' })
}, 120_000)
