import { describe, expect, test } from 'vitest'
import { graphql } from './graphql.ts'
import { composeSupergraph } from './compose.ts'
import { Executor } from './executor.ts'
import { field } from './field.ts'
import { subgraph, type Resolvers } from './subgraph.ts'
import { applyForLoan, context, financing, financingDefs, findUser, identity, identityDefs, me, type Called } from './testing/parts.ts'

const build = (typeDefs: string, resolvers: Resolvers) => subgraph({ name: 'test', typeDefs, resolvers })

describe('a field', () => {
  const run = async (query: string, variables: Record<string, unknown> = {}, carried = {}) => {
    const calls: Called[] = []
    const result = await new Executor(financing().schema).run(query, variables, context(calls, carried))
    return { calls, result }
  }

  test('hands its arguments on as parameters, and the request id beside them', async () => {
    const { calls } = await run('mutation { applyForLoan(amount: "5.00", requestId: "r1") { key } }')
    expect(calls).toEqual([{ action: 'loan.applyForLoan', params: { amount: '5.00' }, requestId: 'r1', token: undefined }])
  })

  test('takes null for left out, and JSON as it is', async () => {
    const { calls } = await run('mutation M($claims: JSON) { applyForLoan(amount: "5.00", note: null, claims: $claims) { key } }', { claims: { a: [1, 'x', true], b: null } })
    expect(calls[0]?.params).toEqual({ amount: '5.00', claims: { a: [1, 'x', true] } })
    const literal = await run('mutation { applyForLoan(amount: "5.00", claims: { a: [1, "x", true, { b: 2.5 }] }) { key } }')
    expect(literal.calls[0]?.params).toEqual({ amount: '5.00', claims: { a: [1, 'x', true, { b: 2.5 }] } })
  })

  test('takes the header where no request id is given, and keeps two aliases apart', async () => {
    const { calls } = await run('mutation { applyForLoan(amount: "1") { key } a: applyForLoan(amount: "2") { key } b: applyForLoan(amount: "3", requestId: "own") { key } }', {}, { idempotencyKey: 'h1' })
    expect(calls.map(({ requestId }) => requestId)).toEqual(['h1', 'h1:a', 'own'])
  })

  test('of a query has no request id', async () => {
    const { calls } = await run('{ loan(key: "l1") { key } }', {}, { idempotencyKey: 'h1' })
    expect(calls[0]?.requestId).toBeUndefined()
  })

  test('maps parameters and results where it is told to', async () => {
    const { schema } = build('type Query { name(of: ID!): String! }', {
      Query: { name: field(findUser, { params: ({ of }) => ({ id: String(of) }), result: ({ name }) => name.toUpperCase() }) },
    })
    expect((await graphql({ schema, source: '{ name(of: "bea") }', contextValue: context([]) })).data).toEqual({ name: 'BEA' })
  })

  test('never leads to an action that belongs to the bus alone', () => {
    expect(() => field({ ...me, internal: true })).toThrow(/bus alone/)
  })
})

describe('what does not start', () => {
  test('a query or mutation without a resolver', () => {
    expect(() => build('type Query { me: String other: String }', { Query: { me: field(me) } })).toThrow(/Query.other has no resolver/)
  })
  test('an argument that the action does not know', () => {
    expect(() => build('type Query { me(id: ID): String }', { Query: { me: field(me) } })).toThrow(/no parameter id/)
  })
  test('a parameter that no argument gives', () => {
    expect(() => build('type Query { user: String }', { Query: { user: field(findUser) } })).toThrow(/needs id/)
  })
  test('a mutation among the queries', () => {
    expect(() => build('type Query { apply(amount: String!): String }', { Query: { apply: field(applyForLoan) } })).toThrow(/is a mutation/)
  })
  test('a shared type in words of its own', () => {
    expect(() => build('type Query { me: PageInfo } type PageInfo { more: Boolean }', { Query: { me: field(me) } })).toThrow(/shared type/)
  })
})

describe('the supergraph', () => {
  test('is the same for the same subgraphs, in whatever order', () => {
    const parts = [identity(), financing()]
    const sdl = composeSupergraph(parts)
    expect(composeSupergraph([...parts].reverse())).toBe(sdl)
    expect(sdl).toMatch(/applyForLoan/)
    expect(sdl).not.toMatch(/localhost|127\.0\.0\.1/)
  })

  test('several services of a group may each say what they add to Query', () => {
    const one = { name: 'one', typeDefs: 'type Query { a: Done! } type Query { b: Done! } extend type Query { c: Done! }' }
    const two = { name: 'two', typeDefs: 'type Query { d: Done! } type Done { ok: Boolean! }' }
    expect(composeSupergraph([one, two])).toMatch(/d: Done!/)
  })

  test('is refused with the reason where subgraphs contradict one another', () => {
    const other = { name: 'other', typeDefs: 'type Query { x: User! } type User @key(fields: "id") { id: ID! name: Int! }' }
    expect(() => composeSupergraph([{ name: 'identity', typeDefs: identityDefs }, other])).toThrow(/do not compose[^]*name/)
    expect(() => composeSupergraph([{ name: 'financing', typeDefs: financingDefs.replace('User @key(fields: "id", resolvable: false)', 'User') }, { name: 'identity', typeDefs: identityDefs }])).toThrow(/User/)
  })
})
