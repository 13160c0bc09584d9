import { payment as contract, Refusal, type Params, type Result } from '@growr/contracts'
import { directions, type PaymentState } from '@growr/lending'
import type { MobileMoneyProvider, StatementLine } from '@growr/mobilemoney'
import { amountOf, compare, currencyOf, parseAmount, type Amount } from '@growr/money'
import { decimal, digestOf, readCsv, type RowFault } from '@growr/service'
import { dayOf, type Payments } from '../payments.ts'
import { requireAccount, shownAccount } from './mobile.accounts.ts'
import { bookTransaction, keyOfTransaction } from './mobile.book.ts'
import type { AccountDoc } from './mobile.collections.ts'

type Report = Result<typeof contract.importStatement>
type Item = Report['missingHere'][number]

interface Line extends StatementLine {
  readonly line: number
  readonly day: string
}

/** So many rows are booked at once: each waits for the disk, and shares the wait. */
const AT_ONCE = 32

/** The lines of a provider's file. STATEMENT_INVALID where it is not one, with line and reason. */
async function read(payments: Payments, provider: MobileMoneyProvider, organization: string, csv: string): Promise<{ lines: Line[]; faults: RowFault[]; ignored: number }> {
  const { statement } = provider
  const head = statement.headerAt(csv)
  if (head === null) throw new Refusal('STATEMENT_INVALID', { path: 'csv', details: { line: 1, reason: 'HEADER_MISSING' } })
  const { required, optional, names } = statement
  const body = csv.split('\n').slice(head).join('\n')
  const table = readTable(() => readCsv(body, { required, optional, names, others: 'ignore' }), head)
  const faults: RowFault[] = table.faults.map((fault) => ({ ...fault, line: fault.line + head }))
  const lines: Line[] = []
  const seen = new Set<string>()
  let ignored = 0
  for (const { line, cells } of table.rows) {
    const found = statement.read(cells)
    const at = line + head
    if (found === null) ignored += 1
    else if (typeof found === 'string') faults.push({ line: at, column: null, reason: found })
    else if (seen.has(`${found.direction} ${found.reference}`)) faults.push({ line: at, column: null, reason: 'TWICE' })
    else {
      seen.add(`${found.direction} ${found.reference}`)
      lines.push({ ...found, line: at, day: await dayOf(payments, organization, found.at) })
    }
  }
  return { lines, faults: faults.toSorted((a, b) => a.line - b.line), ignored }
}

function readTable<T>(parse: () => T, head: number): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { line, ...details } = error.details ?? {}
    throw new Refusal('STATEMENT_INVALID', { path: 'csv', details: { line: Number(line ?? 1) + head, ...details } })
  }
}

/** What a line comes to, beside the book. */
type Verdict = 'matched' | 'ignored' | { readonly list: 'missingHere' | 'differing'; readonly item: Item }

/** Compares a statement with the book of the days that it covers. */
class Comparison {
  readonly #payments: Payments
  readonly #account: AccountDoc
  /** Payments whose reference people entered, by it and by the way that the money went: an outgoing one never answers for money that came in. */
  readonly #entered = new Map<string, PaymentState>()
  readonly #known: PaymentState[]
  readonly matched = new Set<string>()

