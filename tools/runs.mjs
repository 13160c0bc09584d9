// What the runners of benchmarks and of long proofs share: find the modules, run each in a process of its own, show and
// keep what they found, with the machine it was found on.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Modules that export `run`, in the folders of this kind (`bench`, `proof`) of all packages; `libs/books/bench/append.ts` is `books/append`. */
export function modules(kind, chosen = []) {
  const files = globSync(`{libs,apps,tools}/*/${kind}/*.ts`, { cwd: root }).sort()
  const all = files
    .filter((file) => !file.endsWith('.test.ts') && /^export (async function|function|const) run\b/m.test(readFileSync(join(root, file), 'utf8')))
    .map((file) => ({ name: file.replace(/^[a-z]+\/(.*)\/[a-z]+\/(.*)\.ts$/, '$1/$2'), file }))
  const unknown = chosen.filter((name) => !all.some((module) => module.name === name || module.name.startsWith(`${name}/`)))
  if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ') || 'none'}`)
  return chosen.length === 0 ? all : all.filter(({ name }) => chosen.some((each) => name === each || name.startsWith(`${each}/`)))
}

/** Splits arguments into `--key value` pairs and switches, and other words. */
export function options(args, switches) {
  const found = { words: [] }
  for (let at = 0; at < args.length; at++) {
    const [, key, attached] = /^--([a-z][a-z-]*)(?:=(.*))?$/.exec(args[at]) ?? []
    if (key === undefined) found.words.push(args[at])
    else if (switches.includes(key)) found[key] = true
    else found[key] = attached ?? args[++at] ?? ''
  }
  return found
}

/** A result as figures on one level: `{ a: { b: 1 } }` is `{ 'a.b': 1 }`; lists of numbers in one figure. */
export function figures(result, before = '') {
  const found = {}
  for (const [key, value] of Object.entries(result ?? {})) {
    const name = before + key
    if (Array.isArray(value)) {
      if (value.every((item) => typeof item !== 'object')) found[name] = value.map(show).join(' ')
      else for (const [at, item] of value.entries()) Object.assign(found, figures(item, `${name}.${at + 1}.`))
    } else if (typeof value === 'object' && value !== null) Object.assign(found, figures(value, `${name}.`))
    else found[name] = value
  }
  return found
}

/** A figure for reading: four digits that count. */
export function show(value) {
  if (typeof value !== 'number' || !Number.isFinite(value) || Number.isInteger(value)) return String(value)
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(4)))
}

/** On what it ran: processors, memory, system, Node, and the commit. */
export function machine() {
  const processors = cpus()
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' })
  const dirty = spawnSync('git', ['status', '--porcelain', '--untracked-files=no'], { cwd: root, encoding: 'utf8' }).stdout?.trim()
  return [
    `${processors.length} × ${processors[0]?.model.trim() ?? 'processor'}`,
    `${(totalmem() / 2 ** 30).toFixed(0)} GB`,
    `${type()} ${release()}`,
    `Node ${process.versions.node}`,
    ...(commit.status === 0 ? [`commit ${commit.stdout.trim()}${dirty ? ' with changes' : ''}`] : []),
    new Date().toISOString().slice(0, 10),
  ].join(', ')
}

/** Runs one module's `run(given)` in a process of its own; what it prints is seen, what it answers comes back. */
export function runModule(file, given) {
  return new Promise((resolve) => {
    const args = [...process.execArgv, join(root, 'tools', 'run-one.mjs'), join(root, file), JSON.stringify(given)]
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    let answer
    const forward = (signal) => child.kill(signal)
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, forward)
    child.on('message', (message) => { answer = message })
    child.on('close', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM']) process.off(name, forward)
      resolve(answer ?? { error: `ended with ${signal ?? code} before it answered` })
    })
  })
}

export const readJson = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined)
