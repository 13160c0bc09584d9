import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { audit } from './audit/audit.ts'
import type { Finding } from './audit/finding.ts'
import { type Admins, balancesOf, type Held, unlikeNetworks } from './balances.ts'
import { type Journey, readJourney } from './document.ts'
import type { Door } from './doors/door.ts'
import { GraphqlDoor } from './doors/graphql.ts'
import { HttpDoor } from './doors/http.ts'
import { LiveDoor } from './doors/live.ts'
import { MobileMoneyDoor } from './doors/mobile-money.ts'
import { NodeDoor } from './doors/node.ts'
import { OfflineDoor } from './doors/offline.ts'
import { SystemDoor } from './doors/system.ts'
import { UssdDoor } from './doors/ussd.ts'
import { WalletDoor } from './doors/wallet.ts'
import type { Watch } from './doors/networks.ts'
import { addRecords, type Evidence, evidenceOf, listening, noteAddress, noteEntry } from './evidence.ts'
import { Inbox } from './inbox.ts'
import { type Lost, NodeLife } from './life.ts'
import { Outside } from './outside/outside.ts'
import { until } from './outside/poll.ts'
import { type Known, registerAll } from './people.ts'
import { play, unbalanced } from './play.ts'
import { type Show, silent } from './show.ts'
import { instantOf, localDate } from './time.ts'

export interface RunOptions {
  readonly show?: Show
  /** Leave the directory where it is, also after success. After a failure it always stays. */
  readonly keep?: boolean
  /** Play into this directory instead of a temporary one; it must not hold a node yet and is never removed. */
  readonly data?: string
  /** Of the keys in `data`; made up for a temporary directory. */
  readonly passphrase?: string
  /** Look at what is left, once the node has stopped. True if not given. */
  readonly audit?: boolean
  /** Settings of the node besides those of every journey. */
  readonly env?: Readonly<Record<string, string>>
}

/** What came of a journey. */
export interface Report {
  readonly name: string
  readonly file: string
  readonly ok: boolean
  /** Why it could not be played to its end, or what did not balance there. */
  readonly failure: { readonly code: string; readonly message: string } | null
  /** What the audit found. */
  readonly findings: readonly Finding[]
  readonly milliseconds: number
  /** Where the node's clock stood at the end. */
  readonly end: Date
  /** The directory, where it was left: its `data`, its `passphrase`, its `metrics.txt`. */
  readonly kept: string | null
  readonly data: string
  readonly passphrase: string
  readonly metrics: string
  readonly evidence: Evidence
}

const OPENING = '08:00'
/** What a journey's borrowers dial. */
const SERVICE_CODE = '*384*1#'

/** Plays a journey on a node of its own, through public doors only, and audits what it leaves. Throws JourneyInvalid. */
export async function runJourney(file: string, options: RunOptions = {}): Promise<Report> {
  const journey = await readJourney(file)
  const begun = performance.now()
  const show = options.show ?? silent
  show.journey(journey.name)
  const work = options.data === undefined ? await mkdtemp(join(tmpdir(), 'growr-journey-')) : null
  const data = options.data ?? join(work as string, 'data')
  await mkdir(data, { recursive: true, mode: 0o700 })
  const passphrase = options.passphrase ?? randomBytes(24).toString('base64url')
  const evidence = evidenceOf(journey)
  const run: Run = { journey, data, passphrase, evidence, show, env: options.env ?? {}, end: instantOf(journey.start, OPENING, journey.timezone), metrics: '', lost: [] }
  let failure = await playThrough(run).then(() => null, failureOf)
  let findings: readonly Finding[] = []
  if (failure === null && options.audit !== false) {
    try {
      findings = await audit({ data, passphrase, evidence, metrics: run.metrics, show })
      // What was lost after it had come to rest must have been as sound as what came of it.
      for (const { data: lost } of run.lost.filter(({ atRest }) => atRest)) {
        show.say('what was lost:')
        findings = [...findings, ...(await audit({ data: lost, passphrase, evidence, show }))]
      }
    } catch (error) {
      failure = failureOf(error)
    }
  }
  const ok = failure === null && findings.length === 0
  const kept = work !== null && (!ok || options.keep === true) ? work : null
  if (work !== null && kept === null) await rm(work, { recursive: true, force: true })
  if (kept !== null) {
    await writeFile(join(kept, 'passphrase'), `${passphrase}\n`, { mode: 0o600 })
    await writeFile(join(kept, 'metrics.txt'), run.metrics, { mode: 0o600 })
  }
  if (failure !== null) show.say(failure.message)
  if (kept !== null) show.say(`left for a look: ${kept}`)
  const milliseconds = Math.round(performance.now() - begun)
  show.end(ok, milliseconds)
  return { name: journey.name, file, ok, failure, findings, milliseconds, end: run.end, kept, data, passphrase, metrics: run.metrics, evidence }
}

interface Run {
  readonly journey: Journey
  readonly data: string
  readonly passphrase: string
  readonly evidence: Evidence
  readonly show: Show
  readonly env: Readonly<Record<string, string>>
  end: Date
  metrics: string
  /** Data directories that its node lost. */
  lost: readonly Lost[]
}

