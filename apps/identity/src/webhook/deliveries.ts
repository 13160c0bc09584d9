import { Refusal, type webhook as contract } from '@growr/contracts'
import { every, refusalOf, type Later } from '@growr/service'
import type { Kit } from '../kit.ts'
import { feedPage } from './feed.ts'
import { openChannel, type Channel, type Outcome } from './post.ts'
import { signedHeaders } from './signature.ts'
import type { LaneDoc, WebhookDoc } from './webhook.collections.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** After each failure in a row: when the next attempt comes. The last one goes on. */
const BACK_OFF = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR]
/** A webhook that has failed for so long is switched off, and the admins are told. */
export const GIVE_UP = 5 * 24 * HOUR
const BATCH = 100
/** So many receivers are served at once; a slow one takes one place. */
const AT_ONCE = 32

export const backOff = (failures: number): number => BACK_OFF[Math.min(failures, BACK_OFF.length) - 1] ?? 0

const byTimer: Later = (milliseconds, then) => {
  const timer = setTimeout(then, Math.min(milliseconds, 2 ** 31 - 1)).unref()
  return () => clearTimeout(timer)
}

/**
 * Sends each webhook what happens in its books: in order within a book, at least once, with the same id whenever it is sent again.
 * The cursor is on disk before the next entry leaves. What fails is tried again after longer and longer; the other books of the
 * webhook, and the other webhooks, do not wait for it.
 */
export class Deliveries {
  readonly #kit: Kit
  readonly #later: Later
  /** Organizations with something to send; undefined until it was looked. */
  #organizations: Set<string> | undefined
  readonly #running = new Map<string, { again: boolean; readonly done: Promise<void> }>()
  readonly #places = new Places(AT_ONCE)
  #looking: Promise<void> | undefined
  #again = false
  #cancel: (() => void) | undefined
  #due = Infinity
  readonly #stopping = new AbortController()

  constructor(kit: Kit, later: Later = byTimer) {
    this.#kit = kit
    this.#later = later
  }

