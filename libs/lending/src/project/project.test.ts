import { describe, expect, it } from 'vitest'
import { formatAmount, type Amount } from '@growr/money'
import {
  applyProject, applyTo, decideDay, decideFunding, decideProject, distributionInput, DomainFault, emptyPosition, expectedCash, isRefused, positionOf, rulesOf,
  applyFunding, type BusinessDayState, type FundingState, type LoanState, type ProjectCommand, type ProjectCreated, type ProjectState, type RestFacts,
} from '../index.ts'
import { created, disbursedLoan, eventsOf, funded, hnl, openProject, refusalOf, repay, run as runLoan, terms, units } from '../testing/sample.ts'

const text = (amount: Amount) => formatAmount(amount)
const run = (state: ProjectState | null, ...commands: ProjectCommand[]): ProjectState =>
  commands.reduce((before, command) => eventsOf(decideProject(before, command)).reduce<ProjectState | null>(applyProject, before), state)!
const draft = run(null, { type: 'create', data: created, subject: { userId: 'ana' } })
const project = openProject()
const atRest: RestFacts = { clearing: units(0n), suspense: units(0n), pendingPayments: 0 }

describe('a project', () => {
  it('is created as a DRAFT, changed, activated, paused and opened again', () => {
    expect(draft).toMatchObject({ status: 'DRAFT', distribution: null, subject: { userId: 'ana' } })
    const changed = run(draft, { type: 'modifyParams', changes: { amount: hnl('600000.00') } }, { type: 'update', changes: { name: 'Coffee' } })
    expect([changed.name, text(changed.amount)]).toEqual(['Coffee', '600000.00'])
    const active = run(changed, { type: 'activate', on: '2026-03-01' })
    expect(refusalOf(decideProject(active, { type: 'activate', on: '2026-03-01' }))).toBe('PROJECT_STATUS status')
    expect(refusalOf(decideProject(active, { type: 'modifyParams', changes: { juniorRate: '9' } }))).toBe('PROJECT_STATUS status')
    const paused = run(active, { type: 'deactivate', on: '2026-04-01' })
    expect(run(paused, { type: 'update', changes: { description: '' } }, { type: 'activate', on: '2026-04-02' }).status).toBe('ACTIVATED')
    expect(refusalOf(decideProject(null, { type: 'activate', on: '2026-03-01' }))).toBe('NOT_FOUND project')
    expect(refusalOf(decideProject(draft, { type: 'create', data: created }))).toBe('DUPLICATE key')
  })

  it('learns the addresses of its sources when it opens, and keeps what it has where none is given', () => {
    const sources = ['chain-1', 'chain-2'].map(id => ({ ...created.funding[0]!, id, type: 'ONCHAIN' as const, networkName: 'rootstock', tokenName: 'DOC', fundingAddress: `typed-${id}` }))
    const two = run(null, { type: 'create', data: { ...created, funding: sources } })
    const addresses = [{ source: 'chain-2', fundingAddress: '0xF2', repaymentAddress: '0xR2' }, { source: 'chain-1', fundingAddress: null, repaymentAddress: '0xR1' }]
    const open = run(two, { type: 'activate', on: '2026-03-01', addresses })
    expect(open.funding.map(({ id, fundingAddress, repaymentAddress }) => [id, fundingAddress, repaymentAddress])).toEqual([['chain-1', 'typed-chain-1', '0xR1'], ['chain-2', '0xF2', '0xR2']])
    const tried = (given: typeof addresses) => refusalOf(decideProject(two, { type: 'activate', on: '2026-03-01', addresses: given }))
    expect(tried([{ ...addresses[0]!, source: 'chain-3' }])).toBe('FUNDING_SOURCE addresses')
    expect(tried([addresses[0]!, addresses[0]!])).toBe('FUNDING_SOURCE addresses')
    expect(() => applyProject(two, { type: 'project.activated', data: { on: '2026-03-01', addresses: [{ ...addresses[0]!, source: 'chain-3' }] } })).toThrow(DomainFault)
    expect(run(two, { type: 'activate', on: '2026-03-01' }).funding).toEqual(sources)
  })

  it('opens only with a funding source and somebody to trust', () => {
    const activate = (changes: Partial<ProjectCreated>) => refusalOf(decideProject(run(null, { type: 'create', data: { ...created, ...changes } }), { type: 'activate', on: '2026-03-01' }))
    expect(activate({ funding: [] })).toBe('FUNDING_SOURCE funding')
    expect(activate({ funding: [{ ...created.funding[0]!, status: 'INACTIVE' }] })).toBe('FUNDING_SOURCE funding')
    expect(activate({ criteria: { required: ['KYC'], trusted: [] } })).toBe('NO_TRUSTED_ISSUER criteria.trusted')
    expect(activate({ criteria: null })).toBe('NO_TRUSTED_ISSUER criteria.trusted')
  })

  it.each<[string, Partial<ProjectCreated>]>([
    ['startDate', { startDate: '2026-02-30' }],
    ['endDate', { endDate: '2026-02-28' }],
    ['amount', { amount: hnl('0.00') }],
    ['amount', { amount: { amount: 1n, currency: 'USD' } }],
    ['juniorRate', { juniorRate: '-1' }],
    ['loans.minAmount', { loans: { ...terms, minAmount: hnl('0.00') } }],
    ['loans.maxAmount', { loans: { ...terms, maxAmount: hnl('4999.99') } }],
    ['loans.maxAmount', { loans: { ...terms, maxAmount: hnl('500000.01') } }],
    ['loans.minMonths', { loans: { ...terms, minMonths: 0 } }],
    ['loans.maxMonths', { loans: { ...terms, maxMonths: 2 } }],
    ['loans.maxMonths', { loans: { ...terms, maxMonths: 601 } }],
    ['loans.interestRate', { loans: { ...terms, interestRate: '18%' } }],
    ['loans.gracePeriod', { loans: { ...terms, gracePeriod: 3 } }],
    ['loans.gracePeriod', { loans: { ...terms, schedule: 'AD_HOC', gracePeriod: 1 } }],
    ['loans.offerDays', { loans: { ...terms, offerDays: 0 } }],
    ['loans.disbursementFee', { loans: { ...terms, disbursementFee: '95' } }],
    ['loans.schedule', { loans: { ...terms, schedule: 'constructor' as 'FLAT' } }],
    ['funding.0.leverageFactor', { funding: [{ ...created.funding[0]!, leverageFactor: 'x' }] }],
    ['funding.0.maxAmount', { funding: [{ ...created.funding[0]!, maxAmount: hnl('9999.99') }] }],
  ])('refuses terms that do not fit: %s', (path, changes) => {
    expect(refusalOf(decideProject(null, { type: 'create', data: { ...created, ...changes } }))).toBe(`PROJECT_TERMS ${path}`)
  })

  it('takes another funding source, each id once', () => {
    const source = { ...created.funding[0]!, id: 'bank-2' }
    expect(run(project, { type: 'addFunding', source }).funding).toHaveLength(2)
    expect(refusalOf(decideProject(project, { type: 'addFunding', source: created.funding[0]! }))).toBe('DUPLICATE source.id')
    expect(refusalOf(decideProject(null, { type: 'create', data: { ...created, funding: [source, source] } }))).toBe('DUPLICATE funding')
  })
})

