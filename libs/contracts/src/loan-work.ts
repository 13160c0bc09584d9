import { z } from 'zod'
import { defineAction } from './define.ts'
import { admins, Instalment, Loan, officers, parties, staff } from './loan-shapes.ts'
import { amount, code, connection, currency, date, done, id, language, page, percent } from './shapes.ts'

// What is done with loans besides applying and paying: protection of the borrower, arrears, the officer's lists and imports.

const byLoan = z.strictObject({ loan: id })
const borrower = { BORROWER: 'own' } as const

export const withdraw = defineAction({
  name: 'loan.withdraw',
  kind: 'mutation',
  about: 'The borrower withdraws from an offer, or from a contract before the payout; it costs nothing.',
  params: byLoan,
  result: Loan,
  access: { users: borrower },
})

export const waiveCoolingOff = defineAction({
  name: 'loan.waiveCoolingOff',
  kind: 'mutation',
  about: 'The borrower, and nobody else, waives the cooling-off time, so that the payout need not wait.',
  params: byLoan,
  result: Loan,
  access: { users: borrower },
})

export const markServiceProvided = defineAction({
  name: 'loan.markServiceProvided',
  kind: 'mutation',
  about: 'The good or service that the loan is for was provided: the borrower gets a code by SMS. Repeated before the confirmation, another code.',
  params: byLoan,
  result: Loan,
  access: { users: officers },
})

export const confirmService = defineAction({
  name: 'loan.confirmService',
  kind: 'mutation',
  about: 'Confirms with the borrower\'s code that the good or service was received.',
  params: z.strictObject({ loan: id, code }),
  result: Loan,
  access: { users: { ...officers, BORROWER: 'own' } },
})

// Key facts

export const KeyFactsRow = z.object({ number: z.number().int(), dueDate: date, amount, principal: amount, interest: amount })

export const KeyFacts = z.object({
  /** Null before there is a loan. */
  loan: id.nullable(),
  project: id,
  currency: z.string(),
  amount,
  months: z.number().int(),
  /** What is withheld, and what the borrower receives. */
  fee: amount,
  deposit: amount,
  payout: amount,
  interestRate: percent,
  interest: amount,
  /** Interest and fee; the deposit comes back. */
  cost: amount,
  total: amount,
  /** Percent a year by EU 2008/48/EC Annex I, one decimal place; null where no rate solves its equation. */
  apr: z.string().nullable(),
  /** Interest by days: figures are estimates for a repayment on the last due date. */
  isEstimate: z.boolean(),
  instalments: z.array(KeyFactsRow),
  /** Days past due after which the loan is in default. */
  defaultAfterDays: z.number().int(),
  cashBack: amount,
  coolingOffDays: z.number().int(),
  /** What is to be known: that, and no word of it, is what the digest is of; the language does not matter. */
  digest: z.string(),
  language,
  /** The whole statement, a line for each fact. */
  lines: z.array(z.string()),
  /** The same in screens of at most 160 characters, for a phone. */
  screens: z.array(z.string()),
})
export type KeyFacts = z.output<typeof KeyFacts>

export const keyFacts = defineAction({
  name: 'loan.keyFacts',
  kind: 'query',
  about: 'The key facts statement of a loan, or of one that a project would offer: each figure, the APR, what happens when late, the borrower\'s rights.',
  params: z.strictObject({ loan: id.optional(), project: id.optional(), amount: amount.optional(), months: z.number().int().min(1).max(600).optional(), language: language.optional() }),
  result: KeyFacts,
  access: { users: { ...parties, BORROWER: 'own' } },
})

export const sendKeyFacts = defineAction({
  name: 'loan.sendKeyFacts',
  kind: 'mutation',
  about: 'Sends the borrower an SMS with a link to the whole key facts statement.',
  params: byLoan,
  result: done,
  access: { users: { ...officers, BORROWER: 'own' } },
})

// Arrears

/** Why a loan gets another schedule: a code, since an entry holds nothing personal. */
export const rescheduleReason = z.enum(['HARVEST', 'ILLNESS', 'INCOME', 'DISASTER', 'AGREED'])
const reschedule = { loan: id, months: z.number().int().min(1).max(120), firstDue: date.optional() }

export const Reschedule = z.object({
  loan: id,
  on: date,
  months: z.number().int(),
  /** Principal that is left. */
  principal: amount,
  /** Of the rows that are replaced, what was not due yet; and what the new ones hold. */
  cancelledInterest: amount,
  addedInterest: amount,
  /** What is left to pay under the schedule as it is, and under the new one. */
  outstandingBefore: amount,
  outstandingAfter: amount,
  instalments: z.array(Instalment),
})

export const previewReschedule = defineAction({
  name: 'loan.previewReschedule',
  kind: 'query',
  about: 'The schedule that a rescheduling would give, and what it would cost the borrower.',
  params: z.strictObject(reschedule),
  result: Reschedule,
  access: { users: { ...officers, BORROWER: 'own' } },
})