async function playThrough(run: Run): Promise<void> {
  const { journey, data, passphrase, evidence, show, env } = run
  // The node is told where the provider of mobile money is before it starts.
  const mobile = await MobileMoneyDoor.open(() => run.end)
  const system = await SystemDoor.open()
  let outside: Outside | undefined
  const start = async (): Promise<NodeLife> => {
    if (journey.networks.length > 0) outside = await Outside.start({ networks: journey.networks, rates: journey.rates, now: run.end })
    return NodeLife.start({ data, passphrase, start: run.end, env: { GROWR_MOBILE_MONEY_DARAJA_URL: mobile.url, GROWR_USSD_SERVICE_CODE: SERVICE_CODE, ...outside?.env, ...env } })
  }
  const leave = async (): Promise<void> => {
    await mobile.close()
    system.close()
    await outside?.close()
  }
  const node = await start().catch(async (error: unknown) => {
    await leave()
    throw error
  })
  const records = new Map<string, Known>()
  const organizations = new Map<string, string>()
  const closing: (() => void)[] = []
  try {
    const graphql = new GraphqlDoor(node.url)
    const live = new LiveDoor(() => node.url, (name) => graphql.sessionOf(name)?.accessToken)
    const offline = new OfflineDoor(() => localDate(run.end, journey.timezone))
    closing.push(() => live.close())
    const inbox = new Inbox(join(data, 'mailbox'))
    mobile.connect(() => node.url)
    const ussd = new UssdDoor(() => node.url, inbox, (entry) => noteEntry(evidence, entry))
    const doors = new Map([graphql, new HttpDoor(node.url), live, offline, ussd, mobile, system, new WalletDoor(), new NodeDoor(node)].map((door): [string, Door] => [door.name, listening(door, evidence)]))
    const door = doors.get(graphql.name) as Door
    for (const name of Object.keys(journey.people)) records.set(name, {})
    await registerAll(journey, { door, inbox, records, organizations, show: (text) => show.say(text) })
    const networks = (await outside?.doors(watchOf(journey, node, graphql), (address) => noteAddress(evidence, address))) ?? []
    for (const each of networks) doors.set(each.name, listening(each, evidence))
    const balances = (project: string): Promise<Held> => balancesOf(door, admins(journey, graphql), project)
    const moveClock = async (to: Date): Promise<void> => {
      await node.moveClock(to)
      await outside?.setTime(to)
      run.end = to
    }
    const unlike = (): Promise<string[]> => (outside ? unlikeNetworks(door, admins(journey, graphql)) : Promise.resolve([]))
    await play(journey, { doors, inbox, people: records, organizations, show, moveClock, balances, unlikeNetworks: unlike })
    await node.settle()
    const problems = await unbalanced(journey.balances ?? {}, balances)
    if (journey.balances !== undefined) show.findings('the accounts hold what the journey says', problems)
    if (outside) {
      const findings = await unlike()
      show.findings('the books hold what the networks say, to the unit', findings)
      problems.push(...findings)
    }
    if (problems.length > 0) throw Object.assign(new Error(problems.join('; ')), { code: 'BALANCES_DIFFER' })
    run.metrics = await (await fetch(new URL('/metrics', node.url))).text()
  } finally {
    for (const close of closing) close()
    addRecords(evidence, records.values())
    await node.end()
    await leave()
    run.lost = node.lost
  }
}

/** The node as the outside waits for it: at rest, and by what it says itself of how far it has looked. */
function watchOf(journey: Journey, node: NodeLife, door: GraphqlDoor): Watch {
  const rest = async (): Promise<void> => (node.isUp ? node.settle() : undefined)
  const scanned = async (network: string): Promise<number> => {
    const name = Object.keys(journey.people).find((each) => journey.people[each]?.role === 'NODE_OPERATOR' && door.sessionOf(each) !== undefined)
    if (name === undefined) throw new Error('the journey needs a NODE_OPERATOR who is signed in, to see how far the node has looked')
    const outcome = await door.perform({ name, person: journey.people[name]! }, { kind: 'query', operation: 'networks', with: {} })
    const states = 'result' in outcome ? (outcome.result as readonly { readonly network: string; readonly scanned: number }[]) : []
    return states.find((state) => state.network === network)?.scanned ?? 0
  }
  return {
    rest,
    seen: async (network, height) => {
      if (!node.isUp) return
      await rest()
      await until(`the node looks at block ${height} of ${network}`, async () => (await scanned(network)) >= height)
    },
  }
}

/** Who may look at an organization's accounts: its admins who have a session, with the id that the session is for. */
function admins(journey: Journey, door: GraphqlDoor): Admins {
  return Object.entries(journey.people).flatMap(([name, person]) => {
    const organization = person.role === 'ORIGINATOR_ADMIN' ? door.sessionOf(name)?.organization : undefined
    return organization ? [{ actor: { name, person }, organization }] : []
  })
}

function failureOf(error: unknown): { code: string; message: string } {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return { code: typeof code === 'string' ? code : 'JOURNEY_FAILED', message: typeof message === 'string' ? message : String(error) }
}
