import type { Dialled } from './gateways.ts'
import type { InputKind } from './menu.types.ts'
import type { SessionData } from './ussd.collections.ts'

/** What a request brings that was not read before. */
export interface Remaining {
  /** Undefined where there is nothing to enter yet. */
  readonly rest: string | undefined
  /** The next entry, for the screen that waits for it. */
  readonly take: (kind: InputKind | undefined, rest: string) => { readonly entry: string; readonly rest: string | undefined }
  /** How much was read, once this is. */
  readonly read: SessionData['read']
  /** By which a repetition of this request is known. */
  readonly digest: string
}

type Digest = (...parts: readonly string[]) => string

/** Kinds in which people write what they like, a star included. */
const free: ReadonlySet<InputKind> = new Set<InputKind>(['text', 'name', 'answer'])
const all: Remaining['take'] = (_kind, rest) => ({ entry: rest, rest: undefined })
const byStars: Remaining['take'] = (kind, rest) => {
  const end = kind !== undefined && free.has(kind) ? -1 : rest.indexOf('*')
  return end < 0 ? { entry: rest, rest: undefined } : { entry: rest.slice(0, end), rest: rest.slice(end + 1) }
}

/**
 * What a request brings to a session: the answer that was given, for a repetition; else what was entered since. Two gateways that
 * tell the same in their own ways come to the same. What is dialled behind the service code at the first request is passed over,
 * since no entry may be taken for one that nobody was asked for.
 */
export function remaining(data: SessionData | undefined, entered: Dialled['entered'], digest: Digest): Remaining | { readonly answer: string } {
  return 'whole' in entered ? ofWhole(data, entered.whole, digest) : ofLast(data, entered, digest)
}

const lastAnswer = (data: SessionData): { readonly answer: string } => ({ answer: data.steps.at(-1)!.answer })
const given = (data: SessionData, key: string) => data.steps.find(({ digest }) => digest === key)

function ofWhole(data: SessionData | undefined, whole: string, digest: Digest): Remaining | { readonly answer: string } {
  const key = digest('whole', whole)
  const read = { length: whole.length, digest: key }
  if (data === undefined) return { rest: undefined, take: byStars, read, digest: key }
  const repeated = given(data, key)
  if (repeated !== undefined) return { answer: repeated.answer }
  const { length } = data.read
  const follows = whole.length > length && digest('whole', whole.slice(0, length)) === data.read.digest && (length === 0 || whole[length] === '*')
  // An older request that comes late, or one that has nothing to do with what was read: it changes nothing.
  if (data.ended || !follows) return lastAnswer(data)
  return { rest: whole.slice(length === 0 ? 0 : length + 1), take: byStars, read, digest: key }
}

function ofLast(data: SessionData | undefined, { last, first, number }: Extract<Dialled['entered'], { last: string }>, digest: Digest): Remaining | { readonly answer: string } {
  const steps = data?.steps.length ?? 0
  // Without a number nothing tells a repetition from the same digit entered twice.
  const key = number === undefined ? digest('last', String(steps), 'uncounted') : digest('last', number)
  const read = { length: 0, digest: key }
  if (data === undefined) return { rest: undefined, take: all, read, digest: key }
  const repeated = given(data, key)
  if (repeated !== undefined) return { answer: repeated.answer }
  if (data.ended || first) return lastAnswer(data)
  return { rest: last, take: all, read, digest: key }
}
