import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { identity, isCode } from '@growr/contracts'
import { lengths } from './testing/at-rest.ts'
import { callerOf, jws } from './testing/bus.ts'
import type { Answer, Caller } from './testing/door.ts'
import { startWorld, type World } from './testing/world.ts'

let world: World
let project: string
let before: Record<string, number>

beforeAll(async () => {
  world = await startWorld({ publicUrl: 'https://node.example' })
  project = await world.lending.project(world.comsa)
  await world.lending.credential(world.comsa, world.comsa.borrowers[0]!)
  await world.settle()
})
afterAll(() => world.end())

// Whatever comes in: nothing is written, and the node goes on.
beforeEach(async () => {
  before = await lengths(world.inside.stores)
})
afterEach(async () => {
  await world.settle()
  expect(await lengths(world.inside.stores)).toEqual(before)
  expect((await fetch(`${world.node.url}/readyz`)).status).toBe(200)
})

/** The code of an answer, which must be one of the catalogue, clear and without anything of the inside. */
function codeOf({ text, status, errors, ...rest }: Answer): string {
  expect(status).toBeGreaterThanOrEqual(400)
  expect(status, text.slice(0, 300)).toBeLessThan(500)
  const failure = errors?.[0] ?? { ...((rest as { error?: { code: string; message: string } }).error ?? { message: '' }) }
  const code = 'extensions' in failure ? failure.extensions?.code : (failure as { code?: string }).code
  expect(isCode(code), text.slice(0, 300)).toBe(true)
  expect(failure.message.length).toBeGreaterThan(5)
  expect(text).not.toMatch(/node_modules|\bat .*\.ts:|stacktrace/i)
  return code as string
}

const query = (text: string, variables?: unknown): string => JSON.stringify({ query: text, ...(variables === undefined ? {} : { variables }) })
const deep = (levels: number): string => `{ __schema { types { fields { type { ${'ofType { '.repeat(levels)}name${' }'.repeat(levels)} } } } } }`
const pages = (count: number): string => `{ ${Array.from({ length: count }, (_none, at) => `p${at}: publicProjects(first: 200) { edges { node { key name description currency amount } } }`).join(' ')} }`
const bomb = (levels: number): string =>
  `query { publicProjects { edges { node { ...f0 } } } } ${Array.from({ length: levels }, (_none, at) => `fragment f${at} on PublicProject { ...f${at + 1} ...f${at + 1} }`).join(' ')} fragment f${levels} on PublicProject { key name }`

interface Case {
  readonly name: string
  readonly code: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: string
  readonly path?: string
}