  /** There may be something new, of one organization or of any. */
  wake(organization?: string): void {
    if (organization !== undefined && this.#organizations?.has(organization) === false) return
    void this.#look()
  }

  /** A webhook was added, removed or switched. */
  changed(): void {
    this.#organizations = undefined
    this.wake()
  }

  /** Resolves when nothing is left that can be delivered now. */
  async settle(): Promise<void> {
    await this.#look()
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ done }) => done))
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#cancel?.()
    await this.#looking
    await Promise.all([...this.#running.values()].map(({ done }) => done))
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted
  }

  #look(): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    this.#again = true
    this.#looking ??= this.#rounds().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  /** Starts what has something to send; nobody waits here for a receiver. */
  async #rounds(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false
      if (!this.#kit.sending()) return
      try {
        const active: WebhookDoc[] = []
        for await (const webhook of every(this.#kit.hooks.webhooks, { status: 'ACTIVE' })) active.push(webhook)
        this.#organizations = new Set(active.map(({ organization }) => organization))
        for (const { id, books } of active) for (const book of books) this.#start(id, book)
      } catch (error) {
        this.#kit.log.warn({ error }, 'webhooks could not be read')
      }
    }
  }

  /** One run for each lane at a time; one that is under way looks once more at its end. */
  #start(webhook: string, book: contract.Followed): void {
    const id = laneId(webhook, book)
    const going = this.#running.get(id)
    if (going) {
      going.again = true
      return
    }
    const run = { again: true, done: Promise.resolve() }
    const work = async (): Promise<void> => {
      while (run.again && !this.#stopped) {
        run.again = false
        await this.#run(webhook, book).catch((error: unknown) => {
          const refusal = refusalOf(error)
          this.#kit.log.warn({ webhook, book, code: refusal instanceof Refusal ? refusal.code : 'INTERNAL', error }, 'a webhook could not go on')
        })
      }
      this.#running.delete(id)
    }
    this.#running.set(id, run)
    run.done = work()
  }

  async #run(id: string, book: contract.Followed): Promise<void> {
    const { hooks, config } = this.#kit
    let channel: Channel | undefined
    try {
      for (let more = true; more; ) {
        const webhook = (await hooks.webhooks.get(id))?.doc
        if (webhook?.status !== 'ACTIVE') return
        const open = (): Channel => (channel ??= openChannel({ url: webhook.url, targets: config.webhookTargets, timeoutMs: config.webhookTimeoutMs, signal: this.#stopping.signal }))
        more = await this.#places.take(() => this.#batch(webhook, laneId(id, book), open))
      }
    } finally {
      channel?.close()
    }
  }

  /** Sends some entries; false where the lane has come to its end, has to wait or is over. */
  async #batch(webhook: WebhookDoc, id: string, open: () => Channel): Promise<boolean> {
    const { hooks, real, sending } = this.#kit
    const lane = (await hooks.lanes.get(id))?.doc
    if (lane === undefined) return false
    const wait = lane.nextAt === null ? 0 : Date.parse(lane.nextAt) - real.now().getTime()
    if (wait > 0) {
      this.#wakeIn(wait)
      return false
    }
    const page = await this.#page(webhook, lane)
    for (const item of page.items) {
      if (this.#stopped || !sending() || !(await this.#send(open(), webhook, id, item))) return false
    }
    return page.more
  }

  /** What comes next. A cursor beyond the end of its book, which a restored node has, goes back to the end. */
  async #page({ organization }: WebhookDoc, { id, book, after, generation }: LaneDoc) {
    try {
      return await feedPage(this.#kit, organization, book, { after, generation }, BATCH)
    } catch (error) {
      const end = error instanceof Refusal && error.code === 'CURSOR_AHEAD' ? error.details?.['end'] : undefined
      if (typeof end !== 'number') throw error
      await this.#kit.hooks.lanes.update(id, (lane) => ({ ...lane, after: end }))
      return { items: [], next: end, more: false }
    }
  }

  /** False where the lane has to wait or is over. */
  async #send(channel: Channel, webhook: WebhookDoc, lane: string, item: contract.FeedItem): Promise<boolean> {
    const { hooks, real } = this.#kit
    // It may have been removed or switched off since the page was read.
    const now = (await hooks.webhooks.get(webhook.id))?.doc
    if (now?.status !== 'ACTIVE') return false
    const body = JSON.stringify(item)
    const outcome = await channel.post(body, signedHeaders(now.secret, item.id, real.now(), body))
    if (outcome.outcome === 'DELIVERED') {
      await hooks.lanes.update(lane, (doc) => ({ ...doc, after: item.seq, generation: item.generation, failures: 0, failingSince: null, nextAt: null, lastFailure: null }))
      return true
    }
    // What the stop of the node breaks off is no failure of the receiver: it comes again.
    if (!this.#stopped) await this.#failed(now, lane, outcome)
    return false
  }

  async #failed(webhook: WebhookDoc, lane: string, outcome: Outcome): Promise<void> {
    const { hooks, real, log } = this.#kit
    const now = real.now().getTime()
    const reason = outcome.outcome === 'FAILED' ? outcome.reason : 'HTTP_410'
    const { doc } = await hooks.lanes.update(lane, (known) => {
      const failures = known.failures + 1
      const wait = Math.max(backOff(failures), (outcome.outcome === 'FAILED' ? outcome.retryAfterMs : undefined) ?? 0)
      return { ...known, failures, failingSince: known.failingSince ?? new Date(now).toISOString(), nextAt: new Date(now + wait).toISOString(), lastFailure: reason }
    })
    log.info({ webhook: webhook.id, book: doc.book, failures: doc.failures, reason }, 'a webhook was not taken')
    if (outcome.outcome === 'GONE' || now - Date.parse(doc.failingSince as string) >= GIVE_UP) return this.#switchOff(webhook, doc)
    this.#wakeIn(Date.parse(doc.nextAt as string) - now)
  }

  async #switchOff({ id, organization, url }: WebhookDoc, { failingSince, lastFailure }: LaneDoc): Promise<void> {
    const { hooks, outbox } = this.#kit
    const told = { organization, host: new URL(url).host, since: (failingSince as string).slice(0, 10), reason: lastFailure }
    await hooks.webhooks.update(id, (doc) => (doc.status === 'OFF' ? null : { ...doc, status: 'OFF' }), { pending: [{ type: 'webhook.off', data: told }] })
    outbox.wake()
    this.changed()
  }

  #wakeIn(milliseconds: number): void {
    const due = this.#kit.real.now().getTime() + milliseconds
    if (this.#stopped || due >= this.#due) return
    this.#cancel?.()
    this.#due = due
    this.#cancel = this.#later(milliseconds, () => {
      this.#due = Infinity
      this.wake()
    })
  }
}

export const laneId = (webhook: string, book: contract.Followed): string => `${webhook}:${book}`

/** So many at once; the others wait their turn. */
class Places {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(free: number) {
    this.#free = free
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((granted) => this.#waiting.push(granted))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free += 1
    }
  }
}
