import { type Book, type BookStore, type Finding as BookFinding, type StoredEntry, verifyBook, type ViewDefinition } from '@growr/books'
import { directory, kinds as financingKinds, openFinancingKeep } from '@growr/financing'
import { type Balances, fold, type Posting, postingsFor } from '@growr/ledger'
import { type Kind, type LoanState, type FundingState, type PaymentState, type ProjectState, RULES, rulesOf, type StateOf } from '@growr/lending'
import { openPaymentKeep, paymentsView } from '@growr/payment'
import { openBookStore, type Keep } from '@growr/service'
import type { Finding, FindingCode } from './finding.ts'
import type { Approval } from './skipped.ts'

/** All that the books of a node say, as the audit worked it out again. */
export interface Picture {
  balances: Balances
  readonly projects: ProjectState[]
  readonly loans: LoanState[]
  readonly fundings: FundingState[]
  readonly payments: PaymentState[]
  readonly approvals: Approval[]
}

export const emptyPicture = (): Picture => ({ balances: new Map(), projects: [], loans: [], fundings: [], payments: [], approvals: [] })

interface BookGroup {
  readonly name: string
  readonly open: (options: { dataDir: string; passphrase: string; clock: { now(): Date } }) => Promise<Keep>
  readonly kinds: readonly Kind[]
  readonly view: ViewDefinition
}

/** The groups that keep books. */
export const bookGroups: readonly BookGroup[] = [
  { name: 'financing', open: openFinancingKeep, kinds: financingKinds, view: directory },
  { name: 'payment', open: openPaymentKeep, kinds: ['payment'], view: paymentsView },
]

const clock = { now: (): Date => new Date() }
const PAGE = 500

export interface GroupAudit {
  readonly findings: Finding[]
  /** Of each book, how many entries. */
  readonly entries: ReadonlyMap<string, number>
}

/**
 * Opens the books of one group and looks at all of it: every book from the bytes up, every state and posting made again by the
 * audit's own call of `apply`, every view against its rebuild. What the books say is added to the picture; `look` is
 * called with every entry.
 */
export async function auditBooks(group: BookGroup, data: string, passphrase: string, picture: Picture, look: (book: string, entry: StoredEntry) => readonly Finding[]): Promise<GroupAudit> {
  const findings: Finding[] = []
  const entries = new Map<string, number>()
  const keep = await group.open({ dataDir: data, passphrase, clock })
  try {
    let books: Awaited<ReturnType<typeof openBookStore>>
    try {
      books = await openBookStore(keep, clock)
    } catch (error) {
      return { findings: [damaged(group.name, null, `the store cannot be opened: ${textOf(error)}`)], entries }
    }
    try {
      await books.store.view(group.view)
      for (const organization of await tenantsOf(keep)) {
        for (const kind of group.kinds) {
          const book = await books.store.book({ kind, organization })
          findings.push(...(await auditBook(book, kind, picture, look)))
          entries.set(book.id, book.seq)
        }
      }
      findings.push(...(await staleRows(books.store, group.view.name)))
    } finally {
      // A book that is damaged may not be able to write its mark any more: it has been reported.
      await books.close().catch(() => undefined)
    }
  } finally {
    await keep.close()
  }
  return { findings, entries }
}

async function tenantsOf(keep: Keep): Promise<string[]> {
  const tenants = await keep.collections.repository<{ id: string }>({ name: 'tenants', personal: [], lookup: {} })
  const found: string[] = []
  for (let after: string | undefined; ;) {
    const page = await tenants.find({ limit: PAGE, ...(after === undefined ? {} : { after }) })
    found.push(...page.map(({ id }) => id))
    after = page.at(-1)?.id
    if (page.length < PAGE) return found
  }
}

async function auditBook(book: Book, kind: Kind, picture: Picture, look: (book: string, entry: StoredEntry) => readonly Finding[]): Promise<Finding[]> {
  const findings: Finding[] = []
  if (book.refusal !== null) findings.push(damaged(book.id, null, `it must not be written any more: ${book.refusal.message}`))
  const states = new Map<string, StateOf[Kind]>()
  const verification = await verifyBook(book, {
    rules: [String(RULES)],
    recompute: ({ key, rules, before, event }) => {
      // The kinds of the states and events are those of the book; the compiler cannot know.
      const apply = rulesOf(Number(rules))[kind] as (state: unknown, event: unknown) => StateOf[Kind]
      const state = apply(before, event)
      states.set(key, state)
      return state as never
    },
    postings: ({ before, event, after }) => postingsFor(kind, event as never, before as never, after as never),
  })
  findings.push(...verification.findings.map(translated))
  if (verification.dropped > 0) findings.push(damaged(book.id, null, `and ${verification.dropped} findings more`))
  addStates(kind, [...states.values()], picture)
  try {
    for (let after = 0; ;) {
      const page = await book.entries(after, PAGE)
      for (const entry of page) {
        picture.balances = fold(picture.balances, entry.postings as readonly Posting[])
        if (entry.type === 'loan.approved' && entry.event) picture.approvals.push({ book: book.id, seq: entry.seq, data: (entry.event as unknown as { data: Approval['data'] }).data })
        findings.push(...look(book.id, entry))
      }
      if (page.length < PAGE) break
      after = page.at(-1)?.seq ?? after
    }
  } catch (error) {
    findings.push(damaged(book.id, null, `its entries cannot be read through: ${textOf(error)}`))
  }
  return findings
}

function addStates(kind: Kind, states: readonly StateOf[Kind][], picture: Picture): void {
  if (kind === 'project') picture.projects.push(...(states as readonly StateOf['project'][]).filter((state): state is ProjectState => 'status' in state))
  if (kind === 'loan') picture.loans.push(...(states as readonly LoanState[]))
  if (kind === 'funding') picture.fundings.push(...(states as readonly FundingState[]))
  if (kind === 'payment') picture.payments.push(...(states as readonly PaymentState[]))
}

const codes: Partial<Record<BookFinding['code'], FindingCode>> = {
  INDEX_STALE: 'VIEW_STALE',
  POSTINGS_UNBALANCED: 'POSTING_UNBALANCED',
  POSTINGS_MISMATCH: 'POSTING_MISMATCH',
  STATE_MISMATCH: 'STATE_MISMATCH',
  RECOMPUTE_FAILED: 'STATE_MISMATCH',
}

const translated = ({ code, book, seq, message }: BookFinding): Finding => ({ code: codes[code] ?? 'BOOK_DAMAGED', of: book, at: seq, message: `${code}: ${message}` })

/** Rows are not named: a view holds what its books seal. */
async function staleRows(store: BookStore, view: string): Promise<Finding[]> {
  try {
    const differences = await store.compareView(view)
    const tables = new Set(differences.map(({ table }) => table))
    return [...tables].map((table) => {
      const rows = differences.filter((difference) => difference.table === table).length
      return { code: 'VIEW_STALE', of: view, at: null, message: `its table ${table} is not what the books make it: ${rows} rows differ` }
    })
  } catch (error) {
    return [{ code: 'VIEW_STALE', of: view, at: null, message: `it cannot be built again: ${textOf(error)}` }]
  }
}

const damaged = (of: string, at: number | null, message: string): Finding => ({ code: 'BOOK_DAMAGED', of, at, message })
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