/**
 * Junior 50,000.00 and one investor with 100,000.00 at 9 %, both on 1 March; a loan of 20,000.00 over 6 months paid out on 5 March,
 * repaid in time by 5 June. Wound up on 1 January 2027, 306 days after the capital came in:
 * senior yield 100,000.00 × 9 % × 306 / 360 = 7,650.00; junior yield 50,000.00 × 6 % × 306 / 360 = 2,550.00.
 * cash = 150,000.00 − 18,600.00 + 21,800.00 = 153,200.00: deposit 1,000.00, fee 400.00, senior yield 7,650.00 of which only
 * 153,200.00 − 1,400.00 = 151,800.00 is there: 7,650.00, then 100,000.00, then 44,150.00 of the junior's 50,000.00.
 */
function woundUp(): { loans: LoanState[]; fundings: FundingState[] } {
  const loan = runLoan(
    disbursedLoan(project, hnl('20000.00'), 6),
    repay(project, 'r1', hnl('10900.00'), '2026-04-05'),
    repay(project, 'r2', hnl('10900.00'), '2026-06-05'),
  )
  return { loans: [loan], fundings: [funded(project, 'f1', hnl('50000.00'), '2026-03-01'), funded(project, 'f2', hnl('100000.00'), '2026-03-01', 'ines')] }
}

