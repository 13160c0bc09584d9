import { type loan as contract, Refusal, type Params, type Result } from '@growr/contracts'
import type { LoanState, ProjectState } from '@growr/lending'
import { every } from '@growr/service'
import type { Financing } from '../financing.ts'

const DONE = new Set(['REFUSED', 'CANCELLED', 'REPAID', 'DRAFT'])

/**
 * Destroys a person's keys in the books of every organization that has some, so that nothing in them leads to the person any more;
 * what was proven with them still is. STILL_OWED while a loan of theirs is open, an overpayment, a deposit or a reward is to be
 * returned, or capital is invested. `check` only looks. A repetition finds nothing left and does it again.
 */
export async function erasePerson(financing: Financing, { user, check }: Params<typeof contract.erasePerson>): Promise<Result<typeof contract.erasePerson>> {
  const { books, intents } = financing
  const loans = books.loansOfUser(user)
  const open = loans.filter((loan) => !DONE.has(loan.status) || loan.overpaid.amount > loan.overpaymentRefunded.amount || isOwedAtClose(financing, loan))
  if (open.length > 0) throw new Refusal('STILL_OWED', { path: 'loan', details: { loans: open.length } })
  const projects = new Map<string, ProjectState>()
  for await (const { id, project } of every(intents, { investor: user })) {
    const { state } = books.requireProject(project)
    projects.set(project, state)
    if (state.status !== 'CLOSED' && books.fundingsOf(project).some((funding) => funding.contractKey === id && funding.status !== 'REVERTED')) throw new Refusal('STILL_OWED', { path: 'funding' })
  }
  const organizations = new Set([...loans.map(({ organizationId }) => organizationId), ...[...projects.values()].map(({ organizationId }) => organizationId)])
  if (!check) {
    // Organizations for which the person only created a project are among all: their key there is destroyed as well.
    for (const organization of books.organizations()) await financing.erase(user, organization)
  }
  return { erased: [...organizations].map((organization) => ({ organization, loans: loans.filter((loan) => loan.organizationId === organization).map(({ key }) => key) })) }
}

/** A deposit or a reward of a repaid loan waits for the close of its project. */
function isOwedAtClose({ books }: Financing, loan: LoanState): boolean {
  if (loan.status !== 'REPAID' || (loan.deposit.amount === 0n && loan.cashBack.amount === 0n)) return false
  const { status, distribution } = books.requireProject(loan.projectKey).state
  if (status === 'CLOSED') return false
  return distribution === null || distribution.payables.some(({ party, amount, paid }) => party === loan.key && amount.amount > paid.amount)
}
