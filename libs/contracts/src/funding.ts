import { z } from 'zod'
import { defineAction } from './define.ts'
import { amount, connection, date, id, page, rail, reference, signed, text } from './shapes.ts'
import { fundingType } from './project.ts'

export const Funding = z.object({
  key: id,
  project: id,
  organization: id,
  tranche: z.enum(['SENIOR', 'JUNIOR']),
  type: fundingType,
  paymentType: z.enum(['INCOMING', 'OUTGOING']),
  status: z.enum(['CONFIRMED', 'REVERTED']),
  currency: z.string(),
  amount,
  /** Of an outgoing one: what of it is yield, what principal. */
  yield: amount,
  principal: amount,
  valueDate: date,
  /** The investor's contract; null for junior capital. */
  intent: id.nullable(),
  investor: id.nullable(),
  reference: z.string().nullable(),
  receipt: signed.nullable(),
})
export type Funding = z.output<typeof Funding>

const admin = { ORIGINATOR_ADMIN: 'organization' } as const
const seen = { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization', INVESTOR: 'own' } as const

export const fund = defineAction({
  name: 'funding.fund',
  kind: 'mutation',
  about: 'Registers money that an investor with a signed contract sent to the bank; a signed receipt goes back.',
  params: z.strictObject({ intent: id, amount, reference, valueDate: date.optional() }),
  result: Funding,
  access: { users: admin },
})

export const refund = defineAction({
  name: 'funding.refund',
  kind: 'mutation',
  about: 'Registers a repayment to an investor: yield first, then principal; after the close, the shares that are due.',
  params: z.strictObject({ intent: id, amount, rail: rail.default('BANK'), reference, valueDate: date.optional() }),
  result: Funding,
  access: { users: admin },
})

export const revert = defineAction({
  name: 'funding.revert',
  kind: 'mutation',
  about: 'Takes a mistaken registration back by a compensating entry.',
  params: z.strictObject({ key: id, reason: text(500) }),
  result: Funding,
  access: { users: admin },
})

export const detect = defineAction({
  name: 'funding.detect',
  kind: 'mutation',
  internal: true,
  about: 'Brings the Funding book up to a fact of the Payment book, which it reads: money that a network\'s listener confirmed.',
  params: z.strictObject({ organization: id, payment: id, seq: z.number().int().min(0) }),
  result: z.object({ taken: z.boolean(), refused: z.string().nullable() }),
  access: { services: ['payment'] },
})

export const checkOutgoing = defineAction({
  name: 'funding.checkOutgoing',
  kind: 'query',
  internal: true,
  about: 'Whether so much may be paid to an investor (by the intent) or to the originator now, and why not: before it leaves over a network.',
  params: z.strictObject({ project: id, intent: id.optional(), amount }),
  result: z.object({ ok: z.literal(true) }),
  access: { services: ['payment'] },
})

export const findByKey = defineAction({ name: 'funding.findByKey', kind: 'query', about: 'A funding entry by its key.', params: z.strictObject({ key: id }), result: Funding, access: { users: seen } })

export const findByProject = defineAction({
  name: 'funding.findByProject',
  kind: 'query',
  about: 'The funding of a project; an investor sees the own.',
  params: z.strictObject({ project: id, ...page }),
  result: connection(Funding),
  access: { users: seen },
})

/** What an investor's money does: live, without anything that leads to a borrower. */
export const Position = z.object({ intent: id, project: id, currency: z.string(), funded: amount, principalOutstanding: amount, yieldAccrued: amount, yieldPaid: amount, principalPaid: amount, asOf: date })

export const position = defineAction({ name: 'funding.position', kind: 'query', about: 'An investor\'s position: principal outstanding, yield so far, repaid.', params: z.strictObject({ intent: id }), result: Position, access: { users: { ORIGINATOR_ADMIN: 'organization', INVESTOR: 'own' } } })
