import type { Book, BookStore, StoredEntry, ViewReader } from '@growr/books'
import type { Repository } from '@growr/collections'
import { Refusal, type loan as loanContract } from '@growr/contracts'
import { emptyPosition, type BusinessDayState, type DayClosed, type FundingState, type LoanState, type ProjectPosition, type ProjectState } from '@growr/lending'
import { decodeJson } from '@growr/money'
import { balancesOf, TenantBooks, Turns, type Authority, type Balance, type Current, type Listed, type Written } from '@growr/service'
import { unpackLoan } from '../loan/loan.packed.ts'
import { directory } from './directory.view.ts'
import type { Kind, Page, States, Step } from './port.ts'
import { getShown } from './shown.ts'
import { unpackState } from './state.packed.ts'
import { countLoans, riskOf } from './tally.ts'

export const kinds = ['project', 'loan', 'funding'] as const
/** The record of the Project book that is the organization's calendar. */
const CALENDAR = 'calendar'

export interface FinancingBooksOptions {
  readonly store: BookStore
  /** The organizations that have books here. */
  readonly tenants: Repository<{ id: string }>
  readonly businessDate: (organization: string) => Promise<string>
  /** Called after each append: wakes followers in other groups. */
  readonly appended: (kind: Kind, organization: string) => void
}

interface DueBy {
  readonly organization: string
  readonly project?: string | undefined
  readonly by: string
}

/** The Project, Loan and Funding books of all organizations: one writer, one queue for each project, one directory to look things up. */
export class FinancingBooks {
  readonly #options: FinancingBooksOptions
  readonly #books: TenantBooks<Kind>
  readonly #view: ViewReader
  readonly #turns = new Turns()

  private constructor(options: FinancingBooksOptions, books: TenantBooks<Kind>, view: ViewReader) {
    this.#options = options
    this.#books = books
    this.#view = view
  }

  static async open(options: FinancingBooksOptions): Promise<FinancingBooks> {
    const view = await options.store.view(directory)
    const books = new TenantBooks<Kind>({ ...options, kinds })
    await books.open()
    return new FinancingBooks(options, books, view)
  }

  onOpen(listener: (book: Book) => void): void {
    this.#books.onOpen(listener)
  }

  organizations(): readonly string[] {
    return this.#books.organizations()
  }

  /** Work that must not run twice at once: all that decides on a project's money waits in the queue of that project. */
  inTurn<T>(queue: string, work: () => Promise<T>): Promise<T> {
    return this.#turns.run(queue, work)
  }

  answered<K extends Kind>(kind: K, organization: string, authority: Authority): Promise<Written<States[K]> | undefined> {
    return this.#books.answered(kind, organization, authority) as Promise<Written<States[K]> | undefined>
  }

  /**
   * Carries a request out once, in the queue of its project: gives what came of it before, or decides on the records as they are now
   * and appends. Null where the decision was that nothing is to be appended.
   */
  once<K extends Kind, S extends Step<K> | null>(kind: K, at: { readonly organization: string; readonly project: string }, authority: Authority, decide: () => S | Promise<S>): Promise<Written<States[K]> | (null extends S ? null : never)> {
    return this.#turns.run(at.project, () => this.onceInTurn(kind, at, authority, decide))
  }

