import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { AccessTokens, systemClock, type Clock, type TokenJwk } from '@growr/auth'
import { callerScope, callingUser, createBroker, createBus, createCallTokens, defineService, groups, implement, type Group as GroupName } from '@growr/bus'
import { defineAction, Refusal, user } from '@growr/contracts'
import { composeSupergraph, field, reference, subgraph } from '@growr/graphql'
import { createLogger, createMetrics, Health } from '@growr/runtime'
import type { HttpRoute } from '@growr/service'
import { accessConfig } from '../config.ts'
import { createAccessGroup } from '../group.ts'

// A whole gateway over two small groups, for the tests of this app: real tokens, a real bus, real HTTP.

const name = defineAction({ name: 'user.name', kind: 'query', about: 'A name.', params: z.strictObject({ id: z.string() }), result: z.object({ id: z.string(), name: z.string() }), access: { public: true } })
const echo = defineAction({
  name: 'loan.echo', kind: 'mutation', about: 'Says what it was given.', params: z.strictObject({ amount: z.string().regex(/^\d+\.\d\d$/) }),
  result: z.object({ caller: z.string(), owner: z.string(), amount: z.string(), requestId: z.string().nullable() }), access: { users: { ORIGINATOR_ADMIN: 'any' } },
})
const fail = defineAction({ name: 'loan.fail', kind: 'query', about: 'Fails as it is told.', params: z.strictObject({ code: z.string() }), result: z.string(), access: { public: true } })

const identityDefs = 'type Query { me: Me! } type Me { id: ID! language: String! } type User @key(fields: "id") { id: ID! name: String! }'
const financingDefs = `
type Query { fail(code: String!): String }
type Mutation { echo(amount: String!, requestId: ID): Echo! }
type Echo { caller: String! amount: String! requestId: String owner: User! }
type User @key(fields: "id", resolvable: false) { id: ID! }`

export interface TestNode {
  readonly url: string
  readonly lines: string[]
  /** Sessions that were ended. */
  readonly ended: Set<string>
  readonly health: Health
  readonly asked: { keys: number; sessions: number }
  readonly hang: PromiseWithResolvers<string>
  token(role?: string, session?: string, issuer?: string): Promise<string>
  ask(query: string, options?: { token?: string; variables?: unknown; headers?: Record<string, string> }): Promise<{ status: number; headers: Headers; body: { data?: Record<string, unknown> | null; errors?: { message: string; extensions: Record<string, unknown> }[] } }>
  rotate(): void
  /** Takes the present signing key back. */
  withdraw(): void
  stop(): Promise<void>
}

export async function startNode(config: Partial<z.input<typeof accessConfig>> = {}, routes: readonly HttpRoute[] = [], clock: Clock = systemClock): Promise<TestNode> {
  const pairs = Object.fromEntries(groups.map((group) => [group, generateKeyPairSync('ed25519')])) as Record<GroupName, { publicKey: KeyObject; privateKey: KeyObject }>
  const publicKeys = Object.fromEntries(groups.map((group) => [group, pairs[group].publicKey]))
  const broker = createBroker({ name: `access-test-${++nodes}` })
  const on = (group: GroupName) => createBus({ name: group, broker, tokens: createCallTokens({ group, publicKeys, sign: (bytes) => sign(null, bytes, pairs[group].privateKey) }) })
  const [access, identity, financing] = [on('access'), on('identity'), on('financing')]

  const ended = new Set<string>()
  const asked = { keys: 0, sessions: 0 }
  const hang = Promise.withResolvers<string>()
  const signing = new Map<string, KeyObject>()
  const published: (TokenJwk & { kid: string })[] = []
  let current = ''
  const rotate = (): void => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    current = `k${signing.size + 1}`
    signing.set(current, privateKey)
    published.push({ ...(publicKey.export({ format: 'jwk' }) as TokenJwk), kid: current })
  }
  rotate()

  void identity.serve(
    defineService({
      name: 'user',
      actions: [
        implement(user.me, {
          scope: callerScope,
          handle: (_, context) => ({ id: callingUser(context).userId, name: null, email: null, phone: null, language: 'en' as const, did: null, status: 'ACTIVE' as const, memberships: [], createdAt: '2026-03-01T00:00:00Z' }),
        }),
        implement(name, { handle: ({ id }) => ({ id, name: `name of ${id}` }) }),
        implement(user.checkSession, { handle: ({ session }) => ({ live: (asked.sessions++, !ended.has(session)) }) }),
        implement(user.signingKeys, { handle: () => (asked.keys++, published.map((key) => ({ ...key }))) }),
      ],
    }),
  )
  void financing.serve(
    defineService({
      name: 'loan',
      actions: [
        implement(echo, { handle: ({ amount }, { caller, requestId }) => ({ caller: caller.kind, owner: 'bea', amount, requestId: requestId ?? null }) }),
        implement(fail, {
          handle: ({ code }) => {
            if (code === 'HANG') return hang.promise
            if (code === 'BUG') throw new Error('no row for +50499000001')
            throw new Refusal(code as 'LOCKED', { path: 'code', details: { retryAfter: 7 } })
          },
        }),
      ],
    }),
  )
  await identity.start()
  await financing.start()

  const parts = [
    subgraph({ name: 'identity', typeDefs: identityDefs, resolvers: { Query: { me: field(user.me) }, User: { __resolveReference: reference(name, ({ id }: { id: string }) => ({ id })) } } }),
    subgraph({ name: 'financing', typeDefs: financingDefs, resolvers: { Query: { fail: field(fail) }, Mutation: { echo: field(echo) }, Echo: { owner: ({ owner }: { owner: string }) => ({ id: owner }) } } }),
  ]
  const lines: string[] = []
  const health = new Health()
  const group = createAccessGroup({
    config: accessConfig.parse({ port: 0, ...config }),
    bus: access,
    supergraph: composeSupergraph(parts),
    subgraphs: Object.fromEntries(parts.map(({ name, schema }) => [name, schema])),
    routes,
    issuer: 'growr',
    clock,
    health,
    metrics: createMetrics(),
    logger: createLogger({ destination: { write: (line) => void lines.push(line) } }),
  })
  await group.start()

  return {
    url: group.url,
    lines,
    ended,
    health,
    asked,
    hang,
    rotate,
    withdraw: () => void published.pop(),
    async token(role = 'ORIGINATOR_ADMIN', session = 's1', issuer = 'growr') {
      const signer = {
        currentKid: () => current,
        publicKey: () => undefined,
        sign: (kid: string, bytes: Uint8Array) => Promise.resolve(sign('sha256', bytes, { key: signing.get(kid)!, dsaEncoding: 'ieee-p1363' })),
      }
      const tokens = new AccessTokens(signer, { issuer, clock })
      return (await tokens.issue({ userId: 'ana', role, organizationId: 'comsa', membershipId: 'm1' }, session)).accessToken
    },
    async ask(query, { token, variables, headers = {} } = {}) {
      const response = await fetch(`${group.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
        body: JSON.stringify({ query, variables }),
      })
      return { status: response.status, headers: response.headers, body: (await response.json()) as never }
    },
    async stop() {
      hang.resolve('late')
      await group.stop()
      await financing.stop()
      await identity.stop()
    },
  }
}

let nodes = 0
