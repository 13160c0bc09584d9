import { describe, expect, it } from 'vitest'
import type { EmailProvider, MessengerOptions, OutgoingSms, SendResult, SmsProvider } from './index.ts'
import { MessagingError, Messenger, smsSize } from './index.ts'
import { longValues } from './testing/values.ts'

const bea = { phone: '+50499000001' }
const message = (id: string) => ({ id, to: bea, template: 'code', language: 'en', values: { code: '048213', minutes: '10' } }) as const

function setUp(answers: (MessagingError | Error | 'ok')[], options: Partial<MessengerOptions> & { longTexts?: 'joined' | 'parts' } = {}) {
  const taken: OutgoingSms[] = []
  const waits: number[] = []
  const log: unknown[] = []
  const sms: SmsProvider = {
    name: 'test',
    longTexts: options.longTexts ?? 'joined',
    async sendSms(one) {
      const answer = answers.shift() ?? 'ok'
      if (answer !== 'ok') throw answer
      taken.push(one)
      return { reference: `r${taken.length}` }
    },
  }
  const email: EmailProvider = {
    name: 'none',
    sendEmail: async () => {
      throw new MessagingError('PROVIDER_REFUSES_US', 'none')
    },
  }
  const messenger = new Messenger({
    email,
    sms,
    sleep: async (ms) => {
      waits.push(ms)
    },
    log: (entry) => log.push(entry),
    ...options,
  })
  return { messenger, taken, waits, log }
}

const busy = () => new MessagingError('PROVIDER_BUSY', 'HTTP 503')

