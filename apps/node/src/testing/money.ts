import { generateKeyPairSync, sign } from 'node:crypto'
import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBroker, createBus, createCallTokens, groups, type Bus, type CallTokens, type Group as GroupName } from '@growr/bus'
import { Refusal, type Contract, type Input, type Result, type Role, type ServiceName } from '@growr/contracts'
import { createFinancingGroup, openFinancingKeep } from '@growr/financing'
import { createPaymentGroup, openPaymentKeep, type PaymentOptions } from '@growr/payment'
import { createLogger, movableClock, type MovableClock } from '@growr/runtime'
import type { Group } from '@growr/service'
import { unrest } from './at-rest.ts'
import { IdentityPeer } from './peer.ts'

// The financing and the payment group as they are, over a temporary directory, with the identity group played by a peer: for tests
// that are about money, that crash nodes and that begin many at once.

const keys = Object.fromEntries(groups.map((group) => [group, generateKeyPairSync('ed25519')])) as Record<GroupName, { privateKey: never; publicKey: never }>
const publicKeys = Object.fromEntries(groups.map((group) => [group, keys[group].publicKey])) as Record<GroupName, never>
const tokensOf = (group: GroupName): CallTokens => createCallTokens({ group, publicKeys, sign: (bytes) => sign(null, bytes, keys[group].privateKey) })
const cost = { passes: 2, memory: 19 * 1024 }

export const START = '2026-03-02T15:00:00.000Z'

export interface Somebody {
  readonly userId: string
  readonly role: Role
  readonly organization?: string
}

const staff = (userId: string, role: Role, organization = 'comsa'): Somebody => ({ userId, role, organization })
export const ana = staff('ana', 'ORIGINATOR_ADMIN')
export const alba = staff('alba', 'ORIGINATOR_ADMIN')
export const beto = staff('beto', 'ORIGINATOR_AGENT')
export const bruno = staff('bruno', 'ORIGINATOR_AGENT')
export const otto = staff('otto', 'ORIGINATOR_ADMIN', 'otra')
export const olga: Somebody = { userId: 'olga', role: 'NODE_OPERATOR' }
export const iris: Somebody = { userId: 'iris', role: 'INVESTOR' }
export const ivo: Somebody = { userId: 'ivo', role: 'INVESTOR' }
export const borrower = (name: string): Somebody => staff(name, 'BORROWER')

/** Where a call is held: before its action begins, or when it is done and its caller has not heard of it. */
type Moment = 'before' | 'after'

export interface Money {
  readonly peer: IdentityPeer
  readonly clock: MovableClock
  readonly log: string[]
  readonly financing: Group
  readonly payment: Group
  /** Performs an action as somebody, as the gateway would. */
  readonly as: <C extends Contract>(who: Somebody, contract: C, params: Input<C>, requestId?: string) => Promise<Result<C>>
  readonly service: <C extends Contract>(service: ServiceName, contract: C, params: Input<C>) => Promise<Result<C>>
  /** Nothing is under way any more. */
  readonly settle: () => Promise<void>
  /** Holds the next call of an action; the promise is kept once it is held there. */
  readonly hold: (contract: Contract, moment: Moment) => { readonly held: Promise<void>; readonly release: () => void }
  /** The node as it would come up again had it been killed at this moment. What is held is never released in the new one. */
  readonly crash: () => Promise<Money>
  /** Comes to rest, fails with what does not hold, and takes everything away. */
  readonly end: () => Promise<void>
  readonly findings: () => Promise<string[]>
}

export interface MoneyOptions {
  readonly dir?: string
  readonly clock?: MovableClock
  readonly peer?: IdentityPeer
  /** What the payment group is told besides. */
  readonly payment?: Pick<PaymentOptions, 'mobile' | 'sending'>
}

let rigs = 0

