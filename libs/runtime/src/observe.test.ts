import { afterEach, expect, test, vi } from 'vitest'
import { createMetrics, Health } from './index.ts'

afterEach(() => vi.useRealTimers())

test('metrics count what is known beforehand; any other value of a label is `other`', async () => {
  const metrics = createMetrics()
  const calls = metrics.counter({ name: 'calls_total', help: 'calls', labels: { action: ['loan.applyForLoan'], outcome: ['ok', 'refused'] } })
  calls.add({ action: 'loan.applyForLoan', outcome: 'ok' })
  calls.add({ action: 'loan.applyForLoan', outcome: 'ok' }, 2)
  calls.add({ action: 'ana@comsa.example', outcome: '+50499000000' })
  const seconds = metrics.histogram({ name: 'append_seconds', help: 'appends', buckets: [0.1, 1] })
  seconds.observe({}, 0.5)
  seconds.time({})()
  metrics.gauge({ name: 'records', help: 'records', labels: { book: ['loan'] } }).set({ book: 'loan' }, 7)
  const text = await metrics.text()
  expect(text).toContain('growr_calls_total{action="loan.applyForLoan",outcome="ok"} 3')
  expect(text).toContain('growr_calls_total{action="other",outcome="other"} 1')
  expect(text).toContain('growr_append_seconds_bucket{le="1"} 2')
  expect(text).toContain('growr_records{book="loan"} 7')
  expect(text).not.toMatch(/ana|504/)
  expect(metrics.contentType).toContain('text/plain')
  expect(() => metrics.counter({ name: 'Bad Name', help: '' })).toThrow(RangeError)
  expect(await createMetrics({ process: true }).text()).toContain('growr_process_resident_memory_bytes')
})

test('health says live and ready, by named checks with their reasons', async () => {
  const health = new Health()
  expect(await health.report()).toEqual({ live: true, ready: true, checks: [] })
  health.add('store', () => true, { kind: 'live' })
  const away = health.add('disk', async () => ({ ok: false, reason: 'DISK_FULL' }))
  expect(await health.report()).toEqual({ live: true, ready: false, checks: [
    { name: 'store', kind: 'live', ok: true }, { name: 'disk', kind: 'ready', ok: false, reason: 'DISK_FULL' },
  ] })
  away()
  health.set('started', { ok: false, reason: 'starting' })
  expect((await health.report()).ready).toBe(false)
  health.set('started', { ok: true })
  expect((await health.report()).ready).toBe(true)
  health.add('broken', () => { throw Object.assign(new Error('of Bea'), { code: 'SQLITE_IOERR' }) }, { kind: 'live' })
  health.add('odd', () => Promise.reject(new Error('of Bea')))
  const report = await health.report()
  expect([report.live, report.ready]).toEqual([false, false])
  expect(report.checks.slice(-2).map((check) => check.reason)).toEqual(['SQLITE_IOERR', 'CHECK_FAILED'])
  expect(() => health.add('odd', () => true)).toThrow('already')
})

test('a check that takes too long fails', async () => {
  vi.useFakeTimers()
  const health = new Health()
  health.add('slow', () => new Promise<boolean>(() => undefined), { timeoutMs: 500 })
  const report = health.report()
  await vi.advanceTimersByTimeAsync(500)
  expect((await report).checks[0]).toMatchObject({ ok: false, reason: 'TIMED_OUT' })
})
