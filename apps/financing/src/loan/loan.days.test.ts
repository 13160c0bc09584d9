import { expect, test } from 'vitest'
import fc from 'fast-check'
import { addDays, applyLoan, applyProject, closeDay, concernsDaysFrom, decideLoan, decideProject, emptyPosition, isRefused, type Decision, type LoanCommand, type LoanState, type ProjectState } from '@growr/lending'
import { currencyOf, parseAmount } from '@growr/money'


const HNL = currencyOf('HNL')
const hnl = (text: string) => parseAmount(text, HNL)
const events = <E>(decision: Decision<E>): readonly E[] => {
  if (isRefused(decision)) throw new Error(decision.refused)
  return decision.events
}

function projectWith(schedule: 'FLAT' | 'AD_HOC'): ProjectState {
  const data = {
    key: 'p', organizationId: 'comsa', currency: HNL, name: 'p', description: '', isPublic: false, isInviteOnly: false, profileUrl: null, bannerUrl: null,
    startDate: '2026-01-01', endDate: '2027-12-31', amount: hnl('1000000.00'), juniorRate: '0', criteria: { required: ['KYC'], trusted: [{ issuer: 'i', organization: 'comsa' }] }, trustedVerifiers: [],
    loans: {
      type: 't', schedule, minAmount: hnl('1.00'), maxAmount: hnl('50000.00'), minMonths: 1, maxMonths: 12, interestRate: '18', disbursementFee: '0', cashBackRate: '0', gracePeriod: 0,
      isCommunity: false, riskDepositRate: '0', defaultAfterDays: 90, offerDays: 14,
    },
    funding: [{ id: 's', type: 'BANK' as const, status: 'ACTIVE' as const, networkName: null, tokenName: null, fundingAddress: null, repaymentAddress: null, terms: 't', interestRate: '8', leverageFactor: '4', minAmount: hnl('1.00'), maxAmount: hnl('1000.00') }],
  }
  const draft = events(decideProject(null, { type: 'create', data })).reduce<ProjectState | null>(applyProject, null) as ProjectState
  return events(decideProject(draft, { type: 'activate', on: '2026-03-02' })).reduce(applyProject, draft)
}

test('a directory of these days finds every loan to which the close of a day does something', () => {
  fc.assert(fc.property(fc.constantFrom('FLAT' as const, 'AD_HOC' as const), fc.integer({ min: 1, max: 12 }), fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 40 })), { maxLength: 12 }), (schedule, months, steps) => {
    const project = projectWith(schedule)
    let day = '2026-03-02'
    let loan: LoanState | null = null
    let payments = 0
    const run = (command: LoanCommand): void => {
      const decision = decideLoan(loan, command)
      if (!isRefused(decision)) loan = decision.events.reduce<LoanState | null>(applyLoan, loan)
    }
    const position = { ...emptyPosition('HNL'), cash: hnl('900000.00') }
    run({ type: 'apply', key: 'l', project, position, amount: hnl('20000.00'), months, verdict: { verifierDid: null, refusals: [] }, on: day })
    for (const [what, days] of steps) {
      if (!loan) throw new Error('no loan')
      const now: LoanState = loan
      const money = { paymentKey: `p${++payments}`, valueDate: day, bookingDate: day }
      if (what === 0) run({ type: 'sign', on: day, contractDigest: 'd' })
      if (what === 1) run({ type: 'disburse', amount: now.payout, ...money })
      if (what === 2) run({ type: 'repay', project, amount: hnl('5000.00'), ...money })
      for (let n = 0; n < days; n++) {
        const before: LoanState = loan
        const from = concernsDaysFrom(before)
        const happened = closeDay(before, day)
        if (happened.length > 0) expect(from !== null && from <= day, `${day} ${from} ${JSON.stringify(happened.map(({ type }) => type))}`).toBe(true)
        loan = happened.reduce<LoanState>(applyLoan, before)
        day = addDays(day, 1)
      }
    }
  }), { numRuns: 60 })
})
