import type { ApolloServerPlugin, BaseContext, GraphQLRequestContext } from '@apollo/server'
import { GraphQLError, type DocumentNode } from './graphql.ts'
import { isCode, Refusal } from '@growr/contracts'
import { statusOf, toGraphQLError } from './errors.ts'
import { checkWeight, weigh, type Limits } from './limits.ts'
import { statuses } from './statuses.ts'

/** Weighs each operation before it runs. */
export function limitsPlugin<C extends BaseContext>(limits: Limits): ApolloServerPlugin<C> {
  // Apollo keeps the documents it has read, so a query that comes again with no variables for its pages is weighed once.
  const passed = new WeakMap<DocumentNode, string | null>()
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation({ schema, document, operation, request }) {
          const name = request.operationName ?? null
          // The gateway would fail on these from within: an operation that is not named or not there, or of a kind that the API has not.
          if (!operation || !schema.getRootType(operation.operation)) return Promise.reject(withStatus(new Refusal('QUERY_INVALID')))
          if (passed.get(document) === name) return Promise.resolve()
          try {
            const weight = weigh(schema, document, operation, request.variables)
            checkWeight(weight, limits)
            if (!weight.varies) passed.set(document, name)
            return Promise.resolve()
          } catch (error) {
            return Promise.reject(error instanceof Refusal ? withStatus(error) : error)
          }
        },
      }),
  }
}

const withStatus = (refusal: Refusal): GraphQLError => {
  const error = toGraphQLError(refusal)
  return new GraphQLError(error.message, { extensions: { ...error.extensions, http: { status: statuses[refusal.code] } } })
}

/** Gives an answer in which nothing succeeded the HTTP status of its error, and says when to come back. */
export function statusPlugin<C extends BaseContext>(): ApolloServerPlugin<C> {
  return { requestDidStart: () => Promise.resolve({ willSendResponse: (context) => Promise.resolve(setStatus(context)) }) }
}

function setStatus<C extends BaseContext>({ response }: Pick<GraphQLRequestContext<C>, 'response'>): void {
  if (response.body?.kind !== 'single') return
  const { data, errors } = response.body.singleResult
  if (!errors || errors.length === 0) return
  if (data && Object.values(data).some((value) => value !== null)) return
  response.http.status = statusOf(errors)
  const wait = errors.map((error) => error.extensions).find((extensions) => isCode(extensions?.['code']) && statuses[extensions['code']] === 429)
  const after = (wait?.['details'] as { retryAfter?: unknown } | undefined)?.retryAfter
  if (typeof after === 'number') response.http.headers.set('retry-after', String(Math.ceil(after)))
}
