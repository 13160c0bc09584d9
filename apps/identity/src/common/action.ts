import { createHmac } from 'node:crypto'
import { implement, type ActionContext, type Implementation, type Parts, type Scope } from '@growr/bus'
import { CollectionError, type RequestRef } from '@growr/collections'
import { isCode, Refusal, type Code, type Contract, type Params } from '@growr/contracts'
import { AuthError } from '@growr/auth'
import { CredentialError } from '@growr/credentials'
import { canonical } from './canonical.ts'

/** Binds a contract to its code; refusals of the libraries below leave as those of the catalogue. */
export function action<C extends Contract, S extends Scope = Scope>(contract: C, parts: Parts<C, S>): Implementation {
  const { scope, handle } = parts
  return implement<C, S>(contract, {
    ...(scope && { scope: (params, context) => translated(() => scope(params, context)) }),
    handle: (params, context, whose) => translated(() => handle(params, context, whose)),
  })
}

async function translated<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw refusalOf(error)
  }
}

const ofCollections: Partial<Record<CollectionError['code'], Code>> = {
  DUPLICATE: 'DUPLICATE',
  NOT_FOUND: 'NOT_FOUND',
  REVISION_CONFLICT: 'STALE_STATE',
  REQUEST_ID_REUSED: 'REQUEST_ID_REUSED',
  STORE_BUSY: 'UNAVAILABLE',
}

/** A failure of a library as a refusal of the catalogue; one that is none of them stays what it is and leaves as INTERNAL. */
export function refusalOf(error: unknown): unknown {
  if (error instanceof AuthError) {
    const retry = error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }
    return new Refusal(error.code, { details: { ...error.details, ...retry }, cause: error })
  }
  if (error instanceof CollectionError) {
    const code = ofCollections[error.code]
    return code === undefined ? error : new Refusal(code, { ...(error.field === undefined ? {} : { path: error.field }), cause: error })
  }
  if (error instanceof CredentialError && isCode(error.code)) {
    return new Refusal(error.code, { ...(error.path === undefined ? {} : { path: error.path }), cause: error })
  }
  return error
}

/** By whom a request is remembered. Two people's requests never meet, whatever ids they choose. */
export function callerName({ caller, through }: Pick<ActionContext, 'caller' | 'through'>): string {
  if (caller.kind === 'user') return through === undefined ? `user:${caller.userId}` : `user:${caller.userId}@${through.service}`
  return caller.kind === 'service' ? `service:${caller.service}` : 'stranger'
}

/**
 * Makes the references by which repetitions are known. The digest is keyed: parameters may hold a PIN or a code, and
 * a plain hash of so few digits would give them away to whoever gets the database.
 */
export function requestRefs(key: Uint8Array): <C extends Contract>(contract: C, params: Params<C>, context: ActionContext) => RequestRef | undefined {
  return (contract, params, context) => {
    if (context.requestId === undefined) return undefined
    const paramsDigest = createHmac('sha256', key).update(`${contract.name}\n${canonical(params)}`).digest('base64url')
    return { caller: callerName(context), action: contract.name, requestId: context.requestId, paramsDigest }
  }
}
