import { createHash } from 'node:crypto'
import { Router, type Request, type Response } from 'express'
import type { Bus } from '@growr/bus'
import { investor, isCode, Refusal, type Params, type Result, type UserCaller } from '@growr/contracts'
import type { Logger } from '@growr/runtime'
import type { AccessConfig } from './config.ts'
import type { Identify } from './identify.ts'
import { Lanes } from './lanes.ts'
import type { Count } from './rate.ts'

export interface LiveOptions {
  readonly config: Pick<AccessConfig, 'liveStreams' | 'liveStreamsPerUser' | 'liveCoalesceMs' | 'liveHeartbeatSeconds'>
  readonly bus: Bus
  readonly identify: Identify
  readonly logger: Logger
}

/** How many snapshots are made at once, whoever waits for one. */
const ATONCE = 4
/** Heartbeats after which a reader that takes nothing is let go. */
const PATIENCE = 4

/**
 * The live door: an investor's portfolio over server-sent events. A stream begins with a snapshot and sends another after each change
 * that concerns it; changes that come close together are one. An event's id is the digest of its snapshot, so that whoever comes back
 * with `Last-Event-ID` gets nothing twice and misses nothing, whichever process answers and however long it was away.
 */
export class Live {
  readonly #options: LiveOptions
  readonly #streams = new Set<Stream>()
  readonly #lanes = new Lanes(ATONCE)
  readonly #stopListening: () => void
  #ended = false

