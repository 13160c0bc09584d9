import { callingUser, type ActionContext } from '@growr/bus'
import { loan as loans, payment as contract, project as projects, Refusal, type Params } from '@growr/contracts'
import { decidePayment, isNetworkRail, type Holder, type PaymentKind } from '@growr/lending'
import { amountOf, compare, currencyOf, parseAmount, subtract, type Amount } from '@growr/money'
import { eventsOf, valueDates } from '@growr/service'
import { bankOf, floatOf, mobileOf, today, type Payments } from '../payments.ts'
import { onNetwork } from '../network/network.book.ts'
import { prepareSend } from '../network/network.sends.ts'
import { networkFor } from '../network/network.shapes.ts'
import { requireSending } from './payment.confirm.ts'
import { OFFICE } from './payment.present.ts'

type Loan = loans.Loan

type Rail = contract.Payment['rail']

/** From where a cashier pays: an admin out of the office, an agent out of the own float, the bank, or the account at the provider. */
export async function sourceOf(payments: Payments, organization: string, rail: Rail, context: ActionContext): Promise<Holder> {
  if (rail === 'BANK') return bankOf(organization)
  if (rail === 'MOBILE') return mobileOf(organization)
  if (isNetworkRail(rail)) return onNetwork(networkFor(rail), organization)
  const { role, userId } = callingUser(context)
  return role === 'ORIGINATOR_AGENT' ? floatOf(payments, organization, userId) : { rail: 'CASH', holder: OFFICE }
}

interface Outgoing {
  readonly loan: Loan
  readonly kind: PaymentKind
  readonly due: () => Promise<Amount>
  readonly rail: Rail
  /** Whether a second person must approve it; where not given, the project's limit says. */
  readonly needsApproval?: boolean
  readonly valueDate: string | undefined
  /** Over a network: where to, in which coin, and the ceiling on its fee. */
  readonly over: { readonly to?: string | undefined; readonly currency?: string | undefined; readonly maxFee?: string | undefined }
  readonly action: string
  readonly params: unknown
}

/** Registers money that goes to a borrower: confirmed later by the borrower's code or the bank's reference. */
async function register(payments: Payments, { loan, kind, due, rail, needsApproval, valueDate, over, action, params }: Outgoing, context: ActionContext): Promise<contract.Payment> {
  const { books } = payments
  const { userId } = callingUser(context)
  const { organization, project, borrowerUser } = loan
  requireSending(payments, rail)
  const authority = { caller: context.caller, action, requestId: context.requestId, params }
  const dates = valueDates(await today(payments, organization), valueDate)
  const written = await books.once({ organization, project }, authority, async () => {
    // Before the loan is asked what is due: what it has not heard of by now, its answer may leave out.
    const underWay = books.underWay(loan.key, kind, payments.reached(organization))
    const amount = await due()
    // Whatever it is called: what leaves for a borrower above the limit takes two.
    const approved = needsApproval ?? isAbove(amount, (await context.as().call(projects.findByKey, { key: project })).loans.approvalAbove, loan.currency)
    const key = payments.newId()
    const own = currencyOf(loan.currency)
    const send = isNetworkRail(rail) ? await prepareSend(payments, { key, rail, organization, project, own, amount, to: over.to, currency: over.currency, maxFee: over.maxFee }) : null
    // Before the entry: what follows it finds what is to be sent.
    if (send) await payments.networks.sends.insert(send.order)
    const data = {
      key, kind, amount, organizationId: organization, projectKey: project, currency: own, loanKey: loan.key, fundingKey: null,
      from: await sourceOf(payments, organization, rail, context), to: null, ...dates, ...(send?.moved && { moved: send.moved }),
      ...(approved ? { needsApproval: true } : {}),
    }
    const events = eventsOf(decidePayment(null, { type: 'add', underWay, data, subject: { ...(borrowerUser ? { userId: borrowerUser } : {}), agentId: userId } }))
    return { key, current: null, events, person: borrowerUser ?? `organization:${organization}` }
  })
  return books.shown(written.state.key)
}

