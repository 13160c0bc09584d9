import type { Repository, WaitingEvent } from '@growr/collections'
import { Refusal } from '@growr/contracts'
import { refusalOf } from './failure.ts'

export type Deliver = (event: WaitingEvent) => Promise<void>

export interface OutboxOptions {
  readonly handlers: Readonly<Record<string, Deliver>>
  readonly log: (level: 'warn' | 'error', message: string, fields: Readonly<Record<string, unknown>>) => void
}

// The part of a repository that the outbox needs, whatever its documents are.
type Waiting = Pick<Repository<{ id: string }>, 'pending' | 'settle'>

const BATCH = 200

/**
 * Delivers what records wait to tell others, at least once: messages, and calls to other services. An event that cannot
 * be delivered now stays where it is and is tried at the next wake-up; one that never can is settled and logged by its code.
 */
export class Outbox {
  readonly #repositories: Waiting[] = []
  readonly #options: OutboxOptions
  #running: Promise<number> | undefined
  #again = false
  #stopped = false

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  watch(repository: Waiting): void {
    this.#repositories.push(repository)
  }

  /** Something was written: deliver it soon. */
  wake(): void {
    void this.#drain()
  }

  /** Resolves when nothing is left that can be delivered now; gives how many events wait for a better time. */
  async settle(): Promise<number> {
    return this.#drain()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  #drain(): Promise<number> {
    if (this.#running !== undefined) {
      this.#again = true
      return this.#running
    }
    this.#running = this.#rounds().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #rounds(): Promise<number> {
    let waiting = 0
    do {
      this.#again = false
      waiting = 0
      for (const repository of this.#repositories) {
        if (this.#stopped) return waiting
        waiting += await this.#round(repository)
      }
    } while (this.#again && !this.#stopped)
    return waiting
  }

  async #round(repository: Waiting): Promise<number> {
    let events: WaitingEvent[]
    try {
      events = await repository.pending(BATCH)
    } catch (error) {
      this.#options.log('error', 'waiting events could not be read', { failure: codeOf(error) })
      return 1
    }
    let left = 0
    for (const event of events) {
      if (this.#stopped) return left
      if (await this.#deliver(event)) await repository.settle(event.recordId, event.id)
      else left += 1
    }
    if (events.length === BATCH && left < BATCH) this.#again = true
    return left
  }

  /** True where the event is done with. */
  async #deliver(event: WaitingEvent): Promise<boolean> {
    const deliver = this.#options.handlers[event.type]
    if (deliver === undefined) {
      this.#options.log('error', 'an event is of no known type', { type: event.type })
      return false
    }
    try {
      await deliver(event)
      return true
    } catch (error) {
      const refusal = refusalOf(error)
      const passing = !(refusal instanceof Refusal) || refusal.kind === 'UNAVAILABLE' || refusal.kind === 'LIMIT' || refusal.kind === 'INTERNAL'
      this.#options.log(passing ? 'warn' : 'error', passing ? 'an event waits for a better time' : 'an event was refused', { type: event.type, failure: codeOf(refusal) })
      return !passing
    }
  }
}

const codeOf = (error: unknown): string => {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' ? code : error instanceof Error ? error.name : typeof error
}
