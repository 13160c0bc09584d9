import type { Context } from 'moleculer'
import { Refusal, type Caller, type Contract, type ServiceCaller, type ServiceName } from '@growr/contracts'
import type { ActionContext, CallOptions, Implementation } from './action.ts'
import type { Broker } from './broker.ts'
import { checkBounds } from './bounds.ts'
import { boundsOf, checksResults, silent } from './config.ts'
import { badInput, toRefusal } from './failure.ts'
import { permit, type Scope } from './permit.ts'
import type { CallTokens } from './tokens.ts'

/** What travels beside the parameters. All of it comes from outside: only verified tokens are believed. */
export interface Meta {
  readonly user: string | undefined
  readonly service: string | undefined
  readonly requestId: string | undefined
  readonly traceId: string | undefined
}

export type Invoke = (contract: Contract, params: unknown, meta: Meta, options: CallOptions | undefined, parent?: Context<unknown, Meta>) => Promise<unknown>

/** Mints the token by which a service calls an action. */
export type Mint = (service: ServiceName, contract: Contract, cause?: ServiceCaller['cause']) => string | Promise<string>

/** A call that goes on: what is called with what, by which user's token, and on what cause. */
type Forwarded = [called: Contract, params: unknown, user: string | undefined, options: CallOptions | undefined, cause?: ServiceCaller['cause']]

const maxLevel = 24
const identifier = /^[A-Za-z0-9._:-]{1,128}$/
const stranger: Caller = Object.freeze({ kind: 'stranger' })

/**
 * The one way into an action: bounds, tokens, form, right, handler, result. Whatever happens, only a `Refusal` comes out.
 */
export function pipeline(service: ServiceName, { contract, scope, handle }: Implementation, broker: Broker, tokens: CallTokens, invoke: Invoke, mint: Mint) {
  const bounds = boundsOf(broker.config)
  const checked = checksResults(broker.config)
  const log = broker.log ?? silent
  const { measure } = broker
  const readScope = scope as ((params: unknown, context: ActionContext) => Scope | Promise<Scope>) | undefined
  const run = handle as (params: unknown, context: ActionContext, scope: Scope | undefined) => unknown

  const answer = async (context: Context<unknown, Meta>): Promise<unknown> => {
    checkBounds(context.params, bounds)
    if (context.level > maxLevel) throw new Error('calls go round in a circle')
    const { user: userToken, service: serviceToken, requestId } = context.meta
    const through = serviceToken === undefined ? undefined : tokens.verifyService(text(serviceToken))
    const caller: Caller = userToken === undefined ? (through ?? stranger) : tokens.verifyUser(text(userToken))

    const parsed = contract.params.safeParse(context.params)
    if (!parsed.success) throw badInput(parsed.error)
    if (requestId !== undefined && !(typeof requestId === 'string' && identifier.test(requestId))) throw new Refusal('BAD_INPUT', { path: 'requestId' })

    const trace = traceOf(context)
    const forward = async (...[called, params, user, options, cause]: Forwarded): Promise<never> => {
      const own = await mint(service, called, cause)
      return invoke(called, params, { user, service: own, requestId: options?.requestId, traceId: trace }, options, context) as Promise<never>
    }
    const known: ActionContext = {
      caller,
      through,
      requestId,
      traceId: trace,
      call: (called, params, options) => forward(called, params, userToken, options),
      as: (cause) => ({ call: (called, params, options) => forward(called, params, undefined, options, cause) }),
    }

    const right = permit(contract, caller, through)
    let whose: Scope | undefined
    if (right !== true) {
      whose = await readScope!(parsed.data, known)
      right(whose)
    }
    const result = await run(parsed.data, known, whose)
    if (!checked) return result
    const fits = contract.result.safeParse(result)
    if (fits.success) return fits.data
    const paths = fits.error.issues.slice(0, 10).map((issue) => issue.path.map(String).join('.'))
    log('error', 'a result does not fit its contract', { action: contract.name, paths })
    throw new TypeError(`the result of ${contract.name} does not fit its contract`)
  }

  const guarded = (context: Context<unknown, Meta>): Promise<unknown> =>
    answer(context).catch((error: unknown) => {
      throw toRefusal(error, log, { action: contract.name, traceId: traceOf(context) })
    })
  if (!measure) return guarded

  return (context: Context<unknown, Meta>): Promise<unknown> => {
    const start = performance.now()
    const done = (outcome: string): void => measure({ action: contract.name, outcome, milliseconds: performance.now() - start })
    return guarded(context).then(
      (result) => {
        done('OK')
        return result
      },
      (error: unknown) => {
        done(error instanceof Refusal ? error.code : 'INTERNAL')
        throw error
      },
    )
  }
}

/** The id that ties a request's calls together: only for logs, so one from outside will do if it is of the form. */
function traceOf({ meta, requestID, id }: Context<unknown, Meta>): string {
  return [meta.traceId, requestID].find((given): given is string => typeof given === 'string' && identifier.test(given)) ?? id
}

/** A token that is not even a text is as good as a forged one. */
function text(token: unknown): string {
  if (typeof token === 'string') return token
  throw new Refusal('CALL_TOKEN_INVALID', { details: { reason: 'forged' } })
}
