import type { ActionContext } from '@growr/bus'
import { loan as contract, Refusal, type Params } from '@growr/contracts'
import { decideLoan, isRefused, loanTermsOf, type LoanEvent, type LoanSubject, type ProjectPosition, type ProjectState } from '@growr/lending'
import { add, compare, parseAmount, sum, zero } from '@growr/money'
import { decimal, digestOf, eventsOf } from '@growr/service'
import { type Financing, today } from '../financing.ts'
import { borrowersOf } from './loan.import.people.ts'
import { readLoans, type ReadLoan } from './loan.import.rows.ts'

type Given = Params<typeof contract.importLoans>
type Fault = contract.RowFault

/** So many loans are appended together: their entries share one write to the disk. */
const TOGETHER = 64

/**
 * Takes over open loans from the originator's former books: capital in kind, no money moves. A dry run looks at everything and adds
 * nothing; the real run takes the digest of its report. A loan is known again by its number, so twice adds nothing, also where the
 * node stopped half-way. CSV_INVALID, DRY_RUN_MISSING, ROWS_INVALID (each in the details), CONTROL_TOTALS, FORBIDDEN (another
 * organization's project), PROJECT_STATUS.
 */
export async function importLoans(financing: Financing, params: Given, context: ActionContext) {
  const { books } = financing
  const { organization } = params
  const project = books.requireProject(params.project).state
  if (project.organizationId !== organization) throw new Refusal('FORBIDDEN', { path: 'project' })
  const digest = digestOf({ project: project.key, csv: params.csv })
  if (!params.dryRun && params.digest !== digest) throw new Refusal('DRY_RUN_MISSING', { path: 'digest' })
  const on = await today(financing, organization)
  const { rows, loans, faults } = readLoans(params.csv, project.currency)
  const people = await borrowersOf(organization, loans, context)
  const known = new Set(loans.filter(({ number }) => books.loanOfNumber(organization, numberOf(financing, organization, number)) !== undefined).map(({ number }) => number))
  const fresh = loans.filter(({ number }) => !known.has(number))
  let position = books.position(project)
  for (const loan of fresh) {
    const found = faultsOf(loan, project, position, people.get(loan.number), on)
    faults.push(...found)
    // Each is held against what those before it leave of the project's amount.
    if (found.length === 0) position = { ...position, granted: add(position.granted, sum(project.currency.code, loan.rows.map(({ principal }) => principal))) }
  }
  faults.sort((a, b) => a.line - b.line)

  const code = project.currency.code
  const totals = { count: loans.length, principal: zero(code), interest: zero(code) }
  for (const row of loans.flatMap((loan) => loan.rows)) {
    totals.principal = add(totals.principal, row.principal)
    totals.interest = add(totals.interest, row.interest)
  }
  const said = params.controlTotals
  const agrees = said.count === totals.count && compare(parseAmount(said.principal, project.currency), totals.principal) === 0 && compare(parseAmount(said.interest, project.currency), totals.interest) === 0
  const shown = { count: totals.count, principal: decimal(totals.principal, project.currency), interest: decimal(totals.interest, project.currency) }
  const report = { dryRun: params.dryRun, digest, rows, loans: loans.length, known: known.size, added: fresh.length, totals: shown, agrees, currency: code, faults: faults.slice(0, 1000) }
  if (params.dryRun) return report
  if (faults.length > 0) throw new Refusal('ROWS_INVALID', { path: 'csv', details: { faults: faults.slice(0, 100), count: faults.length } })
  if (!agrees) throw new Refusal('CONTROL_TOTALS', { path: 'controlTotals', details: { file: shown } })
  // One import of an organization at a time: a loan that two files bring into two projects at once is taken over into one of them.
  await books.inTurn(`import:${organization}`, async () => {
    for (let at = 0; at < fresh.length; at += TOGETHER) await takeOver(financing, fresh.slice(at, at + TOGETHER), project.key, people, on, context)
  })
  return report
}

/** What the node keeps of a loan's number in the former books. */
const numberOf = ({ numberDigest }: Financing, organization: string, number: string): string => numberDigest(`${organization}\n${number}`)

/** Of the loan as a whole: no such borrower, or rows that the domain does not take. */
function faultsOf(loan: ReadLoan, project: ProjectState, position: ProjectPosition, subject: LoanSubject | undefined, on: string): Fault[] {
  const fault = (reason: string, column: string | null): Fault[] => [{ line: loan.line, column, reason }]
  if (!subject) return fault('BORROWER_UNKNOWN', loan.member === '' ? 'phone' : 'member')
  const decision = decideLoan(null, { type: 'import', key: 'dry-run', project, position, terms: loanTermsOf(project.loans), rows: loan.rows, number: '', on, subject })
  if (isRefused(decision)) return fault(decision.refused, columnOf(decision.path))
  return []
}

/** The column that a refusal of the domain is about; null where it is about the project. */
function columnOf(path: string | undefined): string | null {
  if (path === 'rows') return 'instalments'
  if (path?.endsWith('.dueDate')) return 'due'
  return path === 'amount' || path?.startsWith('rows.') ? 'principal' : null
}

/** In the project's queue, and each under a request of its own: a repetition finds what is there. */
async function takeOver(financing: Financing, loans: readonly ReadLoan[], key: string, people: ReadonlyMap<string, LoanSubject>, on: string, context: ActionContext): Promise<void> {
  const { books } = financing
  const { organizationId: organization } = books.requireProject(key).state
  await books.inTurn(key, async () => {
    for (const loan of loans) {
      const subject = people.get(loan.number) as LoanSubject
      const number = numberOf(financing, organization, loan.number)
      if (books.loanOfNumber(organization, number) !== undefined) continue
      const authority = { caller: context.caller, action: contract.importLoans.name, requestId: `import:${number}`, params: { number } }
      await books.onceInTurn('loan', { organization, project: key }, authority, () => {
        const { state } = books.requireProject(key)
        const events: readonly LoanEvent[] = eventsOf(decideLoan(null, {
          type: 'import', key: financing.newId(), project: state, position: books.position(state), terms: loanTermsOf(state.loans), rows: loan.rows, number, on, subject,
        }))
        return { current: null, events, person: subject.userId ?? null }
      })
    }
  })
}
