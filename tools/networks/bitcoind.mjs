// A real bitcoind for development and tests, out of Debian's packages: Bitcoin Knots of the unstable suite.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, mirrorIn, networksFolder, run, writeWrapper } from './debian.mjs'

export { mirrorIn }

/** Recommended by others or for a whole system only: bitcoind runs without. */
const NOT_NEEDED = /^(systemd|libsystemd|debconf|libmount|libblkid|libselinux|libpcre2|libc-gconv|openssl-provider|gcc-)/

/** Why there is no bitcoind, and what to do. */
export class NoBitcoind extends Error {}
const failed = (reason) => new NoBitcoind(`${reason}. Give the path of another bitcoind as BITCOIND_PATH.`)

/** Where the one of this checkout is, or will be. */
export const installed = (folder = networksFolder) => join(folder, 'bitcoind', 'run', 'bitcoind')

/** What a binary says that it is. Throws NoBitcoind where it does not run. */
export async function versionOf(path) {
  const printed = await run(path, ['--version'], failed)
  const [version = ''] = printed.split('\n')
  if (!/bitcoin/i.test(version)) throw failed(`${path} is no bitcoind: it says '${version.slice(0, 60)}'`)
  return version
}

/**
 * The path of a bitcoind that runs: the one named by BITCOIND_PATH, the one of this checkout, or that one after it was set up,
 * which takes half a minute and some 60 MB. Throws NoBitcoind, which says what to do.
 */
export async function ensureBitcoind({ env = process.env, folder = networksFolder, say = () => {} } = {}) {
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
  say('setting up bitcoind from Debian\'s packages (half a minute, once) …')
  await install({
    folder, name: 'bitcoind', suite: 'sid', packageName: 'bitcoin-knots', notNeeded: NOT_NEEDED, failed,
    finish: (prefix) => writeWrapper({ prefix, name: 'bitcoind', program: 'usr/bin/bitcoind', failed }),
  })
  say(await versionOf(path))
  return path
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
