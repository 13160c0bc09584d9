import { randomUUID } from 'node:crypto'
import { GraphQLError, type GraphQLFormattedError } from './graphql.ts'
import { isCode, Refusal, type Code } from '@growr/contracts'
import { statuses } from './statuses.ts'

/** Where an error that nobody foresaw is written down, by its reference. */
export type ErrorLog = (message: string, fields: Readonly<Record<string, unknown>>) => void

/** What a GraphQL error says beside its message. */
export interface ErrorExtensions {
  readonly code: Code
  /** The parameter that it is about; the error's own `path` is the place in the answer. */
  readonly path?: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** What Apollo calls its own failures, in the words of the catalogue. */
const apollos: Readonly<Record<string, Code>> = {
  GRAPHQL_PARSE_FAILED: 'QUERY_INVALID',
  GRAPHQL_VALIDATION_FAILED: 'QUERY_INVALID',
  OPERATION_RESOLUTION_FAILURE: 'QUERY_INVALID',
  BAD_REQUEST: 'QUERY_INVALID',
  BAD_USER_INPUT: 'BAD_INPUT',
  PERSISTED_QUERY_NOT_FOUND: 'QUERY_INVALID',
  PERSISTED_QUERY_NOT_SUPPORTED: 'QUERY_INVALID',
  MAX_RECURSIVE_SELECTIONS_EXCEEDED: 'QUERY_TOO_COSTLY',
}

/** The status for an answer in which nothing succeeded: the gravest of its errors. */
export function statusOf(errors: readonly GraphQLFormattedError[]): number {
  return Math.max(...errors.map((error) => (isCode(error.extensions?.['code']) ? statuses[error.extensions['code']] : 500)))
}

/** A refusal as GraphQL carries it. */
export function toGraphQLError(refusal: Refusal, options: { path?: readonly (string | number)[] | undefined } = {}): GraphQLError {
  const { code, message, path, details } = refusal.toJSON()
  return new GraphQLError(message, {
    path: options.path,
    extensions: { code, ...(path === undefined ? {} : { path }), ...(details === undefined ? {} : { details }) },
  })
}

/** The refusal behind an error, whatever it was wrapped in on its way; undefined where there is none. */
export function refusalOf(error: unknown): Refusal | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; depth++) {
    if (cause instanceof Refusal) return cause
    if (!(cause instanceof GraphQLError)) return undefined
    const { code, path, details } = cause.extensions as { code?: unknown; path?: unknown; details?: unknown }
    if (isCode(code)) {
      return new Refusal(code, {
        ...(typeof path === 'string' ? { path } : {}),
        ...(typeof details === 'object' && details !== null ? { details: details as Record<string, unknown> } : {}),
      })
    }
    cause = cause.originalError
  }
  return undefined
}

/** Any error of an execution as a refusal: one that nobody foresaw is logged and becomes INTERNAL with a reference. */
export function asRefusal(error: unknown, log: ErrorLog): Refusal {
  const known = refusalOf(error)
  if (known) return known
  const reference = randomUUID()
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error
  log('a query failed', {
    incident: reference,
    failure: original instanceof Error ? original.name : typeof original,
    field: error instanceof GraphQLError ? error.path?.join('.') : undefined,
    // What the library itself says of a field holds no data of anybody; what a resolver threw might.
    ...(original instanceof GraphQLError ? { message: original.message.slice(0, 300) } : {}),
    stack: original instanceof Error ? (original.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 8).map((line) => line.trim()) : [],
  })
  return new Refusal('INTERNAL', { details: { reference } })
}

/** Apollo's `formatError`: every error leaves with a code of the catalogue, and none with a stack trace. */
export function createFormatError(log: ErrorLog): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  return (formatted, error) => {
    const place = formatted.path === undefined ? {} : { path: formatted.path }
    const known = refusalOf(error)
    if (known) return { message: known.message, ...place, extensions: { ...toGraphQLError(known).extensions } }
    const code = ofTheLibrary(formatted, error)
    // These come out of the document and the variables that the caller sent, so the text is for the caller.
    if (code) {
      const locations = formatted.locations ? { locations: formatted.locations } : {}
      return { message: formatted.message.slice(0, 500), ...locations, ...place, extensions: { code } }
    }
    const refusal = asRefusal(error, log)
    return { message: refusal.message, ...place, extensions: { ...toGraphQLError(refusal).extensions } }
  }
}

function ofTheLibrary({ message, extensions }: GraphQLFormattedError, error: unknown): Code | undefined {
  if (/Document contains more tha[nt] \d+ tokens/.test(message)) return 'REQUEST_TOO_LARGE'
  const given = extensions?.['code']
  const code = typeof given === 'string' ? apollos[given] : undefined
  if (code) return code
  const thrown = error instanceof GraphQLError ? error.originalError : error
  // The gateway coerces variables itself and gives no code.
  return thrown === undefined && /^Variable "\$\w+" /.test(message) ? 'BAD_INPUT' : undefined
}