  constructor(options: LiveOptions) {
    this.#options = options
    this.#stopListening = options.bus.on('financing.appended', ({ book, organization }) => {
      // Whose first capital arrives has no project of that organization in view yet, so a Funding book concerns everybody.
      for (const stream of this.#streams) if (book === 'funding' || stream.concerns(String(organization))) stream.changed()
    })
  }

  /** `countUser` bounds how often one user may come. */
  router(countUser: Count): Router {
    const router = Router({ caseSensitive: true, strict: true })
    router.get('/live/portfolio', async (request, response) => {
      const caller = await this.#options.identify(request.headers)
      if (!caller) throw new Refusal('UNAUTHENTICATED')
      await countUser(caller.userId)
      if (caller.role !== 'INVESTOR') throw new Refusal('FORBIDDEN')
      this.#requireRoom(caller)
      const { project } = request.query
      const params = investor.portfolio.params.safeParse(project === undefined ? {} : { project })
      if (!params.success) throw new Refusal('BAD_INPUT', { path: 'query.project' })
      await this.#open(request, response, caller, params.data as Params<typeof investor.portfolio>)
    })
    return router
  }

  /** Ends every stream, for the node's stop. */
  end(): void {
    this.#ended = true
    this.#stopListening()
    for (const stream of this.#streams) stream.end()
  }

  #requireRoom({ userId }: UserCaller): void {
    if (this.#ended) throw new Refusal('UNAVAILABLE')
    const own = [...this.#streams].filter((stream) => stream.userId === userId).length
    if (this.#streams.size >= this.#options.config.liveStreams || own >= this.#options.config.liveStreamsPerUser) {
      throw new Refusal('RATE_LIMITED', { details: { retryAfter: Math.ceil(this.#options.config.liveHeartbeatSeconds) } })
    }
  }

  async #open(request: Request, response: Response, caller: UserCaller, params: Params<typeof investor.portfolio>): Promise<void> {
    const { bus, identify, config, logger } = this.#options
    // Whoever hung up while the session was looked at has been closed already, and would keep a place for ever.
    if (response.destroyed) return
    const stream = new Stream({
      userId: caller.userId,
      response,
      config,
      lastId: request.get('last-event-id'),
      // The session is looked at each time: a block ends the stream, and what changed after it is never sent.
      snapshot: () => this.#lanes.run(async () => {
        const still = await identify(request.headers)
        if (!still) throw new Refusal('UNAUTHENTICATED')
        return bus.call(investor.portfolio, params, { user: await bus.tokens.mintUser(still) })
      }),
      alive: async () => void (await identify(request.headers)),
      failed: (code) => logger.warn({ code }, 'a live stream goes without a snapshot for now'),
    })
    this.#streams.add(stream)
    response.once('close', () => {
      this.#streams.delete(stream)
      stream.closed()
    })
    // What would be refused is refused with its status, before the stream begins.
    await stream.begin()
    // The stop of the node may have come while the first snapshot was made.
    if (this.#ended) stream.end()
  }
}

type Snapshot = Result<typeof investor.portfolio>

interface StreamParts {
  readonly userId: string
  readonly response: Response
  readonly config: LiveOptions['config']
  readonly lastId: string | undefined
  readonly snapshot: () => Promise<Snapshot>
  /** Throws where the session is gone. */
  readonly alive: () => Promise<void>
  readonly failed: (code: string) => void
}

/** One open connection. */
class Stream {
  readonly userId: string
  readonly #parts: StreamParts
  #organizations: ReadonlySet<string> = new Set()
  #lastId: string | undefined
  #begun = false
  #dirty = false
  #busy = false
  #stuck = 0
  #timer: NodeJS.Timeout | undefined
  #heartbeat: NodeJS.Timeout | undefined

  constructor(parts: StreamParts) {
    this.#parts = parts
    this.userId = parts.userId
    this.#lastId = parts.lastId
  }

  /** Before the first snapshot is there nobody knows: what changes while it is made may be missing in it. */
  concerns(organization: string): boolean {
    return !this.#begun || this.#organizations.has(organization)
  }

  /** Makes the first snapshot and opens the stream with it; one that the reader has already is not sent again. */
  async begin(): Promise<void> {
    const first = await this.#parts.snapshot()
    const { response, config } = this.#parts
    if (response.destroyed || response.headersSent) return
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    response.write('retry: 5000\n\n')
    this.#begun = true
    this.#send(first)
    this.#heartbeat = setInterval(() => void this.#beat(), config.liveHeartbeatSeconds * 1000).unref()
    response.on('drain', () => {
      this.#stuck = 0
      this.#plan()
    })
    this.#plan()
  }

  changed(): void {
    this.#dirty = true
    this.#plan()
  }

  end(code?: string): void {
    const { response } = this.#parts
    if (this.#begun && !response.writableEnded) response.end(code === undefined ? undefined : `event: end\ndata: ${JSON.stringify({ code })}\n\n`)
  }

  closed(): void {
    this.#begun = false
    clearTimeout(this.#timer)
    clearInterval(this.#heartbeat)
  }

  /** Sends what is new a little later, so that changes that come close together are one. */
  #plan(): void {
    const { response, config } = this.#parts
    if (!this.#begun || !this.#dirty || this.#busy || this.#timer || response.writableNeedDrain) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#update()
    }, config.liveCoalesceMs).unref()
  }

  async #update(): Promise<void> {
    this.#busy = true
    this.#dirty = false
    try {
      this.#send(await this.#parts.snapshot())
    } catch (error) {
      // Tried again with the next change or heartbeat; only a session that is gone ends it.
      this.#dirty = true
      this.#endIfGone(error)
      return
    } finally {
      this.#busy = false
    }
    this.#plan()
  }

  #send(snapshot: Snapshot): void {
    this.#organizations = new Set(snapshot.projects.map(({ organization }) => organization))
    const data = JSON.stringify(snapshot)
    const id = createHash('sha256').update(data).digest('base64url').slice(0, 22)
    const { response } = this.#parts
    if (id === this.#lastId || !this.#begun || response.writableEnded) return
    this.#lastId = id
    response.write(`id: ${id}\nevent: portfolio\ndata: ${data}\n\n`)
  }

  async #beat(): Promise<void> {
    const { response, alive } = this.#parts
    if (response.writableNeedDrain && ++this.#stuck >= PATIENCE) return void response.destroy()
    try {
      await alive()
    } catch (error) {
      return this.#endIfGone(error)
    }
    if (this.#begun && !response.writableEnded && !response.writableNeedDrain) response.write(': here\n\n')
    this.#plan()
  }

  #endIfGone(error: unknown): void {
    const code = (error as { code?: unknown } | null)?.code
    if (isCode(code) && gone.has(code)) this.end(code)
    else this.#parts.failed(isCode(code) ? code : 'INTERNAL')
  }
}

const gone: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'TOKEN_INVALID', 'TOKEN_EXPIRED', 'SESSION_REVOKED', 'FORBIDDEN', 'USER_BLOCKED', 'NOT_FOUND'])
