import type { BookStore, Follower, StoredEntry } from '@growr/books'
import { OneTimeCodes, systemClock } from '@growr/auth'
import { createBus, type Broker, type Bus, type CallTokens, type Service } from '@growr/bus'
import { organization as organizations, project as projects, Refusal, type networkShapes } from '@growr/contracts'
import { readTypeDefs, subgraph } from '@growr/graphql'
import { didKey, didKeyKid, parsePublicJwk, type Signer } from '@growr/credentials'
import { daraja, type MobileMoneyProvider } from '@growr/mobilemoney'
import { createIds, createTimer, isMovable, type Clock, type Logger } from '@growr/runtime'
import { atomicStore, every, openBookStore, openKeep, type Group, type Keep, type KeepOptions } from '@growr/service'
import { PaymentBooks } from './books/payment-books.ts'
import { persons } from './books/persons.view.ts'
import { accounts, hints, lists, loanCodes, looks, statements } from './mobile/mobile.collections.ts'
import { mobileRoutes } from './mobile/mobile.http.ts'
import { MobileLooks } from './mobile/mobile.looks.ts'
import { today, type Payments } from './payments.ts'
import { codes, holders, receipts } from './payment/payment.collections.ts'
import { bookTransfer, CODE_HOURS, reachLoan, sendCode } from './payment/payment.followers.ts'
import { tellOf } from './payment/payment.messages.ts'
import { giveReceipt } from './payment/payment.receipts.ts'
import { paymentResolvers } from './payment/payment.resolvers.ts'
import { paymentService } from './payment/payment.service.ts'
import type { NetworkName, PaymentNetwork } from '@growr/networks'
import { bookChange } from './network/network.book.ts'
import { requests, sends } from './network/network.collections.ts'
import { lnurlRoutes } from './network/network.lnurl.ts'
import { ratesFrom } from './network/network.rates.ts'
import { sendOut } from './network/network.sends.ts'
import { networkService } from './network/network.service.ts'
import { contractsOf } from './network/network.shapes.ts'
import type { Networks, NetworkSetup } from './network/networks.ts'

export interface PaymentOptions {
  readonly keep: Keep
  readonly tokens: CallTokens
  readonly broker: Broker
  readonly clock: Clock
  readonly log: Logger
  readonly mobile?: MobileMoneyOptions
  /** Opens the networks that are switched on; none unless told. */
  readonly networks?: (keep: Keep) => Promise<readonly NetworkSetup[]>
  /** Where rates between currencies come from. */
  readonly rates?: { readonly file?: string; readonly url?: string }
  /** Where the outside reaches the node; loans have Lightning addresses with it. */
  readonly publicUrl?: string | undefined
  /** False while the node may send nothing; always true unless told. */
  readonly sending?: () => boolean
}

export interface MobileMoneyOptions {
  /** With which payment codes begin: one that no other node has whose payments come over the same account. */
  readonly prefix?: string
  /** Where Daraja is; Safaricom's own address unless told. */
  readonly darajaUrl?: string
  /** How many callbacks of an organization may wait for their provider; 10,000 unless told. */
  readonly mostWaiting?: number
}

type Change = networkShapes.Change

export const NAME = 'payment'
/** Wakes are quick and may be lost; looking now and then is slow and sure. */
const POLL_MS = 30_000
/** How long a caller waits for the Payment book to catch up with the Funding book. */
const CATCH_UP_MS = 5_000
/** How often expired codes are cleared away. */
const TIDY_MS = 3_600_000
/** How often it is looked whether a provider of mobile money is to be asked. */
const MOBILE_MS = 30_000

export const openPaymentKeep = (options: Pick<KeepOptions, 'dataDir' | 'passphrase' | 'clock' | 'cost'>): Promise<Keep> => openKeep({ ...options, group: NAME, purposes: ['payment-codes', 'holders', 'payment-keys', 'collections', 'bitcoin', 'lightning', 'rootstock'] })

