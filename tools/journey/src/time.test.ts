import { expect, test } from 'vitest'
import { instantOf } from './time.ts'

// Offsets from the IANA database: Tegucigalpa -6 all year, Kathmandu +5:45, Santiago -3 in summer and -4 in winter.
test.each([
  ['2026-03-01', '10:00', 'UTC', '2026-03-01T10:00:00.000Z'],
  ['2026-03-01', '10:00', 'America/Tegucigalpa', '2026-03-01T16:00:00.000Z'],
  ['2026-03-01', '00:00', 'Asia/Kathmandu', '2026-02-28T18:15:00.000Z'],
  ['2026-01-15', '23:59', 'America/Santiago', '2026-01-16T02:59:00.000Z'],
  ['2026-07-15', '23:59', 'America/Santiago', '2026-07-16T03:59:00.000Z'],
  // The hour that comes twice in Berlin, the earlier one; and the one that never comes, as if the clock had not changed.
  ['2026-03-29', '02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ['2026-10-25', '02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ['2026-12-31', '23:30', 'Pacific/Kiritimati', '2026-12-31T09:30:00.000Z'],
])('%s %s in %s', (date, time, zone, instant) => {
  expect(instantOf(date, time, zone).toISOString()).toBe(instant)
})
