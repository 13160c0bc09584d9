import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { criteriaDigest, CRITERIA_OPERATORS, parseCriteria, type Criteria, type CriteriaOperator, type Rule } from './criteria.ts'
import { evaluateCriteria, type Facts } from './eligibility.ts'
import { refusalOf } from './testing/refusal.ts'

const trusted = [{ issuer: 'did:web:growr.example:issuer', organization: 'COMSA' }]
const leaf = (change: object = {}): object => ({ fact: 'KYC', path: 'level', operator: 'greaterThanInclusive', value: 2, ...change })
const withRules = (rules: unknown): unknown => ({ required: ['KYC'], trusted, rules })
const invalid = (rules: unknown): Promise<string> => refusalOf(() => parseCriteria(withRules(rules)))

describe('criteria', () => {
  it('are read from a text or a value, and have one digest however their members are ordered', () => {
    const value = { rules: { all: [leaf()] }, trusted, required: ['KYC'] }
    const criteria = parseCriteria(value)
    expect(parseCriteria(JSON.stringify(value))).toEqual(criteria)
    expect(criteriaDigest(parseCriteria({ required: ['KYC'], trusted, rules: { all: [leaf()] } }))).toBe(criteriaDigest(criteria))
    expect(criteriaDigest(parseCriteria({ required: [], trusted, rules: { all: [leaf()] } }))).not.toBe(criteriaDigest(criteria))
    expect(parseCriteria({ required: [], trusted: [] })).toEqual({ required: [], trusted: [] })
  })

  it('are refused by the place where they are wrong', async () => {
    const cases: [unknown, string][] = [
      ['{', ''], [[], ''], [{ required: ['KYC'] }, 'trusted'], [{ required: 'KYC', trusted }, 'required'], [{ required: ['Passport'], trusted }, 'required.0'],
      [{ required: ['KYC', 'KYC'], trusted }, 'required'], [{ required: [], trusted, extra: 1 }, 'extra'], [{ required: [], trusted: ['x'] }, 'trusted.0'],
      [{ required: [], trusted: [{ issuer: 'COMSA', organization: 'COMSA' }] }, 'trusted.0.issuer'],
      [{ required: [], trusted: [{ issuer: 'did:web:a', organization: '' }] }, 'trusted.0.organization'],
      [{ required: [], trusted: [{ ...trusted[0], any: true }] }, 'trusted.0.any'],
    ]
    for (const [value, path] of cases) expect(await refusalOf(() => parseCriteria(value))).toBe(`CRITERIA_INVALID ${path}`)
  })

  it('hold only what is known: groups, types, claims, operators, values of the claim’s type', async () => {
    const cases: [unknown, string][] = [
      [leaf(), 'rules'], [{}, 'rules'], [null, 'rules'], [{ all: [], any: [] }, 'rules'], [{ all: [] }, 'rules.all'], [{ xor: [leaf()] }, 'rules'],
      [{ all: [leaf()], priority: 1 }, 'rules'], [{ not: [leaf()] }, 'rules.not'], [{ all: [leaf({ priority: 1 })] }, 'rules.all.0.priority'],
      [{ all: [leaf({ params: {} })] }, 'rules.all.0.params'], [{ all: [{ condition: 'x' }] }, 'rules.all.0'], [{ all: [leaf({ fact: 'Passport' })] }, 'rules.all.0.fact'],
      [{ all: [leaf({ path: '$.level' })] }, 'rules.all.0.path'], [{ all: [leaf({ path: '$..[?(@.constructor)]' })] }, 'rules.all.0.path'],
      [{ all: [leaf({ path: '__proto__' })] }, 'rules.all.0.path'], [{ all: [leaf({ path: 'salary' })] }, 'rules.all.0.path'],
      [{ all: [leaf({ operator: 'regex' })] }, 'rules.all.0.operator'], [{ all: [leaf({ operator: 'contains' })] }, 'rules.all.0.operator'],
      [{ all: [leaf({ operator: 'everyFact:equal' })] }, 'rules.all.0.operator'], [{ all: [leaf({ value: '2' })] }, 'rules.all.0.value'],
      [{ all: [leaf({ value: 2.5 })] }, 'rules.all.0.value'], [{ all: [leaf({ value: 2 ** 53 })] }, 'rules.all.0.value'],
      [{ all: [leaf({ value: null })] }, 'rules.all.0.value'], [{ all: [leaf({ value: { fact: 'KYC' } })] }, 'rules.all.0.value'],
      [{ all: [leaf({ value: [2] })] }, 'rules.all.0.value'], [{ all: [leaf({ operator: 'in', value: 2 })] }, 'rules.all.0.value'],
      [{ all: [leaf({ operator: 'in', value: [] })] }, 'rules.all.0.value'], [{ all: [leaf({ operator: 'in', value: [2, '3'] })] }, 'rules.all.0.value'],
      [{ all: [leaf({ path: 'country', value: 'HN' })] }, 'rules.all.0.operator'], [{ all: [leaf({ id: '' })] }, 'rules.all.0.id'],
      [{ all: [leaf({ text: 'x'.repeat(257) })] }, 'rules.all.0.text'], [{ all: [leaf({ id: 'a' }), leaf({ id: 'a' })] }, 'rules.all.1.id'],
    ]
    for (const [rules, path] of cases) expect(await invalid(rules), JSON.stringify(rules)).toBe(`CRITERIA_INVALID ${path}`)
    expect(await refusalOf(() => parseCriteria(withRules({ all: [leaf({ value: 2n })] })))).toBe('CRITERIA_INVALID rules.all.0.value')
  })

  it('are bounded: 64 conditions, five levels', async () => {
    const many = (count: number): object => ({ all: Array.from({ length: count }, () => leaf()) })
    expect(() => parseCriteria(withRules(many(64)))).not.toThrow()
    expect(await invalid(many(65))).toBe('CRITERIA_INVALID rules.all')
    expect(await invalid({ all: [many(40), many(25)] })).toBe('CRITERIA_INVALID rules.all.1.all.24')
    const deep = (levels: number): object => (levels === 1 ? leaf() : { all: [deep(levels - 1)] })
    expect(() => parseCriteria(withRules(deep(5)))).not.toThrow()
    expect(await invalid(deep(6))).toBe('CRITERIA_INVALID rules.all.0.all.0.all.0.all.0.all.0')
    let endless: object = leaf()
    for (let level = 0; level < 100_000; level += 1) endless = { not: endless }
    expect(await invalid(endless)).toMatch(/^CRITERIA_INVALID rules\.not/)
    expect(await refusalOf(() => parseCriteria(' '.repeat(70_000)))).toBe('CRITERIA_INVALID ')
  })
})

