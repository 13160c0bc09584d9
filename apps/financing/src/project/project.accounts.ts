import { payment as payments, Refusal, type project as contract, type Result } from '@growr/contracts'
import { accounts } from '@growr/ledger'
import type { ProjectState, RestFacts } from '@growr/lending'
import { amountOf, compare, type Amount } from '@growr/money'
import { decimal } from '@growr/service'
import type { Financing } from '../financing.ts'

/** A project's accounts over all books, minor units by account. */
type Sums = ReadonlyMap<string, bigint>

/** Asks the payment group, which brings its book up to the Funding book before it answers. */
async function balances(financing: Financing, { key, organizationId }: Pick<ProjectState, 'key' | 'organizationId'>): Promise<Sums> {
  const others = await financing.bus.call(payments.accounts, { organization: organizationId, project: key }, { as: { service: 'project' } })
  const sums = new Map<string, bigint>()
  for (const { account, amount } of [...financing.books.balancesOf(key), ...others.map(({ account, balance }) => ({ account, amount: BigInt(balance) }))]) {
    sums.set(account, (sums.get(account) ?? 0n) + amount)
  }
  return sums
}

/** Each account of a project with its balance over all books: a debit is positive. */
export async function accountsOf(financing: Financing, key: string): Promise<Result<typeof contract.accounts>> {
  const { state } = financing.books.requireProject(key)
  const { currency } = state
  return [...(await balances(financing, state))]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([account, amount]) => ({ account, currency: currency.code, balance: decimal(amountOf(amount, currency.code), currency) }))
}

/** What must be zero before a project is wound up or closed, and whether all of its accounts are. */
export async function restFacts(financing: Financing, key: string): Promise<RestFacts & { readonly empty: boolean }> {
  const { state } = financing.books.requireProject(key)
  const code = state.currency.code
  const sums = await balances(financing, state)
  const pending = await financing.bus.call(payments.pending, { organization: state.organizationId, project: key }, { as: { service: 'project' } })
  return {
    clearing: amountOf(sums.get(accounts.clearing(key)) ?? 0n, code),
    suspense: amountOf(sums.get(accounts.suspense(key)) ?? 0n, code),
    pendingPayments: pending.count,
    empty: [...sums.values()].every((amount) => amount === 0n),
  }
}

/**
 * Refuses what the project's bank account does not hold, cash in the hands of agents not counted: FUNDS_INSUFFICIENT. Capital is
 * registered after it moved, so this is a mistake in the registration or a hand-over that nobody wrote down.
 */
export async function requireAtBank(financing: Financing, project: ProjectState, amount: Amount): Promise<void> {
  const { currency, organizationId, key } = project
  const account = accounts.cash({ rail: 'BANK', holder: organizationId }, key)
  const held = amountOf((await balances(financing, project)).get(account) ?? 0n, currency.code)
  if (compare(amount, held) <= 0) return
  throw new Refusal('FUNDS_INSUFFICIENT', { path: 'amount', details: { needed: decimal(amount, currency), atBank: decimal(held, currency) } })
}
