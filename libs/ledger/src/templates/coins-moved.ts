import { amountAt, directions, type Holder, type PaymentState } from '@growr/lending'
import * as accounts from '../accounts.ts'
import type { Posting } from '../postings.ts'
import { exchanged } from './exchange.ts'

/** Coins came in or left for what the loan or funding takes in the project's currency: two currencies meet between cash and clearing. */
export function coinsMoved(payment: PaymentState, holder: Holder): Posting[] {
  const { kind, projectKey, amount } = payment
  const coins = { account: accounts.cash(holder, projectKey), amount: amountAt(payment, holder) }
  const money = { account: accounts.clearing(projectKey), amount }
  return directions[kind] === 'IN' ? exchanged(projectKey, money, coins) : exchanged(projectKey, coins, money)
}

/** Coins became money at the bank, or money there coins. */
export function converted(payment: PaymentState, from: Holder, to: Holder): Posting[] {
  const { projectKey } = payment
  const at = (holder: Holder) => ({ account: accounts.cash(holder, projectKey), amount: amountAt(payment, holder) })
  return exchanged(projectKey, at(from), at(to))
}
