import { callingUser, type ActionContext } from '@growr/bus'
import { isCode, loan as loans, payment as contract, Refusal } from '@growr/contracts'
import { isNetworkRail, isOpenCase, type PaymentState } from '@growr/lending'
import type { Payments } from '../payments.ts'
import { change } from './payment.confirm.ts'
import { awaitLoan, requireHeard } from './payment.owed.ts'
import { railOf, STATED } from './payment.present.ts'
import { heldOf } from './payment.suspense.ts'

/** A second person approves a payout above its project's limit. RAIL_MISMATCH (needs none), SAME_PERSON, PAYMENT_STATUS. */
export function approveDisbursement(payments: Payments, params: { payment: string }, context: ActionContext): Promise<contract.Payment> {
  const { userId } = callingUser(context)
  return change(payments, contract.approveDisbursement, params.payment, params, context, (state, on) => {
    if (state.needsApproval !== true) throw new Refusal('RAIL_MISMATCH', { path: 'payment', details: { kind: state.kind } })
    if (state.subject?.agentId === userId) throw new Refusal('SAME_PERSON', { path: 'payment' })
    return { type: 'approve', on, subject: { approverId: userId } }
  })
}

/**
 * What the loan would not follow is refused before the money's side is taken back. PAYMENT_STATUS, and what the loan says: LOAN_STATUS,
 * PROJECT_STATUS (shared out), NOT_OWED (an overpayment of it was returned).
 */
async function requireReversible(payments: Payments, state: PaymentState, context: ActionContext): Promise<void> {
  if (state.status !== 'CONFIRMED') throw new Refusal('PAYMENT_STATUS', { path: 'status', details: { status: state.status } })
  // What a network has confirmed, it alone takes back; what was paid too much is returned.
  if (isNetworkRail(railOf(state))) throw new Refusal('RAIL_MISMATCH', { path: 'payment', details: { rail: railOf(state) } })
  if (state.loanKey === null || isOpenCase(state)) return
  requireHeard(payments, state)
  const { refused } = await context.as().call(loans.checkReversal, { loan: state.loanKey, payment: state.key })
  if (refused !== null) throw new Refusal(isCode(refused) ? refused : 'LOAN_STATUS', { path: 'payment' })
}

/** A request for a reversal, with its reason. PAYMENT_STATUS (not confirmed, or of a kind that is taken back elsewhere), REVERSAL_STATUS (there is one), LOAN_STATUS, PROJECT_STATUS. */
export async function requestReversal(payments: Payments, params: { payment: string; reason: string }, context: ActionContext): Promise<contract.Payment> {
  const { userId } = callingUser(context)
  await awaitLoan(payments, params.payment)
  return change(payments, contract.requestReversal, params.payment, params, context, async (state, on) => {
    if (state.reversal && state.status === 'CONFIRMED') throw new Refusal('REVERSAL_STATUS', { path: 'payment' })
    await requireReversible(payments, state, context)
    return { type: 'requestReversal', on, reason: STATED, subject: { reversalBy: userId, stated: params.reason } }
  })
}

/**
 * Another person reverses: a compensating entry, which the loan follows. REVERSAL_STATUS, SAME_PERSON, CASH_INSUFFICIENT and
 * FUNDS_INSUFFICIENT (the money has gone on from where it arrived), LOAN_STATUS, PROJECT_STATUS.
 */
export async function confirmReversal(payments: Payments, params: { payment: string }, context: ActionContext): Promise<contract.Payment> {
  const { userId } = callingUser(context)
  await awaitLoan(payments, params.payment)
  return change(payments, contract.confirmReversal, params.payment, params, context, async (state, on) => {
    if (!state.reversal) throw new Refusal('REVERSAL_STATUS', { path: 'payment' })
    if (state.subject?.reversalBy === userId) throw new Refusal('SAME_PERSON', { path: 'payment' })
    await requireReversible(payments, state, context)
    return { type: 'confirmReversal', on, held: heldOf(payments, state), subject: { reversalDecidedBy: userId } }
  })
}

/** A reversal is turned down by another, or taken back by who asked. REVERSAL_STATUS. */
export function rejectReversal(payments: Payments, params: { payment: string }, context: ActionContext): Promise<contract.Payment> {
  const { userId } = callingUser(context)
  return change(payments, contract.rejectReversal, params.payment, params, context, (state, on) => {
    if (!state.reversal) throw new Refusal('REVERSAL_STATUS', { path: 'payment' })
    return { type: 'rejectReversal', on, subject: { reversalDecidedBy: userId } }
  })
}
