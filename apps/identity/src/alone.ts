import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { createBroker, createCallTokens, groups, type PublicKey } from '@growr/bus'
import { subgraphHandler } from '@growr/graphql'
import { resolvePassphrase } from '@growr/keys'
import { MailboxProvider, Messenger, SmtpProvider } from '@growr/messaging'
import { createLogger, lockDirectory, logLevels, secret, systemClock } from '@growr/runtime'
import type { HttpRoute } from '@growr/service'
import { z } from 'zod'
import { createIdentityGroup } from './group.ts'
import { openIdentityKeep } from './stores.ts'

/** What an operator sets who runs this group as a process of its own. */
export const aloneConfig = z.strictObject({
  data: z.string().min(1).default('.data').describe('The data directory.'),
  passphraseFile: z.string().optional().describe('The file with the pass phrase of the keys; outside the data directory.'),
  production: z.boolean().default(false).describe('Nothing is made up at the first start.'),
  publicUrl: z.url({ protocol: /^https?$/ }).optional().describe('Where the outside reaches the node.'),
  country: z.string().length(2).optional().describe('The country of phone numbers that are given without their code.'),
  operatorEmail: z.string().max(254).default('operator@localhost').describe('Who signs in first.'),
  allowInsecureConnectors: z.boolean().default(false).describe('Lets connectors be called over plain http.'),
  host: z.string().default('127.0.0.1').describe('Where the subgraph and the documents are served: to the gateway alone.'),
  port: z.number().int().min(0).max(65_535).default(4011),
  transporter: z.string().optional().describe('How the groups meet, such as nats://…; without it nobody outside this process is heard.'),
  groupKeys: z.record(z.enum(groups), z.record(z.string(), z.string())).optional().describe('The public keys (JWK, Ed25519) with which the other groups sign their calls.'),
  smtp: z.strictObject({ host: z.string(), port: z.number().int().default(587), user: z.string().optional(), password: secret().optional(), from: z.email() }).optional(),
  logLevel: z.enum(logLevels).default('info'),
})
export type AloneConfig = z.output<typeof aloneConfig>

export interface Alone {
  readonly url: string
  /** The public key of this group's calls, for the configuration of the others. */
  readonly key: object
  stop(): Promise<void>
}

/** Starts this group alone: its subgraph and its documents over HTTP, its actions over the transporter. */
export async function startAlone(config: AloneConfig): Promise<Alone> {
  const data = resolve(config.data)
  const lock = lockDirectory(join(data, 'identity'))
  const file = config.passphraseFile ?? join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'growr', 'identity.passphrase')
  const { passphrase } = resolvePassphrase({
    group: 'identity', environment: process.env, file, dataDirectory: data, production: config.production, custodyFiles: [join(data, 'identity', 'keys.json')],
  })
  const log = createLogger({ level: config.logLevel })
  const keep = await openIdentityKeep({ dataDir: data, passphrase })
  const key = keep.custody.current('call-token')
  if (key === undefined) throw new Error('the group has no key for its calls')
  const tokens = createCallTokens({
    group: 'identity',
    sign: (bytes) => keep.custody.sign(key.kid, bytes),
    publicKeys: { ...config.groupKeys, identity: { ...key.publicJwk } } as Partial<Record<(typeof groups)[number], PublicKey>>,
  })
  const broker = createBroker({
    name: 'identity',
    log: (level, message, fields) => log[level](fields, message),
    ...(config.transporter === undefined ? {} : { config: { transporter: config.transporter } }),
  })
  const mailbox = new MailboxProvider(join(data, 'mailbox'))
  const messenger = new Messenger({ email: mailOf(config) ?? mailbox, sms: mailbox, log: (entry) => log.info({ ...entry }, 'message') })
  const { operatorEmail, publicUrl, country, allowInsecureConnectors } = config
  const group = createIdentityGroup({ keep, tokens, broker, clock: systemClock, log, messenger, config: { operatorEmail, publicUrl, country, allowInsecureConnectors } })
  await group.start()
  const subgraph = subgraphHandler({
    schema: group.subgraph?.schema as never,
    context: ({ userToken, traceId, idempotencyKey }) => ({
      call: (contract, params, options) => group.bus.call(contract, params, { user: userToken, ...options }),
      userToken, traceId, idempotencyKey,
    }),
  })
  const server = createServer((request, response) => {
    void answer(request, response, group.routes ?? [], subgraph, () => group.health()).catch((error: unknown) => {
      log.error({ error }, 'a request failed')
      response.destroy()
    })
  })
  await listen(server, config.host, config.port)
  await group.run()
  return {
    url: `http://${config.host}:${(server.address() as AddressInfo).port}`,
    key: key.publicJwk,
    async stop() {
      await new Promise((resolveClosed) => {
        server.close(resolveClosed)
        server.closeAllConnections()
      })
      await group.stop()
      await messenger.close()
      lock.release()
    },
  }
}

function mailOf({ smtp }: AloneConfig): SmtpProvider | undefined {
  if (smtp === undefined) return undefined
  const { host, port, from, user, password } = smtp
  return new SmtpProvider({ host, port, from, ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password: password.reveal() }) })
}

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((listening, failed) => {
    server.once('error', failed).listen(port, host, () => listening())
  })

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>

async function answer(request: IncomingMessage, response: ServerResponse, routes: readonly HttpRoute[], subgraph: Serve, health: () => Promise<{ ok: boolean }>): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (pathname === '/graphql') return subgraph(request, response)
  if (pathname === '/health') {
    const report = await health()
    response.writeHead(report.ok ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify(report))
    return
  }
  const found = request.method === 'GET' ? routes.flatMap((route) => matched(route, pathname)).at(0) : undefined
  if (found === undefined) return void response.writeHead(404).end()
  const { status, headers, body } = await found.route.handle({ params: found.params, query: {}, headers: {}, body: undefined, ip: request.socket.remoteAddress ?? '' })
  response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
}

function matched(route: HttpRoute, pathname: string): { route: HttpRoute; params: Record<string, string> }[] {
  const wanted = route.path.split('/')
  const given = pathname.split('/')
  if (wanted.length !== given.length || wanted.some((part, at) => !part.startsWith(':') && part !== given[at])) return []
  const names = wanted.flatMap((part, at) => (part.startsWith(':') ? [[part.slice(1), given[at] ?? ''] as const] : []))
  return [{ route, params: Object.fromEntries(names) }]
}
