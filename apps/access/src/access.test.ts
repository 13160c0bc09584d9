import { request } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { Refusal } from '@growr/contracts'
import { addressKey } from './rate.ts'
import { startNode, type TestNode } from './testing/node.ts'

let node: TestNode
afterEach(() => node.stop())
const start = async (...args: Parameters<typeof startNode>): Promise<TestNode> => (node = await startNode(...args))
const code = (answer: { body: { errors?: { extensions: Record<string, unknown> }[] } }): unknown => answer.body.errors?.[0]?.extensions['code']

describe('who asks', () => {
  test('a signed-in user reaches the actions of two groups', async () => {
    await start()
    const answer = await node.ask('mutation { echo(amount: "5.00", requestId: "r1") { caller amount requestId owner { name } } }', { token: await node.token() })
    expect(answer).toMatchObject({ status: 200, body: { data: { echo: { caller: 'user', amount: '5.00', requestId: 'r1', owner: { name: 'name of bea' } } } } })
    expect((await node.ask('{ me { id } }', { token: await node.token() })).body.data).toEqual({ me: { id: 'ana' } })
  })

  test('nobody: open actions answer, others ask to sign in', async () => {
    await start()
    const answer = await node.ask('{ me { id } }')
    expect([answer.status, code(answer)]).toEqual([401, 'UNAUTHENTICATED'])
    expect(code(await node.ask('{ fail(code: "NOT_FOUND") }'))).toBe('NOT_FOUND')
    expect(node.asked.sessions).toBe(0)
  })

  test('a wrong role is FORBIDDEN', async () => {
    await start()
    const answer = await node.ask('mutation { echo(amount: "5.00") { amount } }', { token: await node.token('BORROWER') })
    expect([answer.status, code(answer)]).toEqual([403, 'FORBIDDEN'])
  })

  test('no call succeeds after the session was ended', async () => {
    await start()
    const token = await node.token('ORIGINATOR_ADMIN', 's9')
    expect((await node.ask('{ me { id } }', { token })).status).toBe(200)
    node.ended.add('s9')
    const answer = await node.ask('{ me { id } }', { token })
    expect([answer.status, code(answer), answer.headers.get('www-authenticate')]).toEqual([401, 'SESSION_REVOKED', 'Bearer'])
    expect((await node.ask('{ fail(code: "NOT_FOUND") }', { token })).status).toBe(401)
  })

  test('tokens that are none of this node\'s are TOKEN_INVALID', async () => {
    await start()
    const token = await node.token()
    const [head, body, tail] = token.split('.') as [string, string, string]
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid: 'k1' })).toString('base64url')
    const other = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), role: 'NODE_OPERATOR' })).toString('base64url')
    const foreign = await node.token('ORIGINATOR_ADMIN', 's1', 'another')
    for (const bad of ['x', 'x.y.z', `${none}.${body}.`, `${head}.${other}.${tail}`, `${head}.${body}.AAAA`, foreign, await node.token('ROOT'), 'a'.repeat(9000)]) {
      const answer = await node.ask('{ me { id } }', { token: bad })
      expect([answer.status, code(answer)], bad.slice(0, 30)).toEqual([401, 'TOKEN_INVALID'])
    }
    for (const authorization of ['Basic x', 'Bearer', 'Bearer a b', token]) {
      const answer = await node.ask('{ me { id } }', { headers: { authorization } })
      expect([answer.status, code(answer)], authorization.slice(0, 20)).toEqual([401, 'TOKEN_INVALID'])
    }
  })

  test('a signing key that is new is asked for; unknown ones do not make it ask each time', async () => {
    await start()
    await node.ask('{ me { id } }', { token: await node.token() })
    expect(node.asked.keys).toBe(1)
    const stranger = `${Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'other' })).toString('base64url')}.e30.AAAA`
    for (let time = 0; time < 20; time++) await node.ask('{ me { id } }', { token: stranger })
    expect(node.asked.keys).toBe(1)
  })

  test('a token that was verified before ends with its key, and when it expires', async () => {
    let now = Date.now()
    await start({}, [], { now: () => new Date(now) })
    let token = await node.token()
    const outcome = async () => code(await node.ask('{ me { id } }', { token })) ?? 'OK'
    expect([await outcome(), await outcome()]).toEqual(['OK', 'OK'])
    now += 599_000
    expect(await outcome()).toBe('OK')
    now += 2000
    expect(await outcome()).toBe('TOKEN_EXPIRED')
    token = await node.token()
    expect(await outcome()).toBe('OK')
    node.withdraw()
    now += 61_000
    expect(await outcome()).toBe('TOKEN_INVALID')
  })

  test('identity headers from outside make nobody anybody', async () => {
    await start()
    const answer = await node.ask('{ me { id } }', { headers: { 'x-growr-user': 'x', 'x-user-id': 'ana', 'x-role': 'NODE_OPERATOR' } })
    expect(code(answer)).toBe('UNAUTHENTICATED')
  })
})

