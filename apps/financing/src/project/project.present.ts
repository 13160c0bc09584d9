import type { project as contract } from '@growr/contracts'
import { lendable, type FundingSource, type ProjectPosition, type ProjectState } from '@growr/lending'
import { add } from '@growr/money'
import { decimal, decimalOrZero } from '@growr/service'

/** A project as the API shows it. */
export function presentProject(state: ProjectState, position: ProjectPosition, version: number): contract.Project {
  const { currency, loans } = state
  const text = (amount: Parameters<typeof decimal>[0]): string => decimal(amount, currency)
  return {
    key: state.key,
    status: state.status,
    organization: state.organizationId,
    name: state.name,
    description: state.description,
    isPublic: state.isPublic,
    isInviteOnly: state.isInviteOnly,
    profileUrl: state.profileUrl,
    bannerUrl: state.bannerUrl,
    startDate: state.startDate,
    endDate: state.endDate,
    currency: currency.code,
    amount: text(state.amount),
    juniorRate: state.juniorRate,
    criteria: state.criteria as contract.Criteria,
    loans: {
      type: loans.type,
      schedule: loans.schedule,
      minAmount: text(loans.minAmount),
      maxAmount: text(loans.maxAmount),
      minMonths: loans.minMonths,
      maxMonths: loans.maxMonths,
      interestRate: loans.interestRate,
      disbursementFee: loans.disbursementFee,
      cashBackRate: loans.cashBackRate,
      gracePeriod: loans.gracePeriod,
      isCommunity: loans.isCommunity,
      riskDepositRate: loans.riskDepositRate,
      defaultAfterDays: loans.defaultAfterDays,
      offerDays: loans.offerDays,
      coolingOffDays: loans.coolingOffDays ?? 0,
      approvalAbove: loans.approvalAbove ? text(loans.approvalAbove) : null,
      debtCeiling: loans.debtCeiling ?? null,
    },
    funding: state.funding.map((source) => presentSource(source, text)),
    juniorCapital: decimalOrZero(position.junior, currency),
    seniorCapital: decimalOrZero(position.senior, currency),
    available: decimalOrZero(lendable(position), currency),
    reserved: text(position.reserved),
    lent: text(position.lent),
    repaid: text(position.repaid),
    outstanding: text(add(position.receivablePrincipal, position.receivableInterest)),
    loanCount: position.loanCount,
    payables: (state.distribution?.payables ?? []).map((payable) => ({ id: payable.id, payee: payable.payee, kind: payable.kind, party: payable.party, amount: text(payable.amount), paid: text(payable.paid) })),
    version,
  }
}

function presentSource(source: FundingSource, text: (amount: FundingSource['minAmount']) => string): contract.Project['funding'][number] {
  const { id, type, status, networkName, tokenName, fundingAddress, repaymentAddress, terms, interestRate, leverageFactor } = source
  return { id, type, status, networkName, tokenName, fundingAddress, repaymentAddress, terms, interestRate, leverageFactor, minAmount: text(source.minAmount), maxAmount: text(source.maxAmount) }
}

/** What the public directory shows. */
export function presentPublic(project: contract.Project): Omit<contract.Project, 'status' | 'isPublic' | 'criteria' | 'loans' | 'juniorRate' | 'available' | 'reserved' | 'outstanding' | 'payables' | 'version'> {
  const { key, organization, name, description, isInviteOnly, profileUrl, bannerUrl, startDate, endDate, currency, amount, funding, seniorCapital, juniorCapital, lent, repaid, loanCount } = project
  return { key, organization, name, description, isInviteOnly, profileUrl, bannerUrl, startDate, endDate, currency, amount, funding, seniorCapital, juniorCapital, lent, repaid, loanCount }
}
