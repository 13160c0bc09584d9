import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Custody, KeysError, openStream, type KdfCost } from '@growr/keys'
import { makePrivateDirectory, syncDirectory } from '@growr/runtime'
import { openFinancingKeep } from '@growr/financing'
import { openPaymentKeep } from '@growr/payment'
import { openBookStore, roomsOf } from '@growr/service'
import { systemClock } from '@growr/runtime'
import { FORMAT, unpack, type BookHead, type Manifest } from '../backup/archive.ts'
import { erasuresOf, keptErasures, mergedErasures } from '../backup/erasures.ts'
import { OperatorError } from '../operator-error.ts'
import { GROUPS, openParts } from '../parts.ts'
import { verifyWhole } from '../verify-books.ts'
import { writeRestored, type Restored } from './note.ts'

export interface RestoreOptions {
  readonly file: string
  /** The data directory: missing, empty, or with nothing but marks in it. */
  readonly data: string
  /** Opens the keys, from now on. */
  readonly passphrase: string
  /** Opens the back-up, where another one does. */
  readonly backupPassphrase?: string
  /** Further notes of what was erased. */
  readonly erasures?: readonly string[]
  readonly now?: () => Date
  readonly cost?: KdfCost
  readonly say?: (line: string) => void
}

export interface RestoreDone {
  readonly manifest: Manifest
  readonly note: Restored
}

const UNFINISHED = 'UNFINISHED'

/**
 * Makes a data directory out of a back-up: beside its place, and in its place only when all of it verifies. Every book goes on in a
 * signed successor, people who were erased are erased again, and nothing is sent until the operator has reconciled.
 * RESTORE_NOT_EMPTY, BACKUP_MISSING, BACKUP_DAMAGED, BACKUP_NEWER, WRONG_PASSPHRASE, RESTORE_UNSOUND.
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreDone> {
  const data = resolve(options.data)
  const file = resolve(options.file)
  const say = options.say ?? (() => undefined)
  if (!existsSync(file)) throw new OperatorError('BACKUP_MISSING', `there is no file ${file}`)
  const left = leftIn(data)
  const work = `${data}.unfinished`
  clearUnfinished(work)
  makePrivateDirectory(work)
  writeFileSync(join(work, UNFINISHED), 'A restore that has not come to its end. Start it again.\n', { mode: 0o600 })
  const erasures = mergedErasures([...erasuresOf(data), keptErasures(dirname(file)), ...(options.erasures ?? [])])
  const books = new Books(work, options, erasures)
  let manifest: Manifest
  try {
    const messages = openStream(createReadStream(file, { highWaterMark: 1024 * 1024 }), { format: FORMAT, passphrase: options.backupPassphrase ?? options.passphrase })
    manifest = await unpack(messages, {
      file: async ({ path }, bytes) => {
        const target = join(work, path)
        mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
        await pipeline(bytes, createWriteStream(target, { mode: 0o600, flags: 'wx', flush: true }))
      },
      book: async (head, blocks) => {
        await books.receive(head, blocks)
        say(`${head.book}: ${Math.max(0, head.end.length - 1)} entries`)
      },
    })
    await books.prepare()
  } finally {
    await books.close()
  }
  await verify(work, options.passphrase, say)
  const note: Restored = {
    v: 1, at: (options.now ?? (() => new Date()))().toISOString(), instant: manifest.instant, file: basename(file),
    sending: 'off', settled: false, held: 'undecided', reconciledAt: null, lost: lostBy(data, manifest),
  }
  await writeRestored(work, note)
  rmSync(join(work, UNFINISHED))
  await syncDirectory(work)
  if (left) renameSync(data, `${data}.before-${note.at.replaceAll(/[-:]|\.\d+/g, '')}`)
  else rmSync(data, { recursive: true, force: true })
  renameSync(work, data)
  await syncDirectory(dirname(data))
  return { manifest, note }
}

/** Whether there is something in the directory; only marks may be, which say what was lost. */
function leftIn(data: string): boolean {
  const entries = existsSync(data) ? readdirSync(data) : []
  const others = entries.filter((name) => name !== 'marks')
  if (others.length > 0) throw new OperatorError('RESTORE_NOT_EMPTY', `${data} is not empty (${others.slice(0, 3).join(', ')}): move it away, do not delete it yet, and leave its folder marks in place if you can`)
  return entries.length > 0
}

function clearUnfinished(work: string): void {
  if (!existsSync(work)) return
  if (!existsSync(join(work, UNFINISHED)) && readdirSync(work).length > 0) throw new OperatorError('RESTORE_NOT_EMPTY', `${work} is in the way: move it elsewhere`)
  rmSync(work, { recursive: true })
}

type Store = Awaited<ReturnType<typeof openBookStore>>['store']

