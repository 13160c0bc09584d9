import { GrowrClient, GrowrError, operationOf, operations, type OperationName, type Session } from '@growr/client'
import type { Actor, Door, Outcome, Request } from './door.ts'

/**
 * The default door: `do` names a mutation and `query` a query of the API, `with` holds the arguments. Everybody has a session
 * of their own: an answer that signs in (registration, sign-in) is that of its actor from then on, and is refreshed when it
 * expires. A result comes with all its fields, a connection as `{ nodes, totalCount, pageInfo }`.
 */
export class GraphqlDoor implements Door {
  readonly name = 'graphql'
  readonly #url: string
  readonly #clients = new Map<string, GrowrClient>()
  readonly #sessions = new Map<string, Session>()

  /** `url`: the node's, such as http://127.0.0.1:4000. */
  constructor(url: string) {
    this.#url = url
  }

  sessionOf(name: string): Session | undefined {
    return this.#sessions.get(name)
  }

  async perform({ name }: Actor, request: Request): Promise<Outcome> {
    const reason = unplayable(request)
    if (reason !== undefined) return { refusal: { code: 'JOURNEY_INVALID', message: reason } }
    const operation = request.operation as OperationName
    try {
      const result: unknown = await this.#client(name).call(operation, request.with as never, request.requestId === undefined ? {} : { requestId: request.requestId })
      if (operationOf(operation)?.signsIn) this.#sessions.set(name, result as Session)
      return { result: flat(result) }
    } catch (error) {
      if (!(error instanceof GrowrError)) throw error
      const { code, path, details, message } = error
      return { refusal: { code, message, ...(path === undefined ? {} : { path }), ...(details === undefined ? {} : { details }) } }
    }
  }

  #client(name: string): GrowrClient {
    const known = this.#clients.get(name)
    if (known) return known
    // A journey sees every answer: nothing is tried again behind its back.
    const client = new GrowrClient({ url: this.#url, retries: 0, timeoutMs: 60_000 })
    this.#clients.set(name, client)
    return client
  }
}

/** Why the API does not know a request like this; undefined where it does. */
function unplayable({ kind, operation: name, with: given }: Request): string | undefined {
  const wanted = kind === 'do' ? 'mutation' : 'query'
  const operation = operationOf(name)
  if (!operation) return `the API has no ${wanted} "${name}"; it has ${namesOf(wanted).join(', ')}`
  if (operation.kind !== wanted) return `${name} is a ${operation.kind}: write \`${operation.kind === 'mutation' ? 'do' : 'query'}\``
  const unknown = Object.keys(given).find((arg) => !Object.hasOwn(operation.args, arg))
  if (unknown === undefined) return undefined
  const known = Object.entries(operation.args).map(([arg, type]) => `${arg}: ${type}`)
  return `${name} takes no "${unknown}"; it takes ${known.join(', ') || 'nothing'}`
}

const namesOf = (kind: string): string[] => Object.entries(operations).filter(([, operation]) => operation.kind === kind).map(([name]) => name)

/** Connections as what is in them; everything else as it came. */
function flat(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flat)
  if (typeof value !== 'object' || value === null) return value
  const { edges, ...others } = value as Readonly<Record<string, unknown>>
  const fields = Object.fromEntries(Object.entries(others).map(([key, inner]) => [key, flat(inner)]))
  if (Array.isArray(edges) && 'pageInfo' in others) return { nodes: edges.map((edge: { readonly node?: unknown }) => flat(edge.node)), ...fields }
  return edges === undefined ? fields : { edges: flat(edges), ...fields }
}
