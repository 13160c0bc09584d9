import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from './testing/door.ts'
import { Refused, refusal } from './testing/door.ts'
import { PASSWORD, PIN, type Person } from './testing/people.ts'
import { startWorld, type World } from './testing/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.end())

const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'OK', (error: { code?: string }) => String(error.code))
const me = (session: Session): Promise<string> => codeOf(world.door.do({ session }, 'me'))
const borrower = async (name: string): Promise<Person> => (await world.people.members(world.comsa.admin, world.comsa.id, 'BORROWER', [name]))[0] as Person

describe('a block', () => {
  it('stops every call that begins after it, whatever runs meanwhile', async () => {
    const { door, comsa, people } = world
    const dora = await borrower('dora')
    const second = await people.signIn(dora)
    let blocked = false
    let answeredBefore = 0
    const late: string[] = []
    // Six callers in two sessions who never pause; each notes what calls come to that began after the block was acknowledged.
    const caller = async (session: Session, operation: 'me' | 'loansOfUser'): Promise<void> => {
      for (let after = 0; after < 5;) {
        const began = blocked
        const outcome = await codeOf(door.do({ session }, operation))
        if (began) {
          late.push(outcome)
          after += 1
        } else if (outcome === 'OK') answeredBefore += 1
      }
    }
    const calling = [dora.session, second].flatMap((session) => (['me', 'loansOfUser', 'me'] as const).map((operation) => caller(session, operation)))
    while (answeredBefore < 20) await door.do(comsa.admin, 'me')
    await door.do(comsa.admin, 'blockUser', { id: dora.session.user })
    blocked = true
    await Promise.all(calling)
    expect(late).toHaveLength(30)
    expect(new Set(late)).toEqual(new Set(['SESSION_REVOKED']))
    expect(await codeOf(people.signIn(dora))).toBe('USER_BLOCKED')
    expect(await codeOf(door.do({}, 'refresh', { refreshToken: second.refreshToken }))).not.toBe('OK')
  })

  it('writes nothing for the blocked, however many of their mutations are under way', async () => {
    const { door, lending, comsa } = world
    const eva = await borrower('eva')
    await lending.credential(comsa, eva)
    const project = await lending.project(comsa)
    const early = Array.from({ length: 12 }, () => codeOf(lending.apply(eva, project)))
    const block = door.do(comsa.admin, 'blockUser', { id: eva.session.user })
    await block
    const before = await door.do<{ totalCount: number }>(comsa.admin, 'loans', { project })
    const late = await Promise.all(Array.from({ length: 12 }, () => codeOf(lending.apply(eva, project))))
    expect(new Set(late)).toEqual(new Set(['SESSION_REVOKED']))
    const outcomes = await Promise.all(early)
    const { totalCount } = await door.do<{ totalCount: number }>(comsa.admin, 'loans', { project })
    expect(totalCount).toBe(outcomes.filter((outcome) => outcome === 'OK').length)
    expect(totalCount).toBeGreaterThanOrEqual(before.totalCount)
  })

  it('is lifted by whoever imposed it, and sessions that ended stay ended', async () => {
    const { door, comsa, people, operator } = world
    const fito = await borrower('fito')
    await door.do(operator, 'blockUser', { id: fito.session.user })
    expect(await me(fito.session)).toBe('SESSION_REVOKED')
    expect(await refusal(door.do(comsa.admin, 'unblockUser', { id: fito.session.user }))).toMatchObject({ code: 'FORBIDDEN' })
    await door.do(operator, 'unblockUser', { id: fito.session.user })
    expect(await me(fito.session)).toBe('SESSION_REVOKED')
    expect(await me(await people.signIn(fito))).toBe('OK')
  })

  it('by an organization reaches its own membership alone', async () => {
    const { door, comsa, otra, people } = world
    const gema = await borrower('gema')
    // She borrows at the other one too: invited by phone, accepted with her own PIN.
    await door.do(otra.admin, 'addMember', { organization: otra.id, type: 'BORROWER', name: 'Gema', phone: gema.address })
    const there = await door.do<Session>({}, 'registerBorrower', { phone: gema.address, code: await people.code(gema.address), pin: PIN })
    expect(there.organization).toBe(otra.id)
    await door.do(comsa.admin, 'blockUser', { id: gema.session.user })
    expect(await me(gema.session)).toBe('SESSION_REVOKED')
    expect(await me(there)).toBe('OK')
    expect(await codeOf(door.do({}, 'loginByPhone', { phone: gema.address, pin: PIN, organization: comsa.id }))).toBe('USER_BLOCKED')
    expect(await codeOf(door.do({}, 'loginByPhone', { phone: gema.address, pin: PIN, organization: otra.id }))).toBe('OK')
    expect(await refusal(door.do(otra.admin, 'unblockUser', { id: gema.session.user, organization: comsa.id }))).toMatchObject({ code: 'FORBIDDEN' })
  })

  it('nobody imposes on themselves, nor an organization on the operator', async () => {
    const { door, comsa, operator } = world
    expect(await refusal(door.do(operator, 'blockUser', { id: operator.session.user }))).toMatchObject({ code: 'FORBIDDEN' })
    expect(await refusal(door.do(comsa.admin, 'blockUser', { id: operator.session.user }))).toMatchObject({ code: 'FORBIDDEN' })
    expect(await me(operator.session)).toBe('OK')
  })
})

