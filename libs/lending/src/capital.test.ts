import { describe, expect, it } from 'vitest'
import { formatAmount, type Amount } from '@growr/money'
import {
  applyFunding, capitalPosition, checkCommitment, decideFunding, emptyPosition, fundingContribution, juniorPosition, leverageOf, seniorPositions,
  type FundingCommand, type FundingState, type ProjectPosition,
} from './index.ts'
import { created, eventsOf, funded, hnl, holding, openProject, refusalOf, units } from './testing/sample.ts'

const project = openProject()
const text = (amount: Amount) => formatAmount(amount)
const contract = { contractKey: 'ines', sourceId: 'bank-1', committed: hnl('200000.00'), funded: hnl('0.00') }
const base = { key: 'f1', project, amount: hnl('100000.00'), valueDate: '2026-03-02', bookingDate: '2026-03-02', paymentKey: null }
const position = (changes: Partial<ProjectPosition>): ProjectPosition => ({ ...emptyPosition('HNL'), ...changes })
const make = (command: FundingCommand) => eventsOf(decideFunding(null, command)).reduce<FundingState | null>(applyFunding, null)!

describe('senior capital', () => {
  const fund = { type: 'fund', ...base, contract, position: position({ junior: hnl('100000.00'), senior: hnl('300000.00') }) } as const

  it('comes in up to junior capital × leverage factor, and not a unit more', () => {
    // 100,000.00 × 4 = 400,000.00
    expect(make({ ...fund, subject: { investorId: 'u1', reference: 'BANK 7' } })).toMatchObject({
      tranche: 'SENIOR', paymentType: 'INCOMING', status: 'CONFIRMED', contractKey: 'ines', interestRate: '9', subject: { investorId: 'u1' },
    })
    expect(refusalOf(decideFunding(null, { ...fund, amount: hnl('100000.01') }))).toBe('LEVERAGE_EXCEEDED amount')
    expect(refusalOf(decideFunding(null, { ...fund, position: position({}) }))).toBe('LEVERAGE_EXCEEDED amount')
  })

  it('is bounded by the smallest factor of the active sources', () => {
    const second = { ...created.funding[0]!, id: 'bank-2', leverageFactor: '2.5' }
    const both = openProject({ funding: [...created.funding, second] })
    expect(leverageOf(both)).toEqual({ numerator: 25n, denominator: 10n })
    expect(leverageOf(openProject({ funding: both.funding.toReversed() }))).toEqual({ numerator: 25n, denominator: 10n })
    expect(leverageOf({ ...project, funding: [] })).toBeNull()
    const small = position({ junior: hnl('100000.00'), senior: hnl('150000.00') })
    expect(make({ ...fund, project: both, position: small }).amount).toEqual(hnl('100000.00'))
    expect(refusalOf(decideFunding(null, { ...fund, project: both, position: small, amount: hnl('100000.01') }))).toBe('LEVERAGE_EXCEEDED amount')
  })

  it('that a network brought only the network takes back, and nothing else', () => {
    const detected = make({ ...fund, paymentKey: 'N-1' })
    const registered = make(fund)
    expect([detected.paymentKey, registered.paymentKey]).toEqual(['N-1', null])
    const revert = (funding: FundingState, byNetwork?: boolean) => refusalOf(decideFunding(funding, {
      type: 'revert', on: '2026-03-03', project, fundings: [funding], position: position({ senior: hnl('100000.00'), junior: hnl('100000.00'), cash: hnl('100000.00') }), ...(byNetwork === undefined ? {} : { detected: byNetwork }),
    }))
    expect([revert(detected), revert(detected, false), revert(registered, true)]).toEqual(Array.from({ length: 3 }, () => 'RAIL_MISMATCH funding'))
    expect([revert(detected, true), revert(registered), revert(registered, false)]).toEqual(Array.from({ length: 3 }, () => 'not refused'))
    // What was lent meanwhile is not there any more: the payment lies in suspense.
    expect(refusalOf(decideFunding(detected, { type: 'revert', on: '2026-03-03', project, fundings: [detected], detected: true, position: position({ cash: hnl('99999.99') }) }))).toBe('FUNDS_INSUFFICIENT amount')
  })

  it('stays within the commitment, its source, and the project’s life', () => {
    expect(refusalOf(decideFunding(null, { ...fund, contract: { ...contract, funded: hnl('100000.01') } }))).toBe('FUNDING_ABOVE_MAXIMUM amount')
    expect(refusalOf(decideFunding(null, { ...fund, contract: { ...contract, sourceId: 'none' } }))).toBe('FUNDING_SOURCE source')
    expect(refusalOf(decideFunding(null, { ...fund, project: { ...project, status: 'DRAFT' } }))).toBe('PROJECT_STATUS project')
    expect(refusalOf(decideFunding(null, { ...fund, valueDate: '2026-03-03' }))).toBe('VALUE_DATE valueDate')
    expect(refusalOf(decideFunding(make(fund), fund))).toBe('DUPLICATE key')
  })

  it('is committed between minimum and maximum', () => {
    expect(checkCommitment(project, 'bank-1', hnl('10000.00'))).toBeNull()
    expect(checkCommitment(project, 'bank-1', hnl('400000.00'))).toBeNull()
    expect(refusalOf(checkCommitment(project, 'bank-1', hnl('9999.99')))).toBe('FUNDING_BELOW_MINIMUM amount')
    expect(refusalOf(checkCommitment(project, 'bank-1', hnl('400000.01')))).toBe('FUNDING_ABOVE_MAXIMUM amount')
    expect(refusalOf(checkCommitment(project, 'bank-1', units(0n)))).toBe('FUNDING_BELOW_MINIMUM amount')
    expect(refusalOf(checkCommitment(project, 'none', hnl('10000.00')))).toBe('FUNDING_SOURCE source')
    expect(refusalOf(checkCommitment(project, 'bank-1', { amount: 1_000_000n, currency: 'USD' }))).toBe('CURRENCY_MISMATCH amount')
  })
})

