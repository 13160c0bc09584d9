import { loan as loans, Refusal } from '@growr/contracts'
import type { PaymentAdded, PaymentSubject } from '@growr/lending'
import { readPaymentCode, type Transaction } from '@growr/mobilemoney'
import { currencyOf } from '@growr/money'
import { positiveOf } from '@growr/service'
import { addedAndConfirmed } from '../payment/payment.confirm.ts'
import { dayOf, mobileOf, today, type Payments } from '../payments.ts'
import type { AccountDoc } from './mobile.collections.ts'

export const keyOfTransaction = ({ keyOf }: Pick<Payments, 'keyOf'>, { provider, id }: AccountDoc, reference: string): string => keyOf('M', provider, id, reference)

/** Loans that take money: one that is repaid as an overpayment to return, one that was written off as recovered. */
const TAKES = new Set(['DISBURSED', 'DEFAULTED', 'REPAID', 'WRITTEN_OFF'])

/** The loan whose code the payer entered, if it is one of the organization's that takes the money. */
async function matched({ mobile, bus }: Payments, { id: organization, currency }: AccountDoc, account: string, valueDate: string): Promise<loans.Loan | null> {
  const code = readPaymentCode(mobile.prefix, account)
  const found = code === null ? null : await mobile.codes.get(code)
  if (!found || found.doc.organization !== organization) return null
  const loan = await bus.call(loans.findByKey, { key: found.doc.loan }, { as: { service: 'payment' } })
  const takes = TAKES.has(loan.status) && loan.currency === currency && loan.startDate !== null && loan.startDate <= valueDate
  return takes ? loan : null
}

/**
 * Books what the provider, or its statement, has confirmed: on the loan whose code was entered, else into the organization's suspense.
 * Its key is the provider's name of it, so that callback, query and statement together book it once. True if it was not known before.
 */
export async function bookTransaction(payments: Payments, account: AccountDoc, transaction: Transaction): Promise<boolean> {
  const { books } = payments
  const { id: organization } = account
  const key = keyOfTransaction(payments, account, transaction.reference)
  if (books.find(key)) return false
  const currency = currencyOf(account.currency)
  let amount
  try {
    amount = positiveOf(transaction.amount, currency, 'amount')
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    // More digits than the currency has, or nothing: no money that a book could hold. It stays in the statement.
    payments.mobile.log('error', 'a payment of a provider has an amount that is none', { organization, payment: key })
    return false
  }
  const valueDate = await dayOf(payments, organization, transaction.at)
  const bookingDate = await today(payments, organization)
  const loan = await matched(payments, account, transaction.account, valueDate)
  const project = loan?.project ?? organization
  const data: PaymentAdded = {
    key, amount, currency, kind: loan ? 'REPAYMENT' : 'RECEIPT', organizationId: organization, projectKey: project, loanKey: loan?.key ?? null, fundingKey: null,
    from: null, to: mobileOf(organization), valueDate, bookingDate,
  }
  const subject: PaymentSubject = {
    reference: transaction.reference,
    ...(loan?.borrowerUser ? { userId: loan.borrowerUser } : {}),
    ...(loan || transaction.account === '' ? {} : { proof: transaction.account }),
  }
  const authority = { caller: { kind: 'service', service: 'payment' } as const, action: 'payment.bookMobile', requestId: `mobile:${key}`, params: { payment: key } }
  const written = await books.once({ organization, project }, authority, () => {
    if (books.find(key)) return null
    return { key, current: null, events: addedAndConfirmed(data, subject), person: loan?.borrowerUser ?? `organization:${organization}` }
  })
  return written !== null && !written.repeated
}
