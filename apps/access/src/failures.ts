import { randomUUID } from 'node:crypto'
import type { Response } from 'express'
import { AuthError } from '@growr/auth'
import { isCode, Refusal } from '@growr/contracts'
import { statuses, toGraphQLError } from '@growr/graphql'
import type { Logger } from '@growr/runtime'

/** Answers with a refusal, at every door in GraphQL's form. Nothing happens where an answer is under way. */
export function sendRefusal(response: Response, refusal: Refusal): void {
  if (response.headersSent || response.destroyed) return
  const { retryAfter } = (refusal.details ?? {}) as { retryAfter?: unknown }
  if (typeof retryAfter === 'number') response.set('retry-after', String(Math.ceil(retryAfter)))
  if (statuses[refusal.code] === 401) response.set('www-authenticate', 'Bearer')
  const { message, extensions } = toGraphQLError(refusal)
  response.status(statuses[refusal.code]).json({ errors: [{ message, extensions }] })
}

/** Whatever was thrown at a door as a refusal: malformed requests by their kind, the rest logged under a reference. */
export function refusalAtDoor(error: unknown, logger: Logger): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof AuthError && isCode(error.code)) {
    return new Refusal(error.code, error.retryAfter === undefined ? {} : { details: { retryAfter: error.retryAfter } })
  }
  const { type, status } = (error ?? {}) as { type?: unknown; status?: unknown }
  if (type === 'entity.too.large' || type === 'parameters.too.many') return new Refusal('REQUEST_TOO_LARGE')
  // What express and its parsers find wrong with a request: not JSON, a broken encoding, an aborted body, a path that does not decode.
  if (typeof status === 'number' && status >= 400 && status < 500) return new Refusal('BAD_INPUT', { path: 'body' })
  const reference = randomUUID()
  logger.error({ incident: reference, error }, 'a request failed')
  return new Refusal('INTERNAL', { details: { reference } })
}
