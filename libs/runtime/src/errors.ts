/**
 * Codes of this library:
 * CONFIG_INVALID a key of the configuration is unknown, missing or wrong; DATA_IN_USE another process holds the data
 * directory; DATA_NOT_WRITABLE the data directory cannot be written; CLOCK_BACKWARDS a clock was moved into the past;
 * TIMEZONE_UNKNOWN not in the IANA database; DATE_INVALID not a date of the calendar; STOP_TIMED_OUT a part did not
 * stop in time.
 */
export type RuntimeCode =
  | 'CONFIG_INVALID'
  | 'DATA_IN_USE'
  | 'DATA_NOT_WRITABLE'
  | 'CLOCK_BACKWARDS'
  | 'TIMEZONE_UNKNOWN'
  | 'DATE_INVALID'
  | 'STOP_TIMED_OUT'

export class RuntimeError extends Error {
  readonly code: RuntimeCode

  constructor(code: RuntimeCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'RuntimeError'
    this.code = code
  }
}

/** What is wrong with one key: where it came from, and what to do. Values are never shown. */
export interface ConfigProblem {
  /** The key with dots, such as `api.port`; empty for the whole file. */
  readonly path: string
  /** Where the value was given, as its writer knows it: `GROWR_API_PORT`, `--api.port`, or the file's name. */
  readonly source: string
  readonly message: string
}

/** All that is wrong with a configuration, at once. */
export class ConfigError extends RuntimeError {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ path, source, message }) => `  ${path || '(all)'} (${source}): ${message}`)
    super('CONFIG_INVALID', `the configuration cannot be used:\n${lines.join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}
