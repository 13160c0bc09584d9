import { loan as loans, project as projects, type networkShapes } from '@growr/contracts'
import { decidePayment, type Holder, type PaymentAdded, type PaymentCommand, type PaymentState, type PaymentSubject } from '@growr/lending'
import { amountOf, type Amount, type Currency } from '@growr/money'
import type { NetworkName } from '@growr/networks'
import { eventsOf } from '@growr/service'
import { addedAndConfirmed, personOf, queueOf } from '../payment/payment.confirm.ts'
import { dayOf, today, type Payments } from '../payments.ts'
import type { RequestDoc } from './network.collections.ts'
import { converted } from './network.rates.ts'
import { amountIn, placeOf, railFor, type WalletPlace } from './network.shapes.ts'
import { currencyAnywhere } from './networks.ts'

type Change = networkShapes.Change

/** A change of a network's feed with where it belongs. */
interface Seen {
  readonly network: NetworkName
  readonly change: Change
  readonly place: WalletPlace
  readonly valueDate: string
  readonly bookingDate: string
}

/** The organization's money on a network: all wallets of a project together. */
export const onNetwork = (network: NetworkName, organization: string): Holder => ({ rail: railFor(network), holder: organization })

const actor = { kind: 'service', service: 'payment' } as const
/** Loans that take money: one that is repaid as an overpayment to return, one that was written off as recovered. */
const TAKES = new Set(['DISBURSED', 'DEFAULTED', 'REPAID', 'WRITTEN_OFF'])

/** What a network saw is booked, once for each (id, generation), whatever told of it. The operator's own wallets are in nobody's book. */
export async function bookChange(payments: Payments, network: NetworkName, change: Change): Promise<void> {
  const place = placeOf(change.wallet)
  if (!place || change.status === 'SEEN' || change.status === 'PENDING') return
  const seen: Seen = { network, change, place, valueDate: await dayOf(payments, place.organization, new Date(change.at)), bookingDate: await today(payments, place.organization) }
  if (change.kind === 'RECEIVED') return change.status === 'REVERSED' ? takenBack(payments, seen) : received(payments, seen)
  if (change.kind === 'SENT') return sentOut(payments, seen)
  if (change.status === 'CONFIRMED') await bookFee(payments, seen, amountIn(change.amount))
  if (change.status === 'REVERSED') await takeBack(payments, seen, keyOfFee(payments, seen), reasonOf(change))
}

const keyOfFee = ({ keyOf }: Payments, { network, change }: Seen): string => keyOf('F', network, change.kind, change.id, String(change.generation))
const keyOfSetOff = ({ keyOf }: Payments, paid: string): string => keyOf('F', 'set-off', paid)
const keyOfChange = ({ keyOf }: Payments, { network, change }: Seen): string => keyOf('N', network, change.id, String(change.generation))

/** Appends money that nobody here registered before; nothing where it is booked already. */
async function bookNew(payments: Payments, key: string, data: PaymentAdded, subject: PaymentSubject, person: string): Promise<void> {
  const { books } = payments
  if (books.find(key)) return
  await books.once(queueOf({ ...data, key } as PaymentState), { caller: actor, action: 'payment.bookNetwork', requestId: `network:${key}`, params: { payment: key } }, () =>
    books.find(key) ? null : { key, current: null, events: addedAndConfirmed(data, subject), person, sealedFor: data.projectKey })
}

