import type { funding as contract } from '@growr/contracts'
import type { FundingState } from '@growr/lending'
import { decimal } from '@growr/service'

/** A transfer of capital as the API shows it; the receipt is kept beside it. */
export function presentFunding(state: FundingState, receipt: contract.Funding['receipt']): contract.Funding {
  const { currency, split } = state
  return {
    key: state.key,
    project: state.projectKey,
    organization: state.organizationId,
    tranche: state.tranche,
    type: state.fundingType,
    paymentType: state.paymentType,
    status: state.status,
    currency: currency.code,
    amount: decimal(state.amount, currency),
    yield: decimal(split.yield, currency),
    principal: decimal(split.principal, currency),
    valueDate: state.valueDate,
    intent: state.subject?.contractId ?? null,
    investor: state.subject?.investorId ?? null,
    reference: state.subject?.reference ?? null,
    receipt,
  }
}
