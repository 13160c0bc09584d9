import { ApolloServer } from '@apollo/server'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Refusal } from '@growr/contracts'
import { composeSupergraph } from './compose.ts'
import { createFormatError } from './errors.ts'
import { createGateway } from './gateway.ts'
import { buildSchema, parse, type GraphQLError, type OperationDefinitionNode } from './graphql.ts'
import { merge } from './plan.ts'
import { compileShape } from './shape.ts'
import { subgraph } from './subgraph.ts'

// A plan that was compiled must answer exactly as Apollo's own executor does. Every query here is asked of both, of the compiled
// one twice: the first time Apollo runs it and the plan is kept.

interface User {
  readonly id: string
  readonly name: string | null
  readonly friends: readonly string[]
}
const users = new Map<string, User>([
  ['ada', { id: 'ada', name: 'Ada', friends: ['lin', 'ghost'] }],
  ['lin', { id: 'lin', name: 'Lin', friends: [] }],
  ['bob', { id: 'bob', name: null, friends: ['ada', 'bad'] }],
])
const loans = [
  { key: 'l1', amount: '100.00', borrower: { id: 'ada' }, guarantors: [{ id: 'lin' }, { id: 'bob' }], meta: { a: [1, { b: 2 }] }, terms: { rate: '18.00', days: 30 }, status: 'OPEN' },
  { key: 'l2', amount: '250.00', borrower: { id: 'ghost' }, guarantors: [{ id: 'late' }, { id: 'ada' }], meta: null, terms: null, status: 'CLOSED' },
  { key: 'l3', amount: '5.00', borrower: { id: 'bad' }, guarantors: [], meta: 'x', terms: { rate: '1.00', days: null }, status: 'OPEN' },
]

const byReference = ({ id }: { id: string }): User | null | Promise<never> => {
  if (id === 'bad') throw new Refusal('FORBIDDEN', { path: 'id' })
  if (id === 'late') return Promise.reject(new Refusal('SESSION_REVOKED'))
  return users.get(id) ?? null
}

const parts = [
  subgraph({
    name: 'identity',
    typeDefs: `
      type Query { me: User! user(id: ID!): User users: [User!]! }
      type Mutation { rename(id: ID!, name: String!): User! }
      type User @key(fields: "id") { id: ID! name: String upper: String! friends: [User!] home: Place @shareable places: [Place!]! @shareable }
      type Place { street: String! }`,
    resolvers: {
      Query: { me: () => users.get('ada'), user: (_: unknown, { id }: { id: string }) => byReference({ id }), users: () => [...users.values()] },
      Mutation: { rename: (_: unknown, { id, name }: { id: string; name: string }) => ({ ...users.get(id), id, name }) },
      User: { __resolveReference: byReference, home: () => ({ street: 'Main' }), places: () => [{ street: 'a' }, { street: 'b' }], upper: ({ name }: User) => name?.toUpperCase() ?? null, friends: ({ friends }: User) => friends.map((id) => users.get(id) ?? null) },
    },
  }),
  subgraph({
    name: 'financing',
    typeDefs: `
      type Query { loans(first: Int = 3, after: String): [Loan!]! loan(key: ID!): Loan maybe: [Loan] }
      type Mutation { apply(amount: String!, requestId: ID): Loan! }
      enum Status { OPEN CLOSED }
      type Terms { rate: String! days: Int! }
      type Loan @key(fields: "key") { key: ID! amount: String! borrower: User! guarantors: [User]! meta: JSON terms: Terms status: Status! }
      type User @key(fields: "id") { id: ID! loans: [Loan!]! total: Int home: Place @shareable places: [Place!]! @shareable }
      type Place { city: String! }`,
    resolvers: {
      Query: {
        loans: (_: unknown, { first, after }: { first: number; after?: string }) => loans.slice(after === undefined ? 0 : loans.findIndex(({ key }) => key === after) + 1).slice(0, first),
        loan: (_: unknown, { key }: { key: string }) => {
          if (key === 'refused') throw new Refusal('NOT_FOUND', { path: 'key' })
          return loans.find((loan) => loan.key === key) ?? null
        },
        maybe: () => [loans[0], null],
      },
      Mutation: { apply: (_: unknown, { amount }: { amount: string }) => ({ ...loans[0], key: 'new', amount }) },
      User: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        home: () => ({ city: 'Copan' }),
        places: () => [{ city: 'x' }, { city: 'y' }],
        loans: ({ id }: { id: string }) => loans.filter(({ borrower }) => borrower.id === id),
        total: ({ id }: { id: string }) => {
          if (id === 'lin') throw new Refusal('LOCKED')
          return 1
        },
      },
    },
  }),
]

