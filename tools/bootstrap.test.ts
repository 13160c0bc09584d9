import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

// A clone in small, in a folder with a space in its name: the bootstrap, a lock file, a runtime, a node to start, and an
// npm that only notes what it was asked for.
let clone = ''
const runtime = `node-${process.platform}-${process.arch}/bin/node`
const npm = (): string => join(clone, 'fake', 'npm-cli.js')

function put(path: string, text: string): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true })
  writeFileSync(join(clone, path), text)
}

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'growr clone '))
  put('package-lock.json', '{}')
  put('tools/.keep', '')
  copyFileSync(fileURLToPath(new URL('bootstrap.mjs', import.meta.url)), join(clone, 'tools/bootstrap.mjs'))
  put('package.json', '{"type":"module"}')
  put('fake/package.json', '{"type":"commonjs"}')
  put('fake/npm-cli.js', `
    const fs = require('node:fs'), path = require('node:path'), modules = path.join(process.cwd(), 'node_modules')
    fs.appendFileSync(path.join(__dirname, 'asked'), process.argv.slice(2).join(' ') + '\\n')
    if (fs.existsSync(path.join(__dirname, 'fails'))) process.exit(7)
    const runtime = path.join(modules, ${JSON.stringify(runtime)})
    fs.mkdirSync(path.join(modules, '.bin'), { recursive: true })
    fs.mkdirSync(path.dirname(runtime), { recursive: true })
    fs.rmSync(runtime, { force: true })
    fs.symlinkSync(${JSON.stringify(process.execPath)}, runtime)`)
  put('apps/node/src/main.ts', `
    const words: string[] = process.argv.slice(2)
    if (words[0] === 'wait') {
      setInterval(() => undefined, 1000)
      process.once('SIGINT', () => { console.log('stopped in order'); process.exit(3) })
    }
    console.log(JSON.stringify({ words, node: process.argv0, path: process.env.PATH, telemetry: process.env.APOLLO_TELEMETRY_DISABLED, daemon: process.env.NX_DAEMON }))
    if (words[0] === 'exit') process.exit(Number(words[1]))`)
})
afterEach(() => rmSync(clone, { recursive: true, force: true }))

function start(...args: string[]): { child: ChildProcess; output: () => string; code: Promise<number | null> } {
  const env = { ...process.env, npm_execpath: npm(), npm_node_execpath: process.execPath }
  const child = spawn(process.execPath, [join(clone, 'tools/bootstrap.mjs'), ...args], { cwd: tmpdir(), env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { output += String(text) })
  return { child, output: () => output, code: once(child, 'close').then(([code]) => code as number | null) }
}

async function run(...args: string[]): Promise<{ output: string; code: number | null }> {
  const { output, code } = start(...args)
  return { code: await code, output: output() }
}

const asked = (): string[] => (existsSync(join(clone, 'fake/asked')) ? readFileSync(join(clone, 'fake/asked'), 'utf8').trim().split('\n') : [])

test('the first time it installs with the npm that called it, then hands over with the words and the exit code', async () => {
  const first = await run('start', 'exit', '5', '--demo')
  expect(first.code).toBe(5)
  expect(asked()).toEqual(['ci --no-audit --no-fund --loglevel=error'])
  const said = JSON.parse(first.output.split('\n').find((line) => line.startsWith('{'))!) as Record<string, unknown>
  expect(said).toMatchObject({ words: ['exit', '5', '--demo'], telemetry: 'true', daemon: 'false' })
  expect(said['path']).toMatch(new RegExp(`^${join(clone, 'node_modules', dirname(runtime))}:${join(clone, 'node_modules/.bin')}:`))
  // npm 9 and 10 do not make this link.
  expect(readlinkSync(join(clone, 'node_modules/.bin/node'))).toBe(`../${runtime}`)
  expect((await run('start')).code).toBe(0)
  expect(asked()).toHaveLength(1)
})

test('a lock file that changed is installed anew; an installation that failed is tried again', async () => {
  await run('start')
  put('package-lock.json', '{"changed":true}')
  put('fake/fails', '')
  const failed = await run('start')
  expect(failed.code).toBe(7)
  expect(failed.output).toContain('npm ci failed')
  rmSync(join(clone, 'fake/fails'))
  expect((await run('start')).code).toBe(0)
  expect(asked()).toHaveLength(3)
})

test('a signal reaches the node, which stops in order, and its exit code is carried', async () => {
  const { child, output, code } = start('start', 'wait')
  await new Promise<void>((resolve) => child.stdout!.on('data', () => output().includes('{') && resolve()))
  child.kill('SIGINT')
  expect(await code).toBe(3)
  expect(output()).toContain('stopped in order')
})

test('the database client is generated once, and again when its schema changes', async () => {
  put('libs/collections/prisma/schema.prisma', 'one')
  put('libs/collections/generate.mjs', `
    import { mkdirSync, appendFileSync } from 'node:fs'
    import { join } from 'node:path'
    mkdirSync(join(import.meta.dirname, 'src/generated'), { recursive: true })
    appendFileSync(join(import.meta.dirname, 'times'), 'x')`)
  const times = (): string => readFileSync(join(clone, 'libs/collections/times'), 'utf8')
  await run('start')
  await run('start')
  expect(times()).toBe('x')
  put('libs/collections/prisma/schema.prisma', 'two')
  await run('start')
  expect(times()).toBe('xx')
  rmSync(join(clone, 'libs/collections/src/generated'), { recursive: true })
  await run('start')
  expect(times()).toBe('xxx')
})

test('a runtime that does not run here is passed over for the machine\'s own', async () => {
  await run('start')
  rmSync(join(clone, 'node_modules', runtime))
  symlinkSync('/bin/false', join(clone, 'node_modules', runtime))
  const { code, output } = await run('start')
  expect(code).toBe(0)
  expect(JSON.parse(output.trim())).toMatchObject({ path: expect.stringContaining(`${dirname(process.execPath)}:`) })
})

test('another command is refused with the list of those there are', async () => {
  const { code, output } = await run('toString')
  expect(code).toBe(2)
  expect(output).toContain('start, test, doctor, backup, restore, journey, networks, proof, bench, build, lint')
  expect(asked()).toEqual([])
})
