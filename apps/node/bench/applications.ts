// How many loan applications a second a node takes through GraphQL, and where the time goes.
import { Session } from 'node:inspector/promises'
import { identity, loan, type Contract } from '@growr/contracts'
import { LOAN } from '../src/testing/lending.ts'
import type { Person } from '../src/testing/people.ts'
import { startWorld, type World } from '../src/testing/world.ts'

export const about = 'Loan applications through GraphQL over HTTP at a whole node in one process (results unchecked, as in production): 64 borrowers with two credentials each, 64 at a time into one project; presentation, verification with criteria, decision in the project\'s queue, one synced entry each. The client is in the same process.'

/** Milliseconds of one application, means. What is not named is between: GraphQL, tokens, the bus, reads. */
interface Spent {
  readonly request: number
  readonly action: number
  readonly presentation: number
  readonly verification: number
  /** From the verdict to the turn in the project's queue, and the decision there. */
  readonly queue: number
  readonly append: number
  readonly graphql: number
  readonly rest: number
}

export interface ApplicationsResult {
  /** A second: the median of the rounds with 64 in flight, each round's, and with one in flight. */
  readonly together: number
  readonly rounds: readonly number[]
  readonly single: number
  readonly spentTogether: Spent
  readonly spentSingle: Spent
  /** Percent of the process's one JavaScript thread while 64 are in flight, by whose code it runs. */
  readonly cpu: Readonly<Record<string, number>>
  readonly bound: string
}

const BORROWERS = 64
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN
const rounded = (value: number): number => Math.round(value * 100) / 100

/** Times of calls and appends, summed up. */
class Stopwatch {
  readonly #sums = new Map<string, { total: number; times: number }>()

  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const from = performance.now()
    try {
      return await work()
    } finally {
      const sum = this.#sums.get(name) ?? { total: 0, times: 0 }
      sum.total += performance.now() - from
      sum.times += 1
      this.#sums.set(name, sum)
    }
  }

  total(...names: readonly string[]): number {
    return names.reduce((all, name) => all + (this.#sums.get(name)?.total ?? 0), 0)
  }

  clear(): void {
    this.#sums.clear()
  }
}

/** Has the stopwatch time each action, and each append to the organization's Loan book. */
async function watch({ inside, comsa }: World, stopwatch: Stopwatch): Promise<void> {
  const { moleculer } = inside.broker
  const call = (moleculer.call as (name: string, ...rest: unknown[]) => Promise<unknown>).bind(moleculer)
  const timed = (name: string, ...rest: unknown[]): Promise<unknown> => stopwatch.time(name, () => call(name, ...rest))
  Object.assign(moleculer, { call: timed })
  const book = await inside.stores.financing.book({ kind: 'loan', organization: comsa.id })
  const append = book.append.bind(book) as (drafts: unknown) => Promise<unknown>
  Object.assign(book, { append: (drafts: unknown) => stopwatch.time('append', () => append(drafts)) })
}

const names = (...contracts: readonly Contract[]): string[] => contracts.map(({ name }) => name)

function spent(stopwatch: Stopwatch, applications: number): Spent {
  const each = (...of: readonly string[]): number => stopwatch.total(...of) / applications
  const request = each('request')
  const action = each(loan.applyForLoan.name)
  const presentation = each(...names(identity.requestPresentation, identity.createVCPresentation, identity.resolveUser))
  const verification = each(identity.validateVC.name)
  const append = each('append')
  const queue = action - presentation - verification - append
  // What the gateway asks before it lets a request through is no part of its own work.
  const session = each('user.checkSession')
  const found = { request, action, presentation, verification, queue, append, graphql: request - action - session, rest: session }
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, rounded(value)])) as unknown as Spent
}

/** So many applications, so many at a time, each by the next borrower; applications a second. */
async function applyAll({ lending }: World, borrowers: readonly Person[], project: string, count: number, inFlight: number, stopwatch: Stopwatch): Promise<number> {
  let next = 0
  const from = performance.now()
  await Promise.all(Array.from({ length: inFlight }, async () => {
    while (next < count) {
      const borrower = borrowers[next++ % borrowers.length] as Person
      await stopwatch.time('request', () => lending.apply(borrower, project))
    }
  }))
  return count / (performance.now() - from) * 1_000
}

