import { type Clock, isMovable } from './clock.ts'

export type Task = (now: Date) => void | Promise<void>

/** Runs tasks when the clock says so: by real time on the system's clock, at each move on a movable one. */
export interface Timer {
  /**
   * Runs the task each time so many milliseconds have passed. Never twice at once: what falls due while it runs, or is
   * passed over by a leap of the clock, is run once, afterwards. A task that must catch up does so by itself.
   */
  every(name: string, milliseconds: number, task: Task): () => void
  /** Runs the task once, at the instant or as soon after it as the clock gets there. */
  at(name: string, instant: Date, task: Task): () => void
  /** No task starts after this; waits for those that run. */
  stop(): Promise<void>
}

interface Job {
  readonly name: string
  readonly task: Task
  readonly interval: number | undefined
  due: number
  running: Promise<void> | undefined
}

/** The longest time that one setTimeout holds: 2^31 - 1 ms. */
const longestWait = 2_147_483_647

/** `onError` hears of a task that failed; it stays on the plan. */
export function createTimer(clock: Clock, onError: (name: string, error: unknown) => void = () => undefined): Timer {
  const jobs = new Set<Job>()
  let stopped = false
  let alarm: NodeJS.Timeout | undefined

  async function run(job: Job, now: Date): Promise<void> {
    if (job.interval === undefined) jobs.delete(job)
    else job.due = now.getTime() + job.interval
    try {
      await job.task(now)
    } catch (error) {
      onError(job.name, error)
    }
  }

  function start(job: Job, now: Date): Promise<void> {
    job.running ??= run(job, now).finally(() => {
      job.running = undefined
      plan()
    })
    return job.running
  }

  const dueAt = (now: Date): Job[] => [...jobs].filter((job) => job.due <= now.getTime()).sort((a, b) => a.due - b.due)

  function plan(): void {
    clearTimeout(alarm)
    if (stopped || isMovable(clock)) return
    const next = Math.min(...[...jobs].filter((job) => !job.running).map((job) => job.due))
    if (next === Infinity) return
    const wait = Math.min(Math.max(next - clock.now().getTime(), 0), longestWait)
    alarm = setTimeout(() => {
      const now = clock.now()
      for (const job of dueAt(now)) void start(job, now)
      plan()
    }, wait)
    alarm.unref()
  }

  /** After a move: what fell due runs in the order of its time, one after another, and the move waits for it. */
  async function moved(now: Date): Promise<void> {
    for (const job of dueAt(now)) if (!stopped && jobs.has(job)) await start(job, now)
  }

  const unsubscribe = isMovable(clock) ? clock.onMove(moved) : undefined

  function add(job: Job): () => void {
    if (!stopped) jobs.add(job)
    plan()
    return () => {
      jobs.delete(job)
      plan()
    }
  }

  return {
    every(name, milliseconds, task) {
      if (!(milliseconds > 0)) throw new RangeError('an interval is a positive number of milliseconds')
      return add({ name, task, interval: milliseconds, due: clock.now().getTime() + milliseconds, running: undefined })
    },
    at(name, instant, task) {
      return add({ name, task, interval: undefined, due: instant.getTime(), running: undefined })
    },
    async stop() {
      stopped = true
      clearTimeout(alarm)
      unsubscribe?.()
      const running = [...jobs].flatMap((job) => job.running ?? [])
      jobs.clear()
      await Promise.all(running)
    },
  }
}
