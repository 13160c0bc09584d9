import { randomInt } from 'node:crypto'
import type { ActionContext } from '@growr/bus'
import { loan as loans, payment as contract, Refusal, user as users, type Params, type Result } from '@growr/contracts'
import { paymentCode } from '@growr/mobilemoney'
import { currencyOf } from '@growr/money'
import { decimal, positiveOf } from '@growr/service'
import type { Payments } from '../payments.ts'
import type { AccountDoc } from './mobile.collections.ts'

/** Where a provider posts what it has to say. */
export const callbackOf = (provider: string, organization: string): string => `/callbacks/mobile-money/${provider}/${organization}`

export const shownAccount = ({ id, provider, shortCode, currency }: AccountDoc): Result<typeof contract.setMobileMoney> => ({
  organization: id, provider: contract.provider.parse(provider), shortCode, currency, callback: callbackOf(provider, id),
})

/** The account that an organization has connected. NOT_OFFERED where there is none. */
export async function requireAccount({ mobile }: Payments, organization: string): Promise<AccountDoc> {
  const found = await mobile.accounts.get(organization)
  if (!found) throw new Refusal('NOT_OFFERED', { path: 'organization' })
  return found.doc
}

/** Connects an account, or changes its key. PROVIDER_UNKNOWN, CURRENCY_UNKNOWN. */
export async function setMobileMoney({ mobile, clock }: Payments, params: Params<typeof contract.setMobileMoney>): Promise<Result<typeof contract.setMobileMoney>> {
  const { organization: id, provider, shortCode, key, secret, currency } = params
  if (!mobile.providers.has(provider)) throw new Refusal('PROVIDER_UNKNOWN', { path: 'provider' })
  const { code } = currencyOf(currency)
  const doc: AccountDoc = { id, provider, shortCode, currency: code, key, secret, since: clock.now().toISOString() }
  const known = await mobile.accounts.get(id)
  if (!known) await mobile.accounts.insert(doc)
  else await mobile.accounts.update(id, (before) => ({ ...doc, since: before.shortCode === shortCode && before.provider === provider ? before.since : doc.since }))
  mobile.wake(id)
  return shownAccount(doc)
}

const PAID_BACK = new Set(['DISBURSED', 'DEFAULTED', 'WRITTEN_OFF'])

/** The code of a loan, made where it has none, and sent to its borrower. NOT_OFFERED, LOAN_STATUS, AMOUNT_INVALID. */
export async function requestPaymentCode(payments: Payments, params: Params<typeof contract.requestPaymentCode>, loan: loans.Loan, context: ActionContext): Promise<Result<typeof contract.requestPaymentCode>> {
  const { organization, borrowerUser } = loan
  const { shortCode } = await requireAccount(payments, organization)
  if (!PAID_BACK.has(loan.status)) throw new Refusal('LOAN_STATUS', { path: 'loan', details: { status: loan.status } })
  const currency = currencyOf(loan.currency)
  const amount = params.amount === undefined ? null : decimal(positiveOf(params.amount, currency, 'amount'), currency)
  const code = await codeOf(payments, loan.key, organization)
  if (borrowerUser) {
    const values = { account: code, shortCode, ...(amount === null ? {} : { amount: `${amount} ${currency.code}` }) }
    await payments.bus.call(users.notify, { user: borrowerUser, template: 'mobilePaymentCode', values }, { as: { service: 'payment' }, requestId: `code:${loan.key}:${context.requestId ?? payments.newId()}` })
  }
  return { loan: loan.key, code, shortCode, currency: currency.code, amount }
}

/** A loan has one code: whoever was faster made it. */
export async function codeOf({ mobile }: Pick<Payments, 'mobile'>, loan: string, organization: string): Promise<string> {
  for (let tries = 0; tries < 20; tries++) {
    const known = await mobile.codes.findOne('loan', loan)
    if (known) return known.id
    const id = paymentCode(mobile.prefix, randomInt(100_000_000))
    try {
      await mobile.codes.insert({ id, loan, organization })
      return id
    } catch (error) {
      // Another loan's number, or this loan's code was made meanwhile: look again.
      if ((error as { code?: unknown }).code !== 'DUPLICATE') throw error
    }
  }
  throw new Refusal('UNAVAILABLE')
}
