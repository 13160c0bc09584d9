import type { Holder } from '@growr/lending'
import { LedgerError } from './errors.ts'

// Names of accounts. Their parts are keys and pseudonyms, never a person's id; debit balances are positive.

const PART = /^[A-Za-z0-9._:-]{1,64}$/

function name(...parts: readonly string[]): string {
  const wrong = parts.find(part => !PART.test(part))
  if (wrong !== undefined) throw new LedgerError('ACCOUNT_INVALID', 'a part of an account has 1 to 64 letters, digits and . _ : - only')
  return parts.join('/')
}

/** Money where it lies: cash/<rail>/<holder>/<project>. The organization holds the bank's, an agent's pseudonym or `office` the cash. */
export const cash = ({ rail, holder }: Holder, project: string): string => name('cash', rail, holder, project)

/** What one book has posted of a movement and the other has not yet. Zero at rest over all books. */
export const clearing = (project: string): string => name('clearing', project)

/** Money that no loan or funding took. Equals the open cases. */
export const suspense = (project: string): string => name('suspense', project)

export const receivablePrincipal = (project: string): string => name('receivable', 'principal', project)
export const receivableInterest = (project: string): string => name('receivable', 'interest', project)
export const interestIncome = (project: string): string => name('income', 'interest', project)
export const yieldExpense = (project: string): string => name('expense', 'yield', project)

/** Principal and interest written off. */
export const lossExpense = (project: string): string => name('expense', 'loss', project)

/** The originator's disbursement fees, borrowers' risk deposits, what borrowers paid too much. */
export const payableFee = (project: string): string => name('payable', 'fee', project)
export const payableDeposit = (project: string): string => name('payable', 'deposit', project)
export const payableOverpayment = (project: string): string => name('payable', 'overpayment', project)

/** Shares of a project that was wound up. */
export const payableDistribution = (project: string): string => name('payable', 'distribution', project)

export const seniorCapital = (project: string): string => name('capital', 'senior', project)
export const juniorCapital = (project: string): string => name('capital', 'junior', project)

/** Fees of networks that the project advanced for the originator, in their coin; what the originator deposited for them, if negative. */
export const networkFee = (project: string): string => name('receivable', 'network-fee', project)

/** Where two currencies of a project meet: a position in each. */
export const exchange = (currency: string, project: string): string => name('exchange', currency, project)

/** The project of an account: the last part of its name. */
export function projectOf(account: string): string {
  const project = account.split('/').at(-1)
  if (project === undefined || !account.includes('/')) throw new LedgerError('ACCOUNT_INVALID', 'an account names its project last')
  return project
}
