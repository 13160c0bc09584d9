import { canonicalJson } from './canonical.ts'
import { BookError } from './errors.ts'
import { mac } from './seal.ts'
import type { BookEvent, BookState, Codec, Draft, Posting } from './entry.ts'

const VISIBLE = /^[\x21-\x7e]{1,256}$/
const DATE = /^\d{4}-\d{2}-\d{2}$/
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/
const SCOPE = /^[a-z][a-z0-9-]{0,31}:[A-Za-z0-9_-]{1,128}$/
const DIGITS = /^-?[0-9]{1,80}$/
const MAXIMUM_POSTINGS = 1_000

/** A draft made ready: checked, and its event and state turned into text, so that nobody can change them any more. */
export interface PreparedDraft {
  readonly draft: Draft
  /** As readers will get them: with a subject property only where there is one. */
  readonly event: BookEvent
  readonly state: BookState
  readonly sharedText: string
  readonly stateText: string
  readonly subjectText: string | null
}

const invalid = (message: string): BookError => new BookError('DRAFT_INVALID', message)

function checkText(name: string, value: string, pattern: RegExp): void {
  if (typeof value !== 'string' || !pattern.test(value)) throw invalid(`${name} is not of its form`)
}

/** Postings of one entry that do not add up to zero in every currency are refused: POSTINGS_UNBALANCED. */
export function unbalancedCurrencies(postings: readonly Posting[]): readonly string[] {
  const sums = new Map<string, bigint>()
  for (const posting of postings) sums.set(posting.currency, (sums.get(posting.currency) ?? 0n) + BigInt(posting.amount))
  return [...sums].filter(([, sum]) => sum !== 0n).map(([currency]) => currency)
}

function checkPostings(postings: readonly Posting[]): void {
  if (postings.length > MAXIMUM_POSTINGS) throw invalid(`more than ${MAXIMUM_POSTINGS} postings`)
  for (const posting of postings) {
    checkText('posting.account', posting.account, VISIBLE)
    checkText('posting.currency', posting.currency, VISIBLE)
    checkText('posting.amount', posting.amount, DIGITS)
  }
  const currencies = unbalancedCurrencies(postings)
  if (currencies.length > 0) throw new BookError('POSTINGS_UNBALANCED', `in ${currencies.join(', ')}`, { details: { currencies } })
}

/** Checks a draft and turns it into text. Throws DRAFT_INVALID, POSTINGS_UNBALANCED. */
export function prepareDraft(draft: Draft, codec: Codec): PreparedDraft {
  checkText('key', draft.key, VISIBLE)
  checkText('event.type', draft.event.type, VISIBLE)
  checkText('rules', draft.rules, VISIBLE)
  checkText('action', draft.action, VISIBLE)
  checkText('actor.role', draft.actor.role, VISIBLE)
  checkText('businessDate', draft.businessDate, DATE)
  if (draft.at !== undefined) checkText('at', draft.at, INSTANT)
  if (draft.scope !== undefined) checkText('scope', draft.scope, SCOPE)
  if (draft.cause !== undefined && draft.cause !== null) checkText('cause', draft.cause, VISIBLE)
  checkPostings(draft.postings ?? [])
  const { subject: eventSubject, ...event } = draft.event
  const { subject: stateSubject, ...state } = draft.state
  const personal = (eventSubject !== undefined && eventSubject !== null) || (stateSubject !== undefined && stateSubject !== null)
  if (personal && !draft.person) throw invalid('a subject needs the person it leads to')
  const stateText = codec.encode(state)
  return {
    draft,
    event: personal ? { ...event, subject: eventSubject ?? null } : event,
    state: personal ? { ...state, subject: stateSubject ?? null } : state,
    stateText,
    sharedText: `{"event":${codec.encode(event)},"state":${stateText}}`,
    subjectText: personal ? codec.encode({ event: eventSubject ?? null, state: stateSubject ?? null }) : null,
  }
}

/** The request of an append as it is kept: a MAC for each of its entries, and one for its parameters. */
export interface RequestMarks {
  readonly digest: string
  /** The id of the first entry, by which the request is looked up. */
  readonly id: string
  readonly base: string
  readonly key: Uint8Array
}

export function requestMarks(draft: Pick<Draft, 'action' | 'request'>, key: Uint8Array): RequestMarks | null {
  const { request } = draft
  if (request === undefined || request === null) return null
  if (typeof request.id !== 'string' || request.id === '' || request.id.length > 512) throw invalid('request.id is not of its form')
  const base = JSON.stringify([request.caller, draft.action, request.id])
  return { digest: mac(key, `params\n${canonicalJson(request.params ?? null)}`), id: mac(key, `request\n0\n${base}`), base, key }
}

/** The id of the request's entry at a place in the append. */
export const requestIdAt = (marks: RequestMarks, place: number): string => place === 0 ? marks.id : mac(marks.key, `request\n${place}\n${marks.base}`)
