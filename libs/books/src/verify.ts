import { BookError } from './errors.ts'
import { canonicalJson } from './canonical.ts'
import { decodeEntry, openEntry } from './entry-codec.ts'
import { unbalancedCurrencies } from './draft.ts'
import { Report, type Finding } from './findings.ts'
import { withoutSubject } from './reader.ts'
import { message, verifyBlocks } from './verify-blocks.ts'
import { endIsSigned, faultOf } from './succession.ts'
import type { Block } from './book-core.ts'
import type { Book } from './book.ts'
import type { BookEvent, BookState, Entry, Posting } from './entry.ts'
import type { OpenBook } from './open-book.ts'

/** How an entry was made, for the auditor to make it again. */
export interface Recomputed {
  readonly kind: string
  readonly organization: string
  readonly key: string
  /** The version of the rules that made the entry. */
  readonly rules: string
  /** The record before: null when this is its first entry. After an erasure its subject is null. */
  readonly before: BookState | null
  readonly event: BookEvent
  /** What the entry says came out. */
  readonly after: BookState
}

export interface VerifyOptions {
  /** The versions of rules that can be recomputed here; an entry of any other is RULES_UNKNOWN. All are known when absent. */
  readonly rules?: readonly string[]
  /** The state that the event makes of the record: compared with what the entry holds. */
  readonly recompute?: (entry: Recomputed) => BookState
  /** The postings that the event asks for: compared with those of the entry. */
  readonly postings?: (entry: Recomputed) => readonly Posting[]
  /** Findings to name at most; 1,000 unless given. */
  readonly most?: number
}

export interface Verification {
  readonly ok: boolean
  readonly entries: number
  /** Entries whose subject was erased: everything else about them was still verified. */
  readonly erased: number
  readonly findings: readonly Finding[]
  /** Findings beyond `most`. */
  readonly dropped: number
}

/**
 * Verifies a whole book from the bytes up: each stored block against a Merkle tree built anew, the writer's signature, the
 * mark, the tree of keys, each entry's form, boxes, rules, postings and request id, and, with the auditor's own functions,
 * each state and posting. Nothing is taken from the index; it is held against the book, too.
 */
export async function verifyBook(book: Book, options: VerifyOptions = {}): Promise<Verification> {
  const open = book.internals
  const length = open.core.length
  const report = new Report(open.id, options.most ?? 1_000)
  const entries = new EntryChecks(open, options, report)
  await verifyBlocks(open, length, report, block => entries.check(block))
  await verifyStructure(open, length, entries.heads, report)
  verifyIndex(open, length, entries, report)
  return { ok: report.findings.length === 0, entries: Math.max(0, length - 1), erased: entries.erased, findings: report.findings, dropped: report.dropped }
}

/** Whether the writer has signed what the book ends with, and each succession that brought it there: without reading it through. */
export async function endIsSound(book: Book): Promise<boolean> {
  const { id, chain, keys, acknowledged } = book.internals
  const { publicKey } = await keys.writerKeyPair(id)
  return faultOf(id, publicKey, chain) === null && endIsSigned(acknowledged, publicKey, chain)
}

class EntryChecks {
  /** The last entry of each key, by replay. */
  readonly heads = new Map<string, number>()
  /** The last state of each key. */
  readonly states = new Map<string, BookState>()
  erased = 0
  readonly #book: OpenBook
  readonly #options: VerifyOptions
  readonly #report: Report
  readonly #requests = new Map<string, number>()

  constructor(book: OpenBook, options: VerifyOptions, report: Report) {
    this.#book = book
    this.#options = options
    this.#report = report
  }

  async check(block: Block): Promise<void> {
    const { key, seq } = block
    this.heads.set(key, seq)
    let entry: Entry
    try {
      entry = decodeEntry(block.value)
    } catch (error) {
      this.#report.add('ENTRY_UNKNOWN', message(error), seq)
      return
    }
    this.#checkOpen(entry, seq)
    const known = this.#options.rules === undefined || this.#options.rules.includes(entry.rules)
    if (!known) this.#report.add('RULES_UNKNOWN', `the rules ${entry.rules} are not known here`, seq)
    const opened = await this.#open(entry, key, seq)
    if (opened === null) return
    if (known) this.#recompute(entry, key, seq, opened)
    this.states.set(key, opened.state)
  }

