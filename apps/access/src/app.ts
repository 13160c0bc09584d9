import { expressMiddleware } from '@as-integrations/express5'
import express, { type ErrorRequestHandler, type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express'
import helmet from 'helmet'
import type { ApolloServer } from '@apollo/server'
import type { Bus } from '@growr/bus'
import { Refusal, type UserCaller } from '@growr/contracts'
import type { GraphContext } from '@growr/graphql'
import { newId, type Health, type Logger, type Metrics } from '@growr/runtime'
import type { HttpRoute } from '@growr/service'
import type { AccessConfig } from './config.ts'
import { createEntryPoints } from './entry-points.ts'
import { createExplorer } from './explorer.ts'
import { refusalAtDoor, sendRefusal } from './failures.ts'
import type { Identify } from './identify.ts'
import type { Live } from './live.ts'
import { createOperation } from './operation.ts'
import { addressKey, createCount } from './rate.ts'

export interface AppParts {
  readonly config: AccessConfig
  readonly bus: Bus
  readonly api: ApolloServer<GraphContext>
  readonly identify: Identify
  readonly routes: readonly HttpRoute[]
  readonly live: Live
  readonly health: Health
  readonly metrics: Metrics
  readonly logger: Logger
}

/** What the resolvers of one request get. */
const contexts = new WeakMap<Request, GraphContext>()

/** All doors of the node for HTTP. */
export async function createHttpApp(parts: AppParts): Promise<Express> {
  const { config, bus, api, identify, logger } = parts
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('trust proxy', config.behindProxies)
  app.set('query parser', 'simple')

  app.use(observed(parts.metrics))
  app.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] } },
      strictTransportSecurity: config.https ? { maxAge: 31_536_000 } : false,
      crossOriginEmbedderPolicy: false,
    }),
  )
  app.use(createOperation({ health: parts.health, metrics: parts.metrics, identify }))

  const perAddress = createCount(config.ratePerAddress, config.rateSeconds)
  const perUser = createCount(config.ratePerUser, config.rateSeconds)
  app.use(async (request, _response, next) => {
    await perAddress(addressKey(request.ip ?? ''))
    next()
  })
  app.use(inTime(config.requestSeconds * 1000))

  if (config.explorer) app.use(await createExplorer())
  app.get('/', (_request, response) => {
    response.json({ name: 'Growr', graphql: '/graphql', ...(config.explorer ? { explorer: '/explorer' } : {}) })
  })

  app.use(parts.live.router(perUser))

  const limit = config.maxBodyBytes
  app.use(express.json({ limit }), express.urlencoded({ limit, extended: false, parameterLimit: 100 }), express.text({ limit }))
  app.use('/graphql', noStore, async (request: Request, _response: Response, next: NextFunction) => {
    const caller = await identify(request.headers)
    if (caller) await perUser(caller.userId)
    contexts.set(request, await contextOf(request, bus, caller))
    next()
  })
  app.use('/graphql', expressMiddleware(api, { context: ({ req }) => Promise.resolve(contexts.get(req)!) }))
  app.use(createEntryPoints({ routes: parts.routes, bus, identify }))
  app.use((_request, response) => sendRefusal(response, new Refusal('NOT_FOUND')))
  app.use(((error, _request, response, _next) => {
    // An answer that came after TIMED_OUT was given.
    if (response.headersSent) return
    sendRefusal(response, refusalAtDoor(error, logger))
  }) satisfies ErrorRequestHandler)
  return app
}

/** What resolvers get: calls in the name of whoever asked, by a call token minted for this request. */
async function contextOf(request: Request, bus: Bus, caller: UserCaller | undefined): Promise<GraphContext> {
  const traceId = newId()
  const idempotencyKey = request.get('idempotency-key')
  if (idempotencyKey !== undefined && !/^[A-Za-z0-9._:-]{1,64}$/.test(idempotencyKey)) throw new Refusal('BAD_INPUT', { path: 'Idempotency-Key' })
  const userToken = caller && (await bus.tokens.mintUser(caller))
  return {
    traceId,
    idempotencyKey,
    userToken,
    call: (contract, params, options) => bus.call(contract, params, { user: userToken, traceId, requestId: options?.requestId }),
  }
}

const noStore: RequestHandler = (_request, response, next) => {
  response.set('cache-control', 'no-store')
  next()
}

/** TIMED_OUT for what takes too long. What was acknowledged meanwhile stands. */
function inTime(milliseconds: number): RequestHandler {
  return (_request, response, next) => {
    const alarm = setTimeout(() => sendRefusal(response, new Refusal('TIMED_OUT')), milliseconds)
    response.once('close', () => clearTimeout(alarm))
    next()
  }
}

/** Counts requests by door and kind of answer, and their time: never by anything that leads to a person. */
function observed(metrics: Metrics): RequestHandler {
  const labels = { door: ['graphql', 'explorer', 'operation', 'other'], status: ['2xx', '3xx', '4xx', '5xx'] } as const
  const seconds = metrics.histogram({ name: 'http_seconds', help: 'Time to answer an HTTP request', labels })
  return (request, response, next) => {
    const start = performance.now()
    const door = doorOf(request.path)
    response.once('finish', () => seconds.observe({ door, status: `${Math.floor(response.statusCode / 100)}xx` }, (performance.now() - start) / 1000))
    next()
  }
}

function doorOf(path: string): 'graphql' | 'explorer' | 'operation' | 'other' {
  if (path === '/graphql') return 'graphql'
  if (path.startsWith('/explorer')) return 'explorer'
  return ['/healthz', '/readyz', '/metrics'].includes(path) ? 'operation' : 'other'
}
