import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contracts, identity, organization as organizations, user as users, type Contract, type Role } from '@growr/contracts'
import { aCooperative, claims, open, type Cooperative } from './testing/lending.ts'
import { refusal, startRig, type Rig, type Session } from './testing/rig.ts'

// Who may do what, written by hand: for each action and each way to come, whether it is let in. `mine`: about the own
// organization or oneself; `theirs`: about another's. `-`: FORBIDDEN; `?`: UNAUTHENTICATED; `+`: let in.
// The roles in order: stranger, operator, admin, agent, investor, borrower.
const table: Record<string, { mine: string; theirs: string }> = {
  'organization.createOrganization': { mine: '?+----', theirs: '?+----' },
  'organization.findById': { mine: '?++++' + '+', theirs: '?+--+-' },
  'organization.findByUser': { mine: '?+++++', theirs: '?+----' },
  'organization.list': { mine: '?+----', theirs: '?+----' },
  'organization.addMember': { mine: '?+++--', theirs: '?+----' },
  'organization.setConnector': { mine: '?++---', theirs: '?+----' },
  'user.me': { mine: '?+++++', theirs: '?+++++' },
  'user.findById': { mine: '?+++++', theirs: '?+----' },
  'user.findByOrganization': { mine: '?+++--', theirs: '?+----' },
  'user.addUser': { mine: '------', theirs: '------' },
  'user.getOTP': { mine: '++++++', theirs: '++++++' },
  'user.validateOTP': { mine: '++++++', theirs: '++++++' },
  'user.registerOriginator': { mine: '++++++', theirs: '++++++' },
  'user.registerBorrower': { mine: '++++++', theirs: '++++++' },
  'user.registerInvestor': { mine: '++++++', theirs: '++++++' },
  'user.loginByEmail': { mine: '++++++', theirs: '++++++' },
  'user.loginByPhone': { mine: '++++++', theirs: '++++++' },
  'user.refresh': { mine: '++++++', theirs: '++++++' },
  'user.logout': { mine: '?+++++', theirs: '?+++++' },
  'user.updateUser': { mine: '?+++++', theirs: '?-----' },
  'user.block': { mine: '?++---', theirs: '?+----' },
  'user.unblock': { mine: '?++---', theirs: '?+----' },
  'user.setPIN': { mine: '?--+-+', theirs: '?--+-+' },
  'user.validatePIN': { mine: '?--+-+', theirs: '?--+-+' },
  'user.checkSession': { mine: '------', theirs: '------' },
  'user.signingKeys': { mine: '------', theirs: '------' },
  'user.findByPhone': { mine: '------', theirs: '------' },
  'user.notify': { mine: '------', theirs: '------' },
  'user.notifyOrganization': { mine: '------', theirs: '------' },
  'identity.findByDid': { mine: '?+++-+', theirs: '?+----' },
  'identity.createWallet': { mine: '------', theirs: '------' },
  'identity.createOrganizationDid': { mine: '------', theirs: '------' },
  'identity.getVC': { mine: '?----+', theirs: '?-----' },
  'identity.findCredentials': { mine: '?----+', theirs: '?----+' },
  'identity.storeVC': { mine: '------', theirs: '------' },
  'identity.requestPermission': { mine: '?--+-+', theirs: '?-----' },
  'identity.withdrawPermission': { mine: '?----+', theirs: '?----+' },
  'identity.findPermissions': { mine: '?----+', theirs: '?----+' },
  'identity.createVCPresentation': { mine: '?----+', theirs: '?----+' },
  'identity.signContract': { mine: '------', theirs: '------' },
  'identity.signForOrganization': { mine: '------', theirs: '------' },
  'identity.resolveUser': { mine: '------', theirs: '------' },
  'issuing.issueVC': { mine: '?-+---', theirs: '?-----' },
  'issuing.revokeVC': { mine: '?-+---', theirs: '?-----' },
  'issuing.issuer': { mine: '++++++', theirs: '++++++' },
  'verification.requestPresentation': { mine: '?----+', theirs: '?----+' },
  'verification.validateVC': { mine: '?----+', theirs: '?----+' },
}
const order: readonly (Role | 'STRANGER')[] = ['STRANGER', 'NODE_OPERATOR', 'ORIGINATOR_ADMIN', 'ORIGINATOR_AGENT', 'INVESTOR', 'BORROWER']

