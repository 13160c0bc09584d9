import type { StoredEntry } from '@growr/books'
import { loan as loans, user as users, type Cause, type project as projects } from '@growr/contracts'
import { decidePayment, isRefused, type FundingState, type PaymentState } from '@growr/lending'
import { fromJson } from '@growr/money'
import { decimal, eventsOf } from '@growr/service'
import { bankOf, today, type Payments } from '../payments.ts'
import { codeFor, personOf, railOf } from './payment.confirm.ts'

/** How long a cash code counts, in hours: a borrower may be a day's walk from the agent. */
export const CODE_HOURS = 72

const causeOf = (entry: { organization: string; key: string; seq: number }, book: Cause['book']): Cause => ({ group: book === 'payment' ? 'payment' : 'financing', organization: entry.organization, book, key: entry.key, seq: entry.seq })

/** A registered cash payment: its borrower gets the code, by SMS. A hand-over: the other side hears of it. */
export async function sendCode(payments: Payments, entry: StoredEntry): Promise<void> {
  const added = entry.state as unknown as PaymentState | null
  if (entry.type !== 'payment.added' || !added) return
  // As it is now: what was settled or cancelled in the meantime needs no code any more.
  const { state } = payments.books.require(added.key)
  if (state.status !== 'ADDED') return
  const as = { as: { service: 'payment', cause: causeOf(entry, 'payment') }, requestId: `payment:${entry.organization}:${entry.seq}` } as const
  const amount = `${decimal(state.amount, state.currency)} ${state.currency.code}`
  if (state.kind === 'HAND_OVER') {
    const { userId: registrar, agentId: agent } = state.subject ?? {}
    if (agent !== undefined && agent !== registrar) await payments.bus.call(users.notify, { user: agent, template: 'handOverToConfirm', values: { agent: 'office', amount } }, as)
    else await payments.bus.call(users.notifyOrganization, { organization: state.organizationId, template: 'handOverToConfirm', values: { agent: 'agent', amount } }, as)
    return
  }
  const borrower = state.subject?.userId
  if (!borrower || state.loanKey === null || railOf(state) !== 'CASH') return
  const { code } = await payments.codes.issue(codeFor(state.key))
  const template = state.kind === 'REPAYMENT' ? 'paymentCode' : 'disbursementCode'
  await payments.bus.call(users.notify, { user: borrower, template, values: { amount, code, minutes: String(CODE_HOURS * 60) } }, as)
}

/** A confirmed payment reaches its loan; what the loan does not take lies in suspense, for somebody to see. */
export async function reachLoan(payments: Payments, entry: StoredEntry): Promise<void> {
  const state = entry.state as unknown as PaymentState | null
  if (entry.type !== 'payment.confirmed' || !state?.loanKey) return
  const { organization } = entry
  const cause = causeOf(entry, 'payment')
  const { refused } = await payments.bus.call(loans.updateLoan, { organization, payment: state.key, seq: entry.seq }, { as: { service: 'payment', cause }, requestId: `payment:${organization}:${entry.seq}` })
  if (refused === null) return
  const { books } = payments
  const on = await today(payments, organization)
  await books.withProject(state.projectKey, async () => {
    const authority = { caller: { kind: 'service', service: 'payment' } as const, action: 'payment.unmatched', requestId: `unmatched:${state.key}:${entry.seq}`, params: { payment: state.key }, cause }
    if (await books.answered(organization, authority)) return
    const current = books.require(state.key)
    const events = eventsOf(decidePayment(current.state, { type: 'unmatched', on, reason: refused }))
    await books.append(organization, state.projectKey, state.key, current, events, authority, personOf(current.state))
  })
}

/** The payment in which the cash side of a transfer of capital stands. */
const transferKey = (funding: string): string => `T-${funding}`

/** Capital that was registered in the Funding book: here its cash moves. A registration that is taken back moves it back. */
export async function bookTransfer(payments: Payments, entry: projects.FeedEntry): Promise<void> {
  const funding = fromJson(entry.state) as FundingState | null
  if (!funding) return
  const { books } = payments
  const { organization } = entry
  const key = transferKey(funding.key)
  const on = await today(payments, organization)
  await books.withProject(funding.projectKey, async () => {
    const authority = { caller: { kind: 'service', service: 'payment' } as const, action: 'payment.bookTransfer', requestId: `funding:${entry.seq}`, params: { funding: funding.key }, cause: causeOf(entry, 'funding') }
    if (await books.answered(organization, authority)) return
    const person = funding.subject?.investorId ?? `organization:${organization}`
    if (entry.type === 'funding.reverted') {
      const current = books.require(key)
      await books.append(organization, funding.projectKey, key, current, eventsOf(decidePayment(current.state, { type: 'revert', on, reason: 'FUNDING_REVERTED', held: current.state.amount })), authority, personOf(current.state))
      return
    }
    const incoming = funding.paymentType === 'INCOMING'
    const bank = bankOf(organization)
    const added = decidePayment(null, {
      type: 'add',
      underWay: false,
      data: {
        key, kind: incoming ? 'TRANSFER_IN' : 'TRANSFER_OUT', organizationId: organization, projectKey: funding.projectKey, currency: funding.currency, amount: funding.amount,
        from: incoming ? null : bank, to: incoming ? bank : null, loanKey: null, fundingKey: funding.key, valueDate: funding.valueDate, bookingDate: funding.bookingDate,
      },
      subject: { userId: person, ...(funding.subject?.reference ? { reference: funding.subject.reference } : {}) },
    })
    if (isRefused(added)) throw new Error(`a transfer that the Funding book holds was refused: ${added.refused}`)
    // The money has moved already, as its registration says: whether the bank held it is no question any more.
    await books.append(organization, funding.projectKey, key, null, [...added.events, { type: 'payment.confirmed', data: { valueDate: funding.valueDate, bookingDate: funding.bookingDate } }], authority, person)
  })
}
