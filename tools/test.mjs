// `npm test`: everything that must hold before a change is handed on, each step named with its time.
// The last line of all is `N passed, N failed`.
import { spawn } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const fromSource = ['--disable-warning=ExperimentalWarning', '--conditions=@growr/source']
const modules = 'node_modules'

/**
 * A script named `*.check.ts` compares something generated with what is checked in (the supergraph,
 * the catalogue of codes) and ends with another exit code than 0 where they differ.
 */
const checks = globSync(['{libs,apps}/*/src/**/*.check.ts', 'tools/*.check.{ts,mjs}'], { cwd: root }).sort()

const steps = [
  { name: 'build and types', args: [`${modules}/typescript/bin/tsc`, '-b'] },
  { name: 'lint and import rules', args: [`${modules}/oxlint/bin/oxlint`, '--deny-warnings'] },
  ...checks.map((file) => ({ name: file.replace(/^.*\/(.*)\.check\.\w+$/, 'check of the $1'), args: [...fromSource, file] })),
  { name: 'packages: pack, install, import, example', args: ['tools/pack-check.mjs'] },
  { name: 'a bitcoind for the tests', args: ['tools/networks/bitcoind.mjs'] },
  { name: 'tests', args: [`${modules}/vitest/vitest.mjs`, 'run'], last: true },
]

const say = (text) => process.stderr.write(`growr: ${text}\n`)

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: process.env })
    const forward = (signal) => child.kill(signal)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward)
    child.on('error', () => resolve(1))
    child.on('exit', (code) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, forward)
      resolve(code ?? 1)
    })
  })
}

const began = performance.now()
for (const { name, args, last } of steps) {
  if (!existsSync(join(root, args.find((arg) => !arg.startsWith('-'))))) continue
  say(`${name} …`)
  const from = performance.now()
  // What was given after `npm test --` chooses among the tests.
  const code = await run(last ? [...args, ...process.argv.slice(2)] : args)
  const seconds = ((performance.now() - from) / 1000).toFixed(1)
  say(`${name}: ${code === 0 ? 'done' : 'FAILED'} in ${seconds} s${last ? `; ${((performance.now() - began) / 1000).toFixed(0)} s in all` : ''}`)
  if (code === 0) continue
  process.exitCode = 1
  if (!last) console.log(`${name} failed; the tests were not run\n0 passed, 1 failed`)
  break
}