describe('the messenger', () => {
  it('tries again what may pass, waiting longer each time', async () => {
    const { messenger, waits, taken } = setUp([busy(), new MessagingError('PROVIDER_UNREACHABLE', 'x'), new Error('anything')])
    expect(await messenger.send(message('a'))).toEqual({
      id: 'a',
      status: 'SENT',
      channel: 'sms',
      provider: 'test',
      reference: 'r1',
      attempts: 4,
    })
    expect(taken).toHaveLength(1)
    expect(waits).toHaveLength(3)
    for (const [i, most] of [1000, 2000, 4000].entries()) {
      expect(waits[i]).toBeLessThanOrEqual(most)
      expect(waits[i]).toBeGreaterThanOrEqual(most * 0.8)
    }
  })

  it('gives up after four tries, and may be asked again', async () => {
    const { messenger } = setUp([busy(), busy(), busy(), busy()])
    expect(await messenger.send(message('a'))).toEqual({
      id: 'a',
      status: 'FAILED',
      channel: 'sms',
      provider: 'test',
      attempts: 4,
      code: 'PROVIDER_BUSY',
      temporary: true,
      reason: 'HTTP 503',
    })
    expect(await messenger.send(message('a'))).toMatchObject({ status: 'SENT', attempts: 1 })
  })

  it('does not try again what cannot pass', async () => {
    const { messenger, waits } = setUp([new MessagingError('RECIPIENT_REFUSED', 'status 403')])
    expect(await messenger.send(message('a'))).toMatchObject({ status: 'FAILED', attempts: 1, code: 'RECIPIENT_REFUSED', temporary: false })
    expect(waits).toEqual([])
  })

  it('sends the same id once, also while it is under way', async () => {
    const { messenger, taken } = setUp([busy()])
    const results = await Promise.all(Array.from({ length: 64 }, () => messenger.send(message('a'))))
    expect(await messenger.send(message('a'))).toEqual(results[0])
    expect(taken).toHaveLength(1)
  })

  it.each([
    ['+50499'],
    ['50499000001'],
    ['+0504990000'],
    ['+504 9900 0001'],
    ['+50499000001,+50499000002'],
    ['+5049900000112345678'],
    [''],
  ])('refuses %s as a phone', async (phone) => {
    const { messenger, taken } = setUp([])
    expect(await messenger.send({ ...message('a'), to: { phone } })).toMatchObject({
      status: 'FAILED',
      code: 'RECIPIENT_INVALID',
      attempts: 0,
    })
    expect(taken).toEqual([])
  })

  it.each([
    ['x'],
    ['a@b'],
    ['a b@x.example'],
    ['a@x.example, b@x.example'],
    ['a@x.example\r\nBcc: b@x.example'],
    ['"a b"@x.example'],
    ['<a@x.example>'],
    [`${'a'.repeat(65)}@x.example`],
    ['a..b@x.example'],
    ['a@-x.example'],
    [`a@${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.example`],
  ])('refuses %s as an e-mail', async (email) => {
    expect(await setUp([]).messenger.send({ ...message('a'), to: { email } })).toMatchObject({
      status: 'FAILED',
      code: 'RECIPIENT_INVALID',
      attempts: 0,
      channel: 'email',
    })
  })

  it('refuses values and ids that do not fit, with a result rather than an error', async () => {
    const { messenger } = setUp([])
    expect(await messenger.send({ ...message('a'), values: { code: 'x', minutes: '10' } })).toMatchObject({
      status: 'FAILED',
      code: 'VALUES_INVALID',
      temporary: false,
      reason: 'code',
    })
    expect(await messenger.send(message('a/../b'))).toMatchObject({ status: 'FAILED', code: 'VALUES_INVALID', reason: 'id' })
    expect(await messenger.send(message('x'.repeat(201)))).toMatchObject({ status: 'FAILED', code: 'VALUES_INVALID' })
  })

  it('never logs address, text, values or code', async () => {
    const { messenger, log } = setUp([busy(), 'ok', new MessagingError('RECIPIENT_REFUSED', 'status 403')])
    await messenger.send({ ...message('a'), requestId: 'req-1' })
    await messenger.send({ ...message('b'), template: 'registrationDone', values: { name: 'Bea Mejía' } })
    await messenger.send({ ...message('c'), to: { email: 'bea@x.example' } })
    await messenger.send({ ...message('d'), to: { phone: '99000001' } })
    expect(log).toHaveLength(4)
    expect(log[0]).toEqual({
      id: 'a',
      status: 'SENT',
      channel: 'sms',
      provider: 'test',
      reference: 'r1',
      attempts: 2,
      template: 'code',
      requestId: 'req-1',
    })
    expect(JSON.stringify(log)).not.toMatch(/048213|99000001|Bea|bea@|Growr code|minutes/)
  })

  it('sends a long text in numbered parts where the provider joins nothing, each tried for itself', async () => {
    const { messenger, taken } = setUp(['ok', busy()], { longTexts: 'parts' })
    const reasons = Array.from({ length: 12 }, (_, i) => `Criterion number ${i + 1} is not met by the credential that was presented`)
    const result = await messenger.send({
      id: 'long',
      to: bea,
      template: 'applicationRefused',
      language: 'en',
      values: { project: 'Coffee', reasons },
    })
    expect(result).toMatchObject({ status: 'SENT', reference: 'r1,r2,r3', attempts: 2 })
    expect(taken.map((one) => one.id)).toEqual(['long.1', 'long.2', 'long.3'])
    for (const [i, one] of taken.entries()) {
      expect(one.text.startsWith(`(${i + 1}/3) `)).toBe(true)
      expect(smsSize(one.text).parts).toBe(1)
    }
    await messenger.send(message('short'))
    expect(taken[3]).toMatchObject({ id: 'short', text: 'Growr code: 048213. It counts for 10 minutes. Tell it to nobody.' })
  })

  it('sends nothing while it is paused', async () => {
    const { messenger, taken } = setUp([])
    messenger.pause()
    expect(await messenger.send(message('a'))).toMatchObject({ status: 'FAILED', code: 'PAUSED', temporary: true, attempts: 0 })
    messenger.resume()
    expect(await messenger.send(message('a'))).toMatchObject({ status: 'SENT' })
    expect(taken).toHaveLength(1)
  })

  it('closing ends a wait between tries, and what comes later', async () => {
    let waiting!: () => void
    const reached = new Promise<void>((resolve) => (waiting = resolve))
    // The real wait: a signal that aborts it, and no time that passes.
    const sleep = (_ms: number, signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')))
        waiting()
      })
    const { messenger } = setUp([busy()], { sleep })
    const result: Promise<SendResult> = messenger.send(message('a'))
    await reached
    await messenger.close()
    expect(await result).toMatchObject({ status: 'FAILED', code: 'CLOSED', temporary: true, attempts: 1 })
    expect(await messenger.send(message('b'))).toMatchObject({ status: 'FAILED', code: 'CLOSED', attempts: 0 })
  })

  it("closing ends the wait of the system's own timer", async () => {
    const { messenger } = setUp([busy()])
    const real = new Messenger({
      email: {
        name: 'x',
        sendEmail: async () => {
          throw busy()
        },
      },
      sms: {
        name: 'x',
        longTexts: 'joined',
        sendSms: async () => {
          throw busy()
        },
      },
      retry: { firstMs: 1e8, mostMs: 1e8 },
    })
    const result = real.send(message('a'))
    await messenger.send(message('a'))
    await real.close()
    expect(await result).toMatchObject({ status: 'FAILED', code: 'CLOSED' })
  })

  it.each(Object.keys(longValues) as (keyof typeof longValues)[])('sends %s', async (template) => {
    const { messenger, taken } = setUp([])
    await messenger.send({ id: template, to: bea, template, language: 'es', values: longValues[template] })
    expect(taken).toHaveLength(1)
  })
})
