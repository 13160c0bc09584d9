import { z } from 'zod'
import { defineAction } from './define.ts'
import { amount, code, connection, currency, date, id, instant, page, phone, rail, reference, signed, text } from './shapes.ts'
import { Account } from './project.ts'

export const paymentStatus = z.enum(['ADDED', 'CONFIRMED', 'FAILED', 'REVERTED'])
export const paymentKind = z.enum(['DISBURSEMENT', 'REPAYMENT', 'OVERPAYMENT_REFUND', 'REWARD', 'DEPOSIT_RETURN', 'TRANSFER_IN', 'TRANSFER_OUT', 'HAND_OVER', 'RECEIPT'])

export const Payment = z.object({
  key: id,
  kind: paymentKind,
  status: paymentStatus,
  rail,
  loan: id.nullable(),
  project: id,
  organization: id,
  currency: z.string(),
  amount,
  valueDate: date,
  bookingDate: date,
  /** Who holds the cash: an agent's user id; null where it is the organization's bank or office. */
  holder: id.nullable(),
  reference: z.string().nullable(),
  /** What the other side must still do, in words. */
  awaits: z.enum(['CODE', 'REFERENCE', 'OTHER_PARTY', 'APPROVAL', 'REVERSAL', 'NOTHING']),
  /** Why it failed, was reverted, or is to be: a code or what was written. */
  reason: z.string().nullable(),
  version: z.number().int(),
})
export type Payment = z.output<typeof Payment>

const cashiers = { ORIGINATOR_ADMIN: 'organization', ORIGINATOR_AGENT: 'organization' } as const
const seen = { NODE_OPERATOR: 'any', ...cashiers, BORROWER: 'own' } as const

export const addDisbursement = defineAction({
  name: 'payment.addDisbursement',
  kind: 'mutation',
  about: 'Registers a payment to a borrower: a loan\'s payout (contract signed, money reserved), or a reward or deposit that a closing project owes. Cash: the borrower gets a code. A payout above the project\'s limit needs the approval of a second person.',
  params: z.strictObject({ loan: id, purpose: z.enum(['LOAN', 'REWARD', 'DEPOSIT']).default('LOAN'), rail, valueDate: date.optional() }),
  result: Payment,
  access: { users: cashiers },
})

export const confirmDisbursement = defineAction({
  name: 'payment.confirmDisbursement',
  kind: 'mutation',
  about: 'Confirms it: by the borrower\'s code for cash, by the bank\'s reference for a transfer.',
  params: z.strictObject({ payment: id, code: code.optional(), reference: reference.optional() }),
  result: Payment,
  access: { users: cashiers },
})

export const cancelDisbursement = defineAction({
  name: 'payment.cancelDisbursement',
  kind: 'mutation',
  about: 'Cancels a disbursement that is not confirmed; the loan goes back to SIGNED.',
  params: z.strictObject({ payment: id }),
  result: Payment,
  access: { users: cashiers },
})

export const addRepayment = defineAction({
  name: 'payment.addRepayment',
  kind: 'mutation',
  about: 'Registers a repayment. Cash: the borrower gets a payment code by SMS. Bank: the reference of the statement; another admin or agent confirms.',
  params: z.strictObject({ loan: id.optional(), phone: phone.optional(), rail, amount, reference: reference.optional(), valueDate: date.optional() }),
  result: Payment,
  access: { users: cashiers },
})

export const confirmRepayment = defineAction({
  name: 'payment.confirmRepayment',
  kind: 'mutation',
  about: 'Confirms it: the agent or the borrower enters the borrower\'s code (cash); for a bank transfer, somebody else than who registered it.',
  params: z.strictObject({ payment: id, code: code.optional() }),
  result: Payment,
  access: { users: { ...cashiers, BORROWER: 'own' } },
})

export const refundOverpayment = defineAction({
  name: 'payment.refundOverpayment',
  kind: 'mutation',
  about: 'Returns what a borrower paid too much; confirmed like a disbursement.',
  params: z.strictObject({ loan: id, rail }),
  result: Payment,
  access: { users: cashiers },
})

