import { payment as payments, Refusal, type project as contract, type Result } from '@growr/contracts'
import { accounts, feeDeposits } from '@growr/ledger'
import type { ForeignBalance, ProjectState, RestFacts } from '@growr/lending'
import { amountOf, compare, type Amount } from '@growr/money'
import { decimal } from '@growr/service'
import type { Financing } from '../financing.ts'

/** A project's accounts over all books: what each holds in a currency, minor units. */
interface Held {
  readonly account: string
  readonly currency: string
  readonly amount: bigint
  /** Decimals of the currency. */
  readonly exponent: number
}

/** Asks the payment group, which brings its book up to the Funding book before it answers. */
async function balances(financing: Financing, { key, organizationId }: Pick<ProjectState, 'key' | 'organizationId'>): Promise<readonly Held[]> {
  const others = await financing.bus.call(payments.accounts, { organization: organizationId, project: key }, { as: { service: 'project' } })
  const sums = new Map<string, Held>()
  const { exponent } = financing.books.requireProject(key).state.currency
  for (const held of [...financing.books.balancesOf(key).map((one) => ({ ...one, exponent })), ...others.map((other) => ({ ...other, amount: BigInt(other.balance) }))]) {
    const name = `${held.account} ${held.currency}`
    sums.set(name, { ...held, amount: (sums.get(name)?.amount ?? 0n) + held.amount })
  }
  return [...sums.values()].toSorted((a, b) => (`${a.account} ${a.currency}` < `${b.account} ${b.currency}` ? -1 : 1))
}

/** What one account holds in a currency. */
const heldIn = (all: readonly Held[], account: string, currency: string): Amount => amountOf(all.find((held) => held.account === account && held.currency === currency)?.amount ?? 0n, currency)

/** Each account of a project with its balance over all books: a debit is positive. */
export async function accountsOf(financing: Financing, key: string): Promise<Result<typeof contract.accounts>> {
  const { state } = financing.books.requireProject(key)
  return (await balances(financing, state)).map(({ account, currency: code, amount, exponent }) => ({ account, currency: code, balance: decimal(amountOf(amount, code), { code, exponent }) }))
}

/** What must be zero before a project is wound up or closed, and whether all of its accounts are; what the originator deposited for fees of networks apart. */
export async function restFacts(financing: Financing, key: string): Promise<RestFacts & { readonly foreign: readonly ForeignBalance[]; readonly empty: boolean }> {
  const { state } = financing.books.requireProject(key)
  const code = state.currency.code
  const all = await balances(financing, state)
  const deposits = feeDeposits(all, key, code)
  const held = all.filter(({ currency }) => !deposits.has(currency))
  const pending = await financing.bus.call(payments.pending, { organization: state.organizationId, project: key }, { as: { service: 'project' } })
  return {
    clearing: heldIn(held, accounts.clearing(key), code),
    suspense: heldIn(held, accounts.suspense(key), code),
    pendingPayments: pending.count,
    // What the project advanced for network fees is settled with the originator's last share.
    foreign: held.filter(({ account, currency, amount }) => (currency !== code || account.startsWith('exchange/')) && amount !== 0n && account !== accounts.networkFee(key)).map(({ account, currency, amount, exponent }) => ({ account, currency: { code: currency, exponent }, amount: amountOf(amount, currency) })),
    empty: held.every(({ amount }) => amount === 0n),
  }
}

/**
 * Refuses what the project's bank account does not hold, cash in the hands of agents not counted: FUNDS_INSUFFICIENT. Capital is
 * registered after it moved, so this is a mistake in the registration or a hand-over that nobody wrote down.
 */
export async function requireAtBank(financing: Financing, project: ProjectState, amount: Amount): Promise<void> {
  const { currency, organizationId, key } = project
  const account = accounts.cash({ rail: 'BANK', holder: organizationId }, key)
  const held = heldIn(await balances(financing, project), account, currency.code)
  if (compare(amount, held) <= 0) return
  throw new Refusal('FUNDS_INSUFFICIENT', { path: 'amount', details: { needed: decimal(amount, currency), atBank: decimal(held, currency) } })
}
