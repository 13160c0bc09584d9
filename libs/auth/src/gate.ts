import { AuthError } from './errors.ts'

/** Lets at most `width` tasks run at once and `queue` wait; the next one is refused (UNAVAILABLE) instead of piling up memory. */
export class Gate {
  readonly #width: number
  readonly #queue: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(width: number, queue: number) {
    this.#width = width
    this.#queue = queue
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#width) {
      if (this.#waiting.length >= this.#queue) throw new AuthError('UNAVAILABLE', { retryAfter: 1 })
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else {
      this.#running += 1
    }
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      // The place passes straight on to the next in line, so that a newcomer cannot slip in between.
      if (next === undefined) this.#running -= 1
      else next()
    }
  }
}
