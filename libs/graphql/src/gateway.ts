// Before the library is loaded: it would otherwise report to its maker.
process.env['APOLLO_TELEMETRY_DISABLED'] = 'true'
const { ApolloGateway } = await import('@apollo/gateway')
import type { GraphQLSchema } from './graphql.ts'
import { InProcessDataSource, PooledDataSource } from './datasource.ts'
import type { ErrorLog } from './errors.ts'

export type Gateway = InstanceType<typeof ApolloGateway>

export interface GatewayOptions {
  readonly supergraph: string
  /** Each subgraph of the supergraph: its schema where it lives in this process, its URL where it does not. */
  readonly subgraphs: Readonly<Record<string, GraphQLSchema | { readonly url: string }>>
  readonly log?: ErrorLog
}

/** The gateway over these subgraphs; one that the supergraph names and that is not given is refused at once. */
export function createGateway({ supergraph, subgraphs, log }: GatewayOptions): { gateway: Gateway; close: () => Promise<void> } {
  const pools: PooledDataSource[] = []
  const gateway = new ApolloGateway({
    supergraphSdl: supergraph,
    logger: silent,
    buildService: ({ name }) => {
      const found = subgraphs[name]
      if (!found) throw new Error(`the supergraph names ${name}, which is not there`)
      if (!('url' in found)) return new InProcessDataSource(found, log ? { log } : {})
      const pool = new PooledDataSource(found.url)
      pools.push(pool)
      return pool
    },
  })
  const close = async (): Promise<void> => {
    await gateway.stop()
    await Promise.all(pools.map((pool) => pool.close()))
  }
  return { gateway, close }
}

const quiet = (): void => {}
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet }
