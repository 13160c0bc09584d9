import type { TemplateName, TemplateValues } from './templates/values.ts'

export type Language = 'en' | 'es'
export type Recipient = { readonly email: string } | { readonly phone: string }

/** One message to one person. */
export interface Message<T extends TemplateName = TemplateName> {
  /** Made once for what is to be said, such as the id of the event: the same id is sent once. Letters, digits and . _ : - only, at most 200. */
  readonly id: string
  /** An e-mail address, or a phone in E.164. */
  readonly to: Recipient
  readonly template: T
  readonly language: Language
  readonly values: TemplateValues[T]
  /** The request that led to it, for tracing. */
  readonly requestId?: string
}

/** A message as a provider gets it. */
export interface Outgoing {
  readonly id: string
  readonly to: string
  readonly text: string
  readonly template: TemplateName
  readonly language: Language
  readonly at: Date
  /** The one-time code in the text, and the link, where it holds one. */
  readonly code?: string
  readonly link?: string
}

export interface OutgoingEmail extends Outgoing {
  readonly subject: string
}

export type OutgoingSms = Outgoing

/** What a provider calls the message it took. */
export interface Receipt {
  readonly reference: string
}

/** Sends e-mail. Throws `MessagingError`; its `temporary` says whether to try again. */
export interface EmailProvider {
  readonly name: string
  sendEmail(mail: OutgoingEmail): Promise<Receipt>
  close?(): Promise<void>
}

/** Sends SMS. Throws `MessagingError`; its `temporary` says whether to try again. */
export interface SmsProvider {
  readonly name: string
  /** Whether a text that is longer than one SMS is given as it is ('joined' again on the phone) or in numbered parts. */
  readonly longTexts: 'joined' | 'parts'
  sendSms(sms: OutgoingSms): Promise<Receipt>
  close?(): Promise<void>
}

export interface Clock {
  now(): Date
}
