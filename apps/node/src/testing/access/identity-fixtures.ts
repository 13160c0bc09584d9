import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { identity, loan as loans, user as users, webhook } from '@growr/contracts'
import { callerOf } from '../bus.ts'
import { startConnector } from '../connector.ts'
import { KYC } from '../lending.ts'
import { PASSWORD, PIN, type Person } from '../people.ts'
import type { Fixture, Fixtures, Target } from './target.ts'

/** A new invitation with its code, for somebody nobody has seen. */
async function invited(f: Fixtures, { organization }: Target, type: 'ORIGINATOR_ADMIN' | 'BORROWER'): Promise<{ address: string; code: string }> {
  const { people, door } = f.world
  const address = type === 'BORROWER' ? people.phone() : `new-${f.next()}@comsa.example`
  await door.do(organization.admin, 'addMember', { organization: organization.id, type, name: 'Newcomer', ...(type === 'BORROWER' ? { phone: address } : { email: address }) })
  return { address, code: await people.code(address) }
}

/** A member whom nobody needs: blocked and freed as it comes. */
const spare = (f: Fixtures, { organization }: Target): Promise<string> =>
  f.keep(`spare ${organization.id}`, async () => (await f.world.people.members(organization.admin, organization.id, 'BORROWER', ['spare']))[0]!.session.user)

/** Connects an organization's own system. */
const connected = (f: Fixtures, { organization }: Target): Promise<void> =>
  f.keep(`connector ${organization.id}`, async () => {
    const { url, publicKey } = await startConnector(organization.id)
    await f.world.door.do(organization.admin, 'setConnector', { organization: organization.id, url, publicKey })
  })

/** Ten webhooks are as many as there may be: those of earlier calls make room. */
async function roomForWebhooks(f: Fixtures, { organization }: Target): Promise<void> {
  const held = (await f.as(organization.admin, webhook.findWebhooks, { organization: organization.id })) as webhook.Webhook[]
  for (const { id } of held) await f.as(organization.admin, webhook.removeWebhook, { webhook: id })
}

/** A webhook that is sent nothing: nobody is erased here. */
async function aWebhook(f: Fixtures, t: Target): Promise<string> {
  await roomForWebhooks(f, t)
  const { organization } = t
  const made = (await f.as(organization.admin, webhook.addWebhook, { organization: organization.id, url: 'https://books.example/growr', books: ['erasures'] })) as { webhook: { id: string } }
  return made.webhook.id
}

/** Connects an organization's scoring system. */
const scored = (f: Fixtures, { organization }: Target): Promise<void> =>
  f.keep(`scoring ${organization.id}`, async () => {
    const { url, publicKey } = await startConnector(organization.id)
    await f.world.door.do(organization.admin, 'setScoring', { organization: organization.id, url, publicKey })
  })

/** A borrower whom nobody needs, made for one call. */
const newcomer = async (f: Fixtures, { organization }: Pick<Target, 'organization'>): Promise<Person> =>
  (await f.world.people.members(organization.admin, organization.id, 'BORROWER', [`newcomer-${f.next()}`]))[0]!

/** Somebody who forgot the PIN, with all that proves her. */
async function forgetful(f: Fixtures, t: Target): Promise<object> {
  const { address: phone, ...person } = await newcomer(f, t)
  const { door, people } = f.world
  await door.do(person, 'updateProfile', { documentNumber: '0801-1990-12345', pin: PIN })
  await door.do({}, 'getOTP', { purpose: 'RESET_PIN', phone })
  return { phone, code: await people.code(phone), answer: '0801199012345', pin: PIN }
}

/** A new number that waits for its code. */
async function moving(f: Fixtures, t: Target): Promise<object> {
  const person = await newcomer(f, t)
  const phone = f.world.people.phone()
  await f.world.door.do(person, 'requestPhoneChange', { phone, pin: PIN })
  return { phone, code: await f.world.people.code(phone) }
}