describe('GraphQL', () => {
  const cases: readonly Case[] = [
    { name: 'no syntax', body: query('{ me {'), code: 'QUERY_INVALID' },
    { name: 'no document', body: query(''), code: 'QUERY_INVALID' },
    { name: 'no query at all', body: '{}', code: 'QUERY_INVALID' },
    { name: 'an unknown field', body: query('{ secrets }'), code: 'QUERY_INVALID' },
    { name: 'an unknown argument', body: query('{ publicProjects(all: true) { totalCount } }'), code: 'QUERY_INVALID' },
    { name: 'a field of the bus', body: query('mutation { createWallet(user: "x") { did } }'), code: 'QUERY_INVALID' },
    { name: 'a cycle of fragments', body: query('{ me { ...a } } fragment a on User { ...b } fragment b on User { ...a }'), code: 'QUERY_INVALID' },
    { name: 'two operations and no name', body: query('query a { me { id } } query b { me { id } }'), code: 'QUERY_INVALID' },
    { name: 'an operation that is not there', body: JSON.stringify({ query: 'query a { me { id } }', operationName: 'b' }), code: 'QUERY_INVALID' },
    { name: 'a subscription', body: query('subscription { me { id } }'), code: 'QUERY_INVALID' },
    { name: 'a text where a number belongs', body: query('query ($n: Int) { publicProjects(first: $n) { totalCount } }', { n: 'many' }), code: 'BAD_INPUT' },
    { name: 'part of a number', body: query('query ($n: Int) { publicProjects(first: $n) { totalCount } }', { n: 1.5 }), code: 'BAD_INPUT' },
    { name: 'a number beyond integers', body: query('query ($n: Int) { publicProjects(first: $n) { totalCount } }', { n: 2 ** 53 }), code: 'QUERY_TOO_COSTLY' },
    { name: 'a page longer than any', body: query('{ publicProjects(first: 201) { totalCount } }'), code: 'BAD_INPUT' },
    { name: 'a page of less than nothing', body: query('{ publicProjects(first: -1) { totalCount } }'), code: 'BAD_INPUT' },
    { name: 'variables that are a list', body: query('{ publicProjects { totalCount } }', [1]), code: 'QUERY_INVALID' },
    { name: 'variables that are a text', body: query('{ publicProjects { totalCount } }', 'x'), code: 'QUERY_INVALID' },
    { name: 'a required variable that is missing', body: query('query ($k: ID!) { project(key: $k) { key } }'), code: 'BAD_INPUT' },
    { name: 'a query that is a number', body: '{"query":1}', code: 'QUERY_INVALID' },
    { name: 'nesting without end', body: query(deep(40)), code: 'QUERY_TOO_DEEP' },
    { name: 'nesting beyond any parser', body: query(`${'{ a '.repeat(3000)}${'}'.repeat(3000)}`), code: 'REQUEST_TOO_LARGE' },
    { name: '60 aliases', body: query(`{ ${Array.from({ length: 60 }, (_none, at) => `a${at}: issuer { did }`).join(' ')} }`), code: 'QUERY_TOO_COSTLY' },
    { name: '40 long pages', body: query(pages(40)), code: 'QUERY_TOO_COSTLY' },
    { name: 'fragments that double 30 times', body: query(bomb(30)), code: 'QUERY_TOO_COSTLY' },
    { name: '5,000 words', body: query(`{ ${'__typename '.repeat(5000)} }`), code: 'REQUEST_TOO_LARGE' },
    { name: 'more than a megabyte', body: query(`{ issuer { did } } # ${'x'.repeat(1_100_000)}`), code: 'REQUEST_TOO_LARGE' },
    { name: 'more than a megabyte of variables', body: query('{ issuer { did } }', { x: 'x'.repeat(1_100_000) }), code: 'REQUEST_TOO_LARGE' },
    { name: 'a batch', body: `[${query('{ issuer { did } }')},${query('{ issuer { did } }')}]`, code: 'QUERY_INVALID' },
    { name: 'no JSON', body: '{"query": ', code: 'BAD_INPUT' },
    { name: 'JSON that is null', body: 'null', code: 'BAD_INPUT' },
    { name: 'JSON that is a list of lists of lists', body: `${'['.repeat(100_000)}${']'.repeat(100_000)}`, code: 'QUERY_INVALID' },
    { name: 'bytes that are no text', body: '\u0000\u0001\ud800', code: 'BAD_INPUT' },
    { name: 'an empty body', body: '', code: 'QUERY_INVALID' },
    { name: 'a form', body: 'query=%7Bissuer%7Bdid%7D%7D', headers: { 'content-type': 'application/x-www-form-urlencoded' }, code: 'QUERY_INVALID' },
    { name: 'plain text, as a page of strangers could send', body: query('{ issuer { did } }'), headers: { 'content-type': 'text/plain' }, code: 'QUERY_INVALID' },
    { name: 'another encoding of characters', body: query('{ issuer { did } }'), headers: { 'content-type': 'application/json; charset=klingon' }, code: 'BAD_INPUT' },
    { name: 'compressed as nobody compresses', body: query('{ issuer { did } }'), headers: { 'content-encoding': 'rot13' }, code: 'BAD_INPUT' },
    { name: 'a GET of a mutation', body: '', method: 'GET', path: '/graphql?query=mutation%7Blogout%7Bok%7D%7D', headers: { 'apollo-require-preflight': 'yes' }, code: 'QUERY_INVALID' },
    { name: 'a GET from another page', body: '', method: 'GET', path: '/graphql?query=%7Bissuer%7Bdid%7D%7D', code: 'QUERY_INVALID' },
    { name: 'a GET with variables that are no JSON', body: '', method: 'GET', path: '/graphql?query=%7Bissuer%7Bdid%7D%7D&variables=%7B', headers: { 'apollo-require-preflight': 'yes' }, code: 'QUERY_INVALID' },
    { name: 'a PUT', body: query('{ issuer { did } }'), method: 'PUT', code: 'QUERY_INVALID' },
    { name: 'a document by its hash', body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }), code: 'QUERY_INVALID' },
    { name: 'an idempotency key of anything', body: query('{ issuer { did } }'), headers: { 'idempotency-key': 'a b;c' }, code: 'BAD_INPUT' },
  ]

  it.each(cases)('$name: $code', async ({ body, headers, method, path, code }) => {
    expect(codeOf(await world.door.send(body, headers, world.comsa.admin, method, path))).toBe(code)
  })

  it('is not led astray by names that objects have of themselves', async () => {
    const body = `{"query":"query ($first: Int) { publicProjects(first: $first) { totalCount } }","variables":{"__proto__":{"first":1},"constructor":{"prototype":{"polluted":true}}},"__proto__":{"admin":true}}`
    expect((await world.door.send(body)).status).toBe(200)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

describe('parameters', () => {
  const application = (with_: object): readonly [() => Caller, string, object] => [() => world.comsa.borrowers[0]!, 'applyForLoan', { project, amount: '20000.00', months: 6, ...with_ }]
  const plan = (with_: object): readonly [() => Caller, string, object] => [() => world.comsa.admin, 'createProject', with_]
  const cases: readonly [string, string, readonly [() => Caller, string, object]][] = [
    ['an amount in words', 'BAD_INPUT', application({ amount: 'much' })],
    ['an amount below nothing', 'BAD_INPUT', application({ amount: '-20000.00' })],
    ['an amount of nothing', 'AMOUNT_INVALID', application({ amount: '0.00' })],
    ['an amount with an exponent', 'BAD_INPUT', application({ amount: '2e4' })],
    ['an amount with commas', 'BAD_INPUT', application({ amount: '20,000.00' })],
    ['an amount with one digit too many', 'AMOUNT_INVALID', application({ amount: '20000.001' })],
    ['an amount of a hundred digits', 'BAD_INPUT', application({ amount: '9'.repeat(100) })],
    ['figures of another script', 'BAD_INPUT', application({ amount: '２００００' })],
    ['months without end', 'BAD_INPUT', application({ months: 601 })],
    ['no months', 'BAD_INPUT', application({ months: 0 })],
    ['a key with a path in it', 'BAD_INPUT', application({ project: '../../identity/keys.json' })],
    ['a key of SQL', 'BAD_INPUT', application({ project: "x' OR 1=1 --" })],
    ['a key of nobody', 'NOT_FOUND', application({ project: '01ARZ3NDEKTSV4RRFFQ69G5FAV' })],
    ['a request id of anything', 'BAD_INPUT', application({ requestId: 'a b' })],
    ['a day that is none', 'BAD_INPUT', plan({ startDate: '2026-02-30' })],
    ['a currency that is none', 'CURRENCY_UNKNOWN', plan({ currency: 'ZZZ' })],
    ['an amount that its currency cannot hold', 'AMOUNT_INVALID', plan({ amount: '1.001' })],
    ['a rate of rates', 'BAD_INPUT', plan({ juniorRate: '12%' })],
    ['an end before the start', 'PROJECT_TERMS', plan({ endDate: '2026-02-01' })],
    ['a link that runs code', 'BAD_INPUT', plan({ profileUrl: 'javascript:alert(1)' })],
    ['criteria that reach into the code', 'CRITERIA_INVALID', plan({ criteria: { required: ['KYC'], trusted: [], rules: { all: [{ fact: 'KYC', path: '$.constructor', operator: 'equal', value: 1 }] } } })],
    ['criteria without end', 'CRITERIA_INVALID', plan({ criteria: { required: ['KYC'], trusted: [], rules: { all: Array.from({ length: 65 }, () => ({ fact: 'KYC', path: 'level', operator: 'equal', value: 1 })) } } })],
    ['a name without end', 'BAD_INPUT', plan({ name: 'x'.repeat(121) })],
  ]

  it.each(cases)('%s: %s', async (_name, code, [who, operation, args]) => {
    const { lending, door, comsa } = world
    const whole = operation === 'createProject' ? { ...(await lending.plan(comsa)), ...args } : { ...args, ...('project' in args && args.project === undefined ? { project } : {}) }
    const names = Object.keys(whole)
    const types: Readonly<Record<string, string>> = { months: 'Int!', criteria: 'CriteriaInput!', loans: 'LoanTermsInput!', funding: '[FundingSourceInput!]', isPublic: 'Boolean', project: 'ID!', requestId: 'ID', juniorRate: 'String', profileUrl: 'String' }
    const document = `mutation (${names.map((name) => `$${name}: ${types[name] ?? 'String!'}`).join(', ')}) { ${operation}(${names.map((name) => `${name}: $${name}`).join(', ')}) { key } }`
    expect(codeOf(await door.gql(who(), document, whole))).toBe(code)
  })
})

describe('tokens at the gateway', () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const ask = (authorization: string): Promise<Answer> => world.door.send(query('{ me { id } }'), { authorization })
  const claims = () => JSON.parse(Buffer.from(world.comsa.admin.session.accessToken.split('.')[1] as string, 'base64url').toString()) as object
  const header = () => JSON.parse(Buffer.from(world.comsa.admin.session.accessToken.split('.')[0] as string, 'base64url').toString()) as object
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

  const cases: readonly [string, string, () => string | Promise<string>][] = [
    ['nothing after Bearer', 'TOKEN_INVALID', () => 'Bearer '],
    ['another scheme', 'TOKEN_INVALID', () => `Basic ${Buffer.from('ana:secret').toString('base64')}`],
    ['garbage', 'TOKEN_INVALID', () => `Bearer ${randomBytes(300).toString('base64url')}`],
    ['three parts of garbage', 'TOKEN_INVALID', () => 'Bearer a.b.c'],
    ['a header that is no object', 'TOKEN_INVALID', () => `Bearer ${part([1])}.${part(claims())}.AA`],
    ['alg none', 'TOKEN_INVALID', () => `Bearer ${part({ ...header(), alg: 'none' })}.${part(claims())}.`],
    ['signed with the public key as a secret', 'TOKEN_INVALID', () => {
      const unsigned = `${part({ ...header(), alg: 'HS256' })}.${part(claims())}`
      return `Bearer ${unsigned}.${createHmac('sha256', JSON.stringify(header())).update(unsigned).digest('base64url')}`
    }],
    ['signed by somebody else', 'TOKEN_INVALID', async () => `Bearer ${await jws(header(), claims(), (bytes) => sign('sha256', bytes, { key: other, dsaEncoding: 'ieee-p1363' }))}`],
    ['with more rights than were signed', 'TOKEN_INVALID', () => {
      const [head, , tail] = world.comsa.admin.session.accessToken.split('.') as [string, string, string]
      return `Bearer ${head}.${part({ ...claims(), role: 'NODE_OPERATOR' })}.${tail}`
    }],
    ['a call token of the bus', 'TOKEN_INVALID', async () => `Bearer ${await world.bus.userToken(world.comsa.admin)}`],
    ['a refresh token', 'TOKEN_INVALID', () => `Bearer ${world.comsa.admin.session.refreshToken}`],
    ['a credential', 'TOKEN_INVALID', async () => {
      const { presentation } = await world.bus.as(world.comsa.borrowers[0]!, identity.createVCPresentation, { project, challenge: 'x'.repeat(43) })
      return `Bearer ${presentation}`
    }],
    ['two tokens', 'TOKEN_INVALID', () => `Bearer ${world.comsa.admin.session.accessToken}, Bearer ${world.operator.session.accessToken}`],
  ]
  it.each(cases)('%s: %s', async (_name, code, token) => {
    expect(codeOf(await ask(await token()))).toBe(code)
  })

  it('a session that never was is no session', async () => {
    // Well signed by Access for the bus, but the gateway itself asks whether the session lives.
    const { live } = await world.inside.broker.moleculer.call<{ live: boolean }, object>('user.checkSession', { session: 'none', user: callerOf(world.comsa.admin).userId, membership: 'none' }, { meta: { service: await world.inside.tokensOf('access').mintService('access', 'identity') } })
    expect(live).toBe(false)
  })
})

describe('HTTP', () => {
  /** A request as it is, without a client that mends its path. */
  const raw = (path: string, method = 'GET'): Promise<{ status: number; text: string; type: string }> => {
    const { hostname, port } = new URL(world.node.url)
    return new Promise((resolve, reject) => {
      const sent = httpRequest({ hostname, port, path, method }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), type: String(response.headers['content-type']) }))
      })
      sent.on('error', reject).end()
    })
  }

  it('serves the documents that it names', async () => {
    const issuer = await raw('/issuer/did.json')
    expect(issuer).toMatchObject({ status: 200, type: 'application/did+json; charset=utf-8' })
    expect((JSON.parse(issuer.text) as { id: string }).id).toBe('did:web:node.example:issuer')
    expect((await raw(`/org/${world.comsa.id}/did.json`)).status).toBe(200)
  })

  const wrong: readonly [string, number, string][] = [
    ['/org/../../../etc/passwd/did.json', 404, 'NOT_FOUND'],
    ['/org/..%2f..%2f..%2fetc%2fpasswd/did.json', 404, 'NOT_FOUND'],
    ['/org/%00/did.json', 404, 'NOT_FOUND'],
    ['/org/%E0%A4%A/did.json', 400, 'BAD_INPUT'],
    ['/org/__proto__/did.json', 404, 'NOT_FOUND'],
    ['/org/nobody/did.json', 404, 'NOT_FOUND'],
    [`/org/${'x'.repeat(65)}/did.json`, 404, 'NOT_FOUND'],
    ['/issuer/did.json/..', 404, 'NOT_FOUND'],
    ['/ISSUER/did.json', 404, 'NOT_FOUND'],
    ['/status/..%2fkeys.json', 404, 'NOT_FOUND'],
    ['/status/%2e%2e', 404, 'NOT_FOUND'],
    ['/status/nothing', 404, 'NOT_FOUND'],
    [`/status/${'9'.repeat(12_000)}`, 404, 'NOT_FOUND'],
    ['/explorer/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd', 404, 'NOT_FOUND'],
    ['/explorer/../../../../../../etc/passwd', 404, 'NOT_FOUND'],
    ['/issuer/did.json?a=1&a=2', 400, 'BAD_INPUT'],
    ['//issuer//did.json', 404, 'NOT_FOUND'],
    ['/.env', 404, 'NOT_FOUND'],
  ]
  it.each(wrong)('%s: %i %s', async (path, status, code) => {
    const answered = await raw(path)
    expect(answered.status, answered.text.slice(0, 200)).toBe(status)
    expect(answered.text).toContain(code)
    expect(answered.text).not.toMatch(/root:|node_modules/)
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE'])('%s is no way to a document', async (method) => {
    expect((await raw('/issuer/did.json', method)).status).toBeGreaterThanOrEqual(400)
  })

  it('closes on what is no HTTP, and goes on', async () => {
    const { hostname, port } = new URL(world.node.url)
    for (const bytes of ['GARBAGE\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, randomBytes(2000)]) {
      const text = await new Promise<string>((resolve, reject) => {
        const socket = connect(Number(port), hostname, () => socket.end(bytes))
        let heard = ''
        socket.on('data', (chunk: Buffer) => (heard += chunk.toString())).on('close', () => resolve(heard)).on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? resolve(heard) : reject(error)))
      })
      expect(text).toMatch(/^HTTP\/1\.1 4\d\d|^$/)
    }
  })
})
