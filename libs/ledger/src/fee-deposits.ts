import * as accounts from './accounts.ts'

interface Line {
  readonly account: string
  readonly currency: string
  /** Minor units; a debit is positive. */
  readonly amount: bigint
}

/**
 * The coins, other than a project's own currency, of which it holds nothing but what the originator deposited for fees of a network. They
 * are no part of what is shared out, and what cannot be moved for less than it is worth may stay where it lies when a project closes.
 */
export function feeDeposits(lines: Iterable<Line>, project: string, own: string): ReadonlySet<string> {
  const byCoin = Map.groupBy([...lines].filter(({ amount, currency }) => amount !== 0n && currency !== own), ({ currency }) => currency)
  const isDeposit = (all: readonly Line[]): boolean =>
    all.reduce((sum, { amount }) => sum + amount, 0n) === 0n && all.every(({ account, amount }) => (account.startsWith('cash/') ? amount > 0n : account === accounts.networkFee(project) && amount < 0n))
  return new Set([...byCoin].flatMap(([coin, all]) => (isDeposit(all) ? [coin] : [])))
}