interface Frame {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
  readonly children?: readonly number[]
}

/** Whose code a frame is; the first that says something, from the innermost outward. */
const owners: readonly [owner: string, sign: RegExp][] = [
  ['waiting', /^\(idle\)/],
  ['garbage', /^\(garbage collector\)/],
  ['client of the bench', /node:internal\/deps\/undici|src\/testing\//],
  ['credentials and their signatures', /libs\/(credentials|keys)\//],
  ['collections (Prisma, libsql)', /libs\/collections\/|prisma|libsql/],
  ['books and their disk', /libs\/books\/|hypercore|hyperbee|corestore|rocksdb|sodium/],
  ['domain, ledger, money', /libs\/(lending|ledger|money)\//],
  ['GraphQL and HTTP', /node_modules\/(graphql|@apollo|express|body-parser|router|helmet|passport|@as-integrations)|libs\/graphql\/|apps\/access\/|node:_http|node:http|node:net/],
  ['bus', /moleculer|libs\/(bus|contracts)\/|node_modules\/zod/],
  ['services', /apps\/(financing|identity|payment)\/|libs\/(service|auth|messaging|runtime)\//],
]

async function profiled(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  await work()
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  const nodes = profile.nodes as readonly Frame[]
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child): [number, number] => [child, node.id])))
  const ownerOf = (id: number): string => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const { functionName, url } = byId.get(at)!.callFrame
      const found = owners.find(([, sign]) => sign.test(url) || sign.test(functionName))
      if (found) return found[0]
    }
    return 'Node itself'
  }
  const sums = new Map<string, number>()
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const owner = ownerOf(id)
    sums.set(owner, (sums.get(owner) ?? 0) + (profile.timeDeltas?.[index] ?? 0))
  }
  const all = [...sums.values()].reduce((total, time) => total + time, 0)
  return Object.fromEntries([...sums].toSorted(([, a], [, b]) => b - a).map(([owner, time]) => [owner, rounded(time / all * 100)]))
}

export async function run({ rounds = 5, applications = 256 } = {}): Promise<ApplicationsResult> {
  process.env['NODE_ENV'] = 'production'
  const world = await startWorld({ log: { level: 'warn' } })
  try {
    const { people, lending, comsa } = world
    const borrowers = await people.members(comsa.admin, comsa.id, 'BORROWER', Array.from({ length: BORROWERS }, (_none, index) => `borrower-${index}`))
    for (const borrower of borrowers) {
      await lending.credential(comsa, borrower)
      await lending.credential(comsa, borrower, 'SavingsHistory', { currency: 'HNL', months: 14, averageBalance: 150_000 })
    }
    const rules = { all: [{ id: 'saves', text: 'has saved for a year', fact: 'SavingsHistory', path: 'months', operator: 'greaterThanInclusive', value: 12 }] }
    const project = await lending.project(comsa, { junior: '90000000.00', required: ['KYC', 'SavingsHistory'], rules })
    await world.settle()
    const stopwatch = new Stopwatch()
    await watch(world, stopwatch)
    const take = (count: number, inFlight: number): Promise<number> => applyAll(world, borrowers, project, count, inFlight, stopwatch)

    await take(applications, BORROWERS)
    const rates: number[] = []
    stopwatch.clear()
    for (let round = 0; round < rounds; round++) {
      rates.push(rounded(await take(applications, BORROWERS)))
    }
    const spentTogether = spent(stopwatch, rounds * applications)
    stopwatch.clear()
    const single = rounded(await take(applications >> 1, 1))
    const spentSingle = spent(stopwatch, applications >> 1)
    const cpu = await profiled(() => take(applications, BORROWERS))
    const [first, second] = Object.entries(cpu).filter(([owner]) => owner !== 'waiting')
    const bound = `the one JavaScript thread, ${rounded(100 - (cpu['waiting'] ?? 0))} % busy with 64 in flight; most of it ${first?.[0]} (${first?.[1]} %), then ${second?.[0]} (${second?.[1]} %). One alone spends ${spentSingle.append} of ${spentSingle.request} ms on its append and sync.`
    return { together: median(rates), rounds: rates, single, spentTogether, spentSingle, cpu, bound }
  } finally {
    await world.end()
  }
}

if (import.meta.main) console.log(LOAN, await run())
