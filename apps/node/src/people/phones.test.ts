import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readMailbox } from '@growr/messaging'
import { refusal } from '../testing/door.ts'
import { PIN, type Person } from '../testing/people.ts'
import { startWorld, type World } from '../testing/world.ts'

// A phone number has had another owner before, or has one now: what it opens, and what it does not.

let world: World
let bea: Person
let carl: Person
beforeAll(async () => {
  world = await startWorld()
  ;[bea, carl] = world.comsa.borrowers as [Person, Person]
})
afterAll(() => world.end())

const told = async (to: string): Promise<string[]> => {
  await world.settle()
  return (await readMailbox(join(world.data, 'mailbox'), { to })).map(({ template }) => template)
}
const codeFor = async (phone: string): Promise<string> => {
  await world.door.do({}, 'getOTP', { purpose: 'RESET_PIN', phone })
  return world.people.code(phone)
}
const signIn = (phone: string, pin: string): Promise<{ user: string }> => world.door.do({}, 'loginByPhone', { phone, pin, role: 'BORROWER' })

describe('a forgotten PIN', () => {
  it('is not given for the code of the phone alone', async () => {
    const code = await codeFor(bea.address)
    expect(await refusal(world.door.do({}, 'resetPIN', { phone: bea.address, code, pin: '5938' }))).toMatchObject({ code: 'BAD_INPUT', path: 'answer' })
    // Nothing is on file that could answer; an answer is as wrong as any.
    expect((await refusal(world.door.do({}, 'resetPIN', { phone: bea.address, code, answer: '0801-1990-12345', pin: '5938' }))).code).toBe('CREDENTIALS_WRONG')
    expect((await refusal(world.door.do({}, 'resetPIN', { phone: bea.address, code, vouch: '12345678', pin: '5938' }))).code).toBe('CODE_WRONG')
    expect((await refusal(world.door.do({}, 'resetPIN', { phone: bea.address, code: '000000', answer: '0801-1990-12345', pin: '5938' }))).code).toBe('CODE_WRONG')
    expect((await refusal(world.door.do({}, 'resetPIN', { phone: bea.address, code, answer: '0801-1990-12345', pin: '1234' }))).code).toBe('PIN_WEAK')
    expect((await signIn(bea.address, PIN)).user).toBe(bea.session.user)
  })

  it('is given anew to who knows the number of her document, ends her sessions and is told', async () => {
    const session = await world.people.signIn(carl)
    await world.door.do({ session }, 'updateProfile', { documentNumber: '0801-1990-54321', pin: PIN })
    const code = await codeFor(carl.address)
    expect((await refusal(world.door.do({}, 'resetPIN', { phone: carl.address, code, answer: '0801-1990-54320', pin: '5938' }))).code).toBe('CREDENTIALS_WRONG')
    // However it is spaced. The request comes twice and is carried out once.
    const args = { phone: carl.address, code, answer: '0801 1990 54321', pin: '5938' }
    await world.door.do({}, 'resetPIN', args, { requestId: 'reset-1' })
    await world.door.do({}, 'resetPIN', args, { requestId: 'reset-1' })
    expect((await refusal(world.door.do({}, 'resetPIN', args))).code).toBe('CODE_SPENT')
    expect((await refusal(world.door.do({ session }, 'me'))).code).toBe('SESSION_REVOKED')
    expect((await refusal(signIn(carl.address, PIN))).code).toBe('CREDENTIALS_WRONG')
    carl.session = await world.door.do({}, 'loginByPhone', { phone: carl.address, pin: '5938' })
    expect(await told(carl.address)).toContain('pinReset')
  })

  it('locks after some wrong answers, whatever comes then', async () => {
    const code = await codeFor(carl.address)
    const answers: string[] = []
    for (let n = 0; n < 8; n += 1) answers.push((await refusal(world.door.do({}, 'resetPIN', { phone: carl.address, code, answer: `guess-${n}`, pin: '5938' }))).code)
    expect(answers.at(-1)).toBe('LOCKED')
    expect((await refusal(world.door.do({}, 'resetPIN', { phone: carl.address, code, answer: '0801199054321', pin: '5938' }))).code).toBe('LOCKED')
  })

  it('is given anew with the code of an agent who saw her, and it is remembered who that was', async () => {
    const { comsa, otra } = world
    expect((await refusal(world.door.do(otra.agent, 'vouch', { user: bea.session.user }))).code).toBe('FORBIDDEN')
    expect((await refusal(world.door.do(comsa.agent, 'vouch', { user: comsa.agent.session.user }))).code).toBe('SAME_PERSON')
    expect((await refusal(world.door.do(comsa.agent, 'vouch', { user: comsa.secondAgent.session.user }))).code).toBe('FORBIDDEN')
    expect((await refusal(world.door.do(comsa.agent, 'vouch', { user: comsa.admin.session.user }))).code).toBe('FORBIDDEN')
    expect((await world.door.do(comsa.admin, 'vouch', { user: comsa.secondAgent.session.user }))['code']).toMatch(/^\d{8}$/)
    const { code: vouch } = await world.door.do<{ code: string }>(comsa.agent, 'vouch', { user: bea.session.user })
    // What staff know does not do without the phone.
    expect((await refusal(world.door.do({}, 'resetPIN', { phone: bea.address, code: '000000', vouch, pin: '7391' }))).code).toBe('CODE_WRONG')
    const code = await codeFor(bea.address)
    await world.door.do({}, 'resetPIN', { phone: bea.address, code, vouch, pin: '7391' })
    expect((await signIn(bea.address, '7391')).user).toBe(bea.session.user)
    const again = await codeFor(bea.address)
    expect((await refusal(world.door.do({}, 'resetPIN', { phone: bea.address, code: again, vouch, pin: PIN }))).code).toBe('CODE_SPENT')
    const { code: anew } = await world.door.do<{ code: string }>(comsa.agent, 'vouch', { user: bea.session.user })
    await world.door.do({}, 'resetPIN', { phone: bea.address, code: again, vouch: anew, pin: PIN })
    bea.session = await world.people.signIn(bea)
  })

  it('says nothing of who is known: a stranger\'s number gets the same answer and no message', async () => {
    const phone = world.people.phone()
    expect(await world.door.do({}, 'getOTP', { purpose: 'RESET_PIN', phone })).toEqual({ ok: true })
    expect(await told(phone)).toEqual([])
    expect((await refusal(world.door.do({}, 'resetPIN', { phone, code: '123456', answer: '0801', pin: '5938' }))).code).toBe('CODE_WRONG')
  })
})

