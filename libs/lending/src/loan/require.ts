import { refuse, type Refused } from '../refusals.ts'
import type { LoanState, LoanStatus } from '../types/loan.ts'
import type { ProjectState } from '../types/project.ts'

/** Refuses LOAN_STATUS unless the loan's status is one of those. */
export function requireLoanStatus(loan: LoanState, ...allowed: readonly LoanStatus[]): Refused | null {
  return allowed.includes(loan.status) ? null : refuse('LOAN_STATUS', 'status', { status: loan.status })
}

/** Refuses PROJECT_STATUS once the project was shared out: its loans are final then. */
export function requireUndistributed(project: ProjectState): Refused | null {
  return project.distribution ? refuse('PROJECT_STATUS', 'project', { status: project.status, distributed: project.distribution.on }) : null
}
