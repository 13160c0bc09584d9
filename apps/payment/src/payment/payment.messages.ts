import type { StoredEntry } from '@growr/books'
import { loan as loans, user as users } from '@growr/contracts'
import type { PaymentEvent, PaymentState } from '@growr/lending'
import { decimal } from '@growr/service'
import type { Payments } from '../payments.ts'
import { causeOf, told } from './payment.followers.ts'
import { inWords, railOf } from './payment.present.ts'

type Message = { readonly template: string; readonly values: Readonly<Record<string, string>> }

/**
 * What the borrower hears of a payment besides its code and what the loan itself tells: money that was taken back before a
 * loan had it, cash that was registered and cancelled, money that the loan could not take, a reward or a deposit that was paid.
 */
function messageOf(event: PaymentEvent, state: PaymentState): Message | undefined {
  const amount = `${decimal(state.amount, state.currency)} ${state.currency.code}`
  switch (event.type) {
    // What a loan had taken, the loan tells of.
    case 'payment.reverted': return state.kind === 'REPAYMENT' && state.suspense !== null ? { template: 'paymentTakenBack', values: { amount, date: state.valueDate } } : undefined
    case 'payment.failed': return railOf(state) === 'CASH' ? { template: 'paymentCancelled', values: { amount } } : undefined
    case 'payment.unmatched': return state.kind === 'REPAYMENT' && state.status === 'CONFIRMED' ? { template: 'paymentKept', values: { amount } } : undefined
    case 'payment.confirmed': return state.kind === 'REWARD' || state.kind === 'DEPOSIT_RETURN' ? { template: 'payoutMade', values: { amount } } : undefined
    default: return undefined
  }
}

/** Tells the borrower, and of a reversal that waits the organization's admins. */
export async function tellOf(payments: Payments, entry: StoredEntry): Promise<void> {
  const state = entry.state as unknown as PaymentState | null
  const event = entry.event as unknown as PaymentEvent | null
  if (!state || !event || state.kind === 'HAND_OVER') return
  const { bus } = payments
  const { organization } = entry
  const as = { service: 'payment', cause: causeOf(entry, 'payment') } as const
  const requestId = `told:${organization}:${entry.seq}`
  if (event.type === 'payment.reversal-requested') {
    const values = { amount: `${decimal(state.amount, state.currency)} ${state.currency.code}`, reason: inWords(state, event.data.reason) }
    await told(payments, 'reversalToConfirm', () => bus.call(users.notifyOrganization, { organization, template: 'reversalToConfirm', values }, { as, requestId }))
    return
  }
  const message = messageOf(event, state)
  const user = message && (await borrowerOf(payments, state))
  if (message && user) await told(payments, message.template, () => bus.call(users.notify, { user, ...message }, { as, requestId }))
}

/** The borrower of the payment's loan; of a transfer of capital nobody. */
async function borrowerOf({ bus }: Payments, { kind, loanKey, subject }: PaymentState): Promise<string | undefined> {
  if (loanKey === null || kind === 'HAND_OVER') return undefined
  return subject?.userId ?? (await bus.call(loans.findByKey, { key: loanKey }, { as: { service: 'payment' } })).borrowerUser ?? undefined
}
