import pino, { type DestinationStream, type Logger as Pino } from 'pino'
import { plainError, sanitize, scrub } from './redact.ts'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]
export type LogFields = Readonly<Record<string, unknown>>

interface Log {
  (message: string): void
  /** An error belongs in the field `error`. */
  (fields: LogFields, message: string): void
}

/**
 * Writes lines of JSON. Whatever is given, values that lead to a person or open a door are taken out by the names of
 * their fields and by their form, and of errors only class, code and place are kept.
 */
export interface Logger {
  readonly trace: Log
  readonly debug: Log
  readonly info: Log
  readonly warn: Log
  readonly error: Log
  readonly fatal: Log
  /** A logger whose lines carry these fields besides. */
  child(bindings: LogFields): Logger
  /** Opens the file anew, after it was moved away. */
  reopen(): void
}

export interface LoggerOptions {
  readonly level?: LogLevel
  /** A file (made 0600, appended to), something with `write`, or standard output where not given. */
  readonly destination?: string | { write(line: string): void }
  readonly bindings?: LogFields
}

const reserved = new Set(['level', 'time', 'msg'])

/** Fields under names that pino itself does not write; two equal keys in a line would hide one. */
function clean(fields: LogFields): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(sanitize(fields) as LogFields)) out[reserved.has(key) ? `${key}_` : key] = value
  // An error may be anything that was thrown.
  if (fields['error'] !== undefined) out['error'] = plainError(fields['error'])
  return out
}

function wrap(inner: Pino, reopen: () => void): Logger {
  const log = (level: Exclude<LogLevel, 'silent'>): Log => (first: string | LogFields, message?: string): void => {
    if (!inner.isLevelEnabled(level)) return
    // As an argument, the text is never read as a format.
    if (typeof first === 'string') inner[level]({}, '%s', scrub(first))
    else inner[level](clean(first), '%s', scrub(message ?? ''))
  }
  return {
    trace: log('trace'),
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    fatal: log('fatal'),
    child: (bindings) => wrap(inner.child(clean(bindings)), reopen),
    reopen,
  }
}

export function createLogger(options: LoggerOptions = {}): Logger {
  const { level = 'info', destination, bindings = {} } = options
  let stream: DestinationStream
  let reopen = (): void => undefined
  if (typeof destination === 'object') {
    stream = destination
  } else {
    // Written at once: what was said before a crash is what one looks for after it.
    const file = pino.destination({ dest: destination ?? 1, sync: true, mkdir: true, append: true, mode: 0o600 })
    reopen = () => (typeof destination === 'string' ? file.reopen() : undefined)
    stream = file
  }
  const base = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } }, stream)
  return wrap(base.child(clean(bindings)), reopen)
}

/** A logger that says nothing. */
export const silentLogger: Logger = createLogger({ level: 'silent', destination: { write: () => undefined } })
