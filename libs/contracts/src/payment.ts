import { z } from 'zod'
import { defineAction } from './define.ts'
import { coin, destination } from './network-shapes.ts'
import { admins, cashiers, Payment, reason, seen } from './payment-shapes.ts'
import { Account } from './project.ts'
import { amount, code, connection, date, id, page, phone, rail, reference } from './shapes.ts'

export { paymentKind, paymentStatus, Payment } from './payment-shapes.ts'
export * from './payment-collecting.ts'
export * from './payment-mobile.ts'
export * from './payment-multisig.ts'
export * from './payment-networks.ts'

/** Over a network: to which address or invoice, in which coin, and at most for which fee. The network confirms it. */
const overNetwork = { to: destination.optional(), currency: coin.optional(), maxFee: amount.optional() }

export const addDisbursement = defineAction({
  name: 'payment.addDisbursement',
  kind: 'mutation',
  about: 'Registers a payment to a borrower: a loan\'s payout (contract signed, money reserved), or a reward or deposit that a closing project owes. Cash: the borrower gets a code. A payout above the project\'s limit needs the approval of a second person.',
  params: z.strictObject({ loan: id, purpose: z.enum(['LOAN', 'REWARD', 'DEPOSIT']).default('LOAN'), rail, valueDate: date.optional(), ...overNetwork }),
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
  params: z.strictObject({ loan: id, rail, ...overNetwork }),
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
  result: z.array(Account.extend({ exponent: z.number().int() })),
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