async function received(payments: Payments, seen: Seen): Promise<void> {
  const { networks, bus } = payments
  const { network, change, place } = seen
  const request = change.tag === null ? null : ((await networks.requests.get(change.tag))?.doc ?? null)
  const coin = currencyAnywhere(networks, change.amount.currency)
  const own = currencyAnywhere(networks, (await bus.call(projects.findByKey, { key: place.project }, { as: { service: 'payment' } })).currency)
  const came = amountIn(change.amount)
  const key = keyOfChange(payments, seen)
  const base = {
    key, organizationId: place.organization, from: null, to: onNetwork(network, place.organization), fundingKey: null, valueDate: seen.valueDate, bookingDate: seen.bookingDate,
    network: { id: change.id, generation: change.generation },
  }
  const subject: PaymentSubject = { ...(change.address === null ? {} : { address: change.address }), ...(change.proof === null ? {} : { reference: change.proof }) }
  const unmatched = (): Promise<void> => bookNew(payments, key, { ...base, kind: 'RECEIPT', projectKey: place.organization, loanKey: null, currency: coin, amount: came }, subject, `organization:${place.organization}`)
  if (!request || request.organization !== place.organization || request.project !== place.project) return unmatched()
  if (request.purpose === 'FEES') return bookNew(payments, key, { ...base, kind: 'FEE_REIMBURSEMENT', projectKey: place.project, loanKey: null, currency: coin, amount: came }, subject, `organization:${place.organization}`)
  const worth = await worthOf(payments, { ...request, at: new Date(change.at) }, came, coin, own)
  if (!worth) return unmatched()
  const person = request.user ?? `organization:${place.organization}`
  const data = { ...base, ...worth, currency: own, projectKey: place.project }
  if (request.purpose === 'LOAN') {
    const loan = await bus.call(loans.findByKey, { key: request.of! }, { as: { service: 'payment' } })
    if (!TAKES.has(loan.status) || loan.startDate === null || loan.startDate > seen.valueDate) return unmatched()
    return bookNew(payments, key, { ...data, kind: 'REPAYMENT', loanKey: loan.key }, { ...subject, ...(request.user === null ? {} : { userId: request.user }) }, person)
  }
  const owner = request.user === null ? {} : { userId: request.user, ...(request.of === null ? {} : { contractId: request.of }) }
  await bookNew(payments, key, { ...data, kind: 'TRANSFER_IN', loanKey: null }, { ...subject, ...owner }, person)
}

/** What came in is worth in the project's currency: what was quoted where exactly that was paid in time, else by the rate of now. Null where nobody knows a rate. */
async function worthOf({ networks, clock }: Payments, { quote, at }: RequestDoc & { readonly at: Date }, came: Amount, coin: Currency, own: Currency): Promise<Pick<PaymentAdded, 'amount' | 'moved'> | null> {
  if (coin.code === own.code) return { amount: came }
  // When the network says that it came, where its clock is not ahead of ours.
  const when = at < clock.now() ? at : clock.now()
  if (quote && quote.moved === came.amount.toString() && when.toISOString() <= quote.expiresAt) {
    return { amount: amountOf(BigInt(quote.amount), own.code), moved: { currency: coin, amount: came, rate: quote.rate, at: quote.at } }
  }
  try {
    const { rate, at: of } = await networks.rates.rate(coin.code, own.code)
    const amount = converted(came, coin, own, rate, 'HALF_EVEN')
    return amount.amount > 0n ? { amount, moved: { currency: coin, amount: came, rate, at: of } } : null
  } catch {
    return null
  }
}

/** What the network took back is taken back here: the loan or the funding hears of it by the same way as of the payment. */
async function takenBack(payments: Payments, seen: Seen): Promise<void> {
  await takeBack(payments, seen, keyOfChange(payments, seen), reasonOf(seen.change))
}

/** Reverts what was booked; nothing where it never was deep enough for that, or was taken back already. */
async function takeBack(payments: Payments, seen: Seen, key: string, reason: string): Promise<void> {
  if (payments.books.find(key)?.state.status !== 'CONFIRMED') return
  // Where it lies in suspense, it leaves that with the same decision.
  await decideOn(payments, seen, key, [{ type: 'revert', on: seen.bookingDate, reason, held: null }])
}

const reasonOf = ({ reason }: Change): string => (reason === 'DOUBLE_SPENT' ? 'DOUBLE_SPENT' : 'REORGANISED')

