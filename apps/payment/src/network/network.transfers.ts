import type { ActionContext } from '@growr/bus'
import { funding as fundings, investor as investors, payment as contract, Refusal, type Params } from '@growr/contracts'
import { accounts } from '@growr/ledger'
import { advancedFor, applyPayment, conversionOf, decidePayment, exchangesOf, type Holder, type PaymentAdded, type PaymentState, type PaymentSubject } from '@growr/lending'
import { amountOf, formatAmount, type Amount, type Currency } from '@growr/money'
import { eventsOf, positiveOf } from '@growr/service'
import { requireSending } from '../payment/payment.confirm.ts'
import { bankOf, today, type Payments } from '../payments.ts'
import { onNetwork } from './network.book.ts'
import { coinFor, currencyOfProject, prepareSend, walletsOf, type Outgoing, type Prepared } from './network.sends.ts'
import { contractsOf, networkFor, type NetworkRail } from './network.shapes.ts'
import { coinOf, setupOf } from './networks.ts'

interface Order {
  readonly action: string
  readonly params: unknown
  readonly organization: string
  readonly project: string
  readonly out: (key: string) => Promise<Outgoing> | Outgoing
  /** The payment, out of what was prepared. */
  readonly data: (prepared: Prepared) => Pick<PaymentAdded, 'kind' | 'currency' | 'amount' | 'from' | 'to' | 'moved'>
  readonly subject: PaymentSubject
  readonly person: string
  /** Whether another of the same is under way. */
  readonly underWay: () => boolean
}

/** Registers money that leaves over a network for somebody else than a borrower; it is sent at once and booked when it is confirmed. */
async function register(payments: Payments, order: Order, context: ActionContext): Promise<contract.Payment> {
  const { books, networks, newId } = payments
  const { organization, project, subject, person } = order
  const on = await today(payments, organization)
  const authority = { caller: context.caller, action: order.action, requestId: context.requestId, params: order.params }
  const written = await books.once({ organization, project }, authority, async () => {
    const key = newId()
    const underWay = order.underWay()
    if (underWay) throw new Refusal('PAYMENT_STATUS', { path: 'payment', details: { status: 'ADDED' } })
    const prepared = await prepareSend(payments, await order.out(key))
    const data: PaymentAdded = { key, organizationId: organization, projectKey: project, loanKey: null, fundingKey: null, valueDate: on, bookingDate: on, ...order.data(prepared) }
    const events = eventsOf(decidePayment(null, { type: 'add', underWay, data, subject }))
    // Before the entry: what follows it finds what is to be sent.
    await networks.sends.insert(prepared.order)
    return { key, current: null, events, person }
  })
  return books.shown(written.state.key)
}

/** Money on the way out to the same party, or confirmed and not yet in the Funding book. */
const transferUnderWay = ({ books, reached }: Payments, organization: string, project: string, contractId: string | undefined): boolean =>
  books.transfersOut(project, reached(organization)).some((state) => state.subject?.contractId === contractId)

const outgoing = ({ from, moved }: Prepared, kind: 'TRANSFER_OUT' | 'FEE_RETURN', currency: Currency, amount: Amount) => ({ kind, currency, amount, from, to: null, ...(moved && { moved }) })

/** Repays an investor: INTENT_STATUS, NOT_OWED, FUNDS_INSUFFICIENT …, and what `prepareSend` refuses. */
export async function repayInvestor(payments: Payments, params: Params<typeof contract.repayInvestor>, context: ActionContext): Promise<contract.Payment> {
  const { bus } = payments
  requireSending(payments, params.rail)
  const { id, organization, project, investor, status } = await context.call(investors.findIntent, { intent: params.intent })
  if (status !== 'SIGNED') throw new Refusal('INTENT_STATUS', { path: 'intent', details: { status } })
  const { own } = await currencyOfProject(payments, project)
  const amount = positiveOf(params.amount, own, 'amount')
  return register(payments, {
    action: contract.repayInvestor.name, params, organization, project, person: investor, subject: { userId: investor, contractId: id },
    underWay: () => transferUnderWay(payments, organization, project, id),
    out: async (key) => {
      await bus.call(fundings.checkOutgoing, { project, intent: id, amount: params.amount }, { as: { service: 'payment' } })
      return { key, rail: params.rail, organization, project, own, amount, to: params.to, currency: params.currency, maxFee: params.maxFee }
    },
    data: (prepared) => outgoing(prepared, 'TRANSFER_OUT', own, amount),
  }, context)
}

