import { readFileSync } from 'node:fs'
import { buildASTSchema, parse, validate } from 'graphql/index.js'
import { describe, expect, test } from 'vitest'
import { GrowrClient } from './client.ts'
import { codes } from './codes.ts'
import { operationOf, type OperationName } from './document.ts'
import { operations } from './operations.ts'
import type { ClientOptions } from './client.ts'

interface Sent {
  readonly url: string
  readonly token: string | undefined
  readonly query: string
  readonly variables: Record<string, unknown>
}
type Reply = object | Error | string

/** A client whose requests are written down and answered in turn. */
function client(replies: Reply[], options: Partial<ClientOptions> = {}) {
  const sent: Sent[] = []
  const waited: number[] = []
  const made = new GrowrClient({
    url: 'http://node.example',
    wait: (milliseconds) => Promise.resolve(void waited.push(milliseconds)),
    fetch: (url, init) => {
      const headers = init.headers as Record<string, string>
      sent.push({ url, token: headers['authorization']?.replace('Bearer ', ''), ...(JSON.parse(init.body as string) as { query: string; variables: Record<string, unknown> }) })
      const reply = replies.shift() ?? new Error('no reply left')
      if (reply instanceof Error) return Promise.reject(reply)
      return Promise.resolve(typeof reply === 'string' ? new Response(reply.slice(4), { status: Number(reply.slice(0, 3)) }) : new Response(JSON.stringify(reply)))
    },
    ...options,
  })
  return { made, sent, waited }
}

const refusal = (code: string, more: object = {}) => ({ errors: [{ message: code, extensions: { code, ...more } }] })
const session = (n: number) => ({ accessToken: `a${n}`, expiresIn: 600, refreshToken: `r${n}`, user: 'u1', role: 'BORROWER', organization: null })
const login = { email: 'ana@example.org', password: 'correct horse' }
const error = (code: string, more: object = {}) => expect.objectContaining({ name: 'GrowrError', code, ...more })

test('every operation makes a document that fits the schema which is checked in', () => {
  const schema = buildASTSchema(parse(readFileSync(new URL('../../../apps/access/supergraph.graphql', import.meta.url), 'utf8')), { assumeValid: true })
  for (const [name, { args }] of Object.entries(operations)) {
    const document = operationOf(name)!.document(Object.keys(args))
    expect(validate(schema, parse(document)).map(({ message }) => message), document).toEqual([])
  }
  expect(Object.keys(operations).length).toBeGreaterThan(50)
})

