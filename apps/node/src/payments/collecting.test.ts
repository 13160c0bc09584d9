import { scryptSync } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createResolver, verifyDocument } from '@growr/credentials'
import { readMailbox } from '@growr/messaging'
import { refusal } from '../testing/door.ts'
import type { Loan } from '../testing/lending.ts'
import type { Person } from '../testing/people.ts'
import { startWorld, type World } from '../testing/world.ts'

// An agent takes a list along, collects where there is no connection, and hands in later: through GraphQL, on a whole node.

interface Verifier { n: number; r: number; p: number; salt: string; hash: string }
interface Due { loan: string; borrower: string; due: string; dueDate: string; verifier: Verifier | null }
interface List { id: string; on: string; validUntil: string; dues: Due[]; list: { jws: string; signer: string } }
interface HandIn { booked: { receipt: string; payment: string; repeated: boolean }[]; conflicts: { receipt: string; reason: string }[] }
interface Receipt { receipt: string; loan: string; amount: string; code: string; on: string }

let world: World
let loans: [Loan, Loan]
let list: List

const person = (index: 0 | 1): Person => world.comsa.borrowers[index]!
const codeOf = (index: 0 | 1): Promise<string> => world.lending.cashCode(person(index))
const handIn = (receipts: readonly Receipt[], who: Person = world.comsa.agent, jws = list.list.jws): Promise<HandIn> => world.door.do<HandIn>(who, 'handInCollections', { list: jws, receipts })
const make = (args: object = {}, requestId?: string): Promise<List> => world.door.do<List>(world.comsa.agent, 'collectionList', { organization: world.comsa.id, ...args }, requestId === undefined ? {} : { requestId })
const repaid = async (index: 0 | 1): Promise<string> => {
  await world.settle()
  return (await world.door.do(person(index), 'loan', { key: loans[index].key }))['repaid']!
}
/** As the agent's device checks it. */
const isRight = (code: string, { n: N, r, p, salt, hash }: Verifier): boolean =>
  scryptSync(code, Buffer.from(salt, 'base64url'), 32, { N, r, p, maxmem: 64 * 1024 * 1024 }).equals(Buffer.from(hash, 'base64url'))

beforeAll(async () => {
  world = await startWorld()
  const { comsa, lending } = world
  await Promise.all([0, 1].map((index) => lending.credential(comsa, person(index as 0 | 1))))
  const project = await lending.project(comsa)
  loans = [await lending.loan(comsa, person(0), project, 'DISBURSED'), await lending.loan(comsa, person(1), project, 'DISBURSED')]
  // The first instalments are due.
  await world.clock.set(new Date('2026-04-02T15:00:00.000Z'))
  await world.settle()
  for (const each of [world.operator, comsa.admin, comsa.second, comsa.agent, comsa.secondAgent, world.otra.admin, world.otra.agent, ...comsa.borrowers]) each.session = await world.people.signIn(each)
})
afterAll(() => world?.end())

test('the list is signed, and what it knows of a code a device can check and nobody can read', async () => {
  const { door, comsa, otra } = world
  list = await make({}, 'list-1')
  expect(list.dues.map(({ loan, due, dueDate }) => [loan, due, dueDate])).toEqual(expect.arrayContaining(loans.map(({ key }) => [key, '3633.33', '2026-04-02'])))
  expect(list.dues.map(({ borrower }) => borrower).toSorted()).toEqual(['bea', 'carl'])
  const { payload } = await verifyDocument('collection-list', list.list.jws, { resolver: createResolver(), now: world.clock.now(), signedBy: list.list.signer })
  expect(payload).toMatchObject({ id: list.id, organization: comsa.id, agent: comsa.agent.session.user, on: '2026-04-02' })
  const code = await codeOf(0)
  expect(code).toMatch(/^\d{8}$/)
  const of = (index: 0 | 1): Verifier => list.dues.find(({ loan }) => loan === loans[index].key)!.verifier!
  expect([isRight(code, of(0)), isRight(code, of(1)), isRight('00000000', of(0))]).toEqual([true, false, false])
  expect(list.list.jws).not.toContain(code)
  // The same request gives the same list, and no second code.
  expect(await make({}, 'list-1')).toEqual(list)
  expect(await codeOf(0)).toBe(code)
  for (const who of [comsa.admin, otra.agent, person(0)]) expect((await refusal(door.do(who, 'collectionList', { organization: comsa.id }))).code).toBe('FORBIDDEN')
})

