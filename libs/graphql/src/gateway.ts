// Before the library is loaded: it would otherwise report to its maker.
process.env['APOLLO_TELEMETRY_DISABLED'] = 'true'
const { ApolloGateway } = await import('@apollo/gateway')
import type { GatewayConfig, GraphQLDataSource } from '@apollo/gateway'
import { InProcessDataSource, PooledDataSource } from './datasource.ts'
import type { ErrorLog } from './errors.ts'
import type { DocumentNode, GraphQLSchema } from './graphql.ts'
import { compilePlan, type Run, type Sources } from './plan.ts'

export type Gateway = InstanceType<typeof ApolloGateway>

export interface GatewayOptions {
  readonly supergraph: string
  /** Each subgraph of the supergraph: its schema where it lives in this process, its URL where it does not. */
  readonly subgraphs: Readonly<Record<string, GraphQLSchema | { readonly url: string }>>
  readonly log?: ErrorLog
  /** Leaves each execution to Apollo; for comparison. */
  readonly plain?: boolean
}

export interface GatewayParts {
  readonly gateway: Gateway
  /** Closes the connections to subgraphs in other processes. */
  readonly close: () => Promise<void>
  /** How many requests ran by a compiled plan. */
  readonly compiledRuns: () => number
}

/** The gateway over these subgraphs; one that the supergraph names and that is not given is refused at once. */
export function createGateway({ supergraph, subgraphs, log, plain }: GatewayOptions): GatewayParts {
  const pools: PooledDataSource[] = []
  const sources: Record<string, GraphQLDataSource> = {}
  const compiled = new CompiledPlans()
  const gateway: Gateway = new ApolloGateway({
    supergraphSdl: supergraph,
    logger: silent,
    buildService: ({ name }) => {
      const found = subgraphs[name]
      if (!found) throw new Error(`the supergraph names ${name}, which is not there`)
      if (!('url' in found)) return (sources[name] = new InProcessDataSource(found, log ? { log } : {}))
      const pool = new PooledDataSource(found.url)
      pools.push(pool)
      return (sources[name] = pool)
    },
    ...(plain ? {} : { experimental_didResolveQueryPlan: (resolved: Resolved) => compiled.keep(resolved, gateway.schema, sources) }),
  })
  const byApollo = gateway.executor
  let runs = 0
  if (!plain) {
    gateway.executor = (context) => {
      const run = compiled.find(context)
      if (!run) return byApollo(context)
      runs++
      return run(context)
    }
  }
  const close = async (): Promise<void> => {
    await gateway.stop()
    await Promise.all(pools.map((pool) => pool.close()))
  }
  return { gateway, close, compiledRuns: () => runs }
}

type Resolved = Parameters<NonNullable<GatewayConfig['experimental_didResolveQueryPlan']>>[0]
type RequestContext = Parameters<Gateway['executor']>[0]

/** Plans of documents that came before. Apollo plans and runs the first request, and keeps the documents; what it forgets is gone here too. */
class CompiledPlans {
  readonly #plans = new WeakMap<DocumentNode, { name: string | undefined; run: Run | undefined }>()

  keep({ queryPlan, requestContext, operationContext }: Resolved, schema: GraphQLSchema | undefined, sources: Sources): void {
    if (!schema) return
    const run = compilePlan(queryPlan, schema, sources, operationContext)
    this.#plans.set(requestContext.document, { name: requestContext.request.operationName, run })
  }

  find(context: RequestContext): Run | undefined {
    const known = this.#plans.get(context.document)
    return known && known.name === context.request.operationName && !context.metrics?.captureTraces ? known.run : undefined
  }
}

const quiet = (): void => {}
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet }
