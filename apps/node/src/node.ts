import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createAccessGroup, type AccessGroup } from '@growr/access'
import { createBroker, createBus, createCallTokens, type Broker, type BusConfig, type CallTokens, type Group as GroupName, type PublicKey } from '@growr/bus'
import { rehearseMigrations } from '@growr/collections'
import { createFinancingGroup, openFinancingKeep } from '@growr/financing'
import { createIdentityGroup, defaultConfig, openIdentityKeep, type IdentityGroup, type IdentityOptions } from '@growr/identity'
import { resolvePassphrase } from '@growr/keys'
import type { Messenger } from '@growr/messaging'
import { createPaymentGroup, openPaymentKeep } from '@growr/payment'
import { createLogger, createMetrics, diskCheck, Health, lockDirectory, nodeClock, watchStorage, type Clock, type DirectoryLock, type Logger } from '@growr/runtime'
import { openAccessCustody } from './access-keys.ts'
import { passphraseFile, type NodeConfig } from './config.ts'
import { listenForOrders } from './control-socket.ts'
import { createMessenger } from './messages.ts'
import { openNetworks } from './networks.ts'
import { ordersOf } from './orders.ts'
import { Sending } from './restore/sending.ts'
import { roomsOf, type Group } from '@growr/service'
import type { Parts } from './parts.ts'

const SUPERGRAPH = new URL('../../access/supergraph.graphql', import.meta.url)

/** All groups in one process, over embedded stores. */
export interface Node {
  readonly url: string
  readonly data: string
  readonly log: Logger
  readonly clock: Clock
  /** Where the pass phrase came from, so that a first start can say so. */
  readonly passphrase: { readonly source: 'environment' | 'file' | 'made-up'; readonly file?: string }
  firstOperator(): Promise<{ readonly email: string; readonly registered: boolean }>
  /** Whether it sends: not after a restore, until its operator has reconciled. */
  readonly sending: () => boolean
  /** Resolves when nothing that acts by itself has anything left to do. */
  settle(): Promise<void>
  stop(): Promise<void>
}

type Store = NonNullable<Group['store']>

/** What lies behind the doors: for an audit, or a test, in the same process. Nothing of it is reached from outside. */
export interface Inside {
  readonly broker: Broker
  /** A group's side of the bus. */
  readonly tokensOf: (group: GroupName) => CallTokens
  /** A signature with the key by which a group speaks on the bus; the key stays in custody. */
  readonly signAs: (group: GroupName, bytes: Uint8Array) => Promise<Uint8Array>
  readonly stores: { readonly financing: Store; readonly payment: Store }
  readonly parts: Parts
}

/** What a node that holds nobody's money may do cheaper. */
export interface Thrift {
  /** Of passwords and PINs. */
  readonly hashCost?: IdentityOptions['hashCost']
}

interface Custodian {
  sign(kid: string, bytes: Uint8Array): Promise<Uint8Array>
  current(purpose: string): { readonly kid: string; readonly publicJwk: object } | undefined
}

const callKey = (custody: Custodian) => {
  const key = custody.current('call-token')
  if (!key) throw new Error('a group without a key for its calls')
  return key
}

/** Starts a node; what was started is stopped again where something fails. */
export async function startNode(config: NodeConfig): Promise<Node> {
  return (await openNode(config)).node
}

/** The same, with what lies behind the doors. */
export async function openNode(config: NodeConfig, thrift: Thrift = {}): Promise<{ readonly node: Node; readonly inside: Inside }> {
  const data = resolve(config.data)
  const lock: DirectoryLock = lockDirectory(data)
  const closing: (() => unknown)[] = [() => lock.release()]
  try {
    return await assemble({ ...config, data }, closing, thrift)
  } catch (error) {
    for (const close of closing.toReversed()) await Promise.resolve(close()).catch(() => undefined)
    throw error
  }
}

