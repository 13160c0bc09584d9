import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { formatAmount, sum, type Amount } from '@growr/money'
import { outstandingOf, schedules, type LoanTerms, type ScheduleInput } from '../index.ts'
import { hnl, terms, units } from '../testing/sample.ts'

const text = (amount: Amount) => formatAmount(amount)
const input = (principal: Amount, months: number, changes: Partial<LoanTerms> = {}): ScheduleInput => ({ principal, months, start: '2026-03-05', terms: { ...terms, ...changes } })
const parts = (rows: readonly { principal: Amount; interest: Amount }[]) => rows.map(row => [text(row.principal), text(row.interest)])

describe('equal instalments of a declining balance', () => {
  it('1,000.00 at 12 % over 4 months: 3 × 256.28 and 256.29', () => {
    // A = 1,000 × 0.01 × 1.01^4 / (1.01^4 − 1) = 10.4060401 / 0.04060401 = 256.2811… = 256.28
    // Balances 1,000.00, 753.72, 504.98, 253.75 (interest 10.00, 7.54, 5.05, 2.54); the last 253.75 + 2.54 = 256.29
    expect(parts(schedules.EQUAL_INSTALMENTS.draw(input(hnl('1000.00'), 4, { interestRate: '12' })))).toEqual([
      ['246.28', '10.00'], ['248.74', '7.54'], ['251.23', '5.05'], ['253.75', '2.54'],
    ])
  })

  it('has the instalments that every table of annuities has', () => {
    // 10,000.00 at 12 % over 12 months: 888.49 (Apache Fineract, declining balance); 100,000.00 at 6 % over 360: 599.55
    const year = schedules.EQUAL_INSTALMENTS.draw(input(hnl('10000.00'), 12, { interestRate: '12' }))
    expect(year.slice(0, -1).every(row => text(outstandingOf(row)) === '888.49')).toBe(true)
    expect(parts(year).slice(0, 2)).toEqual([['788.49', '100.00'], ['796.37', '92.12']])
    const house = schedules.EQUAL_INSTALMENTS.draw(input(hnl('100000.00'), 360, { interestRate: '6' }))
    expect(text(outstandingOf(house[0]!))).toBe('599.55')
    // Each rounded down by 0.00052…: the last takes 0.00052… × ((1.005^360 − 1) / 0.005 = 1,004.5) = 0.53 less the rows' own roundings.
    expect(Math.abs(Number(outstandingOf(house.at(-1)!).amount - 59_955n))).toBeLessThan(200)
  })

  it('holds interest only in grace, and is principal alone without interest', () => {
    // 300.00 at 12 %: 3.00 a month in grace; then over two months 300 × 0.01 × 1.0201 / 0.0201 = 152.2537…
    expect(parts(schedules.EQUAL_INSTALMENTS.draw(input(hnl('300.00'), 4, { interestRate: '12', gracePeriod: 2 })))).toEqual([
      ['0.00', '3.00'], ['0.00', '3.00'], ['149.25', '3.00'], ['150.75', '1.51'],
    ])
    expect(parts(schedules.EQUAL_INSTALMENTS.draw(input(hnl('100.00'), 3, { interestRate: '0' })))).toEqual([['33.33', '0.00'], ['33.33', '0.00'], ['33.34', '0.00']])
  })
})

describe('equal principal of a declining balance', () => {
  it('1,000.00 at 12 % over 3 months: 333.33 each, interest of what is left', () => {
    // 10.00; 666.67 × 1 % = 6.67; 333.34 × 1 % = 3.33
    expect(parts(schedules.EQUAL_PRINCIPAL.draw(input(hnl('1000.00'), 3, { interestRate: '12' })))).toEqual([['333.33', '10.00'], ['333.33', '6.67'], ['333.34', '3.33']])
  })

  it('holds interest only in grace', () => {
    expect(parts(schedules.EQUAL_PRINCIPAL.draw(input(hnl('1200.00'), 4, { interestRate: '12', gracePeriod: 1 })))).toEqual([
      ['0.00', '12.00'], ['400.00', '12.00'], ['400.00', '8.00'], ['400.00', '4.00'],
    ])
  })
})

const anyTerms = fc.record({
  principal: fc.bigInt({ min: 1n, max: 10n ** 18n }),
  months: fc.integer({ min: 1, max: 120 }),
  rate: fc.integer({ min: 0, max: 30_000 }),
  grace: fc.nat({ max: 119 }),
  carried: fc.bigInt({ min: 0n, max: 10n ** 9n }),
})

it.each(['FLAT', 'EQUAL_INSTALMENTS', 'EQUAL_PRINCIPAL'] as const)('%s sums to its totals to the unit, with no part negative, whatever the terms', kind => {
  fc.assert(fc.property(anyTerms, ({ principal, months, rate, grace, carried }) => {
    const gracePeriod = grace % months
    const drawn = input(units(principal), months, { interestRate: (rate / 100).toFixed(2), gracePeriod })
    const rows = schedules[kind].draw(drawn)
    expect(rows).toHaveLength(months)
    expect(sum('HNL', rows.map(row => row.principal)).amount).toBe(principal)
    expect(rows.every(row => row.principal.amount >= 0n && row.interest.amount >= 0n)).toBe(true)
    expect(rows.slice(0, gracePeriod).every(row => row.principal.amount === 0n)).toBe(true)
    expect(rows.at(-1)!.principal.amount > 0n || kind === 'EQUAL_INSTALMENTS').toBe(true)
    if (kind !== 'FLAT') {
      let balance = principal
      for (const row of rows) {
        // Half-even: within half a unit of balance × rate / 12.
        const doubled = 2n * (row.interest.amount * 120_000n - balance * BigInt(rate))
        expect((doubled < 0n ? -doubled : doubled) <= 120_000n).toBe(true)
        balance -= row.principal.amount
      }
      expect(balance).toBe(0n)
    }
    // What is carried over stands in the first row, and changes no other.
    const [head, ...others] = schedules[kind].draw({ ...drawn, carried: units(carried) })
    expect(head).toEqual({ ...rows[0]!, interest: units(rows[0]!.interest.amount + carried) })
    expect(others).toEqual(rows.slice(1))
  }), { numRuns: 100 })
})