export async function startMoney(options: MoneyOptions = {}): Promise<Money> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'growr-money-')))
  const clock = options.clock ?? movableClock(new Date(START))
  const peer = options.peer ?? new IdentityPeer()
  const lines: string[] = []
  const log = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } })
  const broker = createBroker({ name: `money-${++rigs}`, log: (level, message, fields) => log[level](fields, message) })
  const holds = watch(broker.moleculer)
  const common = { broker, clock, log }
  const [financingKeep, paymentKeep] = await Promise.all([
    openFinancingKeep({ dataDir: dir, passphrase: 'a pass phrase for tests', clock, cost }),
    openPaymentKeep({ dataDir: dir, passphrase: 'a pass phrase for tests', clock, cost }),
  ])
  const access: Bus = createBus({ name: 'access', broker, tokens: tokensOf('access') })
  const identity: Bus = createBus({ name: 'identity', broker, tokens: tokensOf('identity') })
  const financing = createFinancingGroup({ ...common, keep: financingKeep, tokens: tokensOf('financing') })
  const payment = createPaymentGroup({ ...common, keep: paymentKeep, tokens: tokensOf('payment'), ...options.payment })
  const offered = peer.serve(identity)
  await identity.start()
  await access.start()
  await offered
  for (const group of [financing, payment]) await group.start()
  for (const group of [financing, payment]) await group.run()

  const buses: Readonly<Record<string, Bus>> = { access, identity, financing: financing.bus, payment: payment.bus }
  const stop = async (): Promise<void> => {
    holds.releaseAll()
    for (const group of [payment, financing]) await group.stop()
    for (const bus of [identity, access]) await bus.stop()
  }
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 3; round++) for (const group of [financing, payment]) await group.idle()
  }
  const findings = async (): Promise<string[]> => {
    await settle()
    const { store: ofFinancing } = financing
    const { store: ofPayment } = payment
    if (!ofFinancing || !ofPayment) throw new Error('a group without its books')
    return unrest({ financing: ofFinancing, payment: ofPayment })
  }
  return {
    peer, clock, log: lines, financing, payment, settle, findings,
    as: async (who, contract, params, requestId) => {
      const token = await access.tokens.mintUser({ ...who, membership: `m-${who.userId}`, session: `s-${who.userId}` })
      return access.call(contract, params, { user: token, requestId })
    },
    service: (service, contract, params) => (buses[access.tokens.groupOf(service) as string] as Bus).call(contract, params, { as: { service } }),
    hold: holds.hold,
    crash: async () => {
      const copy = await copyOfOneInstant(dir)
      await stop()
      await rm(dir, { recursive: true, force: true })
      return startMoney({ ...options, dir: copy, clock, peer })
    },
    end: async () => {
      const found = await findings()
      await stop()
      await rm(dir, { recursive: true, force: true })
      if (found.length > 0) throw new Error(`the books do not rest:\n${found.join('\n')}`)
    },
  }
}

interface Held {
  readonly name: string
  readonly moment: Moment
  readonly reached: () => void
  readonly released: Promise<void>
}

/** Lets a test stop the next call of an action on its way. */
function watch(moleculer: { call: unknown }) {
  const waiting: Held[] = []
  const releases: (() => void)[] = []
  const call = (moleculer.call as (name: string, ...rest: unknown[]) => Promise<unknown>).bind(moleculer)
  const stopAt = async (name: string, moment: Moment): Promise<void> => {
    const at = waiting.findIndex((each) => each.name === name && each.moment === moment)
    const [held] = at < 0 ? [] : waiting.splice(at, 1)
    held?.reached()
    await held?.released
  }
  moleculer.call = async (name: string, ...rest: unknown[]): Promise<unknown> => {
    await stopAt(name, 'before')
    const result = await call(name, ...rest)
    await stopAt(name, 'after')
    return result
  }
  return {
    hold: (contract: Contract, moment: Moment) => {
      const held = Promise.withResolvers<void>()
      const released = Promise.withResolvers<void>()
      releases.push(released.resolve)
      waiting.push({ name: contract.name, moment, reached: held.resolve, released: released.promise })
      return { held: held.promise, release: released.resolve }
    },
    releaseAll: () => releases.forEach((release) => release()),
  }
}

/** The code of a refusal with its path, or what came instead. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'OK'
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return error.path === undefined ? error.code : `${error.code} ${error.path}`
  }
}

/** What lies in a folder, by name, length and time. */
async function listing(dir: string): Promise<string> {
  const found = await readdir(dir, { recursive: true })
  const lines = await Promise.all(found.map(async (name) => {
    const { size, mtimeMs } = await stat(join(dir, name)).catch(() => ({ size: -1, mtimeMs: -1 }))
    return `${name} ${size} ${mtimeMs}`
  }))
  return lines.toSorted().join('\n')
}

/** A copy during which nothing was written: a crash is an instant, a copy takes its time, and what it mixes never was on a disk together. */
async function copyOfOneInstant(dir: string): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const before = await listing(dir)
    const copy = await mkdtemp(join(tmpdir(), 'growr-money-'))
    // What is being written under another name is not there yet.
    await cp(dir, copy, { recursive: true, filter: (file) => !file.endsWith('.tmp') })
    if ((await listing(dir)) === before) return copy
    await rm(copy, { recursive: true, force: true })
    if (attempt === 50) throw new Error('the folder never rests')
  }
}
