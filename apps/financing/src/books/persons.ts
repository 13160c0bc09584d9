import type { FundingState, LoanState, ProjectState } from '@growr/lending'

// Whom a record's subject leads to: the person under whose key it is sealed. Null after an erasure.

export const creatorOf = ({ subject }: ProjectState): string | null => subject?.userId ?? null

export const borrowerOf = ({ subject }: LoanState): string | null => subject?.userId ?? null

/** The investor; junior capital leads to the organization itself. */
export const investorOf = ({ subject, organizationId, contractKey }: FundingState): string | null =>
  contractKey === null ? `organization:${organizationId}` : (subject?.investorId ?? null)
