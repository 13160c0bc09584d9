import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import { bare, guardedLookup, mayReach, type Targets } from './addresses.ts'

/** What came of a delivery. `GONE`: the receiver wants no more of it (410). */
export type Outcome = { readonly outcome: 'DELIVERED' | 'GONE' } | { readonly outcome: 'FAILED'; readonly reason: string; readonly retryAfterMs?: number }

export interface Channel {
  post(body: string, headers: Readonly<Record<string, string>>): Promise<Outcome>
  close(): void
}

export interface ChannelOptions {
  readonly url: string
  readonly targets: Targets
  /** For the whole exchange. */
  readonly timeoutMs: number
  /** Breaks off what is under way: the node stops. */
  readonly signal: AbortSignal
}

/** Of an answer that nobody reads: enough to keep the connection for the next one. */
const MOST_BYTES = 64 * 1024
const DAY = 86_400_000

/** A connection to one receiver: no redirects, no cookies, no proxy, addresses checked where the connection is made. */
export function openChannel({ url: address, targets, timeoutMs, signal }: ChannelOptions): Channel {
  const url = new URL(address)
  const https = url.protocol === 'https:'
  const kept = { keepAlive: true, maxSockets: 1, lookup: guardedLookup(targets) }
  const agent = https ? new HttpsAgent(kept) : new HttpAgent(kept)
  const post = (body: string, headers: Readonly<Record<string, string>>): Promise<Outcome> => {
    const host = bare(url.hostname)
    // An address that stands in the URL itself is never resolved.
    if (isIP(host) !== 0 && !mayReach(host, targets)) return Promise.resolve(failed('ADDRESS_REFUSED'))
    return new Promise((resolve) => {
      const sent = { 'content-type': 'application/json', 'user-agent': 'growr-webhooks/1', 'content-length': String(Buffer.byteLength(body)), ...headers }
      const request = (https ? requestHttps : requestHttp)(url, { method: 'POST', agent, headers: sent, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) }, (response) => {
        drain(response)
        resolve(outcomeOf(response))
      })
      request.on('error', (error: NodeJS.ErrnoException) => resolve(failed(error.name === 'TimeoutError' || error.name === 'AbortError' ? 'TIMED_OUT' : (error.code ?? 'FAILED'))))
      request.end(body)
    })
  }
  return { post, close: () => agent.destroy() }
}

const failed = (reason: string): Outcome => ({ outcome: 'FAILED', reason })

function outcomeOf({ statusCode = 0, headers }: IncomingMessage): Outcome {
  if (statusCode >= 200 && statusCode < 300) return { outcome: 'DELIVERED' }
  if (statusCode === 410) return { outcome: 'GONE' }
  const seconds = /^\d{1,6}$/.test(headers['retry-after'] ?? '') ? Number(headers['retry-after']) : undefined
  return { outcome: 'FAILED', reason: `HTTP_${statusCode}`, ...(seconds === undefined ? {} : { retryAfterMs: Math.min(seconds * 1000, DAY) }) }
}

function drain(response: IncomingMessage): void {
  let length = 0
  response.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > MOST_BYTES) response.destroy()
  })
  // Its status is known: what becomes of the rest changes nothing.
  response.on('error', () => undefined)
}
