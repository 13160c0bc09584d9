import type { Actor, Door, Outcome, Request } from './door.ts'

interface Event {
  readonly id: string | null
  readonly event: string
  readonly data: unknown
}
interface Stream {
  readonly abort: AbortController
  readonly events: Event[]
  ended: boolean
}

/** As much of a stream is kept as a journey can look at. */
const MOST = 1000

/**
 * Live streams (server-sent events): `do: open` begins one in the session that its actor has, `query: event` gives the newest event,
 * `query: stream` how many came and whether it ended, `do: close` ends it. Whoever opens again with the `lastEventId` that they had
 * goes on from there.
 */
export class LiveDoor implements Door {
  readonly name = 'live'
  readonly #url: () => string
  readonly #tokenOf: (name: string) => string | undefined
  readonly #streams = new Map<string, Stream>()

  constructor(url: () => string, tokenOf: (name: string) => string | undefined) {
    this.#url = url
    this.#tokenOf = tokenOf
  }

  async perform({ name }: Actor, { operation, with: given }: Request): Promise<Outcome> {
    if (operation === 'open') return this.#open(name, given)
    const stream = this.#streams.get(name)
    if (!stream) return invalid(`${name} has no stream: \`do: open\` first`)
    if (operation === 'event') return { result: stream.events.at(-1) ?? { id: null, event: null, data: null } }
    if (operation === 'stream') return { result: { events: stream.events.length, ended: stream.ended } }
    if (operation !== 'close') return invalid(`a stream has \`do: open\`, \`do: close\`, \`query: event\` and \`query: stream\`, not "${operation}"`)
    stream.abort.abort()
    this.#streams.delete(name)
    return { result: { lastEventId: stream.events.findLast(({ id }) => id !== null)?.id ?? null } }
  }

  close(): void {
    for (const { abort } of this.#streams.values()) abort.abort()
    this.#streams.clear()
  }

  async #open(name: string, given: Request['with']): Promise<Outcome> {
    const { project, lastEventId, ...others } = given as { project?: string; lastEventId?: string }
    if (Object.keys(others).length > 0) return invalid('`open` takes `project` and `lastEventId`')
    this.#streams.get(name)?.abort.abort()
    const url = new URL('/live/portfolio', this.#url())
    if (project !== undefined) url.searchParams.set('project', project)
    const token = this.#tokenOf(name)
    const abort = new AbortController()
    const headers = { accept: 'text/event-stream', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) }
    const response = await fetch(url, { headers, signal: abort.signal, redirect: 'error' })
    if (!response.ok || !response.body) {
      const { errors } = (await response.json()) as { errors?: { extensions?: { code?: string; path?: string } }[] }
      const { code = `HTTP_${response.status}`, path } = errors?.[0]?.extensions ?? {}
      return { refusal: { code, ...(path === undefined ? {} : { path }) } }
    }
    const stream: Stream = { abort, events: [], ended: false }
    this.#streams.set(name, stream)
    void follow(response.body, stream)
    return { result: { open: true } }
  }
}

const invalid = (message: string): Outcome => ({ refusal: { code: 'JOURNEY_INVALID', message } })

async function follow(body: AsyncIterable<Uint8Array>, stream: Stream): Promise<void> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const bytes of body) {
      text += decoder.decode(bytes, { stream: true })
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        take(text.slice(0, end), stream)
        text = text.slice(end + 2)
      }
    }
  } catch {
    // Closed from this side, or by a node that went down.
  }
  stream.ended = true
}

function take(block: string, { events }: Stream): void {
  const fields = new Map(block.split('\n').filter((line) => !line.startsWith(':')).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]))
  const data = fields.get('data')
  if (data === undefined || events.length >= MOST) return
  events.push({ id: fields.get('id') ?? null, event: fields.get('event') ?? 'message', data: JSON.parse(data) as unknown })
}