/** The stores that a back-up's books are taken up in: opened with the first of each, when the files of keys are there. */
class Books {
  readonly #work: string
  readonly #options: RestoreOptions
  readonly #erasures: readonly string[]
  readonly #stores = new Map<string, Store>()
  readonly #closing: (() => Promise<unknown>)[] = []
  #ready = false

  constructor(work: string, options: RestoreOptions, erasures: readonly string[]) {
    this.#work = work
    this.#options = options
    this.#erasures = erasures
  }

  async receive({ group, name, chain, end }: BookHead, blocks: AsyncIterable<Buffer>): Promise<void> {
    await this.prepare()
    const store = this.#stores.get(group) ?? await this.#open(group)
    await store.receive(name, { chain, end }, blocks)
  }

  /** The keys under the pass phrase of now; and what was erased, before any key is opened. */
  async prepare(): Promise<void> {
    if (this.#ready) return
    this.#ready = true
    const { passphrase, backupPassphrase, cost } = this.#options
    for (const group of GROUPS) {
      const file = roomsOf(this.#work, group).custody
      const open = async (phrase: string): Promise<Custody> => Custody.open({ file, group, purposes: [], passphrase: phrase, ...(cost && { cost }) })
      let custody: Custody
      try {
        custody = await open(passphrase)
      } catch (error) {
        if (!(error instanceof KeysError) || error.code !== 'WRONG_PASSPHRASE' || backupPassphrase === undefined) throw error
        custody = await open(backupPassphrase)
        await custody.rewrap(passphrase)
      }
      custody.close()
      // Keys have random ids: one that is of another group is not found, and nothing happens.
      const { erasures } = roomsOf(this.#work, group)
      const all = mergedErasures([erasures, ...this.#files()])
      mkdirSync(dirname(erasures), { recursive: true, mode: 0o700 })
      const lines = [...new Set([...all, ...this.#erasures])]
      if (lines.length > 0) writeFileSync(erasures, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 })
    }
  }

  #files(): string[] {
    return GROUPS.map((group) => roomsOf(this.#work, group).erasures)
  }

  async #open(group: string): Promise<Store> {
    if (group !== 'financing' && group !== 'payment') throw new OperatorError('BACKUP_NEWER', `this release has no books of the group ${group}: restore it with the release that made it`)
    const keep = await (group === 'financing' ? openFinancingKeep : openPaymentKeep)({ dataDir: this.#work, passphrase: this.#options.passphrase, clock: systemClock })
    this.#closing.push(() => keep.close())
    const { store, close } = await openBookStore(keep, systemClock)
    this.#closing.push(close)
    this.#stores.set(group, store)
    return store
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0).toReversed()) await close()
  }
}

/** Every book of every organization is there, may be written, and verifies with each state and posting made again. */
async function verify(work: string, passphrase: string, say: (line: string) => void): Promise<void> {
  // One that the back-up did not know yet, of an organization that was just being made, may have had entries all the same.
  const parts = await openParts({ data: work, passphrase, views: false, succeed: 'first' })
  try {
    for (const { store } of parts.groups) {
      for (const book of await store?.books() ?? []) {
        const { findings } = await verifyWhole(book)
        const first = book.refusal?.message ?? findings.map(({ code, seq, message }) => `${code} at ${seq ?? 'the whole'}: ${message}`)[0]
        if (first !== undefined) throw new OperatorError('RESTORE_UNSOUND', `${book.id} does not verify (${first}): take another back-up; nothing was put in place`)
      }
    }
    say('every book verifies')
  } finally {
    await parts.close()
  }
}

/** How many entries the marks that were left speak of and the back-up has not. */
function lostBy(data: string, { books }: Manifest): Restored['lost'] {
  return books.flatMap(({ group, book, entries }) => {
    try {
      const { length } = JSON.parse(readFileSync(join(data, 'marks', group, `${book}.json`), 'utf8')) as { length: number }
      return Number(length) - 1 > entries ? [{ book, entries: Number(length) - 1 - entries }] : []
    } catch {
      return []
    }
  })
}

/**
 * Takes up the books of a data directory that came without its marks, or is behind them, such as a copied disk: each in a signed
 * successor, in place. Nothing is sent afterwards until the operator has reconciled. NO_DATA, DATA_IN_USE.
 */
export async function takeUpInPlace({ data, passphrase, now = () => new Date() }: Pick<RestoreOptions, 'data' | 'passphrase' | 'now'>): Promise<Restored> {
  const at = now().toISOString()
  const note: Restored = { v: 1, at, instant: at, file: null, sending: 'off', settled: false, held: 'undecided', reconciledAt: null, lost: [] }
  // Noted first: a node that starts in between must not send either.
  if (existsSync(join(data, 'identity', 'keys.json'))) await writeRestored(resolve(data), note)
  const parts = await openParts({ data: resolve(data), passphrase, succeed: true, views: false })
  await parts.close()
  return note
}
