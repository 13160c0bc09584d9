import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock } from '@growr/auth'
import type { Bus } from '@growr/bus'
import type { GatewayOptions } from '@growr/graphql'
import type { Health, Logger, Metrics } from '@growr/runtime'
import type { Group, HttpRoute } from '@growr/service'
import { createHttpApp } from './app.ts'
import type { AccessConfig } from './config.ts'
import { startApi } from './graphql.ts'
import { createIdentify } from './identify.ts'
import { Live } from './live.ts'

export interface AccessDeps {
  readonly config: AccessConfig
  /** Access's own side of the bus: it alone mints tokens for users. */
  readonly bus: Bus
  /** The supergraph's SDL, and each subgraph that it names: a schema of this process or a URL. */
  readonly supergraph: string
  readonly subgraphs: GatewayOptions['subgraphs']
  /** HTTP entry points of the other groups. */
  readonly routes?: readonly HttpRoute[]
  /** The issuer of access tokens, as User puts it in them. */
  readonly issuer: string
  readonly health: Health
  readonly metrics: Metrics
  readonly logger: Logger
  /** Real time; tokens never follow a clock that is moved. */
  readonly clock?: Clock
}

export interface AccessGroup extends Group {
  /** Where the node is reached on this machine, such as `http://127.0.0.1:4000`; known once it has started. */
  readonly url: string
}

/** The API gateway: GraphQL, explorer, health and metrics, and the entry points that other groups own. */
export function createAccessGroup(deps: AccessDeps): AccessGroup {
  const { config, bus, logger } = deps
  let server: Server | undefined
  let live: Live | undefined
  let stopApi: (() => Promise<void>) | undefined
  let url = ''
  const sockets = new Set<Socket>()
  const serving = new Set<ServerResponse>()

  return {
    name: 'access',
    bus,
    services: [],
    get url() {
      return url
    },

    async start() {
      await bus.start()
      const api = await startApi({ config, supergraph: deps.supergraph, subgraphs: deps.subgraphs, logger })
      stopApi = api.stop
      const identify = createIdentify({ bus, issuer: deps.issuer, ...(deps.clock ? { clock: deps.clock } : {}) })
      live = new Live({ config, bus, identify, logger })
      const app = await createHttpApp({ config, bus, api: api.server, identify, live, routes: deps.routes ?? [], health: deps.health, metrics: deps.metrics, logger })
      const requestTimeout = (config.requestSeconds + 5) * 1000
      server = createServer({ requestTimeout, headersTimeout: Math.min(10_000, requestTimeout), keepAliveTimeout: 10_000, maxHeaderSize: 16_384 }, app)
      server.maxConnections = config.maxConnections
      server.on('connection', (socket) => {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
      })
      server.on('request', (_request, response) => {
        serving.add(response)
        response.once('close', () => serving.delete(response))
      })
      url = await listen(server, config)
    },

    run: () => Promise.resolve(),
    idle: () => Promise.resolve(),
    health: () => Promise.resolve(server?.listening ? { ok: true, reasons: [] } : { ok: false, reasons: ['NOT_LISTENING'] }),

    async stop() {
      live?.end()
      const open = server
      server = undefined
      if (open?.listening) {
        const closed = new Promise((resolve) => open.close(resolve))
        // Who is not served now has nothing to wait for: between two requests, or connected without having asked yet.
        const served = new Set([...serving].map(({ socket }) => socket))
        for (const socket of sockets) if (!served.has(socket)) socket.destroy()
        // A connection that is served now would otherwise be kept for a next request that nobody will take.
        for (const response of serving) response.once('close', () => setImmediate(() => open.closeIdleConnections()))
        await closed
      }
      await stopApi?.()
      stopApi = undefined
      await bus.stop()
    },
  }
}

async function listen(server: Server, { host, port }: AccessConfig): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port: taken, family, address } = server.address() as AddressInfo
  const here = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address
  return `http://${here}:${taken}`
}
