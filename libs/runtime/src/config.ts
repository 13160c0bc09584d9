import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import { type ConfigKey, configKeys, fieldsOf } from './config-keys.ts'
import { ConfigError, type ConfigProblem } from './errors.ts'

export interface ConfigSources {
  /** A JSON file; refused if it holds secrets and others may read it. */
  readonly file?: string
  /** Variables that begin with the prefix; the rest is not looked at. `<KEY>_FILE` reads a secret from a file. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** `--api.port 8080`, `--api.port=8080`, `--demo`. */
  readonly args?: readonly string[]
  /** `GROWR_` where not given. */
  readonly prefix?: string
  /** Variables with the prefix that belong to others and are passed over. */
  readonly ignore?: readonly string[]
}

type Tree = { [name: string]: unknown }

const largest = 1024 * 1024

/**
 * Reads a configuration: the schema's defaults, over them the file, the environment and the arguments.
 * Throws ConfigError (CONFIG_INVALID) with all problems at once: each says which key, where it was given and what to do.
 */
export function loadConfig<S extends z.ZodType>(schema: S, sources: ConfigSources = {}): z.output<S> {
  const keys = configKeys(schema, sources.prefix)
  const problems: ConfigProblem[] = []
  const given = new Map<string, string>()
  const tree: Tree = {}

  if (sources.file !== undefined) readTree(schema, keys, sources.file, tree, given, problems)
  for (const { key, value, source } of [...fromEnv(keys, sources, problems), ...fromArgs(keys, sources.args ?? [], problems)]) {
    const read = fromText(key, value)
    if (read.ok) put(tree, key.path, read.value)
    else problems.push({ path: key.path.join('.'), source, message: read.message })
    given.set(key.path.join('.'), source)
  }

  const result = schema.safeParse(tree)
  if (!result.success) {
    for (const issue of result.error.issues) {
      const path = issue.path.join('.')
      if (problems.some((problem) => problem.path === path)) continue
      const known = keys.find((key) => key.path.join('.') === path)
      const source = given.get(path) ?? sourceAbove(given, path) ?? (known ? known.env : 'not given')
      problems.push({ path, source, message: explain(issue, !given.has(path)) })
    }
  }
  if (problems.length > 0 || !result.success) throw new ConfigError(problems)
  return result.data
}

function explain(issue: z.core.$ZodIssue, missing: boolean): string {
  if (missing && issue.code === 'invalid_type') return `must be given (${issue.expected})`
  return issue.message.replace(/^Invalid (input|option|string): /, '')
}

function sourceAbove(given: ReadonlyMap<string, string>, path: string): string | undefined {
  for (let at = path.lastIndexOf('.'); at > 0; at = path.lastIndexOf('.', at - 1)) {
    const source = given.get(path.slice(0, at))
    if (source !== undefined) return source
  }
  return undefined
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  let at = tree
  for (const name of path.slice(0, -1)) {
    if (!Object.hasOwn(at, name)) at[name] = {}
    at = at[name] as Tree
  }
  at[path.at(-1)!] = value
}

interface Given {
  readonly key: ConfigKey
  readonly value: string
  readonly source: string
}

function fromEnv(keys: readonly ConfigKey[], sources: ConfigSources, problems: ConfigProblem[]): Given[] {
  const prefix = sources.prefix ?? 'GROWR_'
  const found: Given[] = []
  for (const [name, value] of Object.entries(sources.env ?? {})) {
    if (!name.startsWith(prefix) || value === undefined || sources.ignore?.includes(name)) continue
    const key = keys.find((each) => each.env === name)
    const inFile = keys.find((each) => each.secret && `${each.env}_FILE` === name)
    if (key) {
      found.push({ key, value, source: name })
    } else if (inFile) {
      const text = readText(value)
      if (typeof text === 'string') found.push({ key: inFile, value: text.replace(/\r?\n$/, ''), source: name })
      else problems.push({ path: inFile.path.join('.'), source: name, message: text.problem })
    } else {
      problems.push({ path: name, source: 'environment', message: `there is no such setting; ${nearest(name, keys.map((each) => each.env))}` })
    }
  }
  return found
}