describe('a call', () => {
  test('sends the arguments as variables and gives the result', async () => {
    const { made, sent } = client([{ data: { project: { key: 'p1' } } }], { token: 't1' })
    expect(await made.call('project', { key: 'p1' })).toEqual({ key: 'p1' })
    expect(sent[0]).toMatchObject({ url: 'http://node.example/graphql', token: 't1', variables: { key: 'p1' } })
    expect(sent[0]?.query).toMatch(/^query project\(\$key: ID!\) \{ project\(key: \$key\) \{ key status .*criteria \{ required trusted \{ issuer organization \} rules \}/)
  })

  test('leaves out what is undefined, and refuses what the operation does not take', async () => {
    const { made, sent } = client([{ data: { projects: {} } }])
    await made.call('projects', { organization: 'o1', status: undefined })
    expect(sent[0]?.variables).toEqual({ organization: 'o1' })
    await expect(made.call('project', { key: 'p1', nothing: 1 } as never)).rejects.toThrow(/takes no nothing/)
    await expect(made.call('toString' as OperationName, {} as never)).rejects.toThrow(error('BAD_INPUT'))
  })

  test('can ask for less', async () => {
    const { made, sent } = client([{ data: { project: { name: 'Coffee' } } }])
    expect(await made.select('project', { key: 'p1' }, '{ name }')).toEqual({ name: 'Coffee' })
    expect(sent[0]?.query).toBe('query project($key: ID!) { project(key: $key) { name } }')
  })

  test('throws the refusal with code, parameter and details', async () => {
    const { made } = client([refusal('FUNDS_RESERVED', { path: 'amount', details: { available: '1.00' } })])
    await expect(made.call('applyForLoan', { project: 'p', amount: '5', months: 1 })).rejects.toThrow(error('FUNDS_RESERVED', { path: 'amount', details: { available: '1.00' } }))
  })
})

describe('what did not arrive', () => {
  const apply = { project: 'p', amount: '5', months: 1 }

  test('is sent again under the same request id', async () => {
    const { made, sent, waited } = client([new TypeError('lost'), refusal('UNAVAILABLE'), { data: { applyForLoan: { key: 'l1' } } }])
    expect(await made.call('applyForLoan', apply)).toEqual({ key: 'l1' })
    const ids = sent.map(({ variables }) => variables['requestId'])
    expect(new Set(ids).size).toBe(1)
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(waited).toEqual([200, 400])
  })

  test('is given up in the end', async () => {
    const { made, sent } = client([new TypeError('lost'), '502 bad gateway', refusal('TIMED_OUT')])
    await expect(made.call('applyForLoan', apply)).rejects.toThrow(error('TIMED_OUT'))
    expect(sent).toHaveLength(3)
  })

  test('does not concern what was refused', async () => {
    const { made, sent } = client([refusal('FORBIDDEN')])
    await expect(made.call('applyForLoan', apply)).rejects.toThrow(error('FORBIDDEN'))
    expect(sent).toHaveLength(1)
  })

  test('is not sent again once the caller has given up', async () => {
    const { made, sent } = client([new TypeError('lost')])
    await expect(made.call('applyForLoan', apply, { signal: AbortSignal.abort() })).rejects.toThrow(error('UNAVAILABLE'))
    expect(sent).toHaveLength(1)
  })

  test('another call has another request id; one that is given is taken', async () => {
    const { made, sent } = client([{ data: { applyForLoan: {} } }, { data: { applyForLoan: {} } }, { data: { applyForLoan: {} } }])
    await made.call('applyForLoan', apply)
    await made.call('applyForLoan', apply)
    await made.call('applyForLoan', apply, { requestId: 'own' })
    expect(new Set(sent.map(({ variables }) => variables['requestId'])).size).toBe(3)
    expect(sent[2]?.variables['requestId']).toBe('own')
  })
})

describe('a session', () => {
  test('is kept by what signs in, which itself goes without a token', async () => {
    const kept: unknown[] = []
    const { made, sent } = client([{ data: { loginByEmail: session(1) } }, { data: { me: {} } }], { token: 'stale', onSession: (given) => kept.push(given) })
    await made.call('loginByEmail', login)
    await made.call('me', {})
    expect(sent.map(({ token }) => token)).toEqual([undefined, 'a1'])
    expect(kept).toEqual([{ accessToken: 'a1', refreshToken: 'r1' }])
    expect(made.signedIn).toBe(true)
    made.forget()
    expect(made.signedIn).toBe(false)
  })

  test('is refreshed once when its token has expired, for all that wait', async () => {
    const expired = refusal('TOKEN_EXPIRED')
    const { made, sent } = client([expired, expired, { data: { refresh: session(2) } }, { data: { me: { id: 'x' } } }, { data: { me: { id: 'x' } } }], { session: session(1) })
    expect(await Promise.all([made.call('me', {}), made.call('me', {})])).toEqual([{ id: 'x' }, { id: 'x' }])
    expect(sent.map(({ token }) => token)).toEqual(['a1', 'a1', undefined, 'a2', 'a2'])
    expect(sent[2]?.variables['refreshToken']).toBe('r1')
  })

  test('a refresh whose answer is lost is not sent again: the token would count as stolen', async () => {
    const { made, sent } = client([refusal('TOKEN_EXPIRED'), new TypeError('lost')], { session: session(1) })
    await expect(made.call('me', {})).rejects.toThrow(error('UNAVAILABLE'))
    expect(sent).toHaveLength(2)
    expect(made.signedIn).toBe(true)
  })

  test('that cannot be refreshed is over', async () => {
    const kept: unknown[] = []
    const { made } = client([refusal('TOKEN_EXPIRED'), refusal('REFRESH_REUSED')], { session: session(1), onSession: (given) => kept.push(given) })
    await expect(made.call('me', {})).rejects.toThrow(error('REFRESH_REUSED'))
    expect([made.signedIn, kept]).toEqual([false, [undefined]])
  })

  test('without a refresh token, an expired one is said to be', async () => {
    const { made } = client([refusal('TOKEN_EXPIRED')], { token: 'a1' })
    await expect(made.call('me', {})).rejects.toThrow(error('TOKEN_EXPIRED'))
  })
})

describe('a feed', () => {
  const page = (from: number, to: number, more: boolean) => ({ data: { feed: { items: Array.from({ length: to - from + 1 }, (_, n) => ({ seq: from + n, generation: from + n > 9 ? 1 : 0 })), next: to, more } } })
  const loans = { organization: 'o1', book: 'loan' } as const

  test('goes through the pages from a cursor to the end', async () => {
    const { made, sent } = client([page(8, 9, true), new TypeError('lost'), page(10, 10, false)])
    const seen: number[] = []
    for await (const { seq } of made.feed({ ...loans, after: 7, limit: 2 })) seen.push(seq)
    expect(seen).toEqual([8, 9, 10])
    expect(sent.map(({ variables }) => variables)).toEqual([{ ...loans, after: 7, limit: 2 }, { ...loans, after: 9, generation: 0, limit: 2 }, { ...loans, after: 9, generation: 0, limit: 2 }])
  })

  test('goes on looking where it is told to, until it is told to end', async () => {
    const end = new AbortController()
    const { made, waited } = client([page(1, 1, false), { data: { feed: { items: [], next: 1, more: false } } }, page(2, 2, false)])
    const seen: number[] = []
    for await (const { seq } of made.feed({ ...loans, pollMs: 5000, signal: end.signal })) {
      seen.push(seq)
      if (seq === 2) end.abort()
    }
    expect([seen, waited]).toEqual([[1, 2], [5000, 5000, 5000]])
  })

  test('asks for nothing before it is read, and for no more than is read', async () => {
    const { made, sent } = client([page(1, 2, true)])
    const feed = made.feed(loans)
    expect(sent).toEqual([])
    await feed.next()
    await feed.return()
    expect(sent).toHaveLength(1)
  })

  test('throws what the node refuses', async () => {
    const { made } = client([refusal('CURSOR_AHEAD', { details: { end: 3 } })])
    await expect(made.feed({ ...loans, after: 9 }).next()).rejects.toThrow(error('CURSOR_AHEAD', { details: { end: 3 } }))
  })
})

test('the codes say what kind they are and what to do', () => {
  expect(codes.FUNDS_RESERVED.kind).toBe('REFUSED')
  expect(codes.UNAVAILABLE.kind).toBe('UNAVAILABLE')
  expect(Object.values(codes).every(({ advice }) => advice.length > 10)).toBe(true)
})

test('answers that are none are INTERNAL', async () => {
  for (const reply of ['200 <html>', '200 []', '200 null', '200 {"data":null}', '404 not here', `200 "${'x'.repeat(8_000_001)}"`]) {
    await expect(client([reply]).made.call('me', {}), reply.slice(0, 20)).rejects.toThrow(error('INTERNAL'))
  }
})
