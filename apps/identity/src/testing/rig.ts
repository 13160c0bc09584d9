import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBroker, createBus, createCallTokens, groups, servicesOf, type Bus, type CallTokens, type Group } from '@growr/bus'
import { organization as organizations, Refusal, user as users, type Contract, type Input, type Result, type Role } from '@growr/contracts'
import { InProcessDataSource } from '@growr/graphql'
import { MailboxProvider, Messenger, readMailbox, type MailboxMessage } from '@growr/messaging'
import { createLogger, movableClock, type Logger, type MovableClock } from '@growr/runtime'
import { createIdentityGroup, openIdentityKeep, type IdentityConfig, type IdentityGroup } from '../index.ts'
import { offerFinancing, offerPayment, type Books } from './financing.ts'

export type Session = Result<typeof users.loginByEmail>
type Call = <C extends Contract>(contract: C, params: Input<C>, options?: { requestId?: string }) => Promise<Result<C>>

/** The whole group over a temporary directory, with the other groups' part of the bus played by the test. */
export interface Rig {
  readonly dir: string
  readonly group: IdentityGroup
  readonly books: Books
  readonly clock: MovableClock
  readonly real: MovableClock
  readonly log: string[]
  readonly buses: Readonly<Record<Group, Bus>>
  /** As somebody who has not signed in. */
  readonly call: Call
  /** As a signed-in user, through the check that the gateway makes for each request. */
  readonly as: (session: Session) => { readonly call: Call }
  /** As a service of another group. */
  readonly service: (service: (typeof servicesOf)[Group][number]) => { readonly call: Call }
  /** Through the subgraph: the data, or the first error's code. */
  readonly query: (document: string, variables?: Record<string, unknown>, session?: Session) => Promise<Record<string, unknown>>
  readonly mail: (to: string) => Promise<(MailboxMessage & { readonly file: string })[]>
  /** The newest code that was sent to an address. */
  readonly code: (to: string) => Promise<string>
  readonly signUp: (role: Role, options: { organization?: string; address: string; by?: Session }) => Promise<Session>
  /** Stops the group and starts it anew over the same directory. */
  readonly restart: () => Promise<Rig>
  readonly stop: () => Promise<void>
}

export const PASSWORD = 'correct horse battery'
export const PIN = '4827'
export const OPERATOR = 'operator@localhost'

const keys = Object.fromEntries(groups.map((group) => [group, generateKeyPairSync('ed25519')])) as Record<Group, { privateKey: never; publicKey: never }>
const publicKeys = Object.fromEntries(groups.map((group) => [group, keys[group].publicKey])) as Record<Group, never>

