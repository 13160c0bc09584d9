import {
  Refusal, type Caller, type Cause, type Contract, type Input, type Params, type Result, type ServiceCaller, type ServiceName, type UserCaller,
} from '@growr/contracts'
import { needsScope, type Scope } from './permit.ts'

export interface CallOptions {
  /** By which a repetition of a mutation is known; with it the bus may try the call again. */
  readonly requestId?: string | undefined
  /** Milliseconds until TIMED_OUT; otherwise as configured. */
  readonly timeoutMs?: number | undefined
}

/** Calls an action and gives its result; throws nothing but a `Refusal`. */
export type TypedCall = <C extends Contract>(contract: C, params: Input<C>, options?: CallOptions) => Promise<Result<C>>

/** What a handler knows of the call beside its parameters. */
export interface ActionContext {
  /** The user where a user's token came along, else the service, else a stranger. */
  readonly caller: Caller
  /** The service that calls: itself the caller, or the one through which the user acts. */
  readonly through: ServiceCaller | undefined
  readonly requestId: string | undefined
  /** The same for all calls that one request sets off. */
  readonly traceId: string
  /** Calls on: with the user's token, where there is one, beside this service's own. */
  readonly call: TypedCall
  /** Calls as this service alone; a follower names the entry that makes it act. */
  readonly as: (cause?: Cause) => { readonly call: TypedCall }
}

export interface Implementation {
  readonly contract: Contract
  readonly scope: ((params: never, context: ActionContext) => Scope | Promise<Scope>) | undefined
  readonly handle: (params: never, context: ActionContext, scope: never) => unknown
}

export interface Parts<C extends Contract, S extends Scope> {
  /**
   * Whose the thing is: read before the right is checked, and only where the rule for the caller's role depends on it. It may
   * carry what it read, for the handler. Throws NOT_FOUND where there is no such thing.
   */
  readonly scope?: (params: Params<C>, context: ActionContext) => S | Promise<S>
  /** Does it. `scope` is there only if the caller's right depended on it. */
  readonly handle: (params: Params<C>, context: ActionContext, scope: S | undefined) => Result<C> | Promise<Result<C>>
}

/** Binds a contract to its code; refuses one that nobody may call, or whose rule asks whose the thing is while nothing says so. */
export function implement<C extends Contract, S extends Scope = Scope>(contract: C, parts: Parts<C, S>): Implementation {
  const { access } = contract
  const some = access.public === true || Object.keys(access.users ?? {}).length > 0 || (access.services?.length ?? 0) > 0
  if (!some) throw new Error(`${contract.name}: nobody may call it`)
  if (needsScope(contract) && !parts.scope) throw new Error(`${contract.name}: its rule asks whose the thing is, so it needs a scope`)
  return Object.freeze({ contract, scope: parts.scope as Implementation['scope'], handle: parts.handle as Implementation['handle'] })
}

/** A service with the actions that it offers. */
export interface Service {
  readonly name: ServiceName
  readonly actions: readonly Implementation[]
}

/** Puts a service together; refuses an action of another service, or one twice. */
export function defineService(service: Service): Service {
  const seen = new Set<string>()
  for (const { contract } of service.actions) {
    if (serviceName(contract) !== service.name) throw new Error(`${contract.name} is not an action of ${service.name}`)
    if (seen.has(contract.name)) throw new Error(`${contract.name} is there twice`)
    seen.add(contract.name)
  }
  return Object.freeze(service)
}

export const serviceName = (contract: Contract): string => contract.name.slice(0, contract.name.indexOf('.'))

/** The signed-in user; UNAUTHENTICATED for a stranger, FORBIDDEN for a service without a user. */
export function callingUser(context: Pick<ActionContext, 'caller'>): UserCaller {
  if (context.caller.kind === 'user') return context.caller
  throw new Refusal(context.caller.kind === 'stranger' ? 'UNAUTHENTICATED' : 'FORBIDDEN')
}

/** The scope of actions that are about the caller: the own user, in the own organization. */
export function callerScope(_params: unknown, context: Pick<ActionContext, 'caller'>): Scope {
  const { userId, organization } = callingUser(context)
  return { owners: [userId], organization }
}
