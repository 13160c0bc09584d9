import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { type Clock, createIds, createTimer, movableClock, newId, nodeClock, systemClock, timeOfId } from './index.ts'

const start = new Date('2026-03-01T06:00:00Z')
const hour = 3_600_000
afterEach(() => vi.useRealTimers())

test('a movable clock stands still, moves forward only, and waits for who listens', async () => {
  const clock = movableClock(start)
  const seen: string[] = []
  clock.onMove(async (now) => {
    await Promise.resolve()
    seen.push(`first ${now.toISOString()}`)
  })
  const away = clock.onMove((now) => {
    seen.push(`second ${now.toISOString()}`)
  })
  expect(clock.now()).toEqual(start)
  await clock.advance(hour)
  expect(seen).toEqual(['first 2026-03-01T07:00:00.000Z', 'second 2026-03-01T07:00:00.000Z'])
  away()
  await clock.set(new Date('2026-03-02T00:00:00Z'))
  expect(seen).toHaveLength(3)
  await expect(clock.set(start)).rejects.toMatchObject({ code: 'CLOCK_BACKWARDS' })
  await expect(clock.set(new Date('never'))).rejects.toMatchObject({ code: 'CLOCK_BACKWARDS' })
  expect(clock.now()).toEqual(new Date('2026-03-02T00:00:00Z'))
  clock.now().setFullYear(1999)
  expect(clock.now().getFullYear()).toBe(2026)
})

test('moves that come together are made one after the other; a listener that fails fails its own move', async () => {
  const clock = movableClock(start)
  const seen: number[] = []
  const away = clock.onMove(async (now) => {
    await Promise.resolve()
    seen.push((now.getTime() - start.getTime()) / hour)
    expect(clock.now()).toEqual(now)
  })
  await Promise.all([clock.advance(hour), clock.advance(hour), clock.advance(hour)])
  expect(seen).toEqual([1, 2, 3])
  away()
  const gone = clock.onMove(() => { throw new Error('listener') })
  await expect(clock.advance(1)).rejects.toThrow('listener')
  gone()
  await clock.advance(1)
})

test('only a temporary node has a clock that can be set', () => {
  expect(nodeClock({ temporary: false })).toBe(systemClock)
  expect(nodeClock({ temporary: true, start }).now()).toEqual(start)
  expect(() => nodeClock({ temporary: false, start })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
})

test('tasks fall due as a movable clock passes their time, in that order, and the move waits for them', async () => {
  const clock = movableClock(start)
  const seen: string[] = []
  const timer = createTimer(clock)
  timer.every('hourly', hour, async (now) => {
    await Promise.resolve()
    seen.push(`hourly ${now.toISOString().slice(11, 16)}`)
  })
  timer.at('soon', new Date(start.getTime() + hour / 2), () => void seen.push('soon'))
  const cancel = timer.at('never', new Date(start.getTime() + 1), () => void seen.push('never'))
  cancel()
  await clock.advance(hour / 4)
  expect(seen).toEqual([])
  await clock.advance(hour)
  expect(seen).toEqual(['soon', 'hourly 07:15'])
  await clock.advance(5 * hour)
  expect(seen.slice(2)).toEqual(['hourly 12:15'])
  await timer.stop()
  await clock.advance(5 * hour)
  expect(seen).toHaveLength(3)
})

test('a task that fails is reported and stays on the plan', async () => {
  const clock = movableClock(start)
  const failed: unknown[] = []
  const timer = createTimer(clock, (name, error) => failed.push([name, (error as Error).message]))
  timer.every('bad', 1000, () => { throw new Error('no') })
  await clock.advance(1000)
  await clock.advance(1000)
  expect(failed).toEqual([['bad', 'no'], ['bad', 'no']])
})

test('on the system\'s clock a task never runs twice at once, and stop waits for it', async () => {
  vi.useFakeTimers({ now: start })
  const timer = createTimer(systemClock)
  let runs = 0
  let finish = (): void => undefined
  timer.every('slow', 1000, () => {
    runs++
    return new Promise<void>((resolve) => {
      finish = resolve
    })
  })
  // Its alarms ring while the slow one runs.
  timer.every('quick', 700, () => undefined)
  let late = false
  timer.at('next month', new Date(start.getTime() + 40 * 24 * hour), () => { late = true })
  await vi.advanceTimersByTimeAsync(5000)
  expect(runs).toBe(1)
  finish()
  await vi.advanceTimersByTimeAsync(1000)
  expect(runs).toBe(2)
  let stopped = false
  const stop = timer.stop().then(() => { stopped = true })
  await vi.advanceTimersByTimeAsync(1000)
  expect(stopped).toBe(false)
  finish()
  await stop
  await vi.advanceTimersByTimeAsync(41 * 24 * hour)
  expect([runs, late]).toEqual([2, false])
})

test('a time further off than one setTimeout holds is kept', async () => {
  vi.useFakeTimers({ now: start })
  const timer = createTimer(systemClock)
  let at: Date | undefined
  const due = new Date(start.getTime() + 40 * 24 * hour)
  timer.at('next month', due, (now) => { at = now })
  await vi.advanceTimersByTimeAsync(40 * 24 * hour - 1)
  expect(at).toBeUndefined()
  await vi.advanceTimersByTimeAsync(1)
  expect(at).toEqual(due)
})

test('ids are of one form, tell their time, and grow even when the clock does not', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 200 }), (steps) => {
    let time = start.getTime()
    const clock: Clock = { now: () => new Date(time) }
    const make = createIds({ clock })
    const ids = steps.map((step) => {
      time += step
      return make()
    })
    expect(ids.every((id) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id))).toBe(true)
    expect(new Set(ids).size).toBe(ids.length)
    expect([...ids].sort()).toEqual(ids)
  }), { numRuns: 100 })
  const id = createIds({ clock: { now: () => start }, random: (bytes) => Buffer.alloc(bytes) })
  expect(timeOfId(id())).toEqual(start)
  expect(id()).toMatch(/0{15}1$/)
})

test('ids stay in order and form when the random part is full', () => {
  const make = createIds({ clock: { now: () => start }, random: (bytes) => Buffer.alloc(bytes, 0xff) })
  const ids = [make(), make(), make()]
  expect([...ids].sort()).toEqual(ids)
  expect(ids.every((id) => id.length === 26)).toBe(true)
  expect(timeOfId(ids[1]!).getTime()).toBe(start.getTime() + 1)
})

test('many ids at once differ', () => {
  expect(new Set(Array.from({ length: 20_000 }, newId)).size).toBe(20_000)
})
