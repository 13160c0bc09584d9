import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { webhook } from '@growr/contracts'

export interface Received {
  readonly item: webhook.FeedItem
  readonly body: string
  readonly headers: IncomingHttpHeaders
  readonly path: string
}

export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** What it says to the next ones; 204 when nothing is left, nothing at all for 0. */
  readonly replies: { status: number; headers?: Record<string, string> }[]
  readonly close: () => Promise<void>
}

/** Whoever an organization has its books sent to. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const replies: Receiver['replies'] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      received.push({ item: JSON.parse(body) as webhook.FeedItem, body, headers: request.headers, path: request.url ?? '' })
      const { status, headers = {} } = replies.shift() ?? { status: 204 }
      if (status !== 0) response.writeHead(status, headers).end()
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/growr`,
    received,
    replies,
    close: () => new Promise((closed) => {
      server.closeAllConnections()
      server.close(() => closed())
    }),
  }
}

/** Whether a message is signed with a secret, worked out anew by what Standard Webhooks says. */
export function isSigned({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`).digest('base64')}`)
  const given = Buffer.from(String(headers['webhook-signature']))
  return given.length === expected.length && timingSafeEqual(given, expected)
}
