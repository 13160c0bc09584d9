import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as breath } from 'node:timers/promises'
import { loan, payment, project } from '@growr/contracts'
import { applyLoan, decideLoan, emptyPosition, isRefused, loanTermsOf, RULES, type LoanSubject, type PlannedRow, type ProjectState } from '@growr/lending'
import { postingsFor } from '@growr/ledger'
import { decodeJson, parseAmount, currencyOf } from '@growr/money'
import { createIds } from '@growr/runtime'
import { alba, ana, borrower, startMoney, type Money } from '../src/testing/money.ts'
import { noon, open } from '../src/testing/season.ts'

export const name = 'million'
export const about =
  'An organization with a million open loans in one project, built by direct batches into its Loan book, beside one with a thousand on a node of its own in the same process. The same operations are done on both in turn, in small groups; what is compared is the processor time of the whole process (all threads), which other work on the machine does not change, by the median of the ratios of the groups. Loans are looked up by chance among all there are, tens of thousands in a group, so that neither the filling of caches nor the change from one store to the other is measured, and among 250 that are at work. At most 1.5 times. Then a day is closed in the large one.'

const BATCH = 250
const TOGETHER = 4
const SMALL = 1_000
const MOST = 1.5
/** Loans fall due on this many days in turn. */
const DAYS = 30
const HNL = currencyOf('HNL')
const hnl = (text: string) => parseAmount(text, HNL)

interface Side {
  readonly dir: string
  readonly money: Money
  readonly project: string
  readonly keys: string[]
}

/** Numbers that a seed repeats (mulberry32). */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

async function begin(): Promise<Side> {
  const dir = await mkdtemp(join(tmpdir(), 'growr-million-'))
  const money = await startMoney({ dir })
  const key = await open(money, '1000000000000.00', { amount: '1000000000000000.00' })
  return { dir, money, project: key, keys: [] }
}

/** Without the look at every account that other tests end with: it would read a million records at once. */
async function end({ dir, money }: Side): Promise<void> {
  for (const group of [money.payment, money.financing]) await group.stop()
  await rm(dir, { recursive: true, force: true })
}

/** Open loans, each taken over from former books by one entry: 20,000.00 in six months, for a borrower of its own. */
async function fill({ money, project: key, keys }: Side, loans: number, say: (text: string) => void): Promise<void> {
  const { store } = money.financing
  if (!store) throw new Error('a group without its books')
  const book = await store.book({ kind: 'loan', organization: 'comsa' })
  const home = await store.book({ kind: 'project', organization: 'comsa' })
  const state = decodeJson(JSON.stringify(((await home.get(key))?.state ?? null), (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))) as ProjectState
  // Their names are as if they had been made one after the other, twenty in a millisecond, and not all in one.
  let made = 0
  const begun = money.clock.now().getTime()
  const newId = createIds({ clock: { now: () => new Date(begun + Math.floor(made++ / 20)) } })
  const position = emptyPosition('HNL')
  const terms = loanTermsOf(state.loans)
  const rowsOf = (n: number): PlannedRow[] => Array.from({ length: 6 }, (_, month) => ({
    dueDate: `2026-${String(4 + month).padStart(2, '0')}-${String(1 + (n % Math.min(DAYS, 28))).padStart(2, '0')}`,
    principal: hnl(month === 5 ? '3333.35' : '3333.33'), interest: hnl('300.00'),
  }))
  const began = performance.now()
  const draftOf = (n: number) => {
    const id = newId()
    const subject: LoanSubject = { userId: `farmer-${n}`, userDid: `did:jwk:farmer-${n}` }
    const decision = decideLoan(null, { type: 'import', key: id, project: state, position, terms, rows: rowsOf(n), number: `former-${n}`, on: '2026-03-02', subject })
    if (isRefused(decision)) throw new Error(`a loan could not be made: ${decision.refused}`)
    const [event] = decision.events
    if (!event) throw new Error('a decision without an event')
    const first = applyLoan(null, event)
    keys.push(id)
    return {
      key: id, event, state: first, postings: postingsFor('loan', event, null, first), action: 'loan.importLoans', rules: String(RULES), businessDate: '2026-03-02',
      scope: `project:${key}`, person: subject.userId as string, expectedSeq: 0, actor: { role: 'ORIGINATOR_ADMIN', id: 'ana' }, cause: null,
    }
  }
  let told = began
  for (let n = 0; n < loans;) {
    const appends: Promise<unknown>[] = []
    for (let batch = 0; batch < TOGETHER && n < loans; batch++) {
      const drafts = []
      for (; drafts.length < BATCH && n < loans; n++) drafts.push(draftOf(n))
      appends.push(book.append(drafts as never))
    }
    await Promise.all(appends)
    if (performance.now() - told > 15_000) {
      told = performance.now()
      say(`${n} of ${loans} loans after ${Math.round((told - began) / 1000)} s, ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB`)
    }
  }
  // Whoever follows the book has read it to its end: what follows is measured alone.
  await money.settle()
}

