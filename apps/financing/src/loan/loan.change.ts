import type { ActionContext } from '@growr/bus'
import type { Contract, loan as contract } from '@growr/contracts'
import { decideLoan, type LoanCommand, type LoanState } from '@growr/lending'
import { eventsOf } from '@growr/service'
import { borrowerOf } from '../books/persons.ts'
import { type Financing, today } from '../financing.ts'
import { presentLoan } from './loan.present.ts'

/** Decides on a loan's present state and appends, in the project's queue; a repetition gives what came of it before. */
export async function changeLoan(financing: Financing, action: Contract, params: { loan: string }, context: ActionContext, command: (loan: LoanState, on: string) => LoanCommand | Promise<LoanCommand>): Promise<contract.Loan> {
  const { books } = financing
  const { organizationId: organization, projectKey: project } = books.requireLoan(params.loan).state
  const authority = { caller: context.caller, action: action.name, requestId: context.requestId, params }
  const on = await today(financing, organization)
  const { state, seq } = await books.once('loan', { organization, project }, authority, async () => {
    const current = books.requireLoan(params.loan)
    return { current, events: eventsOf(decideLoan(current.state, await command(current.state, on))), person: borrowerOf(current.state) }
  })
  return presentLoan(state, seq)
}
