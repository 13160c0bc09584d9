import { describe, expect, test } from 'vitest'
import { at, referencesIn, substitute, UnknownReference } from './values.ts'

const scope = {
  resolve: (path: readonly string[]): unknown => ({ project: 'P1', 'each.loan': 'L7', 'organizations.Umoja wa Kahawa': 'O1', 'each.inbox.sms.code': Promise.resolve('123456') })[path.join('.')],
}

describe('references', () => {
  test('are replaced anywhere inside, waiting where they must', async () => {
    const value = { key: '$project', list: ['$each.loan', { code: '$each.inbox.sms.code' }], organization: '$organizations.Umoja wa Kahawa', number: 5, nothing: null }
    expect(await substitute(value, scope)).toEqual({ key: 'P1', list: ['L7', { code: '123456' }], organization: 'O1', number: 5, nothing: null })
  })

  test('are whole values: what only begins or ends like one is text', async () => {
    expect(await substitute(['$5.00', 'costs $project', '$$project', '$'], scope)).toEqual(['$5.00', 'costs $project', '$project', '$'])
  })

  test('to nothing are refused by name', async () => {
    await expect(substitute('$nobody', scope)).rejects.toThrow(UnknownReference)
    await expect(substitute('$nobody', scope)).rejects.toThrow(/\$nobody stands for nothing yet/)
  })

  test('are found without being replaced', () => {
    expect(referencesIn({ a: '$project', b: [{ c: '$each.loan' }, '$$text'], d: 1 })).toEqual([['project'], ['each', 'loan']])
  })
})

test('a path leads into objects and lists, and to nothing where there is nothing', () => {
  const value = { nodes: [{ key: 'a' }, { key: 'b' }], inner: { none: null } }
  expect(at(value, 'nodes.1.key')).toBe('b')
  expect(at(value, 'inner.none')).toBeNull()
  expect(at(value, 'inner.none.deeper')).toBeUndefined()
  expect(at(undefined, 'x')).toBeUndefined()
})