describe('who may do what', () => {
  let rig: Rig
  let coop: Cooperative
  let sessions: Partial<Record<Role | 'STRANGER', Session>>
  let neighbour: { session: Session; did: string }
  let victims: { mine: string; theirs: string }
  let credentials: { mine: string; theirs: string }

  beforeAll(async () => {
    rig = await startRig()
    coop = await aCooperative(rig, () => rig.call(identity.issuer, {}))
    const investor = await rig.signUp('INVESTOR', { address: 'iris@fund.example' })
    sessions = { NODE_OPERATOR: coop.operator, ORIGINATOR_ADMIN: coop.admin, ORIGINATOR_AGENT: coop.agent, INVESTOR: investor, BORROWER: coop.borrower }
    const session = await rig.signUp('BORROWER', { organization: coop.other.org, address: '+50499000080', by: coop.other.admin })
    neighbour = { session, did: (await rig.as(session).call(users.me, {})).did as string }
    const victim = async (organization: string, by: Session, address: string): Promise<string> => (await rig.signUp('BORROWER', { organization, address, by })).user
    victims = { mine: await victim(coop.org, coop.admin, '+50499000081'), theirs: await victim(coop.other.org, coop.other.admin, '+50499000082') }
    open(rig, coop, 'mine')
    open(rig, { ...coop, org: coop.other.org }, 'theirs')
    const issue = async (by: Session, organization: string, user: string): Promise<string> => (await rig.as(by).call(identity.issueVC, { organization, user, type: 'KYC', claims: claims.KYC })).id
    credentials = { mine: await issue(coop.admin, coop.org, coop.borrower.user), theirs: await issue(coop.other.admin, coop.other.org, session.user) }
  })
  afterAll(() => rig.stop())

  const challenge = 'a-challenge-that-nobody-gave'
  /** Parameters that fit the form; what is right in them beside whose it is does not matter here. */
  const paramsOf = (action: string, whose: 'mine' | 'theirs', self: Session | undefined): unknown => {
    const organization = whose === 'mine' ? coop.org : coop.other.org
    const person = whose === 'mine' ? (self?.user ?? coop.borrower.user) : neighbour.session.user
    const member = whose === 'mine' ? coop.borrower.user : neighbour.session.user
    const did = whose === 'mine' ? coop.did : neighbour.did
    const suspended = victims[whose]
    const forms: Record<string, unknown> = {
      'organization.createOrganization': { name: '···', timezone: 'UTC', adminName: 'X', adminEmail: 'x@x.example' },
      'organization.findById': { id: organization },
      'organization.findByUser': { user: person },
      'organization.addMember': { organization, type: 'BORROWER', name: 'X' },
      'organization.setConnector': { organization, url: 'https://x.example' },
      'user.findById': { id: person },
      'user.findByOrganization': { organization },
      'user.addUser': { name: 'X', type: 'NODE_OPERATOR', email: 'x@x.example' },
      'user.getOTP': { purpose: 'REGISTER' },
      'user.validateOTP': { purpose: 'REGISTER', code: '123456' },
      'user.registerOriginator': { code: '123456' },
      'user.registerBorrower': { phone: '+504 000 000', code: '123456', pin: '4827' },
      'user.registerInvestor': { email: 'x@x.example', code: '123456', password: 'x', name: 'X' },
      'user.loginByEmail': { email: 'x@x.example', password: 'x' },
      'user.loginByPhone': { phone: '+504 000 000', pin: '4827' },
      'user.refresh': { refreshToken: 'x'.repeat(40) },
      'user.updateUser': { id: person, password: 'x' },
      'user.block': { id: suspended },
      'user.unblock': { id: suspended },
      'user.setPIN': { present: '0000', pin: '4827' },
      'user.validatePIN': { pin: '4827' },
      'user.checkSession': { session: 's', user: 'u', membership: 'm' },
      'user.findByPhone': { phone: '+50499000000' },
      'user.notify': { user: member, template: 'code', values: {} },
      'user.notifyOrganization': { organization, template: 'code', values: {} },
      'identity.findByDid': { did },
      'identity.createWallet': { user: member },
      'identity.createOrganizationDid': { organization },
      'identity.getVC': { type: 'KYC', organization },
      'identity.storeVC': { credential: { id: 'c', type: 'KYC', issuer: 'did:key:z', organization, issuedAt: '2026-03-01T00:00:00Z', validUntil: '2026-03-01T00:00:00Z', revoked: false }, did, jwt: '' },
      'identity.requestPermission': { project: whose, did },
      'identity.withdrawPermission': { permission: 'none' },
      'identity.createVCPresentation': { project: whose, challenge },
      'identity.signContract': { loan: 'l', document: {} },
      'identity.signForOrganization': { organization, type: 'FundingReceipt', document: {} },
      'identity.resolveUser': { user: member },
      'issuing.issueVC': { organization, user: member, type: 'KYC', claims: claims.KYC },
      'issuing.revokeVC': { credential: credentials[whose] },
      'verification.requestPresentation': { project: whose },
      'verification.validateVC': { project: whose, challenge, presentation: 'x' },
    }
    return forms[action] ?? {}
  }

  const own = [...contracts.values()].filter(({ name }) => /^(organization|user|identity|issuing|verification)\./.test(name))

  it('is said of every action', () => {
    expect(own.map(({ name }) => name).toSorted()).toEqual(Object.keys(table).toSorted())
  })

  it.each(own.map(({ name }) => name).filter((name) => name !== 'user.logout'))('%s', async (name) => {
    const contract = contracts.get(name) as Contract
    for (const whose of ['mine', 'theirs'] as const) {
      const found: string[] = []
      for (const role of order) {
        const session = sessions[role]
        const work = session ? rig.as(session).call(contract, paramsOf(name, whose, session) as never) : rig.call(contract, paramsOf(name, whose, undefined) as never)
        const code = await work.then(() => 'OK', (error: { code?: string }) => error.code ?? 'INTERNAL')
        // A form that does not fit would say nothing about the right.
        expect(['INTERNAL', 'SESSION_REVOKED']).not.toContain(code)
        found.push(code === 'FORBIDDEN' ? '-' : code === 'UNAUTHENTICATED' ? '?' : '+')
      }
      expect(found.join(''), `${name} ${whose}`).toBe(table[name]?.[whose])
    }
  })

  it('says so of a sign-out too', async () => {
    expect((await refusal(rig.call(users.logout, {}))).code).toBe('UNAUTHENTICATED')
    expect(await rig.as(sessions.INVESTOR as Session).call(users.logout, {})).toEqual({ ok: true })
  })

  it('is no other over a forged, a borrowed or no token', async () => {
    const forged = 'eyJhbGciOiJFZERTQSIsInR5cCI6Imdyb3dyLXVzZXIrand0Iiwia2lkIjoiYWNjZXNzIn0.e30.AAAA'
    expect((await refusal(rig.buses.access.call(organizations.list, {}, { user: forged }))).code).toBe('CALL_TOKEN_INVALID')
    expect((await refusal(rig.buses.access.call(users.signingKeys, {}))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.buses.payment.call(users.signingKeys, {}, { as: { service: 'payment' } }))).code).toBe('FORBIDDEN')
  })
})