describe('errors', () => {
  test('have the status of their kind, the parameter, and when to come back', async () => {
    await start()
    const answer = await node.ask('{ fail(code: "LOCKED") }')
    expect(answer).toMatchObject({ status: 429, body: { errors: [{ extensions: { code: 'LOCKED', path: 'code', details: { retryAfter: 7 } } }] } })
    expect(answer.headers.get('retry-after')).toBe('7')
  })

  test('from inside carry a reference, and no log line what they said', async () => {
    await start()
    const answer = await node.ask('{ fail(code: "BUG") }')
    expect([answer.status, code(answer)]).toEqual([500, 'INTERNAL'])
    expect(JSON.stringify([answer.body, node.lines])).not.toMatch(/50499000001/)
  })

  test('a parameter that is wrong is named', async () => {
    await start()
    const answer = await node.ask('mutation { echo(amount: "5,00") { amount } }', { token: await node.token() })
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ extensions: { code: 'BAD_INPUT', path: 'amount' } }] } })
  })

  test('what takes too long is TIMED_OUT', async () => {
    await start({ requestSeconds: 0.1 })
    const answer = await node.ask('{ fail(code: "HANG") }')
    expect([answer.status, code(answer)]).toEqual([504, 'TIMED_OUT'])
    node.hang.resolve('late')
    expect((await fetch(`${node.url}/healthz`)).status).toBe(200)
  })
})

