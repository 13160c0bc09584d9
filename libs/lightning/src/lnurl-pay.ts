// LUD-06, LUD-12 and LUD-16 as a service speaks them: what it answers, as pure functions. Sums are in millisatoshi.
import { createHash } from 'node:crypto'
import { serviceUrl, type UrlRules } from './lnurl.ts'

/** A service's «no». `reason` is shown to the payer. */
export interface LnurlError {
  readonly status: 'ERROR'
  readonly reason: string
}

export interface PayTerms {
  readonly minMsat: bigint
  readonly maxMsat: bigint
  /** Characters that a comment may have (LUD-12); none unless said. */
  readonly commentLength?: number
}

/** The answer to the first question. Others may be added to it (LUD-18, NIP-57): those who do not know them pass over them. */
export interface PayRequest {
  readonly tag: 'payRequest'
  readonly callback: string
  readonly minSendable: number
  readonly maxSendable: number
  readonly metadata: string
  readonly commentAllowed?: number
}

export interface PayDescription {
  /** One line, shown before and after paying. */
  readonly description: string
  readonly longDescription?: string
  /** The Lightning address under which this is found (LUD-16). `email`: it is one of e-mail too. */
  readonly identifier?: string
  readonly email?: boolean
}

const COMMENT_LIMIT = 1_000

export const lnurlError = (reason: string): LnurlError => ({ status: 'ERROR', reason })

/** What is paid for, as the very string whose SHA-256 the invoice carries. */
export function payMetadata({ description, longDescription, identifier, email = false }: PayDescription): string {
  return JSON.stringify([
    ['text/plain', description],
    ...(longDescription === undefined ? [] : [['text/long-desc', longDescription]]),
    ...(identifier === undefined ? [] : [[email ? 'text/email' : 'text/identifier', identifier]]),
  ])
}

/** SHA-256 of the metadata, hex: the description hash of every invoice for it. */
export const metadataHash = (metadata: string): string => createHash('sha256').update(metadata).digest('hex')

/** The answer to whoever decoded the LNURL or looked up the address. RangeError: terms that no wallet could meet, or a callback that none would ask. */
export function payRequest({ callback, metadata, terms, ...rules }: { readonly callback: string; readonly metadata: string; readonly terms: PayTerms } & UrlRules): PayRequest {
  const { minMsat, maxMsat, commentLength = 0 } = terms
  if (minMsat < 1n || maxMsat < minMsat || maxMsat > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('the least and the most that can be paid do not fit')
  if (!Number.isInteger(commentLength) || commentLength < 0 || commentLength > COMMENT_LIMIT) throw new RangeError(`a comment has up to ${COMMENT_LIMIT} characters`)
  try {
    serviceUrl(callback, rules)
  } catch {
    throw new RangeError('no wallet would ask this callback: it needs https and a public name, or an onion address')
  }
  return {
    tag: 'payRequest', callback, minSendable: Number(minMsat), maxSendable: Number(maxMsat), metadata, ...(commentLength > 0 ? { commentAllowed: commentLength } : {}),
  }
}

export interface PayCallback {
  readonly amountMsat: bigint
  /** The payer's own words: show them as text, never as more. */
  readonly comment: string | null
}

/**
 * The second question: `amount` in millisatoshi, perhaps a `comment`. What else the query has, such as `nostr` (NIP-57), is for others to
 * read. The answer is for the payer where something is wrong.
 */
export function readPayCallback(query: URLSearchParams, { minMsat, maxMsat, commentLength = 0 }: PayTerms): PayCallback | LnurlError {
  const [amount = '', ...amounts] = query.getAll('amount')
  if (amounts.length > 0 || !/^[1-9]\d{0,18}$/.test(amount)) return lnurlError('Give the amount once, in millisatoshi')
  const amountMsat = BigInt(amount)
  if (amountMsat < minMsat || amountMsat > maxMsat) return lnurlError(`The amount is between ${minMsat} and ${maxMsat} millisatoshi`)
  const [comment = '', ...comments] = query.getAll('comment')
  if (comments.length > 0) return lnurlError('Give one comment')
  if (comment.length > COMMENT_LIMIT * 2 || [...comment].length > commentLength) {
    return lnurlError(commentLength === 0 ? 'Comments are not taken here' : `A comment has up to ${commentLength} characters`)
  }
  return { amountMsat, comment: comment === '' ? null : comment }
}

/** The answer to the second question. */
export const payAnswer = (invoice: string): { readonly pr: string; readonly routes: readonly [] } => ({ pr: invoice, routes: [] })
