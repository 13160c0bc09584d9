import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Actor, Outcome } from './door.ts'
import { LiveDoor } from './live.ts'

let server: Server
let door: LiveDoor
let stream: ServerResponse | undefined
let asked: Record<string, unknown>[]
beforeEach(async () => {
  asked = []
  server = createServer((request, response) => {
    const { authorization, 'last-event-id': lastEventId } = request.headers
    asked.push({ url: request.url, authorization, lastEventId })
    if (authorization === undefined) return response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }))
    stream = response.writeHead(200, { 'content-type': 'text/event-stream' })
    return stream.write('retry: 5000\n\n: here\n\nid: a\nevent: portfolio\nda')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  door = new LiveDoor(() => `http://127.0.0.1:${(server.address() as AddressInfo).port}`, (name) => (name === 'iris' ? 'token' : undefined))
})
afterEach(async () => {
  door.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const iris: Actor = { name: 'iris', person: { role: 'INVESTOR' } }
const perform = (operation: string, given: object = {}, who = iris): Promise<Outcome> => door.perform(who, { kind: 'do', operation, with: given as Record<string, unknown> })
const until = async (wanted: (outcome: Outcome) => boolean, operation: string): Promise<Outcome> => {
  for (;;) {
    const outcome = await perform(operation)
    if (wanted(outcome)) return outcome
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('the newest event, whatever pieces it comes in; the next stream begins behind it', async () => {
  expect(await perform('event')).toMatchObject({ refusal: { code: 'JOURNEY_INVALID' } })
  expect(await perform('open', { project: 'P1' })).toEqual({ result: { open: true } })
  expect(await perform('event')).toEqual({ result: { id: null, event: null, data: null } })
  stream?.write('ta: {"projects":[]}\n\n')
  expect(await until((outcome) => 'result' in outcome && (outcome.result as { id: unknown }).id === 'a', 'event')).toEqual({ result: { id: 'a', event: 'portfolio', data: { projects: [] } } })
  expect(await perform('stream')).toEqual({ result: { events: 1, ended: false } })
  stream?.end()
  await until((outcome) => 'result' in outcome && (outcome.result as { ended: boolean }).ended, 'stream')
  expect(await perform('close')).toEqual({ result: { lastEventId: 'a' } })
  await perform('open', { lastEventId: 'a' })
  expect(asked).toEqual([{ url: '/live/portfolio?project=P1', authorization: 'Bearer token', lastEventId: undefined }, { url: '/live/portfolio', authorization: 'Bearer token', lastEventId: 'a' }])
})

test('what the node refuses is refused', async () => {
  expect(await perform('open', {}, { name: 'bea', person: { role: 'BORROWER' } })).toEqual({ refusal: { code: 'UNAUTHENTICATED' } })
  expect(await perform('open', { since: 'a' })).toMatchObject({ refusal: { code: 'JOURNEY_INVALID' } })
})
