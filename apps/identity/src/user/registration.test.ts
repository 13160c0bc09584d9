import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { identity, organization as organizations, user as users } from '@growr/contracts'
import { OPERATOR, PASSWORD, PIN, refusal, startRig, type Rig, type Session } from '../testing/rig.ts'

describe('registration', () => {
  let rig: Rig
  let operator: Session
  let admin: Session
  let org: string

  beforeAll(async () => {
    rig = await startRig()
    operator = await rig.signUp('NODE_OPERATOR', { address: OPERATOR })
    const created = await rig.as(operator).call(organizations.createOrganization, { name: 'COMSA', timezone: 'America/Tegucigalpa', adminName: 'Ana', adminEmail: 'ana@comsa.example' })
    org = created.id
    admin = await rig.call(users.registerOriginator, { email: 'ana@comsa.example', code: await rig.code('ana@comsa.example'), password: PASSWORD })
  })
  afterAll(() => rig.stop())

  it('lets the first operator in by the code of the first start', async () => {
    expect(operator.role).toBe('NODE_OPERATOR')
    expect(operator.organization).toBeNull()
    expect(await rig.group.firstOperator()).toEqual({ email: OPERATOR, registered: true })
    expect((await rig.as(operator).call(users.me, {})).status).toBe('ACTIVE')
  })

  it('makes the first admin of an organization', async () => {
    expect(admin).toMatchObject({ role: 'ORIGINATOR_ADMIN', organization: org })
    const me = await rig.as(admin).call(users.me, {})
    expect(me).toMatchObject({ name: 'Ana', email: 'ana@comsa.example', phone: null, memberships: [{ type: 'ORIGINATOR_ADMIN', organization: org, status: 'ACTIVE' }] })
  })

  it('makes agents and borrowers by phone and PIN, and a borrower\'s DID', async () => {
    const agent = await rig.signUp('ORIGINATOR_AGENT', { organization: org, address: '+50499000000', by: admin })
    expect(agent.role).toBe('ORIGINATOR_AGENT')
    const borrower = await rig.signUp('BORROWER', { organization: org, address: '+50499000001', by: agent })
    const me = await rig.as(borrower).call(users.me, {})
    expect(me.did).toMatch(/^did:jwk:/)
    const document = await rig.as(borrower).call(identity.findByDid, { did: me.did as string })
    expect(document.credentials).toEqual([])
    expect(document.document).toMatchObject({ id: me.did })
  })

  it('knows a phone in any spelling', async () => {
    await rig.as(admin).call(organizations.addMember, { organization: org, type: 'BORROWER', name: 'Carl', phone: '+504 9900-0002' })
    const borrower = await rig.call(users.registerBorrower, { phone: '+(504) 9900.0002', code: await rig.code('+50499000002'), pin: PIN })
    expect((await rig.as(borrower).call(users.me, {})).phone).toBe('+50499000002')
    expect((await rig.call(users.loginByPhone, { phone: '+504 99 00 00 02', pin: PIN })).user).toBe(borrower.user)
  })

  it('refuses who was not invited, by a code that tells nothing', async () => {
    expect(await refusal(rig.call(users.registerBorrower, { phone: '+50499000777', code: '123456', pin: PIN }))).toMatchObject({ code: 'CODE_WRONG' })
    await rig.as(admin).call(organizations.addMember, { organization: org, type: 'BORROWER', name: 'Dora', phone: '+50499000003' })
    const code = await rig.code('+50499000003')
    // The code is right, the part is another.
    expect(await refusal(rig.call(users.registerOriginator, { phone: '+50499000003', code, pin: PIN }))).toMatchObject({ code: 'NOT_INVITED' })
    const wrong = code === '111111' ? '222222' : '111111'
    expect(await refusal(rig.call(users.registerBorrower, { phone: '+50499000003', code: wrong, pin: PIN }))).toMatchObject({ code: 'CODE_WRONG' })
    expect(await refusal(rig.call(users.registerBorrower, { phone: '+50499000003', code, pin: '1234' }))).toMatchObject({ code: 'PIN_WEAK' })
    await rig.call(users.registerBorrower, { phone: '+50499000003', code, pin: PIN })
    expect(await refusal(rig.call(users.registerBorrower, { phone: '+50499000003', code, pin: PIN }))).toMatchObject({ code: 'CODE_SPENT' })
  })

  it('refuses weak passwords and addresses that are none', async () => {
    await rig.as(operator).call(organizations.addMember, { organization: org, type: 'ORIGINATOR_ADMIN', name: 'Eva', email: 'eva@comsa.example' })
    const code = await rig.code('eva@comsa.example')
    expect(await refusal(rig.call(users.registerOriginator, { email: 'eva@comsa.example', code, password: 'password1' }))).toMatchObject({ code: 'PASSWORD_WEAK' })
    expect(await refusal(rig.call(users.registerOriginator, { email: 'eva@comsa.example', code, pin: PIN }))).toMatchObject({ code: 'BAD_INPUT', path: 'password' })
    expect(await refusal(rig.call(users.registerOriginator, { code, password: PASSWORD }))).toMatchObject({ code: 'CONTACT_MISSING' })
    expect(await refusal(rig.call(users.registerBorrower, { phone: '+504 1', code, pin: PIN }))).toMatchObject({ code: 'CONTACT_INVALID', path: 'phone' })
    expect(await refusal(rig.call(users.registerBorrower, { phone: '+5041234567', code, pin: PIN }))).toMatchObject({ code: 'CONTACT_INVALID', path: 'phone' })
    expect(await refusal(rig.as(admin).call(organizations.addMember, { organization: org, type: 'ORIGINATOR_ADMIN', name: 'X', phone: '+50499000009' }))).toMatchObject({ code: 'CONTACT_MISSING', path: 'email' })
    expect(await refusal(rig.as(admin).call(organizations.addMember, { organization: org, type: 'BORROWER', name: 'X', email: 'x@x.example' }))).toMatchObject({ code: 'CONTACT_MISSING', path: 'phone' })
    expect(await refusal(rig.as(admin).call(organizations.addMember, { organization: org, type: 'BORROWER', name: 'X', email: 'x@x.example', phone: '+50499000009' }))).toMatchObject({ code: 'BAD_INPUT', path: 'phone' })
  })

  it('asks a person who is known for the password, and adds the part', async () => {
    const second = await rig.as(operator).call(organizations.createOrganization, { name: 'Guild', timezone: 'UTC', adminName: 'Somebody', adminEmail: 'ana@comsa.example' })
    const code = await rig.code('ana@comsa.example')
    expect(await refusal(rig.call(users.registerOriginator, { email: 'ana@comsa.example', code, password: 'another long secret' }))).toMatchObject({ code: 'CREDENTIALS_WRONG' })
    const session = await rig.call(users.registerOriginator, { email: 'ana@comsa.example', code, password: PASSWORD })
    expect(session).toMatchObject({ user: admin.user, organization: second.id })
    // The name is hers to say, not the second inviter's.
    expect((await rig.as(session).call(users.me, {})).name).toBe('Ana')
    expect((await rig.call(users.loginByEmail, { email: 'ana@comsa.example', password: PASSWORD })).organization).toBe(org)
    expect((await rig.call(users.loginByEmail, { email: 'ANA@comsa.example', password: PASSWORD, organization: second.id })).organization).toBe(second.id)
    expect(await refusal(rig.call(users.loginByEmail, { email: 'ana@comsa.example', password: PASSWORD, role: 'INVESTOR' }))).toMatchObject({ code: 'FORBIDDEN' })
    expect(await refusal(rig.as(operator).call(organizations.addMember, { organization: org, type: 'ORIGINATOR_ADMIN', name: 'Ana', email: 'ana@comsa.example' }))).toMatchObject({ code: 'MEMBERSHIP_EXISTS' })
  })

  it('shows an organization nothing of a person who has not accepted', async () => {
    const stranger = await rig.signUp('INVESTOR', { address: 'iris@fund.example' })
    await rig.as(stranger).call(users.updateUser, { id: stranger.user, name: 'Iris of the Fund' })
    await rig.as(admin).call(organizations.addMember, { organization: org, type: 'ORIGINATOR_ADMIN', name: 'Whoever', email: 'iris@fund.example' })
    const seen = await rig.as(admin).call(users.findById, { id: stranger.user })
    expect(seen).toMatchObject({ name: 'Whoever', status: 'INVITED', memberships: [{ organization: org }] })
    expect(seen.memberships).toHaveLength(1)
  })

  it('lets one of 64 through who come with one code at once', async () => {
    await rig.as(admin).call(organizations.addMember, { organization: org, type: 'BORROWER', name: 'Fito', phone: '+50499000020' })
    const code = await rig.code('+50499000020')
    const outcomes = await Promise.all(Array.from({ length: 64 }, () => rig.call(users.registerBorrower, { phone: '+50499000020', code, pin: PIN }).then(() => 'in', (error: { code: string }) => error.code)))
    expect(outcomes.filter((outcome) => outcome === 'in')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'CODE_SPENT')).toHaveLength(63)
  })

  it('takes a repeated request for what it is', async () => {
    const invite = { organization: org, type: 'BORROWER' as const, name: 'Gema', phone: '+50499000030' }
    const answers = await Promise.all(Array.from({ length: 16 }, () => rig.as(admin).call(organizations.addMember, invite, { requestId: 'invite-1' })))
    expect(new Set(answers.map(({ user, membership }) => `${user} ${membership}`)).size).toBe(1)
    expect(await refusal(rig.as(admin).call(organizations.addMember, { ...invite, phone: '+50499000031' }, { requestId: 'invite-1' }))).toMatchObject({ code: 'REQUEST_ID_REUSED' })
    const code = await rig.code('+50499000030')
    expect(await rig.mail('+50499000030')).toHaveLength(1)
    const first = await rig.call(users.registerBorrower, { phone: '+50499000030', code, pin: PIN }, { requestId: 'register-1' })
    const again = await rig.call(users.registerBorrower, { phone: '+50499000030', code, pin: PIN }, { requestId: 'register-1' })
    expect(again.user).toBe(first.user)
    expect(await refusal(rig.call(users.registerBorrower, { phone: '+50499000030', code, pin: '9173' }, { requestId: 'register-1' }))).toMatchObject({ code: 'REQUEST_ID_REUSED' })
    // Who has changed the PIN since is not let in by the old one, though the request is the same.
    await rig.as(first).call(users.setPIN, { present: PIN, pin: '5061' })
    expect(await refusal(rig.call(users.registerBorrower, { phone: '+50499000030', code, pin: PIN }, { requestId: 'register-1' }))).toMatchObject({ code: 'CREDENTIALS_WRONG' })
  })

  it('keeps everything over a restart', async () => {
    rig = await rig.restart()
    expect(await rig.group.firstOperator()).toEqual({ email: OPERATOR, registered: true })
    expect((await rig.as(admin).call(users.me, {})).name).toBe('Ana')
    expect((await rig.call(users.loginByPhone, { phone: '+50499000001', pin: PIN })).role).toBe('BORROWER')
  })

  it('writes nobody into the log', () => {
    const text = rig.log.join('\n')
    expect(text).not.toMatch(/comsa\.example|fund\.example|9900-?00|Ana|Iris|did:jwk/)
  })
})