/** A complaint of the target's borrower. */
const complaint = (f: Fixtures, { borrower }: Target, answered: boolean): Promise<{ number: string }> =>
  f.fresh(`complaint ${borrower.session.user} ${answered}`, async () => {
    const { number } = await f.world.door.do<{ number: string }>(borrower, 'complain', { text: 'The scale is wrong.' })
    const home = [f.world.comsa, f.world.otra].find(({ borrowers }) => borrowers.includes(borrower))
    if (answered && home) await f.world.door.do(home.admin, 'answerComplaint', { number, answer: 'It was.' })
    return { number }
  })

/** A session beside the one in which everything else is done. */
const throwaway = async (f: Fixtures, { caller }: Target) => (caller ? { as: { session: await f.world.people.signIn(caller) } } : {})

/** A presentation that answers a challenge of its borrower; or of the Loan service, where a service calls. */
async function presented(f: Fixtures, t: Target): Promise<object> {
  const { borrower, caller } = t
  const project = await f.project(t)
  const { bus } = f.world
  const { challenge } = caller
    ? await bus.as(borrower, identity.requestPresentation, { project })
    : await bus.call(identity.requestPresentation, { project }, { service: await bus.serviceToken('loan', identity.requestPresentation) })
  const { presentation } = await bus.as(borrower, identity.createVCPresentation, { project, challenge })
  return { project, challenge, presentation }
}

