// How fast a record is read by its key through an action, out of 100,000, against Hyperbee alone.
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBroker, createBus, createCallTokens, groups, type CallTokens, type Group } from '@growr/bus'
import { loan } from '@growr/contracts'
import { applyLoan, applyProject, decideLoan, decideProject, emptyPosition, isRefused, RULES, type Decision, type LoanEvent, type LoanState, type ProjectState } from '@growr/lending'
import { currencyOf, encodeJson, parseAmount } from '@growr/money'
import { createIds, createLogger, movableClock } from '@growr/runtime'
import { openBookStore, type Keep } from '@growr/service'
import Corestore from 'corestore'
import Hyperbee from 'hyperbee'
import { directory } from '../src/books/directory.view.ts'
import { createFinancingGroup, openFinancingKeep } from '../src/index.ts'

export const about = 'A loan by its key through the action loan.findByKey, as in production (bus, token, form of the parameters, right; answers are not checked against their contract), 100,000 loans, scattered keys, the store reopened, against get of a bare Hyperbee of equal records: one at a time, and 64 at a time.'

/** Reads a second, the medians of the rounds, and of the ratios of each round's two halves. */
interface Level {
  readonly action: number
  readonly hyperbee: number
  readonly ratio: number
  readonly ratios: readonly number[]
}

export interface ReadResult {
  readonly records: number
  /** Bytes of one record. */
  readonly payload: number
  /** One at a time: what a reader waits. */
  readonly ratio: number
  readonly single: Level
  readonly together: Level
  /** Microseconds: one action; the check of its answer, where NODE_ENV is not production. */
  readonly oneAction: number
  readonly answerCheck: number
}

const TOGETHER = 64
const ORGANIZATION = 'comsa'
const HNL = currencyOf('HNL')
const hnl = (text: string) => parseAmount(text, HNL)
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN
const clock = movableClock(new Date('2026-03-02T15:00:00.000Z'))
const cost = { passes: 2, memory: 19 * 1024 }

const pairs = Object.fromEntries(groups.map((group) => [group, generateKeyPairSync('ed25519')])) as Record<Group, { privateKey: never; publicKey: never }>
const publicKeys = Object.fromEntries(groups.map((group) => [group, pairs[group].publicKey])) as Record<Group, never>
const tokensOf = (group: Group): CallTokens => createCallTokens({ group, publicKeys, sign: (bytes) => sign(null, bytes, pairs[group].privateKey) })

function eventsOf<E>(decision: Decision<E>): readonly E[] {
  if (isRefused(decision)) throw new Error(`refused: ${decision.refused}`)
  return decision.events
}

function aProject(): ProjectState {
  const amount = hnl('90000000000.00')
  const data = {
    key: 'project', organizationId: ORGANIZATION, currency: HNL, name: 'Coffee', description: '', isPublic: true, isInviteOnly: false, profileUrl: null, bannerUrl: null,
    startDate: '2026-03-01', endDate: '2026-12-31', amount, juniorRate: '0', criteria: { required: ['KYC'], trusted: [{ issuer: 'did:web:node:issuer', organization: ORGANIZATION }] }, trustedVerifiers: [],
    loans: {
      type: 'harvest', schedule: 'FLAT' as const, minAmount: hnl('5000.00'), maxAmount: hnl('50000.00'), minMonths: 3, maxMonths: 12, interestRate: '18', disbursementFee: '2', cashBackRate: '1', gracePeriod: 0,
      isCommunity: true, riskDepositRate: '5', defaultAfterDays: 90, offerDays: 14,
    },
    funding: [{ id: 's', type: 'BANK' as const, status: 'ACTIVE' as const, networkName: null, tokenName: null, fundingAddress: null, repaymentAddress: null, terms: 't', interestRate: '8', leverageFactor: '4', minAmount: hnl('1.00'), maxAmount: amount }],
  }
  const draft = eventsOf(decideProject(null, { type: 'create', data })).reduce<ProjectState | null>(applyProject, null) as ProjectState
  return eventsOf(decideProject(draft, { type: 'activate', on: '2026-03-01' })).reduce(applyProject, draft)
}

/** Fills a book with loans that were approved, and a Hyperbee with the same keys and states. */
async function fill(dir: string, keep: Keep, records: number): Promise<{ keys: string[]; payload: number }> {
  const { store, close } = await openBookStore(keep, clock)
  await store.view(directory)
  const tenants = await keep.collections.repository<{ id: string }>({ name: 'tenants', personal: [], lookup: {} })
  await tenants.insert({ id: ORGANIZATION })
  const book = await store.book({ kind: 'loan', organization: ORGANIZATION })
  const bee = openBee(join(dir, 'bee'))
  await bee.ready()
  const project = aProject()
  const position = { ...emptyPosition('HNL'), cash: project.amount, junior: project.amount }
  const newId = createIds({ clock })
  const keys: string[] = []
  let payload = 0
  while (keys.length < records) {
    const batch = bee.batch()
    const drafts = []
    for (let n = 0; n < 250 && keys.length < records; n++) {
      const key = newId()
      const user = `user-${keys.length % 1_000}`
      const [event] = eventsOf(decideLoan(null, {
        type: 'apply', key, project, position, amount: hnl('20000.00'), months: 6, on: '2026-03-02', verdict: { verifierDid: 'did:web:node:verifier', refusals: [] }, subject: { userId: user, userDid: `did:jwk:${user}` },
      })) as readonly [LoanEvent]
      const state: LoanState = applyLoan(null, event)
      drafts.push({
        key, event, state, action: 'loan.applyForLoan', rules: String(RULES), businessDate: '2026-03-02', scope: 'project:project', person: user, postings: [], expectedSeq: 0,
        actor: { role: 'BORROWER', id: user },
      })
      const value = Buffer.from(encodeJson(state))
      payload = value.length
      await batch.put(key, value)
      keys.push(key)
    }
    await book.append(drafts as never)
    await batch.flush()
  }
  await bee.close()
  await close()
  return { keys, payload }
}

