import { expect, it } from 'vitest'
import { createMetrics, rounded } from './metrics.ts'

it('figures stop at the millionth, and nothing else is touched', () => {
  const text = '# HELP a Seconds of 1.23456789 things.\na_seconds 8.990000000000002\nb{le="0.12345678901"} 3\nc -0.0000004999\nd 1.5e-7\ne 99000001\nf 2.25\n'
  expect(rounded(text)).toBe('# HELP a Seconds of 1.23456789 things.\na_seconds 8.99\nb{le="0.12345678901"} 3\nc 0\nd 1.5e-7\ne 99000001\nf 2.25\n')
})

it('sums of seconds are shown so', async () => {
  const metrics = createMetrics({})
  const spent = metrics.counter({ name: 'spent_seconds', help: 'Seconds.' })
  for (let time = 0; time < 3; time++) spent.add({}, 0.1)
  expect(await metrics.text()).toMatch(/growr_spent_seconds 0\.3\n/)
})
