import { expect, it } from 'vitest'
import fc from 'fast-check'
import { sum } from '@growr/money'
import { allocate, schedules } from './index.ts'
import { hnl, terms, units } from './testing/sample.ts'

const rows = schedules.FLAT.draw({ principal: hnl('20000.00'), months: 6, terms, start: '2026-03-05' })

it('an allocation conserves, and goes on where an earlier one ended', () => {
  const amount = fc.bigInt({ min: 0n, max: 2_500_000n })
  fc.assert(fc.property(amount, amount, (one, two) => {
    const first = allocate(rows, units(one))
    const second = allocate(first.rows, units(two))
    const paid = sum('HNL', second.rows.flatMap(row => [row.paidInterest, row.paidPrincipal])).amount
    expect(paid + first.rest.amount + second.rest.amount).toBe(one + two)
    expect(second.rows).toEqual(allocate(rows, units(one + two)).rows)
    for (const row of second.rows) {
      expect(row.paidInterest.amount <= row.interest.amount && row.paidPrincipal.amount <= row.principal.amount).toBe(true)
      if (row.paidPrincipal.amount > 0n) expect(row.paidInterest).toEqual(row.interest)
    }
  }))
})
