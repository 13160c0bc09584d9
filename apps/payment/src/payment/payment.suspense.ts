import { callingUser, type ActionContext } from '@growr/bus'
import { isCode, loan as loans, payment as contract, Refusal, type Params, type Result } from '@growr/contracts'
import { accounts } from '@growr/ledger'
import { daysBetween, decidePayment, type PaymentState } from '@growr/lending'
import { amountOf } from '@growr/money'
import { connectionOfList, decimal, eventsOf } from '@growr/service'
import { today, type Payments } from '../payments.ts'
import { change } from './payment.confirm.ts'
import { awaitLoan, requireHeard } from './payment.owed.ts'
import { inWords, railOf, STATED } from './payment.present.ts'
import { requireTaking } from './payment.repay.ts'

type Case = Result<typeof contract.suspenseList>['edges'][number]['node']

const ageOf = (days: number): Case['age'] => (days <= 7 ? '0-7' : days <= 30 ? '8-30' : days <= 90 ? '31-90' : '90+')

/** The open cases with their age in days of the organization's calendar. */
export async function suspenseList(payments: Payments, { organization, first, after }: Params<typeof contract.suspenseList>): Promise<Result<typeof contract.suspenseList>> {
  const on = await today(payments, organization)
  const show = (state: PaymentState): Case => {
    const since = state.suspense?.since ?? state.bookingDate
    const days = Math.max(daysBetween(since, on), 0)
    return {
      payment: state.key, kind: state.kind, rail: railOf(state), currency: state.currency.code, amount: decimal(state.amount, state.currency), valueDate: state.valueDate,
      project: state.projectKey === organization ? null : state.projectKey, loan: state.loanKey, reference: state.subject?.reference ?? null, entered: state.subject?.proof ?? null,
      since, days, age: ageOf(days), reason: inWords(state, state.suspense?.reason ?? 'UNMATCHED'),
    }
  }
  return connectionOfList(payments.books.listSuspense(organization, { first, after }), show)
}

function requireReceipt(state: PaymentState): void {
  if (state.kind !== 'RECEIPT') throw new Refusal('RAIL_MISMATCH', { path: 'payment', details: { kind: state.kind } })
}

/** A receipt that matched nothing is a loan's repayment. ASSIGNED_ALREADY, RAIL_MISMATCH, FORBIDDEN (another organization's loan), CURRENCY_MISMATCH, LOAN_STATUS, PROJECT_STATUS, PERSON_ERASED, VALUE_DATE. */
export async function assignSuspense(payments: Payments, params: Params<typeof contract.assignSuspense>, context: ActionContext): Promise<contract.Payment> {
  const { books } = payments
  const { userId } = callingUser(context)
  const { organizationId: organization } = books.require(params.payment).state
  const authority = { caller: context.caller, action: contract.assignSuspense.name, requestId: context.requestId, params }
  const on = await today(payments, organization)
  await books.once({ organization, project: organization }, authority, async () => {
    const current = books.require(params.payment)
    const { state } = current
    requireReceipt(state)
    if (state.loanKey !== null) throw new Refusal('ASSIGNED_ALREADY', { path: 'payment' })
    const loan = await context.as().call(loans.findByKey, { key: params.loan })
    if (loan.organization !== organization) throw new Refusal('FORBIDDEN', { path: 'loan' })
    await requireTaking(loan, context)
    // Nobody could be given back what is too much; and whoever had the receipt before by mistake would stay its borrower.
    if (loan.borrowerUser === null) throw new Refusal('PERSON_ERASED', { path: 'loan' })
    if (loan.startDate !== null && state.valueDate < loan.startDate) throw new Refusal('VALUE_DATE', { path: 'loan', details: { startDate: loan.startDate } })
    const events = eventsOf(decidePayment(state, {
      type: 'assign', loanKey: loan.key, projectKey: loan.project, currency: loan.currency, on, subject: { assignedBy: userId, userId: loan.borrowerUser },
    }))
    return { key: state.key, current, events, sealedFor: loan.project, person: loan.borrowerUser }
  })
  return books.shown(params.payment)
}

/** The assignment was a mistake: the receipt waits again. PAYMENT_STATUS (not assigned), FUNDS_INSUFFICIENT (the money was used), and what its loan says. */
export async function reverseAssignment(payments: Payments, params: Params<typeof contract.reverseAssignment>, context: ActionContext): Promise<contract.Payment> {
  const { userId } = callingUser(context)
  await awaitLoan(payments, params.payment)
  return change(payments, contract.reverseAssignment, params.payment, params, context, async (state, on) => {
    requireReceipt(state)
    if (state.loanKey === null) throw new Refusal('PAYMENT_STATUS', { path: 'payment', details: { assigned: false } })
    requireHeard(payments, state)
    const { refused } = await context.as().call(loans.checkReversal, { loan: state.loanKey, payment: state.key })
    if (refused !== null) throw new Refusal(isCode(refused) ? refused : 'LOAN_STATUS', { path: 'payment' })
    return { type: 'reverseAssignment', on, reason: STATED, held: heldOf(payments, state), subject: { assignedBy: userId, stated: params.reason } }
  })
}

/** What the holder has of the project to which the receipt was assigned. */
export const heldOf = ({ books }: Payments, { to, projectKey, currency }: PaymentState) => (to ? amountOf(books.balance(accounts.cash(to, projectKey), currency.code), currency.code) : null)