  /** The same for who is in the project's queue already. */
  async onceInTurn<K extends Kind, S extends Step<K> | null>(kind: K, at: { readonly organization: string; readonly project: string }, authority: Authority, decide: () => S | Promise<S>): Promise<Written<States[K]> | (null extends S ? null : never)> {
    const { organization, project } = at
    const written = await this.#books.once(kind, organization, authority, async () => {
      const step = await decide()
      if (step === null) return null
      const { events, current } = step
      const key = current?.state.key ?? (events[0]?.data as { key?: string } | undefined)?.key
      if (key === undefined) throw new Error('a record begins with an event that says its key')
      const businessDate = step.businessDate ?? (await this.#options.businessDate(organization))
      return { events, key, current, scope: `project:${project}`, person: step.person, businessDate } as never
    })
    return written as unknown as Written<States[K]> | (null extends S ? null : never)
  }

  /** Appends to the organization's calendar; call it in the calendar's queue. */
  async appendDay(organization: string, events: readonly DayClosed[], authority: Authority, businessDate: string): Promise<void> {
    const row = this.#view.get('SELECT seq FROM day WHERE organization = ?', organization)
    const state = this.calendar(organization)
    const current = row && state ? { state, seq: Number(row['seq']) } : null
    await this.#books.append('project', organization, events, authority, { key: CALENDAR, current, scope: `organization:${organization}`, person: null, businessDate })
  }

  history(kind: Kind, organization: string, key: string): AsyncGenerator<StoredEntry> {
    return this.#books.history(kind, organization, key)
  }

  /** Entries in the form in which another group follows them. */
  feed(book: string, organization: string, after: number, limit: number): ReturnType<TenantBooks<Kind>['feed']> {
    return this.#books.feed(book, organization, after, limit)
  }

  // Reads: all out of the directory, which the writer brings up to date before it answers.

  #require<K extends Kind>(kind: K, key: string): Current<States[K]> {
    const row = this.#view.get(`SELECT seq, state FROM ${kind} WHERE key = ?`, key)
    if (!row) throw new Refusal('NOT_FOUND', { path: kind })
    return { seq: Number(row['seq']), state: (kind === 'loan' ? unpackState(row['state']) : decodeJson(String(row['state']))) as States[K] }
  }

  /** NOT_FOUND, as of all that is required here. */
  requireProject(key: string): Current<ProjectState> {
    return this.#require('project', key)
  }

  requireLoan(key: string): Current<LoanState> {
    return this.#require('loan', key)
  }

  requireFunding(key: string): Current<FundingState> {
    return this.#require('funding', key)
  }

  /** A loan as the API shows it to its parties, as it was made when its last entry was written. NOT_FOUND. */
  presentedLoan(key: string): loanContract.Loan {
    const loan = getShown(this.#view, key)
    if (loan === null) throw new Refusal('NOT_FOUND', { path: 'loan' })
    return unpackLoan(loan)
  }

  position({ key, currency }: ProjectState): ProjectPosition {
    const row = this.#view.get('SELECT figures FROM position WHERE project = ?', key)
    return row ? (decodeJson(String(row['figures'])) as ProjectPosition) : emptyPosition(currency.code)
  }

  balancesOf(project: string): Balance[] {
    return balancesOf(this.#view, 'project', project)
  }

  /** The first projects of an organization that are open for applications by their status, at most so many. */
  activeProjects(organization: string, limit: number): Current<ProjectState>[] {
    return this.listProjects({ organization, status: 'ACTIVATED' }, { first: limit }).rows.map(({ value }) => value)
  }

  loansOf(project: string): LoanState[] {
    return this.#view.all('SELECT state FROM loan WHERE project = ? ORDER BY key', project).map((row) => unpackState(row['state']))
  }

  /** The keys of a borrower's loans in a project. */
  loansOfBorrower(project: string, user: string): string[] {
    return this.#view.all('SELECT key FROM loan WHERE borrower = ? AND project = ?', user, project).map((row) => String(row['key']))
  }

  /** A borrower's loans in the currency, if one is given, over all organizations. */
  loansOfUser(user: string, currency?: string): LoanState[] {
    return this.#view
      .all(`SELECT state FROM loan WHERE borrower = ?${currency === undefined ? '' : ' AND currency = ?'} ORDER BY key`, user, ...(currency === undefined ? [] : [currency]))
      .map((row) => unpackState(row['state']))
  }

  /** The loan that was taken over under a number of former books (its digest). */
  loanOfNumber(organization: string, number: string): string | undefined {
    const row = this.#view.get('SELECT loan FROM taken WHERE organization = ? AND number = ?', organization, number)
    return row ? String(row['loan']) : undefined
  }

  /** Running loans of which something is due by a day, the oldest first. */
  listDue({ organization, project, by }: DueBy, { first, after }: Page): Listed<LoanState> {
    const where = `organization = ? AND due <= ?${project === undefined ? '' : ' AND project = ?'}`
    const values = [organization, by, ...(project === undefined ? [] : [project])]
    const [due = '', key = ''] = after?.split('/') ?? []
    const total = countLoans(this.#view, { organization, project, by })
    const rows = this.#view.all(`SELECT due, key, state FROM loan WHERE ${where} AND (due, key) > (?, ?) ORDER BY due, key LIMIT ?`, ...values, due, key, first + 1)
    return { rows: rows.slice(0, first).map((row) => ({ key: `${String(row['due'])}/${String(row['key'])}`, value: unpackState(row['state']) })), total, more: rows.length > first }
  }

  /** The principal of loans of which something is due by a day, by currency and the oldest due date. */
  atRisk(which: DueBy): ReturnType<typeof riskOf> {
    return riskOf(this.#view, which)
  }

  fundingsOf(project: string): FundingState[] {
    return this.#view.all('SELECT state FROM funding WHERE project = ? ORDER BY key', project).map((row) => decodeJson(String(row['state'])) as FundingState)
  }

  /** The loans to which the close of a day may do something. */
  loansOfDay(organization: string, day: string): { key: string; project: string }[] {
    return this.#view
      .all('SELECT key, project FROM loan WHERE organization = ? AND days <= ? ORDER BY project, key', organization, day)
      .map((row) => ({ key: String(row['key']), project: String(row['project']) }))
  }

  /** Wound-up projects that are not closed yet. */
  settling(): ProjectState[] {
    return this.#view.all('SELECT state FROM project WHERE settling = 1').map((row) => decodeJson(String(row['state'])) as ProjectState)
  }

  closedThrough(organization: string): string | undefined {
    const row = this.#view.get('SELECT closed FROM day WHERE organization = ?', organization)
    return row ? String(row['closed']) : undefined
  }

  calendar(organization: string): BusinessDayState | null {
    const closedThrough = this.closedThrough(organization)
    return closedThrough === undefined ? null : { organizationId: organization, closedThrough }
  }

  /** The first project to which a funding or repayment address belongs. */
  projectByAddress(address: string): string | undefined {
    const row = this.#view.get('SELECT project FROM address WHERE address = ? ORDER BY project', address)
    return row ? String(row['project']) : undefined
  }

  listProjects(where: { organization?: string | undefined; status?: string | undefined; public?: boolean }, page: Page): Listed<Current<ProjectState>> {
    return this.#list('project', { organization: where.organization, status: where.status, public: where.public ? 1 : undefined }, page, 'seq, state', (row) => ({ seq: Number(row['seq']), state: decodeJson(String(row['state'])) as ProjectState }))
  }

  listLoans(where: { organization?: string | undefined; project?: string | undefined; status?: string | undefined; user?: string | undefined }, page: Page): Listed<loanContract.Loan> {
    const { user, ...others } = where
    const total = user === undefined ? countLoans(this.#view, others) : undefined
    return this.#list('loan', { ...others, borrower: user }, page, null, (row) => this.presentedLoan(String(row['key'])), total)
  }

  listFundings(where: { project: string; investor?: string | undefined }, page: Page): Listed<FundingState> {
    return this.#list('funding', where, page, 'state', (row) => decodeJson(String(row['state'])) as FundingState)
  }

  #list<T>(
    table: Kind, where: Readonly<Record<string, string | number | undefined>>, page: Page, columns: string | null, read: (row: Readonly<Record<string, unknown>>) => T,
    known?: number,
  ): Listed<T> {
    const { sql, values } = conditionsOf(where)
    const total = known ?? Number(this.#view.get(`SELECT count(*) AS n FROM ${table} WHERE ${sql}`, ...values)?.['n'] ?? 0)
    const rows = this.#view.all(`SELECT key${columns === null ? '' : `, ${columns}`} FROM ${table} WHERE ${sql} AND key > ? ORDER BY key LIMIT ?`, ...values, page.after ?? '', page.first + 1)
    return { rows: rows.slice(0, page.first).map((row) => ({ key: String(row['key']), value: read(row) })), total, more: rows.length > page.first }
  }
}

function conditionsOf(where: Readonly<Record<string, string | number | undefined>>): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const conditions = Object.entries(where).filter((pair): pair is [string, string | number] => pair[1] !== undefined)
  return { sql: conditions.map(([column]) => `${column} = ?`).join(' AND ') || '1', values: conditions.map(([, value]) => value) }
}
