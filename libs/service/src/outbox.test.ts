import { expect, test } from 'vitest'
import type { WaitingEvent } from '@growr/collections'
import { Refusal } from '@growr/contracts'
import { Outbox, type Deliver } from './outbox.ts'

const event = (n: number, type = 'told'): WaitingEvent => ({ id: `e${n}`, recordId: 'r', type, data: { n }, at: '2026-03-02T00:00:00.000Z' })

/** A collection with waiting events, and time that the test moves. */
function world(handlers: Record<string, Deliver>, waiting: WaitingEvent[]) {
  const lines: string[] = []
  const alarms: { after: number; ring: () => void }[] = []
  const repository = {
    fails: 0,
    pending: async (limit = 100) => {
      if (repository.fails-- > 0) throw new Error('disk')
      return waiting.slice(0, limit)
    },
    settle: async (_record: string, id: string) => {
      const at = waiting.findIndex((each) => each.id === id)
      if (at >= 0) waiting.splice(at, 1)
      return at >= 0
    },
  }
  const outbox = new Outbox({
    handlers,
    log: (level, message, fields) => lines.push(`${level} ${message} ${JSON.stringify(fields)}`),
    later: (after, ring) => {
      const alarm = { after, ring }
      alarms.push(alarm)
      return () => void alarms.splice(alarms.indexOf(alarm) >>> 0, 1)
    },
  })
  outbox.watch(repository)
  return { outbox, lines, alarms, waiting, repository }
}

test('what waits is delivered in order and settled, also what comes meanwhile', async () => {
  const seen: string[] = []
  const { outbox, waiting, alarms } = world({
    told: async ({ id }) => {
      seen.push(id)
      if (id === 'e1') {
        waiting.push(event(3))
        outbox.wake()
      }
    },
  }, [event(1), event(2)])
  expect(await outbox.settle()).toBe(0)
  expect(seen).toEqual(['e1', 'e2', 'e3'])
  expect(alarms).toEqual([])
  // Nothing waits: a second look finds nothing, and a third after it as well.
  expect(await outbox.settle()).toBe(0)
})

test('what cannot be delivered now is tried again, later and later, or when somebody wakes it', async () => {
  let down = true
  let tries = 0
  const { outbox, waiting, alarms, lines } = world({
    told: async () => {
      tries += 1
      if (down) throw new Refusal('UNAVAILABLE')
    },
  }, [event(1)])
  expect(await outbox.settle()).toBe(1)
  expect(alarms.map(({ after }) => after)).toEqual([1_000])
  alarms[0]?.ring()
  await outbox.settle()
  expect(alarms.at(-1)?.after).toBeGreaterThan(1_000)
  expect(lines[0]).toBe('warn an event waits for a better time {"type":"told","failure":"UNAVAILABLE"}')
  for (let n = 0; n < 12; n++) await outbox.settle()
  expect(alarms.map(({ after }) => after)).toEqual([60_000])
  down = false
  await outbox.settle()
  expect([waiting, alarms, tries > 12]).toEqual([[], [], true])
})

test('what can never be delivered is settled and logged; what nobody knows stays; a failing disk is no end', async () => {
  const { outbox, waiting, lines, repository } = world({ told: async () => { throw new Refusal('NOT_FOUND') } }, [event(1), event(2, 'toString')])
  repository.fails = 1
  expect(await outbox.settle()).toBe(1)
  expect(await outbox.settle()).toBe(1)
  expect(waiting.map(({ id }) => id)).toEqual(['e2'])
  expect(lines).toEqual([
    'error waiting events could not be read or settled {"failure":"Error"}',
    'error an event was refused {"type":"told","failure":"NOT_FOUND"}',
    'error an event is of no known type {"type":"toString"}',
  ])
  await outbox.stop()
  expect(await outbox.settle()).toBe(0)
})