/** Payment, with the Payment book of each organization. */
export function createPaymentGroup({ keep, tokens, broker, clock, log, mobile = {}, networks = () => Promise.resolve([]), rates = {}, publicUrl, sending = () => true }: PaymentOptions): Group {
  const bus: Bus = createBus({ name: NAME, tokens, broker })
  const services: Service[] = []
  const following: Follower<StoredEntry>[] = []
  /** By organization: who brings confirmed payments to their loans. */
  const loans = new Map<string, Follower<StoredEntry>>()
  const transfers = new Map<string, Follower<projects.FeedEntry>>()
  const { typeDefs, schema } = subgraph({ name: NAME, typeDefs: readTypeDefs(new URL('.', import.meta.url)), resolvers: paymentResolvers })
  let opened: { store: BookStore; close(): Promise<void> } | undefined
  let payments: Payments | undefined
  let watching: MobileLooks | undefined
  const timer = createTimer(clock, (name, error) => log.error({ name, error }, 'a task failed'))
  const providers = new Map<string, MobileMoneyProvider>([daraja({ now: () => clock.now(), ...(mobile.darajaUrl === undefined ? {} : { baseUrl: mobile.darajaUrl }) })].map((provider) => [provider.name, provider]))
  let tidying: NodeJS.Timeout | undefined
  let setups: readonly NetworkSetup[] = []
  /** By network: who books what it saw. */
  const seeing = new Map<NetworkName, Follower<Change>>()

  const opening = (): Payments => {
    if (!payments) throw new Refusal('UNAVAILABLE')
    return payments
  }
  const retrying = (follower: string) => ({ onError: (error: unknown, attempt: number): void => log.warn({ error, attempt, follower }, 'a follower tries again') })

  /** Follows the Funding book of an organization; a second call wakes the follower. */
  const follow = (organization: string): Follower<projects.FeedEntry> => {
    const known = transfers.get(organization)
    if (known) {
      known.wake()
      return known
    }
    const whole = payments as Payments
    const follower = (opened as { store: BookStore }).store.follower<projects.FeedEntry>(`funding.${organization}`, {
      name: 'transfers',
      poll: POLL_MS,
      feed: (after, limit) => bus.call(projects.entries, { organization, book: 'funding', after, limit }, { as: { service: 'payment' } }),
      handler: (entry) => bookTransfer(whole, entry),
      ...retrying('transfers'),
    })
    transfers.set(organization, follower)
    return follower
  }

  /** Books what a network sees, from where it was left off. */
  const seeOf = async (whole: Payments, network: PaymentNetwork): Promise<void> => {
    const { name } = network
    const follower = (opened as { store: BookStore }).store.follower<Change>(`network.${name}`, {
      name: 'changes',
      poll: POLL_MS,
      feed: (after, limit) => bus.call(contractsOf(name).getPayments, { after, limit: Math.min(limit, 500) }, { as: { service: 'payment' } }),
      handler: (change) => bookChange(whole, name, change),
      ...retrying(`network.${name}`),
    })
    seeing.set(name, follower)
    network.onChange(() => follower.wake())
    network.setSending(sending())
    await network.start()
  }

  const upToDate = async (organization: string): Promise<void> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Refusal('UNAVAILABLE', { details: { waitsFor: 'funding' } })), CATCH_UP_MS)
    })
    await Promise.race([follow(organization).idle(), late]).finally(() => clearTimeout(timer))
  }

  const heard = async (organization: string): Promise<void> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CATCH_UP_MS)
    })
    await Promise.race([loans.get(organization)?.idle(), late]).finally(() => clearTimeout(timer))
  }

  return {
    name: NAME,
    bus,
    services,
    subgraph: { name: NAME, typeDefs, schema },
    routes: [...mobileRoutes(opening), ...lnurlRoutes(opening, publicUrl)],
    get store() {
      return opened?.store
    },

    async start() {
      const books = await openBookStore(keep, clock)
      opened = books
      const pseudonyms = keep.custody.secret('holders')
      const names = keep.custody.secret('payment-keys')
      const codeRecords = await keep.collections.repository(codes)
      const hintRecords = await keep.collections.repository(hints)
      const listRecords = await keep.collections.repository(lists)
      const zones = new Map<string, string>()
      setups = await networks(keep)
      const shared: Networks = {
        on: new Map(setups.map(({ network }) => [network.name, network])),
        setups: new Map(setups.map((setup) => [setup.network.name, setup])),
        publicUrl,
        rates: ratesFrom({ ...rates, now: () => clock.now() }),
        requests: await keep.collections.repository(requests),
        sends: await keep.collections.repository(sends),
      }
      const whole: Payments = {
        books: await PaymentBooks.open({
          store: books.store,
          tenants: await keep.collections.repository<{ id: string }>({ name: 'tenants', personal: [], lookup: {} }),
          businessDate: (organization) => today({ bus, clock, zones }, organization),
          appended: (organization) => bus.emit('payment.appended', { organization }),
        }),
        codes: new OneTimeCodes({ store: atomicStore(codeRecords), mac: keep.custody.secret('payment-codes'), clock: systemClock, ttlMs: CODE_HOURS * 3_600_000 }),
        holders: await keep.collections.repository(holders),
        persons: await books.store.view(persons),
        erase: (person, organization) => books.store.erase(person, organization),
        bus,
        clock,
        newId: createIds({ clock }),
        pseudonym: (organization, agent) => pseudonyms.hmac(`${organization}\n${agent}`).toString('base64url').slice(0, 22),
        // Before the followers run, nothing counts as heard of.
        reached: (organization) => loans.get(organization)?.status.seq ?? 0,
        heard,
        upToDate,
        untold: (template, code) => log.error({ template, code }, 'a message was refused'),
        unsent: new Map(),
        zones,
        receipts: await keep.collections.repository(receipts),
        // The parts are told apart by their lengths, so that no two lists of names are one text.
        keyOf: (kind, ...parts) => `${kind}-${names.hmac(JSON.stringify([kind, ...parts])).toString('base64url').slice(0, 22)}`,
        sending,
        mobile: {
          prefix: mobile.prefix ?? 'GRW',
          providers,
          mostWaiting: mobile.mostWaiting ?? 10_000,
          accounts: await keep.collections.repository(accounts),
          hints: hintRecords,
          codes: await keep.collections.repository(loanCodes),
          looks: await keep.collections.repository(looks),
          statements: await keep.collections.repository(statements),
          wake: (organization) => watching?.wake(organization),
          log: (level, message, fields) => log[level](fields, message),
        },
        lists: listRecords,
        networks: shared,
        listSigner: await listSigner(keep),
      }
      payments = whole
      // Codes live in real time; where the clock is moved, the records' own time says nothing about them.
      const expiring = [codeRecords, hintRecords, listRecords]
      const tidy = (): void => expiring.forEach((records) => void records.removeExpired(500).catch((error: unknown) => log.warn({ error }, 'what has expired was not cleared away')))
      if (!isMovable(clock)) tidying = setInterval(tidy, TIDY_MS).unref()
      services.push(paymentService(whole), ...(['bitcoin', 'lightning', 'rootstock'] as const).map((name) => networkService(name, shared)))
      const offered = services.map((service) => bus.serve(service))
      await bus.start()
      await Promise.all(offered)
    },

    async run() {
      const whole = payments as Payments
      whole.books.onOpen((book) => {
        const toLoans = book.follow('loans', (entry) => reachLoan(whole, entry), retrying('loans'))
        loans.set(book.organization, toLoans)
        following.push(
          toLoans,
          book.follow('codes', (entry) => sendCode(whole, entry), retrying('codes')),
          book.follow('receipts', (entry) => giveReceipt(whole, entry), retrying('receipts')),
          book.follow('messages', (entry) => tellOf(whole, entry), retrying('messages')),
          // One for each network: one that is down does not hold the others up.
          ...setups.map(({ network: { name } }) => book.follow(`sends-${name}`, (entry) => sendOut(whole, entry, name), retrying(`sends-${name}`))),
        )
      })
      for (const { network } of setups) await seeOf(whole, network)
      const looking = new MobileLooks(whole)
      watching = looking
      timer.every('mobile money', MOBILE_MS, () => looking.tick())
      // What was called back before the node stopped is asked about now, not at the next tick.
      for await (const { id } of every(whole.mobile.accounts)) looking.wake(id)
      bus.on('financing.appended', ({ book, organization }) => {
        if (book === 'funding') follow(String(organization))
      })
      for (let after: string | undefined; ;) {
        const page = await bus.call(organizations.list, { first: 200, ...(after === undefined ? {} : { after }) }, { as: { service: 'payment' } })
        for (const { node } of page.edges) follow(node.id)
        after = page.pageInfo.endCursor ?? undefined
        if (!page.pageInfo.hasNextPage) return
      }
    },

    async idle() {
      await watching?.idle()
      // What is registered leaves first, then the networks are looked at, and what they saw reaches the loans.
      await Promise.all([...transfers.values(), ...following].map((follower) => follower.idle()))
      for (const { network } of setups) await network.sync().catch((error: unknown) => log.warn({ network: network.name, error }, 'a network was not looked at'))
      await Promise.all([...seeing.values()].map((follower) => follower.idle()))
      await Promise.all(following.map((follower) => follower.idle()))
    },

    async health() {
      const store = opened?.store.health() ?? { ok: false, problems: [{ code: 'STORE_CLOSED', of: NAME }] }
      const records = await keep.collections.health()
      return { ok: store.ok && records.ok, reasons: [...store.problems.map(({ code, of }) => `${code} ${of}`), ...(records.ok ? [] : [records.detail])] }
    },

    async stop() {
      clearInterval(tidying)
      await timer.stop()
      await watching?.stop()
      for (const { network } of setups) await network.stop()
      await bus.stop()
      await opened?.close()
      await keep.close()
    },
  }
}

/** The node's signature under collection lists: a did:key, which any device can check without asking anybody. */
async function listSigner({ custody }: Keep): Promise<Signer> {
  const { kid, publicJwk } = await custody.ensure({ purpose: 'collections', algorithm: 'ES256' })
  const jwk = parsePublicJwk(publicJwk)
  const did = didKey(jwk)
  return { did, kid: didKeyKid(did), algorithm: 'ES256', sign: (bytes) => custody.sign(kid, bytes) }
}
