import { existsSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { decrypt, encrypt, wipe } from './aead.ts'
import { Custody } from './custody.ts'
import { syncDirectory } from './disk.ts'
import { makeCheck, opensCheck } from './document.ts'
import { KeysError } from './errors.ts'
import { deriveKek, isKdf, newKdf, requireStrength, subkey, type KdfCost, type KdfParameters } from './kdf.ts'
import type { SealedRecord } from './record.ts'
import { KeyTable, type TableRow } from './table.ts'
import { Vault } from './vault.ts'

const FORMAT = 'growr-keys-backup'
const HEADER_LIMIT = 4096
const BACKUP_LIMIT = 512 * 1024 * 1024

interface Header {
  format: typeof FORMAT
  version: 1
  group: string
  kdf: KdfParameters
  check: string
}

type PackedRow = { [K in keyof TableRow]: TableRow[K] extends Uint8Array ? string : TableRow[K] extends Uint8Array | null ? string | null : TableRow[K] }

interface Payload {
  createdAt: string
  records: SealedRecord[]
  tables: { name: string; purpose: string; rows: PackedRow[] }[]
}

export interface BackupOptions {
  custody: Custody
  /** Of the back-up; another than the custody's own, kept in another place. PASSPHRASE_TOO_SHORT. */
  passphrase: string
  /** Key tables of this custody by a name under which they are restored. */
  tables?: Readonly<Record<string, KeyTable>>
  cost?: KdfCost
  createdAt?: Date
}

export interface RestoreOptions {
  /** Where the custody file is made; it must not exist: CUSTODY_EXISTS. */
  file: string
  backup: Uint8Array
  /** Of the back-up: WRONG_PASSPHRASE. */
  passphrase: string
  /** Of the new custody file. */
  newPassphrase: string
  group: string
  /** Where each key table of the back-up is made; none may be left out. */
  tables?: Readonly<Record<string, string>>
  cost?: KdfCost
}

/**
 * All keys of a group as encrypted bytes, opened by the pass phrase of the back-up alone. A back-up that is older than an
 * erasure still holds the erased person's key: after a restore the erasures must be carried out again.
 */
export async function exportBackup({ custody, passphrase, tables = {}, cost, createdAt = new Date() }: BackupOptions): Promise<Buffer> {
  requireStrength(passphrase)
  const kdf = newKdf(cost)
  const kek = await deriveKek(passphrase, kdf)
  try {
    // One synchronous stretch: custody and tables are of the same moment.
    const payload: Payload = {
      createdAt: createdAt.toISOString(),
      records: custody.recordsFor(kek),
      tables: Object.entries(tables).map(([name, table]) => ({ name, purpose: table.purpose, rows: table.export().map(pack) })),
    }
    const header: Header = { format: FORMAT, version: 1, group: custody.group, kdf, check: makeCheck(kek, custody.group, kdf) }
    const line = Buffer.from(`${JSON.stringify(header)}\n`)
    return Buffer.concat([line, encrypt(subkey(kek, 'growr/backup'), Buffer.from(JSON.stringify(payload)), line)])
  } finally {
    wipe(kek)
  }
}

/**
 * Makes custody file and key tables anew from a back-up. The custody file comes last: while it is missing, the restore is not done.
 * WRONG_PASSPHRASE, BACKUP_DAMAGED, CUSTODY_EXISTS, CUSTODY_OF_OTHER_GROUP, PASSPHRASE_TOO_SHORT.
 */
export async function restoreBackup(options: RestoreOptions): Promise<{ createdAt: string }> {
  const { file, backup, group, newPassphrase, tables = {} } = options
  for (const target of [file, ...Object.values(tables)]) {
    if (existsSync(target)) throw new KeysError('CUSTODY_EXISTS', `${target} exists already: move it away first, nothing is overwritten`)
  }
  requireStrength(newPassphrase)
  const { header, line } = readHeader(backup)
  const kek = await deriveKek(options.passphrase, header.kdf)
  try {
    const payload = openPayload(kek, header, line, backup)
    if (header.group !== group) throw new KeysError('CUSTODY_OF_OTHER_GROUP', `this back-up is of the group «${header.group}», not of «${group}»`)
    for (const { name } of payload.tables) {
      if (tables[name] === undefined) throw new KeysError('INVALID_KEY_REQUEST', `the back-up has a key table «${name}»: say where it goes`)
    }
    await makeFiles(options, kek, payload)
    return { createdAt: payload.createdAt }
  } finally {
    wipe(kek)
  }
}

async function makeFiles({ file, group, newPassphrase, tables = {}, cost }: RestoreOptions, kek: Buffer, payload: Payload): Promise<void> {
  const partial = (path: string): string => `${path}.restoring`
  const targets = payload.tables.map(({ name }) => tables[name] as string)
  for (const path of [file, ...targets]) rmSync(partial(path), { force: true })
  const vault = await Vault.create({ file: partial(file), group, passphrase: newPassphrase, ...(cost === undefined ? {} : { cost }) }, { kek, records: payload.records })
  vault.close()
  const purposes = [...new Set(payload.tables.map(({ purpose }) => purpose))]
  const custody = await Custody.open({ file: partial(file), group, purposes, passphrase: newPassphrase })
  for (const { name, purpose, rows } of payload.tables) {
    const table = KeyTable.open({ file: partial(tables[name] as string), custody, purpose })
    table.import(rows.map(unpack))
    table.close()
  }
  custody.close()
  for (const path of [...targets, file]) {
    renameSync(partial(path), path)
    syncDirectory(dirname(path))
  }
}

function openPayload(kek: Buffer, header: Header, line: Buffer, backup: Uint8Array): Payload {
  if (!opensCheck(kek, header.group, header.kdf, header.check)) {
    throw new KeysError('WRONG_PASSPHRASE', 'the back-up does not open with this pass phrase: give the one with which it was made')
  }
  try {
    return JSON.parse(decrypt(subkey(kek, 'growr/backup'), backup.subarray(line.byteLength), line).toString('utf8')) as Payload
  } catch (cause) {
    throw damagedBackup(cause)
  }
}

function readHeader(backup: Uint8Array): { header: Header; line: Buffer } {
  const end = backup.subarray(0, HEADER_LIMIT).indexOf(0x0a)
  if (end < 0 || backup.byteLength > BACKUP_LIMIT) throw damagedBackup()
  const line = Buffer.from(backup.subarray(0, end + 1))
  try {
    const header = JSON.parse(line.toString('utf8')) as Header
    if (header.format === FORMAT && header.version === 1 && typeof header.group === 'string' && typeof header.check === 'string' && isKdf(header.kdf)) {
      return { header, line }
    }
  } catch (cause) {
    throw damagedBackup(cause)
  }
  throw damagedBackup()
}

function damagedBackup(cause?: unknown): KeysError {
  return new KeysError('BACKUP_DAMAGED', 'this is no whole back-up of keys of this release: take another one', cause === undefined ? undefined : { cause })
}

const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const toBytes = (text: string): Buffer => Buffer.from(text, 'base64')

function pack(row: TableRow): PackedRow {
  const { mac, owner, wrapped, box, label } = row
  return { ...row, mac: toText(mac), owner: toText(owner), wrapped: wrapped === null ? null : toText(wrapped), box: box === null ? null : toText(box), label: toText(label) }
}

function unpack(row: PackedRow): TableRow {
  const { mac, owner, wrapped, box, label } = row
  return { ...row, mac: toBytes(mac), owner: toBytes(owner), wrapped: wrapped === null ? null : toBytes(wrapped), box: box === null ? null : toBytes(box), label: toBytes(label) }
}
