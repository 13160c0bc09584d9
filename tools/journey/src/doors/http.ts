import type { Actor, Door, Outcome, Request } from './door.ts'

const LARGEST = 1_000_000

interface Coded {
  readonly code?: string
  readonly path?: string
}

/**
 * Plain HTTP, as a provider's callback or a stranger comes: `do: POST /path` or `query: GET /path`. `with` is the body
 * (JSON), or what `body`, `form`, `query`, `headers` and `bearer` (an access token) in it say.
 */
export class HttpDoor implements Door {
  readonly name = 'http'
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async perform(_actor: Actor, request: Request): Promise<Outcome> {
    const [method, path] = request.operation.split(' ')
    if (!method || !path?.startsWith('/')) return { refusal: { code: 'JOURNEY_INVALID', message: 'an HTTP step is `POST /path` or `GET /path`' } }
    const { headers, bearer, query, form, body, ...fields } = request.with as { headers?: Record<string, string>; bearer?: string; query?: Record<string, string>; form?: Record<string, string>; body?: unknown }
    const url = new URL(path, this.#url)
    if (url.origin !== new URL(this.#url).origin) throw new Error(`${path} leads away from the node`)
    for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value)
    const payload = method === 'GET' ? undefined : form ? new URLSearchParams(form) : JSON.stringify(body ?? fields)
    const response = await fetch(url, {
      method,
      redirect: 'error',
      headers: { ...(payload !== undefined && !form ? { 'content-type': 'application/json' } : {}), ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }), ...headers },
      ...(payload === undefined ? {} : { body: payload }),
    })
    const text = (await response.text()).slice(0, LARGEST)
    let parsed: unknown = text
    try {
      parsed = JSON.parse(text)
    } catch {
      // Text is an answer too.
    }
    const { errors, data, ...plain } = Object(parsed) as { errors?: { extensions?: Coded }[]; data?: unknown } & Coded
    const error = errors?.[0]?.extensions ?? plain
    // GraphQL answers with 200 where nothing came of a document that it could read.
    const nothing = !response.ok || data === undefined || data === null || Object.values(data).every((field) => field === null)
    if (nothing && (!response.ok || errors !== undefined) && error.code) return { refusal: { code: error.code, ...(error.path ? { path: error.path } : {}) } }
    return { result: { status: response.status, body: parsed } }
  }
}