test('each receipt is booked once, in any order and however often it comes; each conflict is listed', async () => {
  const { comsa, otra, clock, door } = world
  const first: Receipt = { receipt: 'r-1', loan: loans[0].key, amount: '3633.33', code: await codeOf(0), on: '2026-04-03' }
  const second: Receipt = { receipt: 'r-2', loan: loans[1].key, amount: '1000.00', code: await codeOf(1), on: '2026-04-03' }
  // Nobody's hands but the agent's, or an admin's; a list that was changed is none.
  expect((await refusal(handIn([first], comsa.secondAgent))).code).toBe('FORBIDDEN')
  for (const who of [otra.admin, otra.agent, person(0)]) expect((await refusal(handIn([first], who))).code).toBe('FORBIDDEN')
  const [head, body, signature] = list.list.jws.split('.') as [string, string, string]
  const forged = Buffer.from(JSON.stringify({ ...(JSON.parse(Buffer.from(body, 'base64url').toString()) as object), iat: 1 })).toString('base64url')
  for (const jws of ['x', `${head}.${forged}.${signature}`, `${head}.${body}.${Buffer.alloc(64, 7).toString('base64url')}`]) expect((await refusal(handIn([first], comsa.agent, jws))).code).toBe('COLLECTION_INVALID')
  expect((await handIn([{ ...first, on: '2026-04-03' }])).conflicts).toEqual([{ receipt: 'r-1', loan: loans[0].key, reason: 'VALUE_DATE' }])
  await clock.set(new Date('2026-04-05T15:00:00.000Z'))
  comsa.agent.session = await world.people.signIn(comsa.agent)
  comsa.admin.session = await world.people.signIn(comsa.admin)
  const wrong = [
    [{ ...first, receipt: 'r-3', code: '00000000' }, 'CODE_WRONG'],
    [{ ...first, receipt: 'r-4', loan: 'somebody' }, 'NOT_FOUND'],
    [{ ...first, receipt: 'r-5', on: '2026-04-01' }, 'VALUE_DATE'],
    [{ ...first, receipt: 'r-6', amount: '0.00' }, 'AMOUNT_INVALID'],
  ] as const
  const mixed = await handIn([second, ...wrong.map(([receipt]) => receipt)])
  expect(mixed.booked.map(({ receipt, repeated }) => [receipt, repeated])).toEqual([['r-2', false]])
  expect(mixed.conflicts.map(({ receipt, reason }) => [receipt, reason])).toEqual(wrong.map(([{ receipt }, reason]) => [receipt, reason]))
  // All at once, the other way round, and again by an admin.
  await Promise.all(Array.from({ length: 8 }, () => handIn([first, second])))
  const again = await handIn([first, second], comsa.admin)
  expect(again).toMatchObject({ booked: [{ receipt: 'r-1', repeated: true }, { receipt: 'r-2', repeated: true }], conflicts: [] })
  expect([await repaid(0), await repaid(1)]).toEqual(['3633.33', '1000.00'])
  // The same receipt with another amount is another claim; a code counts for one receipt.
  expect((await handIn([{ ...first, amount: '3633.34' }, { ...first, receipt: 'r-7' }])).conflicts.map(({ reason }) => reason)).toEqual(['REQUEST_ID_REUSED', 'CODE_SPENT'])
  // As of the day on which it was paid, in the agent's hands, and told to who paid.
  const [mine] = (await door.do<{ edges: { node: Record<string, string> }[] }>(person(0), 'payments', { loan: loans[0].key })).edges.filter(({ node }) => node['rail'] === 'CASH')
  expect(mine!.node).toMatchObject({ status: 'CONFIRMED', valueDate: '2026-04-03', bookingDate: '2026-04-05', holder: comsa.agent.session.user })
  const floats = await door.do<{ agent: string; amount: string }[]>(comsa.admin, 'cashFloats', { organization: comsa.id } as never) as unknown as { agent: string; amount: string }[]
  expect(floats).toMatchObject([{ agent: comsa.agent.session.user, amount: '4633.33' }])
  expect((await readMailbox(join(world.data, 'mailbox'), { to: person(0).address })).at(-1)!.text).toContain('3633.33')
})

test('who tries codes is locked out, and a list expires', async () => {
  const { comsa, clock } = world
  const next = await make({ loans: [loans[1].key] })
  expect(next.dues.map(({ loan }) => loan)).toEqual([loans[1].key])
  const code = await codeOf(1)
  const receipt = (name: string, given: string): Receipt => ({ receipt: name, loan: loans[1].key, amount: '5.00', code: given, on: next.on })
  // All at once are as many tries as one after the other.
  const tries = await Promise.all(Array.from({ length: 6 }, (_, index) => handIn([receipt(`t-${index}`, '00000000')], comsa.agent, next.list.jws)))
  expect(tries.flatMap(({ conflicts }) => conflicts.map(({ reason }) => reason)).toSorted()).toEqual([...Array.from({ length: 5 }, () => 'CODE_WRONG'), 'LOCKED'])
  expect((await handIn([receipt('t-9', code)], comsa.agent, next.list.jws)).conflicts).toMatchObject([{ reason: 'LOCKED' }])
  await clock.set(new Date('2026-05-15T15:00:00.000Z'))
  comsa.agent.session = await world.people.signIn(comsa.agent)
  expect((await refusal(handIn([receipt('t-9', code)], comsa.agent, next.list.jws))).code).toBe('COLLECTION_INVALID')
  expect(await repaid(1)).toBe('1000.00')
})
