import type { StoredEntry } from '@growr/books'
import { loan as loans, project as projects, Refusal } from '@growr/contracts'
import { decidePayment, type Holder, type PaymentAdded, type PaymentCommand, type PaymentState } from '@growr/lending'
import { amountOf, compare, currencyOf, parseAmount, type Amount, type Currency } from '@growr/money'
import type { NetworkName } from '@growr/networks'
import { eventsOf, isPassing, positiveOf } from '@growr/service'
import { personOf, queueOf } from '../payment/payment.confirm.ts'
import { awaitsApproval } from '../payment/payment.present.ts'
import { today, type Payments } from '../payments.ts'
import { onNetwork } from './network.book.ts'
import type { SendDoc } from './network.collections.ts'
import { needed, stepOf } from './network.rates.ts'
import { contractsOf, networkFor, walletOf, type NetworkRail } from './network.shapes.ts'
import { coinOf, currencyAnywhere, setupOf, type NetworkSetup } from './networks.ts'

export interface Outgoing {
  readonly key: string
  readonly rail: NetworkRail
  readonly organization: string
  readonly project: string
  /** The project's currency, and what of it is paid. */
  readonly own: Currency
  readonly amount: Amount
  readonly to: string | undefined
  /** The coin to pay in; the project's currency where the network carries it, else the network's own coin. */
  readonly currency: string | undefined
  readonly maxFee: string | undefined
  /** Minor units of the coin that are kept back. */
  readonly setOff?: bigint
  readonly feeFromAmount?: boolean
  /** What leaves in the coin, where that is known already. */
  readonly moved?: Amount
}

export interface Prepared {
  readonly from: Holder
  readonly moved?: NonNullable<PaymentAdded['moved']>
  readonly order: SendDoc
}

export const coinFor = (setup: NetworkSetup, own: Currency, asked: string | undefined): Currency => coinOf(setup, asked ?? (setup.coins.some(({ code }) => code === own.code) ? own.code : undefined))

/** The wallets of a project on a network, made where they are not there yet. */
export async function walletsOf({ bus }: Payments, network: NetworkName, organization: string, project: string): Promise<{ readonly funding: string; readonly repayment: string; readonly addresses: { readonly funding: string | null; readonly repayment: string | null } }> {
  const { createWallet } = contractsOf(network)
  const make = (purpose: 'FUNDING' | 'REPAYMENT') => bus.call(createWallet, { id: walletOf(organization, project, purpose), purpose }, { as: { service: 'payment' } })
  const funding = await make('FUNDING')
  // There an account pays its own gas and a send leaves from one: what borrowers repay has to lie where it can be paid out.
  const repayment = network === 'rootstock' ? funding : await make('REPAYMENT')
  return { funding: funding.id, repayment: repayment.id, addresses: { funding: funding.address, repayment: repayment.address } }
}

/**
 * What a payment over a network comes to, checked by the network, before anything is registered. Nothing moves. NOT_OFFERED,
 * ADDRESS_MISSING, CURRENCY_MISMATCH, RATE_UNKNOWN, and what the network refuses: ADDRESS_INVALID, DUST, FUNDS_INSUFFICIENT …
 */
export async function prepareSend(payments: Payments, out: Outgoing): Promise<Prepared> {
  const { networks, bus } = payments
  const { key, rail, organization, project, own, amount, to } = out
  const network = networkFor(rail)
  const setup = setupOf(networks, network)
  if (to === undefined) throw new Refusal('ADDRESS_MISSING', { path: 'to' })
  const coin = coinFor(setup, own, out.currency)
  const feeCoin = setup.coins[0]!
  const rated = coin.code === own.code ? null : await rateFor(payments, out, coin)
  const leaves = rated?.amount ?? amount
  // What is less than the network can carry stays in the wallet, to the originator's credit: a satoshi's fraction, at most.
  const keptBack = (out.setOff ?? 0n) + (leaves.amount - (out.setOff ?? 0n)) % stepOf(network)
  const { funding, repayment } = await walletsOf(payments, network, organization, project)
  const order: SendDoc = {
    id: key, network, wallets: [...new Set([funding, repayment])], to, amount: (leaves.amount - keptBack).toString(), coin: coin.code,
    maxFee: (out.maxFee === undefined ? setup.maxFee : positiveOf(out.maxFee, feeCoin, 'maxFee')).amount.toString(), feeCoin: feeCoin.code,
    feeFromAmount: out.feeFromAmount ?? false, setOff: keptBack.toString(),
  }
  await bus.call(contractsOf(network).check, paramsOf(order), { as: { service: 'payment' } })
  return { from: onNetwork(network, organization), ...(rated && { moved: rated }), order }
}

