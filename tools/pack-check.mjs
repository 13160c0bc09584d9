// Every library as somebody gets it who installs it: packed, checked by publint, without tests, importing only what it
// declares, installed into an empty project of its own without flags and without this repository's settings, imported by
// plain Node, its README's example run. What it needs of the other libraries comes from their packs.
import { spawn } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const read = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** Settings of npm that say where packages come from; all others that reached us belong to this repository. */
const kept = /^npm_config_(registry|cafile|ca|cache|userconfig|globalconfig|proxy|https_proxy|noproxy|strict_ssl|maxsockets|.*:.*)$/i

/** The environment of a stranger: none of what npm, nx or this workspace has set. */
function strangersEnv() {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$|NODE_ENV$|INIT_CWD$)/i.test(name) || kept.test(name)))
  // No flags: they only spare questions that the cache can answer.
  return { ...env, npm_config_prefer_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' }
}

/** Runs to the end; gives the exit code and all that was said. */
function run(command, args, cwd, env = strangersEnv()) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    child.stdout.on('data', (text) => { output += text })
    child.stderr.on('data', (text) => { errors += text })
    child.on('error', (error) => resolve({ code: 1, output, errors: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, output, errors }))
  })
}

function npm(args, cwd) {
  const script = process.env.npm_execpath
  return script && /npm-cli\.c?js$/.test(script) ? run(process.execPath, [script, ...args], cwd) : run('npm', args, cwd)
}

/** Several at a time, as many as there are processors to serve them. */
async function each(items, work, atOnce = 2) {
  const queue = [...items]
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }))
}

/** The names of packages that the files of a folder import, with one file that does. */
async function importedPackages(folder) {
  const { build } = await import('esbuild')
  const files = globSync('dist/**/*.js', { cwd: folder })
  if (files.length === 0) return new Map()
  const found = new Map()
  const note = {
    name: 'note',
    setup: ({ onResolve }) =>
      onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
        if (kind === 'entry-point') return undefined
        if (!path.startsWith('.') && !path.startsWith('#') && !path.startsWith('node:') && !builtinModules.includes(path)) {
          found.set(path.split('/').slice(0, path.startsWith('@') ? 2 : 1).join('/'), importer.slice(folder.length + 1))
        }
        return { path, external: true }
      }),
  }
  const entryPoints = files.map((file) => join(folder, file))
  await build({ entryPoints, bundle: true, write: false, outdir: join(folder, 'out'), format: 'esm', platform: 'node', logLevel: 'silent', plugins: [note] })
  return found
}

/** The example of a README: the block of code marked `example`, else the first that imports the package. */
export function exampleOf(readme, name) {
  const blocks = [...readme.matchAll(/^```(ts|js|mjs|javascript|typescript)\b([^\n]*)\n([\s\S]*?)^```/gm)]
    .map(([, language, mark, code]) => ({ language: language.startsWith('t') ? 'ts' : 'js', mark, code }))
  return blocks.find(({ mark }) => /\bexample\b/.test(mark)) ?? blocks.find(({ code }) => new RegExp(`(from|import) *\\(?['"]${name}['"]`).test(code))
}

/** What is wrong with a pack by looking at it: publint's findings, tests in it, imports that it does not declare. */
export async function lookAt(folder) {
  const { publint } = await import('publint')
  const { formatMessage } = await import('publint/utils')
  const manifest = read(join(folder, 'package.json'))
  const problems = []
  const { messages } = await publint({ pkgDir: folder, pack: false, level: 'warning' })
  for (const message of messages) problems.push(`publint: ${formatMessage(message, manifest, { color: false })}`)
  const files = readdirSync(folder, { recursive: true }).filter((file) => !file.startsWith('node_modules'))
  const unwanted = files.filter((file) => /(^|\/)[^/]*\.(test|spec)\.|(^|\/)(testing|bench|proof|generated\/\.tmp)\/|tsbuildinfo$|\.env/.test(file))
  if (unwanted.length > 0) problems.push(`not for a pack: ${unwanted.slice(0, 5).join(', ')}${unwanted.length > 5 ? ' …' : ''}`)
  for (const needed of ['README.md', 'dist/index.js', 'dist/index.d.ts']) if (!files.includes(needed)) problems.push(`lacks ${needed}`)
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies, [manifest.name]: '' }
  for (const [name, file] of await importedPackages(folder)) {
    if (!Object.hasOwn(declared, name)) problems.push(`${file} imports ${name}, which package.json does not declare`)
  }
  return problems
}

