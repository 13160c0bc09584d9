import fc from 'fast-check'
import { expect, test } from 'vitest'
import { businessDate, dayStart } from './index.ts'

// Offsets by the IANA database: Tegucigalpa UTC-6 without summer time; Kiritimati UTC+14; New York UTC-5, UTC-4 from
// 8 March 2026 02:00 to 1 November 2026 02:00; Kathmandu UTC+5:45; Apia left out 30 December 2011.
test.each([
  ['2026-03-01T05:59:59.999Z', 'America/Tegucigalpa', '2026-02-28'],
  ['2026-03-01T06:00:00.000Z', 'America/Tegucigalpa', '2026-03-01'],
  ['2026-03-01T09:59:59.999Z', 'Pacific/Kiritimati', '2026-03-01'],
  ['2026-03-01T10:00:00.000Z', 'Pacific/Kiritimati', '2026-03-02'],
  ['2028-02-29T05:59:59.999Z', 'America/Tegucigalpa', '2028-02-28'],
  ['2028-02-29T06:00:00.000Z', 'America/Tegucigalpa', '2028-02-29'],
  ['2028-03-01T05:59:59.999Z', 'America/Tegucigalpa', '2028-02-29'],
  ['2100-03-01T05:59:59.999Z', 'America/Tegucigalpa', '2100-02-28'],
  ['2026-03-08T04:59:59.999Z', 'America/New_York', '2026-03-07'],
  ['2026-03-08T05:00:00.000Z', 'America/New_York', '2026-03-08'],
  ['2026-03-09T03:59:59.999Z', 'America/New_York', '2026-03-08'],
  ['2026-03-09T04:00:00.000Z', 'America/New_York', '2026-03-09'],
  ['2026-11-02T04:59:59.999Z', 'America/New_York', '2026-11-01'],
  ['2026-11-02T05:00:00.000Z', 'America/New_York', '2026-11-02'],
  ['2025-12-31T18:14:59.999Z', 'Asia/Kathmandu', '2025-12-31'],
  ['2025-12-31T18:15:00.000Z', 'Asia/Kathmandu', '2026-01-01'],
  ['2011-12-30T09:59:59.999Z', 'Pacific/Apia', '2011-12-29'],
  ['2011-12-30T10:00:00.000Z', 'Pacific/Apia', '2011-12-31'],
  ['2026-01-01T00:00:00.000Z', 'UTC', '2026-01-01'],
])('%s in %s is %s', (instant, timezone, date) => {
  expect(businessDate(new Date(instant), timezone)).toBe(date)
})

test.each([
  ['2026-03-01', 'America/Tegucigalpa', '2026-03-01T06:00:00.000Z'],
  ['2026-03-01', 'Pacific/Kiritimati', '2026-02-28T10:00:00.000Z'],
  ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00.000Z'],
  ['2026-03-09', 'America/New_York', '2026-03-09T04:00:00.000Z'],
  // Havana's clocks went from 00:00 to 01:00: the day began at one (UTC-5 before).
  ['2026-03-08', 'America/Havana', '2026-03-08T05:00:00.000Z'],
  ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ['2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
])('%s in %s begins at %s', (date, timezone, instant) => {
  expect(dayStart(date, timezone).toISOString()).toBe(instant)
})

test('a day begins where its date begins, in every zone', () => {
  const zones = ['America/Tegucigalpa', 'Pacific/Kiritimati', 'America/New_York', 'Europe/Lisbon', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Etc/GMT+12']
  const instants = fc.date({ min: new Date('2015-01-01'), max: new Date('2060-01-01'), noInvalidDate: true })
  fc.assert(fc.property(instants, fc.constantFrom(...zones), (instant, zone) => {
    const date = businessDate(instant, zone)
    const begin = dayStart(date, zone)
    expect(begin.getTime()).toBeLessThanOrEqual(instant.getTime())
    expect(businessDate(begin, zone)).toBe(date)
    expect(businessDate(new Date(begin.getTime() - 1), zone) < date).toBe(true)
  }), { numRuns: 100 })
})

test('what is no zone, no instant or no date is refused', () => {
  expect(() => businessDate(new Date(), 'Mars/Olympus')).toThrow(expect.objectContaining({ code: 'TIMEZONE_UNKNOWN' }))
  expect(() => businessDate(new Date(Number.NaN), 'UTC')).toThrow(expect.objectContaining({ code: 'DATE_INVALID' }))
  expect(() => businessDate(new Date('+012026-01-01T00:00:00Z'), 'UTC')).toThrow(expect.objectContaining({ code: 'DATE_INVALID' }))
  for (const date of ['2026-02-29', '2026-13-01', '1.3.2026', '2026-3-1', '']) {
    expect(() => dayStart(date, 'UTC')).toThrow(expect.objectContaining({ code: 'DATE_INVALID' }))
  }
})
