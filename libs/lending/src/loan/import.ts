import { add, compare, divide, subtract, sum, type Amount } from '@growr/money'
import { addMonths, compareDates, isDate, type LocalDate } from '../calendar.ts'
import { figures, firstRefusal, refuse, type Decision, type Refused } from '../refusals.ts'
import { MAXIMUM_MONTHS } from '../project/terms.ts'
import type { ProjectPosition } from '../position.ts'
import { schedules } from '../schedule/index.ts'
import type { LoanEvent, LoanSubject, PlannedRow } from '../types/loan.ts'
import type { LoanTerms, ProjectState } from '../types/project.ts'

/** Takes an open loan over from the originator's former books. */
export interface ImportLoan {
  readonly type: 'import'
  readonly key: string
  readonly project: ProjectState
  readonly position: ProjectPosition
  /** As the loan was agreed upon; usually the project's. */
  readonly terms: LoanTerms
  /** The rows that are left, oldest first, overdue ones with their own due dates. AD_HOC: one row with the interest accrued by `on`. */
  readonly rows: readonly PlannedRow[]
  /** A keyed digest of the loan's number in the former books. */
  readonly number: string
  readonly on: LocalDate
  readonly subject?: LoanSubject
}

/**
 * Capital in kind: the principal becomes junior capital, the interest income, and no money moves. Codes: PROJECT_STATUS,
 * AMOUNT_INVALID (rows, with the index), CURRENCY_MISMATCH, VALUE_DATE, PROJECT_AMOUNT_EXCEEDED.
 */
export function importLoan(command: ImportLoan): Decision<LoanEvent> {
  const { key, project, position, terms, rows, number, on, subject } = command
  const { currency } = project
  const refused = firstRefusal(
    () => (project.status === 'CLOSED' || project.status === 'DRAFT' || project.distribution ? refuse('PROJECT_STATUS', 'project', { status: project.status }) : null),
    () => (isDate(on) ? null : refuse('VALUE_DATE', 'on')),
    () => requireRows(rows, terms, currency.code),
  )
  if (refused) return refused
  const principal = sum(currency.code, rows.map(row => row.principal))
  if (compare(add(position.granted, principal), project.amount) > 0) {
    return refuse('PROJECT_AMOUNT_EXCEEDED', 'amount', figures(currency, { left: subtract(project.amount, position.granted) }))
  }
  const data = {
    key,
    projectKey: project.key,
    organizationId: project.organizationId,
    verifierDid: null,
    type: project.loans.type,
    currency,
    requestedAmount: principal,
    requestedMonths: rows.length,
    months: rows.length,
    terms,
    applicationDate: on,
    origin: { kind: 'IMPORTED', number, on, rows: rows.map(({ dueDate, principal: part, interest }) => ({ dueDate, principal: part, interest })) },
  } as const
  return { events: [{ type: 'loan.imported', data, ...(subject ? { subject } : {}) }] }
}

/** The last row must hold principal: who has paid all principal owes nothing. */
function requireRows(rows: readonly PlannedRow[], terms: LoanTerms, currency: string): Refused | null {
  const single = schedules[terms.schedule].accrues
  if (rows.length === 0 || rows.length > MAXIMUM_MONTHS || (single && rows.length > 1)) return refuse('AMOUNT_INVALID', 'rows', { maximum: single ? 1 : MAXIMUM_MONTHS })
  for (const [index, { dueDate, principal, interest }] of rows.entries()) {
    const before = rows[index - 1]
    if (!isDate(dueDate) || (before && compareDates(dueDate, before.dueDate) < 0)) return refuse('VALUE_DATE', `rows.${index}.dueDate`)
    if (principal.currency !== currency || interest.currency !== currency) return refuse('CURRENCY_MISMATCH', `rows.${index}`, { expected: currency })
    if (principal.amount < 0n || interest.amount < 0n) return refuse('AMOUNT_INVALID', `rows.${index}`)
  }
  return rows.at(-1)!.principal.amount > 0n ? null : refuse('AMOUNT_INVALID', `rows.${rows.length - 1}`)
}

/**
 * The rows of a loan of which only the totals are known: what is overdue with its date, then principal and interest that are left in
 * equal parts, rounded down with the remainder in the last, a month apart. Throws nothing; `importLoan` judges them.
 */
export function remainingRows(
  left: { readonly principal: Amount; readonly interest: Amount; readonly instalments: number; readonly nextDue: LocalDate },
  overdue: { readonly principal: Amount; readonly interest: Amount; readonly since: LocalDate } | null = null,
): PlannedRow[] {
  const { principal, interest, instalments, nextDue } = left
  const count = Math.max(0, Math.min(instalments, MAXIMUM_MONTHS))
  const part = ({ amount, currency }: Amount, index: number): Amount => {
    const equal = divide(amount, BigInt(count), 'DOWN')
    return { amount: index === count - 1 ? amount - equal * BigInt(count - 1) : equal, currency }
  }
  const rows = Array.from({ length: count }, (_, index) => ({ dueDate: addMonths(nextDue, index), principal: part(principal, index), interest: part(interest, index) }))
  return overdue ? [{ dueDate: overdue.since, principal: overdue.principal, interest: overdue.interest }, ...rows] : rows
}
