import { callingUser, type ActionContext } from '@growr/bus'
import { payment as contract, Refusal, type Contract } from '@growr/contracts'
import { applyPayment, decidePayment, directions, isNetworkRail, type PaymentAdded, type PaymentCommand, type PaymentEvent, type PaymentState, type PaymentSubject, type Rail } from '@growr/lending'
import { accounts } from '@growr/ledger'
import { amountOf } from '@growr/money'
import { eventsOf } from '@growr/service'
import { today, type Payments } from '../payments.ts'
import type { Place } from '../books/payment-books.ts'
import { awaitLoan, requireStillOwed } from './payment.owed.ts'
import { awaitsApproval, railOf } from './payment.present.ts'

/** A cash payment's code stands for one payment, whoever enters it. */
export const codeFor = (payment: string): { purpose: string; subject: string } => ({ purpose: 'CASH_PAYMENT', subject: payment })

/** Whom a payment's subject leads to. */
export const personOf = (state: PaymentState): string =>
  (state.kind === 'HAND_OVER' ? state.subject?.agentId : state.subject?.userId) ?? `organization:${state.organizationId}`

/**
 * The queue in which a payment is decided on: its project's; a receipt that matched nothing keeps its organization's wherever it goes,
 * and waits for that of the project which has its money besides.
 */
export const queueOf = ({ kind, organizationId, projectKey }: PaymentState): Place => (kind === 'RECEIPT' ? { organization: organizationId, project: organizationId, also: projectKey } : { organization: organizationId, project: projectKey })

/** Refused while the node may not send: what went out before the back-up may have gone out already. SENDING_OFF. */
export function requireSending({ sending }: Payments, rail: Rail): void {
  if ((rail === 'MOBILE' || isNetworkRail(rail)) && !sending()) throw new Refusal('SENDING_OFF', { path: 'rail' })
}

/** Decides on a payment's present state and appends, in the project's queue. */
export async function change(payments: Payments, action: Contract, key: string, params: unknown, context: ActionContext, command: (state: PaymentState, on: string) => PaymentCommand | Promise<PaymentCommand>): Promise<contract.Payment> {
  const { books } = payments
  const at = queueOf(books.require(key).state)
  const authority = { caller: context.caller, action: action.name, requestId: context.requestId, params }
  const on = await today(payments, at.organization)
  await books.once(at, authority, async () => {
    const current = books.require(key)
    // It went to another project while it waited for this one's queue.
    if (at.also !== undefined && current.state.projectKey !== at.also) throw new Refusal('STALE_STATE', { path: 'payment' })
    const events = eventsOf(decidePayment(current.state, await command(current.state, on)))
    return { key, current, events, person: personOf(current.state), sealedFor: current.state.projectKey }
  })
  return books.shown(key)
}

/** The events of money that came in and needs nobody's confirmation here: somebody outside has confirmed it. */
export function addedAndConfirmed(data: PaymentAdded, subject: PaymentSubject): readonly PaymentEvent[] {
  const added = eventsOf(decidePayment(null, { type: 'add', underWay: false, data, subject }))
  const state = added.reduce<PaymentState | null>(applyPayment, null)
  return [...added, ...eventsOf(decidePayment(state, { type: 'confirm', valueDate: data.valueDate, bookingDate: data.bookingDate, held: null }))]
}

/** What the holder that the money leaves holds of the project's. */
export function heldBy({ books }: Payments, { from, projectKey, currency }: PaymentState): { amount: bigint; currency: string } | null {
  return from ? amountOf(books.balance(accounts.cash(from, projectKey), currency.code), currency.code) : null
}

function requireAdded(state: PaymentState): void {
  if (state.status !== 'ADDED') throw new Refusal('PAYMENT_STATUS', { path: 'status', details: { status: state.status } })
}

async function requireCode(payments: Payments, state: PaymentState, code: string | undefined): Promise<void> {
  if (code === undefined) throw new Refusal('BAD_INPUT', { path: 'code' })
  // Not spent here: the payment's own status lets it count once, also where the node stops before the entry is written.
  await payments.codes.check(codeFor(state.key), code)
}

/** By the borrower's code for cash, by the bank's reference for a transfer. PAYMENT_STATUS, RAIL_MISMATCH, CODE_WRONG …, LOAN_STATUS, NOTHING_TO_RETURN, CASH_INSUFFICIENT, FUNDS_INSUFFICIENT. */
export async function confirmDisbursement(payments: Payments, params: { payment: string; code?: string | undefined; reference?: string | undefined }, context: ActionContext): Promise<contract.Payment> {
  await awaitLoan(payments, params.payment)
  return change(payments, contract.confirmDisbursement, params.payment, params, context, async (state, on) => {
    requireAdded(state)
    // A network confirms its payments itself.
    if (directions[state.kind] !== 'OUT' || state.loanKey === null || isNetworkRail(railOf(state))) throw new Refusal('RAIL_MISMATCH', { path: 'payment', details: { kind: state.kind } })
    requireSending(payments, railOf(state))
    // Before the code is looked at: an attempt that cannot succeed costs none.
    if (awaitsApproval(state)) throw new Refusal('APPROVAL_MISSING', { path: 'payment' })
    await requireStillOwed(payments, state, context)
    if (railOf(state) === 'CASH') await requireCode(payments, state, params.code)
    else if (params.reference === undefined) throw new Refusal('BAD_INPUT', { path: 'reference' })
    return { type: 'confirm', valueDate: state.valueDate, bookingDate: on, held: heldBy(payments, state), ...(params.reference === undefined ? {} : { subject: { reference: params.reference } }) }
  })
}

/** By the borrower's code for cash; for a transfer by somebody else than who registered it. PAYMENT_STATUS, RAIL_MISMATCH, CODE_WRONG …, SAME_PERSON. */
export function confirmRepayment(payments: Payments, params: { payment: string; code?: string | undefined }, context: ActionContext): Promise<contract.Payment> {
  const { userId, role } = callingUser(context)
  return change(payments, contract.confirmRepayment, params.payment, params, context, async (state, on) => {
    requireAdded(state)
    if (state.kind !== 'REPAYMENT') throw new Refusal('RAIL_MISMATCH', { path: 'payment', details: { kind: state.kind } })
    if (railOf(state) === 'CASH') await requireCode(payments, state, params.code)
    else if (role === 'BORROWER') throw new Refusal('RAIL_MISMATCH', { path: 'payment' })
    else if (state.subject?.agentId === userId) throw new Refusal('SAME_PERSON', { path: 'payment' })
    return { type: 'confirm', valueDate: state.valueDate, bookingDate: on, held: null }
  })
}

/**
 * Takes back what nobody has confirmed: a disbursement, and likewise a repayment or a hand-over, whose code was lost or which was a
 * mistake; else it would stand in the way of the project's close for ever. PAYMENT_STATUS.
 */
export function cancelDisbursement(payments: Payments, params: { payment: string }, context: ActionContext): Promise<contract.Payment> {
  return change(payments, contract.cancelDisbursement, params.payment, params, context, (_state, on) => ({ type: 'fail', on, reason: 'CANCELLED' }))
}
