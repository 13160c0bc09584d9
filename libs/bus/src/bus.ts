import type { Service as MoleculerService } from 'moleculer'
import { Refusal, type Cause, type Contract, type Input, type Result, type ServiceName } from '@growr/contracts'
import { serviceName, type CallOptions, type Service } from './action.ts'
import { createBroker, type Broker } from './broker.ts'
import { silent, type BusConfig, type BusHooks } from './config.ts'
import type { Wakes } from './events.ts'
import { metByCaller } from './failure.ts'
import { pipeline, type Invoke, type Meta, type Mint } from './pipeline.ts'
import type { CallTokens } from './tokens.ts'

export interface BusOptions extends BusHooks {
  readonly name: string
  readonly config?: BusConfig
  readonly tokens: CallTokens
  /** The broker of a process in which several groups live; without it the bus makes one of its own. */
  readonly broker?: Broker
}

/** On whose behalf a call from outside of an action is made: both may be given, and then the user acts through the service. */
export interface Behalf extends CallOptions {
  /** A user's call token. */
  readonly user?: string | undefined
  /** One of this group's own services, with the entry that makes it act. */
  readonly as?: { readonly service: ServiceName; readonly cause?: Cause | undefined } | undefined
  readonly traceId?: string | undefined
}

/** One group's side of the bus. */
export interface Bus extends Wakes {
  readonly tokens: CallTokens
  /** Offers a service of this group; the promise is kept once it can be called, so wait for it only after `start`. */
  serve(service: Service): Promise<void>
  call<C extends Contract>(contract: C, params: Input<C>, behalf?: Behalf): Promise<Result<C>>
  /** Waits until others offer these services too; UNAVAILABLE after that many milliseconds. */
  waitFor(services: readonly ServiceName[], timeoutMs: number): Promise<void>
  start(): Promise<void>
  /** Takes this group's services away; the broker stops with the last bus on it. */
  stop(): Promise<void>
}

/** How many buses are started on a broker. */
const started = new WeakMap<Broker, number>()

/** The bus of a group: its calls carry the group's tokens, its actions verify those of others. */
export function createBus(options: BusOptions): Bus {
  const { tokens } = options
  const broker = options.broker ?? createBroker(options)
  const { moleculer } = broker
  const log = broker.log ?? silent
  const retrying = moleculer.options.retryPolicy?.enabled === true
  const served: { readonly service: MoleculerService; readonly ready: Promise<void> }[] = []
  let running = false

  const invoke: Invoke = async (contract, params, meta, call, parent) => {
    // Only what may happen twice is tried twice.
    const once = retrying && contract.kind === 'mutation' && meta.requestId === undefined
    try {
      return await moleculer.call<unknown, unknown>(contract.name, params, {
        meta: meta as unknown as Record<string, unknown>,
        ...(once ? { retries: 0 } : {}),
        ...(call?.timeoutMs === undefined ? {} : { timeout: call.timeoutMs }),
        ...(parent ? { parentCtx: parent } : {}),
      })
    } catch (error) {
      throw metByCaller(error, log, contract.name)
    }
  }

  const mint: Mint = (service, contract, cause) => {
    const audience = tokens.groupOf(serviceName(contract))
    if (!audience) throw new Error(`no group holds the service of ${contract.name}`)
    return tokens.mintService(service, audience, cause)
  }

  return {
    tokens,

    serve(service) {
      if (tokens.groupOf(service.name) !== tokens.group) throw new Error(`${tokens.group} does not hold the service ${service.name}`)
      const actions = service.actions.map((action) => [
        action.contract.name.slice(service.name.length + 1),
        { handler: pipeline(service.name, action, broker, tokens, invoke, mint) },
      ])
      const added = broker.add({ name: service.name, actions: Object.fromEntries(actions) })
      served.push(added)
      return added.ready
    },

    async call(contract, params, behalf) {
      const own = behalf?.as ? await mint(behalf.as.service, contract, behalf.as.cause) : undefined
      const meta: Meta = { user: behalf?.user, service: own, requestId: behalf?.requestId, traceId: behalf?.traceId }
      return (await invoke(contract, params, meta, behalf)) as Result<typeof contract>
    },

    emit: broker.wakes.emit,
    on: broker.wakes.on,

    async waitFor(services, timeoutMs) {
      await moleculer.waitForServices([...services], timeoutMs, Math.min(timeoutMs, 50)).catch(() => {
        throw new Refusal('UNAVAILABLE', { details: { services: [...services] } })
      })
    },

    async start() {
      if (running) return
      running = true
      const buses = started.get(broker) ?? 0
      started.set(broker, buses + 1)
      if (buses === 0) await moleculer.start()
      await Promise.all(served.map(({ ready }) => ready))
    },

    async stop() {
      if (!running) return
      running = false
      const left = (started.get(broker) ?? 1) - 1
      started.set(broker, left)
      if (left === 0) return moleculer.stop()
      for (const { service } of served.splice(0)) await moleculer.destroyService(service)
    },
  }
}
