import { ServiceBroker, type BrokerOptions, type Service, type ServiceSchema } from 'moleculer'
import { silent, type BusConfig, type BusHooks } from './config.ts'
import { createWakes, type Wakes } from './events.ts'
import { isIll, isPassing, RefusalRegenerator } from './failure.ts'

/** Moleculer under the buses of one process. Several groups in one process share one, and each speaks by its own tokens. */
export interface Broker extends BusHooks {
  readonly moleculer: ServiceBroker
  readonly config: BusConfig
  readonly wakes: Wakes
  /** Adds a service; the promise is kept once it can be called. */
  readonly add: (schema: ServiceSchema) => { readonly service: Service; readonly ready: Promise<void> }
}

export interface BrokerOptionsOfOurs extends BusHooks {
  /** Unique among the processes that see one another. */
  readonly name: string
  readonly config?: BusConfig
}

/** A broker by configuration: in process unless a transporter is named; no logger, no internal services. */
export function createBroker({ name, config = {}, ...hooks }: BrokerOptionsOfOurs): Broker {
  const waiting = new Map<Service, () => void>()
  const serviceStarted = async (service: Service): Promise<void> => {
    waiting.get(service)?.()
    waiting.delete(service)
  }
  const moleculer = new ServiceBroker({ ...options(name, config), middlewares: [{ name: 'Ready', serviceStarted }] })
  const add = (schema: ServiceSchema): { service: Service; ready: Promise<void> } => {
    const { promise: ready, resolve } = Promise.withResolvers<void>()
    const service = moleculer.createService(schema)
    waiting.set(service, resolve)
    return { service, ready }
  }
  return { moleculer, config, wakes: createWakes(moleculer, hooks.log ?? silent), add, ...hooks }
}

function options(name: string, config: BusConfig): BrokerOptions {
  const distributed = config.transporter !== undefined
  const retry = config.retry ?? (distributed ? { retries: 3 } : undefined)
  return {
    nodeID: name,
    namespace: config.namespace ?? 'growr',
    logger: false,
    // `$node.*` would answer anybody who reaches the transporter.
    internalServices: false,
    // The process decides itself how it ends.
    skipProcessEventRegistration: true,
    validator: false,
    errorRegenerator: new RefusalRegenerator(),
    requestTimeout: config.requestTimeoutMs ?? (distributed ? 30_000 : 0),
    maxCallLevel: 0,
    registry: { stopDelay: distributed ? 100 : 0 },
    tracking: { enabled: config.drainMs !== undefined, shutdownTimeout: config.drainMs ?? 0 },
    ...(config.transporter === undefined ? {} : { transporter: config.transporter as NonNullable<BrokerOptions['transporter']> }),
    ...(retry && {
      retryPolicy: {
        enabled: true,
        retries: retry.retries,
        delay: retry.delayMs ?? 100,
        maxDelay: retry.maxDelayMs ?? 1000,
        factor: retry.factor ?? 2,
        check: isPassing,
      },
    }),
    ...(config.breaker && {
      circuitBreaker: {
        enabled: true,
        threshold: config.breaker.threshold,
        minRequestCount: config.breaker.minRequests,
        windowTime: config.breaker.windowSeconds,
        halfOpenTime: config.breaker.halfOpenMs,
        check: isIll,
      },
    }),
    ...(config.bulkhead && { bulkhead: { enabled: true, concurrency: config.bulkhead.concurrency, maxQueueSize: config.bulkhead.maxQueue } }),
  }
}