describe('refresh tokens', () => {
  const refresh = (refreshToken: string): Promise<Session> => world.door.do<Session>({}, 'refresh', { refreshToken })

  it('rotate: each gives one successor, of the same session', async () => {
    let session = await world.people.signIn(world.comsa.second)
    for (let round = 0; round < 4; round++) {
      const next = await refresh(session.refreshToken)
      expect(next.refreshToken).not.toBe(session.refreshToken)
      expect(next).toMatchObject({ user: session.user, role: session.role, organization: session.organization })
      expect(await me(next)).toBe('OK')
      session = next
    }
  })

  it('used twice end the whole family', async () => {
    const first = await world.people.signIn(world.comsa.second)
    const other = await world.people.signIn(world.comsa.second)
    const second = await refresh(first.refreshToken)
    expect(await codeOf(refresh(first.refreshToken))).toBe('REFRESH_REUSED')
    expect(await codeOf(refresh(second.refreshToken))).not.toBe('OK')
    expect(await me(first)).toBe('SESSION_REVOKED')
    expect(await me(second)).toBe('SESSION_REVOKED')
    // Another session of the same person is none of that family.
    expect(await me(other)).toBe('OK')
  })

  it('used sixteen times at once let at most one through, and nobody stays', async () => {
    const session = await world.people.signIn(world.comsa.second)
    const outcomes = await Promise.all(Array.from({ length: 16 }, () => refresh(session.refreshToken).then((next) => next, (error: Refused) => error.code)))
    const through = outcomes.filter((outcome): outcome is Session => typeof outcome !== 'string')
    expect(through.length).toBeLessThanOrEqual(1)
    for (const next of through) expect(await me(next)).toBe('SESSION_REVOKED')
    expect(await me(session)).toBe('SESSION_REVOKED')
  })

  it('made up are refused', async () => {
    const { refreshToken } = await world.people.signIn(world.comsa.second)
    for (const wrong of [`${refreshToken.slice(0, -1)}${refreshToken.endsWith('A') ? 'B' : 'A'}`, refreshToken.replace('.1.', '.2.'), 'x'.repeat(100), world.comsa.second.session.accessToken.slice(0, 200)]) {
      expect(await codeOf(refresh(wrong))).not.toBe('OK')
    }
    // What somebody made up does not end what is real.
    expect(await codeOf(refresh(refreshToken))).toBe('OK')
  })

  it('a sign-out ends its session, a new password all others', async () => {
    const { people, comsa, door } = world
    const [one, two] = [await people.signIn(comsa.second), await people.signIn(comsa.second)] as [Session, Session]
    await door.do({ session: one }, 'logout')
    expect(await me(one)).toBe('SESSION_REVOKED')
    expect(await codeOf(refresh(one.refreshToken))).not.toBe('OK')
    expect(await me(two)).toBe('OK')
    const three = await people.signIn(comsa.second)
    await door.do({ session: two }, 'updateUser', { id: two.user, presentPassword: PASSWORD, password: 'another horse entirely' })
    expect(await me(two)).toBe('OK')
    expect(await me(three)).toBe('SESSION_REVOKED')
    expect(await codeOf(people.signIn(comsa.second))).toBe('CREDENTIALS_WRONG')
    await door.do({ session: two }, 'updateUser', { id: two.user, presentPassword: 'another horse entirely', password: PASSWORD })
    comsa.second.session = two
  })
})

