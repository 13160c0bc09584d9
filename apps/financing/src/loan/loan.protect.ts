import type { ActionContext } from '@growr/bus'
import { loan as contract, payment as payments, Refusal } from '@growr/contracts'
import type { Financing } from '../financing.ts'
import { changeLoan } from './loan.change.ts'

type Loan = Promise<contract.Loan>

/**
 * The borrower withdraws from an offer, or from a signed contract whose money is not under way: nothing is owed for it.
 * LOAN_STATUS, also where a payout is registered, which a cashier must take back first.
 */
export function withdraw(financing: Financing, params: { loan: string }, context: ActionContext): Loan {
  return changeLoan(financing, contract.withdraw, params, context, async (_loan, on) => ({
    type: 'cancel', on, reason: 'BY_BORROWER', disbursementUnderWay: await isPayoutUnderWay(params.loan, context),
  }))
}

/** A payout that is registered, or confirmed and not heard of yet. */
async function isPayoutUnderWay(loan: string, context: ActionContext): Promise<boolean> {
  for (let after: string | undefined; ;) {
    const { edges, pageInfo } = await context.call(payments.findByLoan, { loan, first: 200, ...(after === undefined ? {} : { after }) })
    if (edges.some(({ node }) => node.kind === 'DISBURSEMENT' && (node.status === 'ADDED' || node.status === 'CONFIRMED'))) return true
    if (!pageInfo.hasNextPage) return false
    after = pageInfo.endCursor ?? undefined
  }
}

/** LOAN_STATUS where no cooling-off time runs. */
export function waiveCoolingOff(financing: Financing, params: { loan: string }, context: ActionContext): Loan {
  return changeLoan(financing, contract.waiveCoolingOff, params, context, (_loan, on) => ({ type: 'waiveCoolingOff', on }))
}

/** The code with which a borrower confirms that the good or service of a loan was received. */
export const serviceCodeFor = (loan: string): { purpose: string; subject: string } => ({ purpose: 'SERVICE_RECEIVED', subject: loan })

/** By the agent's word; the borrower gets a code. LOAN_STATUS, SERVICE_STATUS (confirmed already). */
export function markServiceProvided(financing: Financing, params: { loan: string }, context: ActionContext): Loan {
  return changeLoan(financing, contract.markServiceProvided, params, context, (_loan, on) => ({ type: 'markServiceProvided', on }))
}

/** With the borrower's code, whoever enters it. SERVICE_STATUS, CODE_WRONG, CODE_EXPIRED, LOCKED. */
export function confirmService(financing: Financing, params: { loan: string; code: string }, context: ActionContext): Loan {
  return changeLoan(financing, contract.confirmService, params, context, async (loan, on) => {
    if (loan.service?.confirmedOn !== null) throw new Refusal('SERVICE_STATUS', { path: 'service', details: { confirmedOn: loan.service?.confirmedOn ?? null } })
    // Not spent here: the loan's own state lets it count once, also where the node stops before the entry is written.
    await financing.codes.check(serviceCodeFor(params.loan), params.code)
    return { type: 'confirmService', on }
  })
}
