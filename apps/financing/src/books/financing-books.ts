import type { Book, BookStore, StoredEntry, ViewReader } from '@growr/books'
import type { Repository } from '@growr/collections'
import { Refusal, type loan as loanContract } from '@growr/contracts'
import { emptyPosition, type BusinessDayState, type DayClosed, type FundingState, type LoanState, type ProjectPosition, type ProjectState } from '@growr/lending'
import { decodeJson } from '@growr/money'
import { TenantBooks, Turns, type Authority, type Current, type Listed, type Written } from '@growr/service'
import type { IntentDoc } from '../investor/investor.collections.ts'
import { directory } from './directory.view.ts'
import type { Events, Kind, Page, States } from './port.ts'

export const kinds = ['project', 'loan', 'funding'] as const
/** Of bullet loans and offers, the statuses to which a closing day can do something. */
const OPEN = "('APPROVED', 'DISBURSED', 'DEFAULTED')"
const CALENDAR = 'calendar'

export interface FinancingBooksOptions {
  readonly store: BookStore
  /** The organizations that have books here. */
  readonly tenants: Repository<{ id: string }>
  readonly businessDate: (organization: string) => Promise<string>
  /** Called after each append: wakes followers in other groups. */
  readonly appended: (kind: Kind, organization: string) => void
}

interface AppendOptions {
  readonly project: string
  /** Whom the record's subject leads to. */
  readonly person?: string | null
  readonly businessDate?: string
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

  /** Work that decides on a project's money: one at a time for each project. */
  withProject<T>(project: string, work: () => Promise<T>): Promise<T> {
    return this.#turns.run(project, work)
  }

  answered<K extends Kind>(kind: K, organization: string, authority: Authority): Promise<Written<States[K]> | undefined> {
    return this.#books.answered(kind, organization, authority) as Promise<Written<States[K]> | undefined>
  }

  /** Appends the events of one decision; `key` is null for a record that begins with them. See TenantBooks. */
  async append<K extends Kind>(kind: K, organization: string, key: string | null, events: readonly Events[K][], authority: Authority, options: AppendOptions): Promise<Written<States[K]>> {
    const begins = events[0]?.data as { key?: string } | undefined
    const placement = {
      key: key ?? String(begins?.key),
      current: key === null ? null : this.#require(kind, key),
      scope: `project:${options.project}`,
      person: options.person ?? null,
      businessDate: options.businessDate ?? (await this.#options.businessDate(organization)),
    }
    return this.#books.append(kind, organization, events as never, authority, placement as never) as unknown as Promise<Written<States[K]>>
  }

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

  #find<K extends Kind>(kind: K, key: string): Current<States[K]> | undefined {
    const row = this.#view.get(`SELECT seq, state FROM ${kind} WHERE key = ?`, key)
    return row ? { seq: Number(row['seq']), state: decodeJson(String(row['state'])) as States[K] } : undefined
  }

