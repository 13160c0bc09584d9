import { ConfigError, RuntimeError } from './errors.ts'

/** Where business time comes from. Tokens and time-outs use real time instead. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** A clock that stands still until it is moved, and then only forward. */
export interface MovableClock extends Clock {
  /** Moves to an instant and waits until every listener is done, in the order in which they came. CLOCK_BACKWARDS. */
  set(instant: Date): Promise<void>
  /** Moves on by milliseconds. */
  advance(milliseconds: number): Promise<void>
  /** Is told of each move; the answer takes the listener away. */
  onMove(listener: (now: Date) => void | Promise<void>): () => void
}

export function movableClock(start: Date): MovableClock {
  let now = start.getTime()
  if (Number.isNaN(now)) throw new RuntimeError('DATE_INVALID', 'a clock starts at an instant')
  const listeners = new Set<(now: Date) => void | Promise<void>>()
  // One move at a time: a listener of the first must not see the time of the second.
  let moving: Promise<void> = Promise.resolve()

  function move(to: () => number): Promise<void> {
    const moved = moving.then(async () => {
      const next = to()
      if (!(next >= now)) throw new RuntimeError('CLOCK_BACKWARDS', 'a clock moves forward only')
      now = next
      for (const listener of listeners) await listener(new Date(now))
    })
    moving = moved.catch(() => undefined)
    return moved
  }

  return {
    now: () => new Date(now),
    set: (instant) => move(() => instant.getTime()),
    advance: (milliseconds) => move(() => now + milliseconds),
    onMove(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export const isMovable = (clock: Clock): clock is MovableClock => 'onMove' in clock && 'advance' in clock

/**
 * The clock of a node. Only a temporary one, which holds nobody's money, may start at another time and be moved.
 * @throws ConfigError where a start is given to any other
 */
export function nodeClock(options: { temporary: boolean; start?: Date | undefined }): Clock | MovableClock {
  if (options.start === undefined) return systemClock
  if (!options.temporary) {
    throw new ConfigError([{ path: 'clock.start', source: 'configuration', message: 'only a temporary node has a clock that can be set' }])
  }
  return movableClock(options.start)
}
