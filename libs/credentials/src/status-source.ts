import type { StatusEntry } from './credential.ts'
import type { DidResolver } from './did/resolver.ts'
import { codeOf, CredentialError, refuse, type CredentialCode } from './errors.ts'
import { requireSafeUrl, type DocumentFetcher } from './fetch.ts'
import { isSignedBy } from './jws.ts'
import { BoundedCache } from './cache.ts'
import { MAX_STATUS_LIST_CHARACTERS, parseStatusList, StatusList, type ParsedStatusList } from './status-list.ts'

/** What a status list says about one credential. */
export type StatusVerdict =
  | { readonly verdict: 'valid' }
  | { readonly verdict: 'invalid' | 'unknown'; readonly code: CredentialCode }

/** Answers whether a credential is revoked; asked only about credentials whose issuer is trusted and signature good. */
export interface StatusListSource {
  check(entry: StatusEntry, issuer: string, now: Date): Promise<StatusVerdict> | StatusVerdict
}

export interface StatusListReaderOptions {
  readonly resolver: DidResolver
  /** Lists of this node itself, asked first; gives the signed list of an address. */
  readonly local?: (url: string) => string | undefined | Promise<string | undefined>
  readonly fetcher?: DocumentFetcher
  /** Greatest time for which a verified list is believed, whatever its own ttl says. Default: 5 minutes. */
  readonly maxTtlMs?: number
  /** Default: 64 lists, of 16 KiB each as a rule. */
  readonly maxLists?: number
  /** Default: 5 seconds. */
  readonly timeoutMs?: number
}

interface CachedList {
  readonly list: StatusList
  readonly purpose: string
  readonly readAt: number
  readonly until: number
}

/**
 * Fetches status lists, verifies them, keeps them for their ttl. A list that cannot be reached or is out of date makes the
 * status *unknown*; one that is wrong makes the credential invalid, each for its own reason: STATUS_LIST_WRONG_ISSUER,
 * _WRONG_PURPOSE, _TAMPERED, _TOO_LARGE, _MALFORMED, STATUS_INDEX_OUT_OF_RANGE.
 */
export class StatusListReader implements StatusListSource {
  readonly #options: StatusListReaderOptions
  readonly #lists: BoundedCache<string, CachedList>
  readonly #reading = new Map<string, Promise<CachedList>>()

  constructor(options: StatusListReaderOptions) {
    this.#options = options
    this.#lists = new BoundedCache(options.maxLists ?? 64)
  }

  check(entry: StatusEntry, issuer: string, now: Date): Promise<StatusVerdict> | StatusVerdict {
    const cached = this.#lists.get(cacheKey(entry.list, issuer))
    const at = now.getTime()
    // A list read in the future means that the clock was set back: believe nothing then.
    if (cached !== undefined && cached.readAt <= at && at < cached.until) return judge(cached, entry)
    return this.#readOnce(entry.list, issuer, now).then((list) => judge(list, entry), failed)
  }

  /** Forgets a list, so that a revocation made here is seen at once. */
  forget(url: string, issuer: string): void {
    this.#lists.delete(cacheKey(url, issuer))
    this.#reading.delete(cacheKey(url, issuer))
  }

  #readOnce(url: string, issuer: string, now: Date): Promise<CachedList> {
    const key = cacheKey(url, issuer)
    const running = this.#reading.get(key)
    if (running !== undefined) return running
    const reading = this.#read(url, issuer, now)
      .then((list) => {
        // Forgotten while it was being read: it may be the old one.
        if (this.#reading.get(key) === reading) this.#lists.set(key, list)
        return list
      })
      .finally(() => {
        if (this.#reading.get(key) === reading) this.#reading.delete(key)
      })
    this.#reading.set(key, reading)
    return reading
  }

  async #read(url: string, issuer: string, now: Date): Promise<CachedList> {
    const parsed = parseStatusList(await this.#token(url))
    if (parsed.issuer !== issuer) refuse('STATUS_LIST_WRONG_ISSUER', 'the list is of another issuer')
    if (parsed.url !== url) refuse('STATUS_LIST_MALFORMED', 'the list is of another address')
    await this.#requireSignature(parsed)
    const at = now.getTime()
    const end = parsed.validUntil === undefined ? Infinity : parsed.validUntil * 1000
    if (at < parsed.validFrom * 1000 || at >= end) refuse('STATUS_LIST_EXPIRED', 'the list is not of now')
    const list = await StatusList.decode(parsed.encodedList)
    const ttl = Math.min(parsed.ttlMs ?? Infinity, this.#options.maxTtlMs ?? 300_000)
    return { list, purpose: parsed.purpose, readAt: at, until: Math.min(at + ttl, end) }
  }

  async #token(url: string): Promise<string> {
    const { local, fetcher, timeoutMs = 5_000 } = this.#options
    try {
      const own = await local?.(url)
      if (own !== undefined) return own
      if (fetcher === undefined) refuse('STATUS_UNKNOWN', 'nothing here fetches status lists')
      const address = new URL(url)
      requireSafeUrl(address)
      return await fetcher.fetch(address, { maxBytes: MAX_STATUS_LIST_CHARACTERS, timeoutMs })
    } catch (cause) {
      const large = codeOf(cause, 'FETCH_FAILED') === 'FETCH_TOO_LARGE'
      throw new CredentialError(large ? 'STATUS_LIST_TOO_LARGE' : 'STATUS_UNKNOWN', 'the list could not be read', undefined, { cause })
    }
  }

  async #requireSignature({ jws, issuer, kid }: ParsedStatusList): Promise<void> {
    try {
      const keys = await this.#options.resolver.keys(issuer, kid, jws.algorithm, 'assertionMethod', { remote: true })
      if (keys.some((key) => isSignedBy(jws, key))) return
    } catch (cause) {
      const code = codeOf(cause, 'STATUS_UNKNOWN') === 'DID_UNRESOLVED' ? 'STATUS_UNKNOWN' : 'STATUS_LIST_TAMPERED'
      throw new CredentialError(code, "the list's issuer has no such key", undefined, { cause })
    }
    refuse('STATUS_LIST_TAMPERED', 'the list is not signed by its issuer')
  }
}

function judge({ list, purpose }: CachedList, entry: StatusEntry): StatusVerdict {
  if (purpose !== entry.purpose) return { verdict: 'invalid', code: 'STATUS_LIST_WRONG_PURPOSE' }
  if (entry.index >= list.length) return { verdict: 'invalid', code: 'STATUS_INDEX_OUT_OF_RANGE' }
  return list.get(entry.index) ? { verdict: 'invalid', code: 'CREDENTIAL_REVOKED' } : { verdict: 'valid' }
}

function failed(error: unknown): StatusVerdict {
  const code = codeOf(error, 'STATUS_UNKNOWN')
  const unknown = code === 'STATUS_UNKNOWN' || code === 'STATUS_LIST_EXPIRED'
  return { verdict: unknown ? 'unknown' : 'invalid', code }
}

function cacheKey(url: string, issuer: string): string {
  return `${issuer} ${url}`
}
