import { randomInt } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { MessagingCode } from './errors.ts'
import { MessagingError } from './errors.ts'
import { smsParts } from './gsm7.ts'
import { render } from './templates/render.ts'
import type { TemplateName } from './templates/values.ts'
import type { Clock, EmailProvider, Message, Outgoing, Receipt, SmsProvider } from './types.ts'

export interface RetryPolicy {
  /** Tries in all. */
  readonly attempts: number
  /** Before the second try, in milliseconds; each further wait `factor` times as long, up to `mostMs`, less up to a fifth by chance. */
  readonly firstMs: number
  readonly factor: number
  readonly mostMs: number
}

/** Four tries within about seven seconds; who needs longer (greylisting) tries again later by the result. */
export const RETRY: RetryPolicy = { attempts: 4, firstMs: 1000, factor: 2, mostMs: 30_000 }

export interface Sent {
  readonly id: string
  readonly status: 'SENT'
  readonly channel: 'email' | 'sms'
  readonly provider: string
  /** What the provider calls it; with several SMS, those of all, with commas. */
  readonly reference: string
  readonly attempts: number
}

export interface NotSent {
  readonly id: string
  readonly status: 'FAILED'
  readonly channel: 'email' | 'sms'
  readonly provider: string
  readonly attempts: number
  readonly code: MessagingCode
  /** Whether the same message may go through later. */
  readonly temporary: boolean
  /** For the log: never an address or a text. */
  readonly reason: string
}

export type SendResult = Sent | NotSent

/** What may be logged of a message. */
export type MessageLog = (entry: SendResult & { readonly template: string; readonly requestId?: string }) => void

export interface MessengerOptions {
  readonly email: EmailProvider
  readonly sms: SmsProvider
  readonly clock?: Clock
  readonly retry?: Partial<RetryPolicy>
  /** Gets one entry for each message, without address, text, values or code. */
  readonly log?: MessageLog
  /** Waits between tries; rejects when the signal aborts. A test gives one that does not wait. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

const REMEMBERED = 10_000
const ID = /^[A-Za-z0-9._:-]{1,200}$/
// Addresses as mail servers take them without quotation; what else RFC 5322 allows is not worth what it lets through.
// The one host without a dot is the machine itself: operator@localhost.
const EMAIL =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?|localhost)$/
const PHONE = /^\+[1-9]\d{6,14}$/

/**
 * Renders messages and hands them to providers, again where a failure is temporary. The same id is sent once: also while
 * it is under way, and for the last ten thousand (providers and callers remember longer).
 */
export class Messenger {
  readonly #o: MessengerOptions
  readonly #retry: RetryPolicy
  readonly #known = new Map<string, Promise<SendResult>>()
  readonly #closing = new AbortController()
  #paused = false

  constructor(options: MessengerOptions) {
    this.#o = options
    this.#retry = { ...RETRY, ...options.retry }
  }

  /** Sends one message. It never throws for what a message holds or a provider does: the result says what happened. */
  send<T extends TemplateName>(message: Message<T>): Promise<SendResult> {
    const known = this.#known.get(message.id)
    if (known !== undefined) return known
    const result = this.#send(message)
    this.#known.set(message.id, result)
    void result.then((one) => {
      if (one.status === 'FAILED') this.#known.delete(message.id)
      else if (this.#known.size > REMEMBERED) this.#known.delete(this.#known.keys().next().value!)
    })
    return result
  }

  /** Sends nothing until `resume`: each message fails with PAUSED, which is temporary (a node restored from a back-up). */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
  }

  /** Ends the waits between tries, then closes the providers. */
  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.allSettled(this.#known.values())
    for (const provider of new Set([this.#o.email, this.#o.sms])) await provider.close?.()
  }

  async #send<T extends TemplateName>(message: Message<T>): Promise<SendResult> {
    const email = 'email' in message.to
    const channel = email ? 'email' : 'sms'
    const provider = email ? this.#o.email.name : this.#o.sms.name
    const about = { id: message.id, channel, provider } as const
    let attempts = 0
    let result: SendResult
    try {
      const deliveries = this.#prepare(message)
      const references: string[] = []
      for (const deliver of deliveries) {
        const receipt = await this.#try(deliver, (tries) => {
          attempts = Math.max(attempts, tries)
        })
        references.push(receipt.reference)
      }
      result = { ...about, status: 'SENT', reference: references.join(','), attempts }
    } catch (error) {
      const known =
        error instanceof MessagingError
          ? error
          : new MessagingError('PROVIDER_UNREACHABLE', error instanceof Error ? error.name : 'unknown')
      result = { ...about, status: 'FAILED', attempts, code: known.code, temporary: known.temporary, reason: known.reason }
    }
    this.#o.log?.({
      ...result,
      template: String(message.template),
      ...(message.requestId === undefined ? {} : { requestId: message.requestId }),
    })
    return result
  }

  /** What is to be done for a message: one delivery, or one for each part of a long SMS. Throws where it can never be sent. */
  #prepare<T extends TemplateName>(message: Message<T>): (() => Promise<Receipt>)[] {
    if (!ID.test(message.id)) throw new MessagingError('VALUES_INVALID', 'id')
    const { email, sms } = this.#o
    const to = 'email' in message.to ? message.to.email : message.to.phone
    const fits = 'email' in message.to ? to.length <= 254 && EMAIL.test(to) && !to.includes('..') : PHONE.test(to)
    if (!fits) throw new MessagingError('RECIPIENT_INVALID', 'email' in message.to ? 'e-mail address' : 'phone number')
    const rendered = render(message.template, message.language, message.values)
    const common: Omit<Outgoing, 'text'> = {
      id: message.id,
      to,
      template: message.template,
      language: message.language,
      at: this.#o.clock?.now() ?? new Date(),
      ...(rendered.code === undefined ? {} : { code: rendered.code }),
      ...(rendered.link === undefined ? {} : { link: rendered.link }),
    }
    if ('email' in message.to) return [() => email.sendEmail({ ...common, subject: rendered.subject, text: rendered.email })]
    if (sms.longTexts === 'joined') return [() => sms.sendSms({ ...common, text: rendered.sms })]
    const parts = smsParts(rendered.sms)
    return parts.map((text, i) => () => sms.sendSms({ ...common, id: parts.length === 1 ? message.id : `${message.id}.${i + 1}`, text }))
  }

  async #try(deliver: () => Promise<Receipt>, count: (tries: number) => void): Promise<Receipt> {
    const { attempts, firstMs, factor, mostMs } = this.#retry
    for (let tries = 1; ; tries += 1) {
      if (this.#closing.signal.aborted) throw new MessagingError('CLOSED', 'the messenger is closing')
      if (this.#paused) throw new MessagingError('PAUSED', 'sending is off')
      count(tries)
      try {
        return await deliver()
      } catch (error) {
        const hopeless = error instanceof MessagingError && !error.temporary
        if (hopeless || tries >= attempts) throw error
        const most = Math.min(mostMs, firstMs * factor ** (tries - 1))
        await this.#sleep(most - randomInt(0, Math.floor(most / 5) + 1))
      }
    }
  }

  async #sleep(ms: number): Promise<void> {
    const { signal } = this.#closing
    try {
      if (this.#o.sleep === undefined) await wait(ms, undefined, { signal })
      else await this.#o.sleep(ms, signal)
    } catch {
      throw new MessagingError('CLOSED', 'the messenger is closing')
    }
  }
}