const isAbove = (amount: Amount, limit: string | null, currency: string): boolean => limit !== null && compare(amount, parseAmount(limit, currencyOf(currency))) > 0

/** Registers a loan's payout, reward or returned deposit: what that is, the loan and its project say. LOAN_STATUS, NOT_OWED, PAYMENT_STATUS, VALUE_DATE, COOLING_OFF, SENDING_OFF. */
export async function addDisbursement(payments: Payments, params: Params<typeof contract.addDisbursement>, loan: Loan, context: ActionContext): Promise<contract.Payment> {
  const { purpose, rail, valueDate } = params
  if (!isNetworkRail(rail)) requireNoAddress(params)
  const currency = currencyOf(loan.currency)
  const base = { loan, rail, valueDate, over: params, action: contract.addDisbursement.name, params }
  const fresh = () => context.as().call(loans.findByKey, { key: loan.key })
  if (purpose === 'LOAN') {
    const due = async (): Promise<Amount> => {
      const now = await fresh()
      if (now.status !== 'SIGNED') throw new Refusal('LOAN_STATUS', { path: 'loan', details: { status: now.status } })
      // The last day of the cooling-off time is hers as a whole.
      // By its value date, as the loan will look at it when the money has left.
      const on = valueDate ?? (await today(payments, now.organization))
      if (now.coolingOffUntil !== null && on <= now.coolingOffUntil) throw new Refusal('COOLING_OFF', { path: 'loan', details: { until: now.coolingOffUntil } })
      return parseAmount(now.payout, currency)
    }
    return register(payments, { ...base, kind: 'DISBURSEMENT', due, needsApproval: loan.payoutNeedsApproval }, context)
  }
  const kind = purpose === 'REWARD' ? 'REWARD' : 'RISK_DEPOSIT'
  const due = async (): Promise<Amount> => {
    const { payables } = await context.as().call(projects.findByKey, { key: loan.project })
    const owed = payables.filter((payable) => payable.party === loan.key && payable.kind === kind)
    const sum = owed.reduce((total, { amount, paid }) => total + subtract(parseAmount(amount, currency), parseAmount(paid, currency)).amount, 0n)
    if (sum === 0n) throw new Refusal('NOT_OWED', { path: 'loan' })
    return amountOf(sum, currency.code)
  }
  return register(payments, { ...base, kind: purpose === 'REWARD' ? 'REWARD' : 'DEPOSIT_RETURN', due }, context)
}

/** An address says something only to a network: whoever gives one means to pay over it. RAIL_MISMATCH. */
function requireNoAddress({ to, currency, maxFee }: Outgoing['over']): void {
  const path = to !== undefined ? 'to' : currency !== undefined ? 'currency' : maxFee !== undefined ? 'maxFee' : null
  if (path !== null) throw new Refusal('RAIL_MISMATCH', { path })
}

/** Registers the return of what a borrower paid too much. NOTHING_TO_RETURN, PAYMENT_STATUS. */
export function refundOverpayment(payments: Payments, params: Params<typeof contract.refundOverpayment>, loan: Loan, context: ActionContext): Promise<contract.Payment> {
  if (!isNetworkRail(params.rail)) requireNoAddress(params)
  const currency = currencyOf(loan.currency)
  const due = async (): Promise<Amount> => {
    const amount = parseAmount((await context.as().call(loans.findByKey, { key: loan.key })).overpaid, currency)
    if (amount.amount === 0n) throw new Refusal('NOTHING_TO_RETURN', { path: 'loan' })
    return amount
  }
  return register(payments, { loan, kind: 'OVERPAYMENT_REFUND', due, rail: params.rail, valueDate: undefined, over: params, action: contract.refundOverpayment.name, params }, context)
}
