import type { Repository, WaitingEvent } from '@growr/collections'
import { Refusal } from '@growr/contracts'
import { refusalOf } from './failure.ts'

export type Deliver = (event: WaitingEvent) => Promise<void>

/** Calls back once after so many milliseconds; answers how to cancel. */
export type Later = (milliseconds: number, then: () => void) => () => void

export interface OutboxOptions {
  readonly handlers: Readonly<Record<string, Deliver>>
  readonly log: (level: 'warn' | 'error', message: string, fields: Readonly<Record<string, unknown>>) => void
  /** How to wait before what could not be delivered is tried again; by a timer unless given. */
  readonly later?: Later
}

// The part of a repository that the outbox needs, whatever its documents are.
type Waiting = Pick<Repository<{ id: string }>, 'pending' | 'settle'>

const BATCH = 200
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 60_000

const byTimer: Later = (milliseconds, then) => {
  const timer = setTimeout(then, milliseconds).unref()
  return () => clearTimeout(timer)
}

/**
 * Delivers what records wait to tell others, at least once: messages, and calls to other services. An event that cannot be
 * delivered now stays where it is and is tried again, after one second at first and after a minute at last, or when the outbox is
 * woken; one that never can is settled and logged by its code.
 */
export class Outbox {
  readonly #repositories: Waiting[] = []
  readonly #options: OutboxOptions
  readonly #later: Later
  #running: Promise<number> | undefined
  #again = false
  #stopped = false
  #failures = 0
  #cancel: (() => void) | undefined

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#later = options.later ?? byTimer
  }

  watch(repository: Waiting): void {
    this.#repositories.push(repository)
  }

  /** Something was written: deliver it soon. */
  wake(): void {
    void this.#drain()
  }

  /** Resolves when nothing is left that can be delivered now; gives how many events wait for a better time. */
  settle(): Promise<number> {
    return this.#drain()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel?.()
    await this.#running
  }

  #drain(): Promise<number> {
    if (this.#stopped) return Promise.resolve(0)
    this.#again = true
    this.#running ??= this.#rounds()
    return this.#running
  }

  async #rounds(): Promise<number> {
    this.#cancel?.()
    // Later than `#running` is set, which the end of the rounds takes away again.
    await Promise.resolve()
    let waiting = 0
    while (this.#again && !this.#stopped) {
      this.#again = false
      waiting = 0
      for (const repository of this.#repositories) waiting += await this.#round(repository)
    }
    // Without a pause after the last look, so that no wake-up falls in between.
    this.#running = undefined
    this.#failures = waiting === 0 ? 0 : this.#failures + 1
    if (waiting > 0 && !this.#stopped) this.#cancel = this.#later(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures - 1, 10)), () => this.wake())
    return waiting
  }

  async #round(repository: Waiting): Promise<number> {
    let left = 0
    try {
      const events = await repository.pending(BATCH)
      for (const event of events) {
        if (this.#stopped) return left
        if (await this.#deliver(event)) await repository.settle(event.recordId, event.id)
        else left += 1
      }
      if (events.length === BATCH && left < BATCH) this.#again = true
      return left
    } catch (error) {
      this.#options.log('error', 'waiting events could not be read or settled', { failure: codeOf(error) })
      return left + 1
    }
  }

  /** True where the event is done with. */
  async #deliver(event: WaitingEvent): Promise<boolean> {
    const deliver = Object.hasOwn(this.#options.handlers, event.type) ? this.#options.handlers[event.type] : undefined
    if (deliver === undefined) {
      this.#options.log('error', 'an event is of no known type', { type: event.type })
      return false
    }
    try {
      await deliver(event)
      return true
    } catch (error) {
      const refusal = refusalOf(error)
      const passing = isPassing(refusal)
      this.#options.log(passing ? 'warn' : 'error', passing ? 'an event waits for a better time' : 'an event was refused', { type: event.type, failure: codeOf(refusal) })
      return !passing
    }
  }
}

/** Whether a failure may be gone the next time: everything but a refusal that stays. */
export function isPassing(error: unknown): boolean {
  const refusal = refusalOf(error)
  return !(refusal instanceof Refusal) || refusal.kind === 'UNAVAILABLE' || refusal.kind === 'LIMIT' || refusal.kind === 'INTERNAL'
}

const codeOf = (error: unknown): string => {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' ? code : error instanceof Error ? error.name : typeof error
}
