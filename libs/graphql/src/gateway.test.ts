import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApolloServer } from '@apollo/server'
import { afterEach, describe, expect, test } from 'vitest'
import { composeSupergraph } from './compose.ts'
import type { GraphContext } from './context.ts'
import { InProcessDataSource, PooledDataSource } from './datasource.ts'
import { createFormatError } from './errors.ts'
import { Executor } from './executor.ts'
import { createGateway } from './gateway.ts'
import { defaultLimits } from './limits.ts'
import { limitsPlugin, statusPlugin } from './plugins.ts'
import { subgraphHandler } from './serve.ts'
import { context, financing, identity, type Called } from './testing/parts.ts'

const closing: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const supergraph = composeSupergraph([identity(), financing()])

/** A server over both subgraphs: each in this process, or financing behind HTTP. */
async function serve(remote = false) {
  const calls: Called[] = []
  const part = financing()
  const handler = subgraphHandler({ schema: part.schema, context: (carried) => context(calls, { ...carried }) })
  const url = remote ? await listen(createServer((request, response) => void handler(request, response))) : undefined
  const { gateway, close } = createGateway({ supergraph, subgraphs: { identity: identity().schema, financing: url ? { url } : part.schema } })
  const server = new ApolloServer<GraphContext>({
    gateway,
    formatError: createFormatError(() => {}),
    plugins: [limitsPlugin(defaultLimits), statusPlugin()],
    parseOptions: { maxTokens: defaultLimits.tokens },
    includeStacktraceInErrorResponses: false,
  })
  await server.start()
  closing.push(close, () => server.stop())
  const ask = async (query: string, variables: Record<string, unknown> = {}, carried: Partial<GraphContext> = {}) => {
    const { body, http } = await server.executeOperation({ query, variables }, { contextValue: context(calls, carried) })
    if (body.kind !== 'single') throw new Error('not single')
    return { ...body.singleResult, status: http.status } as unknown as { data?: Record<string, unknown> | null; errors?: readonly Record<string, unknown>[]; status?: number }
  }
  return { ask, calls }
}

describe.each([['in one process', false], ['over HTTP', true]])('%s', (_, remote) => {
  test('a query over two subgraphs is answered', async () => {
    const { ask } = await serve(remote)
    expect((await ask('{ me { name } loan(key: "l1") { amount borrower { id name } } }')).data).toEqual({ me: { name: 'Bea' }, loan: { amount: '20000.00', borrower: { id: 'bea', name: 'Bea' } } })
  })

  test('the caller and the request id reach the action', async () => {
    const { ask, calls } = await serve(remote)
    await ask('mutation { applyForLoan(amount: "5.00") { key } }', {}, { userToken: 'token-1', idempotencyKey: 'h1' })
    expect(calls).toEqual([{ action: 'loan.applyForLoan', params: { amount: '5.00' }, requestId: 'h1', token: 'token-1' }])
  })

  test('a refusal leaves as itself with its status; what nobody foresaw as INTERNAL, without what it said', async () => {
    const { ask } = await serve(remote)
    expect(await ask('{ loan(key: "none") { amount } }')).toMatchObject({ status: 404, errors: [{ path: ['loan'], extensions: { code: 'NOT_FOUND', path: 'key', details: { hint: 'x' } } }] })
    for (const key of ['bug', 'hole']) {
      const answer = await ask(`{ loan(key: "${key}") { amount } }`)
      expect(answer).toMatchObject({ status: 500, errors: [{ extensions: { code: 'INTERNAL', details: { reference: expect.any(String) } } }] })
      expect(JSON.stringify(answer)).not.toMatch(/secret|stack|serviceName/)
    }
  })

  test('where part of it succeeded the status stays', async () => {
    const { ask } = await serve(remote)
    const answer = await ask('{ me { name } __typename }')
    expect(answer.status).toBeUndefined()
  })
})

test('a subgraph that does not answer is UNAVAILABLE', async () => {
  const closed = createServer()
  const url = await listen(closed)
  await new Promise((resolve) => closed.close(resolve))
  closing.pop()
  const source = new PooledDataSource(url)
  closing.push(() => source.close())
  const answer = await source.process({ request: { query: '{ x }' }, context: {} } as never)
  expect(answer.errors?.[0]?.extensions).toEqual({ code: 'UNAVAILABLE' })
})

test('an answer that is none, or too long, is UNAVAILABLE', async () => {
  for (const body of ['[]', 'x', '{"errors":"x"}', `{"data":"${'x'.repeat(2000)}"}`]) {
    const url = await listen(createServer((_, response) => void response.end(body)))
    const source = new PooledDataSource(url, { maxBytes: 1000 })
    const answer = await source.process({ request: { query: '{ x }' }, context: {} } as never)
    await source.close()
    expect(answer.errors?.[0]?.extensions, body.slice(0, 20)).toEqual({ code: 'UNAVAILABLE' })
  }
})