describe('another phone', () => {
  it('she asks for by her PIN; both numbers are told, the PIN stays and all sessions end', async () => {
    const old = bea.address
    const phone = world.people.phone()
    expect(await refusal(world.door.do(bea, 'requestPhoneChange', { phone }))).toMatchObject({ code: 'BAD_INPUT', path: 'pin' })
    expect((await refusal(world.door.do(bea, 'requestPhoneChange', { phone, pin: '9999' }))).code).toBe('CREDENTIALS_WRONG')
    expect((await refusal(world.door.do(bea, 'requestPhoneChange', { phone: carl.address, pin: PIN }))).code).toBe('PHONE_IN_USE')
    expect(await world.door.do(bea, 'requestPhoneChange', { phone, pin: PIN }, { requestId: 'move-1' })).toMatchObject({ status: 'CODE_SENT' })
    await world.door.do(bea, 'requestPhoneChange', { phone, pin: PIN }, { requestId: 'move-1' })
    const code = await world.people.code(phone)
    expect((await refusal(world.door.do({}, 'changePhone', { phone, code: '000000' }))).code).toBe('CODE_WRONG')
    await world.door.do({}, 'changePhone', { phone, code }, { requestId: 'moved-1' })
    await world.door.do({}, 'changePhone', { phone, code }, { requestId: 'moved-1' })
    expect((await refusal(world.door.do(bea, 'me'))).code).toBe('SESSION_REVOKED')
    expect((await refusal(signIn(old, PIN))).code).toBe('CREDENTIALS_WRONG')
    expect((await signIn(phone, PIN)).user).toBe(bea.session.user)
    expect(await told(old)).toEqual(expect.arrayContaining(['phoneChangeAsked', 'phoneChanged']))
    expect((await told(phone)).filter((template) => template === 'phoneChanged')).toHaveLength(1)
    Object.assign(bea, { address: phone })
    bea.session = await world.people.signIn(bea)
  })

  it('staff ask for where the old one is lost, and another admin approves', async () => {
    const { comsa, otra } = world
    const user = carl.session.user
    const phone = world.people.phone()
    expect((await refusal(world.door.do(otra.agent, 'requestPhoneChange', { user, phone }))).code).toBe('FORBIDDEN')
    expect((await refusal(world.door.do(comsa.agent, 'requestPhoneChange', { user: comsa.agent.session.user, phone }))).code).toBe('SAME_PERSON')
    const first = await world.door.do<{ id: string }>(comsa.admin, 'requestPhoneChange', { user, phone })
    expect((await refusal(world.door.do(comsa.admin, 'approvePhoneChange', { change: first.id, approve: true }))).code).toBe('SAME_PERSON')
    expect((await refusal(world.door.do(otra.admin, 'approvePhoneChange', { change: first.id, approve: true }))).code).toBe('FORBIDDEN')
    expect((await refusal(world.door.do(comsa.agent, 'approvePhoneChange', { change: first.id, approve: true }))).code).toBe('FORBIDDEN')
    // Nobody has approved: the new number has no code.
    await world.settle()
    expect(await told(phone)).toEqual([])
    expect(await world.door.do(comsa.second, 'approvePhoneChange', { change: first.id, approve: false })).toMatchObject({ status: 'REFUSED' })
    expect((await refusal(world.door.do(comsa.second, 'approvePhoneChange', { change: first.id, approve: true }))).code).toBe('STALE_STATE')
    const { id: change } = await world.door.do<{ id: string }>(comsa.agent, 'requestPhoneChange', { user, phone })
    expect((await refusal(world.door.do(comsa.agent, 'requestPhoneChange', { user: bea.session.user, phone }))).code).toBe('PHONE_IN_USE')
    expect(await world.door.do(comsa.admin, 'phoneChanges', { organization: comsa.id })).toMatchObject([{ id: change, status: 'WAITING' }])
    await world.door.do(comsa.admin, 'approvePhoneChange', { change, approve: true })
    await world.door.do({}, 'changePhone', { phone, code: await world.people.code(phone) })
    // The number alone opens nothing: the PIN is the one that she had.
    expect((await refusal(signIn(phone, PIN))).code).toBe('CREDENTIALS_WRONG')
    expect((await signIn(phone, '5938')).user).toBe(user)
    expect(await told(carl.address)).toEqual(expect.arrayContaining(['phoneChangeAsked', 'phoneChanged']))
    Object.assign(carl, { address: phone })
  })

  it('is nothing that staff give to whom they only invited, nor to whoever works for another organization', async () => {
    const { comsa, otra, people } = world
    const invite = (who: Person, organization: string, type: string, phone: string): Promise<unknown> => world.door.do(who, 'addMember', { organization, type, name: 'somebody', phone })
    const foreign = otra.borrowers[0]!
    await invite(comsa.admin, comsa.id, 'BORROWER', foreign.address)
    for (const who of [comsa.agent, comsa.admin]) {
      expect((await refusal(world.door.do(who, 'vouch', { user: foreign.session.user }))).code).toBe('FORBIDDEN')
      expect((await refusal(world.door.do(who, 'requestPhoneChange', { user: foreign.session.user, phone: people.phone() }))).code).toBe('FORBIDDEN')
    }
    const both = carl
    await invite(otra.admin, otra.id, 'ORIGINATOR_AGENT', both.address)
    expect((await world.door.do(comsa.admin, 'vouch', { user: both.session.user }))['code']).toMatch(/^\d{8}$/)
    await world.door.do({}, 'registerOriginator', { phone: both.address, code: await people.code(both.address), pin: '5938' })
    expect((await refusal(world.door.do(comsa.admin, 'vouch', { user: both.session.user }))).code).toBe('FORBIDDEN')
  })
})
