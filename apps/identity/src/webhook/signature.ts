import { createHmac, randomBytes } from 'node:crypto'

const PREFIX = 'whsec_'

/** A secret as Standard Webhooks writes it: 32 random bytes in base64 behind `whsec_`. */
export const newSecret = (): string => `${PREFIX}${randomBytes(32).toString('base64')}`

/** The three headers of a message (Standard Webhooks 1.0): HMAC-SHA-256 over `id.timestamp.body`; the timestamp in seconds. */
export function signedHeaders(secret: string, id: string, at: Date, body: string): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