async function assemble(config: NodeConfig, closing: (() => unknown)[], thrift: Thrift): Promise<{ node: Node; inside: Inside }> {
  const { data } = config
  const clock = nodeClock({ temporary: config.temporary, start: config.clock === undefined ? undefined : new Date(config.clock) })
  const log = createLogger({ level: config.log.level, destination: config.log.file ?? join(data, 'node.log') })
  const custodyFiles = ['access', 'identity', 'financing', 'payment'].map((group) => join(data, group, 'keys.json'))
  const found = resolvePassphrase({ group: 'node', environment: process.env, file: passphraseFile(config), dataDirectory: data, production: config.production, custodyFiles })
  const { passphrase } = found

  // A release that cannot migrate one of them must leave all of them to the release before it.
  for (const group of ['identity', 'financing', 'payment']) {
    const { collections } = roomsOf(data, group)
    if (existsSync(collections)) await rehearseMigrations(collections)
  }
  // One after the other: each derives its key over 64 MB, and all at once would put the node's peak far above what it needs.
  const access = await openAccessCustody(join(data, 'access'), passphrase)
  closing.push(() => access.close())
  const identityKeep = await openIdentityKeep({ dataDir: data, passphrase })
  const financingKeep = await openFinancingKeep({ dataDir: data, passphrase, clock })
  const paymentKeep = await openPaymentKeep({ dataDir: data, passphrase, clock })
  const custodies: Readonly<Record<GroupName, Custodian>> = { access, identity: identityKeep.custody, financing: financingKeep.custody, payment: paymentKeep.custody }
  const publicKeys = Object.fromEntries(Object.entries(custodies).map(([group, custody]) => [group, callKey(custody).publicJwk as PublicKey])) as Record<GroupName, PublicKey>
  const tokensOf = (group: GroupName): CallTokens => {
    const custody = custodies[group]
    const { kid } = callKey(custody)
    return createCallTokens({ group, sign: (bytes) => custody.sign(kid, bytes), publicKeys })
  }

  const metrics = createMetrics({ process: true })
  const calls = metrics.counter({ name: 'growr_calls_total', help: 'Calls of actions by outcome', labels: { outcome: ['OK', 'REFUSED', 'FAILED'] } })
  const broker = createBroker({
    name: 'node',
    config: JSON.parse(JSON.stringify(config.bus)) as BusConfig,
    log: (level, message, fields) => log[level](fields, message),
    measure: ({ outcome }) => calls.add({ outcome: outcome === 'OK' ? 'OK' : outcome === 'INTERNAL' ? 'FAILED' : 'REFUSED' }),
  })
  const provider: Messenger = createMessenger(config, log)
  closing.push(() => provider.close())
  const sending = new Sending(data, identityKeep.custody)
  const messenger = sending.through(provider)

  const common = { broker, clock, log }
  const identity: IdentityGroup = createIdentityGroup({
    ...common,
    keep: identityKeep,
    tokens: tokensOf('identity'),
    messenger,
    sending: sending.on,
    ...(thrift.hashCost && { hashCost: thrift.hashCost }),
    config: { operatorEmail: config.operatorEmail, publicUrl: config.publicUrl, country: config.country, allowInsecureConnectors: config.allowInsecureConnectors, ussd: config.ussd, production: config.production, webhookTargets: config.webhookTargets ?? (config.production ? 'public' : 'loopback') },
  })
  const financing = createFinancingGroup({ ...common, keep: financingKeep, tokens: tokensOf('financing'), publicUrl: config.publicUrl })
  const { prefix, darajaUrl } = config.mobileMoney
  const payment = createPaymentGroup({ ...common, keep: paymentKeep, tokens: tokensOf('payment'), sending: sending.on, mobile: { prefix, ...(darajaUrl === undefined ? {} : { darajaUrl }) }, networks: (keep) => openNetworks(config, keep, log), publicUrl: config.publicUrl, rates: { ...(config.rates.file === undefined ? {} : { file: config.rates.file }), ...(config.rates.url === undefined ? {} : { url: config.rates.url }) } })
  const inner: readonly Group[] = [identity, financing, payment]

  const health = new Health()
  for (const group of inner) health.add(group.name, async () => healthOf(await group.health()))
  health.add('disk', diskCheck(data))
  const storage = watchStorage(data)
  health.add('storage', storage.check)
  closing.push(() => storage.close())

  const gateway: AccessGroup = createAccessGroup({
    config: config.api,
    bus: createBus({ name: 'access', tokens: tokensOf('access'), broker }),
    supergraph: await readFile(SUPERGRAPH, 'utf8'),
    subgraphs: Object.fromEntries(inner.flatMap(({ subgraph }) => (subgraph ? [[subgraph.name, subgraph.schema as never]] : []))),
    routes: inner.flatMap(({ routes }) => routes ?? []),
    issuer: defaultConfig.tokenIssuer,
    health,
    metrics,
    logger: log,
  })
  const start = async (group: Group): Promise<void> => {
    closing.push(() => group.stop())
    await group.start()
  }
  const settle = async (): Promise<void> => {
    // What one group finishes may give another something to do; three rounds reach from payment to loan to message.
    for (let round = 0; round < 3; round++) for (const group of inner) await group.idle()
  }
  for (const group of inner) await start(group)
  if (sending.holding) {
    // Before anybody asks anything anew: what the restored data still has to send may have been sent before the loss.
    for (const group of inner) await group.run()
    await settle()
    await sending.settled()
    await start(gateway)
  } else {
    await start(gateway)
    for (const group of inner) await group.run()
  }
  await sending.release(provider)

  const node: Node = {
    url: gateway.url,
    data,
    log,
    clock,
    passphrase: { source: found.source, ...(found.file === undefined ? {} : { file: found.file }) },
    firstOperator: () => identity.firstOperator(),
    sending: sending.on,
    settle,
    async stop() {
      for (const close of closing.toReversed()) await Promise.resolve(close()).catch((error: unknown) => log.error({ error }, 'a part did not stop in order'))
    },
  }
  const { store: financingStore } = financing
  const { store: paymentStore } = payment
  if (!financingStore || !paymentStore) throw new Error('a group without its books')
  const parts: Parts = {
    data,
    groups: [
      { name: 'access', rooms: roomsOf(data, 'access') },
      { name: 'identity', rooms: identityKeep.rooms, collections: identityKeep.collections },
      { name: 'financing', rooms: financingKeep.rooms, collections: financingKeep.collections, store: financingStore },
      { name: 'payment', rooms: paymentKeep.rooms, collections: paymentKeep.collections, store: paymentStore },
    ],
  }
  const running = {
    parts, passphrase, sending, messenger: provider, health, url: gateway.url, settle,
    log: (fields: object, message: string) => log.info({ ...fields }, message),
  }
  const control = await listenForOrders(data, ordersOf(running))
  closing.push(() => control.close())
  const signAs = (group: GroupName, bytes: Uint8Array): Promise<Uint8Array> => custodies[group].sign(callKey(custodies[group]).kid, bytes)
  return { node, inside: { broker, tokensOf, signAs, stores: { financing: financingStore, payment: paymentStore }, parts } }
}

const healthOf = ({ ok, reasons }: { readonly ok: boolean; readonly reasons: readonly string[] }) => (ok ? { ok } : { ok, reason: reasons.join(', ').slice(0, 500) })