export interface RigOptions {
  readonly dir?: string
  readonly config?: Partial<IdentityConfig>
  readonly clock?: MovableClock
  readonly real?: MovableClock
  readonly messenger?: (mailbox: MailboxProvider) => Pick<Messenger, 'send'>
  readonly hashCost?: { memoryCost: number; timeCost: number; parallelism: number }
  /** The operator's switch for all that leaves the node. */
  readonly sending?: () => boolean
  /** Leaves out what acts by itself: for tests that look at what waits. */
  readonly still?: boolean
}

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'growr-identity-')))
  const clock = options.clock ?? movableClock(new Date('2026-03-01T12:00:00Z'))
  const real = options.real ?? movableClock(new Date('2026-03-01T12:00:00Z'))
  const lines: string[] = []
  const log: Logger = createLogger({ level: 'debug', destination: { write: (line) => lines.push(line) } })
  const keep = await openIdentityKeep({ dataDir: dir, passphrase: 'a pass phrase for tests', cost: { passes: 2, memory: 19 * 1024 } })
  const broker = createBroker({ name: `rig-${++rigs}`, log: (level, message, fields) => log[level](fields, message) })
  const tokens = (group: Group): CallTokens => createCallTokens({ group, publicKeys, sign: (bytes) => sign(null, bytes, keys[group].privateKey) })
  const [access, financing, payment] = (['access', 'financing', 'payment'] as const).map((name) => createBus({ name, broker, tokens: tokens(name) })) as [Bus, Bus, Bus]
  const mailbox = new MailboxProvider(join(dir, 'mailbox'))
  const messenger = options.messenger?.(mailbox) ?? new Messenger({ email: mailbox, sms: mailbox, clock: real })
  const group = createIdentityGroup({
    keep, broker, clock, real, log, messenger, tokens: tokens('identity'), hashCost: options.hashCost ?? { memoryCost: 64, timeCost: 1, parallelism: 1 }, ...(options.config && { config: options.config }),
    ...(options.sending && { sending: options.sending }),
  })
  const books = offerFinancing(financing)
  offerPayment(payment, books)
  for (const bus of [access, financing, payment]) await bus.start()
  await group.start()
  if (!options.still) await group.run()

  const call: Call = (contract, params, more) => access.call(contract, params, more)
  const as = (session: Session): { call: Call } => {
    const claims = JSON.parse(Buffer.from(session.accessToken.split('.')[1] ?? '', 'base64url').toString()) as { sub: string; sid: string; mem: string }
    return {
      call: async (contract, params, more) => {
        const { live } = await access.call(users.checkSession, { session: claims.sid, user: claims.sub, membership: claims.mem }, { as: { service: 'access' } })
        if (!live) throw new Refusal('SESSION_REVOKED')
        const token = await access.tokens.mintUser({
          userId: claims.sub, role: session.role, membership: claims.mem, session: claims.sid, ...(session.organization === null ? {} : { organization: session.organization }),
        })
        return access.call(contract, params, { user: token, ...more })
      },
    }
  }
  const source = new InProcessDataSource(group.subgraph?.schema as never)
  const mail: Rig['mail'] = (to) => readMailbox(join(dir, 'mailbox'), { to })
  const code: Rig['code'] = async (to) => {
    await group.idle()
    const found = (await mail(to)).findLast((message) => message.code !== undefined)?.code
    if (found === undefined) throw new Error('no code has arrived')
    return found
  }
  const stop = async (): Promise<void> => {
    await group.stop()
    for (const bus of [access, financing, payment]) await bus.stop()
  }
  const rig: Rig = {
    dir, group, books, clock, real, log: lines, mail, code, call, as,
    buses: { access, financing, payment, identity: group.bus },
    service: (service) => {
      const home = groups.find((each) => (servicesOf[each] as readonly string[]).includes(service)) as Group
      return { call: (contract, params, more) => rig.buses[home].call(contract, params, { as: { service }, ...more }) }
    },
    query: async (document, variables = {}, session) => {
      const through = session ? as(session).call : call
      const { data, errors } = await source.process({ request: { query: document, variables }, context: { call: through, traceId: 'test' } } as never)
      const [error] = errors ?? []
      if (error) throw new Refusal((error.extensions as { code: never }).code)
      return data as Record<string, unknown>
    },
    signUp: async (role, { organization, address, by }) => {
      if (role === 'INVESTOR') {
        await call(users.getOTP, { purpose: 'REGISTER_INVESTOR', email: address })
        return call(users.registerInvestor, { email: address, code: await code(address), password: PASSWORD, name: 'An investor' })
      }
      if (role === 'NODE_OPERATOR') return call(users.registerOriginator, { email: address, code: await code(address), password: PASSWORD })
      const contact = role === 'ORIGINATOR_ADMIN' ? { email: address } : { phone: address }
      await as(by as Session).call(organizations.addMember, { organization: organization as string, type: role, name: `A ${role}`, ...contact })
      if (role === 'ORIGINATOR_ADMIN') return call(users.registerOriginator, { email: address, code: await code(address), password: PASSWORD })
      if (role === 'ORIGINATOR_AGENT') return call(users.registerOriginator, { phone: address, code: await code(address), pin: PIN })
      return call(users.registerBorrower, { phone: address, code: await code(address), pin: PIN })
    },
    restart: async () => {
      await stop()
      // A restart takes time; without it, ids of before and after would share a millisecond and have no order.
      await real.advance(1000)
      return startRig({ ...options, dir, clock, real })
    },
    stop: async () => {
      await stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
  return rig
}

let rigs = 0

/** The code with which something is refused. */
export async function refusal(work: Promise<unknown>): Promise<{ code: string; path?: string; details?: unknown }> {
  try {
    await work
  } catch (error) {
    if (error instanceof Refusal) return error.toJSON()
    throw error
  }
  throw new Error('it was not refused')
}
