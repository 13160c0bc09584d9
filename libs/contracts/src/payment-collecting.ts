import { z } from 'zod'
import { defineAction } from './define.ts'
import { cashiers } from './payment-shapes.ts'
import { amount, code, date, id, instant, signed } from './shapes.ts'

// Collecting without a connection

/** How a borrower's code is checked where there is no connection: scrypt over the code, base64url. */
export const Verifier = z.object({ algorithm: z.literal('scrypt'), n: z.number().int(), r: z.number().int(), p: z.number().int(), salt: z.string(), hash: z.string() })
export const CollectionDue = z.object({
  loan: id, project: id, borrower: z.string(), currency: z.string(),
  /** What is due by the day of the list, and since when. */
  due: amount, dueDate: date.nullable(),
  /** null where the borrower could not be sent a code: such a payment waits for a connection. */
  verifier: Verifier.nullable(),
})
/** How many dues one list holds: each code costs the node, and whoever would try them all, a tenth of a second. */
export const LIST_DUES = 200

export const CollectionList = z.object({ id, organization: id, agent: id, on: date, validUntil: instant, dues: z.array(CollectionDue), list: signed })

export const collectionList = defineAction({
  name: 'payment.collectionList',
  kind: 'mutation',
  about: 'An agent\'s list of the day\'s dues to take along, signed by the node. Each borrower on it is sent a code, which the agent\'s device can check without a connection and cannot make up.',
  params: z.strictObject({ organization: id, project: id.optional(), loans: z.array(id).min(1).max(LIST_DUES).optional() }),
  result: CollectionList,
  access: { users: { ORIGINATOR_AGENT: 'organization' } },
})

export const CollectedReceipt = z.strictObject({ receipt: id, loan: id, amount, code, on: date })

export const handInCollections = defineAction({
  name: 'payment.handInCollections',
  kind: 'mutation',
  about: 'Hands in what was collected without a connection, in any order and more than once: each receipt is booked once, each conflict listed by its reason.',
  params: z.strictObject({ list: z.string().min(1).max(262_144), receipts: z.array(CollectedReceipt).min(1).max(LIST_DUES) }),
  result: z.object({
    booked: z.array(z.object({ receipt: id, loan: id, payment: id, repeated: z.boolean() })),
    conflicts: z.array(z.object({ receipt: id, loan: id, reason: z.string() })),
  }),
  access: { users: cashiers },
})
