import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lengths } from './testing/at-rest.ts'
import { LOAN } from './testing/lending.ts'
import { refusal } from './testing/door.ts'
import type { Person } from './testing/people.ts'
import { startWorld, type World } from './testing/world.ts'

const MANY = 64
let world: World
let borrowers: readonly Person[]

beforeAll(async () => {
  world = await startWorld()
  const { people, lending, comsa } = world
  borrowers = await people.members(comsa.admin, comsa.id, 'BORROWER', Array.from({ length: MANY }, (_none, index) => `borrower-${index}`))
  await Promise.all(borrowers.map((borrower) => lending.credential(comsa, borrower)))
})
afterAll(() => world.end())

const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'OK', (error: { code?: string }) => String(error.code))
const counted = (outcomes: readonly string[]): Record<string, number> =>
  outcomes.reduce<Record<string, number>>((counts, outcome) => ({ ...counts, [outcome]: (counts[outcome] ?? 0) + 1 }), {})

/** By how much each book has grown while something was done; books that stayed as they were are left out. */
async function growth(work: () => Promise<unknown>): Promise<Record<string, number>> {
  await world.settle()
  const before = await lengths(world.inside.stores)
  await work()
  await world.settle()
  const after = await lengths(world.inside.stores)
  return Object.fromEntries(Object.entries(after).map(([book, length]) => [book.split('.')[0], length - (before[book] ?? 0)] as const).filter(([, grown]) => grown !== 0))
}

describe('64 applications at once where the money is there for ten', () => {
  it('approves ten and tells 54 that it is promised to others', async () => {
    const { lending, comsa, door } = world
    const project = await lending.project(comsa, { junior: '200000.00' })
    const outcomes = await Promise.all(borrowers.map((borrower) => codeOf(lending.apply(borrower, project))))
    expect(counted(outcomes)).toEqual({ OK: 10, FUNDS_RESERVED: 54 })
    const shown = await door.do(comsa.admin, 'project', { key: project })
    expect(shown).toMatchObject({ reserved: '200000.00', available: '0.00', juniorCapital: '200000.00', loanCount: 10 })
    const { totalCount } = await door.do<{ totalCount: number }>(comsa.admin, 'loans', { project, status: 'APPROVED' })
    expect(totalCount).toBe(10)
  })

  it('gives a promise that has lapsed to the next who asks, and to no two', async () => {
    const { lending, comsa, clock } = world
    const project = await lending.project(comsa, { junior: '200000.00', loans: { offerDays: 2 } })
    const first = await Promise.all(borrowers.slice(0, 10).map((borrower) => codeOf(lending.apply(borrower, project))))
    expect(counted(first)).toEqual({ OK: 10 })
    expect(await refusal(lending.apply(borrowers[10]!, project))).toMatchObject({ code: 'FUNDS_RESERVED' })
    // Three keep theirs by signing it.
    const { edges } = await world.door.do<{ edges: { node: { key: string; borrowerUser: string } }[] }>(comsa.admin, 'loans', { project })
    for (const { node } of edges.slice(0, 3)) await world.door.do(borrowers.find(({ session }) => session.user === node.borrowerUser)!, 'signLoan', { loan: node.key })
    await clock.advance(4 * 86_400_000)
    await world.settle()
    const again = await Promise.all(borrowers.slice(10).map((borrower) => codeOf(lending.apply(borrower, project))))
    expect(counted(again)).toEqual({ OK: 7, FUNDS_RESERVED: MANY - 17 })
  })
})

