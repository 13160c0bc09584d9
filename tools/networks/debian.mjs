// Programs out of Debian's packages, unpacked into a folder of this checkout beside the libraries that they were built with. Nothing of
// the system is touched, and nobody need be root. apt checks the signatures of what it fetches, from the mirror that this machine's own
// apt uses.
import { spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** Where programs of this checkout lie. */
export const networksFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '.networks')

/** The mirror among the lines of apt's sources, in both of their forms; undefined where there is none of Debian. */
export const mirrorIn = (sources) =>
  sources.split('\n').filter((line) => !/^\s*#/.test(line)).map((line) => /[a-z]+:\/\/[^\s]+\/debian\/?(?=\s|$)/.exec(line)?.[0]).find((found) => found !== undefined)

function sourcesOfApt(etc = '/etc/apt') {
  const folder = join(etc, 'sources.list.d')
  const files = [join(etc, 'sources.list'), ...(existsSync(folder) ? readdirSync(folder).filter((name) => /\.(list|sources)$/.test(name)).sort().map((name) => join(folder, name)) : [])]
  return files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8')).join('\n')
}

/** Runs to the end; gives what was printed, or throws `failed` of what it complained of. */
export function run(command, args, failed, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let printed = ''
    let complained = ''
    child.stdout.on('data', (text) => { printed += text })
    child.stderr.on('data', (text) => { complained += text })
    child.on('error', (error) => reject(failed(`${command}: ${error.message}`)))
    child.on('close', (code) => {
      if (code === 0) resolve(printed)
      else reject(failed(`${command} ${args.find((arg) => !arg.startsWith('-') && !arg.includes('=')) ?? ''} ended with ${code}: ${complained.trim().split('\n').slice(-3).join(' ')}`))
    })
  })
}

/**
 * Sets `name` up within `folder`: the package of this suite with all that it needs but `notNeeded`, and what `finish` puts beside it.
 * Throws `failed` of a reason.
 */
export async function install({ folder, name, suite, packageName, notNeeded, finish, failed }) {
  if (process.platform !== 'linux') throw failed(`there is none to be set up on ${process.platform}`)
  const mirror = mirrorIn(sourcesOfApt())
  if (mirror === undefined) throw failed('apt of this machine knows no mirror of Debian')
  if (folder.includes(':')) throw failed(`a path with a colon cannot hold it: ${folder}`)
  const work = mkdtempSync(join(tmpdir(), `growr-${name}-`))
  try {
    await unpack({ work, mirror, suite, packageName, notNeeded, failed })
    // As a whole or not at all: whoever was faster with the same one has made it.
    mkdirSync(folder, { recursive: true })
    const made = mkdtempSync(join(folder, 'new-'))
    try {
      cpSync(join(work, 'prefix'), join(made, name), { recursive: true, verbatimSymlinks: true })
      finish(join(made, name))
      renameSync(join(made, name), join(folder, name))
    } catch (error) {
      if (!existsSync(join(folder, name))) throw error
    } finally {
      rmSync(made, { recursive: true, force: true })
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Has apt fetch the package and what it needs into `work`, with lists and state of its own, and unpacks all of it. */
async function unpack({ work, mirror, suite, packageName, notNeeded, failed }) {
  const at = (...names) => join(work, ...names)
  for (const name of ['lists/partial', 'cache/archives/partial', 'debs', 'prefix']) mkdirSync(at(name), { recursive: true })
  writeFileSync(at('status'), '')
  writeFileSync(at('sources.list'), `deb [signed-by=${KEYRING}] ${mirror} ${suite} main\n`)
  const options = [
    `Dir::State::Lists=${at('lists')}`, `Dir::Cache=${at('cache')}`, `Dir::Etc::sourcelist=${at('sources.list')}`, 'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::status=${at('status')}`, 'APT::Install-Recommends=false', 'Acquire::Retries=3', 'Acquire::http::Timeout=60',
    ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
  ].flatMap((option) => ['-o', option])
  const apt = (...args) => run('apt-get', [...options, ...args], failed, { cwd: at('debs'), env: { ...process.env, LC_ALL: 'C' } })
  await apt('update', '-qq')
  const plan = await apt('install', '-s', packageName)
  const names = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name).filter((name) => !notNeeded.test(name))
  if (!names.includes(packageName)) throw failed(`Debian's packages hold no ${packageName} for this machine`)
  await apt('download', '-qq', ...names)
  for (const file of globSync('*.deb', { cwd: at('debs') })) await run('dpkg-deb', ['-x', at('debs', file), at('prefix')], failed)
}

/** A script `run/<name>` that runs a program of the prefix with its own libraries, wherever the folder is moved. */
export function writeWrapper({ prefix, name, program, flags = [], args = [], environment = {}, failed }) {
  const [loader] = globSync('**/ld-linux-*.so.*', { cwd: prefix })
  const libraries = globSync('{usr/lib,lib}/*-linux-gnu', { cwd: prefix })
  if (loader === undefined || libraries.length === 0) throw failed('its libraries are not where they were expected')
  mkdirSync(join(prefix, 'run'), { recursive: true })
  const file = join(prefix, 'run', name)
  const own = (path) => `"$P/${relative(prefix, join(prefix, path))}"`
  const exported = Object.entries(environment).map(([key, path]) => `export ${key}=${own(path)}\n`).join('')
  writeFileSync(file, `#!/bin/sh\nP=$(dirname "$(dirname "$(readlink -f "$0")")")\n${exported}exec ${own(loader)} --library-path ${libraries.map(own).join(':')} ${[own(program), ...flags, ...args.map(own)].join(' ')} "$@"\n`)
  chmodSync(file, 0o755)
}
