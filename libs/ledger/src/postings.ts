import { add, formatAmount, isZero, zero, type Amount, type Currency } from '@growr/money'
import { LedgerError } from './errors.ts'

/** One side of a movement as an entry keeps it: minor units as signed digits, a debit positive, a credit negative. */
export interface Posting {
  readonly account: string
  readonly amount: string
  readonly currency: string
}

const DIGITS = /^(?:0|-?[1-9][0-9]{0,79})$/

export function debit(account: string, { amount, currency }: Amount): Posting {
  return { account, amount: amount.toString(), currency }
}

export function credit(account: string, { amount, currency }: Amount): Posting {
  return { account, amount: (-amount).toString(), currency }
}

/** The amount of a posting. Throws AMOUNT_INVALID for anything but digits. */
export function amountOfPosting({ amount, currency }: Posting): Amount {
  if (!DIGITS.test(amount)) throw new LedgerError('AMOUNT_INVALID', 'the amount of a posting is signed digits')
  return { amount: BigInt(amount), currency }
}

/**
 * An entry as a template gives it: postings of nothing are left out. Throws UNBALANCED_POSTING unless they sum to zero in each
 * currency, so that no template can make one that does not balance.
 */
export function entry(...postings: readonly Posting[]): Posting[] {
  const moved = postings.filter(posting => posting.amount !== '0')
  requireBalanced(moved)
  return moved
}

/** The same postings with the sides exchanged: what takes an entry back. */
export function reverse(postings: readonly Posting[]): Posting[] {
  return postings.map(posting => credit(posting.account, amountOfPosting(posting)))
}

/** Throws UNBALANCED_POSTING unless the postings of an entry sum to zero in each currency. */
export function requireBalanced(postings: readonly Posting[]): void {
  for (const [currency, total] of totals(postings)) {
    if (total !== 0n) throw new LedgerError('UNBALANCED_POSTING', `the postings in ${currency} sum to ${total}`)
  }
}

/** True if the postings of an entry sum to zero in each currency. */
export function isBalanced(postings: readonly Posting[]): boolean {
  return [...totals(postings).values()].every(total => total === 0n)
}

function totals(postings: readonly Posting[]): Map<string, bigint> {
  const sums = new Map<string, bigint>()
  for (const posting of postings) sums.set(posting.currency, (sums.get(posting.currency) ?? 0n) + amountOfPosting(posting).amount)
  return sums
}

/** Balances by account and currency, debit positive. An account that holds nothing is not kept. */
export type Balances = ReadonlyMap<string, Amount>

function slot(account: string, currency: string): string {
  return `${account} ${currency}`
}

/** Balances with more postings folded in. */
export function fold(balances: Balances, postings: Iterable<Posting>): Balances {
  const next = new Map(balances)
  for (const posting of postings) {
    const key = slot(posting.account, posting.currency)
    const amount = add(next.get(key) ?? zero(posting.currency), amountOfPosting(posting))
    if (isZero(amount)) next.delete(key)
    else next.set(key, amount)
  }
  return next
}

/** The balances of several books taken together. */
export function mergeBalances(...books: readonly Balances[]): Balances {
  return books.reduce<Balances>((all, book) => fold(all, balanceLines(book)), new Map())
}

/** One account's balance in a currency. */
export function balanceOf(balances: Balances, account: string, currency: string): Amount {
  return balances.get(slot(account, currency)) ?? zero(currency)
}

/** Every account that holds something, as postings, sorted by name and currency: what a view stores and an action answers. */
export function balanceLines(balances: Balances): Posting[] {
  return [...balances]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, amount]) => debit(key.slice(0, key.lastIndexOf(' ')), amount))
}

/** A line of a trial balance, in decimals as a person reads them. */
export interface TrialLine {
  readonly account: string
  readonly currency: string
  readonly debit: string
  readonly credit: string
}

/** All accounts with their balance on one of the two sides; and whether both sides sum to the same, in each currency. */
export function trialBalance(balances: Balances, currencies: Readonly<Record<string, Currency>> = {}): { lines: TrialLine[]; balanced: boolean } {
  const postings = balanceLines(balances)
  const lines = postings.map(posting => {
    const { amount, currency } = amountOfPosting(posting)
    const text = (value: bigint) => formatAmount({ amount: value, currency }, ...(currencies[currency] ? [currencies[currency]] : []))
    return { account: posting.account, currency, debit: amount > 0n ? text(amount) : '', credit: amount < 0n ? text(-amount) : '' }
  })
  return { lines, balanced: isBalanced(postings) }
}
