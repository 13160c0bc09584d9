// Debian's Electrum, a Lightning node of another make, for tests: the stable suite's, with the Python that it was built for.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, networksFolder, run, writeWrapper } from './debian.mjs'

const SUITE = 'bookworm'
/** Of a whole system, of a window, or for who sets up packages: the daemon runs without. */
const NOT_NEEDED = /^(perl|libperl|libdb5|libgdbm|dpkg$|tar$|debconf|mailcap|mime-support|libjs-|node-|libpcre|libselinux|libmount|libblkid|libglib|libharfbuzz|libfreetype|libx|libfribidi|libraqm|libgraphite|python3-pil|python3-lib2to3|gcc-)/

/** Why there is no Electrum, and what to do. */
export class NoElectrum extends Error {}
const failed = (reason) => new NoElectrum(`${reason}. It comes from Debian's packages (${SUITE}): see that apt's mirror can be reached, or give the path of another Electrum as ELECTRUM_PATH.`)

/** Where the one of this checkout is, or will be. */
export const installedElectrum = (folder = networksFolder) => join(folder, 'electrum', 'run', 'electrum')

/** What it says that it is. Throws NoElectrum where it does not run. */
export async function electrumVersion(path) {
  const version = (await run(path, ['version', '--offline'], failed)).trim()
  if (!/^\d+\.\d+/.test(version)) throw failed(`${path} is no Electrum: it says '${version.slice(0, 60)}'`)
  return version
}

/**
 * The path of an Electrum that runs: the one named by ELECTRUM_PATH, the one of this checkout, or that one after it was set up, which
 * takes a quarter of a minute and some 100 MB. Throws NoElectrum, which says what to do.
 */
export async function ensureElectrum({ env = process.env, folder = networksFolder, say = () => {} } = {}) {
  const path = env.ELECTRUM_PATH || installedElectrum(folder)
  if (!env.ELECTRUM_PATH && !existsSync(path)) {
    say('setting up Electrum from Debian\'s packages (a quarter of a minute, once) …')
    await install({
      folder, name: 'electrum', suite: SUITE, packageName: 'python3-electrum', notNeeded: NOT_NEEDED, failed,
      finish: (prefix) => writeWrapper({
        prefix, name: 'electrum', program: 'usr/bin/python3.11', flags: ['-P'], args: ['usr/lib/python3/dist-packages/electrum/electrum'], failed,
        environment: { PYTHONHOME: 'usr', PYTHONPATH: 'usr/lib/python3/dist-packages' },
      }),
    })
  }
  await electrumVersion(path)
  return path
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) {
  try {
    process.stderr.write(`growr: Electrum ${await electrumVersion(await ensureElectrum({ say: (text) => process.stderr.write(`growr: ${text}\n`) }))}\n`)
  } catch (error) {
    if (!(error instanceof NoElectrum)) throw error
    process.stderr.write(`growr: no Electrum: ${error.message}\n`)
    process.exitCode = 1
  }
}