const supergraph = composeSupergraph(parts)
const subgraphs = Object.fromEntries(parts.map(({ name, schema }) => [name, schema]))
const create = (plain: boolean) => {
  const { gateway, close, compiledRuns } = createGateway({ supergraph, subgraphs, plain })
  const server = new ApolloServer({ gateway, formatError: createFormatError(() => {}) })
  return { server, close, compiledRuns }
}
const apollo = create(true)
const ours = create(false)
let compiled = 0

beforeAll(async () => {
  await apollo.server.start()
  await ours.server.start()
})
afterAll(async () => {
  for (const { server, close } of [apollo, ours]) {
    await server.stop()
    await close()
  }
})

const ask = async ({ server }: typeof ours, query: string, variables: Record<string, unknown>, operationName?: string): Promise<unknown> => {
  const { body } = await server.executeOperation({ query, variables, ...(operationName === undefined ? {} : { operationName }) }, { contextValue: {} })
  const { data, errors, extensions } = (body as { singleResult: { data?: unknown; errors?: readonly { path?: readonly unknown[] }[]; extensions?: object } }).singleResult
  // References are new each time; the order of errors of parallel fetches is nobody's.
  const told = (errors ?? []).map((error) => JSON.stringify(error).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'REFERENCE')).sort()
  return JSON.parse(JSON.stringify({ data, told, completed: extensions && 'valueCompletion' in extensions }))
}

async function same(query: string, variables: Record<string, unknown> = {}, operationName?: string): Promise<unknown> {
  const expected = await ask(apollo, query, variables, operationName)
  for (let time = 0; time < 3; time++) expect(await ask(ours, query, variables, operationName), `${query} ${JSON.stringify(variables)}`).toEqual(expected)
  compiled++
  return expected
}

describe('a compiled plan answers as Apollo does', () => {
  test.each([
    '{ me { id name } }',
    '{ me { name loans { key amount } } loans { key amount borrower { id name } } }',
    '{ __typename me { __typename kind: __typename id } }',
    '{ a: me { n: name } b: me { name friends { id name upper } } }',
    '{ loans(first: 1) { guarantors { id name loans { key } } } }',
    '{ loans { guarantors { name } } }',
    '{ loans(first: 2) { key meta terms { rate } status } }',
    '{ me { ...F } loans(first: 1) { borrower { ...F } } } fragment F on User { id name ... on User { loans { key } } }',
    '{ maybe { key borrower { name } } }',
    'mutation { rename(id: "ada", name: "Ada L") { name loans { key } } }',
    'mutation { a: apply(amount: "1.00") { key amount borrower { name } } rename(id: "lin", name: "x") { name } b: apply(amount: "2.00") { amount } }',
    '{ user(id: "nobody") { name loans { key } } }',
    '{ users { id total loans { key borrower { name } } } }',
    '{ me { home { street city } places { street city } } }',
  ])('%s', async (query) => {
    await same(query)
  })

  test('where null is not allowed, it bubbles up as far', async () => {
    expect(await same('{ loans { key terms { days } } }')).toMatchObject({ data: { loans: [{}, { terms: null }, { terms: null }] } })
    await same('{ loans { borrower { upper } } }')
    await same('{ user(id: "bob") { upper } me { name } }')
    await same('{ loans(first: 2) { borrower { name upper } } }')
    await same('{ me { friends { upper } } }')
  })

  test('errors stand at their place', async () => {
    expect(await same('{ loan(key: "refused") { key } me { name } }')).toMatchObject({ told: [expect.stringMatching(/"path":\["loan"\].*NOT_FOUND/)] })
    expect(await same('{ users { total } }')).toMatchObject({ told: [expect.stringMatching(/"path":\["users",1,"total"\].*LOCKED/)] })
    await same('{ l: loan(key: "l3") { borrower { name } } }')
    await same('{ user(id: "bad") { name } }')
    expect(await same('{ loans(first: 2) { guarantors { name } } }')).toMatchObject({ told: [expect.stringMatching(/"path":\["loans",1,"guarantors",0\].*SESSION_REVOKED/)] })
  })

  test('an error of an entity stands at the entity, also behind one that has no type or is null', async () => {
    expect(await ask(ours, '{ loans(first: 2) { guarantors { total } } }', {})).toEqual(await ask(ours, '{ loans(first: 2) { guarantors { total } } }', {}))
    expect(await ask(ours, '{ loans(first: 1) { guarantors { total } } }', {})).toMatchObject({ told: [expect.stringMatching(/"path":\["loans",0,"guarantors",0,"total"\]/)] })
  })

  test('variables, defaults, and those that are wrong', async () => {
    const query = 'query Q($first: Int = 2, $after: String) { loans(first: $first, after: $after) { key } }'
    for (const variables of [{}, { first: 1 }, { after: 'l1' }, { first: null }, { first: 'x' }, { first: 1.5 }, { other: 1 }, { after: null }]) await same(query, variables)
    await same('query Q($id: ID!) { user(id: $id) { name } }', {})
  })

  test('several operations in a document', async () => {
    const query = 'query A { me { id } } query B { me { name } }'
    for (const name of ['A', 'B', 'A', 'C']) await same(query, {}, name)
  })

  test('and leaves to Apollo what it does not know', async () => {
    await same('query Q($yes: Boolean!) { me { id name @include(if: $yes) loans @skip(if: $yes) { key } } }', { yes: true })
    await same('query Q($yes: Boolean!) { me { id name @include(if: $yes) loans @skip(if: $yes) { key } } }', { yes: false })
    await same('query Q($yes: Boolean!) { me { id name @include(if: $yes) } }', { yes: false })
    await same('query Q($yes: Boolean!) { me { id ...F @include(if: $yes) } } fragment F on User { name }', { yes: false })
    await same('{ __schema { queryType { name } } me { id } }')
    await same('{ __proto__: me { __proto__: name id } }')
    expect(({} as Record<string, unknown>)['name']).toBeUndefined()
  })

  test('for queries made at random', async () => {
    const user = fc.letrec((tie) => ({
      user: fc.uniqueArray(fc.oneof({ maxDepth: 3 }, fc.constantFrom('id', 'name', 'total', '__typename', 'x: name'), tie('friends'), tie('loans')), { minLength: 1, maxLength: 4, selector: String }).map((fields) => fields.join(' ')),
      friends: (tie('user') as fc.Arbitrary<string>).map((fields) => `friends { ${fields} }`),
      loans: (tie('loan') as fc.Arbitrary<string>).map((fields) => `loans { ${fields} }`),
      loan: fc.uniqueArray(fc.oneof({ maxDepth: 3 }, fc.constantFrom('key', 'amount', 'meta', 'status', 'terms { rate }', 'terms { days }'), tie('borrower'), tie('guarantors')), { minLength: 1, maxLength: 4, selector: String }).map((fields) => fields.join(' ')),
      borrower: (tie('user') as fc.Arbitrary<string>).map((fields) => `borrower { ${fields} }`),
      guarantors: (tie('user') as fc.Arbitrary<string>).map((fields) => `guarantors { ${fields} }`),
    }))
    const root = fc.record({ me: user.user as fc.Arbitrary<string>, loans: user.loan as fc.Arbitrary<string>, first: fc.integer({ min: 0, max: 3 }) })
    await fc.assert(
      fc.asyncProperty(root, async ({ me, loans: fields, first }) => {
        await same(`{ me { ${me} } loans(first: ${first}) { ${fields} } }`)
      }),
      { numRuns: 60 },
    )
  })
})

