import type { FundingState } from '@growr/lending'
import { reverse, type Posting } from '../postings.ts'
import { juniorFunded } from './junior-funded.ts'

/** The originator takes free junior capital out again. */
export function juniorWithdrawn(funding: FundingState): Posting[] {
  return reverse(juniorFunded(funding))
}
