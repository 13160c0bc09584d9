import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { addDays, apr, schedules, xirr, type CashFlow } from '../index.ts'
import { hnl, terms } from '../testing/sample.ts'
import { presentValueSign } from './fixed.ts'

const flows = (...found: readonly [string, string][]): CashFlow[] => found.map(([date, amount]) => ({ date, amount: hnl(amount) }))

describe('APR', () => {
  // Directive 98/7/EC, Annex III B (a year of 12 equal months): the examples that Directive 87/102/EEC's formula came with.
  it.each<[string, string, CashFlow[]]>([
    ['1,000 repaid by 1,200 after 18 months', '12.9', flows(['2026-01-01', '1000.00'], ['2027-07-01', '-1200.00'])],
    ['the same with 50 withheld for expenses', '16.9', flows(['2026-01-01', '950.00'], ['2027-07-01', '-1200.00'])],
    ['1,000 repaid by 600 after one and after two years', '13.1', flows(['2026-01-01', '1000.00'], ['2027-01-01', '-600.00'], ['2028-01-01', '-600.00'])],
    ['1,000 repaid by 272, 272 and 544 after 3, 6 and 12 months', '13.2', flows(['2026-01-01', '1000.00'], ['2026-04-01', '-272.00'], ['2026-07-01', '-272.00'], ['2027-01-01', '-544.00'])],
  ])('%s: %s', (_what, expected, given) => {
    expect(apr(given)).toBe(expected)
    // Seen from the other side it is the same.
    expect(apr(given.map(({ date, amount }) => ({ date, amount: { ...amount, amount: -amount.amount } })))).toBe(expected)
  })

  it('is 12.7 where 1 % a month is all it costs, however many months', () => {
    // (1 + 0.01)^12 − 1 = 12.6825 %
    for (const months of [1, 6, 12, 60]) {
      const rows = schedules.EQUAL_PRINCIPAL.draw({ principal: hnl('600000.00'), months, terms: { ...terms, interestRate: '12', gracePeriod: 0 }, start: '2026-01-31' })
      const repaid = rows.map(({ dueDate, principal, interest }) => ({ date: dueDate, amount: { amount: -principal.amount - interest.amount, currency: 'HNL' } }))
      expect(apr([{ date: '2026-01-31', amount: hnl('600000.00') }, ...repaid])).toBe('12.7')
    }
  })

  it('counts days that are no whole month as days of the year that ends with them', () => {
    // 10 days: (1 + X)^(10/365) = 1.01 → X = 43.78 %; ending in a leap year's span, 366: 43.94 %
    expect(apr(flows(['2026-01-01', '100.00'], ['2026-01-11', '-101.00']))).toBe('43.8')
    expect(apr(flows(['2028-03-01', '100.00'], ['2028-03-11', '-101.00']))).toBe('43.9')
    // A month and 10 days: 31/365 … counted from the end: 1 month back to 11 January, 10 days before it.
    expect(apr(flows(['2026-01-01', '100.00'], ['2026-02-11', '-101.00']))).toBe('9.4') // 1.01^(1 / (1/12 + 10/365)) − 1 = 9.40 %
  })

  it('raises the decimal from 5 on, and knows what costs nothing or cannot be', () => {
    // A year: the rate is the interest itself.
    expect(apr(flows(['2026-01-01', '10000.00'], ['2027-01-01', '-11525.00']))).toBe('15.3') // 15.25
    expect(apr(flows(['2026-01-01', '10000.00'], ['2027-01-01', '-11524.99']))).toBe('15.2')
    expect(apr(flows(['2026-01-01', '10000.00'], ['2027-01-01', '-10000.00']))).toBe('0.0')
    expect(apr(flows(['2026-01-01', '10000.00']))).toBeNull()
    expect(apr(flows(['2026-01-01', '10000.00'], ['2026-01-01', '-10100.00']))).toBeNull()
    expect(apr([])).toBeNull()
  })
})

describe('XIRR', () => {
  it('is 37.34 % for the example of Microsoft’s documentation', () => {
    expect(xirr(flows(['2008-01-01', '-10000.00'], ['2008-03-01', '2750.00'], ['2008-10-30', '4250.00'], ['2009-02-15', '3250.00'], ['2009-04-01', '2750.00']))).toBe('37.34')
  })

  it('is the interest of a year, negative where money was lost', () => {
    expect(xirr(flows(['2026-01-01', '-100.00'], ['2027-01-01', '108.24']))).toBe('8.24')
    expect(xirr(flows(['2026-01-01', '-100.00'], ['2027-01-01', '60.00']))).toBe('-40.00')
    expect(xirr(flows(['2026-01-01', '-100.00'], ['2027-01-01', '0.50']))).toBe('-99.50')
    // 366 days to the year: 1.10^(365/366) − 1 = 9.9714 %
    expect(xirr(flows(['2028-01-01', '-100.00'], ['2029-01-01', '110.00']))).toBe('9.97')
  })

  it('takes flows in any order, and says nothing where there is no return', () => {
    expect(xirr(flows(['2027-01-01', '108.24'], ['2026-01-01', '-100.00']))).toBe('8.24')
    expect(xirr(flows(['2026-01-01', '-100.00'], ['2026-06-01', '-1.00']))).toBeNull()
    expect(xirr(flows(['2026-01-01', '-100.00'], ['2026-01-01', '101.00']))).toBeNull()
    expect(() => xirr([...flows(['2026-01-01', '-100.00']), { date: '2027-01-01', amount: { amount: 1n, currency: 'USD' } }])).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })

  it('has no rate where there is none, also behind flows that cancelled long before', () => {
    // 220² < 4 × 100 × 130: −100 x² + 220 x − 130 has no root.
    const none: [string, string][] = [['2020-01-01', '-100.00'], ['2021-01-01', '220.00'], ['2022-01-01', '-130.00']]
    expect(xirr(flows(...none))).toBeNull()
    expect(xirr(flows(['2010-01-01', '-100.00'], ['2010-01-01', '100.00'], ...none))).toBeNull()
  })

  it('is right to its last digit: half a unit less and half a unit more lie on both sides of the root', () => {
    const day = fc.integer({ min: 1, max: 3000 })
    fc.assert(fc.property(fc.array(fc.record({ day, amount: fc.bigInt({ min: 1n, max: 10n ** 12n }) }), { minLength: 1, maxLength: 12 }), fc.bigInt({ min: 1n, max: 10n ** 12n }), (returns, invested) => {
      const all = [{ amount: -invested, years: { numerator: 0n, denominator: 365n } }, ...returns.map(found => ({ amount: found.amount, years: { numerator: BigInt(found.day), denominator: 365n } }))]
      const rate = xirr(all.map(({ amount, years }) => ({ date: addDays('2026-01-01', Number(years.numerator)), amount: { amount, currency: 'HNL' } })))
      if (rate === null) return
      const units = BigInt(rate.replace('.', ''))
      const sign = (halves: bigint) => presentValueSign(all, { numerator: halves, denominator: 20_000n })
      if (2n * units - 1n > -20_000n) expect(sign(2n * units - 1n)).toBeGreaterThanOrEqual(0)
      expect(sign(2n * units + 1n)).toBeLessThanOrEqual(0)
    }), { numRuns: 100 })
  })
})
