import { createHash } from 'node:crypto'
import type { ActionContext } from '@growr/bus'
import type { Json, RequestRef } from '@growr/collections'
import type { Caller } from '@growr/contracts'
import { canonical } from './documents.ts'

/** Who calls, in the form by which repetitions are told apart. */
export const callerId = (caller: Caller): string => (caller.kind === 'user' ? `user:${caller.userId}` : caller.kind === 'service' ? `service:${caller.service}` : 'stranger')

/** The request as a collection's record remembers it; undefined where the caller gave no id. */
export function requestRef(context: ActionContext, action: string, params: unknown): RequestRef | undefined {
  if (context.requestId === undefined) return undefined
  const paramsDigest = createHash('sha256').update(canonical(JSON.parse(JSON.stringify(params)) as Json)).digest('base64url')
  return { caller: callerId(context.caller), action, requestId: context.requestId, paramsDigest }
}
