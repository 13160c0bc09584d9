import { entryReference, type Book, type BookStore, type Draft, type StoredEntry, type ViewReader } from '@growr/books'
import type { Repository } from '@growr/collections'
import { Refusal, type project as projects, type loan as loanContract } from '@growr/contracts'
import { postingsFor } from '@growr/ledger'
import {
  applyTo, emptyPosition, RULES, type BusinessDayState, type DayClosed, type FundingState, type LoanState, type ProjectPosition, type ProjectState,
} from '@growr/lending'
import { decodeJson, encodeJson } from '@growr/money'
import { callerName, Turns } from '@growr/service'
import type { IntentDoc } from '../investor/investor.collections.ts'
import { directory } from './directory.view.ts'
import type { Authority, Current, Events, Kind, Listed, Page, States, Written } from './port.ts'

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
  readonly #view: ViewReader
  readonly #queues = new Turns()
  readonly #opened = new Set<(book: Book) => void>()
  readonly #tenants = new Map<string, Promise<Record<Kind, Book>>>()

  private constructor(options: FinancingBooksOptions, view: ViewReader) {
    this.#options = options
    this.#view = view
  }

  static async open(options: FinancingBooksOptions): Promise<FinancingBooks> {
    const view = await options.store.view(directory)
    const books = new FinancingBooks(options, view)
    for (let after: string | undefined; ;) {
      const page = await options.tenants.find({ limit: 500, ...(after === undefined ? {} : { after }) })
      for (const { id } of page) await books.#tenant(id)
      after = page.at(-1)?.id
      if (page.length < 500) return books
    }
  }

  /** Is told of each book that is opened, those that are open already included: followers start there. */
  onOpen(listener: (book: Book) => void): void {
    this.#opened.add(listener)
    for (const tenant of this.#tenants.values()) void tenant.then((books) => kinds.forEach((kind) => listener(books[kind])))
  }

  organizations(): readonly string[] {
    return [...this.#tenants.keys()]
  }

  #tenant(organization: string): Promise<Record<Kind, Book>> {
    let opening = this.#tenants.get(organization)
    if (!opening) {
      opening = this.#openTenant(organization)
      this.#tenants.set(organization, opening)
      opening.catch(() => this.#tenants.delete(organization))
    }
    return opening
  }

  async #openTenant(organization: string): Promise<Record<Kind, Book>> {
    const { store, tenants } = this.#options
    // Remembered first: a book that exists and is not known would be a book nobody follows.
    if (!(await tenants.get(organization))) await tenants.insert({ id: organization })
    const [project, loan, funding] = [await store.book({ kind: 'project', organization }), await store.book({ kind: 'loan', organization }), await store.book({ kind: 'funding', organization })]
    const books = { project, loan, funding }
    for (const listener of this.#opened) for (const kind of kinds) listener(books[kind])
    return books
  }

  /** Work that decides on a project's money: one at a time for each project. */
  withProject<T>(project: string, work: () => Promise<T>): Promise<T> {
    return this.#queues.run(project, work)
  }

  /** What came of this request before, or nothing. REQUEST_ID_REUSED where it had other parameters. */
  async answered<K extends Kind>(kind: K, organization: string, authority: Authority): Promise<Written<States[K]> | undefined> {
    if (authority.requestId === undefined) return undefined
    const books = await this.#tenant(organization)
    const entries = await books[kind].findRequest(authority.action, requestOf(authority))
    const last = entries?.at(-1)
    return last ? { state: last.state as unknown as States[K], seq: last.seq, repeated: true } : undefined
  }

  /**
   * Appends the events of one decision on a record, each with the state it makes and its postings, in one step. `key` is null for a
   * record that begins with them. Resolves when they are on disk and the directory shows them.
   */
  async append<K extends Kind>(kind: K, organization: string, key: string | null, events: readonly Events[K][], authority: Authority, options: AppendOptions): Promise<Written<States[K]>> {
    const current = key === null ? null : this.#require(kind, key)
    let state = current?.state ?? null
    const businessDate = options.businessDate ?? (await this.#options.businessDate(organization))
    const drafts = events.map((event): Draft => {
      const next = applyTo[kind](state as never, event as never) as States[K]
      const postings = postingsFor(kind, event as never, state as never, next as never)
      state = next
      return this.#draft(next.key, event, next, { postings, businessDate, authority, scope: `project:${options.project}`, person: options.person ?? null })
    })
    const first = drafts[0]
    if (!first) throw new Error('a decision without events has nothing to append')
    const books = await this.#tenant(organization)
    const request = authority.requestId === undefined ? null : requestOf(authority)
    const entries = await books[kind].append([{ ...first, expectedSeq: current?.seq ?? 0, request }, ...drafts.slice(1)])
    const last = entries[entries.length - 1] as StoredEntry
    if (last.repeated !== true) this.#options.appended(kind, organization)
    return { state: last.state as unknown as States[K], seq: last.seq, repeated: last.repeated === true }
  }

  async appendDay(organization: string, events: readonly DayClosed[], authority: Authority, businessDate: string): Promise<void> {
    const books = await this.#tenant(organization)
    const [event] = events
    if (!event) return
    const state = applyTo.project(this.calendar(organization), event)
    const draft = this.#draft(CALENDAR, event, state, { postings: [], businessDate, authority, scope: `organization:${organization}`, person: null })
    await books.project.append({ ...draft, request: requestOf(authority) })
  }

  #draft(key: string, event: object & { type: string }, state: object, rest: { postings: Draft['postings'] & object; businessDate: string; authority: Authority; scope: string; person: string | null }): Draft {
    const { caller, action, cause } = rest.authority
    return {
      key,
      rules: String(RULES),
      businessDate: rest.businessDate,
      actor: caller.kind === 'user' ? { role: caller.role, id: caller.userId } : { role: caller.kind === 'service' ? `service:${caller.service}` : 'stranger', id: null },
      action,
      event,
      state,
      postings: rest.postings,
      cause: cause ? entryReference(`${cause.book}.${cause.organization}`, cause.seq) : null,
      scope: rest.scope,
      person: rest.person,
    }
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

  async *history(kind: Kind, organization: string, key: string): AsyncGenerator<StoredEntry> {
    const books = await this.#tenant(organization)
    for (let after = 0; ;) {
      const page = await books[kind].history({ key, after, limit: 200 })
      yield* page
      if (page.length < 200) return
      after = page[page.length - 1]!.seq
    }
  }

  /** Entries in the form in which another group follows them. */
  async feed(book: string, organization: string, after: number, limit: number): Promise<projects.FeedEntry[]> {
    const kind = kinds.find((candidate) => candidate === book)
    if (!kind) throw new Refusal('NOT_FOUND', { path: 'book' })
    if (!this.#tenants.has(organization)) return []
    const books = await this.#tenant(organization)
    return (await books[kind].entries(after, limit)).map((entry) => ({
      seq: entry.seq, key: entry.key, type: entry.type, at: entry.at, businessDate: entry.businessDate, organization, book: kind,
      event: plain(entry.event), state: plain(entry.state), postings: [...entry.postings],
    }))
  }
}

const plain = (value: unknown): unknown => (value === null ? null : JSON.parse(encodeJson(value)))
const requestOf = (authority: Authority) => ({ id: authority.requestId as string, caller: callerName(authority), params: authority.params })
