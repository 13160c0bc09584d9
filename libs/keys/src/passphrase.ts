import { randomInt } from 'node:crypto'
import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { createFile, makePrivate, readBounded } from './disk.ts'
import { KeysError } from './errors.ts'
import { requireStrength } from './kdf.ts'

export interface PassphraseOptions {
  /** The group: `GROWR_<GROUP>_PASSPHRASE` is looked at before `GROWR_PASSPHRASE`. */
  group: string
  /** Usually process.env. */
  environment: Readonly<Record<string, string | undefined>>
  /** A file with the pass phrase as its only line; a mounted secret, or the one that is made up at the first start. */
  file: string
  /** The data directory: the pass phrase must not lie in it, or a copy of the data would carry its key along. */
  dataDirectory: string
  /** In production a pass phrase is given, never made up. */
  production: boolean
  /** Custody files that a pass phrase must open: where one exists, none is made up. */
  custodyFiles: readonly string[]
}

export interface Passphrase {
  passphrase: string
  /** Where it came from; 'made-up' only at the moment when it was. */
  source: 'environment' | 'file' | 'made-up'
  /** The file it is in, where it is in one. */
  file?: string
}

const FILE_LIMIT = 8192
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'

/**
 * The pass phrase of a group's custody: from the environment, else from a file, else made up (about 118 bits) and
 * written to that file, 0600. PASSPHRASE_REQUIRED, PASSPHRASE_IN_DATA, PASSPHRASE_EXPOSED, PASSPHRASE_TOO_SHORT.
 */
export function resolvePassphrase(options: PassphraseOptions): Passphrase {
  const { group, environment, file, dataDirectory, production, custodyFiles } = options
  const variable = `GROWR_${group.toUpperCase().replaceAll('-', '_')}_PASSPHRASE`
  const given = environment[variable] || environment['GROWR_PASSPHRASE']
  if (given !== undefined && given !== '') {
    requireStrength(given)
    return { passphrase: given, source: 'environment' }
  }
  if (isInside(dataDirectory, file)) throw new KeysError('PASSPHRASE_IN_DATA', `${file} is inside the data directory: keep the pass phrase elsewhere, or a copy of the data opens itself`)
  const known = readPassphrase(file)
  if (known !== undefined) return { passphrase: known, source: 'file', file }
  const lost = custodyFiles.find((custody) => existsSync(custody))
  if (production || lost !== undefined) {
    const reason = lost === undefined ? 'in production none is made up' : `${lost} exists and needs the one with which it was made`
    throw new KeysError('PASSPHRASE_REQUIRED', `no pass phrase was given, and ${reason}: set ${variable} or GROWR_PASSPHRASE, or write it to ${file}`)
  }
  return makeUp(file)
}

/** A pass phrase of six groups of four characters that are not easily mistaken for one another. */
export function makePassphrase(): string {
  return Array.from({ length: 6 }, () => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')).join('-')
}

function makeUp(file: string): Passphrase {
  const passphrase = makePassphrase()
  try {
    createFile(file, Buffer.from(`${passphrase}\n`))
    return { passphrase, source: 'made-up', file }
  } catch (error) {
    // Another group of the same node was faster: its pass phrase is the one.
    const known = (error as NodeJS.ErrnoException).code === 'EEXIST' ? readPassphrase(file) : undefined
    if (known === undefined) throw error
    return { passphrase: known, source: 'file', file }
  }
}

function readPassphrase(file: string): string | undefined {
  const bytes = readBounded(file, FILE_LIMIT)
  if (bytes === undefined) return undefined
  if (bytes === 'too-large') throw new KeysError('PASSPHRASE_REQUIRED', `${file} is no file with a pass phrase: it is larger than ${FILE_LIMIT} bytes`)
  requirePrivate(file)
  const passphrase = bytes.toString('utf8').replace(/\r?\n$/, '')
  requireStrength(passphrase)
  return passphrase
}

// A mounted secret may be readable by a group that the platform made for it, but never by everybody.
function requirePrivate(file: string): void {
  try {
    makePrivate(file)
  } catch (cause) {
    if ((statSync(file).mode & 0o007) === 0) return
    throw new KeysError('PASSPHRASE_EXPOSED', `everybody on this machine can read ${file}: take that right away (mode 0600, or 0440 for a mounted secret)`, { cause })
  }
}

function isInside(directory: string, file: string): boolean {
  const path = relative(realPath(directory), realPath(file))
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`) && !/^([A-Za-z]:|\/)/.test(path))
}

// The real path of what exists of it, so that a link does not hide where a file is.
function realPath(path: string): string {
  const absolute = resolve(path)
  if (existsSync(absolute)) return realpathSync(absolute)
  const parent = dirname(absolute)
  return parent === absolute ? absolute : resolve(realPath(parent), relative(parent, absolute))
}
