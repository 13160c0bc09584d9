import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { identity } from '@growr/contracts'
import { createResolver, verifyDocument } from '@growr/credentials'
import { readMailbox } from '@growr/messaging'
import { confirmation, startDaraja, type DarajaServer, type Paid } from '@growr/mobilemoney/testing'
import { refusal } from '../testing/door.ts'
import type { Loan } from '../testing/lending.ts'
import type { Person } from '../testing/people.ts'
import { startWorld, type World } from '../testing/world.ts'

// A whole node, its GraphQL and its callback route, and a server that behaves like Safaricom's Daraja.

let daraja: DarajaServer
let world: World
let loan: Loan
let other: Loan
let code: string
let receipts = 0

const bea = (): Person => world.comsa.borrowers[0]!
const reference = (): string => `RKL51ZDR${String(++receipts).padStart(3, '0')}`
const paid = (amount: string, changes: Partial<Paid> = {}): Paid => ({ transactionId: reference(), amount, billreference: code, at: world.clock.now(), ...changes })
const callback = (body: unknown, path = `daraja/${world.comsa.id}`): Promise<Response> =>
  fetch(`${world.door.url}/callbacks/mobile-money/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
const later = (seconds: number): Promise<void> => world.clock.advance(seconds * 1000)
const repaid = async (key = loan.key): Promise<string> => {
  await world.settle()
  return (await world.door.do(bea(), 'loan', { key }))['repaid']!
}
interface Reconciliation { hints: { waiting: number; unconfirmed: number }; problem: string | null; suspense: { amount: string; cases: number }[]; statement: object | null }
const reconciliation = async (): Promise<Reconciliation> => {
  await world.settle()
  return world.door.do<Reconciliation>(world.comsa.admin, 'reconciliation', { organization: world.comsa.id })
}
interface Suspense { totalCount: number; edges: { cursor: string; node: Record<string, string | number | null> }[] }
const suspense = (args: object = {}): Promise<Suspense> => world.door.do<Suspense>(world.comsa.agent, 'suspenseList', { organization: world.comsa.id, ...args })

beforeAll(async () => {
  daraja = await startDaraja()
  world = await startWorld({ mobileMoney: { prefix: 'GRW', darajaUrl: daraja.url } })
  const { comsa, lending } = world
  const [first, second] = comsa.borrowers as [Person, Person]
  await Promise.all([first, second].map((borrower) => lending.credential(comsa, borrower)))
  const project = await lending.project(comsa)
  loan = await lending.loan(comsa, first, project, 'DISBURSED')
  other = await lending.loan(comsa, second, project, 'DISBURSED')
})
afterAll(async () => {
  await world?.end()
  await daraja?.close()
})

test('an organization connects its account; without one there is no code to pay with', async () => {
  const { door, comsa, otra } = world
  expect((await refusal(door.do(bea(), 'requestPaymentCode', { loan: loan.key }))).code).toBe('NOT_OFFERED')
  expect((await callback({ TransID: 'RKL51ZDR00' })).status).toBe(404)
  const account = { organization: comsa.id, provider: 'daraja', shortCode: '600984', key: 'key', secret: 'secret', currency: 'HNL' }
  expect(await door.do(comsa.admin, 'setMobileMoney', account)).toEqual({ organization: comsa.id, provider: 'daraja', shortCode: '600984', currency: 'HNL', callback: `/callbacks/mobile-money/daraja/${comsa.id}` })
  for (const who of [comsa.agent, otra.admin, bea()]) expect((await refusal(door.do(who, 'setMobileMoney', account))).code).toBe('FORBIDDEN')
  expect((await refusal(door.do(comsa.admin, 'setMobileMoney', { ...account, provider: 'other' }))).code).toBe('BAD_INPUT')
  expect((await refusal(door.do(comsa.admin, 'setMobileMoney', { ...account, currency: 'XXZ' }))).code).toBe('CURRENCY_UNKNOWN')
  const given = await door.do(bea(), 'requestPaymentCode', { loan: loan.key, amount: '3633.33' })
  code = given['code'] as string
  expect(given).toEqual({ loan: loan.key, code, shortCode: '600984', currency: 'HNL', amount: '3633.33' })
  expect(code).toMatch(/^GRW\d{10}$/)
  // Whoever asks, it is the same; another loan has another.
  expect((await door.do(comsa.agent, 'requestPaymentCode', { loan: loan.key }))['code']).toBe(code)
  expect((await door.do(comsa.admin, 'requestPaymentCode', { loan: other.key }))['code']).not.toBe(code)
  expect((await refusal(door.do(bea(), 'requestPaymentCode', { loan: other.key }))).code).toBe('FORBIDDEN')
  expect((await refusal(door.do(bea(), 'requestPaymentCode', { loan: loan.key, amount: '1.001' }))).code).toBe('AMOUNT_INVALID')
  await world.settle()
  expect((await readMailbox(join(world.data, 'mailbox'), { to: bea().address })).some(({ text }) => text.includes(code) && text.includes('600984'))).toBe(true)
})

test('what a callback says is booked once the provider has said so itself, and only as the provider says', async () => {
  const first = paid('1000.00', { billreference: `${code.slice(0, 5)} ${code.slice(5).toLowerCase()}` })
  daraja.paid.push(first)
  const answer = await callback({ ...confirmation(first), TransAmount: '999999.00', BillRefNumber: 'somebody else' })
  expect([answer.status, await answer.json()]).toEqual([200, { ResultCode: 0, ResultDesc: 'Accepted' }])
  expect(await repaid()).toBe('1000.00')
  // Twice, many at once, and once more when all is long done.
  await Promise.all(Array.from({ length: 8 }, () => callback(confirmation(first))))
  expect(await repaid()).toBe('1000.00')
  const { edges } = await world.door.do<{ edges: { node: Record<string, string> }[] }>(bea(), 'payments', { loan: loan.key })
  const payment = edges.map(({ node }) => node).find(({ rail }) => rail === 'MOBILE')!
  expect(payment).toMatchObject({ kind: 'REPAYMENT', status: 'CONFIRMED', amount: '1000.00', reference: first.transactionId, awaits: 'NOTHING' })
  // The receipt is the organization's, over just this.
  const { receipt } = await world.door.do<{ receipt: { jws: string; signer: string } }>(bea(), 'paymentReceipt', { payment: payment['key'] })
  const read = await verifyDocument('repayment-receipt', receipt.jws, { resolver: createResolver(), now: new Date(), signedBy: world.comsa.did })
  expect(read.payload).toMatchObject({ type: 'RepaymentReceipt', payment: payment['key'], loan: loan.key, amount: '1000.00', currency: 'HNL', rail: 'MOBILE' })
  // The payment group gets a signature for an entry of its own book, and under no other name.
  const document = { payment: payment['key'], amount: '1000000.00' }
  for (const cause of [{ seq: 1 }, { key: 'other' }, { organization: world.otra.id }]) {
    const given = { group: 'payment', book: 'payment', organization: world.comsa.id, key: payment['key'], seq: Number(payment['version']), ...cause } as const
    const service = await world.bus.serviceToken('payment', identity.signForOrganization, given as never)
    expect(await refusal(world.bus.call(identity.signForOrganization, { organization: world.comsa.id, type: 'RepaymentReceipt', document } as never, { service }))).toMatchObject({ code: 'FORBIDDEN', path: 'cause' })
  }
  expect((await refusal(world.door.do(world.comsa.borrowers[1]!, 'paymentReceipt', { payment: payment['key'] }))).code).toBe('FORBIDDEN')
})

test('late, never, and made up', async () => {
  const late = paid('200.00')
  expect((await callback(confirmation(late))).status).toBe(200)
  expect(await repaid()).toBe('1000.00')
  expect((await reconciliation()).hints).toEqual({ waiting: 1, unconfirmed: 0 })
  daraja.paid.push(late)
  await later(31)
  expect(await repaid()).toBe('1200.00')
  expect((await reconciliation()).hints).toEqual({ waiting: 0, unconfirmed: 0 })
  // Nobody calls back at all.
  daraja.paid.push(paid('300.00'))
  await later(31)
  expect(await repaid()).toBe('1200.00')
  await later(301)
  expect(await repaid()).toBe('1500.00')
  // The provider lists a payment a while after it was made, when its time has been looked at already.
  daraja.paid.push(paid('7.00', { at: new Date(world.clock.now().getTime() - 240_000) }))
  await later(301)
  expect(await repaid()).toBe('1507.00')
  daraja.paid.pop()
  // Somebody makes one up: it moves nothing, and is given up when the provider can be asked no more.
  expect((await callback(confirmation(paid('5000.00')))).status).toBe(200)
  await later(49 * 3600)
  expect(await repaid()).toBe('1507.00')
  expect((await reconciliation()).hints).toEqual({ waiting: 0, unconfirmed: 1 })
  // What is no callback, or for nobody.
  for (const [body, path, status] of [[{ TransID: 7 }, undefined, 400], [[], undefined, 400], [{ TransID: 'RKL51ZDR9Z' }, `mpesa/${world.comsa.id}`, 404], [{ TransID: 'RKL51ZDR9Z' }, `daraja/${world.otra.id}`, 404], [{ TransID: 'RKL51ZDR9Z' }, 'daraja/nobody', 404]] as const) {
    expect((await callback(body, path)).status).toBe(status)
  }
})

test('a provider that does not answer is asked again, and says so in the reconciliation', async () => {
  const payment = paid('100.00')
  daraja.paid.push(payment)
  for (const [mood, problem] of [['busy', 'PROVIDER_BUSY'], ['dead', 'PROVIDER_UNREACHABLE'], ['nonsense', 'PROVIDER_ANSWER']] as const) {
    daraja.mood = mood
    expect((await callback(confirmation(payment))).status).toBe(200)
    expect(await reconciliation()).toMatchObject({ problem, hints: { waiting: 1 } })
  }
  expect(await repaid()).toBe('1507.00')
  daraja.mood = 'well'
  await later(31)
  expect(await repaid()).toBe('1607.00')
  expect(await reconciliation()).toMatchObject({ problem: null, hints: { waiting: 0 } })
})

test('what matches nothing waits in suspense, by its age; an assignment can be taken back', async () => {
  const { door, comsa, otra } = world
  const wrong = `${code.slice(0, -1)}${(Number(code.at(-1)) + 1) % 10}`
  daraja.paid.push(paid('700.00', { billreference: wrong }), paid('50.00', { billreference: 'my coffee' }))
  await later(301)
  expect(await repaid()).toBe('1607.00')
  const list = await suspense()
  expect(list.edges.map(({ node }) => [node['kind'], node['amount'], node['entered'], node['age'], node['days'], node['reason']])).toEqual(
    expect.arrayContaining([['RECEIPT', '700.00', wrong, '0-7', 0, 'UNMATCHED'], ['RECEIPT', '50.00', 'my coffee', '0-7', 0, 'UNMATCHED']]))
  expect((await suspense({ first: 1 })).edges).toHaveLength(1)
  expect((await suspense({ first: 1, after: list.edges[0]!.cursor })).edges[0]!.node['payment']).toBe(list.edges[1]!.node['payment'])
  expect((await reconciliation()).suspense).toMatchObject([{ amount: '750.00', cases: 2 }])
  const payment = list.edges.find(({ node }) => node['amount'] === '700.00')!.node['payment'] as string
  await later(10 * 86_400)
  expect((await suspense()).edges[0]!.node).toMatchObject({ age: '8-30', days: 10 })
  for (const who of [comsa.agent, otra.admin, bea()]) expect((await refusal(door.do(who, 'assignSuspense', { payment, loan: loan.key }))).code).toBe('FORBIDDEN')
  expect((await refusal(door.do(bea(), 'payment', { key: payment }))).code).toBe('FORBIDDEN')
  expect((await refusal(door.do(comsa.admin, 'reverseAssignment', { payment, reason: 'none' }))).code).toBe('PAYMENT_STATUS')
  expect((await refusal(door.do(comsa.admin, 'assignSuspense', { payment, loan: 'none' }))).code).toBe('NOT_FOUND')
  await world.lending.credential(otra, otra.borrowers[0]!)
  const foreign = await world.lending.loan(otra, otra.borrowers[0]!, await world.lending.project(otra, { endDate: '2027-12-31' }), 'DISBURSED')
  expect(await refusal(door.do(comsa.admin, 'assignSuspense', { payment, loan: foreign.key }))).toMatchObject({ code: 'FORBIDDEN', path: 'loan' })
  await door.do(comsa.admin, 'assignSuspense', { payment, loan: other.key })
  await world.settle()
  expect((await refusal(door.do(comsa.admin, 'assignSuspense', { payment, loan: loan.key }))).code).toBe('ASSIGNED_ALREADY')
  const of = async (key: string): Promise<string> => (await door.do(comsa.admin, 'loan', { key }))['repaid']!
  expect([await of(loan.key), await of(other.key)]).toEqual(['1607.00', '700.00'])
  await door.do(comsa.second, 'reverseAssignment', { payment, reason: 'it was Bea who paid' })
  await world.settle()
  expect([await of(loan.key), await of(other.key)]).toEqual(['1607.00', '0.00'])
  expect((await suspense()).edges.find(({ node }) => node['payment'] === payment)!.node).toMatchObject({ loan: null, project: null, reason: 'it was Bea who paid' })
  expect(await world.unrest()).toEqual([])
  await door.do(comsa.admin, 'assignSuspense', { payment, loan: loan.key })
  expect(await repaid()).toBe('2307.00')
  expect((await suspense()).totalCount).toBe(1)
})

test('a statement is compared, and books what came in and is missing here', async () => {
  const { door, comsa } = world
  interface Item { reference: string; amount: string | null; here: string | null; reason: string | null; direction: string }
  interface Report { digest: string; counts: Record<string, number>; missingHere: Item[]; missingThere: Item[]; differing: Item[]; faults: { line: number; reason: string }[] }
  const header = 'Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.'
  const east = (at: Date): string => new Date(at.getTime() + 3 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
  const row = ({ transactionId, amount, billreference, at }: Paid, changes: { status?: string; amount?: string } = {}): string =>
    `${transactionId},${east(at)},,Pay Bill Online,${changes.status ?? 'Completed'},"${changes.amount ?? amount}",,1.00,true,Pay Bill Online,2547****126 - B F,,${billreference}`
  const [first, ...rest] = daraja.paid as [Paid, ...Paid[]]
  const lost = paid('400.00')
  const unmatched = paid('60.00', { billreference: '' })
  const known = rest.filter(({ amount }) => amount !== '200.00')
  const lines = [row(first, { amount: '1,000.01' }), ...known.map((each) => row(each)), row(lost), row(unmatched), row(paid('9.00'), { status: 'Failed' }), `QAB12CD303,${east(world.clock.now())},,Pay Bill Charge,Completed,,-30.00,1.00,true,Pay Bill Charge,,,`, `QAB12CD304,${east(world.clock.now())},,Organization Settle to Bank,Completed,,-500.00,1.00,true,Withdraw,,,`]
  const csv = ['Organization Name:,COMSA', '', header, ...lines, ',,,Totals,,"1.00",,,,,,,'].join('\r\n')
  const run = (args: object): Promise<Report> => door.do<Report>(comsa.admin, 'importStatement', { organization: comsa.id, csv, ...args })
  const report = await run({})
  expect(report.counts).toEqual({ lines: lines.length - 1, matched: known.length, missingHere: 3, missingThere: 2, differing: 1, ignored: 3, booked: 0 })
  expect(report.missingHere.map(({ reference: of, amount, direction }) => [of, amount, direction])).toEqual([[lost.transactionId, '400.00', 'IN'], [unmatched.transactionId, '60.00', 'IN'], ['QAB12CD304', '500.00', 'OUT']])
  expect(report.differing).toMatchObject([{ reference: first.transactionId, amount: '1000.01', here: '1000.00', reason: 'AMOUNT' }])
  expect(report.missingThere.map(({ here }) => here).toSorted()).toEqual(['200.00', '7.00'])
  expect(await repaid()).toBe('2307.00')
  expect((await refusal(run({ dryRun: false }))).code).toBe('DRY_RUN_MISSING')
  expect((await refusal(run({ dryRun: false, digest: `${report.digest}x` }))).code).toBe('DRY_RUN_MISSING')
  expect((await run({ dryRun: false, digest: report.digest })).counts).toMatchObject({ missingHere: 3, booked: 2 })
  expect((await run({ dryRun: false, digest: report.digest })).counts).toMatchObject({ missingHere: 1, booked: 0 })
  // And when the callback comes after all.
  daraja.paid.push(lost)
  expect((await callback(confirmation(lost))).status).toBe(200)
  expect(await repaid()).toBe('2707.00')
  expect(await reconciliation()).toMatchObject({ hints: { waiting: 0 }, statement: { digest: report.digest, missingThere: 2, differing: 1 } })
  expect((await refusal(run({ csv: 'a,b\n1,2\n' })))).toMatchObject({ code: 'STATEMENT_INVALID', details: { line: 1, reason: 'HEADER_MISSING' } })
  expect((await refusal(run({ csv: 'x\nReceipt No.,Completion Time\n' })))).toMatchObject({ code: 'STATEMENT_INVALID', details: { line: 2 } })
  const bad = ['', header, row(paid('1.00')), row(paid('2.00', { at: world.clock.now() })).replace(/\d{4}-\d\d-\d\d/, 'soon'), row(first), row(first)].join('\n')
  const dry = await run({ csv: bad })
  expect(dry.faults).toEqual([expect.objectContaining({ line: 4, reason: 'TIME' }), expect.objectContaining({ line: 6, reason: 'TWICE' })])
  expect((await refusal(run({ csv: bad, dryRun: false, digest: dry.digest }))).code).toBe('ROWS_INVALID')
  expect((await refusal(door.do(comsa.agent, 'importStatement', { organization: comsa.id, csv }))).code).toBe('FORBIDDEN')
})
