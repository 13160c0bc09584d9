import { createBus, type Broker, type Bus, type CallTokens, type Service } from '@growr/bus'
import type { HashCost } from '@growr/auth'
import { createResolver, httpFetcher, StatusListReader } from '@growr/credentials'
import { readTypeDefs, subgraph, type Resolvers } from '@growr/graphql'
import type { Messenger } from '@growr/messaging'
import { createIds, systemClock, type Clock, type Logger } from '@growr/runtime'
import { ErasureLog, Outbox, requestRefs, Turns, type Deliver, type Group, type Keep } from '@growr/service'
import { NodeDids } from './common/dids.ts'
import { deliver } from './common/messages.ts'
import { identityRoutes } from './http.ts'
import { CreditHistory } from './identity/credit-history.ts'
import { asked, credentials, cursors, histories, permissions, wallets } from './identity/identity.collections.ts'
import { identityResolvers } from './identity/identity.resolvers.ts'
import { deliverGoodbye, eraseAgain, goOnErasing } from './identity/erasure.ts'
import { tellAsked } from './identity/permissions.ts'
import { identityService } from './identity/identity.service.ts'
import { issued, statusLists } from './issuing/issuing.collections.ts'
import { issuingResolvers } from './issuing/issuing.resolvers.ts'
import { deliverToRecord, issuingService, tellOwner } from './issuing/issuing.service.ts'
import { StatusLists } from './issuing/status-lists.ts'
import type { IdentityConfig, Kit } from './kit.ts'
import { tellAdmins, tellComplainer } from './organization/complaints.ts'
import { complaints, organizations } from './organization/organization.collections.ts'
import { organizationResolvers } from './organization/organization.resolvers.ts'
import { inviteFirstAdmin, organizationService } from './organization/organization.service.ts'
import { NAME, openAuth, openWallets, type Auth } from './stores.ts'
import { deliverCode } from './user/codes.ts'
import { deliverInvitation, firstOperator, inviteFirstOperator } from './user/invitations.ts'
import { deliverNotice } from './user/notices.ts'
import { suspended } from './user/suspension.ts'
import { sendPhoneCode, tellBothPhones, tellOldPhone } from './user/phone-change.ts'
import { notices, phoneChanges, profiles, users } from './user/user.collections.ts'
import { userResolvers } from './user/user.resolvers.ts'
import { userService } from './user/user.service.ts'
import { createUssd, ussdConfig, ussdSessions } from './ussd/index.ts'
import { challenges } from './verification/verification.collections.ts'
import { verificationResolvers } from './verification/verification.resolvers.ts'
import { verificationService } from './verification/verification.service.ts'
import { Deliveries } from './webhook/deliveries.ts'
import { tellSwitchedOff } from './webhook/notice.ts'
import { webhookResolvers } from './webhook/webhook.resolvers.ts'
import { openHooks } from './webhook/webhook.service.ts'

export interface IdentityOptions {
  /** The group's opened keys and records; `openIdentityKeep` makes them. The group closes them. */
  readonly keep: Keep
  readonly tokens: CallTokens
  readonly broker: Broker
  /** Business time. */
  readonly clock: Clock
  readonly log: Logger
  /** The group does not close it. */
  readonly messenger: Pick<Messenger, 'send'>
  readonly config?: Partial<IdentityConfig>
  /** False while the node is not to send anything, as after a restore; asked before each delivery of a webhook. */
  readonly sending?: () => boolean
  /** A cheaper hash, for tests. */
  readonly hashCost?: HashCost
  /** Real time, for tests. */
  readonly real?: Clock
}

export interface IdentityGroup extends Group {
  /** Who signs in first, and whether they have registered. */
  firstOperator(): Promise<{ readonly email: string; readonly registered: boolean }>
  /** A new key signs access tokens from now on; those that were given out stay good until they expire. */
  rotateAccessKey(): Promise<void>
  /** A new key of the issuer, the verifier or an organization; only where the node has a public host. */
  rotateDidKey(part: 'issuer' | 'verifier' | 'organization', id?: string): Promise<void>
}

export const defaultConfig: IdentityConfig = {
  operatorEmail: 'operator@localhost',
  allowInsecureConnectors: false,
  connectorTimeoutMs: 10_000,
  webhookTargets: 'loopback',
  webhookTimeoutMs: 15_000,
  tokenIssuer: 'growr',
}

/** How often what waits is tried again, what expired is removed, and books are looked at without being woken; in milliseconds. */
const RETRY = 15_000
const SWEEP = 600_000

