import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import {
  add, compare, compareRatios, currencyCodes, currencyOf, decodeJson, divide, encodeJson, formatAmount, isAmount, largestRemainder,
  maximum, minimum, MoneyError, negate, parseAmount, parseDecimal, parseRate, percentOf, subtract, sum, token, zero, type Rounding,
} from './index.ts'

/** The code of the MoneyError that a function throws. */
function code(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof MoneyError) return error.code
    throw error
  }
  return 'nothing thrown'
}

const hnl = (amount: bigint) => ({ amount, currency: 'HNL' })

describe('currencies', () => {
  it('know the exponents that differ from two', () => {
    const exponents = ['HNL', 'USD', 'JPY', 'KWD', 'CLF', 'UYW', 'CLP', 'TND', 'BTC', 'RBTC'].map(text => currencyOf(text).exponent)
    expect(exponents).toEqual([2, 2, 0, 3, 4, 4, 0, 3, 11, 18])
  })

  it('are listed once each', () => {
    const codes = currencyCodes()
    expect(new Set(codes).size).toBe(codes.length)
    expect(codes.length).toBeGreaterThan(160)
  })

  it('refuse an unknown code, a bad token and a token that would redefine a currency', () => {
    expect(code(() => currencyOf('XXX'))).toBe('CURRENCY_UNKNOWN')
    expect(code(() => currencyOf('__proto__'))).toBe('CURRENCY_UNKNOWN')
    expect(token('USDRIF', 18)).toEqual({ code: 'USDRIF', exponent: 18 })
    expect(code(() => token('HNL', 3))).toBe('CURRENCY_INVALID')
    expect(code(() => token('a/b', 3))).toBe('CURRENCY_INVALID')
    expect(code(() => token('ABC', 1.5))).toBe('CURRENCY_INVALID')
    expect(code(() => token('ABC', 31))).toBe('CURRENCY_INVALID')
  })
})

describe('parseAmount', () => {
  it('reads minor units exactly', () => {
    expect(parseAmount('20000.00', 'HNL')).toEqual(hnl(2_000_000n))
    expect(parseAmount('20000', 'HNL')).toEqual(hnl(2_000_000n))
    expect(parseAmount('0.1', 'HNL')).toEqual(hnl(10n))
    expect(parseAmount('0.00000000001', 'BTC').amount).toBe(1n)
    expect(parseAmount('1.000000000000000001', 'RBTC').amount).toBe(1_000_000_000_000_000_001n)
    expect(parseAmount('7', 'JPY').amount).toBe(7n)
    expect(parseAmount('-3.50', 'HNL', { negative: true })).toEqual(hnl(-350n))
  })

  it.each([
    '', ' ', '1 ', ' 1', '1,000', '1.', '.5', '+1', '01', '1e3', '0x10', '١', '1.0.0', 'NaN', 'Infinity', '--1', '-0', '1_000', '1\n',
  ])('refuses %j', text => {
    expect(code(() => parseAmount(text, 'HNL', { negative: true }))).toBe('AMOUNT_MALFORMED')
  })

  it('refuses one digit too many, a sign where there may be none, and more than it holds', () => {
    expect(code(() => parseAmount('1.000', 'HNL'))).toBe('AMOUNT_TOO_PRECISE')
    expect(code(() => parseAmount('1.0', 'JPY'))).toBe('AMOUNT_TOO_PRECISE')
    expect(code(() => parseAmount('-1.00', 'HNL'))).toBe('AMOUNT_NEGATIVE')
    expect(code(() => parseAmount('9'.repeat(39), 'HNL'))).toBe('AMOUNT_TOO_LARGE')
    expect(code(() => parseAmount('9'.repeat(1_000_000), 'HNL'))).toBe('AMOUNT_TOO_LARGE')
    expect(parseAmount('9'.repeat(38), 'HNL').amount.toString()).toHaveLength(40)
  })

  it('and formatAmount are inverse', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.constantFrom('HNL', 'JPY', 'KWD', 'BTC', 'RBTC'), (amount, currency) => {
      expect(parseAmount(formatAmount({ amount, currency }), currency, { negative: true })).toEqual({ amount, currency })
    }))
  })

  it('formatAmount writes all decimals', () => {
    expect(formatAmount(hnl(5n))).toBe('0.05')
    expect(formatAmount(hnl(-5n))).toBe('-0.05')
    expect(formatAmount({ amount: 0n, currency: 'JPY' })).toBe('0')
    expect(formatAmount({ amount: 1n, currency: 'DOC' }, token('DOC', 3))).toBe('0.001')
    expect(code(() => formatAmount(hnl(1n), currencyOf('USD')))).toBe('CURRENCY_MISMATCH')
  })
})

