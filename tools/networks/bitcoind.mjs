// A real bitcoind for development and tests, out of Debian's packages: Bitcoin Knots of the unstable suite, unpacked into a folder of
// this checkout beside the libraries that it was built with. Nothing of the system is touched, and nobody need be root. apt checks the
// signatures of what it fetches, from the mirror that this machine's own apt uses.
import { spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const PACKAGE = 'bitcoin-knots'
/** Recommended by others or for a whole system only: bitcoind runs without. */
const NOT_NEEDED = /^(systemd|libsystemd|debconf|libmount|libblkid|libselinux|libpcre2|libc-gconv|openssl-provider|gcc-)/
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
const ways = 'Give the path of another bitcoind as BITCOIND_PATH.'

/** Why there is no bitcoind, and what to do. */
export class NoBitcoind extends Error {}

/** Where the one of this checkout is, or will be. */
export const installed = (folder = join(root, '.networks')) => join(folder, 'bitcoind', 'run', 'bitcoind')

/** The mirror among the lines of apt's sources, in both of their forms; undefined where there is none of Debian. */
export const mirrorIn = (sources) =>
  sources.split('\n').filter((line) => !/^\s*#/.test(line)).map((line) => /[a-z]+:\/\/[^\s]+\/debian\/?(?=\s|$)/.exec(line)?.[0]).find((found) => found !== undefined)

function sourcesOfApt(etc = '/etc/apt') {
  const folder = join(etc, 'sources.list.d')
  const files = [join(etc, 'sources.list'), ...(existsSync(folder) ? readdirSync(folder).filter((name) => /\.(list|sources)$/.test(name)).sort().map((name) => join(folder, name)) : [])]
  return files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8')).join('\n')
}

/** Runs to the end; gives what was printed, or throws with what it complained of. */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let printed = ''
    let complained = ''
    child.stdout.on('data', (text) => { printed += text })
    child.stderr.on('data', (text) => { complained += text })
    child.on('error', (error) => reject(new NoBitcoind(`${command}: ${error.message}. ${ways}`)))
    child.on('close', (code) => {
      if (code === 0) resolve(printed)
      else reject(new NoBitcoind(`${command} ${args.find((arg) => !arg.startsWith('-') && !arg.includes('=')) ?? ''} ended with ${code}: ${complained.trim().split('\n').slice(-3).join(' ')}. ${ways}`))
    })
  })
}

/** What a binary says that it is. Throws NoBitcoind where it does not run. */
export async function versionOf(path) {
  const printed = await run(path, ['--version'])
  const [version = ''] = printed.split('\n')
  if (!/bitcoin/i.test(version)) throw new NoBitcoind(`${path} is no bitcoind: it says '${version.slice(0, 60)}'. ${ways}`)
  return version
}

/**
 * The path of a bitcoind that runs: the one named by BITCOIND_PATH, the one of this checkout, or that one after it was set up,
 * which takes half a minute and some 60 MB. Throws NoBitcoind, which says what to do.
 */
export async function ensureBitcoind({ env = process.env, folder = join(root, '.networks'), say = () => {} } = {}) {
  const named = env.BITCOIND_PATH
  if (named) {
    await versionOf(named)
    return named
  }
  const path = installed(folder)
  if (existsSync(path)) {
    await versionOf(path)
    return path
  }
  if (process.platform !== 'linux') throw new NoBitcoind(`there is none to be set up on ${process.platform}. ${ways}`)
  const mirror = mirrorIn(sourcesOfApt())
  if (mirror === undefined) throw new NoBitcoind(`apt of this machine knows no mirror of Debian. ${ways}`)
  if (folder.includes(':')) throw new NoBitcoind(`a path with a colon cannot hold it: ${folder}. ${ways}`)
  say('setting up bitcoind from Debian\'s packages (half a minute, once) …')
  const work = mkdtempSync(join(tmpdir(), 'growr-bitcoind-'))
  try {
    await unpack(work, mirror)
    // As a whole or not at all: whoever was faster with the same one has made it.
    mkdirSync(folder, { recursive: true })
    const made = mkdtempSync(join(folder, 'new-'))
    cpSync(join(work, 'prefix'), join(made, 'bitcoind'), { recursive: true, verbatimSymlinks: true })
    writeWrapper(join(made, 'bitcoind'))
    try {
      renameSync(join(made, 'bitcoind'), join(folder, 'bitcoind'))
    } catch (error) {
      if (!existsSync(path)) throw error
    } finally {
      rmSync(made, { recursive: true, force: true })
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  say(await versionOf(path))
  return path
}

/** Has apt fetch the package and what it needs into `work`, with lists and state of its own, and unpacks all of it. */
async function unpack(work, mirror) {
  const at = (...names) => join(work, ...names)
  for (const name of ['lists/partial', 'cache/archives/partial', 'debs', 'prefix']) mkdirSync(at(name), { recursive: true })
  writeFileSync(at('status'), '')
  writeFileSync(at('sources.list'), `deb [signed-by=${KEYRING}] ${mirror} sid main\n`)
  const options = [
    `Dir::State::Lists=${at('lists')}`, `Dir::Cache=${at('cache')}`, `Dir::Etc::sourcelist=${at('sources.list')}`, 'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::status=${at('status')}`, 'APT::Install-Recommends=false', 'Acquire::Retries=3', 'Acquire::http::Timeout=60',
    ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
  ].flatMap((option) => ['-o', option])
  const apt = (...args) => run('apt-get', [...options, ...args], { cwd: at('debs'), env: { ...process.env, LC_ALL: 'C' } })
  await apt('update', '-qq')
  const plan = await apt('install', '-s', PACKAGE)
  const names = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name).filter((name) => !NOT_NEEDED.test(name))
  if (!names.includes(PACKAGE)) throw new NoBitcoind(`Debian's packages hold no ${PACKAGE} for this machine. ${ways}`)
  await apt('download', '-qq', ...names)
  for (const file of globSync('*.deb', { cwd: at('debs') })) await run('dpkg-deb', ['-x', at('debs', file), at('prefix')])
}

/** A script that runs it with its own libraries, wherever the folder is moved. */
function writeWrapper(prefix) {
  const [loader] = globSync('**/ld-linux-*.so.*', { cwd: prefix })
  const libraries = globSync('{usr/lib,lib}/*-linux-gnu', { cwd: prefix })
  if (loader === undefined || libraries.length === 0) throw new NoBitcoind(`its libraries are not where they were expected. ${ways}`)
  const run = join(prefix, 'run')
  mkdirSync(run)
  const file = join(run, 'bitcoind')
  const own = (path) => `"$P/${relative(prefix, join(prefix, path))}"`
  writeFileSync(file, `#!/bin/sh\nP=$(dirname "$(dirname "$(readlink -f "$0")")")\nexec ${own(loader)} --library-path ${libraries.map(own).join(':')} "$P/usr/bin/bitcoind" "$@"\n`)
  chmodSync(file, 0o755)
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) {
  try {
    await ensureBitcoind({ say: (text) => process.stderr.write(`growr: ${text}\n`) })
  } catch (error) {
    if (!(error instanceof NoBitcoind)) throw error
    process.stderr.write(`growr: no bitcoind: ${error.message}\n`)
    process.exitCode = 1
  }
}