test('most of what was compared was compiled', () => {
  expect(compiled).toBeGreaterThan(60)
  expect(apollo.compiledRuns()).toBe(0)
  expect(ours.compiledRuns()).toBeGreaterThan(compiled)
})

describe('what a subgraph elsewhere may send', () => {
  test('changes nobody\'s prototype', () => {
    const target: Record<string, unknown> = { name: 'x', inner: {} }
    merge(target, JSON.parse('{ "__proto__": { "polluted": true }, "inner": { "__proto__": { "polluted": true } }, "name": "y" }') as Record<string, unknown>)
    expect([target['polluted'], ({} as Record<string, unknown>)['polluted'], target['name']]).toEqual([undefined, undefined, 'y'])
  })

  test('leaves as what the schema says, or not at all', () => {
    const schema = buildSchema('enum E { A } type T { s: String i: Int b: Boolean e: E f: Float d: ID o: T l: [T] n: String! } type Query { t: T }')
    const { definitions } = parse('{ t { s i b e f d o { s } l { s } } }')
    const shape = compileShape(schema, definitions[0] as OperationDefinitionNode, {})
    const through = (value: unknown) => {
      const errors: GraphQLError[] = []
      return [JSON.parse(JSON.stringify(shape({ t: value }, errors))), errors.length]
    }
    const good = { s: 'x', i: 1, b: true, e: 'A', f: 1.5, d: '7', o: { s: null }, l: [null, { s: 'y' }] }
    expect(through(good)).toEqual([{ t: good }, 0])
    const nothing = { s: null, i: null, b: null, e: null, f: null, d: null, o: null, l: null }
    expect(through({ s: 1, i: 1.5, b: 'true', e: 'B', f: 'x', d: {}, o: 'x', l: 'x' })).toEqual([{ t: nothing }, 8])
    expect(through({})).toEqual([{ t: nothing }, 0])
    expect(through([])).toEqual([{ t: null }, 1])
  })
})
