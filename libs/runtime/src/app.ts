import { RuntimeError } from './errors.ts'
import type { Logger } from './logger.ts'

/** One part of a process: what it needs stands before it. */
export interface Part {
  readonly name: string
  start(): void | Promise<void>
  /** Is called also where its own start failed half way. */
  stop?(): void | Promise<void>
  /** How long it may take to stop; 10 s where not given. */
  readonly stopTimeoutMs?: number
}

export interface AppOptions {
  readonly logger: Logger
  readonly parts: readonly Part[]
  /** What stands for the process: signals, errors nobody caught, and the end. For tests. */
  readonly host?: AppHost
}

export interface AppHost {
  on(event: string, listener: (...args: unknown[]) => void): unknown
  off(event: string, listener: (...args: unknown[]) => void): unknown
  exit(code: number): unknown
  /** Milliseconds that only go forward. */
  uptimeMs(): number
}

const processHost: AppHost = {
  on: (event, listener) => process.on(event, listener),
  off: (event, listener) => process.off(event, listener),
  exit: (code) => process.exit(code),
  uptimeMs: () => process.uptime() * 1000,
}

export interface App {
  /** Starts the parts in order; where one fails, those before it are stopped in reverse and the error is thrown. */
  start(): Promise<void>
  /** Stops in reverse; a part that fails or takes too long does not keep the others. True where all stopped in time. */
  stop(): Promise<boolean>
  /**
   * Starts, and from then on answers SIGINT, SIGTERM and SIGHUP with an orderly stop and exit code 0. An error that
   * nobody caught is logged without its message, and the process stops with 1. Throws what a part's start throws.
   */
  run(): Promise<void>
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** A terminal and npm may each hand on one Ctrl-C; a second one later means «at once». */
const sameSignalMs = 2000
const defaultStopMs = 10_000

export function createApp(options: AppOptions): App {
  const { logger, parts, host = processHost } = options
  const started: Part[] = []
  let starting: Promise<void> | undefined
  let stopping: Promise<boolean> | undefined

  async function startParts(): Promise<void> {
    for (const part of parts) {
      if (stopping) return
      const from = host.uptimeMs()
      // Counted as started before it is: one that failed half way may hold something open.
      started.push(part)
      await part.start()
      logger.debug({ part: part.name, ms: Math.round(host.uptimeMs() - from) }, 'part started')
    }
  }

  async function stopPart(part: Part): Promise<boolean> {
    const limit = part.stopTimeoutMs ?? defaultStopMs
    let alarm: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      alarm = setTimeout(() => reject(new RuntimeError('STOP_TIMED_OUT', `${part.name} did not stop within ${limit} ms`)), limit)
    })
    try {
      await Promise.race([Promise.resolve(part.stop?.()), late])
      return true
    } catch (error) {
      logger.error({ part: part.name, error }, 'part did not stop in order')
      return false
    } finally {
      clearTimeout(alarm)
    }
  }

  async function stopParts(): Promise<boolean> {
    // A part that is just starting is let finish, so that its stop finds something whole.
    await starting?.catch(() => undefined)
    let clean = true
    for (let part = started.pop(); part; part = started.pop()) clean = (await stopPart(part)) && clean
    return clean
  }

  const app: App = {
    async start() {
      starting ??= startParts()
      try {
        await starting
      } catch (error) {
        await app.stop()
        throw error
      }
    },
    stop() {
      stopping ??= stopParts()
      return stopping
    },
    async run() {
      let asked: number | undefined
      let crashed = false
      const end = async (): Promise<void> => {
        const clean = await app.stop()
        for (const signal of signals) host.off(signal, onSignal)
        host.off('uncaughtException', onCrash)
        host.off('unhandledRejection', onCrash)
        host.exit(clean && !crashed ? 0 : 1)
      }
      const onSignal = (signal: unknown): void => {
        const now = host.uptimeMs()
        if (asked !== undefined) {
          if (now - asked > sameSignalMs) host.exit(130)
          return
        }
        asked = now
        logger.info({ signal }, 'stopping')
        void end()
      }
      const onCrash = (error: unknown): void => {
        logger.fatal({ error }, 'an error that nobody caught')
        if (crashed) return
        crashed = true
        void end()
      }
      for (const signal of signals) host.on(signal, onSignal)
      host.on('uncaughtException', onCrash)
      host.on('unhandledRejection', onCrash)
      try {
        await app.start()
      } catch (error) {
        for (const signal of signals) host.off(signal, onSignal)
        host.off('uncaughtException', onCrash)
        host.off('unhandledRejection', onCrash)
        throw error
      }
    },
  }
  return app
}