/** Milliseconds of processor time that work takes, by all threads. */
async function processorTime(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN
const rounded = (value: number): number => Math.round(value * 1000) / 1000

type Operation = (side: Side, pick: (below: number) => number, n: number) => Promise<unknown>

const aLoan = ({ keys }: Side, pick: (below: number) => number): string => keys[pick(keys.length)] as string
/** Loans that are at work: as many in a large organization as in a small one, but scattered over all that it has. */
const AT_WORK = 250
const atWork = ({ keys }: Side, n: number): string => keys[(n % AT_WORK) * Math.floor(keys.length / AT_WORK)] as string
/** Somewhere in the middle of the keys. */
const anAfter = ({ keys }: Side, pick: (below: number) => number): string => keys[pick(Math.max(1, keys.length - 100))] as string

const operations: Readonly<Record<string, { readonly times: number; readonly run: Operation; readonly settles?: true }>> = {
  apply: { times: 10, settles: true, run: ({ money, project: key }, _pick, n) => money.as(borrower(`applicant-${n}`), loan.applyForLoan, { project: key, amount: '20000.00', months: 6 }) },
  pay: {
    times: 10, settles: true,
    run: async (side, pick) => {
      const { key } = await side.money.as(ana, payment.addRepayment, { loan: aLoan(side, pick), rail: 'BANK', amount: '100.00', reference: 'IN' })
      await side.money.as(alba, payment.confirmRepayment, { payment: key })
    },
  },
  'look up a loan': { times: 50_000, run: (side, pick) => side.money.as(ana, loan.findByKey, { key: aLoan(side, pick) }) },
  'look up a loan at work': { times: AT_WORK, run: (side, _pick, n) => side.money.as(ana, loan.findByKey, { key: atWork(side, n) }) },
  'look up a borrower\'s loans': { times: 25_000, run: (side, pick) => side.money.as(ana, loan.findByUser, { user: `farmer-${pick(side.keys.length)}` }) },
  'look up a loan\'s payments': { times: 50, run: (side, pick) => side.money.as(ana, payment.findByLoan, { loan: aLoan(side, pick) }) },
  'look up the project': { times: 50, run: ({ money, project: key }) => money.as(ana, project.findByKey, { key }) },
  'list a project\'s loans': { times: 20, run: ({ money, project: key }) => money.as(ana, loan.findByProject, { project: key, first: 50 }) },
  'list from the middle': { times: 20, run: (side, pick) => side.money.as(ana, loan.findByProject, { project: side.project, first: 50, after: anAfter(side, pick) }) },
  'list by status': { times: 20, run: (side, pick) => side.money.as(ana, loan.findByProject, { project: side.project, status: 'DISBURSED', first: 50, after: anAfter(side, pick) }) },
  'list a rare status': { times: 20, run: ({ money, project: key }) => money.as(ana, loan.findByProject, { project: key, status: 'REPAID', first: 50 }) },
  'list an organization\'s loans': { times: 20, run: ({ money }) => money.as(ana, loan.findByOrganization, { organization: 'comsa', first: 50 }) },
  'list what is due': { times: 10, run: ({ money }) => money.as(ana, loan.dueList, { organization: 'comsa', on: '2026-04-02', first: 50 }) },
}

export interface MillionResult {
  readonly loans: number
  /** Milliseconds of processor time of one operation: with a thousand, with a million, and their ratio. */
  readonly [operation: string]: unknown
  readonly failures: string[]
}

/** `runs` loans, a million unless told. */
export async function run({ seed = 1, runs = 1_000_000, rounds = 15 }: { readonly seed?: number; readonly runs?: number; readonly rounds?: number } = {}): Promise<MillionResult> {
  const say = (text: string): void => void process.stdout.write(`  ${text}\n`)
  const small = await begin()
  const large = await begin()
  const failures: string[] = []
  const found: Record<string, unknown> = { loans: runs }
  try {
    await fill(small, SMALL, say)
    const from = performance.now()
    const spent = await processorTime(() => fill(large, runs, say))
    found['secondsToBuild'] = Math.round((performance.now() - from) / 1000)
    found['processorSecondsToBuild'] = Math.round(spent / 1000)
    let n = 0
    for (const [operation, { times, run: work, settles }] of Object.entries(operations)) {
      const group = (side: Side, pick: (below: number) => number): Promise<number> => processorTime(async () => {
        for (let time = 0; time < times; time++) await work(side, pick, n++)
        if (settles) await side.money.settle()
      })
      const ratios: number[] = []
      const each: { small: number[]; large: number[] } = { small: [], large: [] }
      for (let round = -3; round < rounds; round++) {
        const pick = dice(seed * 1000 + round + 3)
        // In turn which comes first: whoever is second finds the processor's caches in another state.
        const first = round % 2 === 0
        const a = await group(first ? small : large, pick)
        const b = await group(first ? large : small, pick)
        const [one, other] = first ? [a, b] : [b, a]
        // The first groups warm everything up.
        if (round < 0) continue
        each.small.push(one / times)
        each.large.push(other / times)
        ratios.push(other / one)
        await breath()
      }
      const ratio = median(ratios)
      found[operation] = { small: rounded(median(each.small)), large: rounded(median(each.large)), ratio: rounded(ratio) }
      say(`${operation}: ${rounded(median(each.small))} ms with ${SMALL}, ${rounded(median(each.large))} ms with ${runs}: ${rounded(ratio)}`)
      if (!(ratio <= MOST)) failures.push(`${operation}: ${rounded(ratio)} times the cost`)
    }
    found['day'] = await closeADay(large, say)
    return { ...found, loans: runs, failures }
  } finally {
    await end(small)
    await end(large)
  }
}

/** The days up to the first on which loans fall overdue, and that day. */
async function closeADay({ money }: Side, say: (text: string) => void): Promise<object> {
  await money.clock.set(noon('2026-04-01'))
  await money.settle()
  money.log.length = 0
  const from = performance.now()
  const spent = await processorTime(() => money.clock.set(noon('2026-04-03')))
  const lines = money.log.map((line) => JSON.parse(line) as { msg?: string; day?: string; loans?: number; done?: number }).filter(({ day }) => day !== undefined)
  for (const { msg, day, loans, done } of lines) say(`${msg ?? ''} ${day ?? ''}: ${done ?? ''} ${loans ?? ''}`)
  const loans = lines.reduce((sum, { msg, loans: of }) => (msg === 'day closed' ? sum + (of ?? 0) : sum), 0)
  const seconds = (performance.now() - from) / 1000
  return { loans, seconds: Math.round(seconds), processorSeconds: Math.round(spent / 1000), linesOfProgress: lines.length, loansInASecond: Math.round(loans / (spent / 1000)) }
}

if (import.meta.main) console.log(await run({ runs: Number(process.argv[2] ?? 1_000_000) }))
