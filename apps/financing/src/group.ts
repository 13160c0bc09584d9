import { OneTimeCodes, systemClock } from '@growr/auth'
import type { BookStore, Follower, StoredEntry } from '@growr/books'
import { createBus, type Broker, type Bus, type CallTokens, type Service } from '@growr/bus'
import { readTypeDefs, subgraph } from '@growr/graphql'
import { createIds, isMovable, type Clock, type Logger } from '@growr/runtime'
import { atomicStore, type Group, type Keep, type KeepOptions, openBookStore, openKeep, Outbox, requestRefs } from '@growr/service'
import { FinancingBooks } from './books/financing-books.ts'
import { type Financing, today } from './financing.ts'
import type { BookFollower } from './followers.ts'
import { fundingFollowers } from './funding/funding.followers.ts'
import { fundingResolvers } from './funding/funding.resolvers.ts'
import { fundingService } from './funding/funding.service.ts'
import { contracts, intents, receipts } from './investor/investor.collections.ts'
import { investorDeliveries } from './investor/investor.deliveries.ts'
import { investorResolvers } from './investor/investor.resolvers.ts'
import { investorService } from './investor/investor.service.ts'
import { serviceCodes } from './loan/loan.collections.ts'
import { CODE_HOURS, loanFollowers } from './loan/loan.followers.ts'
import { loanResolvers } from './loan/loan.resolvers.ts'
import { loanRoutes } from './loan/loan.routes.ts'
import { loanService } from './loan/loan.service.ts'
import { portfolioResolvers } from './portfolio/portfolio.resolvers.ts'
import { portfolioView } from './portfolio/portfolio.view.ts'
import { Closings } from './project/project.closing.ts'
import { closeDays } from './project/project.day.ts'
import { projectResolvers } from './project/project.resolvers.ts'
import { projectService } from './project/project.service.ts'

export interface FinancingOptions {
  /** The group's opened keys and records; `openFinancingKeep` makes them. */
  readonly keep: Keep
  readonly tokens: CallTokens
  readonly broker: Broker
  readonly clock: Clock
  readonly log: Logger
  /** Where the outside reaches the node: links in messages begin with it. */
  readonly publicUrl?: string | undefined
}

export const NAME = 'financing'
/** How often a node on real time looks whether a day has passed. */
const DAY_CHECK_MS = 60_000

export const openFinancingKeep = (options: Pick<KeepOptions, 'dataDir' | 'passphrase' | 'clock' | 'cost'>): Promise<Keep> => openKeep({ ...options, group: NAME, purposes: ['service-codes'] })

