import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { associate, decrypt, encrypt } from './aead.ts'
import { KeysError } from './errors.ts'
import { isKdf, subkey, type KdfParameters } from './kdf.ts'
import type { SealedRecord } from './record.ts'

/** A custody file is read into memory as a whole: more than this is refused before it is read. */
export const FILE_LIMIT = 32 * 1024 * 1024
export const RECORD_LIMIT = 20_000
const FORMAT = 'growr-custody'
const VERSION = 1

/** What a custody file says, before or after its authenticity is known. */
export interface CustodyBody {
  group: string
  kdf: KdfParameters
  /** Opens only with the right key-encrypting key: tells a wrong pass phrase from a damaged file. */
  check: string
  /** Grows with each write. */
  serial: number
  records: SealedRecord[]
}

export interface ParsedDocument {
  body: CustodyBody
  /** The exact bytes over which `mac` was made. */
  text: string
  mac: string
  /** Identifies this content: another process that wrote in between has another one. */
  sha256: string
}

/** The value of `check` for a key-encrypting key. */
export function makeCheck(kek: Uint8Array, group: string, kdf: KdfParameters): string {
  return encrypt(subkey(kek, 'growr/check'), Buffer.from('growr'), checkAad(group, kdf)).toString('base64')
}

/** Whether a key-encrypting key is the one that made this check. */
export function opensCheck(kek: Uint8Array, group: string, kdf: KdfParameters, check: string): boolean {
  try {
    decrypt(subkey(kek, 'growr/check'), Buffer.from(check, 'base64'), checkAad(group, kdf))
    return true
  } catch {
    return false
  }
}

/** The bytes of a custody file: the body, a MAC over it under the key-encrypting key, and a checksum against damage. */
export function formatDocument(kek: Uint8Array, body: CustodyBody): { bytes: Buffer; sha256: string } {
  const text = JSON.stringify(body)
  const sha256 = checksum(text)
  const bytes = Buffer.from(`${JSON.stringify({ format: FORMAT, version: VERSION, body: text, mac: macOf(kek, text), sha256 })}\n`)
  if (body.records.length > RECORD_LIMIT || bytes.byteLength > FILE_LIMIT) {
    throw new KeysError('CUSTODY_FULL', `a custody file holds at most ${RECORD_LIMIT} secrets: keys of single users belong in a key table`)
  }
  return { bytes, sha256 }
}

/** Reads what is in a file without trusting it; CUSTODY_DAMAGED where it is not whole, CUSTODY_NEWER where this release cannot read it. */
export function parseDocument(bytes: Buffer, file: string): ParsedDocument {
  let outer: Record<string, unknown>
  let body: unknown
  try {
    outer = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>
    if (outer?.['format'] !== FORMAT) throw damaged(file)
    if (outer['version'] !== VERSION) {
      throw new KeysError('CUSTODY_NEWER', `${file} is of version ${String(outer['version']).slice(0, 10)}, and this release reads ${VERSION}: start a newer release`)
    }
    body = JSON.parse(outer['body'] as string)
  } catch (error) {
    throw error instanceof KeysError ? error : damaged(file)
  }
  const { body: text, mac, sha256 } = outer
  if (typeof text !== 'string' || typeof mac !== 'string' || typeof sha256 !== 'string') throw damaged(file)
  if (checksum(text) !== sha256 || !isBody(body)) throw damaged(file)
  return { body, text, mac, sha256 }
}

/**
 * Tells whether the key-encrypting key is the right one and nobody altered the document:
 * WRONG_PASSPHRASE, CUSTODY_DAMAGED.
 */
export function authenticate(kek: Uint8Array, document: ParsedDocument, file: string): void {
  const { group, kdf, check } = document.body
  if (!opensCheck(kek, group, kdf, check)) {
    throw new KeysError('WRONG_PASSPHRASE', `${file} does not open with this pass phrase: give the one with which it was made`)
  }
  const expected = Buffer.from(macOf(kek, document.text), 'base64')
  const given = Buffer.from(document.mac, 'base64')
  if (expected.byteLength !== given.byteLength || !timingSafeEqual(expected, given)) throw damaged(file)
}

export function damaged(file: string): KeysError {
  return new KeysError('CUSTODY_DAMAGED', `${file} is damaged or was altered. Nothing was changed. Put back the last back-up of the keys, and keep this file`)
}

function macOf(kek: Uint8Array, text: string): string {
  return createHmac('sha256', subkey(kek, 'growr/mac')).update(text).digest('base64')
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function checkAad(group: string, kdf: KdfParameters): Buffer {
  return associate('growr-check', group, kdf.name, kdf.salt, kdf.passes, kdf.memory)
}

function isBody(value: unknown): value is CustodyBody {
  if (typeof value !== 'object' || value === null) return false
  const { group, kdf, check, serial, records } = value as Record<string, unknown>
  return typeof group === 'string' && isKdf(kdf) && typeof check === 'string' && Number.isSafeInteger(serial)
    && Array.isArray(records) && records.length <= RECORD_LIMIT && records.every(isRecord)
}

function isRecord(value: unknown): value is SealedRecord {
  if (typeof value !== 'object' || value === null) return false
  const { kind, purpose, id, version, createdAt } = value as Record<string, unknown>
  return (kind === 'signing' || kind === 'secret' || kind === 'value' || kind === 'hd')
    && typeof purpose === 'string' && typeof id === 'string' && typeof createdAt === 'string' && Number.isSafeInteger(version)
}
