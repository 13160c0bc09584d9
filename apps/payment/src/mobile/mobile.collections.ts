import type { CollectionDefinition } from '@growr/collections'

/** An organization's account at a provider; its id is the organization's. */
export interface AccountDoc {
  id: string
  provider: string
  shortCode: string
  currency: string
  key: string
  secret: string
  /** Since when the node has to do with it: what came in before is no concern of the node's. */
  since: string
}
export const accounts: CollectionDefinition<AccountDoc> = { name: 'mobile-accounts', personal: ['key', 'secret'], lookup: {} }

/** A callback: the provider is said to have a payment of this name. Kept until the provider, or a statement, has said so itself. */
export interface HintDoc {
  id: string
  organization: string
  state: 'WAITING' | 'CONFIRMED' | 'UNCONFIRMED'
  reference: string
  /** When it is said to have been. */
  at: string | null
  receivedAt: string
  expiresAt: string
}
export const hints: CollectionDefinition<HintDoc> = { name: 'mobile-hints', personal: ['reference'], lookup: { organization: {}, state: {} }, expires: 'expiresAt' }

/** The payment code of a loan; its id is the code. */
export interface LoanCodeDoc {
  id: string
  loan: string
  organization: string
}
export const loanCodes: CollectionDefinition<LoanCodeDoc> = { name: 'mobile-codes', personal: [], lookup: { loan: { unique: true } } }

/** Up to when the provider's answers were read; its id is the organization's. */
export interface LookDoc {
  id: string
  readUntil: string
  /** When last it was asked about its whole reach, for callbacks that wait for long. */
  wideAt: string
  problem: string | null
}
export const looks: CollectionDefinition<LookDoc> = { name: 'mobile-looks', personal: [], lookup: {} }

/** What the last statement showed; its id is the organization's. */
export interface StatementDoc {
  id: string
  at: string
  digest: string
  from: string | null
  to: string | null
  matched: number
  missingHere: number
  missingThere: number
  differing: number
}
export const statements: CollectionDefinition<StatementDoc> = { name: 'mobile-statements', personal: [], lookup: {} }

/** A due of a collection list as the node keeps it: by what its borrower's code is known. */
export interface ListedDue {
  loan: string
  salt: string
  hash: string
  /** Wrong codes that were handed in. */
  wrong: number
  /** The receipt that its code was spent on. */
  spentOn: string | null
}
export interface ListDoc {
  id: string
  organization: string
  agent: string
  on: string
  validUntil: string
  /** The list as it was signed. */
  list: { type: string; signer: string; jws: string }
  dues: ListedDue[]
  expiresAt: string
}
export const lists: CollectionDefinition<ListDoc> = { name: 'collection-lists', personal: ['list', 'agent'], lookup: { organization: {} }, expires: 'expiresAt' }