/** What the project has advanced for fees of a network in a coin; below nothing: what is left of the originator's deposits. */
const advanced = ({ books }: Payments, project: string, rail: NetworkRail, coin: Currency): bigint => advancedFor(books.feesOf(project), rail, coin.code).amount

/** Pays the originator; what the project advanced for fees in that coin is kept back. NOT_OWED, FUNDS_INSUFFICIENT … */
export async function payOriginator(payments: Payments, params: Params<typeof contract.payOriginator>, context: ActionContext): Promise<contract.Payment> {
  const { bus, networks } = payments
  const { project, rail } = params
  requireSending(payments, rail)
  const { own, organization } = await currencyOfProject(payments, project)
  const setup = setupOf(networks, networkFor(rail))
  const coin = coinFor(setup, own, params.currency)
  const amount = positiveOf(params.amount, own, 'amount')
  return register(payments, {
    action: contract.payOriginator.name, params, organization, project, person: `organization:${organization}`, subject: {},
    underWay: () => transferUnderWay(payments, organization, project, undefined),
    out: async (key) => {
      await bus.call(fundings.checkOutgoing, { project, amount: params.amount }, { as: { service: 'payment' } })
      const isOwnCoin = coin.code === setup.coins[0]!.code && rail !== 'LIGHTNING'
      const owed = advanced(payments, project, rail, coin)
      // Only where the coin is the project's currency: what is taken in another is settled by a conversion.
      const setOff = coin.code === own.code && owed > 0n && owed < amount.amount ? owed : 0n
      return { key, rail, organization, project, own, amount, to: params.to, currency: coin.code, maxFee: params.maxFee, setOff, feeFromAmount: isOwnCoin && coin.code === own.code }
    },
    data: (prepared) => outgoing(prepared, 'TRANSFER_OUT', own, amount),
  }, context)
}

const least = (one: bigint, other: bigint): bigint => (one < other ? one : other)

/** What a project's wallets on a network can send of a coin: what lies on addresses that cost more to empty is locked. */
async function movable(payments: Payments, organization: string, project: string, rail: NetworkRail, coin: Currency): Promise<bigint> {
  const network = networkFor(rail)
  const { funding, repayment } = await walletsOf(payments, network, organization, project)
  const held = await Promise.all([...new Set([funding, repayment])].map((wallet) => payments.bus.call(contractsOf(network).balances, { wallet }, { as: { service: 'payment' } })))
  return held.flat().reduce((sum, { confirmed }) => (confirmed.currency === coin.code ? sum + BigInt(confirmed.amount) : sum), 0n)
}

/** The originator takes all coins of another currency on one network and pays for them. NOTHING_TO_RETURN where there are none. */
export async function convert(payments: Payments, params: Params<typeof contract.convert>, context: ActionContext): Promise<contract.Payment> {
  const { books, networks } = payments
  const { project, rail, reference } = params
  requireSending(payments, rail)
  const { own, organization } = await currencyOfProject(payments, project)
  const setup = setupOf(networks, networkFor(rail))
  const coin = coinOf(setup, params.currency)
  if (coin.code === own.code) throw new Refusal('CURRENCY_MISMATCH', { path: 'currency', details: { project: own.code } })
  const exchanges = exchangesOf(books.exchangedOf(project), own.code)
  const position = exchanges.positions.find((one) => one.rail === rail && one.currency.code === coin.code)
  if (!position || position.coins.amount <= 0n) throw new Refusal('NOTHING_TO_RETURN', { path: 'currency' })
  const amount = conversionOf(exchanges, position)
  const isOwnCoin = coin.code === setup.coins[0]!.code && rail !== 'LIGHTNING'
  const owed = advanced(payments, project, rail, coin)
  const sides: { from: Holder; to: Holder } = { from: onNetwork(networkFor(rail), organization), to: bankOf(organization) }
  return register(payments, {
    action: contract.convert.name, params, organization, project, person: `organization:${organization}`, subject: { reference },
    underWay: () => books.transfersOut(project, payments.reached(organization)).some(({ kind }) => kind === 'CONVERSION'),
    out: (key) => ({
      key, rail, organization, project, own, amount, to: params.to, currency: coin.code, maxFee: undefined, moved: position.coins,
      setOff: owed > 0n ? owed : 0n, feeFromAmount: isOwnCoin,
    }),
    data: ({ moved }) => ({ kind: 'CONVERSION', currency: own, amount, ...sides, ...(moved && { moved }) }),
  }, context)
}

