// Paying a Lightning address or an LNURL (LUD-06, LUD-12, LUD-16): asks the service for an invoice and takes only one that fits what it said.
import type { Chain } from '@growr/bitcoin'
import { NetworkError } from '@growr/networks'
import { invalid, pasted } from './address-refusal.ts'
import { readInvoice, type ReadInvoice } from './bolt11.ts'
import { metadataHash } from './lnurl-pay.ts'
import { decodeLnurl, readLightningAddress, serviceUrl, type UrlRules } from './lnurl.ts'

export interface LnurlOptions extends UrlRules {
  /** Through Tor, where onion addresses are to be paid. */
  readonly fetch: typeof globalThis.fetch
  readonly chain: Chain
  readonly now?: () => Date
  /** For an answer with all its redirects; 10 seconds unless said. */
  readonly timeoutMs?: number
}

/** What a service takes, after it was asked. */
export interface LnurlPayee {
  /** Shown before paying: who is paid. */
  readonly domain: string
  readonly callback: string
  readonly minMsat: bigint
  readonly maxMsat: bigint
  readonly metadata: string
  readonly description: string
  readonly identifier: string | null
  readonly commentLength: number
}

/** An image of 136,536 characters and all else. */
const ANSWER_LIMIT = 300_000
const REDIRECTS = 3
const TIMEOUT_MS = 10_000

/**
 * Asks the service of a Lightning address or LNURL what it takes. ADDRESS_INVALID: neither, or what answers is no such service (`details.reason`).
 * NETWORK_DOWN: it does not answer, or not in time. NETWORK_REFUSED: it says no.
 */
export async function findPayee(to: string, options: LnurlOptions): Promise<LnurlPayee> {
  const url = pasted(to).includes('@') ? readLightningAddress(to, options).url : decodeLnurl(to, options)
  const tag = url.searchParams.get('tag')
  if (tag !== null && tag !== 'payRequest') throw invalid('tag', 'this LNURL is for something else than paying')
  const answer = await ask(url, options)
  if (answer['tag'] !== 'payRequest') throw invalid('tag', 'this LNURL is for something else than paying')
  const { callback, metadata, minSendable, maxSendable, commentAllowed } = answer
  if (typeof callback !== 'string' || typeof metadata !== 'string') throw unusable()
  const [minMsat, maxMsat] = [wholeOf(minSendable), wholeOf(maxSendable)]
  if (minMsat < 1n || maxMsat < minMsat) throw unusable()
  const commentLength = commentAllowed === undefined || commentAllowed === null ? 0n : wholeOf(commentAllowed)
  return {
    domain: url.host, callback: serviceUrl(callback, options).href, minMsat, maxMsat, metadata, ...readMetadata(metadata),
    commentLength: commentLength > 1_000n ? 1_000 : Number(commentLength),
  }
}

/**
 * An invoice of the payee over exactly this sum, for exactly what it said it is for. AMOUNT_MISMATCH: outside of what it takes, or its invoice
 * is over another sum. ADDRESS_INVALID: its invoice is none, or for something else (`details.reason`). ADDRESS_FOREIGN, INVOICE_EXPIRED: as the
 * invoice is. NETWORK_UNSUPPORTED: it takes no such comment. NETWORK_DOWN, NETWORK_REFUSED: as above.
 */
export async function requestInvoice(
  payee: LnurlPayee, { amountMsat, comment = null }: { readonly amountMsat: bigint; readonly comment?: string | null }, options: LnurlOptions,
): Promise<{ readonly invoice: string; readonly read: ReadInvoice }> {
  if (amountMsat < payee.minMsat || amountMsat > payee.maxMsat) {
    throw new NetworkError('AMOUNT_MISMATCH', `this payee takes between ${payee.minMsat} and ${payee.maxMsat} millisatoshi`)
  }
  if (comment !== null && [...comment].length > payee.commentLength) throw new NetworkError('NETWORK_UNSUPPORTED', 'this payee takes no comment of that length')
  const url = serviceUrl(payee.callback, options)
  url.hash = ''
  const query = `amount=${amountMsat}${comment === null || comment === '' ? '' : `&comment=${encodeURIComponent(comment)}`}`
  const { pr } = await ask(URL.parse(`${url.href.replace(/\?$/, '')}${url.search === '' ? '?' : '&'}${query}`) ?? url, options)
  if (typeof pr !== 'string') throw unusable()
  const read = readInvoice(pr, { chain: options.chain, now: options.now?.() ?? new Date() })
  if (read.amountMsat !== amountMsat) throw new NetworkError('AMOUNT_MISMATCH', 'the invoice of this payee is over another sum than was asked for')
  if (read.descriptionHash !== metadataHash(payee.metadata)) throw invalid('description-hash', 'the invoice of this payee is for something else than it said')
  return { invoice: pr, read }
}