describe('the lock', () => {
  const login = (email: string, password: string): Promise<string> => codeOf(world.door.do({}, 'loginByEmail', { email, password }))

  it('closes after five wrong attempts, for the right password too, and says how long', async () => {
    const { door, otra } = world
    const email = otra.second.address
    for (let attempt = 0; attempt < 5; attempt++) expect(await login(email, 'wrong horse battery')).toBe('CREDENTIALS_WRONG')
    const { status, headers, errors } = await door.gql({}, 'mutation ($e: String!, $p: String!) { loginByEmail(email: $e, password: $p) { user } }', { e: email, p: PASSWORD })
    expect(status).toBe(429)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'LOCKED' })
    // Who is signed in already stays so, and others come in.
    expect(await me(otra.second.session)).toBe('OK')
    expect(await login(otra.admin.address, PASSWORD)).toBe('OK')
  })

  it('tells nobody whether the address is known', async () => {
    const outcomes: string[] = []
    for (let attempt = 0; attempt < 7; attempt++) outcomes.push(await login('nobody@nowhere.example', 'wrong horse battery'))
    expect(outcomes).toEqual([...Array<string>(5).fill('CREDENTIALS_WRONG'), 'LOCKED', 'LOCKED'])
  })

  it('counts attempts that come all at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => login('at-once@nowhere.example', 'wrong horse battery')))
    expect(outcomes.filter((outcome) => outcome === 'CREDENTIALS_WRONG').length).toBeLessThanOrEqual(5)
    expect(new Set(outcomes)).toEqual(new Set(['CREDENTIALS_WRONG', 'LOCKED']))
  })

  it('holds for a PIN, by whichever door it is tried', async () => {
    const { door } = world
    const hilda = await borrower('hilda')
    const tries = [
      ...Array.from({ length: 3 }, () => () => door.do<{ valid: boolean }>(hilda, 'validatePIN', { pin: '9731' }).then(({ valid }) => (valid ? 'OK' : 'CREDENTIALS_WRONG'))),
      ...Array.from({ length: 2 }, () => () => codeOf(door.do({}, 'loginByPhone', { phone: hilda.address, pin: '9731' }))),
    ]
    for (const attempt of tries) expect(await attempt()).toBe('CREDENTIALS_WRONG')
    expect(await codeOf(door.do({}, 'loginByPhone', { phone: hilda.address, pin: PIN }))).toBe('LOCKED')
    expect(await codeOf(door.do(hilda, 'setPIN', { present: PIN, pin: '7391' }))).toBe('LOCKED')
  })

  it('counts wrong codes of a message as well', async () => {
    const { door, people, comsa } = world
    const phone = people.phone()
    await door.do(comsa.admin, 'addMember', { organization: comsa.id, type: 'BORROWER', name: 'Ivan', phone })
    const code = await people.code(phone)
    const wrong = String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0')
    const outcomes: string[] = []
    for (let attempt = 0; attempt < 8; attempt++) outcomes.push(await codeOf(door.do({}, 'registerBorrower', { phone, code: wrong, pin: PIN })))
    expect(outcomes).not.toContain('OK')
    // Guessing ends long before all codes are tried, for the right one too.
    expect(await codeOf(door.do({}, 'registerBorrower', { phone, code, pin: PIN }))).not.toBe('OK')
  })
})
