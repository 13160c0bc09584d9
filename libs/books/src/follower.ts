import type { Awaitable } from './keys.ts'

/** Where a follower's place is kept. */
export interface Cursor {
  /** The number of the last entry that was handled; null before the first start. */
  read(): number | null
  write(seq: number): void
}

/** Waiting, as a dependency: calls back once after so many milliseconds; answers how to cancel. */
export type Delay = (milliseconds: number, then: () => void) => () => void

export const realDelay: Delay = (milliseconds, then) => {
  const timer = setTimeout(then, milliseconds)
  timer.unref()
  return () => clearTimeout(timer)
}

export interface FollowerOptions<T extends { readonly seq: number }> {
  readonly name: string
  /** Entries after a number, in order, at most so many; the same call for a book here and for one behind an action. */
  readonly feed: (after: number, limit: number) => Awaitable<readonly T[]>
  /** Called for each entry, in order, one at a time, at least once: again after a crash, so it has to be idempotent. */
  readonly handler: (entry: T) => Awaitable<void>
  readonly cursor: Cursor
  /** A follower that starts for the first time begins with the first entry (the default), or with what comes next. */
  readonly fromStart?: boolean
  /** The number of the last entry there is; needed with fromStart: false. */
  readonly head?: () => Awaitable<number>
  readonly limit?: number
  /** Milliseconds to the first retry and at most; doubled in between. 100 and 30,000 unless given. */
  readonly retry?: { readonly first: number; readonly most: number }
  /** Milliseconds after which to ask a feed that does not wake its follower. Never unless given. */
  readonly poll?: number
  readonly delay?: Delay
  readonly onError?: (error: unknown, attempt: number) => void
}

export interface FollowerStatus {
  readonly name: string
  readonly seq: number
  /** Attempts that failed in a row; 0 when all is well. */
  readonly attempts: number
  readonly error: unknown
}

/** Hands the entries of a feed to a handler: in order, at least once, from where it left off, over and over until it succeeds. */
export class Follower<T extends { readonly seq: number }> {
  readonly #options: FollowerOptions<T>
  readonly #delay: Delay
  #seq = 0
  #attempts = 0
  #error: unknown = null
  #stopped = false
  #woken = false
  #interrupt: (() => void) | null = null
  #running: Promise<void> | null = null
  #waiters: (() => void)[] = []

  constructor(options: FollowerOptions<T>) {
    this.#options = options
    this.#delay = options.delay ?? realDelay
  }

  start(): this {
    this.#running ??= this.#run()
    return this
  }

  /** There is something new: look at once, unless it is waiting to try again. */
  wake(): void {
    this.#woken = true
    this.#interrupt?.()
  }

  get status(): FollowerStatus {
    return { name: this.#options.name, seq: this.#seq, attempts: this.#attempts, error: this.#error }
  }

  get stopped(): boolean {
    return this.#stopped
  }

  /** Resolves when all that there is has been handled, or when it is stopped. */
  idle(): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    return new Promise(resolve => {
      this.#waiters.push(resolve)
      this.wake()
    })
  }

  /** Resolves when the handler is no longer running; nothing is handed on afterwards. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#interrupt?.()
    await this.#running
    this.#settle()
  }

  async #run(): Promise<void> {
    if (!await this.#place()) return
    while (!this.#stopped) {
      this.#woken = false
      const page = await this.#try(() => this.#options.feed(this.#seq, this.#options.limit ?? 100))
      if (page === null) return
      if (page.length === 0) {
        if (this.#woken) continue
        this.#settle()
        await this.#wait(this.#options.poll ?? null, true)
        continue
      }
      for (const entry of page) {
        if (this.#stopped) return
        const handled = await this.#try(async () => {
          await this.#options.handler(entry)
          this.#options.cursor.write(entry.seq)
          return true
        })
        if (handled === null) return
        this.#seq = entry.seq
      }
    }
  }

  async #place(): Promise<boolean> {
    const { cursor, fromStart = true, head } = this.#options
    const seq = await this.#try(async () => {
      const known = cursor.read()
      if (known !== null) return known
      const start = fromStart || head === undefined ? 0 : await head()
      cursor.write(start)
      return start
    })
    this.#seq = seq ?? 0
    return seq !== null
  }

  /** Does it until it succeeds, waiting longer each time; null when it is stopped meanwhile. */
  async #try<R>(work: () => Awaitable<R>): Promise<R | null> {
    const { first, most } = this.#options.retry ?? { first: 100, most: 30_000 }
    while (!this.#stopped) {
      try {
        const result = await work()
        this.#attempts = 0
        this.#error = null
        return result
      } catch (error) {
        this.#attempts += 1
        this.#error = error
        this.#options.onError?.(error, this.#attempts)
        await this.#wait(Math.min(most, first * 2 ** Math.min(30, this.#attempts - 1)), false)
      }
    }
    return null
  }

  #wait(milliseconds: number | null, wakeable: boolean): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    return new Promise(resolve => {
      const done = (): void => {
        cancel?.()
        this.#interrupt = null
        resolve()
      }
      const cancel = milliseconds === null ? null : this.#delay(milliseconds, done)
      this.#interrupt = () => { if (wakeable || this.#stopped) done() }
    })
  }

  #settle(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const resolve of waiters) resolve()
  }
}