describe('winding a project up', () => {
  const records = woundUp()
  const distribute = { type: 'distribute', on: '2027-01-01', ...records, ...atRest } as const
  const shared = run(project, distribute)

  it('works the shares out of all records', () => {
    expect(text(distributionInput(project, records.loans, records.fundings, '2027-01-01').cash)).toBe('153200.00')
    expect(shared.distribution!.payables.map(line => [line.kind, line.party, text(line.owed), text(line.amount)])).toEqual([
      ['RISK_DEPOSIT', 'loan-1', '1000.00', '1000.00'],
      ['FEE', 'comsa', '400.00', '400.00'],
      ['SENIOR_YIELD', 'ines', '7650.00', '7650.00'],
      ['SENIOR_PRINCIPAL', 'ines', '100000.00', '100000.00'],
      ['JUNIOR_PRINCIPAL', 'comsa', '50000.00', '44150.00'],
      ['JUNIOR_YIELD', 'comsa', '2550.00', '0.00'],
      ['REWARD', 'loan-1', '200.00', '0.00'],
    ])
  })

  it('waits for the end, and for everything that is under way', () => {
    const tried = (changes: object) => {
      const decision = decideProject(project, { ...distribute, ...changes })
      return isRefused(decision) ? [decision.refused, decision.path] : 'not refused'
    }
    expect(tried({ on: '2026-12-31' })).toEqual(['PROJECT_NOT_SETTLED', 'endDate'])
    expect(tried({ loans: [disbursedLoan(project, hnl('20000.00'), 6)] })).toEqual(['PROJECT_NOT_SETTLED', 'project'])
    expect(tried({ loans: [runLoan(records.loans[0]!, repay(project, 'r3', hnl('0.01'), '2026-06-06'))] })).toEqual(['PROJECT_NOT_SETTLED', 'project'])
    expect(tried({ pendingPayments: 1 })).toEqual(['PROJECT_NOT_SETTLED', 'project'])
    expect(tried({ clearing: units(1n) })).toEqual(['PROJECT_NOT_SETTLED', 'project'])
    expect(tried({ suspense: units(-1n) })).toEqual(['PROJECT_NOT_SETTLED', 'project'])
    expect(refusalOf(decideProject(shared, distribute))).toBe('PROJECT_STATUS status')
  })

  it('waits for coins to be converted, and for what that lost or gained', () => {
    const foreign = [
      { account: 'cash/ROOTSTOCK/comsa/coffee', currency: { code: 'DOC', exponent: 18 }, amount: { amount: 60n * 10n ** 18n, currency: 'DOC' } },
      { account: 'exchange/HNL/coffee', currency: project.currency, amount: hnl('-140.00') },
      { account: 'exchange/BTC/coffee', currency: { code: 'BTC', exponent: 11 }, amount: { amount: 0n, currency: 'BTC' } },
    ]
    expect(decideProject(project, { ...distribute, foreign })).toEqual({ refused: 'EXCHANGE_OPEN', path: 'project', details: { open: [
      { account: 'cash/ROOTSTOCK/comsa/coffee', currency: 'DOC', amount: '60.000000000000000000' }, { account: 'exchange/HNL/coffee', currency: 'HNL', amount: '-140.00' },
    ] } })
    expect(isRefused(decideProject(project, { ...distribute, foreign: foreign.slice(2) }))).toBe(false)
    expect(refusalOf(decideProject(shared, { type: 'close', on: '2027-01-03', ...atRest, foreign }))).toBe('EXCHANGE_OPEN project')
  })

  it('refuses records that disagree with each other', () => {
    const forged = { ...records.fundings[1]!, amount: hnl('99999.99') }
    expect(refusalOf(decideProject(project, { ...distribute, fundings: [records.fundings[0]!, forged] }))).toBe('PROJECT_NOT_SETTLED cash')
  })

  it('closes when the last share is paid and nothing is left in any account', () => {
    const pay = (payee: 'BORROWER' | 'ORIGINATOR' | 'INVESTOR', party: string, amount: string, kind: 'RISK_DEPOSIT' | null = null) =>
      ({ type: 'payShare', paymentKey: `s-${party}`, payee, party, kind, amount: hnl(amount), valueDate: '2027-01-02', bookingDate: '2027-01-02' }) as const
    const some = run(shared, pay('BORROWER', 'loan-1', '1000.00', 'RISK_DEPOSIT'), pay('INVESTOR', 'ines', '100000.00'))
    // The investor's 100,000.00 fills the yield first.
    expect(some.distribution!.payables.map(line => text(line.paid))).toEqual(['1000.00', '0.00', '7650.00', '92350.00', '0.00', '0.00', '0.00'])
    expect(refusalOf(decideProject(some, pay('INVESTOR', 'ines', '7650.01')))).toBe('NOT_OWED amount')
    expect(refusalOf(decideProject(some, pay('INVESTOR', 'nobody', '0.01')))).toBe('NOT_OWED amount')
    expect(refusalOf(decideProject(some, { type: 'close', on: '2027-01-03', ...atRest }))).toBe('PROJECT_NOT_SETTLED project')
    const paid = run(some, pay('INVESTOR', 'ines', '7650.00'), pay('ORIGINATOR', 'comsa', '44550.00'))
    expect(refusalOf(decideProject(paid, { type: 'close', on: '2027-01-03', ...atRest, suspense: units(1n) }))).toBe('PROJECT_NOT_SETTLED project')
    const closed = run(paid, { type: 'close', on: '2027-01-03', ...atRest })
    expect(closed).toMatchObject({ status: 'CLOSED', closedOn: '2027-01-03' })
    expect(refusalOf(decideProject(closed, { type: 'update', changes: { name: 'x' } }))).toBe('PROJECT_STATUS status')
    const left = positionOf(closed, records.loans, records.fundings)
    const history = { loanCount: 1, lent: hnl('20000.00'), granted: hnl('20000.00'), repaid: hnl('21800.00') }
    expect(left).toEqual({ ...emptyPosition('HNL'), ...history })
  })

  it('says of a share to an investor what of it is yield and what principal', () => {
    const contract = { contractKey: 'ines', sourceId: 'bank-1', committed: hnl('100000.00'), funded: hnl('100000.00') }
    const transfer = { key: 'f9', project: shared, amount: hnl('8000.00'), valueDate: '2027-01-02', bookingDate: '2027-01-02', paymentKey: 'p9' }
    const selection = { payee: 'INVESTOR', party: 'ines', kind: null } as const
    const share = eventsOf(decideFunding(null, { type: 'payShare', tranche: 'SENIOR', contract, selection, ...transfer })).reduce<FundingState | null>(applyFunding, null)!
    expect([share.isShare, text(share.split.yield), text(share.split.principal)]).toEqual([true, '7650.00', '350.00'])
    expect(refusalOf(decideFunding(share, { type: 'revert', on: '2027-01-03', project: shared, fundings: [share], position: emptyPosition('HNL') }))).toBe('PROJECT_STATUS project')
  })

  it('holds the same cash whichever way it is counted', () => {
    for (const state of [project, shared]) {
      const position = positionOf(state, records.loans, records.fundings)
      expect(expectedCash(position)).toEqual(position.cash)
    }
  })

  it('is worked out again by whoever replays it, and a forged input does not apply', () => {
    const [event] = eventsOf(decideProject(project, distribute))
    if (event?.type !== 'project.distributed') throw new Error('not distributed')
    const input = { ...event.data.input, cash: hnl('153200.01') }
    expect(() => applyProject(project, { ...event, data: { ...event.data, input } })).toThrow(DomainFault)
    expect(applyTo.project(project, event)).toEqual(shared)
  })
})