export const handOverCash = defineAction({
  name: 'payment.handOverCash',
  kind: 'mutation',
  about: 'Registers money that changes hands between an agent, the office, the bank and the account at the provider of mobile money; the other side confirms.',
  params: z.strictObject({ project: id, amount, from: z.enum(['AGENT', 'OFFICE', 'BANK', 'MOBILE']), to: z.enum(['AGENT', 'OFFICE', 'BANK', 'MOBILE']), agent: id.optional(), reference: reference.optional() }),
  result: Payment,
  access: { users: cashiers },
})

export const confirmHandOver = defineAction({
  name: 'payment.confirmHandOver',
  kind: 'mutation',
  about: 'The other side of a hand-over confirms it.',
  params: z.strictObject({ payment: id }),
  result: Payment,
  access: { users: cashiers },
})

export const findByKey = defineAction({ name: 'payment.findByKey', kind: 'query', about: 'A payment by its key.', params: z.strictObject({ key: id }), result: Payment, access: { users: seen } })
export const findByLoan = defineAction({ name: 'payment.findByLoan', kind: 'query', about: 'The payments of a loan.', params: z.strictObject({ loan: id, ...page }), result: connection(Payment), access: { users: seen } })
export const findByAddress = defineAction({
  name: 'payment.findByAddress',
  kind: 'query',
  about: 'The payments at an address of a network.',
  params: z.strictObject({ address: z.string().min(8).max(128), ...page }),
  result: connection(Payment),
  access: { users: { NODE_OPERATOR: 'any' } },
})

export const accounts = defineAction({
  name: 'payment.accounts',
  kind: 'query',
  internal: true,
  about: 'The balances of a project\'s accounts in the Payment book (debit positive).',
  params: z.strictObject({ organization: id, project: id }),
  result: z.array(Account),
  access: { services: ['project'] },
})

export const pending = defineAction({
  name: 'payment.pending',
  kind: 'query',
  internal: true,
  about: 'How many payments of a project are registered and neither confirmed nor failed.',
  params: z.strictObject({ organization: id, project: id }),
  result: z.object({ count: z.number().int() }),
  access: { services: ['project'] },
})

export const CashFloat = z.object({ agent: id, project: id, currency: z.string(), amount })

export const cashFloats = defineAction({
  name: 'payment.cashFloats',
  kind: 'query',
  about: 'The cash that agents hold; an agent sees the own.',
  params: z.strictObject({ organization: id, agent: id.optional() }),
  result: z.array(CashFloat),
  access: { users: { ORIGINATOR_ADMIN: 'organization', ORIGINATOR_AGENT: 'organization' } },
})

export const erasePerson = defineAction({
  name: 'payment.erasePerson',
  kind: 'mutation',
  internal: true,
  about: 'Destroys a person\'s keys in the Payment book of every organization; STILL_OWED while a payment of theirs is under way or they hold cash. `check` only looks.',
  params: z.strictObject({ user: id, check: z.boolean().default(false) }),
  /** The payments that lead to nobody any more (with `check`: that would). */
  result: z.object({ erased: z.array(z.object({ organization: id, payments: z.array(id) })) }),
  access: { services: ['identity'] },
})

const admins = { ORIGINATOR_ADMIN: 'organization' } as const
const reason = text(200)

export const approveDisbursement = defineAction({
  name: 'payment.approveDisbursement',
  kind: 'mutation',
  about: 'Approves a payout above the project\'s limit: another person than who registered it. Without it the payout cannot be confirmed.',
  params: z.strictObject({ payment: id }),
  result: Payment,
  access: { users: admins },
})

export const requestReversal = defineAction({
  name: 'payment.requestReversal',
  kind: 'mutation',
  about: 'Asks for the reversal of a confirmed payment that was a mistake or has the wrong value date. Somebody else confirms it; what is right is registered anew.',
  params: z.strictObject({ payment: id, reason }),
  result: Payment,
  access: { users: cashiers },
})

export const confirmReversal = defineAction({
  name: 'payment.confirmReversal',
  kind: 'mutation',
  about: 'Reverses a payment by a compensating entry: another person than who asked for it. The loan is settled anew, and the borrower is told.',
  params: z.strictObject({ payment: id }),
  result: Payment,
  access: { users: admins },
})

export const rejectReversal = defineAction({
  name: 'payment.rejectReversal',
  kind: 'mutation',
  about: 'Turns down a reversal that was asked for, or takes the own request back; the payment stays as it is.',
  params: z.strictObject({ payment: id }),
  result: Payment,
  access: { users: admins },
})

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
