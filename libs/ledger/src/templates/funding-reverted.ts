import type { FundingState } from '@growr/lending'
import { reverse, type Posting } from '../postings.ts'
import { investorRepaid } from './investor-repaid.ts'
import { juniorFunded } from './junior-funded.ts'
import { juniorWithdrawn } from './junior-withdrawn.ts'
import { projectFunded } from './project-funded.ts'

/** A mistaken transfer of capital is taken back: what it posted, exchanged in its sides. A share of a closed project posted nothing. */
export function fundingReverted(funding: FundingState): Posting[] {
  if (funding.isShare) return []
  return reverse(original(funding))
}

function original(funding: FundingState): Posting[] {
  const incoming = funding.paymentType === 'INCOMING'
  if (funding.tranche === 'SENIOR') return incoming ? projectFunded(funding) : investorRepaid(funding)
  return incoming ? juniorFunded(funding) : juniorWithdrawn(funding)
}
