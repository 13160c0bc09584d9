import { MobileMoneyError } from './errors.ts'

const MAX_ANSWER = 8 * 1024 * 1024

export interface HttpAnswer {
  readonly status: number
  readonly body: unknown
}

/** A request with credentials goes over TLS only, except to this machine (a test, a relay), and follows no redirection elsewhere. */
export function providerUrl(base: string): URL {
  const url = new URL(base)
  if (url.protocol !== 'https:' && !['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)) throw new TypeError('a mobile money provider is called over https')
  return url
}

/** Asks and gives the parsed JSON. PROVIDER_UNREACHABLE, PROVIDER_BUSY (429, 5xx), PROVIDER_ANSWER (no JSON, too long). */
export async function ask(url: URL, init: { readonly method: 'GET' | 'POST'; readonly headers: Readonly<Record<string, string>>; readonly body?: string }, timeoutMs: number): Promise<HttpAnswer> {
  let status: number
  let text: string
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
    status = response.status
    text = await bounded(response)
  } catch (error) {
    if (error instanceof MobileMoneyError) throw error
    throw new MobileMoneyError('PROVIDER_UNREACHABLE', error instanceof Error ? error.name : 'unknown', error)
  }
  if (status === 429 || status >= 500) throw new MobileMoneyError('PROVIDER_BUSY', `HTTP ${status}`)
  try {
    return { status, body: JSON.parse(text) as unknown }
  } catch {
    if (status >= 400) return { status, body: null }
    throw new MobileMoneyError('PROVIDER_ANSWER', 'the answer is no JSON')
  }
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > MAX_ANSWER) throw new MobileMoneyError('PROVIDER_ANSWER', 'the answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