describe('yield', () => {
  const first = funded(project, 'f1', hnl('100000.00'), '2026-03-01', 'ines')
  const at = (transfers: FundingState[], asOf: string) => capitalPosition('HNL', transfers, '9', asOf)

  it('is outstanding principal × rate × days / 360', () => {
    // 100,000.00 × 9 % × 30 / 360 = 750.00
    expect(text(at([first], '2026-03-31').yieldOwed)).toBe('750.00')
    expect(text(at([first], '2026-03-01').yieldOwed)).toBe('0.00')
    expect(text(at([first], '2026-02-01').yieldOwed)).toBe('0.00')
  })

  it('is rounded half-even once for each period between transfers', () => {
    const second = funded(project, 'f2', hnl('33333.33'), '2026-04-10', 'ines')
    // 40 days of 100,000.00: 1,000.00; 20 days of 133,333.33: 666.66665 = 666.67
    const found = at([second, first], '2026-04-30')
    expect([found.funded, found.yieldAccrued].map(text)).toEqual(['133333.33', '1666.67'])
  })

  it('is paid before principal, which then earns less', () => {
    const owed = at([first], '2026-03-31')
    const repaid = make({
      type: 'repayInvestor', ...base, key: 'f2', amount: hnl('20750.00'), valueDate: '2026-03-31', bookingDate: '2026-03-31', contract, owed,
      position: holding(hnl('100000.00')),
    })
    expect([repaid.split.yield, repaid.split.principal].map(text)).toEqual(['750.00', '20000.00'])
    const after = at([first, repaid], '2026-04-30') // 80,000.00 × 9 % × 30 / 360 = 600.00
    expect([after.principalOutstanding, after.principalPaid, after.yieldPaid, after.yieldOwed].map(text)).toEqual(['80000.00', '20000.00', '750.00', '600.00'])
    expect(fundingContribution(repaid)).toMatchObject({ cash: hnl('-20750.00'), senior: hnl('-20000.00'), yieldPaid: hnl('750.00') })
  })

  it('and principal are never repaid beyond what is owed or free', () => {
    const owed = at([first], '2026-03-31')
    const repay = { type: 'repayInvestor', ...base, key: 'f2', valueDate: '2026-03-31', bookingDate: '2026-03-31', contract, owed } as const
    expect(refusalOf(decideFunding(null, { ...repay, amount: hnl('100750.01'), position: holding(hnl('900000.00')) }))).toBe('NOT_OWED amount')
    expect(refusalOf(decideFunding(null, { ...repay, amount: hnl('1000.00'), position: holding(hnl('999.99')) }))).toBe('FUNDS_INSUFFICIENT amount')
    expect(refusalOf(decideFunding(null, { ...repay, amount: hnl('1000.00'), position: { ...holding(hnl('1000.00')), reserved: units(1n) } }))).toBe('FUNDS_RESERVED amount')
  })

  it('does not count what was reverted', () => {
    const reverted = eventsOf(decideFunding(first, { type: 'revert', on: '2026-03-20', project, fundings: [first], position: position({ cash: hnl('100000.00'), senior: hnl('100000.00') }) }))
      .reduce(applyFunding, first)
    expect(reverted.status).toBe('REVERTED')
    const none = at([reverted], '2026-03-31')
    expect([none.funded, none.yieldAccrued].map(text)).toEqual(['0.00', '0.00'])
    expect(fundingContribution(reverted)).toEqual(emptyPosition('HNL'))
    expect(refusalOf(decideFunding(reverted, { type: 'revert', on: '2026-03-20', project, fundings: [reverted], position: position({}) }))).toBe('ALREADY_REVERTED funding')
  })

  it('and principal that were repaid stay with their contract: what it still has of a transfer bounds the reverting of it', () => {
    const other = funded(project, 'f3', hnl('100000.00'), '2026-03-01', 'ada')
    const repaid = make({
      type: 'repayInvestor', ...base, key: 'f2', amount: hnl('1.00'), valueDate: '2026-03-01', bookingDate: '2026-03-01', contract, owed: at([first], '2026-03-01'),
      position: holding(hnl('200000.00')),
    })
    const fundings = [first, other, repaid]
    const revert = { type: 'revert', on: '2026-03-20', project, fundings, position: position({ cash: hnl('200000.00'), senior: hnl('199999.00') }) } as const
    expect(refusalOf(decideFunding(first, revert))).toBe('NOT_OWED amount')
    expect(refusalOf(decideFunding(other, revert))).toBe('not refused')
    expect(refusalOf(decideFunding(repaid, revert))).toBe('not refused')
  })

  it('is reckoned for each contract, in the order of their keys', () => {
    const other = funded(project, 'f3', hnl('50000.00'), '2026-03-01', 'ada')
    const junior = funded(project, 'f4', hnl('90000.00'), '2026-03-01')
    const found = seniorPositions('HNL', [first, other, junior], '2026-03-31').map(([key, senior]) => [key, text(senior.yieldOwed)])
    expect(found).toEqual([['ada', '375.00'], ['ines', '750.00']])
    // 90,000.00 × 6 % × 30 / 360 = 450.00
    expect(text(juniorPosition(project, [first, other, junior], '2026-03-31', []).yieldOwed)).toBe('450.00')
  })
})