/** Takes decisions on a payment, one after the other, in one entry's worth; none where it is not in that status any more. */
async function decideOn(payments: Payments, { network, change }: Seen, key: string, commands: readonly PaymentCommand[]): Promise<void> {
  const { books } = payments
  const requestId = `network:${network}:${change.kind}:${change.id}:${change.generation}:${change.status}:${change.seq}`
  for (const command of commands) {
    await books.once(queueOf(books.require(key).state), { caller: actor, action: 'payment.bookNetwork', requestId: `${requestId}:${command.type}:${key}`, params: { payment: key } }, () => {
      const current = books.require(key)
      return { key, current, events: eventsOf(decidePayment(current.state, command)), person: personOf(current.state), sealedFor: current.state.projectKey }
    })
  }
}

/** What became of a send: the payment's key is its id. */
async function sentOut(payments: Payments, seen: Seen): Promise<void> {
  const { books, networks } = payments
  const { change, valueDate, bookingDate } = seen
  const current = books.find(change.id)
  if (!current) return payments.mobile.log('error', 'money left a wallet by a transaction that no payment here asked for', { network: seen.network, wallet: change.wallet, transaction: change.proof ?? change.id })
  const { state } = current
  if (change.status === 'CONFIRMED' && state.status === 'ADDED') {
    await decideOn(payments, seen, change.id, [{ type: 'confirm', valueDate: later(valueDate, state.valueDate), bookingDate, held: state.amount, ...(change.proof === null ? {} : { subject: { reference: change.proof } }) }])
  }
  if (change.status === 'CONFIRMED') {
    const order = (await networks.sends.get(change.id))?.doc
    // Whoever stopped after the confirmation comes here again: what belongs to it is booked by its own key, once.
    if (order && order.setOff !== '0') await bookSetOff(payments, seen, state, amountOf(BigInt(order.setOff), order.coin))
    if (!order?.feeFromAmount) await bookFee(payments, seen, amountIn(change.fee))
  }
  if (change.status === 'UNKNOWN' && state.status === 'ADDED') await decideOn(payments, seen, change.id, [{ type: 'unknown', on: bookingDate }])
  if (change.status === 'FAILED' && state.status === 'ADDED') await decideOn(payments, seen, change.id, [{ type: 'fail', on: bookingDate, reason: change.reason ?? 'NETWORK_REFUSED', final: true }])
  // The send waits again, for another block: what it costs is known when it is in that.
  if (change.status === 'REVERSED') await takeBack(payments, seen, keyOfFee(payments, seen), reasonOf(change))
  if (change.status === 'FAILED') {
    await takeBack(payments, seen, change.id, 'FAILED_LATE')
    await takeBack(payments, seen, keyOfSetOff(payments, change.id), 'FAILED_LATE')
  }
}

const later = (a: string, b: string): string => (a > b ? a : b)

/** What the network took besides: the project advances it for the originator. */
async function bookFee(payments: Payments, seen: Seen, fee: Amount): Promise<void> {
  const { network, change, place, valueDate, bookingDate } = seen
  if (fee.amount === 0n) return
  const key = keyOfFee(payments, seen)
  const data: PaymentAdded = {
    key, kind: 'NETWORK_FEE', organizationId: place.organization, projectKey: place.project, currency: currencyAnywhere(payments.networks, fee.currency), amount: fee,
    from: onNetwork(network, place.organization), to: null, loanKey: null, fundingKey: null, valueDate, bookingDate, network: { id: change.id, generation: change.generation },
  }
  await bookNew(payments, key, data, {}, `organization:${place.organization}`)
}

/** What the originator owed for fees was kept back from what it was paid. */
async function bookSetOff(payments: Payments, { network, place, valueDate, bookingDate }: Seen, { key: paid, organizationId, projectKey }: PaymentState, amount: Amount): Promise<void> {
  const key = keyOfSetOff(payments, paid)
  const data: PaymentAdded = {
    key, kind: 'FEE_REIMBURSEMENT', organizationId, projectKey, currency: currencyAnywhere(payments.networks, amount.currency), amount,
    from: null, to: onNetwork(network, place.organization), loanKey: null, fundingKey: null, valueDate, bookingDate,
  }
  await bookNew(payments, key, data, {}, `organization:${organizationId}`)
}
