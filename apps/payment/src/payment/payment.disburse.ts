import { callingUser, type ActionContext } from '@growr/bus'
import { loan as loans, payment as contract, project as projects, Refusal, type Params } from '@growr/contracts'
import { decidePayment, type Holder, type PaymentKind } from '@growr/lending'
import { amountOf, currencyOf, parseAmount, subtract, type Amount } from '@growr/money'
import { eventsOf } from '@growr/service'
import { bankOf, datesOf, floatOf, type Payments } from '../payments.ts'
import { OFFICE } from './payment.present.ts'

type Loan = loans.Loan

/** From where a cashier pays: an admin out of the office, an agent out of the own float, or the bank. */
export async function sourceOf(payments: Payments, organization: string, rail: 'BANK' | 'CASH', context: ActionContext): Promise<Holder> {
  if (rail === 'BANK') return bankOf(organization)
  const { role, userId } = callingUser(context)
  return role === 'ORIGINATOR_AGENT' ? floatOf(payments, organization, userId) : { rail: 'CASH', holder: OFFICE }
}

interface Outgoing {
  readonly loan: Loan
  readonly kind: PaymentKind
  readonly due: () => Promise<Amount>
  readonly rail: 'BANK' | 'CASH'
  readonly valueDate: string | undefined
  readonly action: string
  readonly params: unknown
}

/** Registers money that goes to a borrower: confirmed later by the borrower's code or the bank's reference. */
async function register(payments: Payments, { loan, kind, due, rail, valueDate, action, params }: Outgoing, context: ActionContext): Promise<contract.Payment> {
  const { books } = payments
  const { userId } = callingUser(context)
  const authority = { caller: context.caller, action, requestId: context.requestId, params }
  return books.withProject(loan.project, async () => {
    const earlier = await books.answered(loan.organization, authority)
    if (earlier) return books.shown(earlier.state.key)
    const amount = await due()
    const key = payments.newId()
    const events = eventsOf(decidePayment(null, {
      type: 'add',
      underWay: books.underWay(loan.key, kind),
      data: {
        key, kind, amount, organizationId: loan.organization, projectKey: loan.project, currency: currencyOf(loan.currency), loanKey: loan.key, fundingKey: null,
        from: await sourceOf(payments, loan.organization, rail, context), to: null, ...(await datesOf(payments, loan.organization, valueDate)),
      },
      subject: { ...(loan.borrowerUser ? { userId: loan.borrowerUser } : {}), agentId: userId },
    }))
    await books.append(loan.organization, loan.project, key, null, events, authority, loan.borrowerUser ?? `organization:${loan.organization}`)
    return books.shown(key)
  })
}

/** What a loan's payout, reward or returned deposit comes to, as the loan and its project say once every payment has reached them. */
export async function addDisbursement(payments: Payments, params: Params<typeof contract.addDisbursement>, loan: Loan, context: ActionContext): Promise<contract.Payment> {
  const { purpose, rail, valueDate } = params
  const currency = currencyOf(loan.currency)
  const base = { loan, rail, valueDate, action: contract.addDisbursement.name, params }
  const fresh = () => context.as().call(loans.findByKey, { key: loan.key })
  if (purpose === 'LOAN') {
    const due = async (): Promise<Amount> => {
      const now = await fresh()
      if (now.status !== 'SIGNED') throw new Refusal('LOAN_STATUS', { path: 'loan', details: { status: now.status } })
      return parseAmount(now.payout, currency)
    }
    return register(payments, { ...base, kind: 'DISBURSEMENT', due }, context)
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

export function refundOverpayment(payments: Payments, params: Params<typeof contract.refundOverpayment>, loan: Loan, context: ActionContext): Promise<contract.Payment> {
  const currency = currencyOf(loan.currency)
  const due = async (): Promise<Amount> => {
    const amount = parseAmount((await context.as().call(loans.findByKey, { key: loan.key })).overpaid, currency)
    if (amount.amount === 0n) throw new Refusal('NOTHING_TO_RETURN', { path: 'loan' })
    return amount
  }
  return register(payments, { loan, kind: 'OVERPAYMENT_REFUND', due, rail: params.rail, valueDate: undefined, action: contract.refundOverpayment.name, params }, context)
}