  #require<K extends Kind>(kind: K, key: string): Current<States[K]> {
    const found = this.#find(kind, key)
    if (!found) throw new Refusal('NOT_FOUND', { path: kind })
    return found
  }

  requireProject(key: string): Current<ProjectState> {
    return this.#require('project', key)
  }

  requireLoan(key: string): Current<LoanState> {
    return this.#require('loan', key)
  }

  requireFunding(key: string): Current<FundingState> {
    return this.#require('funding', key)
  }

  /** A loan as the API shows it, as it was made when its last entry was written. */
  presentedLoan(key: string): loanContract.Loan {
    const row = this.#view.get('SELECT shown FROM loan WHERE key = ?', key)
    if (!row) throw new Refusal('NOT_FOUND', { path: 'loan' })
    return JSON.parse(String(row['shown'])) as loanContract.Loan
  }

  position({ key, currency }: ProjectState): ProjectPosition {
    const row = this.#view.get('SELECT figures FROM position WHERE project = ?', key)
    return row ? (decodeJson(String(row['figures'])) as ProjectPosition) : emptyPosition(currency.code)
  }

  balancesOf(project: string): { account: string; amount: bigint }[] {
    return this.#view.all('SELECT account, amount FROM balance WHERE project = ?', project).map((row) => ({ account: String(row['account']), amount: BigInt(String(row['amount'])) }))
  }

  projectsOf(organization: string): Current<ProjectState>[] {
    return this.#view.all('SELECT seq, state FROM project WHERE organization = ? ORDER BY key', organization).map((row) => ({ seq: Number(row['seq']), state: decodeJson(String(row['state'])) as ProjectState }))
  }

  loansOf(project: string): LoanState[] {
    return this.#view.all('SELECT state FROM loan WHERE project = ? ORDER BY key', project).map((row) => decodeJson(String(row['state'])) as LoanState)
  }

  fundingsOf(project: string): FundingState[] {
    return this.#view.all('SELECT state FROM funding WHERE project = ? ORDER BY key', project).map((row) => decodeJson(String(row['state'])) as FundingState)
  }

  openLoans(organization: string): { key: string; project: string }[] {
    return this.#view.all(`SELECT key, project FROM loan WHERE organization = ? AND status IN ${OPEN} ORDER BY key`, organization).map((row) => ({ key: String(row['key']), project: String(row['project']) }))
  }

  /** Wound-up projects that are not closed yet. */
  settling(): ProjectState[] {
    return this.#view.all("SELECT state FROM project WHERE status <> 'CLOSED' AND status <> 'DRAFT'").map((row) => decodeJson(String(row['state'])) as ProjectState).filter((state) => state.distribution !== null)
  }

  /** Whom a project's own subject leads to: who created it; null after an erasure. */
  createdBy(key: string): string | null {
    return this.requireProject(key).state.subject?.userId ?? null
  }

  closedThrough(organization: string): string | undefined {
    const row = this.#view.get('SELECT closed FROM day WHERE organization = ?', organization)
    return row ? String(row['closed']) : undefined
  }

  calendar(organization: string): BusinessDayState | null {
    const closedThrough = this.closedThrough(organization)
    return closedThrough === undefined ? null : { organizationId: organization, closedThrough }
  }

  projectByAddress(address: string): string | undefined {
    const projects = this.#view.all('SELECT key, state FROM project').map((row) => decodeJson(String(row['state'])) as ProjectState)
    return projects.find((project) => project.funding.some(({ fundingAddress, repaymentAddress }) => fundingAddress === address || repaymentAddress === address))?.key
  }

  listProjects(where: { organization?: string | undefined; status?: string | undefined; public?: boolean }, page: Page): Listed<Current<ProjectState>> {
    return this.#list('project', { organization: where.organization, status: where.status, public: where.public ? 1 : undefined }, page, 'seq, state', (row) => ({ seq: Number(row['seq']), state: decodeJson(String(row['state'])) as ProjectState }))
  }

  listLoans(where: { organization?: string | undefined; project?: string | undefined; status?: string | undefined; user?: string | undefined }, page: Page): Listed<loanContract.Loan> {
    const { user, ...others } = where
    return this.#list('loan', { ...others, borrower: user }, page, 'shown', (row) => JSON.parse(String(row['shown'])) as loanContract.Loan)
  }

  listFundings(project: string, page: Page, wanted: (state: FundingState) => boolean): Listed<FundingState> {
    const all = this.fundingsOf(project).filter(wanted)
    const rows = all.filter(({ key }) => page.after === undefined || key > page.after)
    return { rows: rows.slice(0, page.first).map((state) => ({ key: state.key, value: state })), total: all.length, more: rows.length > page.first }
  }

  #list<T>(table: Kind, where: Readonly<Record<string, string | number | undefined>>, page: Page, columns: string, read: (row: Readonly<Record<string, unknown>>) => T): Listed<T> {
    const conditions = Object.entries(where).filter((pair): pair is [string, string | number] => pair[1] !== undefined)
    const sql = conditions.map(([column]) => `${column} = ?`).join(' AND ') || '1'
    const values = conditions.map(([, value]) => value)
    const total = Number(this.#view.get(`SELECT count(*) AS n FROM ${table} WHERE ${sql}`, ...values)?.['n'] ?? 0)
    const rows = this.#view.all(`SELECT key, ${columns} FROM ${table} WHERE ${sql} AND key > ? ORDER BY key LIMIT ?`, ...values, page.after ?? '', page.first + 1)
    return { rows: rows.slice(0, page.first).map((row) => ({ key: String(row['key']), value: read(row) })), total, more: rows.length > page.first }
  }

  /** The investor, if one of the project's intents is theirs: a list of owners for an access rule. */
  async investorsOf(intents: Repository<IntentDoc>, project: string, investor: string): Promise<string[]> {
    const found = await intents.find({ where: { project, investor }, limit: 20 })
    return found.some(({ doc }) => doc.status === 'CONFIRMED' || doc.status === 'SIGNED' || doc.status === 'INVITED') ? [investor] : []
  }
}