export const identityFixtures: Readonly<Record<string, Fixture>> = {
  'organization.createOrganization': (f) => ({ name: `Guild ${f.next()}`, timezone: 'America/Tegucigalpa', adminName: 'Gus', adminEmail: `gus-${f.next()}@guild.example` }),
  'organization.findById': (_f, t) => ({ id: t.organization.id }),
  'organization.findByUser': (_f, t) => ({ user: t.person.session.user }),
  'organization.list': () => ({}),
  'organization.addMember': (f, t) => ({ organization: t.organization.id, type: 'BORROWER', name: 'Newcomer', phone: f.world.people.phone() }),
  'organization.setConnector': (_f, t) => ({ organization: t.organization.id, url: 'https://system.example/confirm', publicKey: { kty: 'OKP', crv: 'Ed25519', x: generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x } }),

  'organization.addWebhook': async (f, t) => {
    await roomForWebhooks(f, t)
    return { organization: t.organization.id, url: 'https://books.example/growr', books: ['erasures'] }
  },
  'organization.removeWebhook': async (f, t) => ({ webhook: await f.fresh(`webhook ${t.organization.id}`, () => aWebhook(f, t)) }),
  'organization.resumeWebhook': async (f, t) => ({ webhook: await aWebhook(f, t) }),
  'organization.findWebhooks': (_f, t) => ({ organization: t.organization.id }),
  'organization.feed': (_f, t) => ({ organization: t.organization.id, book: 'loan' }),

  'organization.setScoring': (_f, t) => ({ organization: t.organization.id, url: 'https://system.example/score', publicKey: { kty: 'OKP', crv: 'Ed25519', x: generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x } }),
  'organization.importMembers': (f, t) => ({ organization: t.organization.id, csv: `number,name,phone\n${f.next()},Newcomer,${f.world.people.phone()}\n` }),
  'organization.complain': () => ({ text: 'The scale is wrong.' }),
  'organization.findComplaints': (_f, t) => (t.caller?.role === 'BORROWER' ? {} : { organization: t.organization.id }),
  'organization.complaint': (f, t) => complaint(f, t, false),
  'organization.takeComplaint': (f, t) => complaint(f, t, false),
  'organization.answerComplaint': async (f, t) => ({ ...(await complaint(f, t, false)), answer: 'It was.' }),
  'organization.closeComplaint': async (f, t) => ({ ...(await complaint(f, t, true)), settled: true }),

  'user.resetPIN': (f, t) => forgetful(f, t),
  'user.vouch': (_f, t) => ({ user: t.borrower.session.user }),
  'user.requestPhoneChange': (f, t) => ({ user: t.borrower.session.user, phone: f.world.people.phone(), ...(t.caller?.role === 'BORROWER' ? { pin: PIN } : {}) }),
  'user.approvePhoneChange': async (f, t) => {
    const { id: change } = await f.fresh(`phone change ${t.organization.id}`, async () =>
      f.world.door.do<{ id: string }>(t.organization.agent, 'requestPhoneChange', { user: (await newcomer(f, t)).session.user, phone: f.world.people.phone() }))
    return { change, approve: true }
  },
  'user.changePhone': (f, t) => moving(f, t),
  'user.findPhoneChanges': (_f, t) => ({ organization: t.organization.id }),
  'user.profile': () => ({}),
  'user.updateProfile': () => ({ household: 4 }),
  'user.requestScore': async (f, t) => {
    await scored(f, t)
    return { organization: t.organization.id, permit: ['household'] }
  },
  'user.findMembers': (_f, t) => ({ organization: t.organization.id, numbers: ['1'] }),
  'user.me': () => ({}),
  'user.findById': (_f, t) => ({ id: t.person.session.user }),
  'user.findByOrganization': (_f, t) => ({ organization: t.organization.id }),
  'user.addUser': (f, t) => ({ name: 'Newcomer', type: 'BORROWER', organization: t.organization.id, phone: f.world.people.phone() }),
  'user.getOTP': (f) => ({ purpose: 'REGISTER_INVESTOR', email: `otp-${f.next()}@fund.example` }),
  'user.validateOTP': (f) => ({ purpose: 'REGISTER_INVESTOR', email: `otp-${f.next()}@fund.example`, code: '123456' }),
  'user.registerOriginator': async (f, t) => {
    const { address, code } = await invited(f, t, 'ORIGINATOR_ADMIN')
    return { email: address, code, password: PASSWORD }
  },
  'user.registerBorrower': async (f, t) => {
    const { address, code } = await invited(f, t, 'BORROWER')
    return { phone: address, code, pin: PIN }
  },
  'user.registerInvestor': async (f) => {
    const email = `new-${f.next()}@fund.example`
    await f.world.door.do({}, 'getOTP', { purpose: 'REGISTER_INVESTOR', email })
    return { email, code: await f.world.people.code(email), password: PASSWORD, name: 'New' }
  },
  // In turns: whoever signs in too often loses the session that the other cells are tried with.
  'user.loginByEmail': (f) => ({ email: [f.world.comsa.admin, f.world.otra.admin][f.next() % 2]!.address, password: PASSWORD }),
  'user.loginByPhone': (f) => ({ phone: [f.world.comsa.agent, f.world.otra.agent][f.next() % 2]!.address, pin: PIN }),
  'user.refresh': async (f) => ({ refreshToken: (await f.world.people.signIn([f.world.comsa.second, f.world.otra.second][f.next() % 2]!)).refreshToken }),
  'user.logout': async (f, t) => ({ params: {}, ...(await throwaway(f, t)) }),
  'user.updateUser': (_f, t) => ({ id: t.person.session.user, language: 'es' }),
  'user.block': async (f, t) => {
    const id = await spare(f, t)
    // As if nobody had blocked her before: what the operator imposed an organization could not touch.
    await f.as(f.world.operator, users.unblock, { id, organization: t.organization.id })
    return { id, ...(t.caller?.role === 'NODE_OPERATOR' ? { organization: t.organization.id } : {}) }
  },
  'user.unblock': async (f, t) => {
    const id = await spare(f, t)
    await f.as(f.world.operator, users.unblock, { id, organization: t.organization.id })
    await f.as(t.organization.admin, users.block, { id })
    return { id, ...(t.caller?.role === 'NODE_OPERATOR' ? { organization: t.organization.id } : {}) }
  },
  'user.setPIN': () => ({ present: PIN, pin: PIN }),
  'user.validatePIN': () => ({ params: { pin: PIN }, check: ({ valid }: { valid: boolean }) => { if (!valid) throw new Error('the PIN is right') } }),
  'user.checkSession': (_f, t) => {
    const { session, userId, membership } = callerOf(t.borrower)
    return { session, user: userId, membership }
  },
  'user.signingKeys': () => ({}),
  'user.findByPhone': (_f, t) => ({ phone: t.borrower.address }),
  'user.notify': (_f, t) => ({ user: t.borrower.session.user, template: 'contractSigned', values: { project: 'Coffee', amount: '1.00 HNL' } }),
  'user.notifyOrganization': (_f, t) => ({ organization: t.organization.id, template: 'investorRequest', values: { investor: 'Iris', project: 'Coffee' } }),

  'identity.findByDid': (_f, t) => ({ did: t.borrower.did }),
  'identity.createWallet': (_f, t) => ({ user: t.borrower.session.user }),
  'identity.createOrganizationDid': (_f, t) => ({ organization: t.organization.id }),
  'identity.getVC': async (f, t) => {
    await connected(f, t)
    return { type: 'KYC', organization: t.organization.id }
  },
  'identity.findCredentials': () => ({}),
  'identity.findCredentialTypes': () => ({}),
  'identity.erase': async (f, t) => {
    if (t.caller?.role !== 'BORROWER') return { user: (await f.fresh(`to erase ${t.organization.id}`, () => newcomer(f, t))).session.user }
    if (t.name !== 'own') return { user: t.borrower.session.user, pin: PIN }
    const person = await f.fresh(`to erase herself ${t.organization.id}`, () => newcomer(f, t))
    return { params: { user: person.session.user, pin: PIN }, as: person }
  },
  'identity.rotateKeys': () => ({ part: 'ACCESS_TOKENS' }),
  'identity.storeVC': (_f, t) => ({
    did: t.borrower.did, jwt: '',
    credential: { id: 'urn:growr:credential:none', type: 'KYC', issuer: t.organization.did, organization: t.organization.id, issuedAt: '2026-03-02T00:00:00Z', validUntil: '2027-03-02T00:00:00Z', revoked: true },
  }),
  'identity.requestPermission': async (f, t) => ({ project: await f.project(t), did: t.borrower.did }),
  'identity.withdrawPermission': async (f, t) => {
    // A project of its own: under what is withdrawn nobody could apply any more.
    const project = await f.keep(`to withdraw from ${t.organization.id}`, () => f.world.lending.project(t.organization, { junior: '0' }))
    return { permission: ((await f.as(t.borrower, identity.requestPermission, { project })) as { id: string }).id }
  },
  'identity.findPermissions': () => ({}),
  'identity.createVCPresentation': async (f, t) => ({ project: await f.project(t), challenge: randomBytes(32).toString('base64url') }),
  'identity.signContract': async (f, t) => {
    const { key } = await f.loan(t, 'APPROVED')
    const { document } = (await f.as(t.borrower, loans.getContract, { loan: key })) as { document: object }
    return { params: { loan: key, document }, user: t.borrower }
  },
  'identity.signForOrganization': async (f, t) => {
    const { funding } = await f.intent(t, 'FUNDED')
    for (const book of await f.world.inside.stores.financing.books()) {
      if (book.kind !== 'funding' || book.organization !== t.organization.id) continue
      const [entry] = await book.history({ key: funding as string })
      const cause = { group: 'financing', organization: t.organization.id, book: 'funding', key: funding, seq: entry?.seq } as never
      return { params: { organization: t.organization.id, type: 'FundingReceipt', document: { funding } }, cause }
    }
    throw new Error('there is no Funding book')
  },
  'identity.resolveUser': (_f, t) => ({ user: t.borrower.session.user }),

  'issuing.issueVC': (_f, t) => ({ params: { organization: t.organization.id, user: t.borrower.session.user, type: 'KYC', claims: KYC }, user: t.borrower }),
  'issuing.revokeVC': async (f, t) => ({ credential: await f.fresh(`credential ${t.organization.id}`, () => f.world.lending.credential(t.organization, t.borrower, 'FinancialHealth', { coursesCompleted: 3 })) }),
  'issuing.issuer': () => ({}),
  'verification.requestPresentation': async (f, t) => ({ project: await f.project(t) }),
  'verification.validateVC': (f, t) => presented(f, t),
}
