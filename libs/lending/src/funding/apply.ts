import { add, zero, type Amount } from '@growr/money'
import { existing, expectNone, expectSame, expectStatus, unknownEvent } from '../checks.ts'
import { withSubject } from '../subject.ts'
import type { FundingEvent, FundingSplit, FundingState, Tranche, Transfer } from '../types/funding.ts'

/** The state of a transfer of capital after an event. Throws a DomainFault where the event cannot follow. */
export function applyFunding(state: FundingState | null, event: FundingEvent): FundingState {
  return withSubject<FundingState>(next(state, event), state?.subject, event)
}

function next(state: FundingState | null, event: FundingEvent): FundingState {
  const { type } = event
  if (type !== 'funding.reverted') expectNone(state, type)
  switch (type) {
    case 'funding.project-funded': return transfer(event.data, 'SENIOR', 'INCOMING', principalOnly(event.data.amount))
    case 'funding.junior-funded': return transfer(event.data, 'JUNIOR', 'INCOMING', principalOnly(event.data.amount))
    case 'funding.junior-withdrawn': return transfer(event.data, 'JUNIOR', 'OUTGOING', principalOnly(event.data.amount))
    case 'funding.investor-repaid': return transfer(event.data, 'SENIOR', 'OUTGOING', event.data.split)
    case 'funding.share-paid': return { ...transfer(event.data, event.data.tranche, 'OUTGOING', event.data.split), isShare: true }
    case 'funding.reverted': {
      const funding = existing(state, type)
      expectStatus(funding.status, ['CONFIRMED'], type)
      return { ...funding, status: 'REVERTED', reverted: { on: event.data.on } }
    }
    default: return unknownEvent(event)
  }
}

function transfer(data: Transfer, tranche: Tranche, paymentType: FundingState['paymentType'], split: FundingSplit): FundingState {
  expectSame(data.amount, add(add(split.yield, split.principal), split.other), 'the split of a transfer')
  return {
    key: data.key,
    projectKey: data.projectKey,
    organizationId: data.organizationId,
    tranche,
    contractKey: data.contractKey,
    sourceId: data.sourceId,
    fundingType: data.fundingType,
    fundingNetwork: data.fundingNetwork,
    fundingToken: data.fundingToken,
    paymentType,
    currency: data.currency,
    amount: data.amount,
    split,
    interestRate: data.interestRate,
    isShare: false,
    status: 'CONFIRMED',
    valueDate: data.valueDate,
    bookingDate: data.bookingDate,
    paymentKey: data.paymentKey,
    reverted: null,
  }
}

function principalOnly(amount: Amount): FundingSplit {
  return { yield: zero(amount.currency), principal: amount, other: zero(amount.currency) }
}
