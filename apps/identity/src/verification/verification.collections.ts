import type { CollectionDefinition } from '@growr/collections'

/** A challenge that was given out. It answers once, for one project, within minutes. */
export interface ChallengeDoc {
  /** The challenge itself. */
  id: string
  project: string
  /** The borrower who asked for it; null where a service did. */
  user: string | null
  used: boolean
  expiresAt: string
}

export const challenges: CollectionDefinition<ChallengeDoc> = { name: 'challenges', personal: [], lookup: {}, expires: 'expiresAt' }
