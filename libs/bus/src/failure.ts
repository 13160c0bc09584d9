import { randomUUID } from 'node:crypto'
import { Errors } from 'moleculer'
import { isCode, Refusal } from '@growr/contracts'
import type { z } from 'zod'

/** Where the bus says what happened: never a parameter, a result, or the text of a foreign error. */
export type BusLog = (level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: Readonly<Record<string, unknown>>) => void

/** BAD_INPUT with the path of the first field that is wrong, and up to ten of them in the details. */
export function badInput(error: z.ZodError): Refusal {
  const issues = error.issues.slice(0, 10).map((issue) => ({ path: issue.path.map(String).join('.').slice(0, 200), message: issue.message.slice(0, 200) }))
  const path = issues[0]?.path
  return new Refusal('BAD_INPUT', { ...(path ? { path } : {}), details: { issues } })
}

/**
 * What leaves an action: a refusal as itself; anything else is logged under a reference and leaves as INTERNAL with that
 * reference. The text of an unknown error may hold what a person typed, so only its kind and its place are logged.
 */
export function toRefusal(error: unknown, log: BusLog, fields: Readonly<Record<string, unknown>>): Refusal {
  if (error instanceof Refusal) return error
  const reference = randomUUID()
  log('error', 'an action failed', { ...fields, incident: reference, failure: describe(error) })
  return new Refusal('INTERNAL', { details: { reference } })
}

interface Description {
  readonly name: string
  readonly code?: string | number
  readonly message?: string
  readonly stack?: readonly string[]
  readonly cause?: Description
}

function describe(error: unknown, depth = 3): Description {
  if (!(error instanceof Error)) return { name: typeof error }
  const code = (error as { code?: unknown }).code
  return {
    name: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    // The engine words these two itself, out of the source and not out of data.
    ...(error instanceof TypeError || error instanceof ReferenceError ? { message: error.message.slice(0, 300) } : {}),
    stack: (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 12).map((line) => line.trim()),
    ...(error.cause !== undefined && depth > 0 ? { cause: describe(error.cause, depth - 1) } : {}),
  }
}

const isMoleculers = (error: unknown): error is Errors.MoleculerError => error instanceof Errors.MoleculerError

/** Whether the bus itself, not an action, failed in a way that passes: the only thing that is tried again. */
export const isPassing = (error: unknown): boolean => isMoleculers(error) && error.retryable

/** Whether a failure says that the callee is not well, so that the circuit breaker counts it. */
export const isIll = (error: unknown): boolean => (error instanceof Refusal ? error.kind === 'UNAVAILABLE' || error.kind === 'INTERNAL' : true)

/** The refusal that the caller of an action meets, whatever the bus made of it on its way. */
export function metByCaller(error: unknown, log: BusLog, action: string): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof Errors.RequestTimeoutError || error instanceof Errors.RequestSkippedError) return new Refusal('TIMED_OUT', { details: { action } })
  if (isMoleculers(error)) {
    log('warn', 'a call did not arrive', { action, failure: error.name })
    return new Refusal('UNAVAILABLE', { details: { action } })
  }
  return toRefusal(error, log, { action })
}

/** Lets a refusal cross a transporter as itself, and no stack trace with it. */
export class RefusalRegenerator extends Errors.Regenerator {
  override extractPlainError(error: Error): Errors.PlainMoleculerError {
    const plain = super.extractPlainError(error)
    if (!(error instanceof Refusal)) return { ...plain, stack: '' }
    return { ...plain, name: 'Refusal', stack: '', data: error.toJSON() }
  }

  override restore(plain: Errors.PlainMoleculerError, payload: Record<string, unknown>): Error {
    if (plain.name !== 'Refusal') return super.restore(plain, payload)
    const { code, path, details } = (plain.data ?? {}) as { code?: unknown; path?: unknown; details?: unknown }
    if (!isCode(code)) return new Refusal('INTERNAL')
    return new Refusal(code, {
      ...(typeof path === 'string' ? { path } : {}),
      ...(typeof details === 'object' && details !== null ? { details: details as Record<string, unknown> } : {}),
    })
  }
}
