import type { ActionContext } from '@growr/bus'
import { loan as contract, type Params } from '@growr/contracts'
import { owedOf, previewReschedule, type LoanState } from '@growr/lending'
import { add, zero, type Amount } from '@growr/money'
import { accepted, decimal } from '@growr/service'
import { type Financing, today } from '../financing.ts'
import { changeLoan } from './loan.change.ts'

/** What a new schedule would come to, today. LOAN_STATUS, AMOUNT_INVALID, VALUE_DATE. */
export async function preview(financing: Financing, { loan: key, months, firstDue }: Params<typeof contract.previewReschedule>) {
  const { state } = financing.books.requireLoan(key)
  const on = await today(financing, state.organizationId)
  const found = accepted(previewReschedule(state, { on, months, firstDue: firstDue ?? null }))
  const text = (amount: Amount): string => decimal(amount, state.currency)
  const paid = text(zero(state.currency.code))
  return {
    loan: key, on, months,
    principal: text(found.principal),
    cancelledInterest: text(found.cancelledInterest),
    addedInterest: text(found.addedInterest),
    outstandingBefore: text(owedOf(state)),
    outstandingAfter: text(found.total),
    instalments: found.rows.map((row, index) => ({
      number: index + 1, dueDate: row.dueDate, principal: text(row.principal), interest: text(row.interest), amount: text(add(row.principal, row.interest)), paid, overdue: false,
    })),
  }
}

/** LOAN_STATUS, AMOUNT_INVALID, VALUE_DATE, PROJECT_STATUS (shared out). */
export function reschedule(financing: Financing, params: Params<typeof contract.rescheduleLoan>, context: ActionContext): Promise<contract.Loan> {
  const { months, firstDue = null, reason } = params
  return changeLoan(financing, contract.rescheduleLoan, params, context, (loan, on) => ({ type: 'reschedule', on, months, firstDue, reason, project: projectOf(financing, loan) }))
}

/** LOAN_STATUS (not in default), PROJECT_STATUS. */
export function writeOff(financing: Financing, params: { loan: string }, context: ActionContext): Promise<contract.Loan> {
  return changeLoan(financing, contract.writeOff, params, context, (loan, on) => ({ type: 'writeOff', on, project: projectOf(financing, loan) }))
}

const projectOf = ({ books }: Financing, { projectKey }: LoanState) => books.requireProject(projectKey).state