describe('business days', () => {
  const close = (state: BusinessDayState | null, date: string) => decideDay(state, { organizationId: 'comsa', date })
  it('close one after the other', () => {
    const first = eventsOf(close(null, '2026-02-28')).reduce<unknown>((state, event) => applyTo.project(state as BusinessDayState | null, event), null) as BusinessDayState
    expect(first).toEqual({ organizationId: 'comsa', closedThrough: '2026-02-28' })
    expect(refusalOf(close(first, '2026-02-28'))).toBe('VALUE_DATE date')
    expect(refusalOf(close(first, '2026-03-02'))).toBe('VALUE_DATE date')
    expect(refusalOf(close(null, '2026-02-29'))).toBe('VALUE_DATE date')
    const [next] = eventsOf(close(first, '2026-03-01'))
    expect(applyTo.project(first, next!)).toEqual({ organizationId: 'comsa', closedThrough: '2026-03-01' })
    expect(() => applyTo.project(project, next!)).toThrow(DomainFault)
    expect(() => applyTo.project(first, { type: 'project.closed', data: { on: '2026-03-01' } })).toThrow(DomainFault)
  })
})

describe('rules', () => {
  it('are found by their version, and an unknown one stops by name', () => {
    expect(rulesOf(1)).toBe(applyTo)
    expect(() => rulesOf(2)).toThrow(expect.objectContaining({ code: 'RULES_UNKNOWN' }))
  })
})
