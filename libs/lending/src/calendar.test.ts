import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { addDays, addMonths, compareDates, daysBetween, DomainFault, isDate } from './index.ts'

/** A day counted by the platform's own calendar, as an outside measure. */
const utc = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000
const someDate = fc.date({ min: new Date('1600-01-01'), max: new Date('2999-12-31'), noInvalidDate: true }).map(date => date.toISOString().slice(0, 10))

describe('calendar', () => {
  it.each(['2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '2026-1-01', '20260101', '', '2026-01-01T00:00', '0000-01-01', '1900-02-29'])('%j is no date', text => {
    expect(isDate(text)).toBe(false)
    expect(() => addDays(text, 1)).toThrow(DomainFault)
  })

  it('clamps to the end of a month', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28')
    expect(addMonths('2024-01-31', 1)).toBe('2024-02-29')
    expect(addMonths('2026-01-31', 2)).toBe('2026-03-31')
    expect(addMonths('2026-10-31', 4)).toBe('2027-02-28')
    expect(addMonths('2026-03-31', -1)).toBe('2026-02-28')
    expect(addMonths('2000-02-29', 12)).toBe('2001-02-28')
  })

  it('counts the days with the first excluded', () => {
    expect(daysBetween('2026-03-01', '2026-06-01')).toBe(92)
    expect(daysBetween('2024-02-28', '2024-03-01')).toBe(2)
    expect(daysBetween('2026-03-05', '2026-03-05')).toBe(0)
    expect(daysBetween('2026-03-05', '2026-03-01')).toBe(-4)
  })

  it('agrees with the platform on every day', () => {
    fc.assert(fc.property(someDate, someDate, fc.integer({ min: -40_000, max: 40_000 }), (a, b, days) => {
      expect(daysBetween(a, b)).toBe(utc(b) - utc(a))
      expect(addDays(a, days)).toBe(new Date((utc(a) + days) * 86_400_000).toISOString().slice(0, 10))
      expect(compareDates(a, b)).toBe(Math.sign(utc(a) - utc(b)))
    }))
  })

  it('adds months in one step or many, but for the clamping', () => {
    fc.assert(fc.property(someDate, fc.integer({ min: 0, max: 600 }), (date, months) => {
      const target = addMonths(date, months)
      expect(isDate(target)).toBe(true)
      expect(Number(target.slice(8)) <= Number(date.slice(8))).toBe(true)
      const count = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7))
      expect(count(target) - count(date)).toBe(months)
    }))
  })
})