const unusable = (): NetworkError => invalid('answer', 'what answers at this address is no service that can be paid')

function wholeOf(value: unknown): bigint {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw unusable()
  return BigInt(value)
}

/** The text must be there once; an image or none. */
function readMetadata(text: string): Pick<LnurlPayee, 'description' | 'identifier'> {
  const entries = parse(text)
  if (!Array.isArray(entries)) throw unusable()
  const named = (...names: readonly string[]): unknown[] => entries.filter((entry: unknown) => Array.isArray(entry) && names.includes(String(entry[0]))).map((entry: unknown[]) => entry[1])
  const [description, ...more] = named('text/plain')
  if (typeof description !== 'string' || more.length > 0 || named('image/png;base64', 'image/jpeg;base64').length > 1) throw unusable()
  if (!entries.every((entry: unknown) => Array.isArray(entry) && typeof entry[0] === 'string')) throw unusable()
  const [identifier] = named('text/identifier', 'text/email')
  return { description, identifier: typeof identifier === 'string' ? identifier : null }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unusable()
  }
}

/** LUD-01: whatever the status and the headers, the body counts. */
async function ask(url: URL, { fetch, timeoutMs = TIMEOUT_MS, ...rules }: LnurlOptions): Promise<Readonly<Record<string, unknown>>> {
  const signal = AbortSignal.timeout(timeoutMs)
  const answer = parse(await read(await follow(url, fetch, signal, rules)))
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) throw unusable()
  const { status, reason } = answer as Readonly<Record<string, unknown>>
  if (typeof status === 'string' && status.toUpperCase() === 'ERROR') {
    throw new NetworkError('NETWORK_REFUSED', `the payee's service says no: ${sayable(reason)}`)
  }
  return answer as Readonly<Record<string, unknown>>
}

async function follow(first: URL, fetch: LnurlOptions['fetch'], signal: AbortSignal, rules: UrlRules): Promise<Response> {
  let url = first
  for (let redirects = 0; ; redirects++) {
    let response: Response
    try {
      response = await fetch(url, { redirect: 'manual', signal, headers: { accept: 'application/json' } })
    } catch {
      throw new NetworkError('NETWORK_DOWN', signal.aborted ? 'the payee\'s service does not answer in time' : 'the payee\'s service cannot be reached')
    }
    const location = response.headers.get('location')
    if (response.status < 300 || response.status > 399 || location === null) return response
    await response.body?.cancel().catch(() => undefined)
    if (redirects === REDIRECTS) throw unusable()
    url = serviceUrl(URL.parse(location, url.href)?.href ?? '', rules)
  }
}

async function read(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  try {
    // Leaving the loop early ends the connection.
    for await (const part of response.body ?? []) {
      length += part.length
      if (length > ANSWER_LIMIT) break
      parts.push(part)
    }
  } catch {
    throw new NetworkError('NETWORK_DOWN', 'the answer of the payee\'s service broke off')
  }
  if (length > ANSWER_LIMIT) throw unusable()
  return Buffer.concat(parts).toString('utf8')
}

/** A stranger's words, short, without what could be somebody's address or move the cursor. */
function sayable(reason: unknown): string {
  return typeof reason === 'string' ? reason.slice(0, 200).replace(/\S*@\S*/g, '…').replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ') : 'without a reason'
}
