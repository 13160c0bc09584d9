import type { ActionContext } from '@growr/bus'
import { investor as investors, loan as loans, networks as contracts, payment as contract, project as projects, Refusal, type Params } from '@growr/contracts'
import { amountOf, formatAmount, type Amount, type Currency } from '@growr/money'
import { positiveOf } from '@growr/service'
import type { Payments } from '../payments.ts'
import { codeOf } from '../mobile/mobile.accounts.ts'
import { requireTaking } from '../payment/payment.repay.ts'
import type { Quote, RequestDoc } from './network.collections.ts'
import { needed, stepOf } from './network.rates.ts'
import { addressOf } from './network.lnurl.ts'
import { coinFor, walletsOf } from './network.sends.ts'
import { contractsOf, networkFor, unitsOf, type NetworkRail } from './network.shapes.ts'
import { currencyAnywhere, setupOf } from './networks.ts'

type PayTo = contract.PayTo

/** How long a quoted rate is kept: blocks take their time. */
const QUOTE_MS = { bitcoin: 2 * 3_600_000, rootstock: 3_600_000, lightning: 900_000 } as const
const INVOICE_SECONDS = 3_600

interface Asked {
  readonly rail: NetworkRail
  readonly purpose: RequestDoc['purpose']
  readonly organization: string
  readonly project: string
  readonly own: Currency
  /** The loan's or the intent's key. */
  readonly of: string | null
  readonly user: string | null
  readonly currency: string | undefined
  readonly amount: string | undefined
  /** What makes this request another than the one before: each repayment has an address of its own, an investor keeps one. */
  readonly each: string
  /** Shown to who pays an invoice; nothing personal. */
  readonly about: string
}

/** Where a borrower repays. NOT_OFFERED, LOAN_STATUS, CURRENCY_MISMATCH, RATE_UNKNOWN, AMOUNT_INVALID, BAD_INPUT (Lightning without an amount). */
export async function requestAddress(payments: Payments, params: Params<typeof contract.requestAddress>, loan: loans.Loan, context: ActionContext): Promise<PayTo> {
  await requireTaking(loan, context)
  return payTo(payments, {
    rail: params.rail, purpose: 'LOAN', organization: loan.organization, project: loan.project, own: currencyAnywhere(payments.networks, loan.currency), of: loan.key, user: loan.borrowerUser,
    currency: params.currency, amount: params.amount, each: context.requestId ?? payments.newId(), about: 'Growr: repayment',
  })
}

/** Where an investor with a signed contract pays. INTENT_STATUS, FUNDING_SOURCE (its source is no network), and as above. */
export async function fundingAddress(payments: Payments, params: Params<typeof contract.fundingAddress>, context: ActionContext): Promise<PayTo> {
  const { bus, networks } = payments
  const intent = await context.call(investors.findIntent, { intent: params.intent })
  if (intent.status !== 'SIGNED') throw new Refusal('INTENT_STATUS', { path: 'intent', details: { status: intent.status } })
  const project = await bus.call(projects.findByKey, { key: intent.project }, { as: { service: 'payment' } })
  const source = project.funding.find(({ id }) => id === intent.source)
  const network = source && (['bitcoin', 'lightning', 'rootstock'] as const).find((name) => name === source.networkName)
  // What several sign for has an address of its own.
  if (!source || !network || source.type !== 'ONCHAIN') throw new Refusal('FUNDING_SOURCE', { path: 'intent', details: { type: source?.type ?? null } })
  const rail = ({ bitcoin: 'BITCOIN', lightning: 'LIGHTNING', rootstock: 'ROOTSTOCK' } as const)[network]
  return payTo(payments, {
    rail, purpose: 'INTENT', organization: intent.organization, project: intent.project, own: currencyAnywhere(networks, project.currency), of: intent.id, user: intent.investor,
    currency: params.currency ?? source.tokenName ?? undefined, amount: params.amount, each: params.amount === undefined ? '' : (context.requestId ?? payments.newId()), about: 'Growr: funding',
  })
}

/** The address that stays of a contract in its project's wallet on Bitcoin. */
export async function addressForIntent(payments: Payments, intent: { readonly id: string; readonly investor: string }, project: { readonly key: string; readonly organization: string; readonly currency: string }): Promise<string> {
  const { address } = await payTo(payments, {
    rail: 'BITCOIN', purpose: 'INTENT', organization: project.organization, project: project.key, own: currencyAnywhere(payments.networks, project.currency), of: intent.id, user: intent.investor,
    currency: 'BTC', amount: undefined, each: '', about: 'Growr: funding',
  })
  return address as string
}