function fromArgs(keys: readonly ConfigKey[], args: readonly string[], problems: ConfigProblem[]): Given[] {
  const found: Given[] = []
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!
    const [, name, attached] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? []
    if (name === undefined) {
      problems.push({ path: '', source: 'arguments', message: 'an argument is --key value or --key=value' })
      continue
    }
    const path = name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    const key = keys.find((each) => each.path.join('.') === path)
    const source = `--${name.slice(0, 80)}`
    if (!key) {
      problems.push({ path: name.slice(0, 80), source, message: `there is no such setting; ${nearest(path, keys.map((each) => each.path.join('.')))}` })
      // What follows an unknown key is its value, not an argument of its own.
      if (attached === undefined && args[at + 1]?.startsWith('--') === false) at++
      continue
    }
    if (key.secret) {
      problems.push({ path, source, message: `a secret is seen by others as an argument: use ${key.env} or ${key.env}_FILE` })
      if (attached === undefined) at++
      continue
    }
    const next = args[at + 1]
    if (attached !== undefined) {
      found.push({ key, value: attached, source })
    } else if (key.kind === 'boolean' && !/^(true|false|1|0)$/.test(next ?? '')) {
      found.push({ key, value: 'true', source })
    } else if (next === undefined || next.startsWith('--')) {
      problems.push({ path, source, message: 'needs a value' })
    } else {
      found.push({ key, value: next, source })
      at++
    }
  }
  return found
}

function nearest(name: string, known: readonly string[]): string {
  const start = name.toLowerCase().slice(0, name.lastIndexOf('_') > 6 ? name.lastIndexOf('_') : 8)
  const close = known.filter((each) => each.toLowerCase().startsWith(start)).slice(0, 5)
  return close.length > 0 ? `near it are ${close.join(', ')}` : 'see the list of settings in the README'
}

type Read = { ok: true; value: unknown } | { ok: false; message: string }

function fromText(key: ConfigKey, text: string): Read {
  if (key.kind === 'number') {
    return /^-?\d+(\.\d+)?$/.test(text) ? { ok: true, value: Number(text) } : { ok: false, message: 'must be a number' }
  }
  if (key.kind === 'boolean') {
    return /^(true|false|1|0)$/.test(text) ? { ok: true, value: text === 'true' || text === '1' } : { ok: false, message: 'must be true or false' }
  }
  if (key.kind === 'list' && !text.trimStart().startsWith('[')) {
    return { ok: true, value: text === '' ? [] : text.split(',').map((part) => part.trim()) }
  }
  if (key.kind === 'text') return { ok: true, value: text }
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return key.kind === 'json' ? { ok: true, value: text } : { ok: false, message: 'must be a JSON list or words with commas between' }
  }
}

function readText(file: string): string | { problem: string } {
  try {
    if (statSync(file).size > largest) return { problem: 'the file is larger than 1 MB' }
    return readFileSync(file, 'utf8')
  } catch (error) {
    return { problem: `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})` }
  }
}

/** Lays the file's keys into the tree; refuses keys that the schema does not have. */
function readTree(schema: z.ZodType, keys: readonly ConfigKey[], file: string, tree: Tree, given: Map<string, string>, problems: ConfigProblem[]): void {
  const text = readText(file)
  if (typeof text !== 'string') {
    problems.push({ path: '', source: file, message: text.problem })
    return
  }
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    problems.push({ path: '', source: file, message: `not JSON${lineOf(error, text)}` })
    return
  }
  if (!isTree(content)) {
    problems.push({ path: '', source: file, message: 'must be a JSON object' })
    return
  }
  const walk = (fields: Readonly<Record<string, z.ZodType>>, from: Tree, into: Tree, path: readonly string[]): void => {
    for (const [name, value] of Object.entries(from)) {
      const here = [...path, name]
      const field = Object.hasOwn(fields, name) ? fields[name]! : undefined
      if (!field) {
        const names = keys.map((key) => key.path.join('.'))
        problems.push({ path: here.join('.'), source: file, message: `there is no such setting; ${nearest(here.join('.'), names)}` })
        continue
      }
      given.set(here.join('.'), file)
      const inner = fieldsOf(field)
      if (inner && isTree(value)) walk(inner, value, (into[name] = {}), here)
      else into[name] = value
    }
  }
  walk(fieldsOf(schema) ?? {}, content, tree, [])
  const open = process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0
  const secrets = keys.filter((key) => key.secret && given.has(key.path.join('.')))
  if (open && secrets.length > 0) {
    problems.push({ path: secrets[0]!.path.join('.'), source: file, message: 'a file with a secret must be its owner\'s alone: chmod 600' })
  }
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The parser's own message quotes the text, which may be a secret: only the place is kept. */
function lineOf(error: unknown, text: string): string {
  const position = /position (\d+)/.exec((error as Error).message)?.[1]
  return position === undefined ? '' : `: see line ${text.slice(0, Number(position)).split('\n').length}`
}
