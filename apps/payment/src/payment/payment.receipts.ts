import type { StoredEntry } from '@growr/books'
import { identity, Refusal, type payment as contract, type Result } from '@growr/contracts'
import type { PaymentState } from '@growr/lending'
import { decimal, isPassing } from '@growr/service'
import type { Payments } from '../payments.ts'
import { causeOf } from './payment.followers.ts'
import { railOf } from './payment.present.ts'

/** The entries for which a receipt is given: money that moved for a loan. */
const GIVES = new Set(['payment.confirmed', 'payment.assigned'])

/** Every payment of a loan has a receipt, signed in the organization's name by who has read its entry. */
export async function giveReceipt(payments: Payments, entry: StoredEntry): Promise<void> {
  const state = entry.state as unknown as PaymentState | null
  if (!GIVES.has(entry.type) || !state || state.loanKey === null) return
  const { bus, receipts, untold } = payments
  const { organization, key, seq } = entry
  const known = await receipts.get(key)
  if (known && known.doc.seq >= seq) return
  const document = {
    type: 'RepaymentReceipt', payment: key, kind: state.kind, loan: state.loanKey, project: state.projectKey, organization, amount: decimal(state.amount, state.currency), currency: state.currency.code,
    rail: railOf(state), valueDate: state.valueDate, bookingDate: state.bookingDate, entry: seq,
  }
  try {
    const as = { service: 'payment', cause: causeOf(entry, 'payment') } as const
    const receipt = await bus.call(identity.signForOrganization, { organization, type: 'RepaymentReceipt', document }, { as, requestId: `receipt:${key}:${seq}` })
    if (known) await receipts.update(key, () => ({ id: key, seq, receipt }))
    else await receipts.insert({ id: key, seq, receipt })
  } catch (error) {
    if (isPassing(error)) throw error
    untold('RepaymentReceipt', error instanceof Refusal ? error.code : 'INTERNAL')
  }
}

/** A payment's receipt, with what the payment has come to since. */
export async function receiptOf({ receipts, books }: Payments, key: string): Promise<Result<typeof contract.receipt>> {
  const { status } = books.require(key).state
  return { payment: key, status, receipt: (await receipts.get(key))?.doc.receipt ?? null }
}
