import type { Book, BookStore, ViewReader } from '@growr/books'
import type { Repository } from '@growr/collections'
import { Refusal, type payment as contract } from '@growr/contracts'
import type { PaymentEvent, PaymentState } from '@growr/lending'
import { decodeJson } from '@growr/money'
import { balanceOf, balancesOf, TenantBooks, Turns, type Authority, type Balance, type Current, type Listed, type Written } from '@growr/service'
import { payments } from './payments.view.ts'

export interface PaymentBooksOptions {
  readonly store: BookStore
  readonly tenants: Repository<{ id: string }>
  readonly businessDate: (organization: string) => Promise<string>
  readonly appended: (organization: string) => void
}

/** What a decision comes to: its events, and the payment that it was taken on, null for one that begins with them. */
export interface Step {
  readonly key: string
  readonly current: Current<PaymentState> | null
  readonly events: readonly PaymentEvent[]
  /** The project under whose key it is sealed, where that is not the one in whose queue it is decided. */
  readonly sealedFor?: string
  /** Whom the payment's subject leads to. */
  readonly person: string
}

/** Where a payment is decided on: the organization's book, and the queue of the project. */
export interface Place {
  readonly organization: string
  readonly project: string
  /** A second queue, entered after the first: of the project whose money is looked at. Nobody in it waits for an organization's own. */
  readonly also?: string
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

  /** Is told of each book, those that are open already included. */
  onOpen(listener: (book: Book) => void): void {
    this.#books.onOpen(listener)
  }

