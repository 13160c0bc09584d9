export * as accounts from './accounts.ts'
export { LedgerError, type LedgerErrorCode } from './errors.ts'
export {
  amountOfPosting, balanceLines, balanceOf, fold, isBalanced, mergeBalances, requireBalanced, reverse, trialBalance,
  type Balances, type Posting, type TrialLine,
} from './postings.ts'
export { postingsFor } from './templates/index.ts'
export { exchanged } from './templates/exchange.ts'
export { feeDeposits } from './fee-deposits.ts'
export { checkAtRest, describeFinding, type Finding, type FindingCode, type RestInput } from './rest.ts'
