import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { ParsedMail } from 'mailparser'
import { simpleParser } from 'mailparser'
import type { SMTPServerSession } from 'smtp-server'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { OutgoingEmail } from './index.ts'
import { MailboxProvider, Messenger, SmtpProvider } from './index.ts'
import { selfSigned } from './testing/certificate.ts'
import { longValues } from './testing/values.ts'

interface Arrived {
  readonly session: SMTPServerSession
  readonly to: readonly string[]
  readonly mail: ParsedMail
}

const { cert, key } = selfSigned()
const arrived: Arrived[] = []
let greylisted = 0
let server: SMTPServer
let port: number

const refusal = (responseCode: number, text: string): Error => Object.assign(new Error(text), { responseCode })

beforeAll(async () => {
  server = new SMTPServer({
    key,
    cert,
    authMethods: ['PLAIN'],
    onAuth: (auth, _session, done) =>
      auth.username === 'node' && auth.password === 'secret' ? done(null, { user: 'node' }) : done(new Error('no such account')),
    onRcptTo: ({ address }, _session, done) => {
      if (address.startsWith('nobody')) done(refusal(550, `no such user ${address}`))
      else if (address.startsWith('grey') && greylisted++ < 2) done(refusal(451, `greylisted ${address}`))
      else if (address.startsWith('always')) done(refusal(451, 'try later'))
      else done()
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      const to = session.envelope.rcptTo.map(({ address }) => address)
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const bytes = Buffer.concat(chunks)
        if (bytes.includes('spam')) {
          done(refusal(554, 'refused as spam'))
          return
        }
        simpleParser(bytes, (_error, mail) => {
          arrived.push({ session, to, mail })
          done()
        })
      })
    },
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  port = (server.server.address() as AddressInfo).port
})
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))
beforeEach(() => {
  arrived.length = 0
  greylisted = 0
})

const options = () => ({ host: '127.0.0.1', port, user: 'node', password: 'secret', from: 'growr@node.example', ca: cert })
const sms = new MailboxProvider('/nowhere')

async function using<T>(provider: SmtpProvider, work: (messenger: Messenger) => Promise<T>): Promise<T> {
  const messenger = new Messenger({ email: provider, sms, sleep: async () => {}, clock: { now: () => new Date('2026-04-05T15:00:00Z') } })
  try {
    return await work(messenger)
  } finally {
    await messenger.close()
  }
}

const invitation = (id: string, email: string) =>
  ({ id, to: { email }, template: 'invitation', language: 'es', values: longValues.invitation }) as const