describe('malformed requests get a code and crash nothing', () => {
  const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) => fetch(`${node.url}/graphql`, { method: 'POST', headers, body })
  const outcome = async (response: Response): Promise<unknown[]> => [response.status, ((await response.json()) as { errors?: { extensions: { code: string } }[] }).errors?.[0]?.extensions.code]

  test('bodies', async () => {
    await start({ maxBodyBytes: 10_000 })
    expect(await outcome(await post('{ not json'))).toEqual([400, 'BAD_INPUT'])
    expect(await outcome(await post('null'))).toEqual([400, 'BAD_INPUT'])
    expect(await outcome(await post('{}'))).toEqual([400, 'QUERY_INVALID'])
    expect(await outcome(await post('{"query":5}'))).toEqual([400, 'QUERY_INVALID'])
    expect(await outcome(await post('{"query":"{ me { id } }","variables":"x"}'))).toEqual([400, 'QUERY_INVALID'])
    expect(await outcome(await post('[{"query":"{ me { id } }"}]'))).toEqual([400, 'QUERY_INVALID'])
    expect(await outcome(await post(JSON.stringify({ query: `{ ${'me { id } '.repeat(2000)} }` })))).toEqual([413, 'REQUEST_TOO_LARGE'])
    expect(await outcome(await post('{"query":"{ me { id } }"}', { 'content-type': 'application/json; charset=x-none' }))).toEqual([400, 'BAD_INPUT'])
    expect(await outcome(await post('{"query":"{ me { id } }"}', { 'content-type': 'application/json', 'content-encoding': 'gzip' }))).toEqual([400, 'BAD_INPUT'])
  })

  test('documents', async () => {
    await start()
    expect(code(await node.ask('{ me {'))).toBe('QUERY_INVALID')
    expect(code(await node.ask('{ nobody }'))).toBe('QUERY_INVALID')
    expect(code(await node.ask('query($c: String!) { fail(code: $c) }', { variables: { c: 5 } }))).toBe('BAD_INPUT')
    expect(code(await node.ask(`{ ${'me { id } '.repeat(2000)} }`))).toBe('REQUEST_TOO_LARGE')
    expect(code(await node.ask(`{ ${Array.from({ length: 60 }, (_, at) => `a${at}: me { id }`).join(' ')} }`))).toBe('QUERY_TOO_COSTLY')
    expect(code(await node.ask(`{ __schema { types { ${'ofType { '.repeat(40)} name ${'} '.repeat(40)} } } }`))).toBe('QUERY_TOO_DEEP')
    expect(code(await node.ask('{ ...F } fragment F on Query { ...F }'))).toBe('QUERY_INVALID')
    expect((await node.ask('{ __typename }')).status).toBe(200)
  })

  test('a request that a browser could be led to make', async () => {
    await start()
    expect(await outcome(await post('{"query":"{ me { id } }"}', { 'content-type': 'text/plain' }))).toEqual([400, 'QUERY_INVALID'])
    expect((await fetch(`${node.url}/graphql?query=${encodeURIComponent('{ me { id } }')}`)).status).toBe(400)
  })

  test('headers and paths', async () => {
    await start()
    const token = await node.token()
    const bad = await node.ask('mutation { echo(amount: "5.00") { amount } }', { token, headers: { 'idempotency-key': 'a b' } })
    expect(bad).toMatchObject({ status: 400, body: { errors: [{ extensions: { code: 'BAD_INPUT', path: 'Idempotency-Key' } }] } })
    const good = await node.ask('mutation { echo(amount: "5.00") { requestId } }', { token, headers: { 'idempotency-key': 'h1' } })
    expect(good.body.data).toEqual({ echo: { requestId: 'h1' } })
    expect(await (await fetch(`${node.url}/nowhere`)).json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] })
    expect((await fetch(`${node.url}/%E0%A4%A`)).status).toBeLessThan(500)
    expect(await raw('GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n')).toMatch(/^HTTP\/1.1 400/)
  })

  const raw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(node.url)
      const sending = request({ hostname, port, method: 'GET' })
      sending.on('socket', (socket) => {
        socket.once('connect', () => socket.write(text))
        socket.once('data', (data) => resolve(String(data)))
        socket.once('error', reject)
      })
      sending.on('error', () => {})
    })
})

describe('limits on how often', () => {
  test('one address, and one user', async () => {
    await start({ ratePerAddress: 5 })
    for (let time = 0; time < 5; time++) await node.ask('{ __typename }')
    const answer = await node.ask('{ __typename }')
    expect(answer).toMatchObject({ status: 429, body: { errors: [{ extensions: { code: 'RATE_LIMITED', details: { retryAfter: expect.any(Number) } } }] } })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await fetch(`${node.url}/healthz`)).status).toBe(200)
    await node.stop()
    await start({ ratePerUser: 2 })
    const token = await node.token()
    for (let time = 0; time < 2; time++) expect((await node.ask('{ __typename }', { token })).status).toBe(200)
    expect(code(await node.ask('{ __typename }', { token }))).toBe('RATE_LIMITED')
    expect((await node.ask('{ __typename }')).status).toBe(200)
  })

  test('an address cannot be made up, unless a proxy is said to stand before the node', async () => {
    await start({ ratePerAddress: 2 })
    const statuses = []
    for (let time = 0; time < 3; time++) statuses.push((await node.ask('{ __typename }', { headers: { 'x-forwarded-for': `10.0.0.${time}` } })).status)
    expect(statuses).toEqual([200, 200, 429])
  })

  test('of IPv6 the network is counted', async () => {
    await start()
    expect(['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::9'].map(addressKey)).toEqual(['2001:db8:1:2::/64', '2001:db8:1:2::/64'])
    expect(['::1', '10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1'].map(addressKey)).toEqual(['0:0:0:0::/64', '10.1.2.3', '10.1.2.3', '2001:db8:0:0::/64'])
  })
})

