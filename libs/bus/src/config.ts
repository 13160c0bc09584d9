import { defaultBounds, type Bounds } from './bounds.ts'
import type { BusLog } from './failure.ts'

export interface BusConfig {
  /** None: all in one process. Else as Moleculer writes it, such as `nats://…` or `{ type: 'TCP', options: … }`. */
  readonly transporter?: string | Readonly<Record<string, unknown>>
  readonly namespace?: string
  /** Milliseconds until a call is TIMED_OUT; 0 switches it off, which is the default within one process. */
  readonly requestTimeoutMs?: number
  /** Tries again what did not arrive: queries, and mutations that carry a request id. Off within one process. */
  readonly retry?: { readonly retries: number; readonly delayMs?: number; readonly maxDelayMs?: number; readonly factor?: number }
  /** Stops calling an action that keeps failing from inside (INTERNAL, UNAVAILABLE). */
  readonly breaker?: { readonly threshold: number; readonly minRequests: number; readonly windowSeconds: number; readonly halfOpenMs: number }
  /** How many calls of one action run at once, and how many may wait. */
  readonly bulkhead?: { readonly concurrency: number; readonly maxQueue: number }
  /** Checks each result against its contract; the default outside of production. */
  readonly checkResults?: boolean
  readonly bounds?: Partial<Bounds>
  /** Milliseconds that an orderly stop waits for calls under way. */
  readonly drainMs?: number
}

/** What became of one call, for metrics: no id and no parameter. */
export interface Measured {
  readonly action: string
  /** `OK` or the code of the refusal. */
  readonly outcome: string
  readonly milliseconds: number
}

export interface BusHooks {
  readonly log?: BusLog
  readonly measure?: (measured: Measured) => void
}

export const silent: BusLog = () => {}

export const boundsOf = (config: BusConfig): Bounds => ({ ...defaultBounds, ...config.bounds })
export const checksResults = (config: BusConfig): boolean => config.checkResults ?? process.env['NODE_ENV'] !== 'production'
