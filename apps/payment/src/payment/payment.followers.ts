import type { StoredEntry } from '@growr/books'
import { funding as fundings, loan as loans, Refusal, user as users, type Cause, type project as projects } from '@growr/contracts'
import { decidePayment, isNetworkRail, isRefused, type FundingState, type PaymentEvent, type PaymentState } from '@growr/lending'
import { fromJson } from '@growr/money'
import { decimal, eventsOf, isPassing } from '@growr/service'
import { bankOf, today, type Payments } from '../payments.ts'
import { codeFor, personOf, queueOf } from './payment.confirm.ts'
import { awaitsApproval, railOf } from './payment.present.ts'
import { heldOf } from './payment.suspense.ts'

/** How long a cash code counts, in hours: a borrower may be a day's walk from the agent. */
export const CODE_HOURS = 72

export const causeOf = (entry: { organization: string; key: string; seq: number }, book: Cause['book']): Cause => ({ group: book === 'payment' ? 'payment' : 'financing', organization: entry.organization, book, key: entry.key, seq: entry.seq })

/** A registered cash payment: its borrower gets the code, by SMS. A hand-over: the other side hears of it. */
export async function sendCode(payments: Payments, entry: StoredEntry): Promise<void> {
  const added = entry.state as unknown as PaymentState | null
  if ((entry.type !== 'payment.added' && entry.type !== 'payment.approved') || !added) return
  const { bus, unsent, codes } = payments
  // As it is now: what was settled or cancelled in the meantime needs no code any more.
  const { state } = payments.books.require(added.key)
  if (state.status !== 'ADDED') return
  // The code says that the money is there to be counted: not before it may be paid.
  const unapproved = awaitsApproval(state)
  if (unapproved && entry.type === 'payment.added') await askForApproval(payments, entry, state)
  if (unapproved) return
  const as = { service: 'payment', cause: causeOf(entry, 'payment') } as const
  const requestId = `payment:${entry.organization}:${entry.seq}`
  const amount = `${decimal(state.amount, state.currency)} ${state.currency.code}`
  if (state.kind === 'HAND_OVER') {
    const template = 'handOverToConfirm'
    const { userId: registrar, agentId: agent } = state.subject ?? {}
    const toAgent = agent !== undefined && agent !== registrar ? agent : undefined
    await told(payments, template, () => (toAgent === undefined
      ? bus.call(users.notifyOrganization, { organization: state.organizationId, template, values: { agent: 'agent', amount } }, { as, requestId })
      : bus.call(users.notify, { user: toAgent, template, values: { agent: 'office', amount } }, { as, requestId })))
    return
  }
  const borrower = state.subject?.userId
  if (!borrower || state.loanKey === null || railOf(state) !== 'CASH') return
  const issued = unsent.get(state.key) ?? (await codes.issue(codeFor(state.key)))
  unsent.set(state.key, issued)
  const template = state.kind === 'REPAYMENT' ? 'paymentCode' : 'disbursementCode'
  const values = { amount, code: issued.code, minutes: String(CODE_HOURS * 60) }
  // Another code is another message: after a stop in between, the one that was sent is worth nothing any more.
  await told(payments, template, () => bus.call(users.notify, { user: borrower, template, values }, { as, requestId: `${requestId}:${issued.validUntil.getTime()}` }))
  unsent.delete(state.key)
}

/** A message that can never be sent is logged and left: the follower must not stop at it. Throws what may pass. */
export async function told({ untold }: Payments, template: string, send: () => Promise<unknown>): Promise<void> {
  try {
    await send()
  } catch (error) {
    if (isPassing(error)) throw error
    untold(template, error instanceof Refusal ? error.code : 'INTERNAL')
  }
}

/** A payout above the limit: an admin of the organization hears that it waits for somebody else than who registered it. */
async function askForApproval(payments: Payments, entry: StoredEntry, { organizationId: organization, amount, currency }: PaymentState): Promise<void> {
  const as = { service: 'payment', cause: causeOf(entry, 'payment') } as const
  const values = { amount: `${decimal(amount, currency)} ${currency.code}` }
  await told(payments, 'payoutToApprove', () => payments.bus.call(users.notifyOrganization, { organization, template: 'payoutToApprove', values }, { as, requestId: `approve:${organization}:${entry.seq}` }))
}

/** Facts that a loan must hear of. */
const FOR_LOANS = new Set(['payment.confirmed', 'payment.reverted', 'payment.assigned', 'payment.assignment-reversed'])

/** Capital that came or went over a network: a fact of this book, which the Funding book hears of. A bank's it registers itself. */
const isCapital = (state: PaymentState): boolean => (state.kind === 'TRANSFER_IN' || state.kind === 'TRANSFER_OUT') && isNetworkRail(railOf(state))

/**
 * A payment that was confirmed, reverted or assigned reaches its loan, capital the Funding book. What the loan does not take lies in suspense, for somebody to
 * see; a receipt that was assigned to it goes back to where it waited.
 */
