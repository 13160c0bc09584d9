import { GrowrError } from './error.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface Sending {
  readonly token: string | undefined
  readonly document: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly signal: AbortSignal | undefined
}

const largest = 8_000_000

/** One POST to the API. Gives `data`, or throws a `GrowrError`: UNAVAILABLE where nobody knows what became of it. */
export async function post(fetch: Fetch, url: string, { token, document, variables, signal }: Sending): Promise<Readonly<Record<string, unknown>>> {
  let response: Response
  let text: string
  try {
    response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query: document, variables }),
      ...(signal ? { signal } : {}),
    })
    text = await read(response)
  } catch (cause) {
    if (cause instanceof GrowrError) throw cause
    throw new GrowrError('UNAVAILABLE', 'The node was not reached, or its answer did not arrive.', { cause })
  }
  const answer = parse(text)
  const error = answer?.errors?.[0]
  if (error) {
    const { code, path, details } = error.extensions ?? {}
    throw new GrowrError(typeof code === 'string' ? code : 'INTERNAL', typeof error.message === 'string' ? error.message : 'The node refused.', {
      path: typeof path === 'string' ? path : undefined,
      details: typeof details === 'object' && details !== null ? (details as Record<string, unknown>) : undefined,
    })
  }
  if (answer?.data) return answer.data
  // A proxy before the node speaks for itself.
  if ([502, 503, 504].includes(response.status)) throw new GrowrError('UNAVAILABLE', `The way to the node answered ${response.status}.`)
  throw new GrowrError('INTERNAL', `The node answered ${response.status} in a form that is not the API's.`)
}

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly { readonly message?: unknown; readonly extensions?: Readonly<Record<string, unknown>> }[]
}

function parse(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    const { data, errors } = value as { data?: unknown; errors?: unknown }
    return { data: (data ?? null) as NonNullable<Answer['data']>, ...(Array.isArray(errors) ? { errors: errors as NonNullable<Answer['errors']> } : {}) }
  } catch {
    return undefined
  }
}

async function read(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length > largest) throw new GrowrError('INTERNAL', 'The answer is larger than can be read.')
  }
  return text + decoder.decode()
}
