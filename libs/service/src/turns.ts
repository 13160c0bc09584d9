import { Refusal } from '@growr/contracts'

/** More than this many in one queue are sent away: whoever waited behind them would have given up long before. */
const MOST = 10_000

/**
 * One at a time for each key, in the order in which they came. One process writes the group's records, so this is
 * enough to let a repetition find what the first call left. UNAVAILABLE where too many wait.
 */
export class Turns {
  readonly #queues = new Map<string, { last: Promise<unknown>; waiting: number }>()

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(key) ?? { last: Promise.resolve(), waiting: 0 }
    if (queue.waiting >= MOST) throw new Refusal('UNAVAILABLE')
    this.#queues.set(key, queue)
    queue.waiting += 1
    const mine = queue.last.then(task, task)
    queue.last = mine.catch(() => undefined)
    try {
      return await mine
    } finally {
      queue.waiting -= 1
      if (queue.waiting === 0) this.#queues.delete(key)
    }
  }
}
