import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway'
import type { ExecutionResult, GraphQLError, GraphQLFormattedError, GraphQLSchema } from './graphql.ts'
import { Pool } from 'undici'
import { isCode, Refusal } from '@growr/contracts'
import { contextHeaders, type GraphContext } from './context.ts'
import { toGraphQLError, type ErrorLog } from './errors.ts'
import { Executor } from './executor.ts'

type Options = GraphQLDataSourceProcessOptions<Record<string, unknown>>
type Answer = Awaited<ReturnType<GraphQLDataSource['process']>>

/** Runs a subgraph of this process, under the caller's own context. */
export class InProcessDataSource implements GraphQLDataSource {
  readonly #executor: Executor

  constructor(schema: GraphQLSchema, options: { readonly limit?: number; readonly log?: ErrorLog } = {}) {
    this.#executor = new Executor(schema, options)
  }

  async process({ request, context }: Options): Promise<Answer> {
    return (await this.#executor.run(request.query ?? '', request.variables, context, request.operationName)) as Answer
  }
}

/** Asks a subgraph in another process over kept connections, with the caller's call token, trace and idempotency key as headers. */
export class PooledDataSource implements GraphQLDataSource {
  readonly #pool: Pool
  readonly #path: string
  readonly #limit: number

  constructor(url: string, options: { readonly connections?: number; readonly timeoutMs?: number; readonly maxBytes?: number } = {}) {
    const { origin, pathname } = new URL(url)
    const timeout = options.timeoutMs ?? 15_000
    this.#pool = new Pool(origin, { connections: options.connections ?? 32, headersTimeout: timeout, bodyTimeout: timeout })
    this.#path = pathname
    this.#limit = options.maxBytes ?? 8_000_000
  }

  async process({ request, context }: Options): Promise<Answer> {
    const { userToken, traceId, idempotencyKey } = context as Partial<GraphContext>
    const headers = {
      'content-type': 'application/json',
      ...(userToken === undefined ? {} : { [contextHeaders.user]: userToken }),
      ...(traceId === undefined ? {} : { [contextHeaders.trace]: traceId }),
      ...(idempotencyKey === undefined ? {} : { [contextHeaders.idempotency]: idempotencyKey }),
    }
    try {
      const body = JSON.stringify({ query: request.query, variables: request.variables, operationName: request.operationName })
      const response = await this.#pool.request({ path: this.#path, method: 'POST', headers, body })
      return answerOf(await this.#read(response.body)) as Answer
    } catch {
      return { errors: [toGraphQLError(new Refusal('UNAVAILABLE'))] } as Answer
    }
  }

  /** Closes the connections after what is under way. */
  async close(): Promise<void> {
    await this.#pool.close()
  }

  async #read(body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> {
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of body) {
      length += chunk.length
      if (length > this.#limit) {
        body.destroy()
        throw new RangeError('the answer is too long')
      }
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString('utf8')
  }
}

function answerOf(text: string): { data?: unknown; errors?: GraphQLError[] } {
  const { data, errors } = JSON.parse(text) as ExecutionResult & { errors?: readonly GraphQLFormattedError[] }
  if (data === undefined && !Array.isArray(errors)) throw new TypeError('that is no answer of a subgraph')
  if (!Array.isArray(errors)) return { data }
  return { data, errors: (errors as readonly GraphQLFormattedError[]).map(restored) }
}

function restored({ path, extensions }: GraphQLFormattedError): GraphQLError {
  const { code, path: parameter, details } = (extensions ?? {}) as { code?: unknown; path?: unknown; details?: unknown }
  const refusal = new Refusal(isCode(code) ? code : 'INTERNAL', {
    ...(typeof parameter === 'string' ? { path: parameter } : {}),
    ...(typeof details === 'object' && details !== null ? { details: details as Record<string, unknown> } : {}),
  })
  return toGraphQLError(refusal, { path })
}
