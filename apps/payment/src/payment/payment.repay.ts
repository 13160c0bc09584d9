import { callingUser, type ActionContext } from '@growr/bus'
import { loan as loans, payment as contract, Refusal, user as users, type Params } from '@growr/contracts'
import { decidePayment } from '@growr/lending'
import { currencyOf } from '@growr/money'
import { eventsOf, positiveOf } from '@growr/service'
import { datesOf, type Payments } from '../payments.ts'
import { sourceOf } from './payment.disburse.ts'

const OWED = new Set(['DISBURSED', 'DEFAULTED'])

/** The loan that a repayment is for: named, or the only one that the owner of the phone number owes on. */
export async function loanOf({ loan, phone }: { loan?: string | undefined; phone?: string | undefined }, context: ActionContext): Promise<loans.Loan> {
  if (loan !== undefined) return context.as().call(loans.findByKey, { key: loan })
  if (phone === undefined) throw new Refusal('BAD_INPUT', { path: 'loan' })
  const { user } = await context.as().call(users.findByPhone, { phone })
  if (user === null) throw new Refusal('NOT_FOUND', { path: 'phone' })
  const { edges } = await context.call(loans.findByUser, { user, first: 200 })
  const owed = edges.map(({ node }) => node).filter(({ status }) => OWED.has(status))
  const [only] = owed
  if (!only) throw new Refusal('NOT_FOUND', { path: 'phone' })
  if (owed.length > 1) throw new Refusal('BAD_INPUT', { path: 'loan', details: { loans: owed.map(({ key }) => key) } })
  return only
}

/** Registers a repayment: cash that the borrower's code will confirm, or a line of the bank's statement that somebody else will. */
export async function addRepayment(payments: Payments, params: Params<typeof contract.addRepayment>, loan: loans.Loan, context: ActionContext): Promise<contract.Payment> {
  const { books } = payments
  const { userId } = callingUser(context)
  const { rail, reference } = params
  if (rail === 'BANK' && reference === undefined) throw new Refusal('BAD_INPUT', { path: 'reference' })
  if (!OWED.has(loan.status) && loan.status !== 'REPAID') throw new Refusal('LOAN_STATUS', { path: 'loan', details: { status: loan.status } })
  const currency = currencyOf(loan.currency)
  const amount = positiveOf(params.amount, currency, 'amount')
  const dates = await datesOf(payments, loan.organization, params.valueDate)
  if (loan.startDate !== null && dates.valueDate < loan.startDate) throw new Refusal('VALUE_DATE', { path: 'valueDate', details: { startDate: loan.startDate } })
  const authority = { caller: context.caller, action: contract.addRepayment.name, requestId: context.requestId, params }
  return books.withProject(loan.project, async () => {
    const earlier = await books.answered(loan.organization, authority)
    if (earlier) return books.shown(earlier.state.key)
    const key = payments.newId()
    const events = eventsOf(decidePayment(null, {
      type: 'add',
      underWay: false,
      data: {
        key, amount, currency, kind: 'REPAYMENT', organizationId: loan.organization, projectKey: loan.project, loanKey: loan.key, fundingKey: null,
        from: null, to: await sourceOf(payments, loan.organization, rail, context), ...dates,
      },
      subject: { ...(loan.borrowerUser ? { userId: loan.borrowerUser } : {}), agentId: userId, ...(reference === undefined ? {} : { reference }) },
    }))
    await books.append(loan.organization, loan.project, key, null, events, authority, loan.borrowerUser ?? `organization:${loan.organization}`)
    return books.shown(key)
  })
}
