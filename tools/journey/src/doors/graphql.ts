import { randomUUID } from 'node:crypto'
import type { Actor, Door, Outcome, Request } from './door.ts'
import { INTROSPECTION, Operations, type Introspection } from './operations.ts'

/** What somebody who signed in holds. */
export interface Session {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn: number
  readonly user: string
  readonly role: string
  readonly organization: string | null
}

type Variables = Readonly<Record<string, unknown>>
interface Failure {
  readonly message?: string
  readonly extensions?: { readonly code?: string; readonly path?: string; readonly details?: unknown }
}
interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly Failure[]
}

const LARGEST = 8_000_000
const PATIENCE = 60_000
/** A token is renewed that long before it ends, in milliseconds. */
const MARGIN = 10_000

/**
 * The default door: `do` names a mutation and `query` a query of the API, `with` holds the arguments. Everybody has a session
 * of their own: any answer that is a session (registration, sign-in, refresh) signs its actor in. A result comes with all its
 * fields, a connection as `{ nodes, totalCount, pageInfo }`.
 */
export class GraphqlDoor implements Door {
  readonly name = 'graphql'
  readonly #url: string
  readonly #sessions = new Map<string, Session & { readonly until: number }>()
  #operations: Promise<Operations> | undefined

  /** `url`: the node's, such as http://127.0.0.1:4000. */
  constructor(url: string) {
    this.#url = new URL('/graphql', url).href
  }

  sessionOf(name: string): Session | undefined {
    return this.#sessions.get(name)
  }

  async perform({ name }: Actor, request: Request): Promise<Outcome> {
    const operations = await this.operations()
    const kind = request.kind === 'do' ? 'mutation' : 'query'
    const operation = operations.find(kind, request.operation)
    if (!operation) {
      const other = operations.find(kind === 'query' ? 'mutation' : 'query', request.operation)
      return unplayable(other ? `${request.operation} is a ${other.kind}: write \`${kind === 'query' ? 'do' : 'query'}\`` : `the API has no ${kind} "${request.operation}"; it has ${operations.names(kind).join(', ')}`)
    }
    const unknown = Object.keys(request.with).find((arg) => !operation.args.has(arg))
    if (unknown !== undefined) return unplayable(`${operation.name} takes no "${unknown}": it takes ${[...operation.args.keys()].join(', ') || 'nothing'}`)
    const variables = operation.args.has('requestId') ? { requestId: request.requestId ?? randomUUID(), ...request.with } : request.with
    const document = operation.document(Object.keys(variables))
    const outcome = await this.#send(await this.#token(name), operation.name, document, variables)
    if ('result' in outcome && isSession(outcome.result)) this.#adopt(name, outcome.result)
    return outcome
  }

  operations(): Promise<Operations> {
    this.#operations ??= this.#post(undefined, INTROSPECTION, {}).then(({ data, errors }) => {
      if (!data) throw new Error(`the API does not tell its operations: ${errors?.[0]?.message ?? 'no answer'}`)
      return new Operations(data as unknown as Introspection)
    })
    return this.#operations
  }

  #adopt(name: string, session: Session): void {
    this.#sessions.set(name, { ...session, until: Date.now() + session.expiresIn * 1000 - MARGIN })
  }

  async #token(name: string): Promise<string | undefined> {
    const held = this.#sessions.get(name)
    if (!held || Date.now() < held.until) return held?.accessToken
    const refresh = (await this.operations()).find('mutation', 'refresh')
    if (!refresh) return held.accessToken
    const outcome = await this.#send(undefined, 'refresh', refresh.document(['refreshToken']), { refreshToken: held.refreshToken })
    // A session that was ended meanwhile says so itself, at the step that uses it.
    if ('result' in outcome && isSession(outcome.result)) this.#adopt(name, outcome.result)
    return this.#sessions.get(name)?.accessToken
  }

  async #send(token: string | undefined, operation: string, document: string, variables: Variables): Promise<Outcome> {
    const { data, errors } = await this.#post(token, document, variables)
    const failure = errors?.[0]
    if (failure) {
      const { code, path, details } = failure.extensions ?? {}
      return { refusal: { code: code ?? 'INTERNAL', ...(path === undefined ? {} : { path }), ...(details === undefined ? {} : { details }), ...(failure.message === undefined ? {} : { message: failure.message }) } }
    }
    return { result: flat(data?.[operation] ?? null) }
  }

  async #post(token: string | undefined, query: string, variables: Variables): Promise<Answer> {
    const response = await fetch(this.#url, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
      headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    })
    const text = await response.text()
    if (text.length > LARGEST) throw new Error('the API answered with more than can be read')
    try {
      return JSON.parse(text) as Answer
    } catch {
      return { errors: [{ message: `HTTP ${response.status}`, extensions: { code: 'INTERNAL' } }] }
    }
  }
}

const unplayable = (message: string): Outcome => ({ refusal: { code: 'JOURNEY_INVALID', message } })

function isSession(value: unknown): value is Session {
  return typeof value === 'object' && value !== null && 'accessToken' in value && 'refreshToken' in value && typeof value.accessToken === 'string'
}

/** Connections as what is in them; everything else as it came. */
function flat(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flat)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value)
  const edges = (value as { edges?: unknown }).edges
  if (Array.isArray(edges) && 'pageInfo' in value) {
    const others = fields.filter(([key]) => key !== 'edges').map(([key, inner]) => [key, flat(inner)])
    return { nodes: edges.map((edge: { node?: unknown }) => flat(edge.node)), ...Object.fromEntries(others) }
  }
  return Object.fromEntries(fields.map(([key, inner]) => [key, flat(inner)]))
}
