import { describe, expect, test } from 'vitest'
import { GraphQLError } from './graphql.ts'
import { catalogue, Refusal, type Code } from '@growr/contracts'
import { decodeCursor, encodeCursor, toConnection } from './cursor.ts'
import { createFormatError, refusalOf, statusOf } from './errors.ts'
import { statuses } from './statuses.ts'

test('every code has a status that says the same as its kind', () => {
  const families: Record<string, readonly number[]> = {
    INVALID: [400, 500], UNAUTHENTICATED: [401], FORBIDDEN: [403], NOT_FOUND: [404], CONFLICT: [409], REFUSED: [422], LIMIT: [400, 413, 429], UNAVAILABLE: [503, 504], INTERNAL: [500],
  }
  expect(Object.keys(statuses).sort()).toEqual(Object.keys(catalogue).sort())
  for (const [code, status] of Object.entries(statuses)) expect(families[catalogue[code as Code].kind], code).toContain(status)
})

describe('what leaves', () => {
  const logged: [string, Readonly<Record<string, unknown>>][] = []
  const format = createFormatError((message, fields) => logged.push([message, fields]))

  test('a refusal, however it was wrapped, with code, parameter and details', () => {
    const refusal = new Refusal('FUNDS_RESERVED', { path: 'amount', details: { available: '1.00' } })
    const thrown = new GraphQLError('x', { originalError: refusal, path: ['applyForLoan'] })
    const wrapped = new GraphQLError('y', { originalError: new GraphQLError('z', { extensions: { code: 'FUNDS_RESERVED', path: 'amount', details: { available: '1.00' }, serviceName: 'financing', stacktrace: ['at x'] } }) })
    for (const error of [thrown, wrapped]) {
      expect(format({ message: 'x', path: ['applyForLoan'] }, error)).toEqual({
        message: refusal.message, path: ['applyForLoan'], extensions: { code: 'FUNDS_RESERVED', path: 'amount', details: { available: '1.00' } },
      })
    }
  })

  test('an error that nobody foresaw as INTERNAL, without what it said', () => {
    const error = new GraphQLError('no row for Bea', { originalError: new Error('no row for Bea') })
    const formatted = format({ message: error.message, extensions: { code: 'INTERNAL_SERVER_ERROR', stacktrace: ['at x'] } }, error)
    expect(formatted).toEqual({ message: catalogue.INTERNAL.advice, extensions: { code: 'INTERNAL', details: { reference: expect.any(String) } } })
    expect(JSON.stringify(logged)).toContain((formatted.extensions as { details: { reference: string } }).details.reference)
    expect(JSON.stringify(logged)).not.toContain('Bea')
  })

  test('what Apollo finds wrong with a document, in the words of the catalogue', () => {
    const of = (message: string, code?: string) => format({ message, ...(code ? { extensions: { code } } : {}) }, new GraphQLError(message)).extensions?.['code']
    expect(of('Syntax Error: x', 'GRAPHQL_PARSE_FAILED')).toBe('QUERY_INVALID')
    expect(of('Cannot query field', 'GRAPHQL_VALIDATION_FAILED')).toBe('QUERY_INVALID')
    expect(of('Variable "$x" got invalid value 5', 'INTERNAL_SERVER_ERROR')).toBe('BAD_INPUT')
    expect(of('Syntax Error: Document contains more than 4000 tokens. Parsing aborted.', 'GRAPHQL_PARSE_FAILED')).toBe('REQUEST_TOO_LARGE')
    expect(of('who knows')).toBe('INTERNAL')
  })

  test('the status of the gravest', () => {
    const error = (code: string) => ({ message: '', extensions: { code } })
    expect(statusOf([error('FORBIDDEN'), error('UNAVAILABLE')])).toBe(503)
    expect(statusOf([error('unknown')])).toBe(500)
  })

  test('a circle of causes ends', () => {
    const error = new GraphQLError('x')
    Object.defineProperty(error, 'originalError', { value: error })
    expect(refusalOf(error)).toBeUndefined()
  })
})

describe('cursors', () => {
  test('give back what they were made of', () => {
    expect(decodeCursor(encodeCursor('2026-03-01', 7, 'l1'), 'string', 'number', 'string')).toEqual(['2026-03-01', 7, 'l1'])
  })
  test('of another form are BAD_INPUT', () => {
    for (const bad of ['', 'x', '%%%', encodeCursor(7), encodeCursor('a', 'b'), 'A'.repeat(300), Buffer.from(JSON.stringify(['x'.repeat(300)])).toString('base64url'), Buffer.from('{"0":"a"}').toString('base64url')]) {
      expect(() => decodeCursor(bad, 'string')).toThrow(expect.objectContaining({ code: 'BAD_INPUT', path: 'after' }))
    }
    expect(() => encodeCursor('x'.repeat(300))).toThrow(RangeError)
  })
  test('a page knows whether there is a next one', () => {
    const page = (items: string[], first: number) => toConnection(items, first, 9, (item) => item)
    expect(page(['a', 'b', 'c'], 2)).toEqual({ edges: [{ cursor: 'a', node: 'a' }, { cursor: 'b', node: 'b' }], pageInfo: { hasNextPage: true, endCursor: 'b' }, totalCount: 9 })
    expect(page([], 2).pageInfo).toEqual({ hasNextPage: false, endCursor: null })
  })
})