export const rescheduleLoan = defineAction({
  name: 'loan.rescheduleLoan',
  kind: 'mutation',
  about: 'Gives a loan another schedule for what is left; the old one is kept, what is paid stays paid, a default is lifted.',
  params: z.strictObject({ ...reschedule, reason: rescheduleReason }),
  result: Loan,
  access: { users: admins },
})

export const writeOff = defineAction({
  name: 'loan.writeOff',
  kind: 'mutation',
  about: 'Writes off what is left of a loan in default. The borrower still owes it: what comes in afterwards is a recovery.',
  params: byLoan,
  result: Loan,
  access: { users: admins },
})

export const checkReversal = defineAction({
  name: 'loan.checkReversal',
  kind: 'query',
  internal: true,
  about: 'Whether a loan would let a payment of it be taken back: to be asked before the money\'s side is reversed.',
  params: z.strictObject({ loan: id, payment: id }),
  result: z.object({ refused: z.string().nullable() }),
  access: { services: ['payment'] },
})

// Lists

/** Days past due. */
export const bucket = z.enum(['CURRENT', 'DAYS_1_30', 'DAYS_31_60', 'DAYS_61_90', 'DAYS_OVER_90'])

/** What a borrower has to pay by a day. */
export const Due = z.object({
  loan: id,
  project: id,
  status: z.string(),
  currency: z.string(),
  /** Due by the day and not paid, and since when the oldest of it is. */
  due: amount,
  principal: amount,
  interest: amount,
  dueDate: date,
  daysLate: z.number().int(),
  bucket,
  outstanding: amount,
  borrower: z.string().nullable(),
  borrowerUser: id.nullable(),
})
export type Due = z.output<typeof Due>

export const dueList = defineAction({
  name: 'loan.dueList',
  kind: 'query',
  about: 'What is due by a day (today unless told) in an organization: a line for each loan, the oldest first.',
  params: z.strictObject({ organization: id, on: date.optional(), project: id.optional(), ...page }),
  result: connection(Due),
  access: { users: staff, services: ['payment'] },
})

export const Arrears = z.object({
  organization: id,
  on: date,
  /** Portfolio at risk: by days past due, how many loans and all principal that is left of them. One line for each currency and bucket. */
  buckets: z.array(z.object({ currency: z.string(), bucket, loans: z.number().int(), principal: amount })),
  list: connection(Due),
})

export const arrearsList = defineAction({
  name: 'loan.arrearsList',
  kind: 'query',
  about: 'Loans with an instalment past due: the sums by days past due, and a line for each loan, the oldest first.',
  params: z.strictObject({ organization: id, project: id.optional(), ...page }),
  result: Arrears,
  access: { users: staff },
})

export const Owed = z.object({
  loan: id,
  organization: id,
  project: id,
  name: z.string(),
  status: z.string(),
  currency: z.string(),
  /** What pays the loan off today: interest by days counts until now. */
  outstanding: amount,
  /** Due by today and not paid. */
  due: amount,
  daysLate: z.number().int(),
  /** The next instalment that is not paid in full; null where none is left. */
  nextAmount: amount.nullable(),
  nextDue: date.nullable(),
})

export const findOwed = defineAction({
  name: 'loan.findOwed',
  kind: 'query',
  about: 'What the signed-in borrower owes and when, over all organizations.',
  params: z.strictObject({}),
  result: z.array(Owed),
  access: { users: borrower },
})

// Import

export const ControlTotals = z.strictObject({ count: z.number().int().min(0).max(50_000), principal: amount, interest: amount })
export const RowFault = z.object({ line: z.number().int(), column: z.string().nullable(), reason: z.string() })

export type RowFault = z.output<typeof RowFault>

export const LoanImport = z.object({
  dryRun: z.boolean(),
  /** What a real run of this file must give: it stands for the file and for the project. */
  digest: z.string(),
  rows: z.number().int(),
  /** Loans in the file; those that are here already; those that a real run adds, or has added. */
  loans: z.number().int(),
  known: z.number().int(),
  added: z.number().int(),
  totals: z.object({ count: z.number().int(), principal: amount, interest: amount }),
  agrees: z.boolean(),
  currency,
  faults: z.array(RowFault),
})

export const importLoans = defineAction({
  name: 'loan.importLoans',
  kind: 'mutation',
  about: 'Takes over open loans from the originator\'s former books (CSV: number, phone, due, principal, interest; a line for each instalment that is left). A dry run comes first; the real run takes the digest of its report. Twice adds nothing; the control totals must agree.',
  params: z.strictObject({ organization: id, project: id, csv: z.string().min(1).max(5 * 1024 * 1024), dryRun: z.boolean().default(true), digest: z.string().max(100).optional(), controlTotals: ControlTotals }),
  result: LoanImport,
  access: { users: admins },
})