describe('SMTP', () => {
  it('sends over STARTTLS, signed in, as a person reads it', async () => {
    const result = await using(new SmtpProvider(options()), (messenger) => messenger.send(invitation('i-1', 'ana@comsa.example')))
    expect(result).toMatchObject({ status: 'SENT', channel: 'email', provider: 'smtp', attempts: 1 })
    const [{ session, mail }] = arrived as [Arrived]
    expect(session.secure).toBe(true)
    expect(session.user).toBe('node')
    expect(mail.subject).toBe(`${longValues.invitation.organization} le invita a Growr`)
    expect(mail.from?.text).toBe('"Growr" <growr@node.example>')
    expect(mail.text).toContain(`Abra ${longValues.invitation.link} e ingrese este código:\n\n123456\n\nEl código vale por 1440 minutos.`)
    expect(mail.html).toBe(false)
    expect(mail.attachments).toEqual([])
    expect(mail.date).toEqual(new Date('2026-04-05T15:00:00Z'))
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated')
    expect(result.status === 'SENT' && result.reference).toBe(mail.messageId)
  })

  it('the same id has the same Message-ID, another id another', async () => {
    for (const id of ['a', 'a', 'b'])
      await using(new SmtpProvider(options()), (messenger) => messenger.send(invitation(id, 'ana@comsa.example')))
    const ids = arrived.map(({ mail }) => mail.messageId)
    expect(ids[0]).toBe(ids[1])
    expect(ids[2]).not.toBe(ids[0])
  })

  it('is not led to write headers or to more recipients, by the messenger or by itself', async () => {
    const evil = 'COMSA\r\nBcc: evil@x.example\r\n\r\n.\r\nRCPT TO:<evil@x.example>'
    const provider = new SmtpProvider(options())
    await provider.sendEmail({
      id: 'x',
      to: 'ana@comsa.example',
      subject: evil,
      text: `a\r\n.\r\nRCPT TO:<evil@x.example>\r\n`,
      template: 'code',
      language: 'en',
      at: new Date(),
    })
    await using(provider, (messenger) =>
      messenger.send({ ...invitation('y', 'ana@comsa.example'), values: { ...longValues.invitation, organization: evil } }),
    )
    expect(arrived).toHaveLength(2)
    for (const { to, mail } of arrived) {
      expect(to).toEqual(['ana@comsa.example'])
      expect(mail.bcc).toBeUndefined()
      expect(mail.headers.has('bcc')).toBe(false)
      expect(mail.subject).toMatch(/^COMSA Bcc: evil@x\.example \. RCPT TO:<evil@x\.example>/)
    }
  })

  it('reads neither a file nor an address, whatever a text names', async () => {
    const provider = new SmtpProvider(options())
    const text = { path: '/etc/hostname' } as unknown as string
    const mail: OutgoingEmail = { id: 'x', to: 'ana@comsa.example', subject: 's', text, template: 'code', language: 'en', at: new Date() }
    await expect(provider.sendEmail(mail)).rejects.toMatchObject({ name: 'MessagingError' })
    await provider.close()
    expect(arrived).toEqual([])
  })

  it('tries again after greylisting, and gets through', async () => {
    expect(await using(new SmtpProvider(options()), (messenger) => messenger.send(invitation('g', 'grey@x.example')))).toMatchObject({
      status: 'SENT',
      attempts: 3,
    })
    expect(arrived).toHaveLength(1)
  })

  it('gives up for now where the server always says later', async () => {
    expect(await using(new SmtpProvider(options()), (messenger) => messenger.send(invitation('g', 'always@x.example')))).toMatchObject({
      status: 'FAILED',
      attempts: 4,
      code: 'PROVIDER_BUSY',
      temporary: true,
      reason: 'EENVELOPE 451',
    })
  })

  it("does not try again an address or a message that is refused for good, and keeps the server's words to itself", async () => {
    const refused = await using(new SmtpProvider(options()), (messenger) => messenger.send(invitation('n', 'nobody@x.example')))
    expect(refused).toMatchObject({ status: 'FAILED', attempts: 1, code: 'RECIPIENT_REFUSED', temporary: false, reason: 'EENVELOPE 550' })
    expect(JSON.stringify(refused)).not.toContain('nobody@')
    const spam = await using(new SmtpProvider(options()), (messenger) =>
      messenger.send({ ...invitation('s', 'ana@x.example'), values: { ...longValues.invitation, organization: 'spam' } }),
    )
    expect(spam).toMatchObject({ status: 'FAILED', attempts: 1, code: 'MESSAGE_REFUSED', temporary: false })
  })

  it("a wrong password is the operator's matter: the message waits", async () => {
    const result = await using(new SmtpProvider({ ...options(), password: 'wrong' }), (messenger) =>
      messenger.send(invitation('p', 'ana@x.example')),
    )
    expect(result).toMatchObject({ status: 'FAILED', code: 'PROVIDER_REFUSES_US', temporary: true })
  })

  it('does not send to a server whose certificate it does not trust', async () => {
    const { ca: _ca, ...untrusting } = options()
    expect(await using(new SmtpProvider(untrusting), (messenger) => messenger.send(invitation('t', 'ana@x.example')))).toMatchObject({
      status: 'FAILED',
      temporary: true,
    })
    expect(arrived).toEqual([])
  })

  it('does not send in clear where the server offers no TLS, unless it is told to', async () => {
    const plain = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData: (stream, session, done) => {
        stream.resume()
        stream.on('end', () => {
          arrived.push({ session, to: [], mail: {} as ParsedMail })
          done()
        })
      },
    })
    plain.listen(0, '127.0.0.1')
    await once(plain.server, 'listening')
    const local = { host: '127.0.0.1', port: (plain.server.address() as AddressInfo).port, from: 'growr@node.example' }
    expect(await using(new SmtpProvider(local), (messenger) => messenger.send(invitation('c', 'ana@x.example')))).toMatchObject({
      status: 'FAILED',
      temporary: true,
    })
    expect(arrived).toEqual([])
    expect(
      await using(new SmtpProvider({ ...local, insecure: true }), (messenger) => messenger.send(invitation('d', 'ana@x.example'))),
    ).toMatchObject({ status: 'SENT' })
    await new Promise<void>((resolve) => plain.close(() => resolve()))
  })

  it('a server that is not there, or falls silent, is a failure for now', async () => {
    const silent = createServer()
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const silentPort = (silent.address() as AddressInfo).port
    const provider = new SmtpProvider({ ...options(), port: silentPort, timeoutMs: 50 })
    expect(await using(provider, (messenger) => messenger.send(invitation('q', 'ana@x.example')))).toMatchObject({
      status: 'FAILED',
      code: 'PROVIDER_UNREACHABLE',
      temporary: true,
      attempts: 4,
    })
    await new Promise<void>((resolve) => silent.close(() => resolve()))
    expect(
      await using(new SmtpProvider({ ...options(), port: silentPort }), (messenger) => messenger.send(invitation('r', 'ana@x.example'))),
    ).toMatchObject({ status: 'FAILED', code: 'PROVIDER_UNREACHABLE', temporary: true })
  })
})