const resolvers: Resolvers = merge([organizationResolvers, webhookResolvers, userResolvers, identityResolvers, issuingResolvers, verificationResolvers])

function merge(all: readonly Resolvers[]): Resolvers {
  const merged: Record<string, Record<string, unknown>> = {}
  for (const each of all) for (const [type, fields] of Object.entries(each)) merged[type] = { ...merged[type], ...fields }
  return merged
}

/** Organization, User, Identity, Credential issuing and Credential verification. */
export function createIdentityGroup(options: IdentityOptions): IdentityGroup {
  const { keep, log, real = systemClock } = options
  const config = { ...defaultConfig, ...options.config }
  const bus: Bus = createBus({ name: NAME, tokens: options.tokens, broker: options.broker })
  const services: Service[] = []
  const timers: NodeJS.Timeout[] = []
  let opened: { kit: Kit; auth: Auth; history: CreditHistory; deliveries: Deliveries; erasures: ErasureLog } | undefined
  const kitNow = (): Kit => {
    if (opened === undefined) throw new Error('the identity group has not started')
    return opened.kit
  }
  const ussd = createUssd({ config: config.ussd ?? ussdConfig.parse({}), production: config.production === true, country: config.country })
  const { typeDefs, schema } = subgraph({ name: NAME, typeDefs: readTypeDefs(new URL('.', import.meta.url)), resolvers })

  return {
    name: NAME,
    bus,
    services,
    subgraph: { name: NAME, typeDefs, schema },
    routes: [...identityRoutes(kitNow), ...ussd.routes],

    async start() {
      const auth = await openAuth({ keep, clock: real, tokenIssuer: config.tokenIssuer, hashCost: options.hashCost })
      const erasures = await ErasureLog.open(keep.rooms.erasures)
      const { kit, outbox, deliveries } = await assemble({ options, config, bus, auth, real, erasures })
      await kit.dids.prepare()
      const again = await eraseAgain(kit)
      if (again > 0) log.warn({ persons: again }, 'the data of persons who were erased had come back with a back-up; it was erased again')
      await auth.refresh.load(await suspended(kit))
      opened = { kit, auth, history: new CreditHistory(kit), deliveries, erasures }
      ussd.open(kit, keep.requestKey)
      outbox.watch(kit.users as never)
      outbox.watch(kit.notices as never)
      outbox.watch(kit.phoneChanges as never)
      outbox.watch(kit.complaints as never)
      outbox.watch(kit.organizations as never)
      outbox.watch(kit.permissions as never)
      outbox.watch(kit.issued as never)
      outbox.watch(kit.hooks.webhooks as never)
      services.push(organizationService(kit), userService(kit), identityService(kit), issuingService(kit), verificationService(kit))
      // Each can be called once the bus has started, which waits for that.
      for (const service of services) void bus.serve(service)
      await bus.start()
    },

    async run() {
      const { kit, history, deliveries } = opened as NonNullable<typeof opened>
      await inviteFirstOperator(kit)
      bus.on('financing.appended', ({ book, organization }) => {
        if (book === 'loan') history.wake()
        deliveries.wake(String(organization))
      })
      bus.on('payment.appended', ({ organization }) => deliveries.wake(String(organization)))
      const retry = (): void => {
        kit.outbox.wake()
        history.wake()
        deliveries.wake()
      }
      const sweep = (): void => {
        for (const repository of [kit.notices, kit.challenges, kit.asked]) {
          void repository.removeExpired(500).catch((error: unknown) => log.warn({ error }, 'what expired could not be removed'))
        }
        void ussd.sweep().catch((error: unknown) => log.warn({ error }, 'what expired could not be removed'))
      }
      timers.push(setInterval(retry, RETRY).unref(), setInterval(sweep, SWEEP).unref())
      retry()
    },

    async idle() {
      // What the books set off comes first: it leaves messages behind.
      await opened?.history.settle()
      await opened?.deliveries.settle()
      await ussd.settle()
      await opened?.kit.outbox.settle()
    },

    async health() {
      const records = await keep.collections.health()
      return { ok: records.ok && opened !== undefined, reasons: records.ok ? [] : [records.detail] }
    },

    async stop() {
      for (const timer of timers.splice(0)) clearInterval(timer)
      await ussd.stop()
      await opened?.history.stop()
      await opened?.deliveries.stop()
      await opened?.kit.outbox.stop()
      await bus.stop()
      await opened?.erasures.close()
      opened?.auth.close()
      opened?.kit.wallets.close()
      await keep.close()
    },

    firstOperator: () => firstOperator(kitNow()),
    rotateAccessKey: () => kitNow().rotateAccessKey(),
    rotateDidKey: (part, id) => kitNow().dids.rotate(part, id),
  }
}

