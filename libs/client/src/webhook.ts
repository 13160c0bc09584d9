import { GrowrError } from './error.ts'
import type { FeedEntry } from './feed.ts'

/** The headers of a request, as `fetch` gives them or as Node's http does. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

export interface VerifyOptions {
  /** Seconds by which the timestamp may differ from the clock here; 300 if not given. */
  readonly toleranceSeconds?: number
  readonly now?: () => Date
}

const wrong = (message: string): GrowrError => new GrowrError('WEBHOOK_INVALID', message)

/**
 * Checks a webhook by Standard Webhooks and gives what it says. `body` is the text as it came: parsed and written again it would
 * have another signature. Throws `GrowrError` WEBHOOK_INVALID: a header is missing, the time is too far off, no signature is right.
 * A message may come more than once, always with the same `id`.
 */
export async function verifyWebhook(secret: string, headers: WebhookHeaders, body: string | Uint8Array, options: VerifyOptions = {}): Promise<FeedEntry> {
  const id = header(headers, 'webhook-id')
  const timestamp = header(headers, 'webhook-timestamp')
  const signatures = header(headers, 'webhook-signature')
  if (!/^\d{1,12}$/.test(timestamp)) throw wrong('The timestamp is not one.')
  const age = (options.now?.() ?? new Date()).getTime() / 1000 - Number(timestamp)
  if (Math.abs(age) > (options.toleranceSeconds ?? 300)) throw wrong('The timestamp is too far from the time here.')
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const content = new Uint8Array([...new TextEncoder().encode(`${id}.${timestamp}.`), ...bytes])
  const key = await crypto.subtle.importKey('raw', keyOf(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
  for (const signature of signatures.split(' ')) {
    const given = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(signature)?.[1]
    // WebCrypto compares in constant time.
    if (given !== undefined && (await crypto.subtle.verify('HMAC', key, fromBase64(given), content))) return parse(bytes)
  }
  throw wrong('No signature is the secret\'s.')
}

function header(headers: WebhookHeaders, name: string): string {
  const found = headers instanceof Headers ? headers.get(name) : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  if (typeof found !== 'string' || found === '') throw wrong(`The header ${name} is missing.`)
  return found
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const base64 = secret.replace(/^whsec_/, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new TypeError('a secret is whsec_ and base64')
  return fromBase64(base64)
}

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

function parse(bytes: Uint8Array): FeedEntry {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as FeedEntry
  } catch {
    throw wrong('The body is not JSON.')
  }
}
