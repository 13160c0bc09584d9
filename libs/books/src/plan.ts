import { BookError } from './errors.ts'
import { requestIdAt, requestMarks, type PreparedDraft, type RequestMarks } from './draft.ts'
import { placeOf } from './entry-codec.ts'
import { mac, seal } from './seal.ts'
import type { Entry, StoredEntry } from './entry.ts'
import type { OpenBook } from './open-book.ts'

/** Drafts of one append on their way into a book. */
export interface Item {
  readonly book: OpenBook
  readonly drafts: readonly PreparedDraft[]
  resolve(entries: readonly StoredEntry[] | Promise<readonly StoredEntry[]>): void
  reject(error: unknown): void
}

export interface PlannedEntry {
  readonly key: string
  readonly seq: number
  readonly entry: Entry
  readonly prepared: PreparedDraft
}

export interface PlannedItem {
  readonly item: Item
  readonly marks: RequestMarks | null
  readonly entries: readonly PlannedEntry[]
  /** The same request, come while the first is under way. */
  readonly again: Item[]
}

const MAXIMUM_TEXT = 1024 * 1024

/** What one group commit is going to add to one book. */
export class Plan {
  readonly book: OpenBook
  readonly items: PlannedItem[] = []
  readonly #heads = new Map<string, number>()
  readonly #requests = new Map<string, PlannedItem>()
  readonly #requestKey: Uint8Array
  #next: number

  private constructor(book: OpenBook, requestKey: Uint8Array) {
    this.book = book
    this.#requestKey = requestKey
    this.#next = Math.max(1, book.core.length)
  }

  static async begin(book: OpenBook): Promise<Plan> {
    return new Plan(book, await book.keys.requestKey(book.organization))
  }

  /**
   * Takes an append into the plan, or answers it from what there is. Throws what the append is to be refused with; then
   * nothing of it is in the plan.
   */
  async add(item: Item, now: Date, repeated: (marks: RequestMarks) => Promise<readonly StoredEntry[]>): Promise<void> {
    const { book } = this
    if (book.refusal !== null) throw book.refusal
    const first = item.drafts[0]
    if (first === undefined) throw new BookError('DRAFT_INVALID', 'an append needs a draft')
    const marks = requestMarks(first.draft, this.#requestKey)
    if (marks !== null && this.#answered(item, marks, repeated)) return
    const heads = this.#checkHeads(item.drafts)
    const entries: PlannedEntry[] = []
    for (const [place, prepared] of item.drafts.entries()) {
      const entry = await sealDraft(book, prepared, marks, place, now)
      entries.push({ key: prepared.draft.key, seq: this.#next + place, entry, prepared })
    }
    this.#next += entries.length
    for (const [place, key] of heads.entries()) this.#heads.set(key, this.#next - heads.length + place)
    const planned: PlannedItem = { item, marks, entries, again: [] }
    this.items.push(planned)
    if (marks !== null) this.#requests.set(marks.id, planned)
  }

  #answered(item: Item, marks: RequestMarks, repeated: (marks: RequestMarks) => Promise<readonly StoredEntry[]>): boolean {
    const pending = this.#requests.get(marks.id)
    const digest = pending?.marks?.digest ?? this.book.index.request(marks.id)?.digest
    if (digest === undefined) return false
    if (digest !== marks.digest) throw new BookError('REQUEST_ID_REUSED', 'this request id was used with other parameters')
    if (pending !== undefined) pending.again.push(item)
    else item.resolve(repeated(marks))
    return true
  }

  /** The keys of the drafts in order, each seen to be where its draft expects it. */
  #checkHeads(drafts: readonly PreparedDraft[]): readonly string[] {
    const own = new Set<string>()
    for (const { draft } of drafts) {
      const { key, expectedSeq } = draft
      if (expectedSeq !== undefined && !own.has(key)) {
        const found = this.#heads.get(key) ?? this.book.index.headSeq(key)
        if (found !== expectedSeq) {
          throw new BookError('STALE_STATE', 'the record has changed', { details: { key, expected: expectedSeq, found } })
        }
      }
      own.add(key)
    }
    return drafts.map(({ draft }) => draft.key)
  }
}

async function sealDraft(book: OpenBook, prepared: PreparedDraft, marks: RequestMarks | null, place: number, now: Date): Promise<Entry> {
  const { draft } = prepared
  const { keys, organization } = book
  if (prepared.sharedText.length + (prepared.subjectText?.length ?? 0) > MAXIMUM_TEXT) {
    throw new BookError('ENTRY_TOO_LARGE', 'an entry holds at most 1 MiB')
  }
  const scope = draft.scope ?? `organization:${organization}`
  const found = keys.sharedKey(scope)
  const shared = found instanceof Promise ? await found : found
  if (shared === null) throw new BookError('KEY_MISSING', `there is no key for ${scope}`)
  const open = {
    v: 1 as const, rules: draft.rules, type: draft.event.type, at: draft.at ?? now.toISOString(), businessDate: draft.businessDate,
    actor: { role: draft.actor.role, pseudonym: draft.actor.id === null ? null : await pseudonymOf(book, draft.actor.id) },
    cause: draft.cause ?? null, action: draft.action,
    requestId: marks === null ? null : requestIdAt(marks, place), paramsDigest: marks === null ? null : marks.digest,
    postings: draft.postings ?? [], epoch: { of: scope, n: shared.epoch },
  }
  const sealed = seal(prepared.sharedText, shared.key, placeOf(book.id, draft.key, open, null))
  return { ...open, shared: sealed, subject: await sealSubject(book, prepared, open) }
}

async function sealSubject(book: OpenBook, prepared: PreparedDraft, open: Pick<Entry, 'type' | 'epoch'>): Promise<Entry['subject']> {
  const { draft, subjectText } = prepared
  if (subjectText === null || !draft.person) return null
  const found = book.keys.subjectKey(draft.person, book.organization)
  const { kid, key } = found instanceof Promise ? await found : found
  return { kid, box: seal(subjectText, key, placeOf(book.id, draft.key, open, kid)) }
}

/** Stands for whoever acted, the same for the same person in one organization. */
export const pseudonym = (key: Uint8Array, id: string): string => mac(key, `actor\n${id}`)

async function pseudonymOf(book: OpenBook, id: string): Promise<string> {
  const known = book.pseudonyms.get(id)
  if (known !== undefined) return known
  const made = pseudonym(await book.keys.pseudonymKey(book.organization), id)
  book.pseudonyms.set(id, made)
  return made
}