async function rateFor({ networks }: Payments, { own, amount, moved, rail }: Outgoing, coin: Currency): Promise<NonNullable<PaymentAdded['moved']>> {
  const { rate, at } = await networks.rates.rate(coin.code, own.code)
  return { currency: coin, amount: moved ?? needed(amount, coin, own, rate, stepOf(networkFor(rail))), rate, at }
}

const paramsOf = ({ id, wallets, to, amount, coin, maxFee, feeCoin, feeFromAmount }: SendDoc) =>
  ({ id, wallets, to, amount: { amount, currency: coin }, maxFee: { amount: maxFee, currency: feeCoin }, ...(feeFromAmount ? { feeFromAmount } : {}) })

/**
 * Hands a registered payment to its network, once it may leave: the same order again and again until the network has taken it, which
 * sends it once. What the network refuses has not moved: the payment fails with its code.
 */
export async function sendOut(payments: Payments, entry: StoredEntry, network: NetworkName): Promise<void> {
  if (entry.type !== 'payment.added' && entry.type !== 'payment.approved') return
  const { books, networks, bus } = payments
  const order = (await networks.sends.get(entry.key))?.doc
  if (order?.network !== network) return
  const { state } = books.require(entry.key)
  if (state.status !== 'ADDED' || awaitsApproval(state)) return
  if (!state.sending) {
    // Registered before the back-up: nobody knows whether it was sent after it. A person looks at the network first.
    if (!payments.sending()) return fail(payments, state, 'RESTORED')
    const refused = await noLongerOwed(payments, state)
    if (refused !== null) return fail(payments, state, refused)
    await decide(payments, state, 'sending', (on) => ({ type: 'sending', on }))
  }
  try {
    await bus.call(contractsOf(network).send, paramsOf(order), { as: { service: 'payment' }, requestId: `send:${order.id}` })
  } catch (error) {
    const code = error instanceof Refusal ? error.code : null
    if (code !== 'NO_ROUTE' && isPassing(error)) throw error
    await fail(payments, state, code ?? 'INTERNAL')
  }
}

const fail = (payments: Payments, state: PaymentState, reason: string): Promise<void> => decide(payments, state, 'failed', (on) => ({ type: 'fail', on, reason, final: true }))

async function decide(payments: Payments, { key, organizationId }: PaymentState, what: string, command: (on: string) => PaymentCommand): Promise<void> {
  const { books } = payments
  const on = await today(payments, organizationId)
  const authority = { caller: { kind: 'service', service: 'payment' } as const, action: 'payment.sendOut', requestId: `send:${key}:${what}`, params: { payment: key } }
  await books.once(queueOf(books.require(key).state), authority, () => {
    const current = books.require(key)
    if (current.state.status !== 'ADDED') return null
    return { key, current, events: eventsOf(decidePayment(current.state, command(on))), person: personOf(current.state), sealedFor: current.state.projectKey }
  })
}

/** The borrower may have withdrawn while it waited for its approval, or what was paid too much may have been taken back. */
async function noLongerOwed({ bus }: Payments, state: PaymentState): Promise<string | null> {
  if (state.loanKey === null || (state.kind !== 'DISBURSEMENT' && state.kind !== 'OVERPAYMENT_REFUND')) return null
  const { status, overpaid, currency } = await bus.call(loans.findByKey, { key: state.loanKey }, { as: { service: 'payment' } })
  if (state.kind === 'DISBURSEMENT') return status === 'SIGNED' ? null : 'LOAN_STATUS'
  return compare(parseAmount(overpaid, currencyOf(currency)), state.amount) < 0 ? 'NOTHING_TO_RETURN' : null
}

/** The currency of a project. */
export async function currencyOfProject({ bus, networks }: Payments, project: string): Promise<{ readonly own: Currency; readonly organization: string }> {
  const { currency, organization } = await bus.call(projects.findByKey, { key: project }, { as: { service: 'payment' } })
  return { own: currencyAnywhere(networks, currency), organization }
}

export const coinAmount = (units: bigint, coin: Currency): Amount => amountOf(units, coin.code)
