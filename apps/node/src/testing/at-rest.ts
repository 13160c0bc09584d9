import type { Book, BookStore } from '@growr/books'
import { checkAtRest, fold, type Balances } from '@growr/ledger'
import { isProject, type FundingState, type Kind, type LoanState, type PaymentState, type ProjectState, type StateOf } from '@growr/lending'
import { verifyWhole } from '../verify-books.ts'

export interface Stores {
  readonly financing: BookStore
  readonly payment: BookStore
}

/** How long each book is: what has to stay the same where nothing may be written. */
export async function lengths({ financing, payment }: Stores): Promise<Record<string, number>> {
  const books = [...(await financing.books()), ...(await payment.books())]
  return Object.fromEntries(books.map((book): [string, number] => [book.id, book.seq]).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Every entry of a book, in order. */
export async function* entriesOf(book: Book): AsyncGenerator<Awaited<ReturnType<Book['entries']>>[number]> {
  for (let after = 0; ;) {
    const page = await book.entries(after, 500)
    yield* page
    if (page.length < 500) return
    after = page[page.length - 1]!.seq
  }
}

/**
 * What does not hold at a node where nothing is under way, in words; nothing if all does. Every book verifies from the bytes up,
 * every state and posting is recomputed from the events, every view equals its rebuild, the accounts are what the records say and
 * clearing is zero.
 */
export async function unrest(stores: Stores): Promise<string[]> {
  const findings: string[] = []
  for (const [group, store] of Object.entries(stores) as [string, BookStore][]) {
    const { problems } = store.health()
    findings.push(...problems.map(({ code, of }) => `${group}: ${code} ${of}`))
    for (const name of store.views()) {
      for (const { table, side, row } of await store.compareView(name)) findings.push(`${group}: VIEW_STALE ${name}.${table}: ${side} ${row.slice(0, 300)}`)
    }
    for (const book of await store.books()) {
      const { findings: found } = await verifyWhole(book)
      findings.push(...found.map(({ code, book: id, seq, message }) => `${code} ${id}#${String(seq)}: ${message}`))
    }
  }
  const { records, balances } = await gathered(stores)
  const all = <K extends Kind>(kind: K) => [...records[kind].values()] as StateOf[K][]
  const projects = all('project').filter((state): state is ProjectState => isProject(state))
  const found = checkAtRest({ balances, projects, loans: all('loan') as LoanState[], fundings: all('funding') as FundingState[], payments: all('payment') as PaymentState[] })
  return [...findings, ...found.map(({ code, account, currency, expected, actual }) => `${code} ${account}: ${actual} ${currency}, expected ${expected}`)]
}

type Records = { readonly [K in Kind]: Map<string, StateOf[K]> }

/** The last state of each record, and the balances of all accounts, out of the books alone. */
export async function gathered({ financing, payment }: Stores): Promise<{ records: Records; balances: Balances }> {
  const records: Records = { project: new Map(), loan: new Map(), funding: new Map(), payment: new Map() }
  let balances: Balances = new Map()
  for (const book of [...(await financing.books()), ...(await payment.books())]) {
    const states = records[book.kind as Kind] as Map<string, unknown>
    for await (const { key, state, postings: lines } of entriesOf(book)) {
      states.set(key, state)
      balances = fold(balances, lines)
    }
  }
  return { records, balances }
}
