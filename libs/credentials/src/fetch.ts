import { isLoopback } from './did/did-web.ts'
import { CredentialError, refuse } from './errors.ts'

/** Fetches public texts: DID documents, status lists. Throws FETCH_URL_REFUSED, FETCH_FAILED, FETCH_TOO_LARGE. */
export interface DocumentFetcher {
  fetch(url: URL, limits: FetchLimits): Promise<string>
}

export interface FetchLimits {
  readonly maxBytes: number
  readonly timeoutMs: number
}

/** https only, http for this machine; no user or password in the address. Throws FETCH_URL_REFUSED. */
export function requireSafeUrl(url: URL): void {
  if (url.username !== '' || url.password !== '') refuse('FETCH_URL_REFUSED', 'an address with credentials')
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return
  refuse('FETCH_URL_REFUSED', 'only https (http on this machine)')
}

/**
 * The fetcher over the runtime's own `fetch`: no redirects, no cookies, a bound on time over the whole exchange and on
 * size while reading, whatever length the server states.
 */
export function httpFetcher(fetchImplementation: typeof fetch = fetch): DocumentFetcher {
  return {
    async fetch(url, { maxBytes, timeoutMs }) {
      requireSafeUrl(url)
      try {
        const response = await fetchImplementation(url, {
          redirect: 'error',
          credentials: 'omit',
          signal: AbortSignal.timeout(timeoutMs),
          headers: { accept: 'application/did+json, application/vc+jwt, application/json, text/plain' },
        })
        if (!response.ok) {
          await response.body?.cancel()
          refuse('FETCH_FAILED', `status ${response.status}`)
        }
        return await readBounded(response, maxBytes)
      } catch (cause) {
        if (cause instanceof CredentialError) throw cause
        throw new CredentialError('FETCH_FAILED', `${url.host} did not answer`, undefined, { cause })
      }
    },
  }
}

async function readBounded(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    // Leaving the loop cancels the body.
    if (length > maxBytes) refuse('FETCH_TOO_LARGE', `more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
