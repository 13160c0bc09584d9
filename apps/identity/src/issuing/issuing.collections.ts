import type { CollectionDefinition } from '@growr/collections'
import type { CredentialType } from '@growr/credentials'

/** What the issuer remembers of a credential: enough to revoke it, no claim. */
export interface IssuedDoc {
  id: string
  organization: string
  user: string
  did: string
  type: CredentialType
  issuer: string
  list: string
  index: number
  /** List and index: nobody else has this place. */
  slot: string
  /** The list while the credential is revoked: what the list's bits are read from. */
  revokedIn?: string
  issuedAt: string
  validUntil: string
  revokedAt: string | null
  /** The entry that caused it and what came of the loan: one credential for each. */
  cause?: string
}

export const issued: CollectionDefinition<IssuedDoc> = {
  name: 'issued-credentials',
  personal: ['did'],
  lookup: { slot: { unique: true }, user: {}, list: {}, revokedIn: {}, organization: {}, cause: { unique: true } },
}

export interface StatusListDoc {
  id: string
  /** Where it is served, as its credentials name it. */
  url: string
  issuer: string
  open: boolean
}

export const statusLists: CollectionDefinition<StatusListDoc> = { name: 'status-lists', personal: [], lookup: { url: { unique: true }, open: {} } }
