import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { africasTalking, HttpSmsProvider, MailboxProvider, Messenger, twilio } from './index.ts'

interface Asked {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly form: Record<string, string>
}

const asked: Asked[] = []
let answers: { status: number; body: unknown; location?: string }[] = []
const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  asked.push({
    method: request.method,
    path: request.url,
    headers: request.headers,
    form: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
  })
  const answer = answers.shift()
  // Nothing more to say: the line is cut in the middle of an answer.
  if (answer === undefined) return response.destroy()
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    ...(answer.location === undefined ? {} : { location: answer.location }),
  })
  return response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body))
}
const server = createServer((request, response) => void answer(request, response))
let baseUrl: string

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  asked.length = 0
  answers = []
})

const sms = { id: 'a', to: '+254711000111', text: 'Growr code: 048213 & más', template: 'code', language: 'en', at: new Date() } as const
const at = () => new HttpSmsProvider(africasTalking({ username: 'growr', apiKey: 'key', from: 'GROWR', baseUrl }))
const tw = () => new HttpSmsProvider(twilio({ accountSid: 'AC0123', authToken: 'token', from: '+15005550006', baseUrl }))
const recipient = (statusCode: number, messageId = 'ATXid_1') => ({
  SMSMessageData: {
    Message: 'Sent to 1/1',
    Recipients: [{ statusCode, number: '+254711000111', status: 'x', cost: 'KES 0.8', messageId }],
  },
})

describe("Africa's Talking", () => {
  it('is asked as it wants to be', async () => {
    answers = [{ status: 201, body: recipient(101) }]
    expect(await at().sendSms(sms)).toEqual({ reference: 'ATXid_1' })
    expect(asked[0]).toMatchObject({
      method: 'POST',
      path: '/version1/messaging',
      form: { username: 'growr', to: '+254711000111', from: 'GROWR', message: 'Growr code: 048213 & más' },
    })
    expect(asked[0]!.headers).toMatchObject({
      apikey: 'key',
      accept: 'application/json',
      'content-type': expect.stringContaining('application/x-www-form-urlencoded'),
    })
  })

  it.each([
    [100, undefined],
    [102, undefined],
    [401, 'MESSAGE_REFUSED'],
    [402, 'PROVIDER_REFUSES_US'],
    [403, 'RECIPIENT_REFUSED'],
    [404, 'RECIPIENT_REFUSED'],
    [405, 'PROVIDER_REFUSES_US'],
    [406, 'RECIPIENT_REFUSED'],
    [407, 'PROVIDER_BUSY'],
    [409, 'RECIPIENT_REFUSED'],
    [500, 'PROVIDER_BUSY'],
    [501, 'PROVIDER_BUSY'],
    [502, 'MESSAGE_REFUSED'],
    [777, 'PROVIDER_ANSWER'],
  ])('status %i of a recipient', async (status, code) => {
    answers = [{ status: 201, body: recipient(status) }]
    const sent = at().sendSms(sms)
    if (code === undefined) expect(await sent).toEqual({ reference: 'ATXid_1' })
    else await expect(sent).rejects.toMatchObject({ name: 'MessagingError', code, reason: `status ${status}` })
  })
})

