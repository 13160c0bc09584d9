import type { Book, BookStore, ViewReader } from '@growr/books'
import type { Repository } from '@growr/collections'
import { Refusal, type payment as contract } from '@growr/contracts'
import type { PaymentEvent, PaymentState } from '@growr/lending'
import { decodeJson } from '@growr/money'
import { TenantBooks, Turns, type Authority, type Current, type Listed, type Written } from '@growr/service'
import { payments } from './payments.view.ts'

export interface PaymentBooksOptions {
  readonly store: BookStore
  readonly tenants: Repository<{ id: string }>
  readonly businessDate: (organization: string) => Promise<string>
  readonly appended: (organization: string) => void
}

/** The Payment books of all organizations, with one queue for each project and one view to look payments and balances up. */
export class PaymentBooks {
  readonly #options: PaymentBooksOptions
  readonly #books: TenantBooks<'payment'>
  readonly #view: ViewReader
  readonly #turns = new Turns()

  private constructor(options: PaymentBooksOptions, books: TenantBooks<'payment'>, view: ViewReader) {
    this.#options = options
    this.#books = books
    this.#view = view
  }

  static async open(options: PaymentBooksOptions): Promise<PaymentBooks> {
    const view = await options.store.view(payments)
    const books = new TenantBooks({ ...options, kinds: ['payment'], appended: (_kind, organization) => options.appended(organization) })
    await books.open()
    return new PaymentBooks(options, books, view)
  }

  onOpen(listener: (book: Book) => void): void {
    this.#books.onOpen(listener)
  }

  organizations(): readonly string[] {
    return this.#books.organizations()
  }

  /** Work that looks at a project's cash or at what is under way in it: one at a time for each project. */
  withProject<T>(project: string, work: () => Promise<T>): Promise<T> {
    return this.#turns.run(project, work)
  }

  answered(organization: string, authority: Authority): Promise<Written<PaymentState> | undefined> {
    return this.#books.answered('payment', organization, authority)
  }

  /** Appends events of one payment. `key` is that of a payment which begins with them, or of one that is there. */
  async append(organization: string, project: string, key: string, current: Current<PaymentState> | null, events: readonly PaymentEvent[], authority: Authority, person: string | null): Promise<Written<PaymentState>> {
    return this.#books.append('payment', organization, events, authority, { key, current, scope: `project:${project}`, person, businessDate: await this.#options.businessDate(organization) })
  }

  feed(organization: string, book: string, after: number, limit: number): ReturnType<TenantBooks<'payment'>['feed']> {
    return this.#books.feed(book, organization, after, limit)
  }

  find(key: string): Current<PaymentState> | undefined {
    const row = this.#view.get('SELECT seq, state FROM payment WHERE key = ?', key)
    return row ? { seq: Number(row['seq']), state: decodeJson(String(row['state'])) as PaymentState } : undefined
  }

  require(key: string): Current<PaymentState> {
    const found = this.find(key)
    if (!found) throw new Refusal('NOT_FOUND', { path: 'payment' })
    return found
  }

  shown(key: string): contract.Payment {
    const row = this.#view.get('SELECT shown FROM payment WHERE key = ?', key)
    if (!row) throw new Refusal('NOT_FOUND', { path: 'payment' })
    return JSON.parse(String(row['shown'])) as contract.Payment
  }

  /** Whether a payment of this kind for the loan is registered and neither confirmed nor failed. */
  underWay(loan: string, kind: PaymentState['kind']): boolean {
    return this.#view.get("SELECT 1 AS found FROM payment WHERE loan = ? AND kind = ? AND status = 'ADDED' LIMIT 1", loan, kind) !== null
  }

  pending(project: string): number {
    return Number(this.#view.get("SELECT count(*) AS n FROM payment WHERE project = ? AND status = 'ADDED'", project)?.['n'] ?? 0)
  }

  balance(account: string, currency: string): bigint {
    return BigInt(String(this.#view.get('SELECT amount FROM balance WHERE account = ? AND currency = ?', account, currency)?.['amount'] ?? '0'))
  }

  balancesOf(project: string): { account: string; currency: string; amount: bigint }[] {
    return this.#balances('project', project)
  }

  /** The cash of all holders of an organization. */
  cashOf(organization: string): { account: string; currency: string; amount: bigint }[] {
    return this.#balances('organization', organization).filter(({ account, amount }) => account.startsWith('cash/CASH/') && amount !== 0n)
  }

  #balances(column: 'project' | 'organization', value: string): { account: string; currency: string; amount: bigint }[] {
    return this.#view.all(`SELECT account, currency, amount FROM balance WHERE ${column} = ? ORDER BY account`, value).map((row) => ({ account: String(row['account']), currency: String(row['currency']), amount: BigInt(String(row['amount'])) }))
  }

  listByLoan(loan: string, page: { first: number; after?: string | undefined }): Listed<contract.Payment> {
    const total = Number(this.#view.get('SELECT count(*) AS n FROM payment WHERE loan = ?', loan)?.['n'] ?? 0)
    const rows = this.#view.all('SELECT key, shown FROM payment WHERE loan = ? AND key > ? ORDER BY key LIMIT ?', loan, page.after ?? '', page.first + 1)
    return { rows: rows.slice(0, page.first).map((row) => ({ key: String(row['key']), value: JSON.parse(String(row['shown'])) as contract.Payment })), total, more: rows.length > page.first }
  }
}
