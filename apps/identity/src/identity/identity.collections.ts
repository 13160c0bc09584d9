import type { CollectionDefinition } from '@growr/collections'
import type { CredentialType } from '@growr/credentials'

/** A borrower's wallet: its private key is in the key table. `id` is the user's id. */
export interface WalletDoc {
  id: string
  did: string
  /** X25519 public key, base64url: whoever holds it can put something into the record, nobody can read by it. */
  sealKey: string
  createdAt: string
}

export const wallets: CollectionDefinition<WalletDoc> = { name: 'wallets', personal: ['did'], lookup: { did: { unique: true, blind: true } } }

/** A credential in its owner's record. What lists show stands beside the sealed credential, which alone holds claims. */
export interface SealedCredentialDoc {
  id: string
  user: string
  type: CredentialType
  issuer: string
  organization: string
  issuedAt: string
  validUntil: string
  revoked: boolean
  sealed: string
}

export const credentials: CollectionDefinition<SealedCredentialDoc> = {
  name: 'credentials',
  personal: ['sealed'],
  lookup: { user: {} },
}

export interface PermissionChange {
  status: 'REQUESTED' | 'GRANTED' | 'WITHDRAWN'
  at: string
  /** Who did it: the owner, or somebody of the organization who asks. */
  by: 'OWNER' | 'ORGANIZATION'
}

/** That a verifier may see certain credentials for a project; one for each owner, project and verifier, with its history. */
export interface PermissionDoc {
  id: string
  /** Owner, project and verifier. */
  key: string
  user: string
  did: string
  project: string
  verifier: string
  types: CredentialType[]
  /** Parts of the profile that a scoring system may see. */
  fields?: string[]
  status: PermissionChange['status']
  at: string
  history: PermissionChange[]
  /** How often something was presented under it, and when last. */
  uses: number
  usedAt: string | null
}

export const permissions: CollectionDefinition<PermissionDoc> = {
  name: 'permissions',
  personal: ['did'],
  lookup: { key: { unique: true }, user: {} },
}

/** What came of one loan. A loan that defaulted and was repaid after all is both. */
export interface EndedLoan {
  repaid: boolean
  defaulted: boolean
  currency: string
  /** Minor units as digits. */
  principal: string
  principalPaid: string
  onTime: number
  late: number
  closedOn: string
}

/** What came of a borrower's loans with one organization: the facts behind CreditHistory. */
export interface HistoryDoc {
  /** Organization and user. */
  id: string
  loans: Record<string, EndedLoan>
}

export const histories: CollectionDefinition<HistoryDoc> = { name: 'credit-histories', personal: ['loans'], lookup: {} }

/** A borrower's request for a credential, so that a repetition finds what came of it. */
export interface AskedDoc {
  id: string
  credential: string | null
  /** What a scoring system gave. */
  score?: number | null
  expiresAt: string
}

export const asked: CollectionDefinition<AskedDoc> = { name: 'asked-credentials', personal: [], lookup: {}, expires: 'expiresAt' }

/** How far a follower has read. */
export interface CursorDoc {
  id: string
  after: number
}

export const cursors: CollectionDefinition<CursorDoc> = { name: 'cursors', personal: [], lookup: {} }
