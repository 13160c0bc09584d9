import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Caller } from './testing/door.ts'
import type { Person } from './testing/people.ts'
import { startWorld, type World } from './testing/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ api: { liveCoalesceMs: 1, liveHeartbeatSeconds: 0.05, liveStreams: 4, liveStreamsPerUser: 2 } })
})
let left: Reader
afterAll(async () => {
  // A stop waits for nobody who only listens.
  await world.end()
  expect(await left.next()).toBeUndefined()
})

interface Event {
  readonly id?: string
  readonly event: string
  readonly data: { readonly code?: string; readonly projects?: readonly { readonly project: string; readonly invested: string; readonly loans: { readonly outstanding: { readonly loans: number } } }[] }
}

/** A stream, read event by event as a client would; comments are counted. */
class Reader {
  readonly #stream: AsyncIterator<Uint8Array>
  readonly #abort: AbortController
  #text = ''
  beats = 0

  constructor(body: AsyncIterable<Uint8Array>, abort: AbortController) {
    this.#stream = body[Symbol.asyncIterator]()
    this.#abort = abort
  }

  /** The next event; undefined at the end. */
  async next(): Promise<Event | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end >= 0) {
        const block = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 2)
        if (block.startsWith(':')) this.beats += 1
        const fields = Object.fromEntries(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]))
        if (fields['event']) return { ...fields, data: JSON.parse(fields['data'] as string) as Event['data'] } as Event
        continue
      }
      const { value, done } = await this.#stream.next()
      if (done) return undefined
      this.#text += Buffer.from(value as Uint8Array).toString('utf8')
    }
  }

  /** Reads until the snapshot is as asked: changes that come close together are one event, or several. */
  async until(asked: (data: Event['data']) => boolean): Promise<Event> {
    for (;;) {
      const event = await this.next()
      if (!event) throw new Error('the stream ended')
      if (asked(event.data)) return event
    }
  }

  close(): void {
    this.#abort.abort()
  }
}

async function open(who: Caller, lastId?: string, query = ''): Promise<{ status: number; code?: string; reader: Reader }> {
  const abort = new AbortController()
  const headers = { ...(who.session ? { authorization: `Bearer ${who.session.accessToken}` } : {}), ...(lastId ? { 'last-event-id': lastId } : {}) }
  const response = await fetch(`${world.node.url}/live/portfolio${query}`, { headers, signal: abort.signal })
  if (response.status !== 200) {
    const { errors } = (await response.json()) as { errors: [{ extensions: { code: string } }] }
    return { status: response.status, code: errors[0].extensions.code, reader: undefined as never }
  }
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  return { status: 200, reader: new Reader(response.body as unknown as AsyncIterable<Uint8Array>, abort) }
}

it('begins with what is, goes on with each change, and comes back without a gap or a repetition', async () => {
  const { comsa, investors: [iris], lending, door, node } = world
  const { reader } = await open(iris)
  expect((await reader.next())?.data).toEqual({ projects: [] })
  // The first capital of an investor reaches a stream that had no project of that organization.
  const project = await lending.project(comsa)
  const { funding } = await lending.intent(comsa, iris, project, 'FUNDED')
  expect(funding).not.toBeNull()
  const funded = await reader.until(({ projects }) => projects?.[0]?.invested === '100000.00')
  const [bea] = comsa.borrowers as [Person]
  await lending.credential(comsa, bea)
  await lending.loan(comsa, bea, project, 'DISBURSED')
  const lent = await reader.until(({ projects }) => projects?.[0]?.loans.outstanding.loans === 1)
  expect(lent.id).not.toBe(funded.id)
  expect(JSON.stringify(lent)).not.toContain(bea.session.user)
  reader.close()
  await node.settle()
  // Nothing has changed since: nothing is sent but signs of life, until something does.
  const { reader: again } = await open(iris, lent.id)
  const coming = again.next()
  await door.do(comsa.admin, 'fundJunior', { key: project, amount: '5.00', reference: 'J-2' })
  const changed = await coming
  expect(changed?.event).toBe('portfolio')
  expect(changed?.id).not.toBe(lent.id)
  again.close()
  // Away while it changed: what is there now comes at once.
  await door.do(comsa.admin, 'fundJunior', { key: project, amount: '5.00', reference: 'J-3' })
  const { reader: late } = await open(iris, changed?.id as string, `?project=${project}`)
  expect((await late.next())?.id).not.toBe(changed?.id)
  late.close()
})

it('is for investors alone, in bounds, and asks for a token that holds', async () => {
  const { comsa, investors: [iris, ivo] } = world
  expect(await open({})).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
  expect(await open({ session: { ...iris.session, accessToken: 'no-token' } })).toMatchObject({ status: 401, code: 'TOKEN_INVALID' })
  expect(await open(comsa.admin)).toMatchObject({ status: 403, code: 'FORBIDDEN' })
  expect(await open(iris, undefined, '?project=../etc')).toMatchObject({ status: 400, code: 'BAD_INPUT' })
  expect(await open(ivo, undefined, '?project=none')).toMatchObject({ status: 404, code: 'NOT_FOUND' })
  const held = [await open(ivo), await open(ivo)]
  expect(await open(ivo)).toMatchObject({ status: 429, code: 'RATE_LIMITED' })
  held.push(await open(iris), await open(iris))
  expect(await open(iris)).toMatchObject({ status: 429 })
  // A place that is given up is there for the next.
  held.pop()?.reader.close()
  while ((await open(iris).then(({ status, reader }) => (reader?.close(), status))) !== 200);
  for (const { reader } of held) reader.close()
})

it('ends with its session, and sends nothing that came after', async () => {
  const { people, investors: [, ivo], door } = world
  const session = await people.signIn(ivo)
  const { reader } = await open({ session })
  await reader.next()
  await door.do({ session }, 'logout', {})
  expect(await reader.next()).toMatchObject({ event: 'end', data: { code: 'SESSION_REVOKED' } })
  expect(await reader.next()).toBeUndefined()
  expect(await open({ session })).toMatchObject({ status: 401, code: 'SESSION_REVOKED' })
  left = (await open(ivo)).reader
  await left.next()
})
