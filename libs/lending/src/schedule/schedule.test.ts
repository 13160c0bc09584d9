import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { formatAmount, sum, type Amount } from '@growr/money'
import { schedules, outstandingOf, type LoanPayment, type LoanTerms, type ScheduleInput } from '../index.ts'
import { hnl, terms, units } from '../testing/sample.ts'

const text = (amount: Amount) => formatAmount(amount)
const input = (principal: Amount, months: number, changes: Partial<LoanTerms> = {}, start = '2026-03-05'): ScheduleInput => ({
  principal, months, start, terms: { ...terms, ...changes },
})
const parts = (rows: readonly { dueDate: string; principal: Amount; interest: Amount }[]) => rows.map(row => [row.dueDate, text(row.principal), text(row.interest)])

describe('flat schedule', () => {
  it('20,000.00 at 18 % over 6 months: interest 1,800.00, instalments 5 × 3,633.33 and 3,633.35', () => {
    // 20,000.00 × 18 % × 6/12 = 1,800.00; 21,800.00 / 6 = 3,633.33 and 0.02 left.
    // Principal through the first row: floor(2,000,000 × 363,333 / 2,180,000) = 333,333, and so on.
    expect(parts(schedules.FLAT.draw(input(hnl('20000.00'), 6)))).toEqual([
      ['2026-04-05', '3333.33', '300.00'],
      ['2026-05-05', '3333.33', '300.00'],
      ['2026-06-05', '3333.33', '300.00'],
      ['2026-07-05', '3333.33', '300.00'],
      ['2026-08-05', '3333.33', '300.00'],
      ['2026-09-05', '3333.35', '300.00'],
    ])
  })

  it('12,000.00 at 12 % over 6 with two in grace: 2 × 120.00 of interest, then 4 × 3,120.00', () => {
    // Interest 720.00, 120.00 a month; 12,720.00 − 240.00 = 12,480.00 over four: 3,120.00, of which 3,000.00 principal.
    expect(parts(schedules.FLAT.draw(input(hnl('12000.00'), 6, { interestRate: '12', gracePeriod: 2 })))).toEqual([
      ['2026-04-05', '0.00', '120.00'],
      ['2026-05-05', '0.00', '120.00'],
      ['2026-06-05', '3000.00', '120.00'],
      ['2026-07-05', '3000.00', '120.00'],
      ['2026-08-05', '3000.00', '120.00'],
      ['2026-09-05', '3000.00', '120.00'],
    ])
  })

  it('10,000.00 at 20 % over 7 with one in grace, where nothing divides', () => {
    // Interest 1,166.666… = 1,166.67; in grace floor(116,667 / 7) = 166.66; 11,000.01 over six: 1,833.33, the last 1,833.36.
    // Principal through row k+1: 1,000,000 × 183,333 k / 1,100,001 = 166,666.212… k, rounded down: 166,666; 333,332; 499,998;
    // 666,664; 833,331; and all 1,000,000.
    expect(parts(schedules.FLAT.draw(input(hnl('10000.00'), 7, { interestRate: '20', gracePeriod: 1 })))).toEqual([
      ['2026-04-05', '0.00', '166.66'],
      ['2026-05-05', '1666.66', '166.67'],
      ['2026-06-05', '1666.66', '166.67'],
      ['2026-07-05', '1666.66', '166.67'],
      ['2026-08-05', '1666.66', '166.67'],
      ['2026-09-05', '1666.67', '166.66'],
      ['2026-10-05', '1666.69', '166.67'],
    ])
  })

  it('agrees with Apache Fineract on a flat loan of 10,000.00 at 12 % over 12: 100.00 of interest a month, 11 × 933.33 and 933.37', () => {
    const rows = schedules.FLAT.draw(input(hnl('10000.00'), 12, { interestRate: '12' }))
    expect(rows.map(row => text(outstandingOf(row)))).toEqual([...Array<string>(11).fill('933.33'), '933.37'])
    expect(rows.map(row => text(row.interest))).toEqual(Array<string>(12).fill('100.00'))
  })

  it('falls due at the end of shorter months, counted from the start each time', () => {
    const rows = schedules.FLAT.draw(input(hnl('9000.00'), 4, {}, '2026-10-31'))
    expect(rows.map(row => row.dueDate)).toEqual(['2026-11-30', '2026-12-31', '2027-01-31', '2027-02-28'])
  })

  it('sums to the unit, with no part negative, whatever the terms', () => {
    const anyTerms = fc.record({
      principal: fc.bigInt({ min: 1n, max: 10n ** 20n }),
      months: fc.integer({ min: 1, max: 120 }),
      rate: fc.integer({ min: 0, max: 30_000 }),
      grace: fc.nat({ max: 119 }),
    })
    fc.assert(fc.property(anyTerms, ({ principal, months, rate, grace }) => {
      const gracePeriod = grace % months
      const interestRate = (rate / 100).toFixed(2)
      const rows = schedules.FLAT.draw(input(units(principal), months, { interestRate, gracePeriod }))
      expect(rows).toHaveLength(months)
      expect(sum('HNL', rows.map(row => row.principal)).amount).toBe(principal)
      const interest = sum('HNL', rows.map(row => row.interest)).amount
      // Half-even: within half a unit of P × r × m / 12.
      const doubled = 2n * (interest * 120_000n - principal * BigInt(rate) * BigInt(months))
      expect((doubled < 0n ? -doubled : doubled) <= 120_000n).toBe(true)
      expect(rows.every(row => row.principal.amount >= 0n && row.interest.amount >= 0n)).toBe(true)
      expect(rows.slice(0, gracePeriod).every(row => row.principal.amount === 0n)).toBe(true)
    }))
  })
})

