import { z } from 'zod'
import { defineAction } from './define.ts'
import { admins, cashiers, paymentKind, paymentStatus, reason, seen, Payment } from './payment-shapes.ts'
import { amount, connection, currency, date, id, instant, page, rail, signed } from './shapes.ts'

// Mobile money

export const provider = z.enum(['daraja'])

export const MobileAccount = z.object({ organization: id, provider, shortCode: z.string(), currency, /** Where the provider posts its callbacks, under the node's public address. */ callback: z.string() })

export const setMobileMoney = defineAction({
  name: 'payment.setMobileMoney',
  kind: 'mutation',
  about: 'Connects the organization\'s account at a provider of mobile money. Key and secret are kept encrypted and never shown.',
  params: z.strictObject({ organization: id, provider, shortCode: z.string().regex(/^\d{4,10}$/, 'a short code is digits'), key: z.string().min(1).max(200), secret: z.string().min(1).max(200), currency: currency.default('KES') }),
  result: MobileAccount,
  access: { users: admins },
})

export const PaymentCode = z.object({ loan: id, code: z.string(), shortCode: z.string(), currency, amount: amount.nullable() })

export const requestPaymentCode = defineAction({
  name: 'payment.requestPaymentCode',
  kind: 'mutation',
  about: 'The code that a borrower enters as the account when paying by mobile money, by SMS as well. A loan has one, which begins with the node\'s prefix.',
  params: z.strictObject({ loan: id, amount: amount.optional() }),
  result: PaymentCode,
  access: { users: { ...cashiers, BORROWER: 'own' } },
})

export const SuspenseCase = z.object({
  payment: id, kind: paymentKind, rail, currency: z.string(), amount, valueDate: date, project: id.nullable(), loan: id.nullable(), reference: z.string().nullable(),
  /** What the payer named as the account. */
  entered: z.string().nullable(),
  /** Since when it is open, for how many days, and in which bucket of the ageing. */
  since: date, days: z.number().int(), age: z.enum(['0-7', '8-30', '31-90', '90+']), reason: z.string(),
})

export const suspenseList = defineAction({
  name: 'payment.suspenseList',
  kind: 'query',
  about: 'Money that matched nothing or that its loan did not take: each open case with its age, the oldest first.',
  params: z.strictObject({ organization: id, ...page }),
  result: connection(SuspenseCase),
  access: { users: { NODE_OPERATOR: 'any', ...cashiers } },
})

export const assignSuspense = defineAction({
  name: 'payment.assignSuspense',
  kind: 'mutation',
  about: 'Assigns a receipt that matched nothing to a loan, which takes it as a repayment of its value date.',
  params: z.strictObject({ payment: id, loan: id }),
  result: Payment,
  access: { users: admins },
})

export const reverseAssignment = defineAction({
  name: 'payment.reverseAssignment',
  kind: 'mutation',
  about: 'Takes an assignment back: the loan is settled anew without it, and the receipt waits again.',
  params: z.strictObject({ payment: id, reason }),
  result: Payment,
  access: { users: admins },
})

const StatementItem = z.object({ line: z.number().int().nullable(), reference: z.string(), direction: z.enum(['IN', 'OUT']), amount: amount.nullable(), here: amount.nullable(), valueDate: date.nullable(), payment: id.nullable(), reason: z.string().nullable() })
/** Of each list at most this many items are given; the counts are of all. */
export const STATEMENT_ITEMS = 500

export const StatementReport = z.object({
  digest: z.string(),
  dryRun: z.boolean(),
  from: date.nullable(),
  to: date.nullable(),
  counts: z.object({ lines: z.number().int(), matched: z.number().int(), missingHere: z.number().int(), missingThere: z.number().int(), differing: z.number().int(), ignored: z.number().int(), booked: z.number().int() }),
  /** In the statement and not in the book: a real run books what came in. */
  missingHere: z.array(StatementItem),
  /** In the book and not in the statement, of the days that it covers. */
  missingThere: z.array(StatementItem),
  /** In both, with another amount, or here confirmed and there not completed. */
  differing: z.array(StatementItem),
  faults: z.array(z.object({ line: z.number().int(), column: z.string().nullable(), reason: z.string() })),
})

export const importStatement = defineAction({
  name: 'payment.importStatement',
  kind: 'mutation',
  about: 'Compares the provider\'s statement (CSV) with the book, and in a real run books what came in and is missing here. A dry run comes first; the real run takes the digest of its report.',
  params: z.strictObject({ organization: id, csv: z.string().min(1).max(5 * 1024 * 1024), dryRun: z.boolean().default(true), digest: z.string().max(100).optional() }),
  result: StatementReport,
  access: { users: admins },
})

export const Reconciliation = z.object({
  organization: id,
  account: MobileAccount.nullable(),
  /** Callbacks whose payment the provider has not confirmed yet; `unconfirmed` have been given up: a statement decides. */
  hints: z.object({ waiting: z.number().int(), unconfirmed: z.number().int() }),
  /** Up to when the provider's own answers were read. */
  readUntil: instant.nullable(),
  /** Why the last look failed, by its code. */
  problem: z.string().nullable(),
  suspense: z.array(z.object({ currency: z.string(), amount, cases: z.number().int(), oldest: date.nullable() })),
  statement: z.object({ at: instant, digest: z.string(), from: date.nullable(), to: date.nullable(), matched: z.number().int(), missingHere: z.number().int(), missingThere: z.number().int(), differing: z.number().int() }).nullable(),
})

export const reconciliation = defineAction({
  name: 'payment.reconciliation',
  kind: 'query',
  about: 'How book and provider stand to each other: what is waited for, what lies in suspense, what the last statement showed.',
  params: z.strictObject({ organization: id }),
  result: Reconciliation,
  access: { users: { NODE_OPERATOR: 'any', ...admins } },
})

export const receipt = defineAction({
  name: 'payment.receipt',
  kind: 'query',
  about: 'The receipt of a payment, signed in the organization\'s name; null until it is signed. A receipt of a payment that was reversed counts no more.',
  params: z.strictObject({ payment: id }),
  result: z.object({ payment: id, status: paymentStatus, receipt: signed.nullable() }),
  access: { users: seen },
})
