import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ussdSessions } from '@growr/identity'
import { readMailbox } from '@growr/messaging'
import { openNode, type Node } from '../node.ts'
import { gathered } from '../testing/at-rest.ts'
import { Door, refusal } from '../testing/door.ts'
import { LOAN } from '../testing/lending.ts'
import { People, PIN, type Person } from '../testing/people.ts'
import { Phone } from '../testing/phone.ts'
import { startWorld, temporaryNode, type World } from '../testing/world.ts'

let world: World
let bea: Person
let carl: Person
let project: string
// Nothing is held back until the project closes, so that a loan that is repaid owes nobody anything.
const plain = { loans: { isCommunity: false, riskDepositRate: '0', cashBackRate: '0' } }

beforeAll(async () => {
  world = await startWorld()
  ;[bea, carl] = world.comsa.borrowers as [Person, Person]
  for (const who of [bea, carl]) await world.lending.credential(world.comsa, who)
  project = await world.lending.project(world.comsa, plain)
})
afterAll(() => world.end())

const erase = (by: Person, who: Person, more: object = {}): Promise<unknown> => world.door.do(by, 'eraseUser', { user: who.session.user, ...more })

describe('the erasure of a person', () => {
  it('is refused while something is owed, and locks nobody out', async () => {
    const { key } = await world.lending.loan(world.comsa, bea, project, 'DISBURSED')
    for (const [by, more] of [[bea, { pin: PIN }], [world.comsa.admin, {}], [world.operator, {}]] as const) expect(await refusal(erase(by, bea, more))).toMatchObject({ code: 'STILL_OWED', path: 'loan' })
    await world.door.do(bea, 'me')
    // Paid, but nobody has confirmed it yet.
    const payment = await world.lending.repay(world.comsa, key, LOAN.total, false)
    expect((await refusal(erase(bea, bea, { pin: PIN }))).code).toBe('STILL_OWED')
    await world.door.do(world.comsa.second, 'confirmRepayment', { payment })
    await world.settle()
  })

  it('is refused to an agent who holds cash, or is about to', async () => {
    const { agent, secondAgent, admin } = world.comsa
    const { key: payment } = await world.door.do(secondAgent, 'handOverCash', { project, amount: '5.00', from: 'BANK', to: 'AGENT' })
    expect(await refusal(erase(admin, secondAgent))).toMatchObject({ code: 'STILL_OWED', path: 'payment' })
    await world.door.do(admin, 'confirmHandOver', { payment })
    expect(await refusal(erase(admin, secondAgent))).toMatchObject({ code: 'STILL_OWED', path: 'cash' })
    const loan = await world.lending.loan(world.comsa, carl, project, 'DISBURSED')
    await world.lending.cashIn(world.comsa, agent, loan, '1000.00')
    expect(await refusal(erase(admin, agent))).toMatchObject({ code: 'STILL_OWED', path: 'cash' })
  })

  it('is for the person, who gives the PIN, for an admin of her only organization, and for the operator', async () => {
    const { comsa, otra, operator, investors } = world
    for (const by of [comsa.agent, otra.admin, carl, investors[0]]) expect((await refusal(erase(by, bea))).code).toBe('FORBIDDEN')
    expect(await refusal(erase(bea, bea))).toMatchObject({ code: 'BAD_INPUT', path: 'pin' })
    expect((await refusal(erase(bea, bea, { pin: '9999' }))).code).toBe('CREDENTIALS_WRONG')
    expect((await refusal(erase(comsa.admin, comsa.second))).code).toBe('FORBIDDEN')
    expect((await refusal(erase(operator, operator))).code).toBe('FORBIDDEN')
    expect((await refusal(erase(operator, { ...bea, session: { ...bea.session, user: 'nobody' } }))).code).toBe('NOT_FOUND')
  })

  it('leaves nothing that leads to her, and every book adds up and verifies as before', async () => {
    const { comsa, door, inside, operator } = world
    const { address, did } = bea
    const user = bea.session.user
    await door.do(bea, 'updateProfile', { fullName: 'Beatriz Ayala', documentNumber: '0801-1990-12345', pin: PIN })
    const { number } = await door.do<{ number: string }>(bea, 'complain', { text: 'Beatriz says that the scale is wrong.' })
    await door.do(comsa.admin, 'answerComplaint', { number, answer: 'It was, Beatriz.' })
    await world.settle()
    await Promise.all([bea, carl].map((who) => new Phone(world, who.address).dial()))
    const dialled = await inside.parts.groups.find((group) => group.name === 'identity')!.collections!.repository(ussdSessions)
    const sessions = async (): Promise<number[]> => Promise.all([bea, carl].map(async (who) => (await dialled.find({ where: { phone: who.address } })).length))
    expect(await sessions()).toEqual([1, 1])
    const before = await gathered(inside.stores)
    expect([...before.records.loan.values()].some(({ subject }) => subject?.userId === user)).toBe(true)

    expect(await erase(bea, bea, { pin: PIN })).toMatchObject({ user, erased: true })
    await world.settle()
    expect(await sessions()).toEqual([0, 1])
    // Again, as often as anybody likes.
    expect(await erase(operator, bea)).toMatchObject({ user, erased: true })

    expect((await refusal(door.do(bea, 'me'))).code).toBe('SESSION_REVOKED')
    expect((await refusal(door.do({}, 'loginByPhone', { phone: address, pin: PIN }))).code).toBe('CREDENTIALS_WRONG')
    expect((await refusal(door.do({}, 'refresh', { refreshToken: bea.session.refreshToken }))).code).toBe('SESSION_REVOKED')
    expect(await door.do(operator, 'user', { id: user })).toMatchObject({ name: null, phone: null, email: null, did: null, status: 'BLOCKED', memberships: [] })
    expect((await refusal(door.do(comsa.admin, 'record', { did }))).code).toBe('NOT_FOUND')
    expect((await refusal(door.do(comsa.admin, 'vouch', { user }))).code).toBe('FORBIDDEN')
    expect((await refusal(door.do(comsa.admin, 'issueVC', { organization: comsa.id, user, type: 'KYC', claims: { level: 1, country: 'HN', amlClear: true, checkedOn: '2026-03-01' } }))).code).toBe('NOT_FOUND')
    expect(await door.do(comsa.admin, 'complaint', { number })).toMatchObject({ text: null, answers: [] })
    const after = await gathered(inside.stores)
    for (const records of [after.records.loan, after.records.payment]) expect(JSON.stringify([...records.values()], (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).not.toMatch(new RegExp(`${user}|${did}`))
    // Carl's are as they were.
    expect([...after.records.loan.values()].some(({ subject }) => subject?.userId === carl.session.user)).toBe(true)
    expect(after.balances).toEqual(before.balances)
    expect(await world.unrest()).toEqual([])
    const last = (await readMailbox(join(world.data, 'mailbox'), { to: address })).at(-1)
    expect(last?.template).toBe('personErased')
    // Integrators are told to erase their copies.
    const feed = await door.do<{ items: { type: string }[] }>(comsa.admin, 'feed', { organization: comsa.id, book: 'erasures', after: 0, limit: 10 })
    expect(JSON.stringify(feed)).not.toContain(user)
    expect(feed.items.map(({ type }) => type)).toEqual(['person.erased'])
  })

  it('sets her number free: whoever has it now is another person', async () => {
    const { comsa, door } = world
    await door.do(comsa.admin, 'addMember', { organization: comsa.id, type: 'BORROWER', name: 'Dora', phone: bea.address })
    const session = await door.do<{ user: string }>({}, 'registerBorrower', { phone: bea.address, code: await world.people.code(bea.address), pin: PIN })
    expect(session.user).not.toBe(bea.session.user)
    expect(await door.do({ session: session as never }, 'profile')).toEqual({ profile: {}, updatedAt: null })
    expect(await door.do({ session: session as never }, 'credentials')).toEqual([])
  })
})

describe('after a restore', () => {
  it('whoever was erased since the back-up is erased again', async () => {
    const { dir, config } = temporaryNode()
    const hashCost = { memoryCost: 64, timeCost: 1, parallelism: 1 }
    const copy = join(dir, 'copy')
    let node: Node = (await openNode(config, { hashCost })).node
    try {
      const door = new Door(node.url)
      const people = new People({ door, data: node.data, settle: () => node.settle() })
      const again = async (between: () => void): Promise<void> => {
        await node.stop()
        between()
        node = (await openNode(config, { hashCost })).node
        door.url = node.url
      }
      const operator = await people.operator()
      const { admin, borrowers: [eva] } = await people.organization(operator, 'ELSEWHERE', ['eva'])
      const user = (eva as Person).session.user
      const identity = join(node.data, 'identity')
      await again(() => cpSync(identity, copy, { recursive: true }))
      await door.do({ session: await people.signIn(operator) }, 'eraseUser', { user })
      await again(() => {
        rmSync(identity, { recursive: true })
        cpSync(copy, identity, { recursive: true })
      })
      expect((await refusal(people.signIn(eva as Person))).code).toBe('CREDENTIALS_WRONG')
      const session = await people.signIn(operator)
      expect(await door.do({ session }, 'user', { id: user })).toMatchObject({ name: null, phone: null, did: null })
      expect((await refusal(door.do({ session }, 'record', { did: (eva as Person).did }))).code).toBe('NOT_FOUND')
      expect((await people.signIn(admin)).user).toBe(admin.session.user)
    } finally {
      await node.stop()
      rmSync(dir, { recursive: true, force: true })
    }
  })
})