describe('ad-hoc schedule', () => {
  const bullet = input(hnl('10000.00'), 3, { schedule: 'AD_HOC', interestRate: '24' }, '2026-03-01')
  const drawn = schedules.AD_HOC.draw(bullet)
  const pay = (amount: string, valueDate: string, key = valueDate): LoanPayment => ({ key, amount: hnl(amount), valueDate })
  const settle = (payments: LoanPayment[], through: string) => schedules.AD_HOC.settle(bullet, drawn, payments, through)

  it('falls due once, with the interest of 92 days estimated', () => {
    // 10,000.00 × 24 % × 92 / 360 = 613.333… = 613.33
    expect(parts(drawn)).toEqual([['2026-06-01', '10000.00', '613.33']])
  })

  it('accrues by actual days, the first excluded', () => {
    expect(text(settle([], '2026-03-01').accrued)).toBe('0.00')
    expect(text(settle([], '2026-03-02').accrued)).toBe('6.67') // 10,000.00 × 24 % / 360 = 6.666…
    expect(text(settle([], '2026-03-31').accrued)).toBe('200.00') // 30 days
    expect(text(settle([], '2026-06-01').accrued)).toBe('613.33')
  })

  it('a payment covers interest first, then principal; interest goes on with what is left', () => {
    // 40 days to 10 April: 266.67. Of 5,000.00 then 4,733.33 is principal, 5,266.67 is left; 52 days of it: 182.577… = 182.58.
    const first = settle([pay('5000.00', '2026-04-10')], '2026-04-10')
    expect([text(first.paidInterest), text(first.paidPrincipal)]).toEqual(['266.67', '4733.33'])
    expect(parts(first.rows)).toEqual([['2026-06-01', '10000.00', '449.25']])
    const last = settle([pay('5000.00', '2026-04-10'), pay('5449.25', '2026-06-01')], '2026-06-01')
    expect([text(last.accrued), text(last.paidInterest), text(last.paidPrincipal), text(last.overpaid)]).toEqual(['449.25', '449.25', '10000.00', '0.00'])
    expect([last.settledOn, last.inTime]).toEqual(['2026-06-01', true])
  })

  it('one unit less does not end it, one more is overpaid', () => {
    const less = settle([pay('5000.00', '2026-04-10'), pay('5449.24', '2026-06-01')], '2026-06-01')
    expect([less.settledOn, text(less.overpaid)]).toEqual([null, '0.00'])
    const more = settle([pay('5000.00', '2026-04-10'), pay('5449.26', '2026-06-01')], '2026-06-01')
    expect([more.settledOn, text(more.overpaid)]).toEqual(['2026-06-01', '0.01'])
  })

  it('the order of booking does not matter, nor how a day’s payments are split', () => {
    const day = fc.integer({ min: 1, max: 28 }).map(number => `2026-04-${String(number).padStart(2, '0')}`)
    const anyPayments = fc.array(fc.record({ valueDate: day, amount: fc.bigInt({ min: 2n, max: 900_000n }), cut: fc.bigInt({ min: 1n, max: 900_000n }) }), { maxLength: 6 })
    fc.assert(fc.property(anyPayments, found => {
      const whole = found.map((payment, index) => ({ key: `${index}`, amount: units(payment.amount), valueDate: payment.valueDate }))
      const split = found.flatMap(({ amount, cut, valueDate }, index) => {
        const first = cut % (amount - 1n) + 1n
        return [first, amount - first].map((part, half) => ({ key: `${index}-${half}`, amount: units(part), valueDate }))
      })
      const figures = ({ accrued, paidInterest, paidPrincipal, overpaid, settledOn, inTime }: ReturnType<typeof settle>) => ({ accrued, paidInterest, paidPrincipal, overpaid, settledOn, inTime })
      const expected = figures(settle(whole, '2026-04-30'))
      expect(figures(settle(whole.toReversed(), '2026-04-30'))).toEqual(expected)
      expect(figures(settle(split.filter(part => part.amount.amount > 0n), '2026-04-30'))).toEqual(expected)
      const paid = sum('HNL', whole.map(payment => payment.amount)).amount
      expect(expected.paidInterest.amount + expected.paidPrincipal.amount + expected.overpaid.amount).toBe(paid)
      expect(expected.paidInterest.amount <= expected.accrued.amount).toBe(true)
      expect(expected.paidPrincipal.amount <= 1_000_000n).toBe(true)
    }))
  })
})
