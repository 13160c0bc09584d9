import { createHmac } from 'node:crypto'
import { implement, type ActionContext, type Implementation, type Parts, type Scope } from '@growr/bus'
import type { RequestRef } from '@growr/collections'
import type { Caller, Contract, Params, ServiceCaller } from '@growr/contracts'
import { canonical } from './canonical.ts'
import { translated } from './failure.ts'

/** Binds a contract to its code; refusals of the libraries below leave as those of the catalogue. */
export function action<C extends Contract, S extends Scope = Scope>(contract: C, parts: Parts<C, S>): Implementation {
  const { scope, handle } = parts
  return implement<C, S>(contract, {
    ...(scope && { scope: (params, context) => translated(() => scope(params, context)) }),
    handle: (params, context, whose) => translated(() => handle(params, context, whose)),
  })
}

/** By whom a request is remembered. Two people's requests never meet, whatever ids they choose. */
export function callerName({ caller, through }: { readonly caller: Caller; readonly through?: ServiceCaller | undefined }): string {
  if (caller.kind === 'user') return through === undefined ? `user:${caller.userId}` : `user:${caller.userId}@${through.service}`
  return caller.kind === 'service' ? `service:${caller.service}` : 'stranger'
}

export type RequestRefs = <C extends Contract>(contract: C, params: Params<C>, context: ActionContext) => RequestRef | undefined

/**
 * Makes the references by which repetitions are known. The digest is keyed: parameters may hold a PIN or a code, and
 * a plain hash of so few digits would give them away to whoever gets the database.
 */
export function requestRefs(key: Uint8Array): RequestRefs {
  return (contract, params, context) => {
    if (context.requestId === undefined) return undefined
    const paramsDigest = createHmac('sha256', key).update(`${contract.name}\n${canonical(params)}`).digest('base64url')
    return { caller: callerName(context), action: contract.name, requestId: context.requestId, paramsDigest }
  }
}
