import { once } from 'node:events'
import { createServer, request as ask, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Bus } from '@growr/bus'
import type { Logger } from '@growr/runtime'
import type { Identify } from './identify.ts'
import { Live } from './live.ts'

// What happens between the steps of an opening stream, each of which waits here until it is let go.
let live: Live
let server: Server
let url: string
let changed: (event: { book: string; organization: string }) => void
/** What identification and the snapshot wait for. */
let identified: Promise<void>
let made: Promise<void>
let asked: PromiseWithResolvers<void>
let closed: PromiseWithResolvers<void>
let revision: number

beforeEach(async () => {
  ;[identified, made, revision] = [Promise.resolve(), Promise.resolve(), 1]
  ;[asked, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const bus = {
    on: (_name: string, told: typeof changed) => {
      changed = told
      return () => undefined
    },
    call: async () => {
      const snapshot = { projects: [{ organization: 'coop' }], revision }
      asked.resolve()
      await made
      return snapshot
    },
    tokens: { mintUser: () => Promise.resolve('token') },
  } as unknown as Bus
  const identify = (async () => {
    await identified
    return { userId: 'U1', role: 'INVESTOR' }
  }) as unknown as Identify
  const config = { liveStreams: 2, liveStreamsPerUser: 1, liveCoalesceMs: 1, liveHeartbeatSeconds: 60 }
  live = new Live({ config, bus, identify, logger: { warn: () => undefined } as unknown as Logger })
  const app = express()
  app.use((_request, response, next) => {
    response.once('close', () => closed.resolve())
    asked.resolve()
    next()
  })
  app.use(live.router(() => Promise.resolve()))
  server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/live/portfolio`
})

afterEach(() => {
  live.end()
  server.closeAllConnections()
  server.close()
})

test('who hangs up while the session is looked at keeps no place', async () => {
  const gate = Promise.withResolvers<void>()
  identified = gate.promise
  const first = ask(url).on('error', () => undefined)
  first.end()
  await asked.promise
  first.destroy()
  await closed.promise
  gate.resolve()
  const response = await fetch(url)
  expect(response.status).toBe(200)
  await response.body?.cancel()
})

test('what changes while the first snapshot is made is sent after it', async () => {
  const gate = Promise.withResolvers<void>()
  made = gate.promise
  asked = Promise.withResolvers<void>()
  const opening = fetch(url)
  await snapshotAsked()
  revision = 2
  changed({ book: 'loan', organization: 'coop' })
  gate.resolve()
  const body = (await opening).body!.pipeThrough(new TextDecoderStream())
  let text = ''
  for await (const chunk of body) {
    text += chunk
    if (text.includes('"revision":2')) break
  }
  expect(text).toContain('"revision":1')
})

test('a stop while the first snapshot is made ends the stream behind it', async () => {
  const gate = Promise.withResolvers<void>()
  made = gate.promise
  const opening = fetch(url)
  await snapshotAsked()
  live.end()
  gate.resolve()
  expect(await (await opening).text()).toContain('"revision":1')
})

/** The request came in first, then its snapshot is asked for. */
async function snapshotAsked(): Promise<void> {
  await asked.promise
  asked = Promise.withResolvers<void>()
  await asked.promise
}