/** Imports a package and runs its example as a stranger's project would. */
async function use(project, name) {
  const problems = []
  const imported = await run(process.execPath, ['--input-type=module', '-e', `await import(${JSON.stringify(name)})`], project)
  if (imported.code !== 0) problems.push(`import fails: ${imported.errors.trim().split('\n').slice(0, 6).join('\n    ')}`)
  const readme = join(project, 'node_modules', name, 'README.md')
  const example = existsSync(readme) ? exampleOf(readFileSync(readme, 'utf8'), name) : undefined
  if (!example) return [...problems, 'README.md has no example: a block of code, js or ts, that imports the package']
  const file = join(project, `example-${basename(name)}.${example.language === 'ts' ? 'mts' : 'mjs'}`)
  writeFileSync(file, example.code)
  const ran = await run(process.execPath, ['--disable-warning=ExperimentalWarning', file], project)
  if (ran.code !== 0) problems.push(`the README's example fails (${ran.code}): ${ran.errors.trim().split('\n').slice(0, 8).join('\n    ')}`)
  return problems
}

/** Of the libraries, those that one needs to be installed with: its own by name, and theirs. */
function closure(name, packs, seen = new Set()) {
  if (!seen.has(name) && packs.has(name)) {
    seen.add(name)
    for (const needed of Object.keys(packs.get(name).dependencies)) closure(needed, packs, seen)
  }
  return seen
}

async function packAll(work) {
  const libraries = readdirSync(join(root, 'libs')).filter((name) => existsSync(join(root, 'libs', name, 'package.json')))
  const packed = await npm(['pack', '--json', '--pack-destination', work, ...libraries.flatMap((name) => ['-w', `libs/${name}`])], root)
  if (packed.code !== 0) throw new Error(`npm pack failed:\n${packed.errors}`)
  const answer = JSON.parse(packed.output)
  const manifests = new Map(libraries.map((name) => read(join(root, 'libs', name, 'package.json'))).map((manifest) => [manifest.name, manifest]))
  const packs = (Array.isArray(answer) ? answer : Object.values(answer)).map(({ name, filename }) => {
    const { dependencies = {}, peerDependencies = {} } = manifests.get(name)
    return [name, { file: join(work, basename(filename)), dependencies: { ...dependencies, ...peerDependencies } }]
  })
  return new Map(packs)
}

/** All that is wrong with one library in a project of its own. */
async function check(name, packs, work) {
  const project = join(work, `project of ${basename(name)}`)
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "name": "stranger", "private": true }')
  const installed = await npm(['install', ...[...closure(name, packs)].map((each) => packs.get(each).file)], project)
  if (installed.code !== 0) return [`npm install fails: ${installed.errors.trim().split('\n').slice(0, 12).join('\n    ')}`]
  const problems = [...(await lookAt(join(project, 'node_modules', name))), ...(await use(project, name))]
  rmSync(project, { recursive: true, force: true })
  return problems
}

async function main() {
  const from = performance.now()
  const took = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`
  const work = mkdtempSync(join(tmpdir(), 'growr packs '))
  try {
    const packs = await packAll(work)
    console.log(`${packs.size} libraries packed in ${took(from)}`)
    await each(packs.keys(), async (name) => {
      const since = performance.now()
      const problems = await check(name, packs, work)
      console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name} (${took(since)})${problems.map((problem) => `\n    ${problem}`).join('')}`)
      if (problems.length > 0) process.exitCode = 1
    })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main()
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
