import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { identity, type project } from '@growr/contracts'
import { aCooperative, claims, type Cooperative } from '../testing/lending.ts'
import { refusal, startRig, type Rig } from '../testing/rig.ts'

type Row = { dueDate: string; settledOn: string | null; overdueOn: string | null; paid: string }

describe('credit history', () => {
  let rig: Rig
  let coop: Cooperative
  let seq = 0

  beforeAll(async () => {
    rig = await startRig()
    coop = await aCooperative(rig, () => rig.call(identity.issuer, {}))
  })
  afterAll(() => rig.stop())

  const hnl = (amount: string) => ({ amount, currency: 'HNL' })
  const onTime: Row[] = [{ dueDate: '2026-04-01', settledOn: '2026-04-01', overdueOn: null, paid: '1000000' }, { dueDate: '2026-05-01', settledOn: '2026-04-20', overdueOn: null, paid: '1000000' }]
  const entry = (key: string, status: string, rows = onTime, more: object = {}, organization = coop.org): project.FeedEntry => {
    const made: project.FeedEntry = {
      seq: ++seq, generation: 0, key, type: 'loan.instalment-paid', at: '2026-05-01T12:00:00.000Z', businessDate: '2026-05-01', organization, book: 'loan', event: {}, postings: [],
      state: {
        key, status, contractAmount: hnl('2000000'), repaidOn: status === 'REPAID' ? '2026-04-20' : null,
        schedule: rows.map(({ dueDate, settledOn, overdueOn, paid }) => ({ dueDate, settledOn, overdueOn, principal: hnl('1000000'), paidPrincipal: hnl(paid) })),
        subject: { userDid: coop.did, userId: coop.borrower.user },
        ...more,
      },
    }
    rig.books.entries.push(made)
    return made
  }
  const histories = async () => {
    await rig.group.idle()
    const held = await rig.as(coop.borrower).call(identity.findCredentials, {})
    return held.filter(({ type }) => type === 'CreditHistory')
  }

  it('becomes a credential when a loan is repaid, in the organization\'s name, once', async () => {
    entry('loan-1', 'DISBURSED')
    expect(await histories()).toEqual([])
    entry('loan-1', 'REPAID')
    const [history] = await histories()
    expect(history).toMatchObject({
      organization: coop.org, issuer: coop.issuer,
      claims: { loansRepaid: 1, defaults: 0, onTimeInstalments: 2, lateInstalments: 0, currency: 'HNL', totalBorrowed: 2_000_000, totalRepaid: 2_000_000, largestRepaid: 2_000_000, lastOutcome: 'REPAID', lastClosedOn: '2026-04-20' },
    })
    // An overpayment returned later finds the loan repaid still.
    entry('loan-1', 'REPAID')
    expect(await histories()).toHaveLength(1)
  })

  it('cumulates, and counts what was late or not paid', async () => {
    entry('loan-2', 'DEFAULTED', [{ dueDate: '2026-04-01', settledOn: '2026-04-15', overdueOn: '2026-04-02', paid: '1000000' }, { dueDate: '2026-05-01', settledOn: null, overdueOn: '2026-05-02', paid: '0' }])
    const found = (await histories()).find(({ claims: said }) => said['defaults'] === 1)
    expect(found?.claims).toMatchObject({
      loansRepaid: 1, defaults: 1, onTimeInstalments: 2, lateInstalments: 2, totalBorrowed: 4_000_000, totalRepaid: 3_000_000, largestRepaid: 2_000_000, lastOutcome: 'DEFAULTED', lastClosedOn: '2026-05-01',
    })
    entry('loan-2', 'REPAID')
    const recovered = (await histories()).find(({ claims: said }) => said['loansRepaid'] === 2)
    expect(recovered?.claims).toMatchObject({ defaults: 1, lastOutcome: 'REPAID' })
  })

  it('goes on where it was after a restart, and repeats nothing', async () => {
    const before = (await histories()).length
    entry('loan-3', 'REPAID')
    const { entries } = rig.books
    rig = await rig.restart()
    rig.books.entries.push(...entries)
    expect(await histories()).toHaveLength(before + 1)
    rig = await rig.restart()
    rig.books.entries.push(...entries)
    expect(await histories()).toHaveLength(before + 1)
  })

  it('passes over erased borrowers and what it cannot read', async () => {
    const before = (await histories()).length
    entry('loan-4', 'REPAID', onTime, { subject: null })
    entry('loan-5', 'REPAID', onTime, { subject: { userDid: 'did:jwk:nobody' } })
    entry('loan-6', 'REPAID', onTime, { contractAmount: { amount: 'much' } })
    expect(await histories()).toHaveLength(before)
  })

  it('is stated for a cause that the issuer reads, and for no other', async () => {
    const ground = entry('loan-7', 'REPAID')
    const open = entry('loan-8', 'DISBURSED')
    const state = (cause: object, more: object = {}) => rig.buses.identity.call(
      identity.issueVC, { organization: coop.org, did: coop.did, type: 'CreditHistory', claims: { loansRepaid: 9, defaults: 0 }, ...more },
      { as: { service: 'identity', cause: { group: 'financing', organization: coop.org, book: 'loan', key: ground.key, seq: ground.seq, ...cause } as never } },
    )
    const forbidden = { code: 'FORBIDDEN', path: 'cause' }
    expect(await refusal(state({ seq: open.seq, key: open.key }))).toMatchObject(forbidden)
    expect(await refusal(state({ key: open.key }))).toMatchObject(forbidden)
    expect(await refusal(state({ seq: 9999 }))).toMatchObject(forbidden)
    expect(await refusal(state({ organization: coop.other.org }))).toMatchObject(forbidden)
    expect(await refusal(state({ book: 'project' }))).toMatchObject(forbidden)
    expect(await refusal(state({}, { type: 'KYC', claims: claims.KYC }))).toMatchObject(forbidden)
    const neighbour = await rig.signUp('BORROWER', { organization: coop.org, address: '+50499000062', by: coop.admin })
    expect(await refusal(state({}, { did: undefined, user: neighbour.user }))).toMatchObject(forbidden)
    expect(await state({})).toMatchObject({ type: 'CreditHistory' })
    // The follower finds that it is done.
    expect(await state({})).toMatchObject({ type: 'CreditHistory' })
  })
})