describe('arithmetic', () => {
  it('adds, subtracts, compares', () => {
    expect(add(hnl(1n), hnl(2n))).toEqual(hnl(3n))
    expect(subtract(hnl(1n), hnl(2n))).toEqual(hnl(-1n))
    expect(negate(hnl(1n))).toEqual(hnl(-1n))
    expect([compare(hnl(1n), hnl(2n)), compare(hnl(2n), hnl(2n)), compare(hnl(3n), hnl(2n))]).toEqual([-1, 0, 1])
    expect(minimum(hnl(1n), hnl(2n))).toEqual(hnl(1n))
    expect(maximum(hnl(1n), hnl(2n))).toEqual(hnl(2n))
    expect(sum('HNL', [hnl(1n), hnl(2n), hnl(4n)])).toEqual(hnl(7n))
    expect(sum('HNL', [])).toEqual(zero('HNL'))
  })

  it.each([add, subtract, compare, minimum, maximum])('%o does not mix currencies', operation => {
    expect(code(() => operation(hnl(1n), { amount: 1n, currency: 'USD' }))).toBe('CURRENCY_MISMATCH')
  })

  it('sum does not mix currencies', () => {
    expect(code(() => sum('USD', [hnl(1n)]))).toBe('CURRENCY_MISMATCH')
  })

  it('takes a percentage exactly', () => {
    expect(percentOf(hnl(2_000_000n), '2.5', 'HALF_EVEN')).toEqual(hnl(50_000n))
    expect(parseRate('18.00')).toEqual({ numerator: 1800n, denominator: 10_000n })
    expect(parseDecimal('4.5')).toEqual({ numerator: 45n, denominator: 10n })
    expect(compareRatios(parseDecimal('4.5'), parseDecimal('4.50'))).toBe(0)
    expect(compareRatios(parseDecimal('4.49'), parseDecimal('4.5'))).toBe(-1)
  })

  it.each(['', '-1', '1e2', '1,5', '1.', '.1', '01', '18 %', '1'.repeat(10), '1.' + '1'.repeat(10)])('refuses the rate %j', text => {
    expect(code(() => parseRate(text))).toBe('RATE_MALFORMED')
  })
})

describe('divide', () => {
  // Worked by hand: 5/2 and −5/2 are ties between 2 and 3; 7/2 a tie between 3 and 4; 7/3 = 2.33…; 8/3 = 2.66…
  const table: [Rounding, bigint[]][] = [
    ['DOWN', [2n, -2n, 3n, 2n, 2n, -2n]],
    ['UP', [3n, -3n, 4n, 3n, 3n, -3n]],
    ['FLOOR', [2n, -3n, 3n, 2n, 2n, -3n]],
    ['CEILING', [3n, -2n, 4n, 3n, 3n, -2n]],
    ['HALF_EVEN', [2n, -2n, 4n, 2n, 3n, -3n]],
    ['HALF_UP', [3n, -3n, 4n, 2n, 3n, -3n]],
    ['HALF_DOWN', [2n, -2n, 3n, 2n, 3n, -3n]],
  ]
  it.each(table)('%s', (rounding, expected) => {
    const quotients: [bigint, bigint][] = [[5n, 2n], [-5n, 2n], [7n, 2n], [7n, 3n], [8n, 3n], [-8n, 3n]]
    expect(quotients.map(([numerator, denominator]) => divide(numerator, denominator, rounding))).toEqual(expected)
    expect(divide(6n, 3n, rounding)).toBe(2n)
    expect(divide(0n, 3n, rounding)).toBe(0n)
  })

  it('refuses a denominator that is not positive', () => {
    expect(code(() => divide(1n, 0n, 'DOWN'))).toBe('DENOMINATOR_NOT_POSITIVE')
    expect(code(() => divide(1n, -1n, 'DOWN'))).toBe('DENOMINATOR_NOT_POSITIVE')
  })

  it('is never further than one unit from the quotient, half of one for the nearest', () => {
    const rounding = fc.constantFrom<Rounding>('DOWN', 'UP', 'FLOOR', 'CEILING', 'HALF_EVEN', 'HALF_UP', 'HALF_DOWN')
    fc.assert(fc.property(fc.bigInt(), fc.bigInt({ min: 1n, max: 10n ** 20n }), rounding, (numerator, denominator, how) => {
      const error = divide(numerator, denominator, how) * denominator - numerator
      const distance = error < 0n ? -error : error
      expect(distance < denominator).toBe(true)
      if (how.startsWith('HALF')) expect(distance * 2n <= denominator).toBe(true)
    }))
  })
})

