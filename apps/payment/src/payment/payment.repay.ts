import { callingUser, type ActionContext } from '@growr/bus'
import { loan as loans, payment as contract, project as projects, Refusal, user as users, type Params } from '@growr/contracts'
import { decidePayment, isNetworkRail } from '@growr/lending'
import { currencyOf } from '@growr/money'
import { eventsOf, positiveOf, valueDates } from '@growr/service'
import { today, type Payments } from '../payments.ts'
import { sourceOf } from './payment.disburse.ts'

const OWED = new Set(['DISBURSED', 'DEFAULTED', 'WRITTEN_OFF'])

/** The loan that a repayment is for: named, or the only one that the owner of the phone number owes on. NOT_FOUND; BAD_INPUT where it could be several. */
export async function loanOf({ loan, phone }: { loan?: string | undefined; phone?: string | undefined }, context: ActionContext): Promise<loans.Loan> {
  if (loan !== undefined) return context.as().call(loans.findByKey, { key: loan })
  if (phone === undefined) throw new Refusal('BAD_INPUT', { path: 'loan' })
  const { user } = await context.as().call(users.findByPhone, { phone })
  if (user === null) throw new Refusal('NOT_FOUND', { path: 'phone' })
  const owed: loans.Loan[] = []
  for (let after: string | undefined; ; ) {
    const { edges, pageInfo } = await context.call(loans.findByUser, { user, first: 200, ...(after === undefined ? {} : { after }) })
    owed.push(...edges.map(({ node }) => node).filter(({ status }) => OWED.has(status)))
    after = pageInfo.endCursor ?? undefined
    if (!pageInfo.hasNextPage || owed.length > 1) break
  }
  const [only] = owed
  if (!only) throw new Refusal('NOT_FOUND', { path: 'phone' })
  if (owed.length > 1) throw new Refusal('BAD_INPUT', { path: 'loan', details: { loans: owed.map(({ key }) => key) } })
  return only
}

/**
 * Registers a repayment: cash that the borrower's code will confirm, or a line of the bank's statement that somebody else will.
 * BAD_INPUT (no reference), RAIL_MISMATCH (mobile money), LOAN_STATUS, PROJECT_STATUS (shared out already), AMOUNT_INVALID, VALUE_DATE.
 */
export async function addRepayment(payments: Payments, params: Params<typeof contract.addRepayment>, loan: loans.Loan, context: ActionContext): Promise<contract.Payment> {
  const { books } = payments
  const { userId } = callingUser(context)
  const { rail, reference } = params
  const { organization, project, borrowerUser } = loan
  // What a provider has, only the provider or its statement confirms.
  if (rail === 'MOBILE' || isNetworkRail(rail)) throw new Refusal('RAIL_MISMATCH', { path: 'rail' })
  if (rail === 'BANK' && reference === undefined) throw new Refusal('BAD_INPUT', { path: 'reference' })
  const currency = currencyOf(loan.currency)
  const amount = positiveOf(params.amount, currency, 'amount')
  const dates = valueDates(await today(payments, organization), params.valueDate)
  const authority = { caller: context.caller, action: contract.addRepayment.name, requestId: context.requestId, params }
  const written = await books.once({ organization, project }, authority, async () => {
    await requireTaking(loan, context)
    if (loan.startDate !== null && dates.valueDate < loan.startDate) throw new Refusal('VALUE_DATE', { path: 'valueDate', details: { startDate: loan.startDate } })
    const key = payments.newId()
    const data = {
      key, amount, currency, kind: 'REPAYMENT' as const, organizationId: organization, projectKey: project, loanKey: loan.key, fundingKey: null,
      from: null, to: await sourceOf(payments, organization, rail, context), ...dates,
    }
    const subject = { ...(borrowerUser ? { userId: borrowerUser } : {}), agentId: userId, ...(reference === undefined ? {} : { reference }) }
    const events = eventsOf(decidePayment(null, { type: 'add', underWay: false, data, subject }))
    return { key, current: null, events, person: borrowerUser ?? `organization:${organization}` }
  })
  return books.shown(written.state.key)
}

/** A loan that is repaid still takes a payment, as an overpayment to return; but not where its project was shared out. */
export async function requireTaking({ status, project }: Pick<loans.Loan, 'status' | 'project'>, context: ActionContext): Promise<void> {
  if (OWED.has(status)) return
  if (status !== 'REPAID') throw new Refusal('LOAN_STATUS', { path: 'loan', details: { status } })
  const { payables, status: now } = await context.as().call(projects.findByKey, { key: project })
  if (now === 'CLOSED' || payables.length > 0) throw new Refusal('PROJECT_STATUS', { path: 'loan', details: { status: now } })
}