/** Where the originator pays junior capital, or gives back fees. */
export async function depositAddress(payments: Payments, params: Params<typeof contract.depositAddress>, context: ActionContext): Promise<PayTo> {
  const { key, currency, organization } = await payments.bus.call(projects.findByKey, { key: params.project }, { as: { service: 'payment' } })
  const fees = params.purpose === 'FEES'
  return payTo(payments, {
    rail: params.rail, purpose: params.purpose, organization, project: key, own: currencyAnywhere(payments.networks, currency), of: null, user: null,
    currency: params.currency ?? (fees ? setupOf(payments.networks, networkFor(params.rail)).coins[0]!.code : undefined), amount: params.amount,
    each: params.amount === undefined ? '' : (context.requestId ?? payments.newId()), about: fees ? 'Growr: network fees' : 'Growr: junior capital',
  })
}

async function payTo(payments: Payments, asked: Asked): Promise<PayTo> {
  const { networks, bus, keyOf, clock } = payments
  const { rail, purpose, organization, project, own, of, user } = asked
  const network = networkFor(rail)
  const setup = setupOf(networks, network)
  const coin = coinFor(setup, own, asked.currency)
  const wallets = await walletsOf(payments, network, organization, project)
  const wallet = purpose === 'LOAN' ? wallets.repayment : wallets.funding
  const tag = keyOf('A', purpose, of ?? project, coin.code, asked.each)
  const known = (await networks.requests.get(tag))?.doc
  const request = known ?? { id: tag, network, purpose, organization, project, of, user, quote: await quoteOf(payments, asked, coin, network) }
  // Before the network hands the address out: whatever comes to it finds whose it is.
  if (!known) await networks.requests.insert(request)
  const { quote } = request
  const moved = movedOf(request, asked, coin, own)
  const base = {
    rail, project, currency: coin.code, amount: moved && formatAmount(moved, coin),
    rate: quote && { from: coin.code, to: own.code, rate: quote.rate, at: quote.at, source: 'quoted' },
  }
  if (network !== 'lightning') {
    const { address } = await bus.call(contractsOf(network).createListener, { wallet, tag }, { as: { service: 'payment' } })
    return { ...base, address, invoice: null, lightningAddress: null, uri: uriOf(network, address, base.amount, coin, setup.coins[0]!), expiresAt: quote?.expiresAt ?? null }
  }
  if (!moved) throw new Refusal('BAD_INPUT', { path: 'amount', details: { why: 'an invoice names its amount' } })
  const expiry = quote ? Math.max(60, Math.floor((Date.parse(quote.expiresAt) - clock.now().getTime()) / 1000)) : INVOICE_SECONDS
  const { invoice, expiresAt } = await bus.call(contracts.lightning.createInvoice, { wallet, tag, amount: unitsOf(moved), description: asked.about, expirySeconds: expiry }, { as: { service: 'payment' } })
  const lightningAddress = purpose === 'LOAN' && of !== null && networks.publicUrl !== undefined ? addressOf(await codeOf(payments, of, organization), networks.publicUrl) : null
  return { ...base, address: null, invoice, lightningAddress, uri: `lightning:${invoice.toUpperCase()}`, expiresAt }
}

/** What is to be paid in the coin: as quoted, else as asked for where the coin is the project's own. */
function movedOf({ quote, purpose, network }: RequestDoc, { amount }: Asked, coin: Currency, own: Currency): Amount | null {
  if (quote) return amountOf(BigInt(quote.moved), coin.code)
  if (amount === undefined) return null
  const asked = positiveOf(amount, coin.code === own.code || purpose === 'FEES' ? coin : own, 'amount')
  const step = stepOf(network)
  // No less than asked for, in what the network can carry.
  return amountOf(((asked.amount + step - 1n) / step) * step, coin.code)
}

async function quoteOf({ networks, clock }: Payments, { amount, own, purpose }: Asked, coin: Currency, network: keyof typeof QUOTE_MS): Promise<Quote | null> {
  if (coin.code === own.code || purpose === 'FEES') return null
  // Without an amount the rate of the day counts; but there must be one, or nobody could say what came in.
  const { rate, at } = await networks.rates.rate(coin.code, own.code)
  if (amount === undefined) return null
  const worth = positiveOf(amount, own, 'amount')
  return { amount: worth.amount.toString(), moved: needed(worth, coin, own, rate, stepOf(network)).amount.toString(), rate, at, expiresAt: new Date(clock.now().getTime() + QUOTE_MS[network]).toISOString() }
}

/** BIP 21 and EIP-681; a token is named by the amount in the request alone. */
function uriOf(network: 'bitcoin' | 'rootstock', address: string, amount: string | null, coin: Currency, own: Currency): string {
  if (network === 'bitcoin') return amount === null ? `bitcoin:${address}` : `bitcoin:${address}?amount=${amount.replace(/(\.\d{8})\d*$/, '$1')}`
  return coin.code !== own.code || amount === null ? `ethereum:${address}` : `ethereum:${address}?value=${amount.replace('.', '').replace(/^0+(?=\d)/, '')}`
}