  /**
   * Carries a request out once, in the queue of its project: gives what came of it before, or decides on the payment as it is now and
   * appends. Null where the decision was that nothing is to be appended.
   */
  once<S extends Step | null>(at: Place, authority: Authority, decide: () => S | Promise<S>): Promise<Written<PaymentState> | (null extends S ? null : never)> {
    const { organization, project, also } = at
    const inBoth = <T>(task: () => Promise<T>): Promise<T> => this.#turns.run(project, () => (also === undefined || also === project ? task() : this.#turns.run(also, task)))
    return inBoth(async () => {
      const written = await this.#books.once('payment', organization, authority, async () => {
        const step = await decide()
        // What is no project's yet is sealed under the organization's own key.
        const owner = step?.sealedFor ?? project
        const scope = owner === organization ? `organization:${organization}` : `project:${owner}`
        return step && { ...step, scope, businessDate: await this.#options.businessDate(organization) }
      })
      return written as Written<PaymentState> | (null extends S ? null : never)
    })
  }

  /** The organizations that have a book here. */
  organizations(): readonly string[] {
    return this.#books.organizations()
  }

  /** Entries in the form in which another group follows them. */
  feed(organization: string, book: string, after: number, limit: number): ReturnType<TenantBooks<'payment'>['feed']> {
    return this.#books.feed(book, organization, after, limit)
  }

  find(key: string): Current<PaymentState> | null {
    const row = this.#view.get('SELECT seq, state FROM payment WHERE key = ?', key)
    return row && { seq: Number(row['seq']), state: stateOf(row) }
  }

  /** NOT_FOUND. */
  require(key: string): Current<PaymentState> {
    const found = this.find(key)
    if (!found) throw new Refusal('NOT_FOUND', { path: 'payment' })
    return found
  }

  /** A payment as the API shows it. NOT_FOUND. */
  shown(key: string): contract.Payment {
    const row = this.#view.get('SELECT shown FROM payment WHERE key = ?', key)
    if (!row) throw new Refusal('NOT_FOUND', { path: 'payment' })
    return JSON.parse(String(row['shown'])) as contract.Payment
  }

  /**
   * Whether a payment of this kind for the loan is registered and not settled: nobody confirmed it yet, its loan has not heard of it
   * (the loans have heard up to entry `reached`), or its loan did not take it and the money lies in suspense.
   */
  underWay(loan: string, kind: PaymentState['kind'], reached: number): boolean {
    const open = "status = 'ADDED' OR (status = 'CONFIRMED' AND (suspense = 1 OR seq > ?))"
    return this.#view.get(`SELECT 1 AS found FROM payment WHERE loan = ? AND kind = ? AND (${open}) LIMIT 1`, loan, kind, reached) !== null
  }

  /** Whether something happened to a payment of the loan, or to a receipt that may have been the loan's, after entry `reached`. */
  isUnheard(organization: string, loan: string, reached: number): boolean {
    const row = this.#view.get(
      `SELECT EXISTS (SELECT 1 FROM payment WHERE loan = ? AND seq > ? AND status IN ('CONFIRMED', 'REVERTED'))
        OR EXISTS (SELECT 1 FROM payment WHERE organization = ? AND suspense = 1 AND kind = 'RECEIPT' AND seq > ?) AS found`,
      loan, reached, organization, reached,
    )
    return Number(row?.['found'] ?? 0) === 1
  }

  /** The open cases of an organization, the oldest first; the cursor is the day since when and the key. */
  listSuspense(organization: string, page: { first: number; after?: string | undefined }): Listed<PaymentState> {
    const [since = '', key = ''] = (page.after ?? '').split('~')
    const total = Number(this.#view.get('SELECT count(*) AS n FROM payment WHERE organization = ? AND suspense = 1', organization)?.['n'] ?? 0)
    const rows = this.#view.all('SELECT key, since, state FROM payment WHERE organization = ? AND suspense = 1 AND (since, key) > (?, ?) ORDER BY since, key LIMIT ?', organization, since, key, page.first + 1)
    return { rows: rows.slice(0, page.first).map((row) => ({ key: `${String(row['since'])}~${String(row['key'])}`, value: stateOf(row) })), total, more: rows.length > page.first }
  }

  /** The payments on the rail of mobile money whose value dates lie in these days, both included. */
  *mobileOf(organization: string, from: string, to: string): Generator<PaymentState> {
    for (let valued = from, key = ''; ;) {
      const rows = this.#view.all("SELECT key, valued, state FROM payment WHERE organization = ? AND mobile = 1 AND valued <= ? AND (valued, key) > (?, ?) ORDER BY valued, key LIMIT 500", organization, to, valued, key)
      for (const row of rows) yield stateOf(row)
      const last = rows.at(-1)
      if (!last || rows.length < 500) return
      valued = String(last['valued'])
      key = String(last['key'])
    }
  }

  /** How many payments of a project nobody has confirmed yet. */
  pending(project: string): number {
    return Number(this.#view.get("SELECT count(*) AS n FROM payment WHERE project = ? AND status = 'ADDED'", project)?.['n'] ?? 0)
  }

  /** What leaves a project for an investor or the originator over a network: under way, or confirmed and not yet heard of (entry `reached`). */
  transfersOut(project: string, reached: number): PaymentState[] {
    const rows = this.#view.all("SELECT state FROM payment WHERE project = ? AND kind IN ('TRANSFER_OUT', 'CONVERSION', 'FEE_RETURN') AND (status = 'ADDED' OR (status = 'CONFIRMED' AND seq > ?))", project, reached)
    return rows.map(stateOf)
  }

  /** The confirmed payments of a project that moved another currency than its own, or settled a difference of such. */
  exchangedOf(project: string): PaymentState[] {
    return this.#view.all("SELECT state FROM payment WHERE project = ? AND status = 'CONFIRMED' AND (moved = 1 OR kind IN ('EXCHANGE_LOSS', 'EXCHANGE_GAIN'))", project).map(stateOf)
  }

  /** The confirmed payments of a project that concern fees of networks. */
  feesOf(project: string): PaymentState[] {
    return this.#view.all("SELECT state FROM payment WHERE project = ? AND status = 'CONFIRMED' AND kind IN ('NETWORK_FEE', 'FEE_REIMBURSEMENT', 'FEE_RETURN')", project).map(stateOf)
  }

  /** The payments at an address of a network, in the order in which they were registered. */
  listByAddress(address: string, page: { first: number; after?: string | undefined }): Listed<contract.Payment> {
    const total = Number(this.#view.get('SELECT count(*) AS n FROM payment WHERE address = ?', address)?.['n'] ?? 0)
    const rows = this.#view.all('SELECT key, shown FROM payment WHERE address = ? AND added > coalesce((SELECT added FROM payment WHERE key = ?), 0) ORDER BY added LIMIT ?', address, page.after ?? '', page.first + 1)
    return { rows: rows.slice(0, page.first).map((row) => ({ key: String(row['key']), value: JSON.parse(String(row['shown'])) as contract.Payment })), total, more: rows.length > page.first }
  }

  /** The balance of an account in minor units; a debit is positive. */
  balance(account: string, currency: string): bigint {
    return balanceOf(this.#view, account, currency)
  }

  balancesOf(project: string): Balance[] {
    return balancesOf(this.#view, 'project', project)
  }

  /** The cash of all holders of an organization. */
  cashOf(organization: string): Balance[] {
    return balancesOf(this.#view, 'organization', organization).filter(({ account, amount }) => account.startsWith('cash/CASH/') && amount !== 0n)
  }

  /** The payments of a loan, in the order in which they were registered. */
  listByLoan(loan: string, page: { first: number; after?: string | undefined }): Listed<contract.Payment> {
    const total = Number(this.#view.get('SELECT count(*) AS n FROM payment WHERE loan = ?', loan)?.['n'] ?? 0)
    const rows = this.#view.all('SELECT key, shown FROM payment WHERE loan = ? AND added > coalesce((SELECT added FROM payment WHERE key = ?), 0) ORDER BY added LIMIT ?', loan, page.after ?? '', page.first + 1)
    return { rows: rows.slice(0, page.first).map((row) => ({ key: String(row['key']), value: JSON.parse(String(row['shown'])) as contract.Payment })), total, more: rows.length > page.first }
  }
}

const stateOf = (row: { readonly [column: string]: unknown }): PaymentState => decodeJson(String(row['state'])) as PaymentState
