import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor, Outcome } from './door.ts'
import { GraphqlDoor } from './graphql.ts'
import { HttpDoor } from './http.ts'

interface Asked {
  readonly path: string
  readonly method: string
  readonly authorization: string | undefined
  readonly body: { readonly query?: string; readonly variables?: Readonly<Record<string, unknown>> }
}

// What stands behind the door: answers as it is told, and remembers what it was asked.
let server: Server
let url: string
let asked: Asked[]
let answers: { status?: number; body: unknown }[]

beforeEach(async () => {
  asked = []
  answers = []
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      asked.push({ path: request.url ?? '', method: request.method ?? '', authorization: request.headers.authorization, body: text.startsWith('{') ? (JSON.parse(text) as Asked['body']) : {} })
      const { status = 200, body } = answers.shift() ?? { body: { data: {} } }
      response.writeHead(status, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

const person = (name: string): Actor => ({ name, person: { role: 'BORROWER' } })
const session = (accessToken: string) => ({ accessToken, refreshToken: `refresh-${accessToken}`, expiresIn: 900, user: 'U1', role: 'BORROWER', organization: 'O1' })

describe('the API', () => {
  test('an answer that signs in is its actor\'s session from then on, and nobody else\'s', async () => {
    const door = new GraphqlDoor(url)
    answers = [{ body: { data: { loginByPhone: session('t1') } } }, { body: { data: { me: { id: 'U1' } } } }, { body: { data: { me: { id: 'U2' } } } }]
    await door.perform(person('bea'), { kind: 'do', operation: 'loginByPhone', with: { phone: '+504', pin: '1' } })
    await door.perform(person('bea'), { kind: 'query', operation: 'me', with: {} })
    await door.perform(person('carl'), { kind: 'query', operation: 'me', with: {} })
    expect(asked.map(({ authorization }) => authorization)).toEqual([undefined, 'Bearer t1', undefined])
    expect(door.sessionOf('bea')).toMatchObject({ organization: 'O1' })
    expect(door.sessionOf('carl')).toBeUndefined()
  })

  test('an expired session is refreshed, and the request made again', async () => {
    const door = new GraphqlDoor(url)
    const expired = { body: { data: null, errors: [{ message: 'expired', extensions: { code: 'TOKEN_EXPIRED' } }] } }
    answers = [{ body: { data: { loginByPhone: session('t1') } } }, expired, { body: { data: { refresh: session('t2') } } }, { body: { data: { me: { id: 'U1' } } } }]
    await door.perform(person('bea'), { kind: 'do', operation: 'loginByPhone', with: { phone: '+504', pin: '1' } })
    expect(await door.perform(person('bea'), { kind: 'query', operation: 'me', with: {} })).toEqual({ result: { id: 'U1' } })
    expect(asked.map(({ authorization }) => authorization)).toEqual([undefined, 'Bearer t1', undefined, 'Bearer t2'])
  })

  test('what changes something has a request id: a fresh one, or the step\'s', async () => {
    const door = new GraphqlDoor(url)
    await door.perform(person('ana'), { kind: 'do', operation: 'activateProject', with: { key: 'P1' } })
    await door.perform(person('ana'), { kind: 'do', operation: 'activateProject', with: { key: 'P1' } })
    await door.perform(person('ana'), { kind: 'do', operation: 'activateProject', with: { key: 'P1' }, requestId: 'r1' })
    const ids = asked.map(({ body }) => body.variables?.['requestId'])
    expect(ids[2]).toBe('r1')
    expect(new Set(ids).size).toBe(3)
  })

  test('a connection comes as its nodes, anything else as it is', async () => {
    answers = [{ body: { data: { loans: { edges: [{ cursor: 'c', node: { key: 'L1' } }], pageInfo: { hasNextPage: false, endCursor: 'c' }, totalCount: 1 } } } }]
    expect(await new GraphqlDoor(url).perform(person('ana'), { kind: 'query', operation: 'loans', with: { project: 'P1' } })).toEqual({
      result: { nodes: [{ key: 'L1' }], pageInfo: { hasNextPage: false, endCursor: 'c' }, totalCount: 1 },
    })
  })

  test('a refusal has its code, path and details', async () => {
    answers = [{ body: { data: null, errors: [{ message: 'It is promised.', extensions: { code: 'FUNDS_RESERVED', path: 'amount', details: { available: '1.00' } } }] } }]
    expect(await new GraphqlDoor(url).perform(person('ana'), { kind: 'query', operation: 'me', with: {} })).toEqual({
      refusal: { code: 'FUNDS_RESERVED', path: 'amount', details: { available: '1.00' }, message: 'It is promised.' },
    })
  })

  test.each([
    ['do', 'organization', {}, /organization is a query: write `query`/],
    ['query', 'activateProject', {}, /activateProject is a mutation: write `do`/],
    ['query', 'organisation', {}, /has no query "organisation"; it has .*organization/],
    ['query', 'organization', { key: 'x' }, /takes no "key"; it takes id: ID!/],
    ['query', 'constructor', {}, /has no query/],
  ] as const)('what it does not know is answered with what it knows: %s %s', async (kind, operation, given, message) => {
    const outcome: Outcome = await new GraphqlDoor(url).perform(person('ana'), { kind, operation, with: given })
    expect(outcome).toMatchObject({ refusal: { code: 'JOURNEY_INVALID', message: expect.stringMatching(message) as string } })
    expect(asked).toEqual([])
  })
})

describe('plain HTTP', () => {
  test('sends JSON, parameters and forms, and gives status and body', async () => {
    const door = new HttpDoor(url)
    answers = [{ body: { ok: true } }, { status: 201, body: 'END thanks' }, { body: {} }]
    expect(await door.perform(person('x'), { kind: 'do', operation: 'POST /callback', with: { amount: '1.00', query: { a: 'b' } } })).toEqual({ result: { status: 200, body: { ok: true } } })
    expect(await door.perform(person('x'), { kind: 'do', operation: 'POST /ussd', with: { form: { text: '1*2' } } })).toEqual({ result: { status: 201, body: 'END thanks' } })
    await door.perform(person('x'), { kind: 'query', operation: 'GET /issuer/did.json', with: {} })
    expect(asked.map(({ method, path, body }) => [method, path, body])).toEqual([['POST', '/callback?a=b', { amount: '1.00' }], ['POST', '/ussd', {}], ['GET', '/issuer/did.json', {}]])
  })

  test('a refusal of the node is one, and a path is needed', async () => {
    const door = new HttpDoor(url)
    answers = [{ status: 404, body: { errors: [{ extensions: { code: 'NOT_FOUND', path: 'list' } }] } }]
    expect(await door.perform(person('x'), { kind: 'query', operation: 'GET /nothing', with: {} })).toEqual({ refusal: { code: 'NOT_FOUND', path: 'list' } })
    expect(await door.perform(person('x'), { kind: 'query', operation: 'nothing', with: {} })).toMatchObject({ refusal: { code: 'JOURNEY_INVALID' } })
    // GraphQL's come with 200; other entry points say the code without any frame; an answer with data is one.
    answers = [{ body: { data: null, errors: [{ extensions: { code: 'QUERY_INVALID' } }] } }, { status: 404, body: { code: 'PROVIDER_UNKNOWN', path: 'path.provider' } }, { body: { data: { me: { id: 'U1' } } } }]
    const ask = (given: Record<string, unknown>): Promise<Outcome> => door.perform(person('x'), { kind: 'do', operation: 'POST /graphql', with: given })
    expect(await ask({ body: { query: '{ nothing }' }, bearer: 't' })).toEqual({ refusal: { code: 'QUERY_INVALID' } })
    expect(asked.at(-1)).toMatchObject({ authorization: 'Bearer t', body: { query: '{ nothing }' } })
    expect(await ask({})).toEqual({ refusal: { code: 'PROVIDER_UNKNOWN', path: 'path.provider' } })
    expect(await ask({})).toMatchObject({ result: { status: 200 } })
  })

  test('it never leaves the node', async () => {
    await expect(new HttpDoor(url).perform(person('x'), { kind: 'query', operation: 'GET //example.org/x', with: {} })).rejects.toThrow(/the node/)
  })
})