export async function reachLoan(payments: Payments, entry: StoredEntry): Promise<void> {
  const fact = entry.state as unknown as PaymentState | null
  if (!FOR_LOANS.has(entry.type) || !fact) return
  const capital = isCapital(fact)
  if (!capital && fact.loanKey === null && entry.type !== 'payment.assignment-reversed') return
  const { organization } = entry
  const { key } = fact
  const cause = causeOf(entry, 'payment')
  const options = { as: { service: 'payment', cause }, requestId: `payment:${organization}:${entry.seq}` } as const
  const told = { organization, payment: key, seq: entry.seq }
  const { refused } = await (capital ? payments.bus.call(fundings.detect, told, options) : payments.bus.call(loans.updateLoan, told, options))
  if (refused === null) return
  const { books } = payments
  const on = await today(payments, organization)
  if (entry.type === 'payment.assignment-reversed') return giveBack(payments, entry, refused)
  const authority = { caller: { kind: 'service', service: 'payment' } as const, action: 'payment.unmatched', requestId: `unmatched:${key}:${entry.seq}`, params: { payment: key }, cause }
  await books.once(queueOf(fact), authority, () => {
    const current = books.require(key)
    const { state } = current
    const unmatched = decidePayment(state, { type: 'unmatched', on, reason: refused })
    const back = entry.type === 'payment.assigned' ? decidePayment(state, { type: 'reverseAssignment', on, reason: refused, held: heldOf(payments, state) }) : unmatched
    // The project may have paid it out meanwhile: then it is an open case of the project's.
    return { key, current, events: eventsOf(isRefused(back) ? unmatched : back), sealedFor: state.projectKey, person: personOf(state) }
  })
}

/**
 * An assignment was taken back, and the loan keeps the money after all: something of it was shared out or returned in the same moment.
 * It is the loan's again; where the receipt went elsewhere by then, only people can tell, and the clearing account shows it.
 */
async function giveBack(payments: Payments, entry: StoredEntry, refused: string): Promise<void> {
  const { books } = payments
  const { organization, key } = entry
  const { loanKey, projectKey } = (entry.event as unknown as Extract<PaymentEvent, { type: 'payment.assignment-reversed' }>).data
  const on = await today(payments, organization)
  const authority = { caller: { kind: 'service', service: 'payment' } as const, action: 'payment.giveBack', requestId: `give-back:${key}:${entry.seq}`, params: { payment: key }, cause: causeOf(entry, 'payment') }
  const written = await books.once({ organization, project: organization, also: projectKey }, authority, () => {
    const current = books.require(key)
    const decision = decidePayment(current.state, { type: 'assign', loanKey, projectKey, on })
    return isRefused(decision) ? null : { key, current, events: decision.events, sealedFor: projectKey, person: personOf(current.state) }
  })
  if (written === null) payments.mobile.log('error', 'a loan kept a receipt that went elsewhere', { organization, payment: key, loan: loanKey, refused })
}

/** The payment in which the cash side of a transfer of capital stands. */
const transferKey = (funding: string): string => `T-${funding}`

/** Capital that was registered in the Funding book: here its cash moves. A registration that is taken back moves it back. */
export async function bookTransfer(payments: Payments, entry: projects.FeedEntry): Promise<void> {
  const funding = fromJson(entry.state) as FundingState | null
  // What a network moved is in this book already; the Funding book heard of it from here.
  if (!funding || funding.paymentKey !== null) return
  const { books } = payments
  const { organization } = entry
  const { key: fundingKey, projectKey: project, currency, amount, valueDate, bookingDate } = funding
  const key = transferKey(fundingKey)
  const on = await today(payments, organization)
  const authority = { caller: { kind: 'service', service: 'payment' } as const, action: 'payment.bookTransfer', requestId: `funding:${entry.seq}`, params: { funding: fundingKey }, cause: causeOf(entry, 'funding') }
  await books.once({ organization, project }, authority, () => {
    if (entry.type === 'funding.reverted') {
      const current = books.require(key)
      // The Funding book has decided it, and looked whether the money is there: it is no question any more.
      const events = eventsOf(decidePayment(current.state, { type: 'revert', on, reason: 'FUNDING_REVERTED', held: amount }))
      return { key, current, events, person: personOf(current.state) }
    }
    const incoming = funding.paymentType === 'INCOMING'
    const bank = bankOf(organization)
    const { investorId, reference } = funding.subject ?? {}
    const added = eventsOf(decidePayment(null, {
      type: 'add',
      underWay: false,
      data: {
        key, kind: incoming ? 'TRANSFER_IN' : 'TRANSFER_OUT', organizationId: organization, projectKey: project, currency, amount,
        from: incoming ? null : bank, to: incoming ? bank : null, loanKey: null, fundingKey, valueDate, bookingDate,
      },
      subject: { ...(investorId ? { userId: investorId } : {}), ...(reference ? { reference } : {}) },
    }))
    return { key, current: null, events: [...added, { type: 'payment.confirmed', data: { valueDate, bookingDate } }], person: investorId ?? `organization:${organization}` }
  })
}