describe('Twilio', () => {
  it('is asked as it wants to be', async () => {
    answers = [
      { status: 201, body: { sid: 'SM1', status: 'queued', error_code: null } },
      { status: 201, body: { sid: 'SM2' } },
    ]
    expect(await tw().sendSms(sms)).toEqual({ reference: 'SM1' })
    expect(asked[0]).toMatchObject({
      method: 'POST',
      path: '/2010-04-01/Accounts/AC0123/Messages.json',
      form: { To: '+254711000111', From: '+15005550006', Body: 'Growr code: 048213 & más' },
    })
    expect(asked[0]!.headers.authorization).toBe(`Basic ${Buffer.from('AC0123:token').toString('base64')}`)
    await new HttpSmsProvider(twilio({ accountSid: 'AC0123', authToken: 'token', from: 'MG9', baseUrl })).sendSms(sms)
    expect(asked[1]!.form).toEqual({ To: '+254711000111', MessagingServiceSid: 'MG9', Body: 'Growr code: 048213 & más' })
  })

  it.each([
    [400, 21211, 'RECIPIENT_REFUSED', false],
    [400, 21610, 'RECIPIENT_REFUSED', false],
    [400, 21614, 'RECIPIENT_REFUSED', false],
    [400, 21606, 'PROVIDER_REFUSES_US', true],
    [404, 20404, 'PROVIDER_REFUSES_US', true],
    [401, 20003, 'PROVIDER_REFUSES_US', true],
    [400, 21617, 'MESSAGE_REFUSED', false],
    [429, 20429, 'PROVIDER_BUSY', true],
    [503, undefined, 'PROVIDER_BUSY', true],
  ])('HTTP %i with code %s', async (status, code, expected, temporary) => {
    answers = [{ status, body: { code, message: 'The number +254711000111 is not valid', more_info: 'x', status } }]
    const error = await tw()
      .sendSms(sms)
      .catch((one: unknown) => one)
    expect(error).toMatchObject({ code: expected, temporary })
    expect(String((error as Error).message)).not.toContain('254711000111')
  })
})

describe.each([
  ['africastalking', at],
  ['twilio', tw],
] as const)('%s', (name, make) => {
  it('an answer that is none, or far too long, is a failure for now', async () => {
    answers = [
      { status: 200, body: 'not JSON' },
      { status: 200, body: {} },
      { status: 200, body: [] },
      { status: 200, body: 'null' },
      { status: 200, body: { ...recipient(101), sid: 'SM1', padding: 'x'.repeat(100_000) } },
    ]
    for (let n = 0; n < 5; n += 1) await expect(make().sendSms(sms)).rejects.toMatchObject({ code: 'PROVIDER_ANSWER', temporary: true })
  })

  it('does not follow a redirection with its key', async () => {
    answers = [
      { status: 307, body: '', location: `${baseUrl}/elsewhere` },
      { status: 200, body: {} },
    ]
    await expect(make().sendSms(sms)).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE' })
    expect(asked).toHaveLength(1)
  })

  it('is tried again by the messenger after a cut line and a busy server', async () => {
    const box = new MailboxProvider('/nowhere')
    let waited = 0
    const messenger = new Messenger({
      email: box,
      sms: make(),
      sleep: async () => {
        waited += 1
        if (waited === 1) answers = [{ status: 503, body: {} }]
        else answers = [{ status: 201, body: { ...recipient(101), sid: 'ATXid_1' } }]
      },
    })
    const result = await messenger.send({
      id: 'x',
      to: { phone: '+254711000111' },
      template: 'code',
      language: 'es',
      values: { code: '048213', minutes: '10' },
    })
    expect(result).toEqual({ id: 'x', status: 'SENT', channel: 'sms', provider: name, reference: 'ATXid_1', attempts: 3 })
  })

  it('a server that does not answer in time is a failure for now', async () => {
    const silent = createServer(() => {})
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const api =
      name === 'twilio'
        ? twilio({ accountSid: 'AC', authToken: 't', from: '+1', baseUrl: url })
        : africasTalking({ username: 'u', apiKey: 'k', baseUrl: url })
    await expect(new HttpSmsProvider(api, { timeoutMs: 30 }).sendSms(sms)).rejects.toMatchObject({
      code: 'PROVIDER_UNREACHABLE',
      reason: 'TimeoutError',
    })
    silent.closeAllConnections()
    silent.close()
  })
})

it('credentials go over TLS only, except on this machine', () => {
  expect(() => twilio({ accountSid: 'AC', authToken: 't', from: '+1', baseUrl: 'http://sms.example' })).toThrow(TypeError)
  expect(() => africasTalking({ username: 'u', apiKey: 'k', baseUrl: 'http://sms.example' })).toThrow(TypeError)
  expect(twilio({ accountSid: 'AC/../x', authToken: 't', from: '+1' }).request(sms).url).toBe(
    'https://api.twilio.com/2010-04-01/Accounts/AC%2F..%2Fx/Messages.json',
  )
})