describe('one request id, 64 times at once', () => {
  /** Does it 64 times with one id, then with other parameters; gives the one key that came of all. */
  async function once(who: Person, operation: string, args: object, other: object, grown: Record<string, number>): Promise<string> {
    const { door } = world
    const requestId = randomUUID()
    let keys: string[] = []
    expect(await growth(async () => {
      keys = await Promise.all(Array.from({ length: MANY }, async () => (await door.do(who, operation, { ...args }, { requestId }))['key'] as string))
      // As an argument it is the same id as in the header.
      keys.push((await door.do(who, operation, { ...args, requestId }))['key'] as string)
    })).toEqual(grown)
    expect(new Set(keys).size).toBe(1)
    expect(await growth(async () => {
      const others = await Promise.all(Array.from({ length: 8 }, () => codeOf(door.do(who, operation, { ...args, ...other }, { requestId }))))
      expect(counted(others)).toEqual({ REQUEST_ID_REUSED: 8 })
    })).toEqual({})
    expect((await door.do(who, operation, { ...args }, { requestId }))['key']).toBe(keys[0])
    return keys[0] as string
  }

  it('is one loan', async () => {
    const { lending, comsa, door } = world
    const project = await lending.project(comsa)
    const { amount, months } = LOAN
    const loan = await once(borrowers[0]!, 'applyForLoan', { project, amount, months }, { months: 12 }, { loan: 1 })
    expect(await door.do(comsa.admin, 'project', { key: project })).toMatchObject({ loanCount: 1, reserved: amount })
    // Another person's requests never meet hers, whatever id they choose.
    const shared = randomUUID()
    const [one, other] = await Promise.all([lending.apply(borrowers[1]!, project, shared), lending.apply(borrowers[2]!, project, shared)])
    expect(new Set([loan, one, other]).size).toBe(3)
  })

  it('is one application, also where it is refused', async () => {
    const { lending, comsa, door } = world
    const project = await lending.project(comsa, { required: ['KYC', 'SavingsHistory'] })
    const requestId = randomUUID()
    const grown = await growth(async () => {
      const outcomes = await Promise.all(Array.from({ length: MANY }, () => codeOf(door.do(borrowers[3]!, 'applyForLoan', { project, amount: LOAN.amount, months: 6 }, { requestId }))))
      expect(counted(outcomes)).toEqual({ CREDENTIAL_MISSING: MANY })
    })
    expect(grown).toEqual({ loan: 1 })
  })

  it('is one repayment', async () => {
    const { lending, comsa, door } = world
    const project = await lending.project(comsa)
    const { key: loan } = await lending.loan(comsa, borrowers[4]!, project, 'DISBURSED')
    const payment = await once(comsa.admin, 'addRepayment', { loan, rail: 'BANK', amount: '3633.33', reference: 'IN-7' }, { amount: '3633.34' }, { payment: 1 })
    // Confirmed many times at once, it is paid once.
    const requestId = randomUUID()
    const outcomes = await Promise.all(Array.from({ length: MANY }, (_none, index) => codeOf(door.do(comsa.second, 'confirmRepayment', { payment }, index % 2 === 0 ? { requestId } : {}))))
    expect(counted(outcomes)['OK']).toBeGreaterThanOrEqual(1)
    expect(Object.keys(counted(outcomes)).toSorted()).toEqual(['OK', 'PAYMENT_STATUS'])
    await world.settle()
    expect(await door.do(borrowers[4]!, 'loan', { key: loan })).toMatchObject({ repaid: '3633.33', outstanding: '18166.67' })
  })

  it('is one payout', async () => {
    const { lending, comsa } = world
    const project = await lending.project(comsa)
    const { key: loan } = await lending.loan(comsa, borrowers[5]!, project, 'SIGNED')
    const outcomes = await Promise.all(Array.from({ length: MANY }, () => codeOf(world.door.do(comsa.admin, 'addDisbursement', { loan, rail: 'BANK' }))))
    expect(counted(outcomes)['OK']).toBe(1)
  })

  it('is one funding', async () => {
    const { lending, comsa, investors, door } = world
    const project = await lending.project(comsa)
    const { intent } = await lending.intent(comsa, investors[0], project, 'SIGNED')
    await once(comsa.admin, 'fund', { intent, amount: '60000.00', reference: 'BANK-7' }, { amount: '60000.01' }, { funding: 1, payment: 2 })
    expect(await door.do(comsa.admin, 'project', { key: project })).toMatchObject({ seniorCapital: '60000.00' })
  })

  it('is one project', async () => {
    const { lending, comsa, door } = world
    const plan = await lending.plan(comsa)
    const key = await once(comsa.admin, 'createProject', plan, { name: 'Another' }, { project: 1 })
    await once(comsa.admin, 'fundJunior', { key, amount: '500.00', reference: 'OWN-1' }, { reference: 'OWN-2' }, { funding: 1, payment: 2 })
    expect(await door.do(comsa.admin, 'project', { key })).toMatchObject({ juniorCapital: '500.00' })
  })
})
