import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBus } from '@growr/bus'
import { identity, organization as organizations, type project } from '@growr/contracts'
import { createResolver, verifyDocument } from '@growr/credentials'
import { aCooperative, type Cooperative } from '../testing/lending.ts'
import { refusal, startRig, type Rig, type Session } from '../testing/rig.ts'

describe('signing', () => {
  let rig: Rig
  let coop: Cooperative
  let investor: Session

  beforeAll(async () => {
    rig = await startRig()
    coop = await aCooperative(rig, () => rig.call(identity.issuer, {}))
    investor = await rig.signUp('INVESTOR', { address: 'iris@fund.example' })
  })
  afterAll(() => rig.stop())

  /** As the Loan or Investor service does in a user's session: with both tokens. */
  const through = (service: 'loan' | 'investor' | 'funding', session: Session) => {
    const claims = JSON.parse(Buffer.from(session.accessToken.split('.')[1] ?? '', 'base64url').toString()) as { sub: string; sid: string; mem: string }
    const token = rig.buses.access.tokens.mintUser({
      userId: claims.sub, role: session.role, membership: claims.mem, session: claims.sid, ...(session.organization === null ? {} : { organization: session.organization }),
    })
    return async <C extends Parameters<ReturnType<typeof createBus>['call']>[0]>(contract: C, params: never) => rig.buses.financing.call(contract, params, { user: await token, as: { service } })
  }
  const document = { type: 'LoanContract', loan: 'loan-1', amount: '20000.00' }

  it('signs a loan\'s contract with the borrower\'s key, as the Loan service shows it to her', async () => {
    rig.books.contracts.set('loan-1', { document, organization: coop.org, borrower: coop.borrower.user })
    const signed = await through('loan', coop.borrower)(identity.signContract, { loan: 'loan-1', document } as never) as { signer: string; jws: string; type: string }
    expect(signed).toMatchObject({ type: 'LoanContract', signer: coop.did })
    const read = await verifyDocument('loan-contract', signed.jws, { resolver: createResolver(), now: rig.clock.now(), signedBy: coop.did })
    expect(read.payload).toEqual(document)
    const sign = (session: Session, changed: object) => refusal(through('loan', session)(identity.signContract, { loan: 'loan-1', document: { ...document, ...changed } } as never))
    expect(await sign(coop.borrower, { amount: '30000.00' })).toMatchObject({ code: 'CONTRACT_CHANGED' })
    const neighbour = await rig.signUp('BORROWER', { organization: coop.org, address: '+50499000063', by: coop.admin })
    expect((await sign(neighbour, {})).code).toBe('FORBIDDEN')
    expect((await sign(coop.admin, {})).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(coop.borrower).call(identity.signContract, { loan: 'loan-1', document }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.service('loan').call(identity.signContract, { loan: 'loan-1', document }))).code).toBe('FORBIDDEN')
  })

  it('signs an investor\'s contract for an organization once the investor accepted just that', async () => {
    const contract = { type: 'InvestorContract', intent: 'intent-1', amount: '200000.00' }
    rig.books.intents.set('intent-1', { document: contract, digest: 'digest-1', organization: coop.org, investor: investor.user })
    const accepted = { ...contract, acceptance: { digest: 'digest-1', by: investor.user, at: '2026-03-01T12:00:00.000Z' } }
    const sign = (given: object, organization = coop.org, session = investor) => through('investor', session)(identity.signForOrganization, { organization, type: 'InvestorContract', document: given } as never)
    const signed = (await sign(accepted)) as { signer: string; jws: string }
    const { did } = await rig.as(coop.admin).call(organizations.findById, { id: coop.org })
    expect(signed.signer).toBe(did)
    await verifyDocument('investor-contract', signed.jws, { resolver: createResolver(), now: rig.clock.now(), signedBy: did })
    expect((await refusal(sign({ ...accepted, amount: '1.00' }))).code).toBe('CONTRACT_CHANGED')
    expect((await refusal(sign({ ...accepted, acceptance: { ...accepted.acceptance, digest: 'other' } }))).code).toBe('CONTRACT_CHANGED')
    expect((await refusal(sign({ ...accepted, acceptance: { ...accepted.acceptance, by: 'somebody' } }))).code).toBe('FORBIDDEN')
    expect((await refusal(sign(accepted, coop.other.org))).code).toBe('FORBIDDEN')
    expect((await refusal(sign({ acceptance: accepted.acceptance }))).code).toBe('BAD_INPUT')
    expect((await refusal(sign(accepted, coop.org, await rig.signUp('INVESTOR', { address: 'otto@invest.example' })))).code).toBe('FORBIDDEN')
  })

  it('signs a receipt for the entry that is its cause', async () => {
    const entry: project.FeedEntry = { seq: 7, generation: 0, key: 'funding-1', type: 'funding.confirmed', at: '2026-03-02T12:00:00.000Z', businessDate: '2026-03-02', organization: coop.org, book: 'funding', event: {}, state: {}, postings: [] }
    rig.books.entries.push(entry)
    const sign = (cause: object = {}, receipt: object = { key: 'funding-1', amount: '200000.00' }, organization = coop.org) => rig.buses.financing.call(
      identity.signForOrganization, { organization, type: 'FundingReceipt', document: receipt as never },
      { as: { service: 'funding', cause: { group: 'financing', organization: coop.org, book: 'funding', key: 'funding-1', seq: 7, ...cause } as never } },
    )
    expect(await sign()).toMatchObject({ type: 'FundingReceipt' })
    for (const work of [sign({ seq: 6 }), sign({ key: 'funding-2' }), sign({ book: 'loan' }), sign({}, { key: 'funding-2' }), sign({}, undefined, coop.other.org)]) {
      expect(await refusal(work)).toMatchObject({ code: 'FORBIDDEN', path: 'cause' })
    }
    expect((await refusal(rig.service('funding').call(identity.signForOrganization, { organization: coop.org, type: 'RepaymentReceipt', document: {} }))).code).toBe('BAD_INPUT')
    expect((await refusal(rig.as(coop.admin).call(identity.signForOrganization, { organization: coop.org, type: 'FundingReceipt', document: {} }))).code).toBe('FORBIDDEN')
    rig.books.transfers.set('funding-3', { organization: coop.org, amount: '10.00' })
    const inSession = (amount: string) => through('funding', coop.admin)(identity.signForOrganization, { organization: coop.org, type: 'FundingReceipt', document: { key: 'funding-3', amount } } as never)
    expect(await inSession('10.00')).toMatchObject({ type: 'FundingReceipt' })
    expect((await refusal(inSession('11.00'))).code).toBe('FORBIDDEN')
  })
})