describe('largestRemainder', () => {
  it('gives the units left to the largest remainders, ties to the lower index', () => {
    expect(largestRemainder(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n])
    // 10 by 3:3:1 = 4.28…, 4.28…, 1.42…: 4, 4, 1 and the unit left to the third
    expect(largestRemainder(10n, [3n, 3n, 1n])).toEqual([4n, 4n, 2n])
    expect(largestRemainder(0n, [0n, 0n])).toEqual([0n, 0n])
    expect(largestRemainder(5n, [0n, 2n])).toEqual([0n, 5n])
    expect(largestRemainder(0n, [])).toEqual([])
  })

  it('refuses what cannot be shared', () => {
    expect(code(() => largestRemainder(1n, []))).toBe('WEIGHTS_INVALID')
    expect(code(() => largestRemainder(1n, [0n]))).toBe('WEIGHTS_INVALID')
    expect(code(() => largestRemainder(-1n, [1n]))).toBe('WEIGHTS_INVALID')
    expect(code(() => largestRemainder(1n, [2n, -1n]))).toBe('WEIGHTS_INVALID')
  })

  it('conserves, stays within a unit of each exact share, and never exceeds a weight that suffices', () => {
    const natural = fc.bigInt({ min: 0n, max: 10n ** 15n })
    fc.assert(fc.property(natural, fc.array(natural, { minLength: 1, maxLength: 20 }), (total, weights) => {
      const all = weights.reduce((a, b) => a + b, 0n)
      fc.pre(all > 0n)
      const shares = largestRemainder(total, weights)
      expect(shares.reduce((a, b) => a + b, 0n)).toBe(total)
      shares.forEach((share, index) => {
        const off = share * all - total * weights[index]!
        expect((off < 0n ? -off : off) < all).toBe(true)
        if (total <= all) expect(share <= weights[index]!).toBe(true)
      })
    }))
  })
})

describe('JSON', () => {
  it('keeps amounts as digits', () => {
    const value = { total: hnl(2_000_000n), rows: [hnl(-1n)], name: 'Coffee', left: undefined }
    const text = '{"total":{"amount":"2000000","currency":"HNL"},"rows":[{"amount":"-1","currency":"HNL"}],"name":"Coffee"}'
    expect(encodeJson(value)).toBe(text)
    expect(decodeJson(text)).toEqual({ total: hnl(2_000_000n), rows: [hnl(-1n)], name: 'Coffee' })
  })

  it('takes only what is an amount and nothing else for one', () => {
    const posting = { account: 'cash', amount: '5', currency: 'HNL' }
    expect(decodeJson(encodeJson(posting))).toEqual(posting)
    expect(decodeJson('{"amount":"1.5","currency":"HNL"}')).toEqual({ amount: '1.5', currency: 'HNL' })
    expect(decodeJson('{"amount":"007","currency":"HNL"}')).toEqual({ amount: '007', currency: 'HNL' })
    expect(isAmount({ amount: 1n, currency: 'HNL', more: 1 })).toBe(false)
  })

  it('refuses a bigint outside an amount, what is no JSON, and what is too deep', () => {
    expect(code(() => encodeJson({ count: 1n }))).toBe('JSON_INVALID')
    expect(code(() => encodeJson({ at: new Date(0) }))).toBe('JSON_INVALID')
    expect(code(() => encodeJson({ rate: Number.NaN }))).toBe('JSON_INVALID')
    expect(code(() => encodeJson(undefined))).toBe('JSON_INVALID')
    expect(code(() => decodeJson('{'))).toBe('JSON_INVALID')
    const deep = `${'['.repeat(100)}"currency"${']'.repeat(100)}`
    expect(code(() => decodeJson(deep))).toBe('JSON_TOO_DEEP')
    expect(code(() => encodeJson(JSON.parse(deep)))).toBe('JSON_TOO_DEEP')
    expect(code(() => decodeJson('"'.padEnd(17 * 1024 * 1024)))).toBe('JSON_TOO_LONG')
  })

  it('returns any value as it was, whatever its text form', () => {
    const amount = fc.record({ amount: fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }), currency: fc.constantFrom('HNL', 'BTC') })
    const { tree } = fc.letrec(tie => ({
      tree: fc.oneof({ maxDepth: 5 }, amount, fc.string(), fc.integer(), fc.boolean(), fc.constant(null),
        fc.array(tie('tree'), { maxLength: 4 }), fc.dictionary(fc.string().filter(key => key !== '__proto__'), tie('tree'), { maxKeys: 4 })),
    }))
    fc.assert(fc.property(tree, value => {
      // What fast-check made without a prototype comes back as an ordinary object: compare by content.
      expect(encodeJson(decodeJson(encodeJson(value)))).toBe(encodeJson(value))
    }))
  })
})
