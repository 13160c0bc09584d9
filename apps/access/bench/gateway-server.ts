process.on("SIGINT", () => process.exit(0))
// One of the servers that gateway.ts compares: plain, gateway, or whole (all of Access before the gateway).
import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApolloServer } from '@apollo/server'
import { expressMiddleware } from '@as-integrations/express5'
import express from 'express'
import { buildSchema, type GraphQLObjectType } from 'graphql'
import { AccessTokens } from '@growr/auth'
import { createBroker, createBus, createCallTokens, defineService, implement, type Group } from '@growr/bus'
import { user } from '@growr/contracts'
import { composeSupergraph, subgraph, type GraphContext } from '@growr/graphql'
import { createLogger, createMetrics, Health } from '@growr/runtime'
import { accessConfig, createAccessGroup } from '../src/index.ts'
import { startApi } from '../src/graphql.ts'

interface User {
  readonly id: string
  readonly name?: string
}
const users = new Map<string, User>([['1', { id: '1', name: 'Ada' }], ['2', { id: '2', name: 'Lin' }]])
const loans = [{ key: 'l1', amount: '100.00', borrower: { id: '1' } }, { key: 'l2', amount: '250.00', borrower: { id: '2' } }]
const loansOf = ({ id }: User) => loans.filter(({ borrower }) => borrower.id === id)

const parts = () => [
  subgraph({
    name: 'identity',
    typeDefs: 'type Query { me: User } type User @key(fields: "id") { id: ID! name: String! }',
    resolvers: { Query: { me: () => users.get('1') }, User: { __resolveReference: ({ id }: User) => users.get(id) } },
  }),
  subgraph({
    name: 'financing',
    typeDefs: `
      type Query { loans: [Loan!]! }
      type Loan @key(fields: "key") { key: ID! amount: String! borrower: User! }
      type User @key(fields: "id") { id: ID! loans: [Loan!]! }`,
    resolvers: { Query: { loans: () => loans }, User: { __resolveReference: ({ id }: User) => ({ id }), loans: loansOf } },
  }),
]

const config = accessConfig.parse({ port: 0, ratePerAddress: 0, ratePerUser: 0 })
const logger = createLogger({ level: 'silent' })

async function plain(): Promise<string> {
  const schema = buildSchema(`
    type Query { me: User loans: [Loan!]! }
    type User { id: ID! name: String! loans: [Loan!]! }
    type Loan { key: ID! amount: String! borrower: User! }`)
  const resolvers: Record<string, Record<string, (source: never) => unknown>> = {
    Query: { me: () => users.get('1'), loans: () => loans },
    User: { loans: loansOf },
    Loan: { borrower: ({ borrower }: (typeof loans)[number]) => users.get(borrower.id) },
  }
  for (const [type, fields] of Object.entries(resolvers)) {
    for (const [field, resolve] of Object.entries(fields)) (schema.getType(type) as GraphQLObjectType).getFields()[field]!.resolve = resolve as never
  }
  const server = new ApolloServer<GraphContext>({ schema })
  await server.start()
  return serve(server)
}

async function gateway(): Promise<string> {
  const subgraphs = parts()
  const schemas = Object.fromEntries(subgraphs.map(({ name, schema }) => [name, schema]))
  const { server } = await startApi({ config, supergraph: composeSupergraph(subgraphs), subgraphs: schemas, logger })
  return serve(server)
}

async function serve(server: ApolloServer<GraphContext>): Promise<string> {
  const app = express()
  app.use('/graphql', express.json(), expressMiddleware(server, { context: () => Promise.resolve({ traceId: 't' } as GraphContext) }))
  const http = createServer(app)
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`
}

async function whole(): Promise<{ url: string; token: string }> {
  const pairs = { access: generateKeyPairSync('ed25519'), identity: generateKeyPairSync('ed25519') }
  const publicKeys = { access: pairs.access.publicKey, identity: pairs.identity.publicKey }
  const broker = createBroker({ name: 'bench' })
  const on = (group: Group & keyof typeof pairs) => {
    const tokens = createCallTokens({ group, publicKeys, sign: (bytes) => sign(null, bytes, pairs[group].privateKey) })
    return createBus({ name: group, broker, tokens })
  }
  const access = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const identity = on('identity')
  void identity.serve(
    defineService({
      name: 'user',
      actions: [
        implement(user.checkSession, { handle: () => ({ live: true }) }),
        implement(user.signingKeys, { handle: () => [{ ...access.publicKey.export({ format: 'jwk' }), kid: 'k1' }] }),
      ],
    }),
  )
  await identity.start()
  const subgraphs = parts()
  const group = createAccessGroup({
    config,
    bus: on('access'),
    supergraph: composeSupergraph(subgraphs),
    subgraphs: Object.fromEntries(subgraphs.map(({ name, schema }) => [name, schema])),
    issuer: 'growr',
    health: new Health(),
    metrics: createMetrics(),
    logger,
  })
  await group.start()
  const signer = {
    currentKid: () => 'k1',
    publicKey: () => undefined,
    sign: (_: string, bytes: Uint8Array) => Promise.resolve(sign('sha256', bytes, { key: access.privateKey, dsaEncoding: 'ieee-p1363' })),
  }
  const tokens = new AccessTokens(signer, { issuer: 'growr', clock: { now: () => new Date() } })
  const { accessToken } = await tokens.issue({ userId: 'u1', role: 'NODE_OPERATOR', organizationId: null, membershipId: 'm1' }, 's1')
  return { url: `${group.url}/graphql`, token: accessToken }
}

const ready = process.argv[2] === 'whole' ? await whole() : { url: await (process.argv[2] === 'gateway' ? gateway() : plain()) }
process.on('message', () => {
  const { user: spent, system } = process.cpuUsage()
  process.send?.({ cpu: spent + system })
})
process.send?.(ready)