interface Bee {
  ready(): Promise<void>
  batch(): { put(key: string, value: Uint8Array): Promise<void>; flush(): Promise<void> }
  get(key: string): Promise<{ readonly value: Uint8Array } | null>
  close(): Promise<void>
}

function openBee(dir: string): Bee {
  const store = new Corestore(dir, { allowBackup: true }) as { get(options: object): never; close(): Promise<void> }
  const bee = new Hyperbee(store.get({ name: 'loans' }), { keyEncoding: 'utf-8', valueEncoding: 'binary', extension: false }) as unknown as Bee
  return { ready: () => bee.ready(), batch: () => bee.batch(), get: (key) => bee.get(key), close: async () => { await bee.close(); await store.close() } }
}

/** So many readers at a time, each of a key that lies anywhere; reads a second. */
async function readAll(count: number, inFlight: number, keys: readonly string[], read: (key: string) => Promise<unknown>): Promise<number> {
  let left = count
  const started = performance.now()
  await Promise.all(Array.from({ length: inFlight }, async () => {
    while (left-- > 0) await read(keys[Math.floor(Math.random() * keys.length)] as string)
  }))
  return count / (performance.now() - started) * 1_000
}

export const bound = 'One at a time, Hyperbee is bound by the steps down its tree, each a block out of the store; the action by one look into SQLite and the reading of its answer out of text (two thirds), and the bus. Together, Hyperbee overlaps its steps with the threads of RocksDB; an action is work of the one JavaScript thread from end to end, so many at once are no faster than one after another.'

export async function run({ records = 100_000, rounds = 5, reads = 20_000, bareReads = 3_000 } = {}): Promise<ReadResult> {
  const dir = mkdtempSync(join(tmpdir(), 'growr-read-'))
  const options = { dataDir: dir, passphrase: 'a pass phrase for a benchmark', clock, cost }
  const first = await openFinancingKeep(options)
  const { keys, payload } = await fill(dir, first, records)
  await first.close()

  const broker = createBroker({ name: 'bench', config: { checkResults: false } })
  const access = createBus({ name: 'access', broker, tokens: tokensOf('access') })
  const financing = createFinancingGroup({ keep: await openFinancingKeep(options), tokens: tokensOf('financing'), broker, clock, log: createLogger({ level: 'silent' }) })
  await access.start()
  await financing.start()
  const bee = openBee(join(dir, 'bee'))
  try {
    await bee.ready()
    const user = await access.tokens.mintUser({ userId: 'beto', role: 'ORIGINATOR_AGENT', organization: ORGANIZATION, membership: 'm', session: 's' })
    const ours = async (key: string): Promise<void> => {
      const found = await access.call(loan.findByKey, { key }, { user })
      if (found.key !== key) throw new Error('another loan')
    }
    const theirs = async (key: string): Promise<void> => {
      if ((await bee.get(key)) === null) throw new Error('no such loan')
    }
    const level = async (inFlight: number): Promise<Level> => {
      await readAll(reads, inFlight, keys, ours)
      await readAll(bareReads, inFlight, keys, theirs)
      const rows: { action: number; hyperbee: number }[] = []
      for (let round = 0; round < rounds; round++) {
        const action = await readAll(reads, inFlight, keys, ours)
        rows.push({ action, hyperbee: await readAll(bareReads, inFlight, keys, theirs) })
      }
      const ratios = rows.map(({ action, hyperbee }) => action / hyperbee)
      return { action: median(rows.map((row) => row.action)), hyperbee: median(rows.map((row) => row.hyperbee)), ratio: median(ratios), ratios }
    }
    const single = await level(1)
    const together = await level(TOGETHER)
    const answer = await access.call(loan.findByKey, { key: keys[0] as string }, { user })
    return { records, payload, ratio: single.ratio, single, together, oneAction: 1e6 / single.action, answerCheck: microseconds(() => loan.findByKey.result.safeParse(answer)) }
  } finally {
    await bee.close()
    await financing.stop()
    await access.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

function microseconds(work: () => unknown): number {
  const times = 20_000
  for (let n = 0; n < times; n++) work()
  const started = performance.now()
  for (let n = 0; n < times; n++) work()
  return (performance.now() - started) / times * 1_000
}

if (import.meta.main) console.log(await run({ records: Number(process.argv[2] ?? 100_000) }))