describe('eligibility', () => {
  const facts: Facts = {
    KYC: { level: 2, country: 'HN', amlClear: true, checkedOn: '2026-01-15' },
    Ownership: { currency: 'HNL', totalValue: 5, land: { squareMetres: 100 } },
  }
  const judge = async (rules: unknown, of: Facts = facts, withheld: Set<'KYC' | 'Ownership'> = new Set()) =>
    evaluateCriteria(parseCriteria(withRules(rules)), of, withheld)
  const met = async (rules: unknown, of?: Facts): Promise<boolean> => (await judge(rules, of)).verdict === 'met'

  it('compares by each operator', async () => {
    const level = async (operator: CriteriaOperator, value: unknown): Promise<boolean> => met({ all: [leaf({ operator, value })] })
    expect([await level('equal', 2), await level('equal', 3)]).toEqual([true, false])
    expect([await level('notEqual', 3), await level('notEqual', 2)]).toEqual([true, false])
    expect([await level('in', [1, 2]), await level('in', [1, 3])]).toEqual([true, false])
    expect([await level('notIn', [1, 3]), await level('notIn', [1, 2])]).toEqual([true, false])
    expect([await level('lessThan', 3), await level('lessThan', 2)]).toEqual([true, false])
    expect([await level('lessThanInclusive', 2), await level('lessThanInclusive', 1)]).toEqual([true, false])
    expect([await level('greaterThan', 1), await level('greaterThan', 2)]).toEqual([true, false])
    expect([await level('greaterThanInclusive', 2), await level('greaterThanInclusive', 3)]).toEqual([true, false])
    expect(await met({ all: [leaf({ path: 'amlClear', operator: 'equal', value: true }), leaf({ path: 'country', operator: 'in', value: ['HN', 'GT'] })] })).toBe(true)
    expect(await met({ all: [{ fact: 'Ownership', path: 'land.squareMetres', operator: 'greaterThan', value: 99 }] })).toBe(true)
  })

  it('lets nothing pass that is not there, whatever the operator, and below a not as well', async () => {
    const values: Record<CriteriaOperator, unknown> = {
      equal: 2, notEqual: 2, in: [2], notIn: [2], lessThan: 2, lessThanInclusive: 2, greaterThan: 2, greaterThanInclusive: 2,
    }
    for (const operator of CRITERIA_OPERATORS) {
      const rule = leaf({ operator, value: values[operator] })
      for (const of of [{}, { KYC: {} }, { KYC: { level: '2' } }, { KYC: { level: { x: 1 } } }] as Facts[]) {
        expect(await met({ all: [rule] }, of), operator).toBe(false)
        expect(await met({ not: rule }, of), `not ${operator}`).toBe(false)
        expect(await met({ not: { not: rule } }, of), `not not ${operator}`).toBe(false)
      }
    }
    const inherited = Object.create({ level: 3 }) as { level: number }
    expect(await met({ all: [leaf()] }, { KYC: inherited })).toBe(false)
  })

  it('agrees with plain logic wherever all claims are there', async () => {
    const condition = fc.record({ operator: fc.constantFrom('equal', 'notEqual', 'lessThan', 'greaterThanInclusive'), value: fc.integer({ min: 0, max: 4 }) })
      .map((change) => leaf(change) as Rule)
    const { rule } = fc.letrec<{ rule: Rule }>((tie) => ({
      rule: fc.oneof({ depthSize: 'small', maxDepth: 3 }, condition,
        fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
        fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
        tie('rule').map((not) => ({ not }))),
    }))
    const plain = (item: Rule, level: number): boolean => {
      if ('not' in item) return !plain(item.not, level)
      if ('all' in item) return item.all.every((inner) => plain(inner, level))
      if ('any' in item) return item.any.some((inner) => plain(inner, level))
      const value = item.value as number
      return { equal: level === value, notEqual: level !== value, lessThan: level < value, greaterThanInclusive: level >= value }[item.operator as 'equal']
    }
    await fc.assert(fc.asyncProperty(rule, fc.integer({ min: 1, max: 3 }), async (inner, level) => {
      const criteria: Criteria = parseCriteria(withRules({ all: [inner] }))
      const { verdict, failed } = await evaluateCriteria(criteria, { KYC: { level } })
      expect(verdict === 'met').toBe(plain(inner, level))
      expect(failed.length > 0).toBe(verdict !== 'met')
    }), { numRuns: 200 })
  })

  it('names what failed and hides every value of the borrower', async () => {
    const rules = {
      all: [
        leaf({ value: 3 }),
        { any: [leaf({ path: 'country', operator: 'equal', value: 'GT' }), leaf({ path: 'amlClear', operator: 'equal', value: false, id: 'aml', text: 'Not clear' })] },
        { not: leaf({ operator: 'equal', value: 2, id: 'level' }) },
        leaf({ value: 1 }),
      ],
    }
    expect(await judge(rules)).toEqual({
      verdict: 'unmet',
      failed: [
        { id: 'all.0', text: 'KYC.level is at least 3', fact: 'KYC', path: 'level' },
        { id: 'all.1.any.0', text: 'KYC.country is GT', fact: 'KYC', path: 'country' },
        { id: 'aml', text: 'Not clear', fact: 'KYC', path: 'amlClear' },
        { id: 'level', text: 'KYC.level is not 2', fact: 'KYC', path: 'level' },
      ],
    })
  })

  it('is undecided only where what was withheld could still decide it', async () => {
    const land = { fact: 'Ownership', path: 'totalValue', operator: 'greaterThan', value: 1 }
    const of: Facts = { KYC: { level: 1 } }
    const withheld = new Set(['Ownership'] as const)
    expect((await judge({ all: [land] }, of, withheld)).verdict).toBe('undecided')
    expect(await judge({ all: [land, leaf()] }, of, withheld)).toMatchObject({ verdict: 'unmet', failed: [{ fact: 'KYC' }] })
    expect((await judge({ any: [land, leaf()] }, of, withheld)).verdict).toBe('undecided')
    expect((await judge({ any: [land, leaf({ value: 1 })] }, of, withheld)).verdict).toBe('met')
    expect((await judge({ all: [land] }, of)).verdict).toBe('unmet')
  })

  it('evaluates many at once on one engine, and more criteria than it keeps engines for', async () => {
    const criteria = parseCriteria(withRules({ all: [leaf()] }))
    const verdicts = await Promise.all(Array.from({ length: 500 }, (_, number) => evaluateCriteria(criteria, { KYC: { level: 1 + (number % 3) } })))
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(verdicts.map((_, number) => (number % 3 === 0 ? 'unmet' : 'met')))
    // One begins in each turn of the queue, so that some begin just as others end.
    const staggered: ReturnType<typeof evaluateCriteria>[] = []
    for (let turn = 0; turn < 500; turn += 1) {
      staggered.push(evaluateCriteria(criteria, { KYC: { level: 2 } }))
      await Promise.resolve()
    }
    expect((await Promise.all(staggered)).every(({ verdict }) => verdict === 'met')).toBe(true)
    for (let value = 0; value < 600; value += 1) expect(await met({ all: [leaf({ operator: 'notEqual', value: 1000 + value })] })).toBe(true)
  })
})