describe('other doors', () => {
  test('readiness says why not', async () => {
    await start()
    expect(await (await fetch(`${node.url}/readyz`)).json()).toEqual({ ready: true, reasons: [] })
    node.health.set('books', { ok: false, reason: 'STORE_FAILED' })
    const response = await fetch(`${node.url}/readyz`)
    expect([response.status, await response.json()]).toEqual([503, { ready: false, reasons: [{ name: 'books', reason: 'STORE_FAILED' }] }])
    expect(await (await fetch(`${node.url}/healthz`)).json()).toEqual({ live: true })
  })

  test('metrics are for this machine, and for the operator', async () => {
    await start()
    await node.ask('{ __typename }')
    expect(await (await fetch(`${node.url}/metrics`)).text()).toMatch(/growr_http_seconds_count\{.*door="graphql".*\} 1/)
    const through = (authorization?: string) => fetch(`${node.url}/metrics`, { headers: { 'x-forwarded-for': '10.0.0.1', ...(authorization ? { authorization } : {}) } })
    expect((await through()).status).toBe(401)
    expect((await through(`Bearer ${await node.token('ORIGINATOR_ADMIN')}`)).status).toBe(403)
    expect((await through(`Bearer ${await node.token('NODE_OPERATOR')}`)).status).toBe(200)
  })

  test('the explorer is served whole, and only its own scripts run', async () => {
    await start()
    const page = await fetch(`${node.url}/explorer`)
    const html = await page.text()
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).not.toMatch(/script-src[^;]*(unsafe|https?:)/)
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//)
    const files = [...html.matchAll(/"(\/explorer\/static\/[^"]+\.(?:js|css))"/g)].map(([, file]) => file!)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) expect((await fetch(node.url + file)).status, file).toBe(200)
    expect((await node.ask('{ __schema { queryType { name } } }')).status).toBe(200)
  })

  test('explorer and schema can be switched off', async () => {
    await start({ explorer: false, introspection: false })
    expect((await fetch(`${node.url}/explorer`)).status).toBe(404)
    expect(code(await node.ask('{ __schema { queryType { name } } }'))).toBe('QUERY_INVALID')
    expect((await node.ask('{ mee { id } }')).body.errors?.[0]?.message).not.toMatch(/Did you mean/)
  })

  test('every answer carries security headers', async () => {
    await start()
    for (const path of ['/', '/healthz', '/nowhere', '/graphql']) {
      const { headers } = await fetch(node.url + path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('x-powered-by')).toBeNull()
    }
  })

  test('entry points of other groups', async () => {
    const seen: unknown[] = []
    await start({}, [
      { method: 'GET', path: '/organizations/:id/did.json', handle: ({ params, query }) => ({ status: 200, headers: { 'content-type': 'application/did+json' }, body: { id: params['id'], query } }) },
      { method: 'POST', path: '/callbacks/ussd', handle: (request) => (seen.push(request), { status: 200, body: 'END' }) },
      {
        method: 'POST',
        path: '/callbacks/refused',
        handle: () => {
          throw new Refusal('CONNECTOR_SIGNATURE')
        },
      },
    ])
    const found = await fetch(`${node.url}/organizations/comsa/did.json?v=1`)
    expect([found.headers.get('content-type'), await found.json()]).toEqual([expect.stringContaining('application/did+json'), { id: 'comsa', query: { v: '1' } }])
    expect(await (await fetch(`${node.url}/organizations/comsa/did.json?v=1&v=2`)).json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_INPUT', path: 'query.v' } }] })
    const posted = await fetch(`${node.url}/callbacks/ussd`, { method: 'POST', body: new URLSearchParams({ sessionId: '1', text: '' }) })
    expect(await posted.text()).toBe('END')
    expect(seen).toMatchObject([{ body: { sessionId: '1', text: '' }, ip: expect.stringContaining('127.0.0.1') }])
    const refused = await fetch(`${node.url}/callbacks/refused`, { method: 'POST' })
    expect([refused.status, await refused.json()]).toMatchObject([422, { errors: [{ extensions: { code: 'CONNECTOR_SIGNATURE' } }] }])
    expect((await fetch(`${node.url}/callbacks/ussd`)).status).toBe(404)
  })
})

test('an entry point that is there twice does not start', async () => {
  const route = { method: 'GET', path: '/x', handle: () => ({ status: 200, body: '' }) } as const
  await expect(startNode({}, [route, route])).rejects.toThrow(/twice/)
  await start()
})