interface Assembly {
  readonly options: IdentityOptions
  readonly config: IdentityConfig
  readonly bus: Bus
  readonly auth: Auth
  readonly real: Clock
  readonly erasures: ErasureLog
}

/** What the services share, out of the opened stores. */
async function assemble({ options, config, bus, auth, real, erasures }: Assembly): Promise<{ kit: Kit; outbox: Outbox; deliveries: Deliveries }> {
  const { keep, clock, log, messenger } = options
  const { collections, custody } = keep
  const publicUrl = config.publicUrl?.replace(/\/+$/, '')
  const dids = new NodeDids(custody, publicUrl === undefined ? undefined : new URL(publicUrl).host)
  const fetcher = httpFetcher()
  const resolver = createResolver({ local: (did) => dids.document(did), fetcher, clock: real })
  const newId = createIds({ clock: real })
  const issuedRecords = await collections.repository(issued)
  const statusListRecords = await collections.repository(statusLists)
  const lists = new StatusLists({ lists: statusListRecords, issued: issuedRecords, issuer: () => dids.issuer, baseUrl: publicUrl ?? 'http://localhost', newId })
  const statusReader = new StatusListReader({ resolver, local: (url) => lists.tokenAt(url, clock.now()), fetcher })
  const handlers: Record<string, Deliver> = {
    'user.invitation': (event) => deliverInvitation(kit, event),
    'user.code': (event) => deliverCode(kit, event),
    'user.nothing': async () => undefined,
    'user.notice': (event) => deliverNotice(kit, event),
    'user.phone-asked': (event) => tellOldPhone(kit, event),
    'user.phone-code': (event) => sendPhoneCode(kit, event),
    'user.phone-changed': (event) => tellBothPhones(kit, event),
    'user.goodbye': (event) => deliverGoodbye(kit, event),
    'complaint.told': (event) => tellComplainer(kit, event),
    'complaint.open': (event) => tellAdmins(kit, event),
    'identity.erasing': (event) => goOnErasing(kit, event),
    'organization.admin': (event) => inviteFirstAdmin(kit, event),
    'identity.asked': (event) => tellAsked(kit, event),
    'issuing.store': (event) => deliverToRecord(kit, event),
    'issuing.tell': (event) => tellOwner(kit, event),
    'webhook.off': (event) => tellSwitchedOff(kit, event),
  }
  const outbox = new Outbox({ handlers, log: (level, message, fields) => log[level](fields, message) })
  const kit: Kit = {
    config: { ...config, publicUrl },
    bus, log, clock, real, newId, outbox, dids, resolver, statusReader, statusLists: lists,
    requestRef: requestRefs(keep.requestKey),
    rotateAccessKey: async () => void (await custody.rotateSigningKey('access-token')),
    erasureLog: erasures,
    deliver: (message) => deliver(messenger, message),
    turns: new Turns(),
    wallets: openWallets(keep),
    passwords: auth.passwords, pins: auth.pins, codes: auth.codes, invitationCodes: auth.invitationCodes, vouchCodes: auth.vouchCodes, mac: auth.keyed, lockout: auth.lockout,
    sessions: auth.sessions, registry: auth.registry, accessKeys: auth.accessKeys,
    users: await collections.repository(users),
    phoneChanges: await collections.repository(phoneChanges),
    profiles: await collections.repository(profiles),
    complaints: await collections.repository(complaints),
    notices: await collections.repository(notices),
    phoneSessions: await collections.repository(ussdSessions),
    organizations: await collections.repository(organizations),
    walletRecords: await collections.repository(wallets),
    credentials: await collections.repository(credentials),
    permissions: await collections.repository(permissions),
    asked: await collections.repository(asked),
    histories: await collections.repository(histories),
    cursors: await collections.repository(cursors),
    issued: issuedRecords,
    statusListRecords,
    challenges: await collections.repository(challenges),
    hooks: await openHooks(collections, { wake: (organization) => deliveries.wake(organization), changed: () => deliveries.changed() }),
    sending: options.sending ?? (() => true),
  }
  const deliveries = new Deliveries(kit)
  return { kit, outbox, deliveries }
}
