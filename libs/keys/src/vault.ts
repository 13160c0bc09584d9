import { rmSync } from 'node:fs'
import { wipe } from './aead.ts'
import { makePrivate, nodeDisk, createFile, readBounded, replaceFile, temporaryName, type Disk } from './disk.ts'
import { authenticate, damaged, FILE_LIMIT, formatDocument, makeCheck, parseDocument, type CustodyBody } from './document.ts'
import { KeysError } from './errors.ts'
import { deriveKek, newKdf, requireStrength, type KdfCost, type KdfParameters } from './kdf.ts'
import { openRecord, rewrapRecord, sealRecord, type RecordHead, type SealedRecord } from './record.ts'

export interface VaultOptions {
  file: string
  group: string
  passphrase: string
  cost?: KdfCost
  disk?: Disk
}

interface State {
  kek: Buffer
  kdf: KdfParameters
  serial: number
  sha256: string
  records: Map<string, SealedRecord>
}

const keyOf = ({ kind, purpose, id, version }: Pick<RecordHead, 'kind' | 'purpose' | 'id' | 'version'>): string =>
  JSON.stringify([kind, purpose, id, version])

/** The records of one custody file, unlocked. Each change is on disk before it is seen; what fails to be written never happened. */
export class Vault {
  readonly file: string
  readonly group: string
  /** What was put right while opening, for the log: no secrets in it. */
  readonly notices: string[] = []
  readonly #disk: Disk
  #state: State | undefined

  private constructor(options: VaultOptions, state: State) {
    this.file = options.file
    this.group = options.group
    this.#disk = options.disk ?? nodeDisk
    this.#state = state
  }

  /** CUSTODY_MISSING, CUSTODY_DAMAGED, CUSTODY_NEWER, WRONG_PASSPHRASE, CUSTODY_OF_OTHER_GROUP. */
  static async unlock(options: VaultOptions): Promise<Vault> {
    const { file, group, passphrase } = options
    const bytes = readBounded(file, FILE_LIMIT)
    if (bytes === undefined) throw new KeysError('CUSTODY_MISSING', `there is no custody file at ${file}: restore the back-up of the keys, or create one`)
    if (bytes === 'too-large') throw damaged(file)
    const document = parseDocument(bytes, file)
    const kek = await deriveKek(passphrase, document.body.kdf)
    try {
      authenticate(kek, document, file)
      if (document.body.group !== group) {
        throw new KeysError('CUSTODY_OF_OTHER_GROUP', `${file} is the custody file of «${document.body.group}», not of «${group}»`)
      }
    } catch (error) {
      wipe(kek)
      throw error
    }
    const { kdf, serial, records } = document.body
    const vault = new Vault(options, { kek, kdf, serial, sha256: document.sha256, records: new Map(records.map((record) => [keyOf(record), record])) })
    // A crash between writing and renaming leaves a whole but unacknowledged file behind.
    rmSync(temporaryName(file), { force: true })
    if (makePrivate(file)) vault.notices.push(`${file} could be read by others: its rights are 0600 again`)
    return vault
  }

  /** A new custody file without records; CUSTODY_EXISTS, PASSPHRASE_TOO_SHORT. */
  static async create(options: VaultOptions): Promise<Vault> {
    const { file, group, passphrase, cost } = options
    requireStrength(passphrase)
    const kdf = newKdf(cost)
    const kek = await deriveKek(passphrase, kdf)
    const { bytes, sha256 } = formatDocument(kek, { group, kdf, check: makeCheck(kek, group, kdf), serial: 1, records: [] })
    try {
      createFile(file, bytes, options.disk)
    } catch (error) {
      wipe(kek)
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      throw new KeysError('CUSTODY_EXISTS', `there is a custody file at ${file} already: it is never overwritten`)
    }
    return new Vault(options, { kek, kdf, serial: 1, sha256, records: new Map() })
  }

  records(): readonly SealedRecord[] {
    return [...this.#open().records.values()]
  }

  find(kind: RecordHead['kind'], purpose: string, id: string, version: number): SealedRecord | undefined {
    return this.#open().records.get(keyOf({ kind, purpose, id, version }))
  }

  /** Grows with each write, so that what was computed from the records can be kept until then. */
  get serial(): number {
    return this.#open().serial
  }

  seal(head: RecordHead, plaintext: Uint8Array): SealedRecord {
    return sealRecord(this.#open().kek, this.group, head, plaintext)
  }

  /** The secret of a record; the caller wipes it. */
  unseal(record: SealedRecord): Buffer {
    return openRecord(this.#open().kek, this.group, record)
  }

  /** Replaces records in one write; CUSTODY_CHANGED where another process wrote since. */
  change(put: readonly SealedRecord[], drop: readonly SealedRecord[] = []): void {
    const state = this.#open()
    const records = new Map(state.records)
    for (const record of drop) records.delete(keyOf(record))
    for (const record of put) records.set(keyOf(record), record)
    const sha256 = this.#write(state.kek, state.kdf, state.serial + 1, [...records.values()])
    this.#state = { ...state, records, serial: state.serial + 1, sha256 }
  }

  /** The same secrets under another pass phrase (or another cost of deriving): a crash leaves the old file or the new one. */
  async rewrap(passphrase: string, cost?: KdfCost): Promise<void> {
    requireStrength(passphrase)
    const kdf = newKdf(cost)
    const kek = await deriveKek(passphrase, kdf)
    // Read only now: records may have been added while the key was being derived. From here on nothing waits.
    const state = this.#open()
    try {
      const records = [...state.records.values()].map((record) => rewrapRecord(state.kek, kek, this.group, record))
      const sha256 = this.#write(kek, kdf, state.serial + 1, records)
      this.#state = { kek, kdf, serial: state.serial + 1, sha256, records: new Map(records.map((record) => [keyOf(record), record])) }
    } catch (error) {
      wipe(kek)
      throw error
    }
    wipe(state.kek)
  }

  /** Whether this is the pass phrase of the file as it lies there: WRONG_PASSPHRASE. */
  async prove(passphrase: string): Promise<void> {
    const bytes = readBounded(this.file, FILE_LIMIT)
    if (bytes === undefined || bytes === 'too-large') throw damaged(this.file)
    const document = parseDocument(bytes, this.file)
    const kek = await deriveKek(passphrase, document.body.kdf)
    try {
      authenticate(kek, document, this.file)
    } finally {
      wipe(kek)
    }
  }

  close(): void {
    if (this.#state !== undefined) wipe(this.#state.kek)
    this.#state = undefined
  }

  #write(kek: Buffer, kdf: KdfParameters, serial: number, records: SealedRecord[]): string {
    this.#requireUnchanged()
    const body: CustodyBody = { group: this.group, kdf, check: makeCheck(kek, this.group, kdf), serial, records }
    const { bytes, sha256 } = formatDocument(kek, body)
    replaceFile(this.file, bytes, this.#disk)
    return sha256
  }

  #requireUnchanged(): void {
    const bytes = readBounded(this.file, FILE_LIMIT)
    const known = this.#open().sha256
    if (bytes === undefined || bytes === 'too-large' || parseDocument(bytes, this.file).sha256 !== known) {
      throw new KeysError('CUSTODY_CHANGED', `${this.file} was changed by another process: only one process may write it. Start this one again`)
    }
  }

  #open(): State {
    if (this.#state === undefined) throw new KeysError('CUSTODY_CLOSED', 'the custody was closed')
    return this.#state
  }
}
