import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GraphQLSchema } from './graphql.ts'
import { Refusal } from '@growr/contracts'
import { contextHeaders, type GraphContext } from './context.ts'
import { Executor } from './executor.ts'
import { toGraphQLError, type ErrorLog } from './errors.ts'

/** What came along with a query from the gateway. The user's token is only a text until an action verifies it. */
export interface Carried {
  readonly userToken: string | undefined
  readonly traceId: string
  readonly idempotencyKey: string | undefined
}

export interface SubgraphHandlerOptions {
  readonly schema: GraphQLSchema
  /** Calls actions with the user's token that came along. */
  readonly context: (carried: Carried) => GraphContext
  readonly maxBytes?: number
  readonly log?: ErrorLog
}

/** Serves a subgraph to a gateway in another process: POST with JSON, nothing else. */
export function subgraphHandler(options: SubgraphHandlerOptions): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { schema, context, maxBytes = 1_000_000, log } = options
  const executor = new Executor(schema, log ? { log } : {})
  return async (request, response) => {
    const answer = await read(request, maxBytes).then(
      ({ query, variables, operationName }) => executor.run(query, variables, context(carried(request)), operationName),
      () => ({ errors: [toGraphQLError(new Refusal('QUERY_INVALID'))] }),
    )
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }
}

function carried({ headers }: IncomingMessage): Carried {
  const text = (name: string): string | undefined => {
    const value = headers[name]
    return typeof value === 'string' ? value : undefined
  }
  return { userToken: text(contextHeaders.user), traceId: text(contextHeaders.trace) ?? '', idempotencyKey: text(contextHeaders.idempotency) }
}

async function read(request: IncomingMessage, maxBytes: number): Promise<{ query: string; variables?: Record<string, unknown>; operationName?: string }> {
  if (request.method !== 'POST') throw new TypeError('a subgraph is asked by POST')
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxBytes) throw new RangeError('the query is too long')
    chunks.push(chunk)
  }
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  const { query, variables, operationName } = (body ?? {}) as { query?: unknown; variables?: unknown; operationName?: unknown }
  if (typeof query !== 'string') throw new TypeError('there is no query')
  return {
    query,
    ...(typeof variables === 'object' && variables !== null ? { variables: variables as Record<string, unknown> } : {}),
    ...(typeof operationName === 'string' ? { operationName } : {}),
  }
}
