export { MessagingError } from './errors.ts'
export type { MessagingCode } from './errors.ts'
export type {
  Clock,
  EmailProvider,
  Language,
  Message,
  Outgoing,
  OutgoingEmail,
  OutgoingSms,
  Receipt,
  Recipient,
  SmsProvider,
} from './types.ts'
export { valueNames } from './templates/values.ts'
export type { TemplateName, TemplateText, TemplateTexts, TemplateValues } from './templates/values.ts'
export { languages, render, templateNames } from './templates/render.ts'
export type { Rendered } from './templates/render.ts'
export { septets, shorten, smsParts, smsSize, toGsm7 } from './gsm7.ts'
export type { SmsSize } from './gsm7.ts'
export { Messenger, RETRY } from './messenger.ts'
export type { MessageLog, MessengerOptions, NotSent, RetryPolicy, SendResult, Sent } from './messenger.ts'
export { MailboxProvider, readMailbox } from './mailbox.ts'
export type { MailboxMessage, MailboxQuery } from './mailbox.ts'
export { SmtpProvider } from './smtp.ts'
export type { SmtpOptions } from './smtp.ts'
export { africasTalking, HttpSmsProvider, twilio } from './http-sms.ts'
export type { AfricasTalkingOptions, SmsApi, SmsRequest, TwilioOptions } from './http-sms.ts'
