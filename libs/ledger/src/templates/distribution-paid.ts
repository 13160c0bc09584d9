import type { Amount } from '@growr/money'
import * as accounts from '../accounts.ts'
import { credit, debit, entry, type Posting } from '../postings.ts'

/** A share of a project that was wound up is paid, to whomever. */
export function distributionPaid(projectKey: string, amount: Amount): Posting[] {
  return entry(debit(accounts.payableDistribution(projectKey), amount), credit(accounts.clearing(projectKey), amount))
}
