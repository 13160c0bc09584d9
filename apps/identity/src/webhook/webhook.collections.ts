import type { CollectionDefinition } from '@growr/collections'
import type { webhook } from '@growr/contracts'

/** Where an organization has its books sent. The secret is sealed like everything personal. */
export interface WebhookDoc {
  id: string
  organization: string
  url: string
  books: webhook.Followed[]
  secret: string
  /** What was removed stays without its secret, so that a repetition of the removal finds it. */
  status: 'ACTIVE' | 'OFF' | 'REMOVED'
  createdAt: string
}

export const webhooks: CollectionDefinition<WebhookDoc> = { name: 'webhooks', personal: ['secret'], lookup: { organization: {}, status: {} } }

/** One webhook's way through one book, in order: what comes next waits for what failed. */
export interface LaneDoc {
  /** Webhook and book. */
  id: string
  webhook: string
  book: webhook.Followed
  /** The entry that was delivered last. */
  after: number
  /** Its generation, where it is known. */
  generation?: number | undefined
  /** How often the next one was tried in vain, since when, and when again; why. */
  failures: number
  failingSince: string | null
  nextAt: string | null
  lastFailure: string | null
}

export const lanes: CollectionDefinition<LaneDoc> = { name: 'webhook-lanes', personal: [], lookup: { webhook: {} } }

/** That a person was erased, as those are told who may hold copies: which records lead to nobody any more. */
export interface ErasureDoc {
  /** Organization and sequence number, with zeros in front. */
  id: string
  organization: string
  seq: number
  /** By which a repetition is known: it may come from who was erased, so it is kept as what is personal is. */
  erasure: string
  at: string
  businessDate: string
  loans: string[]
  payments: string[]
}

export const erasures: CollectionDefinition<ErasureDoc> = { name: 'told-erasures', personal: ['erasure'], lookup: { organization: {}, erasure: { unique: true, blind: true } } }