  #checkOpen(entry: Entry, seq: number): void {
    const currencies = unbalancedCurrencies(entry.postings)
    if (currencies.length > 0) this.#report.add('POSTINGS_UNBALANCED', `in ${currencies.join(', ')}`, seq)
    if (entry.requestId === null) return
    const earlier = this.#requests.get(entry.requestId)
    if (earlier !== undefined) this.#report.add('REQUEST_REPEATED', `its request was answered by entry ${earlier} already`, seq)
    this.#requests.set(entry.requestId, seq)
  }

  async #open(entry: Entry, key: string, seq: number): Promise<{ event: BookEvent; state: BookState; erased: boolean } | null> {
    try {
      const { event, state, erased } = await openEntry(this.#book, key, entry)
      if (event === null || state === null) {
        this.#report.add('KEY_MISSING', `there is no key for ${entry.epoch.of}, epoch ${entry.epoch.n}`, seq)
        return null
      }
      if (event.type !== entry.type) this.#report.add('ENTRY_UNKNOWN', 'the sealed event is of another type than the entry', seq)
      if (erased) this.erased += 1
      return { event, state, erased }
    } catch (error) {
      this.#report.add('BOX_INVALID', error instanceof BookError ? error.message : 'the box holds no event and state', seq)
      return null
    }
  }

  #recompute(entry: Entry, key: string, seq: number, opened: { event: BookEvent; state: BookState; erased: boolean }): void {
    const { recompute, postings } = this.#options
    const { kind, organization } = this.#book
    const input: Recomputed = {
      kind, organization, key, rules: entry.rules, before: this.states.get(key) ?? null, event: opened.event, after: opened.state,
    }
    try {
      // What was erased cannot be made again: then the rest of the state has to be right.
      const compared = (state: BookState): string => this.text(opened.erased ? withoutSubject(state) : state)
      if (recompute !== undefined && compared(recompute(input)) !== compared(opened.state)) {
        this.#report.add('STATE_MISMATCH', 'the event makes another state of the record', seq)
      }
      if (postings !== undefined && postingsText(postings(input)) !== postingsText(entry.postings)) {
        this.#report.add('POSTINGS_MISMATCH', 'the event asks for other postings', seq)
      }
    } catch (error) {
      this.#report.add('RECOMPUTE_FAILED', `the rules refuse it: ${error instanceof Error ? error.name : 'unknown'}`, seq)
    }
  }

  /** Text that is equal where states are, whatever the order of their fields. */
  text(state: unknown): string {
    return canonicalJson(JSON.parse(this.#book.codec.encode(dropNull(state))))
  }
}

/** A subject that is null and one that is absent are the same. */
function dropNull(state: unknown): unknown {
  if (typeof state !== 'object' || state === null || !('subject' in state) || (state.subject !== null && state.subject !== undefined)) return state
  return withoutSubject(state)
}

const postingsText = (postings: readonly Posting[]): string =>
  JSON.stringify(postings.map(({ account, amount, currency }) => [account, BigInt(amount).toString(), currency]).sort())

/** The tree of keys must be what putting all entries one after another makes it. */
async function verifyStructure(book: OpenBook, length: number, heads: ReadonlyMap<string, number>, report: Report): Promise<void> {
  if (length < 2) return
  const expected = [...heads].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const tree = book.core.bee.checkout(length)
  let place = 0
  try {
    for await (const { key, seq } of tree.createReadStream()) {
      const next = expected[place]
      place += 1
      if (next?.[0] === key && next[1] === seq) continue
      return report.add('STRUCTURE_CHANGED', 'the tree of keys is not what the entries make it', seq)
    }
  } catch (error) {
    return report.add('STRUCTURE_CHANGED', `the tree of keys cannot be read: ${message(error)}`)
  } finally {
    await tree.close()
  }
  if (place !== expected.length) report.add('STRUCTURE_CHANGED', 'the tree of keys lacks records')
}

/** What records are looked up by must be what the book says. */
function verifyIndex(book: OpenBook, length: number, entries: EntryChecks, report: Report): void {
  for (const [key, seq] of entries.heads) {
    const row = book.index.head(key)
    if (row !== null && row.seq >= length) continue
    const state = entries.states.get(key)
    const sound = row !== null && row.seq === seq
      && (state === undefined || row.state === null || entries.text(withoutSubject(state)) === canonicalJson(JSON.parse(row.state)))
    if (!sound) report.add('INDEX_STALE', 'the index gives something else for a record than the book', seq)
  }
}
