import type { BookStore, Follower, StoredEntry } from '@growr/books'
import { OneTimeCodes, systemClock } from '@growr/auth'
import { createBus, type Broker, type Bus, type CallTokens, type Service } from '@growr/bus'
import { organization as organizations, project as projects, Refusal } from '@growr/contracts'
import { readTypeDefs, subgraph } from '@growr/graphql'
import { createIds, isMovable, type Clock, type Logger } from '@growr/runtime'
import { atomicStore, openBookStore, openKeep, type Group, type Keep, type KeepOptions } from '@growr/service'
import { PaymentBooks } from './books/payment-books.ts'
import { today, type Payments } from './payments.ts'
import { codes, holders } from './payment/payment.collections.ts'
import { bookTransfer, CODE_HOURS, reachLoan, sendCode } from './payment/payment.followers.ts'
import { paymentResolvers } from './payment/payment.resolvers.ts'
import { paymentService } from './payment/payment.service.ts'

export interface PaymentOptions {
  readonly keep: Keep
  readonly tokens: CallTokens
  readonly broker: Broker
  readonly clock: Clock
  readonly log: Logger
}

export const NAME = 'payment'
/** Wakes are quick and may be lost; looking now and then is slow and sure. */
const POLL_MS = 30_000
/** How long a caller waits for the Payment book to catch up with the Funding book. */
const CATCH_UP_MS = 5_000
/** How often expired codes are cleared away. */
const TIDY_MS = 3_600_000

export const openPaymentKeep = (options: Pick<KeepOptions, 'dataDir' | 'passphrase' | 'clock' | 'cost'>): Promise<Keep> => openKeep({ ...options, group: NAME, purposes: ['payment-codes', 'holders'] })

/** Payment, with the Payment book of each organization. */
export function createPaymentGroup({ keep, tokens, broker, clock, log }: PaymentOptions): Group {
  const bus: Bus = createBus({ name: NAME, tokens, broker })
  const services: Service[] = []
  const following: Follower<StoredEntry>[] = []
  /** By organization: who brings confirmed payments to their loans. */
  const loans = new Map<string, Follower<StoredEntry>>()
  const transfers = new Map<string, Follower<projects.FeedEntry>>()
  const { typeDefs, schema } = subgraph({ name: NAME, typeDefs: readTypeDefs(new URL('.', import.meta.url)), resolvers: paymentResolvers })
  let opened: { store: BookStore; close(): Promise<void> } | undefined
  let payments: Payments | undefined
  let tidying: NodeJS.Timeout | undefined

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

  const upToDate = async (organization: string): Promise<void> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Refusal('UNAVAILABLE', { details: { waitsFor: 'funding' } })), CATCH_UP_MS)
    })
    await Promise.race([follow(organization).idle(), late]).finally(() => clearTimeout(timer))
  }

  return {
    name: NAME,
    bus,
    services,
    subgraph: { name: NAME, typeDefs, schema },
    get store() {
      return opened?.store
    },

    async start() {
      const books = await openBookStore(keep, clock)
      opened = books
      const pseudonyms = keep.custody.secret('holders')
      const codeRecords = await keep.collections.repository(codes)
      const zones = new Map<string, string>()
      const whole: Payments = {
        books: await PaymentBooks.open({
          store: books.store,
          tenants: await keep.collections.repository<{ id: string }>({ name: 'tenants', personal: [], lookup: {} }),
          businessDate: (organization) => today({ bus, clock, zones }, organization),
          appended: (organization) => bus.emit('payment.appended', { organization }),
        }),
        codes: new OneTimeCodes({ store: atomicStore(codeRecords), mac: keep.custody.secret('payment-codes'), clock: systemClock, ttlMs: CODE_HOURS * 3_600_000 }),
        holders: await keep.collections.repository(holders),
        bus,
        clock,
        newId: createIds({ clock }),
        pseudonym: (organization, agent) => pseudonyms.hmac(`${organization}\n${agent}`).toString('base64url').slice(0, 22),
        // Before the followers run, nothing counts as heard of.
        reached: (organization) => loans.get(organization)?.status.seq ?? 0,
        upToDate,
        untold: (template, code) => log.error({ template, code }, 'a message was refused'),
        unsent: new Map(),
        zones,
      }
      payments = whole
      // Codes live in real time; where the clock is moved, the records' own time says nothing about them.
      if (!isMovable(clock)) tidying = setInterval(() => void codeRecords.removeExpired(500).catch((error: unknown) => log.warn({ error }, 'expired codes were not cleared away')), TIDY_MS).unref()
      services.push(paymentService(whole))
      const offered = services.map((service) => bus.serve(service))
      await bus.start()
      await Promise.all(offered)
    },

    async run() {
      const whole = payments as Payments
      whole.books.onOpen((book) => {
        const toLoans = book.follow('loans', (entry) => reachLoan(whole, entry), retrying('loans'))
        loans.set(book.organization, toLoans)
        following.push(book.follow('codes', (entry) => sendCode(whole, entry), retrying('codes')), toLoans)
      })
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
      await Promise.all([...transfers.values()].map((follower) => follower.idle()))
      await Promise.all(following.map((follower) => follower.idle()))
    },

    async health() {
      const store = opened?.store.health() ?? { ok: false, problems: [{ code: 'STORE_CLOSED', of: NAME }] }
      const records = await keep.collections.health()
      return { ok: store.ok && records.ok, reasons: [...store.problems.map(({ code, of }) => `${code} ${of}`), ...(records.ok ? [] : [records.detail])] }
    },

    async stop() {
      clearInterval(tidying)
      await bus.stop()
      await opened?.close()
      await keep.close()
    },
  }
}