  constructor(payments: Payments, account: AccountDoc, from: string, to: string) {
    this.#payments = payments
    this.#account = account
    this.#known = [...payments.books.mobileOf(account.id, from, to)]
    for (const state of this.#known) if (directions[state.kind] !== 'IN' && state.subject?.reference) this.#entered.set(`${state.to?.rail === 'MOBILE' ? 'IN' : 'OUT'} ${state.subject.reference.toUpperCase()}`, state)
  }

  of(line: Line): Verdict {
    const { reference, direction, completed } = line
    const entered = this.#entered.get(`${direction} ${reference}`)
    const state = direction === 'IN' ? (this.#payments.books.find(keyOfTransaction(this.#payments, this.#account, reference))?.state ?? entered) : entered
    if (!state) return completed ? { list: 'missingHere', item: this.#item(line, null, null) } : 'ignored'
    this.matched.add(state.key)
    if (!completed) return state.status === 'CONFIRMED' ? { list: 'differing', item: this.#item(line, state, 'NOT_COMPLETED') } : 'ignored'
    if (state.status !== 'CONFIRMED') return { list: 'differing', item: this.#item(line, state, state.status) }
    const there = amountIn(line, this.#account)
    if (there === null || compare(there, state.amount) !== 0) return { list: 'differing', item: this.#item(line, state, 'AMOUNT') }
    return 'matched'
  }

  /** What the book has confirmed and the statement does not hold. */
  missingThere(): Item[] {
    return this.#known.filter(({ key, status }) => status === 'CONFIRMED' && !this.matched.has(key)).map((state) => ({
      line: null, reference: state.subject?.reference ?? '', direction: directions[state.kind] === 'IN' || state.to?.rail === 'MOBILE' ? 'IN' : 'OUT', amount: null, here: decimal(state.amount, state.currency),
      valueDate: state.valueDate, payment: state.key, reason: state.kind,
    }))
  }

  #item(line: Line, state: PaymentState | null, reason: string | null): Item {
    const there = amountIn(line, this.#account)
    return {
      line: line.line, reference: line.reference, direction: line.direction, amount: there && decimal(there, currencyOf(this.#account.currency)), here: state && decimal(state.amount, state.currency),
      valueDate: line.day, payment: state?.key ?? null, reason,
    }
  }
}

function amountIn({ amount }: StatementLine, { currency }: AccountDoc): Amount | null {
  try {
    return parseAmount(amount, currencyOf(currency))
  } catch {
    return null
  }
}

/**
 * Compares a statement with the book; a real run books what came in and is missing here. Twice books nothing more. STATEMENT_INVALID,
 * NOT_OFFERED, DRY_RUN_MISSING (the digest is not that of this file), ROWS_INVALID (a real run of a file with wrong rows).
 */
export async function importStatement(payments: Payments, { organization, csv, dryRun, digest: given }: Params<typeof contract.importStatement>): Promise<Report> {
  const { mobile, clock } = payments
  const account = await requireAccount(payments, organization)
  const provider = mobile.providers.get(account.provider)
  if (!provider) throw new Refusal('PROVIDER_UNKNOWN', { path: 'organization' })
  const { lines, faults, ignored } = await read(payments, provider, organization, csv)
  const digest = digestOf({ organization, csv })
  if (!dryRun && given !== digest) throw new Refusal('DRY_RUN_MISSING', { path: 'digest' })
  if (!dryRun && faults.length > 0) throw new Refusal('ROWS_INVALID', { path: 'csv', details: { rows: faults.slice(0, 100) } })
  const days = lines.map(({ day }) => day).toSorted()
  const from = days[0] ?? null
  const to = days.at(-1) ?? null
  const comparison = new Comparison(payments, account, from ?? '9999-12-31', to ?? '0000-01-01')
  const lists: Record<'missingHere' | 'differing', Item[]> = { missingHere: [], differing: [] }
  const counts = { lines: lines.length, matched: 0, missingHere: 0, missingThere: 0, differing: 0, ignored, booked: 0 }
  const toBook: Line[] = []
  for (const line of lines) {
    const verdict = comparison.of(line)
    if (typeof verdict === 'string') counts[verdict] += 1
    else {
      lists[verdict.list].push(verdict.item)
      if (verdict.list === 'missingHere' && line.direction === 'IN') toBook.push(line)
    }
  }
  const missingThere = comparison.missingThere()
  counts.missingHere = lists.missingHere.length
  counts.differing = lists.differing.length
  counts.missingThere = missingThere.length
  if (!dryRun) {
    for (let at = 0; at < toBook.length; at += AT_ONCE) {
      const booked = await Promise.all(toBook.slice(at, at + AT_ONCE).map((line) => bookTransaction(payments, account, line)))
      counts.booked += booked.filter(Boolean).length
    }
    const { matched, missingHere, differing } = counts
    const doc = { id: organization, at: clock.now().toISOString(), digest, from, to, matched, missingHere, missingThere: counts.missingThere, differing }
    if (await mobile.statements.get(organization)) await mobile.statements.update(organization, () => doc)
    else await mobile.statements.insert(doc)
    // Callbacks that waited for what the statement has confirmed are done.
    mobile.wake(organization)
  }
  const most = contract.STATEMENT_ITEMS
  return { digest, dryRun, from, to, counts, missingHere: lists.missingHere.slice(0, most), missingThere: missingThere.slice(0, most), differing: lists.differing.slice(0, most), faults: faults.slice(0, most) }
}

/** How book and provider stand to each other. */
export async function reconciliation({ mobile, books }: Payments, { organization }: Params<typeof contract.reconciliation>): Promise<Result<typeof contract.reconciliation>> {
  const [account, look, statement, waiting, unconfirmed] = await Promise.all([
    mobile.accounts.get(organization), mobile.looks.get(organization), mobile.statements.get(organization),
    mobile.hints.count({ organization, state: 'WAITING' }), mobile.hints.count({ organization, state: 'UNCONFIRMED' }),
  ])
  const totals = new Map<string, { state: PaymentState; sum: bigint; cases: number; oldest: string | null }>()
  for (let after: string | undefined; ;) {
    const page = books.listSuspense(organization, { first: 500, after })
    for (const { key, value: state } of page.rows) {
      const total = totals.get(state.currency.code) ?? { state, sum: 0n, cases: 0, oldest: state.suspense?.since ?? null }
      totals.set(state.currency.code, { ...total, cases: total.cases + 1, sum: total.sum + (directions[state.kind] === 'IN' ? state.amount.amount : 0n) })
      after = key
    }
    if (!page.more) break
  }
  return {
    organization,
    account: account && shownAccount(account.doc),
    hints: { waiting, unconfirmed },
    readUntil: look?.doc.readUntil ?? null,
    problem: look?.doc.problem ?? null,
    suspense: [...totals].map(([currency, { state, sum, cases, oldest }]) => ({ currency, amount: decimal(amountOf(sum, currency), state.currency), cases, oldest })),
    statement: statement && withoutId(statement.doc),
  }
}

const withoutId = <T extends { id: string }>({ id: _id, ...rest }: T): Omit<T, 'id'> => rest
