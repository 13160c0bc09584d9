import { createHash, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Custody, KeysError, makePassphrase, type KdfCost } from '@growr/keys'
import { atomicWriteFile, lockDirectory, makePrivateDirectory } from '@growr/runtime'
import { roomsOf } from '@growr/service'
import { OperatorError } from '../operator-error.ts'
import { GROUPS } from '../parts.ts'

/** What is known of the pass phrase, in the data directory: never the pass phrase, nor what would help to guess it. */
export interface PassphraseNote {
  readonly v: 1
  readonly rotatedAt: string | null
  readonly copyConfirmedAt: string | null
}

const NOTE = 'passphrase.json'
const NOTHING: PassphraseNote = { v: 1, rotatedAt: null, copyConfirmedAt: null }

export function readPassphraseNote(data: string): PassphraseNote {
  const file = join(data, NOTE)
  try {
    return existsSync(file) ? { ...NOTHING, ...JSON.parse(readFileSync(file, 'utf8')) as Partial<PassphraseNote> } : NOTHING
  } catch {
    return NOTHING
  }
}

const write = (data: string, note: PassphraseNote): Promise<void> => atomicWriteFile(join(data, NOTE), `${JSON.stringify(note)}\n`)
const digest = (text: string): Buffer => createHash('sha256').update(text.normalize('NFKC')).digest()

/** Whoever types the pass phrase from a copy has one: noted, and the reminder ends. False where it is another. */
export async function confirmCopy(data: string, passphrase: string, typed: string, now: Date): Promise<boolean> {
  if (!timingSafeEqual(digest(passphrase), digest(typed.trim()))) return false
  await write(data, { ...readPassphraseNote(data), copyConfirmedAt: now.toISOString() })
  return true
}

export interface RotateOptions {
  readonly data: string
  readonly passphrase: string
  /** The file that holds it; none where it comes from the environment. */
  readonly file: string | undefined
  /** The new one; made up where the old one is in a file. */
  readonly next: string | undefined
  readonly now: Date
  readonly cost?: KdfCost
}

/**
 * Puts all keys under another pass phrase, while the node does not run. Stopped half way it is finished by the next run: the new pass
 * phrase is on the disk, beside the old one, before the first key is. DATA_IN_USE, ARGUMENTS, WRONG_PASSPHRASE.
 */
export async function rotatePassphrase({ data, passphrase, file, next, now, cost }: RotateOptions): Promise<{ readonly kept: string | undefined }> {
  const waiting = file === undefined ? undefined : `${file}.next`
  const begun = waiting !== undefined && existsSync(waiting) ? readFileSync(waiting, 'utf8').trim() : undefined
  const fresh = begun ?? next ?? (file === undefined ? undefined : makePassphrase())
  if (fresh === undefined) throw new OperatorError('ARGUMENTS', 'the pass phrase comes from the environment: give the new one in GROWR_NEW_PASSPHRASE')
  if (fresh === passphrase) throw new OperatorError('ARGUMENTS', 'this is the pass phrase that is in use')
  const lock = lockDirectory(data)
  try {
    if (waiting !== undefined && begun === undefined) {
      makePrivateDirectory(dirname(waiting))
      await writeFile(waiting, `${fresh}\n`, { mode: 0o600, flag: 'wx', flush: true })
    }
    for (const group of GROUPS) {
      const custody = await openWith(roomsOf(data, group).custody, group, [passphrase, fresh], cost)
      if (custody.passphrase === passphrase) await custody.opened.rewrap(fresh)
      custody.opened.close()
    }
    const kept = file === undefined ? undefined : `${file}.until-${now.toISOString().slice(0, 10)}`
    // Back-ups of before open with the old one.
    if (file !== undefined && kept !== undefined) await atomicWriteFile(kept, `${passphrase}\n`)
    if (file !== undefined && waiting !== undefined) renameSync(waiting, file)
    await write(data, { v: 1, rotatedAt: now.toISOString(), copyConfirmedAt: null })
    return { kept }
  } finally {
    lock.release()
  }
}

async function openWith(file: string, group: string, passphrases: readonly string[], cost?: KdfCost): Promise<{ opened: Custody; passphrase: string }> {
  for (const passphrase of passphrases) {
    try {
      return { opened: await Custody.open({ file, group, purposes: [], passphrase, ...(cost && { cost }) }), passphrase }
    } catch (error) {
      if (!(error instanceof KeysError) || error.code !== 'WRONG_PASSPHRASE' || passphrase === passphrases.at(-1)) throw error
    }
  }
  throw new OperatorError('ARGUMENTS', 'no pass phrase was given')
}
