import { expect, test } from 'vitest'
import { verifyWebhook } from './webhook.ts'

// The reference vector of Standard Webhooks; the space in the body is part of what is signed.
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const body = '{"test": 2432232314}'
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
const headers = { 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330', 'webhook-signature': signature }
const at = (seconds: number) => ({ now: () => new Date((1614265330 + seconds) * 1000) })
const invalid = expect.objectContaining({ name: 'GrowrError', code: 'WEBHOOK_INVALID' })

test('the reference vector is valid, in every form in which it can come', async () => {
  expect(await verifyWebhook(secret, headers, body, at(0))).toEqual({ test: 2432232314 })
  expect(await verifyWebhook(secret.replace('whsec_', ''), new Headers(headers), new TextEncoder().encode(body), at(299))).toEqual({ test: 2432232314 })
  const several = { 'Webhook-Id': headers['webhook-id'], 'Webhook-Timestamp': headers['webhook-timestamp'], 'Webhook-Signature': `v1,${'A'.repeat(43)}= v2,other ${signature}` }
  expect(await verifyWebhook(secret, several, body, at(-299))).toEqual({ test: 2432232314 })
})

test.each([
  ['another body', headers, '{"test":2432232314}', secret, 0],
  ['another id', { ...headers, 'webhook-id': 'msg_other' }, body, secret, 0],
  ['another time', { ...headers, 'webhook-timestamp': '1614265331' }, body, secret, 0],
  ['another secret', headers, body, 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', 0],
  ['another version', { ...headers, 'webhook-signature': signature.replace('v1', 'v2') }, body, secret, 0],
  ['a signature cut short', { ...headers, 'webhook-signature': signature.slice(0, -3) }, body, secret, 0],
  ['no signature', { ...headers, 'webhook-signature': undefined }, body, secret, 0],
  ['no id', { ...headers, 'webhook-id': undefined }, body, secret, 0],
  ['a time that is none', { ...headers, 'webhook-timestamp': '16142653e0' }, body, secret, 0],
  ['an old message', headers, body, secret, 301],
  ['a message out of the future', headers, body, secret, -301],
])('%s is not', async (_name, given, text, key, seconds) => {
  await expect(verifyWebhook(key, given, text, at(seconds))).rejects.toThrow(invalid)
})

test('what is signed and no JSON is not', async () => {
  const key = await crypto.subtle.importKey('raw', Uint8Array.from(atob('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'), (c) => c.charCodeAt(0)), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const signed = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode('msg_1.1614265330.<html>'))
  const given = { 'webhook-id': 'msg_1', 'webhook-timestamp': '1614265330', 'webhook-signature': `v1,${Buffer.from(signed).toString('base64')}` }
  await expect(verifyWebhook(secret, given, '<html>', at(0))).rejects.toThrow(invalid)
  await expect(verifyWebhook('whsec_?', headers, body, at(0))).rejects.toThrow(TypeError)
})
