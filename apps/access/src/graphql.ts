import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { createFormatError, createGateway, limitsPlugin, statusPlugin, type GatewayOptions, type GraphContext } from '@growr/graphql'
import type { Logger } from '@growr/runtime'
import type { AccessConfig } from './config.ts'

export interface ApiOptions {
  readonly config: AccessConfig
  readonly supergraph: string
  readonly subgraphs: GatewayOptions['subgraphs']
  readonly logger: Logger
}

/** The GraphQL API over its subgraphs: one operation a request, no reports to anybody, no stack trace in an answer. */
export async function startApi(options: ApiOptions): Promise<{ server: ApolloServer<GraphContext>; stop: () => Promise<void> }> {
  const { config, supergraph, subgraphs, logger } = options
  const log = (message: string, fields: Readonly<Record<string, unknown>>): void => logger.error(fields, message)
  const { gateway, close } = createGateway({ supergraph, subgraphs, log })
  const server = new ApolloServer<GraphContext>({
    gateway,
    cache: 'bounded',
    csrfPrevention: true,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    introspection: config.introspection,
    hideSchemaDetailsFromClientErrors: !config.introspection,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: config.maxTokens },
    formatError: createFormatError(log),
    // What Apollo itself would log may quote a query, and with it what a person typed into it.
    logger: { debug: quiet, info: quiet, warn: quiet, error: () => logger.error('the API failed') },
    plugins: [
      limitsPlugin({ depth: config.maxDepth, aliases: config.maxAliases, cost: config.maxCost, tokens: config.maxTokens }),
      statusPlugin(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
    ],
  })
  await server.start()
  const stop = async (): Promise<void> => {
    await server.stop()
    await close()
  }
  return { server, stop }
}

const quiet = (): void => {}
