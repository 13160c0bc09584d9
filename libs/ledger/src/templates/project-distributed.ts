import { sum } from '@growr/money'
import type { ProjectState } from '@growr/lending'
import { LedgerError } from '../errors.ts'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'

/** A project is wound up: all that it holds for others, its capital and its results become shares to pay, which together are its cash. */
export function projectDistributed(after: ProjectState): Posting[] {
  const { key, distribution, currency } = after
  if (!distribution) throw new LedgerError('STATE_MISSING', 'a distribution is posted from the state after it')
  const { closing, payables } = distribution
  return entry(
    debit(accounts.payableFee(key), closing.fees),
    debit(accounts.payableDeposit(key), closing.deposits),
    debit(accounts.seniorCapital(key), closing.senior),
    debit(accounts.juniorCapital(key), closing.junior),
    debit(accounts.interestIncome(key), closing.interest),
    debit(accounts.exchange(currency.code, key), closing.exchange),
    credit(accounts.yieldExpense(key), closing.yield),
    credit(accounts.lossExpense(key), closing.loss),
    credit(accounts.payableDistribution(key), sum(currency.code, payables.map(payable => payable.amount))),
  )
}
