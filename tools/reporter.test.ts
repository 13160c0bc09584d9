import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** Ends a run in a process of its own, as vitest does, and gives its last line and exit code. */
function end(states: string[], options: { reason?: string; errors?: number; suites?: number; modules?: number; left?: string } = {}): { last: string; code: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'growr-reporter-'))
  const log = join(folder, 'network.log')
  if (options.left) writeFileSync(log, `${options.left}\n`)
  const script = `
    const { default: Reporter } = await import(${JSON.stringify(new URL('reporter.mjs', import.meta.url).href)})
    const { states, errors = 0, suites = 0, modules = 0, reason = 'passed' } = JSON.parse(process.argv[1])
    const some = (count) => Array.from({ length: count }, () => new Error('planted'))
    const module = {
      errors: () => some(modules),
      children: { allSuites: () => [{ errors: () => some(suites) }], allTests: () => states.map((state) => ({ result: () => ({ state }) })) },
    }
    new Reporter().onTestRunEnd([module], some(errors), reason)
    process.on('exit', () => undefined)
    process.exit()`
  try {
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script, JSON.stringify({ states, ...options })], {
      encoding: 'utf8',
      env: { ...process.env, NO_NETWORK_LOG: log },
    })
    return { last: stdout.trim().split('\n').at(-1) ?? '', code: status }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test.each<[string, string[], Parameters<typeof end>[1], string, number]>([
  ['all passed', ['passed', 'passed'], {}, '2 passed, 0 failed', 0],
  ['one failed', ['passed', 'failed'], { reason: 'failed' }, '1 passed, 1 failed', 1],
  ['one skipped', ['passed', 'skipped'], {}, '1 passed, 0 failed, 1 skipped', 0],
  ['a file that does not load', ['passed'], { modules: 1 }, '1 passed, 1 failed', 1],
  ['a suite whose set-up fails', ['passed'], { suites: 1 }, '1 passed, 1 failed', 1],
  ['an error outside of any test', ['passed'], { errors: 1 }, '1 passed, 1 failed', 1],
  ['no test at all', [], {}, '0 passed, 1 failed', 1],
  ['a run that was interrupted', ['passed'], { reason: 'interrupted' }, '1 passed, 1 failed', 1],
  ['something that tried to leave', ['passed'], { left: 'connection telemetry.example' }, '1 passed, 1 failed', 1],
])('%s', (_name, states, options, last, code) => {
  expect(end(states, options)).toEqual({ last, code })
})
