import { join } from 'node:path'
import { africasTalking, HttpSmsProvider, MailboxProvider, Messenger, SmtpProvider, twilio, type EmailProvider, type SmsProvider } from '@growr/messaging'
import { ConfigError, type Logger } from '@growr/runtime'
import type { NodeConfig } from './config.ts'

export const mailboxOf = (data: string): string => join(data, 'mailbox')

/** The providers that the configuration names; what it does not name is written into the mail-box folder. */
export function createMessenger(config: NodeConfig, log: Logger): Messenger {
  const mailbox = new MailboxProvider(mailboxOf(config.data))
  return new Messenger({
    email: emailOf(config) ?? mailbox,
    sms: smsOf(config) ?? mailbox,
    log: (entry) => log.info({ ...entry }, 'message'),
  })
}

function emailOf({ smtp }: NodeConfig): EmailProvider | undefined {
  if (!smtp) return undefined
  const { host, port, from, fromName, user, password, secure } = smtp
  return new SmtpProvider({ host, port, from, ...given({ fromName, user, secure, password: password?.reveal() }) })
}

function smsOf({ sms }: NodeConfig): SmsProvider | undefined {
  if (!sms) return undefined
  if (sms.provider === 'africastalking') return new HttpSmsProvider(africasTalking({ username: need(sms.username, 'sms.username'), apiKey: need(sms.apiKey, 'sms.apiKey').reveal(), ...given({ from: sms.from }) }))
  return new HttpSmsProvider(twilio({ accountSid: need(sms.accountSid, 'sms.accountSid'), authToken: need(sms.authToken, 'sms.authToken').reveal(), from: need(sms.from, 'sms.from') }))
}

function need<T>(value: T | undefined, path: string): T {
  if (value === undefined) throw new ConfigError([{ path, source: 'configuration', message: 'this SMS provider needs it' }])
  return value
}

function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
