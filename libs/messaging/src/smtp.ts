import { createHash } from 'node:crypto'
import { createTransport } from 'nodemailer'
import { MessagingError } from './errors.ts'
import type { EmailProvider, OutgoingEmail, Receipt } from './types.ts'

export interface SmtpOptions {
  readonly host: string
  readonly port: number
  /** TLS from the first byte (usually port 465). Otherwise STARTTLS, which must succeed unless `insecure`. */
  readonly secure?: boolean
  /** Sends in clear where the server offers no TLS: for a relay on the same machine only. */
  readonly insecure?: boolean
  readonly user?: string
  readonly password?: string
  /** The sender's address, and the name shown with it ('Growr' unless told). */
  readonly from: string
  readonly fromName?: string
  /** A certificate authority of one's own (PEM). */
  readonly ca?: string
  /** Connections at once, 3 unless told. */
  readonly connections?: number
  /** For connecting, the greeting and each silence of the server, in milliseconds; 15 s unless told. */
  readonly timeoutMs?: number
}

/** Sends e-mail over SMTP, by nodemailer with a pool of connections. */
export class SmtpProvider implements EmailProvider {
  readonly name = 'smtp'
  readonly #options: SmtpOptions
  readonly #transport

  constructor(options: SmtpOptions) {
    const timeout = options.timeoutMs ?? 15_000
    this.#options = options
    this.#transport = createTransport({
      pool: true,
      host: options.host,
      port: options.port,
      secure: options.secure ?? false,
      requireTLS: options.secure !== true && options.insecure !== true,
      ...(options.user === undefined ? {} : { auth: { user: options.user, pass: options.password ?? '' } }),
      tls: { minVersion: 'TLSv1.2', ...(options.ca === undefined ? {} : { ca: options.ca }) },
      maxConnections: options.connections ?? 3,
      maxMessages: 100,
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
      dnsTimeout: timeout,
      // The messenger tries again by itself, and knows what it tries.
      maxRequeues: 0,
      // A message is text; nothing in it may make the node read a file or an address.
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  }

  async sendEmail(mail: OutgoingEmail): Promise<Receipt> {
    const domain = this.#options.from.split('@')[1] ?? 'localhost'
    // The same id gives the same Message-ID, so that a copy after a lost answer is known for one.
    const messageId = `<${createHash('sha256').update(mail.id).digest('hex').slice(0, 40)}@${domain}>`
    try {
      await this.#transport.sendMail({
        from: { name: this.#options.fromName ?? 'Growr', address: this.#options.from },
        to: { name: '', address: mail.to },
        subject: mail.subject.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '),
        text: mail.text,
        date: mail.at,
        messageId,
        headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': mail.language },
      })
    } catch (error) {
      throw classify(error)
    }
    return { reference: messageId }
  }

  async close(): Promise<void> {
    this.#transport.close()
  }
}

interface SmtpFailure {
  readonly code?: string
  readonly responseCode?: number
  readonly permanent?: boolean
}

/** What an SMTP failure means for the message. The server's words are not kept: they repeat the address. */
function classify(error: unknown): MessagingError {
  const { code = 'UNKNOWN', responseCode, permanent } = error as SmtpFailure
  const reason = responseCode === undefined ? code : `${code} ${responseCode}`
  if (code === 'EAUTH' || code === 'ENOAUTH' || code === 'EOAUTH2' || code === 'ETLS' || code === 'EREQUIRETLS')
    return new MessagingError('PROVIDER_REFUSES_US', reason)
  if (permanent === true) return new MessagingError(code === 'EENVELOPE' ? 'RECIPIENT_REFUSED' : 'MESSAGE_REFUSED', reason)
  if (responseCode !== undefined) return new MessagingError('PROVIDER_BUSY', reason)
  // Without an answer of the server: the address could not even be written (EENVELOPE), or nobody was there.
  return code === 'EENVELOPE' ? new MessagingError('RECIPIENT_INVALID', reason) : new MessagingError('PROVIDER_UNREACHABLE', reason)
}
