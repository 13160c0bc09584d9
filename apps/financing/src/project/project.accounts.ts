import { payment as payments, type project as contract, type Result } from '@growr/contracts'
import type { RestFacts } from '@growr/lending'
import { amountOf } from '@growr/money'
import { decimal } from '@growr/service'
import type { Financing } from '../financing.ts'

/** The balances of a project's accounts, minor units, over the books of this group and of the payment group. */
async function balances(financing: Financing, key: string): Promise<Map<string, bigint>> {
  const { state } = financing.books.requireProject(key)
  const others = await financing.bus.call(payments.accounts, { organization: state.organizationId, project: key }, { as: { service: 'project' } })
  const sums = new Map<string, bigint>()
  for (const { account, amount } of [...financing.books.balancesOf(key), ...others.map(({ account, balance }) => ({ account, amount: BigInt(balance) }))]) {
    sums.set(account, (sums.get(account) ?? 0n) + amount)
  }
  return sums
}

/** Each account of a project with its balance over all books: a debit is positive. */
export async function accountsOf(financing: Financing, key: string): Promise<Result<typeof contract.accounts>> {
  const { currency } = financing.books.requireProject(key).state
  return [...(await balances(financing, key))]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([account, amount]) => ({ account, currency: currency.code, balance: decimal(amountOf(amount, currency.code), currency) }))
}

/** What must be zero before a project is wound up or closed. */
export async function restFacts(financing: Financing, key: string): Promise<RestFacts> {
  const { state } = financing.books.requireProject(key)
  const code = state.currency.code
  const [sums, pending] = await Promise.all([
    balances(financing, key),
    financing.bus.call(payments.pending, { organization: state.organizationId, project: key }, { as: { service: 'project' } }),
  ])
  return {
    clearing: amountOf(sums.get(`clearing/${key}`) ?? 0n, code),
    suspense: amountOf(sums.get(`suspense/${key}`) ?? 0n, code),
    pendingPayments: pending.count,
  }
}
