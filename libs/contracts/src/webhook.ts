import { z } from 'zod'
import { defineAction } from './define.ts'
import { date, done, id, instant, url } from './shapes.ts'

/** What can be followed: the organization's books, and the persons whose data was erased. */
export const followed = z.enum(['project', 'loan', 'funding', 'payment', 'erasures'])
export type Followed = z.output<typeof followed>

const decimals = z.record(z.string(), z.string())

/**
 * What happened, as an integrator sees it: the same in the feed and in a webhook. Nothing in it leads to a person; a loan, a payment
 * and the like are named by their keys.
 */
export const FeedItem = z.object({
  /** The same whenever this is told again. */
  id: z.string(),
  book: followed,
  /** Where it stands in its book: the cursor after it. */
  seq: z.number().int(),
  /** How often the node had been restored when it was written: with a higher one, the numbers of lost entries are used again. */
  generation: z.number().int(),
  /** `loan.approved`, `payment.confirmed` and so on; `person.erased`. */
  type: z.string(),
  at: instant,
  businessDate: date,
  organization: id,
  /** Of the record that it is about. */
  key: id,
  project: id.nullable(),
  loan: id.nullable(),
  payment: id.nullable(),
  /** The record's status after it. */
  status: z.string().nullable(),
  currency: z.string().nullable(),
  /** What this was about, by name, as decimal strings. */
  amounts: decimals,
  /** What the record comes to after it, by name, as decimal strings. */
  totals: decimals,
  /** Double entry, debit positive; sums to zero in each currency. */
  postings: z.array(z.object({ account: z.string(), currency: z.string(), amount: z.string() })),
  /** Of an erasure: the loans and payments whose person is no longer known. */
  erased: z.object({ loans: z.array(id), payments: z.array(id) }).nullable(),
})
export type FeedItem = z.output<typeof FeedItem>

export const Webhook = z.object({
  id,
  organization: id,
  url: z.string(),
  books: z.array(followed),
  /** OFF: it failed for days, or said itself that it is gone. */
  status: z.enum(['ACTIVE', 'OFF']),
  createdAt: instant,
  /** How far it has come in each book, and what does not get through. */
  progress: z.array(z.object({ book: followed, delivered: z.number().int(), failures: z.number().int(), failingSince: instant.nullable(), nextAt: instant.nullable(), lastFailure: z.string().nullable() })),
})
export type Webhook = z.output<typeof Webhook>

const admin = { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization' } as const

export const addWebhook = defineAction({
  name: 'organization.addWebhook',
  kind: 'mutation',
  about: 'Has what happens in the organization\'s books sent to an address of its own, signed (Standard Webhooks), from now on or from the first entry. The secret is shown in this answer only.',
  params: z.strictObject({ organization: id, url, books: z.array(followed).min(1).max(5).refine((books) => new Set(books).size === books.length, 'each book once'), from: z.enum(['NOW', 'START']).default('NOW') }),
  result: z.object({ webhook: Webhook, secret: z.string() }),
  access: { users: { ORIGINATOR_ADMIN: 'organization' } },
})

export const removeWebhook = defineAction({
  name: 'organization.removeWebhook',
  kind: 'mutation',
  about: 'Ends a webhook.',
  params: z.strictObject({ webhook: id }),
  result: done,
  access: { users: admin },
})

export const resumeWebhook = defineAction({
  name: 'organization.resumeWebhook',
  kind: 'mutation',
  about: 'Switches a webhook on again, or tries at once what waits; it goes on where it stopped.',
  params: z.strictObject({ webhook: id }),
  result: Webhook,
  access: { users: admin },
})

export const findWebhooks = defineAction({
  name: 'organization.findWebhooks',
  kind: 'query',
  about: 'The organization\'s webhooks, how far each has come and what does not get through.',
  params: z.strictObject({ organization: id }),
  result: z.array(Webhook),
  access: { users: admin },
})

export const feed = defineAction({
  name: 'organization.feed',
  kind: 'query',
  about: 'What happened in one of the organization\'s books after a cursor, in order, in the form of the webhooks.',
  params: z.strictObject({ organization: id, book: followed, after: z.number().int().min(0).default(0), /** Of the entry at the cursor: tells whether it is still that entry. */ generation: z.number().int().min(0).optional(), limit: z.number().int().min(1).max(200).default(100) }),
  result: z.object({ items: z.array(FeedItem), /** The cursor for the next page. */ next: z.number().int(), more: z.boolean() }),
  access: { users: { ORIGINATOR_ADMIN: 'organization' } },
})