describe('documents', () => {
  test('are parsed and validated once and kept up to a limit, the least used forgotten first', async () => {
    const executor = new Executor(identity().schema, { limit: 2 })
    for (const query of ['{ me { id } }', '{ me { name } }', '{ me { id } }', '{ me { id name } }']) await executor.run(query, {}, context([]))
    expect(executor.size).toBe(2)
  })
  test('that are wrong are refused, and not kept', async () => {
    const executor = new Executor(identity().schema)
    for (const query of ['{ me {', '{ nobody }', '']) expect((await executor.run(query, {}, context([]))).errors?.[0]?.extensions['code']).toBe('QUERY_INVALID')
    expect(executor.size).toBe(0)
    const source = new InProcessDataSource(identity().schema)
    expect((await source.process({ request: {}, context: {} } as never)).errors).toHaveLength(1)
  })
})

describe('a remote subgraph asked wrongly', () => {
  test('answers QUERY_INVALID', async () => {
    const handler = subgraphHandler({ schema: identity().schema, context: () => context([]), maxBytes: 100 })
    const url = await listen(createServer((request, response) => void handler(request, response)))
    for (const body of ['', 'x', '[]', 'null', '{}', '{"query":5}', JSON.stringify({ query: `{ me { ${'id '.repeat(100)} } }` })]) {
      expect(await (await fetch(url, { method: 'POST', body })).json(), body.slice(0, 20)).toMatchObject({ errors: [{ extensions: { code: 'QUERY_INVALID' } }] })
    }
    expect(await (await fetch(url)).json()).toMatchObject({ errors: [{ extensions: { code: 'QUERY_INVALID' } }] })
  })
})

describe('limits', () => {
  const code = async (query: string, variables = {}) => {
    const { ask } = await serve()
    const answer = await ask(query, variables)
    return [answer.errors?.[0]?.['extensions'] && (answer.errors[0]['extensions'] as { code: string }).code, answer.status]
  }
  test('a page counts as often as it is long', async () => {
    const query = 'query Q($first: Int) { loans(first: $first) { edges { node { key amount borrower { id } } } } }'
    expect(await code(query, { first: 200 })).toEqual([undefined, undefined])
    expect(await code(query, { first: 100_000 })).toEqual(['QUERY_TOO_COSTLY', 400])
    expect(await code('{ loans(first: 100000) { edges { node { key } } } }')).toEqual(['QUERY_TOO_COSTLY', 400])
  })
  test('a page is looked at again when its variable changes', async () => {
    const { ask } = await serve()
    const query = 'query Q($first: Int) { loans(first: $first) { edges { node { key } } } }'
    expect((await ask(query, { first: 10 })).errors).toBeUndefined()
    expect((await ask(query, { first: 100_000 })).status).toBe(400)
  })
  test('aliases below the first level count too', async () => {
    expect(await code(`{ me { ${Array.from({ length: 51 }, (_, at) => `a${at}: id`).join(' ')} } }`)).toEqual(['QUERY_TOO_COSTLY', 400])
  })
  test('aliases are counted, also through fragments', async () => {
    const many = Array.from({ length: 51 }, (_, at) => `a${at}: me { id }`).join(' ')
    expect(await code(`{ ${many} }`)).toEqual(['QUERY_TOO_COSTLY', 400])
    expect(await code(`{ ...F } fragment F on Query { ${many} }`)).toEqual(['QUERY_TOO_COSTLY', 400])
  })
  test('fragments in fragments cost what they stand for, and no time', async () => {
    const levels = Array.from({ length: 30 }, (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`).join(' ')
    expect((await code(`{ ...F0 } ${levels} fragment F30 on Query { me { id } }`))[0]).toBe('QUERY_TOO_COSTLY')
  })
  test('depth', async () => {
    const deep = `{ __schema { types { ${'ofType { '.repeat(30)} name ${'} '.repeat(30)} } } }`
    expect(await code(deep)).toEqual(['QUERY_TOO_DEEP', 400])
  })
  test('a document of too many words is not read', async () => {
    expect((await code(`{ ${'me { id } '.repeat(2000)} }`))[0]).toBe('REQUEST_TOO_LARGE')
  })
  test('the introspection of an explorer passes', async () => {
    const { getIntrospectionQuery } = await import('./graphql.ts')
    const { ask } = await serve()
    const { data, errors } = await ask(getIntrospectionQuery())
    expect(errors).toBeUndefined()
    expect(data).toHaveProperty('__schema')
  })
})
