import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { organization as organizations, user as users } from '@growr/contracts'
import { OPERATOR, PASSWORD, PIN, refusal, startRig, type Rig, type Session } from '../testing/rig.ts'

describe('sign-in, sessions and suspension', () => {
  let rig: Rig
  let operator: Session
  let admin: Session
  let agent: Session
  let stranger: Session
  let org: string
  let otherOrg: string

  beforeAll(async () => {
    rig = await startRig()
    operator = await rig.signUp('NODE_OPERATOR', { address: OPERATOR })
    const found = async (name: string, adminEmail: string): Promise<{ id: string; session: Session }> => {
      const { id } = await rig.as(operator).call(organizations.createOrganization, { name, timezone: 'America/Tegucigalpa', adminName: 'Admin', adminEmail })
      return { id, session: await rig.call(users.registerOriginator, { email: adminEmail, code: await rig.code(adminEmail), password: PASSWORD }) }
    }
    const comsa = await found('COMSA', 'ana@comsa.example')
    const guild = await found('Guild', 'gus@guild.example')
    org = comsa.id
    admin = comsa.session
    otherOrg = guild.id
    stranger = guild.session
    agent = await rig.signUp('ORIGINATOR_AGENT', { organization: org, address: '+50499000000', by: admin })
  })
  afterAll(() => rig.stop())

  const borrower = (n: number): Promise<Session> => rig.signUp('BORROWER', { organization: org, address: `+5049900${String(1000 + n)}`, by: admin })

  it('answers alike whether or not somebody has the address', async () => {
    const answer = async (work: Promise<unknown>): Promise<unknown> => work.catch((error: { code: string; details: unknown }) => ({ code: error.code, details: error.details }))
    expect(await answer(rig.call(users.loginByEmail, { email: 'ana@comsa.example', password: 'wrong wrong wrong' })))
      .toEqual(await answer(rig.call(users.loginByEmail, { email: 'nobody@comsa.example', password: 'wrong wrong wrong' })))
    expect(await answer(rig.call(users.loginByPhone, { phone: '+50499000000', pin: '0000' })))
      .toEqual(await answer(rig.call(users.loginByPhone, { phone: '+50499000999', pin: '0000' })))
    expect(await rig.call(users.getOTP, { purpose: 'REGISTER', email: 'ana@comsa.example' })).toEqual({ ok: true })
    expect(await rig.call(users.getOTP, { purpose: 'REGISTER', email: 'nobody@comsa.example' })).toEqual({ ok: true })
    await rig.group.idle()
    expect(await rig.mail('nobody@comsa.example')).toEqual([])
    // Registered already: there is nothing that a code would serve for.
    expect((await rig.mail('ana@comsa.example')).map(({ template }) => template)).toEqual(['invitation'])
  })

  it('compares against nothing where nobody has the address', async () => {
    // At a cost that shows: both must take the time of one argon2 run.
    const slow = await startRig({ hashCost: { memoryCost: 19_456, timeCost: 2, parallelism: 1 } })
    try {
      await slow.signUp('NODE_OPERATOR', { address: OPERATOR })
      const cpu = async (email: string): Promise<number> => {
        const from = process.cpuUsage()
        await refusal(slow.call(users.loginByEmail, { email, password: 'not the password' }))
        const { user, system } = process.cpuUsage(from)
        return user + system
      }
      await cpu('warm@nobody.example')
      const known = await cpu(OPERATOR)
      const unknown = await cpu('other@nobody.example')
      expect(unknown).toBeGreaterThan(known / 15)
    } finally {
      await slow.stop()
    }
  })

  it('sends a code again to whom it serves, and counts them', async () => {
    await rig.as(admin).call(organizations.addMember, { organization: org, type: 'BORROWER', name: 'Late', phone: '+50499000070' })
    await rig.code('+50499000070')
    await rig.call(users.getOTP, { purpose: 'REGISTER', phone: '+50499000070' }, { requestId: 'otp-1' })
    await rig.call(users.getOTP, { purpose: 'REGISTER', phone: '+50499000070' }, { requestId: 'otp-1' })
    const code = await rig.code('+50499000070')
    expect((await rig.mail('+50499000070')).map(({ template }) => template)).toEqual(['invitation', 'code'])
    expect(await rig.call(users.validateOTP, { purpose: 'REGISTER', phone: '+50499000070', code })).toEqual({ valid: true })
    expect(await rig.call(users.validateOTP, { purpose: 'REGISTER', phone: '+50499000070', code: code === '111111' ? '222222' : '111111' })).toEqual({ valid: false })
    for (let sent = 0; sent < 3; sent += 1) await rig.call(users.getOTP, { purpose: 'REGISTER', phone: '+50499000070' })
    expect(await refusal(rig.call(users.getOTP, { purpose: 'REGISTER', phone: '+50499000070' }))).toMatchObject({ code: 'RATE_LIMITED' })
    for (let sent = 0; sent < 5; sent += 1) await rig.call(users.getOTP, { purpose: 'REGISTER', phone: '+50499000071' })
    expect(await refusal(rig.call(users.getOTP, { purpose: 'REGISTER', phone: '+50499000071' }))).toMatchObject({ code: 'RATE_LIMITED' })
    expect(await refusal(rig.call(users.getOTP, { purpose: 'REGISTER' }))).toMatchObject({ code: 'CONTACT_MISSING' })
  })

  it('lets a code expire by real time', async () => {
    await rig.as(admin).call(organizations.addMember, { organization: org, type: 'BORROWER', name: 'Late', phone: '+50499000072' })
    await rig.code('+50499000072')
    await rig.call(users.getOTP, { purpose: 'REGISTER', phone: '+50499000072' })
    const code = await rig.code('+50499000072')
    await rig.clock.advance(365 * 86_400_000)
    expect(await rig.call(users.validateOTP, { purpose: 'REGISTER', phone: '+50499000072', code })).toEqual({ valid: true })
    await rig.real.advance(11 * 60_000)
    expect(await refusal(rig.call(users.registerBorrower, { phone: '+50499000072', code, pin: PIN }))).toMatchObject({ code: 'CODE_EXPIRED' })
  })

  it('locks an address that is guessed at, and no other', async () => {
    const session = await borrower(1)
    for (let tries = 0; tries < 5; tries += 1) expect((await refusal(rig.call(users.loginByPhone, { phone: '+50499001001', pin: '9999' }))).code).toBe('CREDENTIALS_WRONG')
    expect(await refusal(rig.call(users.loginByPhone, { phone: '+50499001001', pin: PIN }))).toMatchObject({ code: 'LOCKED', details: { retryAfter: 60 } })
    expect((await refusal(rig.as(session).call(users.validatePIN, { pin: PIN }))).code).toBe('LOCKED')
    expect((await rig.call(users.loginByPhone, { phone: '+50499000000', pin: PIN })).user).toBe(agent.user)
    await rig.real.advance(61_000)
    expect((await rig.call(users.loginByPhone, { phone: '+50499001001', pin: PIN })).user).toBe(session.user)
    expect(await rig.as(session).call(users.validatePIN, { pin: PIN })).toEqual({ valid: true })
    expect(await rig.as(session).call(users.validatePIN, { pin: '1593' })).toEqual({ valid: false })
  })

  it('rotates refresh tokens and ends the session of one that comes twice', async () => {
    const first = await rig.call(users.loginByEmail, { email: 'ana@comsa.example', password: PASSWORD })
    const second = await rig.call(users.refresh, { refreshToken: first.refreshToken })
    expect(second).toMatchObject({ user: first.user, role: 'ORIGINATOR_ADMIN', organization: org })
    expect((await refusal(rig.call(users.refresh, { refreshToken: first.refreshToken }))).code).toBe('REFRESH_REUSED')
    expect((await refusal(rig.call(users.refresh, { refreshToken: second.refreshToken }))).code).toBe('SESSION_REVOKED')
    expect((await refusal(rig.as(second).call(users.me, {}))).code).toBe('SESSION_REVOKED')
    expect((await refusal(rig.call(users.refresh, { refreshToken: 'made-up.1.made-up.made-up' }))).code).toBe('TOKEN_INVALID')
    expect((await rig.as(admin).call(users.me, {})).id).toBe(admin.user)
  })

  it('ends a session at logout, and all others with a new password', async () => {
    const one = await rig.call(users.loginByEmail, { email: 'gus@guild.example', password: PASSWORD })
    await rig.as(one).call(users.logout, {})
    expect((await refusal(rig.as(one).call(users.me, {}))).code).toBe('SESSION_REVOKED')
    const two = await rig.call(users.loginByEmail, { email: 'gus@guild.example', password: PASSWORD })
    expect((await refusal(rig.as(two).call(users.updateUser, { id: two.user, password: 'a newer long secret' }))).code).toBe('BAD_INPUT')
    expect((await refusal(rig.as(two).call(users.updateUser, { id: two.user, password: 'a newer long secret', presentPassword: 'not the present one' }))).code).toBe('CREDENTIALS_WRONG')
    expect((await refusal(rig.as(two).call(users.updateUser, { id: admin.user, name: 'Not me' }))).code).toBe('FORBIDDEN')
    await rig.as(two).call(users.updateUser, { id: two.user, password: 'a newer long secret', presentPassword: PASSWORD, name: 'Gustavo' })
    expect((await rig.as(two).call(users.me, {})).name).toBe('Gustavo')
    expect((await refusal(rig.as(stranger).call(users.me, {}))).code).toBe('SESSION_REVOKED')
    expect((await refusal(rig.call(users.loginByEmail, { email: 'gus@guild.example', password: PASSWORD }))).code).toBe('CREDENTIALS_WRONG')
    stranger = two
  })

  it('does not let the operator speak for others', async () => {
    expect((await refusal(rig.as(operator).call(users.updateUser, { id: admin.user, name: 'Renamed' }))).code).toBe('FORBIDDEN')
  })

  it('ends every session of a blocked borrower while calls run', async () => {
    const session = await borrower(2)
    const other = await rig.call(users.loginByPhone, { phone: '+50499001002', pin: PIN })
    let blocked = false
    const late: string[] = []
    const calls = Array.from({ length: 200 }, async (_, n) => {
      for (let turn = 0; turn < n % 20; turn += 1) await Promise.resolve()
      const acknowledged = blocked
      const outcome = await rig.as(n % 2 ? session : other).call(users.me, {}).then(() => 'OK', (error: { code: string }) => error.code)
      if (acknowledged) late.push(outcome)
      return outcome
    })
    const shown = await rig.as(admin).call(users.block, { id: session.user })
    blocked = true
    expect(shown.memberships).toEqual([expect.objectContaining({ organization: org, status: 'BLOCKED' })])
    const after = await Promise.all([session, other].map((each) => refusal(rig.as(each).call(users.me, {}))))
    expect(after.map(({ code }) => code)).toEqual(['SESSION_REVOKED', 'SESSION_REVOKED'])
    await Promise.all(calls)
    expect(late.filter((outcome) => outcome === 'OK')).toEqual([])
    expect((await refusal(rig.call(users.loginByPhone, { phone: '+50499001002', pin: PIN }))).code).toBe('USER_BLOCKED')
    expect((await refusal(rig.call(users.refresh, { refreshToken: session.refreshToken }))).code).toBe('SESSION_REVOKED')
    rig = await rig.restart()
    expect((await refusal(rig.as(session).call(users.me, {}))).code).toBe('SESSION_REVOKED')
    expect((await refusal(rig.call(users.loginByPhone, { phone: '+50499001002', pin: PIN }))).code).toBe('USER_BLOCKED')
    await rig.as(admin).call(users.unblock, { id: session.user })
    // What ended stays ended; signing in works again.
    expect((await refusal(rig.as(session).call(users.me, {}))).code).toBe('SESSION_REVOKED')
    expect((await rig.as(await rig.call(users.loginByPhone, { phone: '+50499001002', pin: PIN })).call(users.me, {})).status).toBe('ACTIVE')
  })

  it('blocks within the own organization only, and nobody blocks the operator', async () => {
    const mine = await borrower(3)
    expect((await refusal(rig.as(stranger).call(users.block, { id: mine.user }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(stranger).call(users.block, { id: mine.user, organization: org }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(admin).call(users.block, { id: mine.user, organization: otherOrg }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(admin).call(users.block, { id: operator.user }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(admin).call(users.block, { id: admin.user }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(operator).call(users.block, { id: operator.user }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(agent).call(users.block, { id: mine.user }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(admin).call(users.block, { id: 'no-such-user' }))).code).toBe('NOT_FOUND')
    expect((await rig.as(mine).call(users.me, {})).status).toBe('ACTIVE')
  })

  it('lets no organization block an operator who has a part in it', async () => {
    await rig.as(stranger).call(organizations.addMember, { organization: otherOrg, type: 'ORIGINATOR_ADMIN', name: 'Olga', email: OPERATOR })
    await rig.call(users.registerOriginator, { email: OPERATOR, code: await rig.code(OPERATOR), password: PASSWORD })
    expect((await refusal(rig.as(stranger).call(users.block, { id: operator.user }))).code).toBe('FORBIDDEN')
    expect((await rig.as(operator).call(users.me, {})).status).toBe('ACTIVE')
  })

  it('keeps what the operator imposed out of an organization\'s reach', async () => {
    const mine = await borrower(4)
    await rig.as(operator).call(users.block, { id: mine.user })
    expect((await refusal(rig.as(mine).call(users.me, {}))).code).toBe('SESSION_REVOKED')
    expect((await refusal(rig.as(admin).call(users.unblock, { id: mine.user }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(admin).call(organizations.addMember, { organization: org, type: 'ORIGINATOR_AGENT', name: 'X', phone: '+50499001004' }))).code).toBe('USER_BLOCKED')
    await rig.as(operator).call(users.unblock, { id: mine.user })
    await rig.as(operator).call(users.block, { id: mine.user, organization: org })
    expect((await refusal(rig.as(admin).call(users.unblock, { id: mine.user }))).code).toBe('FORBIDDEN')
    await rig.as(operator).call(users.unblock, { id: mine.user, organization: org })
    expect((await rig.call(users.loginByPhone, { phone: '+50499001004', pin: PIN })).user).toBe(mine.user)
  })

  it('leaves a person\'s other memberships alone', async () => {
    const mine = await borrower(5)
    await rig.as(stranger).call(organizations.addMember, { organization: otherOrg, type: 'BORROWER', name: 'Twice', phone: '+50499001005' })
    const second = await rig.call(users.registerBorrower, { phone: '+50499001005', code: await rig.code('+50499001005'), pin: PIN })
    expect(second).toMatchObject({ user: mine.user, organization: otherOrg })
    await rig.as(admin).call(users.block, { id: mine.user })
    expect((await refusal(rig.as(mine).call(users.me, {}))).code).toBe('SESSION_REVOKED')
    expect((await rig.as(second).call(users.me, {})).memberships).toHaveLength(2)
    expect((await rig.call(users.loginByPhone, { phone: '+50499001005', pin: PIN })).organization).toBe(otherOrg)
    expect((await refusal(rig.call(users.loginByPhone, { phone: '+50499001005', pin: PIN, organization: org }))).code).toBe('USER_BLOCKED')
  })

  it('signs with a new key after a rotation while earlier tokens stay good', async () => {
    const keys = await rig.service('access').call(users.signingKeys, {})
    const before = await rig.call(users.loginByEmail, { email: 'ana@comsa.example', password: PASSWORD })
    await rig.group.rotateAccessKey()
    const after = await rig.call(users.loginByEmail, { email: 'ana@comsa.example', password: PASSWORD })
    const kid = ({ accessToken }: Session): string => JSON.parse(Buffer.from(accessToken.split('.')[0] as string, 'base64url').toString()).kid
    expect(kid(after)).not.toBe(kid(before))
    const now = await rig.service('access').call(users.signingKeys, {})
    expect(now.map((key) => key['kid'])).toEqual(expect.arrayContaining([kid(before), kid(after)]))
    expect(now).toHaveLength(keys.length + 1)
    expect(now.every((key) => !('d' in key))).toBe(true)
  })

  it('tells people what services ask it to, once', async () => {
    const mine = await borrower(6)
    const values = { project: 'Coffee', amount: 'HNL 20,000.00', until: '2026-03-20' }
    await rig.service('loan').call(users.notify, { user: mine.user, template: 'applicationApproved', values }, { requestId: 'entry-1' })
    await rig.service('loan').call(users.notify, { user: mine.user, template: 'applicationApproved', values }, { requestId: 'entry-1' })
    await rig.service('payment').call(users.notifyOrganization, { organization: org, template: 'projectClosed', values: { project: 'Coffee' } }, { requestId: 'entry-2' })
    await rig.service('payment').call(users.notifyOrganization, { organization: org, template: 'projectClosed', values: { project: 'Coffee' } }, { requestId: 'entry-2' })
    await rig.group.idle()
    expect((await rig.mail('+50499001006')).filter(({ template }) => template === 'applicationApproved')).toHaveLength(1)
    expect((await rig.mail('ana@comsa.example')).filter(({ template }) => template === 'projectClosed')).toHaveLength(1)
    expect((await refusal(rig.service('loan').call(users.notify, { user: 'nobody', template: 'projectClosed', values }))).code).toBe('NOT_FOUND')
    expect((await refusal(rig.service('loan').call(users.notify, { user: mine.user, template: 'no-such', values }))).code).toBe('BAD_INPUT')
    expect((await refusal(rig.call(users.notify, { user: mine.user, template: 'projectClosed', values }))).code).toBe('FORBIDDEN')
  })
})

describe('messages that wait', () => {
  it('are sent after a crash between the record and the message', async () => {
    let rig = await startRig({ messenger: () => ({ send: async (message) => ({ id: message.id, status: 'FAILED', channel: 'email', provider: 'test', attempts: 1, code: 'PROVIDER_UNREACHABLE', temporary: true, reason: 'test' }) }) })
    await rig.group.idle()
    expect(await rig.mail(OPERATOR)).toEqual([])
    await rig.group.stop()
    for (const name of ['access', 'financing', 'payment'] as const) await rig.buses[name].stop()
    rig = await startRig({ dir: rig.dir, clock: rig.clock, real: rig.real })
    try {
      expect((await rig.signUp('NODE_OPERATOR', { address: OPERATOR })).role).toBe('NODE_OPERATOR')
    } finally {
      await rig.stop()
    }
  })
})
