import { describe, expect, test } from 'vitest'
import { differences } from './match.ts'

describe('an expectation', () => {
  test('is partial: it looks at the keys that it names', () => {
    expect(differences({ status: 'SIGNED', terms: { months: 6 } }, { status: 'SIGNED', terms: { months: 6, rate: '18' }, key: 'x' })).toEqual([])
    expect(differences({ status: 'SIGNED', terms: { months: 6 } }, { status: 'APPROVED', terms: { months: 5 } })).toEqual([
      'status: expected "SIGNED", got "APPROVED"',
      'terms.months: expected 6, got 5',
    ])
  })

  test('of a list names every element in order', () => {
    expect(differences([{ a: 1 }, {}], [{ a: 1, b: 2 }, { c: 3 }])).toEqual([])
    expect(differences([{ a: 1 }], [{ a: 1 }, { a: 2 }])).toEqual(['the list: expected 1 elements, got 2'])
    expect(differences({ rows: [{ a: 1 }, { a: 2 }] }, { rows: [{ a: 1 }, { a: 3 }] })).toEqual(['rows[1].a: expected 2, got 3'])
  })

  test('`contains` asks for some element for each', () => {
    expect(differences({ contains: [{ type: 'KYC' }] }, [{ type: 'A' }, { type: 'KYC', id: 1 }])).toEqual([])
    expect(differences({ rows: { contains: [{ type: 'X' }] } }, { rows: [{ type: 'A' }] })).toEqual(['rows: contains no {"type":"X"}'])
    expect(differences({ contains: ['ex', 't'] }, 'text')).toEqual([])
    expect(differences({ contains: [1, 'no'] }, 'text')).toEqual(['the text: has no 1 in "text"', 'the text: has no "no" in "text"'])
    expect(differences({ contains: [1] }, 7)).toEqual(['the result: expected [1], got 7'])
  })

  test('`exactly` wants nothing besides, at any depth', () => {
    expect(differences({ exactly: { a: 1, b: [1] } }, { a: 1, b: [1] })).toEqual([])
    expect(differences({ exactly: { a: 1, b: [{ c: 1 }] } }, { a: 1, b: [{ c: 1, d: 2 }], e: 3 })).toEqual(['e: not expected', 'b[0].d: not expected'])
    expect(differences({ exactly: [1, 2] }, [1])).toEqual(['the result: expected [1,2], got [1]'])
    expect(differences({ exactly: {} }, { a: 1 })).toEqual(['a: not expected'])
  })

  test('tells texts from numbers, and nothing from null', () => {
    expect(differences({ amount: '1.00' }, { amount: 1 })).toEqual(['amount: expected "1.00", got 1'])
    expect(differences({ gone: null }, { gone: null })).toEqual([])
    expect(differences({ gone: null }, {})).toEqual(['gone: expected null, got nothing'])
    expect(differences({ a: { b: 1 } }, { a: null })).toEqual(['a: expected {"b":1}, got null'])
    expect(differences({ toString: 1 }, {})).not.toEqual([])
  })
})