/** Project, Loan, Project investor and Funding, with their books. */
export function createFinancingGroup(options: FinancingOptions): Group {
  const { keep, clock, log } = options
  const bus: Bus = createBus({ name: NAME, tokens: options.tokens, broker: options.broker })
  let opened: { store: BookStore; close(): Promise<void> } | undefined
  let financing: Financing | undefined
  let closings: Closings | undefined
  let outbox: Outbox | undefined
  let timer: NodeJS.Timeout | undefined
  let stopMoves: (() => void) | undefined
  let days: Promise<void> = Promise.resolve()
  let running = false
  const following: Follower<StoredEntry>[] = []
  const services: Service[] = []
  const { typeDefs, schema } = subgraph({
    name: NAME,
    typeDefs: readTypeDefs(new URL('.', import.meta.url)),
    resolvers: {
      Query: { ...projectResolvers['Query'], ...loanResolvers['Query'], ...investorResolvers['Query'], ...fundingResolvers['Query'], ...portfolioResolvers['Query'] },
      Mutation: { ...projectResolvers['Mutation'], ...loanResolvers['Mutation'], ...investorResolvers['Mutation'], ...fundingResolvers['Mutation'] },
    },
  })

  const closeAllDays = (): Promise<void> => {
    days = days.then(async () => {
      for (const organization of financing?.books.organizations() ?? []) {
        if (!running) return
        const progress = (day: string, loans: number): void => log.info({ day, loans }, 'day closed')
        const during = (day: string, done: number, loans: number): void => log.info({ day, done, loans }, 'day under way')
        await closeDays(financing as Financing, organization, { progress, during, goOn: () => running }).catch((error: unknown) => log.error({ error }, 'a day could not be closed'))
      }
      await closings?.look()
    })
    return days
  }
  const look = (): void => {
    if (running) void closings?.look()
  }

  return {
    name: NAME,
    bus,
    services,
    subgraph: { name: NAME, typeDefs, schema },
    routes: loanRoutes(() => financing),
    get store() {
      return opened?.store
    },

    async start() {
      const books = await openBookStore(keep, clock)
      opened = books
      const codeRecords = await keep.collections.repository(serviceCodes)
      const digests = keep.custody.secret('requests')
      const digest = (use: string) => (text: string): string => digests.hmac(`${use}\n${text}`).toString('base64url').slice(0, 22)
      const tenants = await keep.collections.repository<{ id: string }>({ name: 'tenants', personal: [], lookup: {} })
      const shared: Omit<Financing, 'books' | 'portfolio'> = {
        intents: await keep.collections.repository(intents),
        contracts: await keep.collections.repository(contracts),
        receipts: await keep.collections.repository(receipts),
        bus,
        clock,
        newId: createIds({ clock }),
        codes: new OneTimeCodes({ store: atomicStore(codeRecords), mac: keep.custody.secret('service-codes'), clock: systemClock, ttlMs: CODE_HOURS * 3_600_000 }),
        unsent: new Map(),
        closing: new Map(),
        numberDigest: digest('loan-number'),
        linkDigest: digest('key-facts'),
        publicUrl: options.publicUrl?.replace(/\/+$/, '') ?? 'http://localhost',
        erase: (person, organization) => books.store.erase(person, organization),
        requests: requestRefs(keep.requestKey),
        woken: () => outbox?.wake(),
        untold: (template, code) => log.error({ template, code }, 'a message was refused'),
        organizations: new Map(),
      }
      const whole: Financing = {
        ...shared,
        portfolio: await books.store.view(portfolioView),
        books: await FinancingBooks.open({
          store: books.store,
          tenants,
          businessDate: (organization) => today(shared, organization),
          appended: (kind, organization) => {
            bus.emit('financing.appended', { book: kind, organization })
            if (kind === 'project') look()
          },
        }),
      }
      financing = whole
      closings = new Closings(whole, (error) => log.warn({ error }, 'a project could not be closed yet'))
      outbox = new Outbox({ handlers: investorDeliveries(whole), log: (level, message, fields) => log[level](fields, message) })
      outbox.watch(whole.intents)
      services.push(projectService(whole), loanService(whole), investorService(whole), fundingService(whole))
      const offered = services.map((service) => bus.serve(service))
      await bus.start()
      await Promise.all(offered)
    },

    async run() {
      const whole = financing as Financing
      running = true
      const followers: BookFollower[] = [...loanFollowers(whole), ...fundingFollowers(whole)]
      whole.books.onOpen((book) => {
        for (const { kind, name, handle } of followers) {
          if (kind === book.kind) following.push(book.follow(name, handle, { onError: (error, attempt) => log.warn({ error, attempt, follower: name }, 'a follower tries again') }))
        }
      })
      bus.on('payment.appended', look)
      if (isMovable(clock)) stopMoves = clock.onMove(closeAllDays)
      else timer = setInterval(() => void closeAllDays(), DAY_CHECK_MS).unref()
      await closeAllDays()
      outbox?.wake()
    },

    async idle() {
      await days
      await Promise.all(following.map((follower) => follower.idle()))
      await outbox?.settle()
      await closings?.look()
    },

    async health() {
      const store = opened?.store.health() ?? { ok: false, problems: [{ code: 'STORE_CLOSED', of: NAME }], followers: [] }
      const records = await keep.collections.health()
      return { ok: store.ok && records.ok, reasons: [...store.problems.map(({ code, of }) => `${code} ${of}`), ...(records.ok ? [] : [records.detail])] }
    },

    async stop() {
      running = false
      stopMoves?.()
      clearInterval(timer)
      await days
      await closings?.idle()
      await outbox?.stop()
      await bus.stop()
      await opened?.close()
      await keep.close()
    },
  }
}

