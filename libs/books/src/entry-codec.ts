import { BookError } from './errors.ts'
import { open, type BoxPlace } from './seal.ts'
import type { BookName } from './names.ts'
import type { BookKeys } from './keys.ts'
import type { BookEvent, BookState, Codec, Entry, StoredEntry } from './entry.ts'

const LINE_FEED = 10

/**
 * The value of a block: the entry as JSON. The last entry of a commit ends in a line feed, which JSON passes over, so that
 * the versions of a book (its commit boundaries) can be read from the book itself.
 */
export function encodeEntry(entry: Entry, endsCommit: boolean): Buffer {
  return Buffer.from(endsCommit ? `${JSON.stringify(entry)}\n` : JSON.stringify(entry))
}

export const endsCommit = (value: Uint8Array): boolean => value[value.length - 1] === LINE_FEED

/** Reads a block's value. Throws ENTRY_UNKNOWN for what is not an entry of a version known here. */
export function decodeEntry(value: Uint8Array): Entry {
  let entry: unknown
  try {
    entry = JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString())
  } catch (cause) {
    throw new BookError('ENTRY_UNKNOWN', 'the block holds no JSON', { cause })
  }
  const v: unknown = typeof entry === 'object' && entry !== null && 'v' in entry ? entry.v : undefined
  if (v !== 1) throw new BookError('ENTRY_UNKNOWN', `version ${String(v)} of entries is not known here`)
  if (!isEntry(entry)) throw new BookError('ENTRY_UNKNOWN', 'a field of the entry is missing or not of its form')
  return entry
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string'
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function isEntry(value: unknown): value is Entry {
  if (!isObject(value)) return false
  const { actor, epoch, subject, postings } = value
  return isText(value['rules']) && isText(value['type']) && isText(value['at']) && isText(value['businessDate'])
    && isObject(actor) && isText(actor['role']) && isTextOrNull(actor['pseudonym'])
    && isTextOrNull(value['cause']) && isText(value['action']) && isTextOrNull(value['requestId']) && isTextOrNull(value['paramsDigest'])
    && isObject(epoch) && isText(epoch['of']) && typeof epoch['n'] === 'number' && isText(value['shared'])
    && (subject === null || (isObject(subject) && isText(subject['kid']) && isText(subject['box'])))
    && Array.isArray(postings) && postings.every(isPosting)
}

const isPosting = (value: unknown): boolean =>
  isObject(value) && isText(value['account']) && isText(value['currency']) && isText(value['amount']) && /^-?[0-9]{1,80}$/.test(value['amount'])

/** What a book needs to open its entries. */
export interface Opener extends BookName {
  readonly id: string
  readonly keys: BookKeys
  readonly codec: Codec
}

export const placeOf = (id: string, key: string, entry: Pick<Entry, 'type' | 'epoch'>, kid: string | null): BoxPlace => ({
  part: kid === null ? 'shared' : 'subject', book: id, key, type: entry.type, of: entry.epoch.of, n: entry.epoch.n, kid,
})

interface Opened {
  readonly event: BookEvent | null
  readonly state: BookState | null
  readonly erased: boolean
}

/**
 * Opens the two boxes of an entry as far as the keys at hand allow: without the epoch's key event and state are null; without
 * the person's key both subjects are null and `erased` is true. Throws BOX_INVALID when a box was changed or moved.
 */
export async function openEntry(opener: Opener, key: string, entry: Entry): Promise<Opened> {
  const found = opener.keys.sharedKey(entry.epoch.of, entry.epoch.n)
  const shared = found instanceof Promise ? await found : found
  const { subject } = entry
  if (shared === null) return { event: null, state: null, erased: false }
  const text = open(entry.shared, shared.key, placeOf(opener.id, key, entry, null))
  const body = opener.codec.decode(text) as { event: BookEvent; state: BookState }
  if (subject === null) return { ...body, erased: false }
  const opened = await openSubject(opener, key, entry, subject)
  return {
    // An event that said nothing of the person has no subject: null would say that the person was erased.
    event: opened !== null && opened.event === null ? body.event : { ...body.event, subject: opened?.event ?? null },
    state: { ...body.state, subject: opened?.state ?? null },
    erased: opened === null,
  }
}

async function openSubject(
  opener: Opener, key: string, entry: Entry, subject: { kid: string; box: string },
): Promise<{ event: unknown; state: unknown } | null> {
  const found = opener.keys.subjectKeyById(subject.kid)
  const personal = found instanceof Promise ? await found : found
  if (personal === null) return null
  return opener.codec.decode(open(subject.box, personal, placeOf(opener.id, key, entry, subject.kid))) as { event: unknown; state: unknown }
}

/** The entry as it is handed out. */
export function storedEntry(opener: Opener, key: string, seq: number, version: number, entry: Entry, opened: Opened): StoredEntry {
  return {
    v: entry.v, rules: entry.rules, type: entry.type, at: entry.at, businessDate: entry.businessDate, actor: entry.actor,
    cause: entry.cause, action: entry.action, requestId: entry.requestId, paramsDigest: entry.paramsDigest,
    postings: entry.postings, epoch: entry.epoch,
    book: opener.id, kind: opener.kind, organization: opener.organization, key, seq, version,
    event: opened.event, state: opened.state, kid: entry.subject?.kid ?? null, erased: opened.erased,
  }
}
