// Sets up what is missing, then hands over to the packaged Node 24 runtime.
// No dependencies: it runs before there are any, on Node 18 and later, from any folder.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')
const bin = join(modules, '.bin')
const needed = 24
const fromSource = ['--disable-warning=ExperimentalWarning', '--conditions=@growr/source']

/** What each command runs, under Node 24 and from the root of the repository. */
const commands = {
  start: [...fromSource, 'apps/node/src/main.ts'],
  test: ['tools/test.mjs'],
  doctor: [...fromSource, 'apps/node/src/doctor/main.ts'],
  backup: [...fromSource, 'apps/node/src/backup/main.ts'],
  restore: [...fromSource, 'apps/node/src/restore/main.ts'],
  journey: [...fromSource, 'tools/journey/src/main.ts'],
  networks: [...fromSource, 'tools/networks/main.mjs'],
  proof: [...fromSource, 'tools/proof/index.mjs'],
  bench: [...fromSource, '--expose-gc', 'tools/bench/index.mjs'],
  build: ['node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'build'],
  lint: ['node_modules/oxlint/bin/oxlint', '--deny-warnings'],
}

const say = (text) => process.stderr.write(`growr: ${text}\n`)

function stop(text, code = 1) {
  say(text)
  process.exit(code)
}

/**
 * Runs a child to its end and hands every signal on to it, so that it can stop in order.
 * A terminal sends Ctrl-C to the child as well: who stops must take a signal twice for one.
 */
function run(command, args, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env })
    const forward = (signal) => child.kill(signal)
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, forward)
    const settle = (outcome) => {
      for (const signal of signals) process.off(signal, forward)
      resolve(outcome)
    }
    child.on('error', (error) => {
      say(`${command}: ${error.message}`)
      settle(1)
    })
    child.on('exit', (code, signal) => settle(signal ? 128 + (constants.signals[signal] ?? 0) : code))
  })
}

/** The npm that called us, by the Node that it runs on: a script of ours may run on the packaged one, which `npm ci` replaces. */
function npm(args, env) {
  const script = process.env.npm_execpath
  if (script && /^npm-cli\.c?js$/.test(basename(script))) {
    const node = process.env.npm_node_execpath
    return run(node && existsSync(node) ? node : process.execPath, [script, ...args], env)
  }
  return run('npm', args, env)
}

function digest(...contents) {
  const hash = createHash('sha256')
  for (const content of contents) hash.update(content).update('\0')
  return hash.digest('hex')
}

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined)

/** Installs when the lock file or the platform changed since the last installation that succeeded. */
async function install(env) {
  const stamp = join(modules, '.growr-installed')
  const wanted = digest(readFileSync(join(root, 'package-lock.json')), process.platform, process.arch)
  if (read(stamp) === wanted) return false
  say('installing dependencies and the Node 24 runtime (about a minute the first time) …')
  const code = await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], env)
  if (code !== 0) stop('npm ci failed: see above. Is the npm registry reachable?', code)
  writeFileSync(stamp, wanted)
  return true
}

function major(node) {
  const answer = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
  return answer.status === 0 ? Number(answer.stdout.split('.')[0]) : 0
}

/** The packaged runtime; where there is none for this platform, or it does not run here, the machine's own. */
function findNode() {
  const packaged = join(modules, `node-${process.platform}-${process.arch}`, 'bin', 'node')
  for (const node of [packaged, process.execPath]) if (existsSync(node) && major(node) >= needed) return node
  return stop(`needs Node ${needed} or later; this is ${process.version}, and no packaged runtime runs on ${process.platform}-${process.arch}`)
}

/** npm 9 and 10 leave the link to the runtime out (they take it for the one of the platform that was passed over). */
function link(node) {
  const own = join(bin, 'node')
  if (existsSync(own) || !node.startsWith(modules)) return
  rmSync(own, { force: true })
  symlinkSync(relative(bin, node), own)
}

/** Generates the database client, when what it is generated from has changed. */
async function generate(node, env, installed) {
  const folder = join(root, 'libs', 'collections')
  const script = join(folder, 'generate.mjs')
  if (!existsSync(script)) return
  const schemas = join(folder, 'prisma')
  const sources = existsSync(schemas) ? readdirSync(schemas).filter((name) => name.endsWith('.prisma')).sort() : []
  const wanted = digest(readFileSync(script), ...sources.map((name) => readFileSync(join(schemas, name))))
  const stamp = join(modules, '.growr-generated')
  const there = existsSync(join(folder, 'src', 'generated'))
  if (!installed && there && read(stamp) === wanted) return
  const code = await run(node, [script], env)
  if (code !== 0) stop('the database client could not be generated: see above', code)
  writeFileSync(stamp, wanted)
}

const [name, ...rest] = process.argv.slice(2)
if (!name || !Object.hasOwn(commands, name)) stop(`commands: ${Object.keys(commands).join(', ')}`, 2)

const env = {
  ...process.env,
  NX_DAEMON: 'false',
  NX_NO_CLOUD: 'true',
  APOLLO_TELEMETRY_DISABLED: 'true',
  CHECKPOINT_DISABLE: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
}
const installed = await install(env)
const node = findNode()
link(node)
// What we start may start others by name (nx, vitest, npm): all of them must find this Node first.
env.PATH = [...new Set([dirname(node), bin])].join(delimiter) + delimiter + (process.env.PATH ?? '')
await generate(node, env, installed)
process.exitCode = await run(node, [...commands[name], ...rest], env)