/**
 * Settles what exchanges lost or gained, once no coins are left: the originator pays it into the project's bank account, or takes it
 * from there. NOTHING_TO_RETURN, EXCHANGE_OPEN (coins are left), FUNDS_INSUFFICIENT.
 */
export async function settleExchange(payments: Payments, params: Params<typeof contract.settleExchange>, context: ActionContext): Promise<contract.Payment> {
  const { books } = payments
  const { project, reference } = params
  const { own, organization } = await currencyOfProject(payments, project)
  const on = await today(payments, organization)
  const authority = { caller: context.caller, action: contract.settleExchange.name, requestId: context.requestId, params }
  const written = await books.once({ organization, project }, authority, () => {
    const { positions, open } = exchangesOf(books.exchangedOf(project), own.code)
    const left = positions.filter(({ coins }) => coins.amount !== 0n)
    if (left.length > 0) throw new Refusal('EXCHANGE_OPEN', { path: 'project', details: { coins: left.map(({ rail, currency, coins }) => ({ rail, currency: currency.code, amount: formatAmount(coins, currency) })) } })
    if (open.amount === 0n) throw new Refusal('NOTHING_TO_RETURN', { path: 'project' })
    const lost = open.amount > 0n
    const bank = bankOf(organization)
    const data: PaymentAdded = {
      key: payments.newId(), kind: lost ? 'EXCHANGE_LOSS' : 'EXCHANGE_GAIN', organizationId: organization, projectKey: project, currency: own, amount: amountOf(lost ? open.amount : -open.amount, own.code),
      from: lost ? null : bank, to: lost ? bank : null, loanKey: null, fundingKey: null, valueDate: on, bookingDate: on,
    }
    const added = eventsOf(decidePayment(null, { type: 'add', underWay: false, data, subject: { reference } }))
    const state = added.reduce<PaymentState | null>(applyPayment, null)
    const held = lost ? null : amountOf(books.balance(accounts.cash(bank, project), own.code), own.code)
    return { key: data.key, current: null, events: [...added, ...eventsOf(decidePayment(state, { type: 'confirm', valueDate: on, bookingDate: on, held }))], person: `organization:${organization}` }
  })
  return books.shown(written.state.key)
}

/** Gives back what is left of the originator's deposits for fees, as far as the network can move it. NOTHING_TO_RETURN. */
export async function returnFees(payments: Payments, params: Params<typeof contract.returnFees>, context: ActionContext): Promise<contract.Payment> {
  const { project, rail } = params
  requireSending(payments, rail)
  const { own, organization } = await currencyOfProject(payments, project)
  const coin = setupOf(payments.networks, networkFor(rail)).coins[0]!
  const deposited = -advanced(payments, project, rail, coin)
  const left = deposited <= 0n ? 0n : least(deposited, await movable(payments, organization, project, rail, coin))
  if (left <= 0n) throw new Refusal('NOTHING_TO_RETURN', { path: 'project' })
  const amount = amountOf(left, coin.code)
  return register(payments, {
    action: contract.returnFees.name, params, organization, project, person: `organization:${organization}`, subject: {},
    underWay: () => payments.books.transfersOut(project, payments.reached(organization)).some(({ kind }) => kind === 'FEE_RETURN'),
    // In the coin itself, whatever the project's currency is.
    out: (key) => ({ key, rail, organization, project, own: coin.code === own.code ? own : coin, amount, to: params.to, currency: coin.code, maxFee: undefined, feeFromAmount: rail !== 'LIGHTNING' }),
    data: (prepared) => outgoing(prepared, 'FEE_RETURN', coin, amount),
  }, context)
}