describe('junior capital', () => {
  const withdraw = { type: 'withdrawJunior', ...base, amount: hnl('20000.00') } as const

  it('is withdrawn as far as it is free and the leverage holds without it', () => {
    const free = { ...holding(hnl('100000.00')), senior: hnl('320000.00') }
    expect(make({ ...withdraw, position: free })).toMatchObject({ tranche: 'JUNIOR', paymentType: 'OUTGOING' })
    expect(refusalOf(decideFunding(null, { ...withdraw, amount: hnl('20000.01'), position: free }))).toBe('LEVERAGE_EXCEEDED amount')
    expect(refusalOf(decideFunding(null, { ...withdraw, position: holding(hnl('19999.99')) }))).toBe('NOT_OWED amount')
    expect(refusalOf(decideFunding(null, { ...withdraw, position: { ...holding(hnl('100000.00')), cash: hnl('19999.99') } }))).toBe('FUNDS_INSUFFICIENT amount')
    expect(refusalOf(decideFunding(null, { ...withdraw, position: { ...holding(hnl('100000.00')), reserved: hnl('80000.01') } }))).toBe('FUNDS_RESERVED amount')
  })

  it('is reverted only while the leverage holds without it and the money is there', () => {
    const junior = funded(project, 'f4', hnl('90000.00'), '2026-03-01')
    const revert = (changes: Partial<ProjectPosition>) => refusalOf(decideFunding(junior, { type: 'revert', on: '2026-03-20', project, fundings: [junior], position: position(changes) }))
    expect(revert({ cash: hnl('90000.00'), junior: hnl('90000.00') })).toBe('not refused')
    expect(revert({ cash: hnl('90000.00'), junior: hnl('90000.00'), senior: units(1n) })).toBe('LEVERAGE_EXCEEDED amount')
    expect(revert({ cash: hnl('89999.99'), junior: hnl('90000.00') })).toBe('FUNDS_INSUFFICIENT amount')
  })
})
