import { MessagingError } from './errors.ts'
import type { OutgoingSms, Receipt, SmsProvider } from './types.ts'

export interface SmsRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly form: Readonly<Record<string, string>>
}

/** How one company wants to be asked, and what its answers mean. */
export interface SmsApi {
  readonly name: string
  request(sms: OutgoingSms): SmsRequest
  /** `body` is the parsed JSON, undefined where it was none. Throws `MessagingError` where the message was not taken. */
  answer(status: number, body: unknown): Receipt
}

const MAX_ANSWER = 64 * 1024

/**
 * Sends SMS through a company's HTTP interface. Neither of those known here takes an idempotency key: where an answer is
 * lost on its way, the second try may bring the same SMS twice.
 */
export class HttpSmsProvider implements SmsProvider {
  readonly name: string
  readonly longTexts = 'joined'
  readonly #api: SmsApi
  readonly #timeoutMs: number

  constructor(api: SmsApi, options: { readonly timeoutMs?: number } = {}) {
    this.name = api.name
    this.#api = api
    this.#timeoutMs = options.timeoutMs ?? 15_000
  }

  async sendSms(sms: OutgoingSms): Promise<Receipt> {
    const { url, headers, form } = this.#api.request(sms)
    let status: number
    let text: string
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { accept: 'application/json', ...headers },
        body: new URLSearchParams(form),
        // A key must not follow a redirection elsewhere.
        redirect: 'error',
        signal: AbortSignal.timeout(this.#timeoutMs),
      })
      status = response.status
      text = await bounded(response)
    } catch (error) {
      if (error instanceof MessagingError) throw error
      throw new MessagingError('PROVIDER_UNREACHABLE', error instanceof Error ? error.name : 'unknown', error)
    }
    if (status === 429 || status >= 500) throw new MessagingError('PROVIDER_BUSY', `HTTP ${status}`)
    if (status === 401 || status === 403) throw new MessagingError('PROVIDER_REFUSES_US', `HTTP ${status}`)
    return this.#api.answer(status, parse(text))
  }
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > MAX_ANSWER) throw new MessagingError('PROVIDER_ANSWER', 'the answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Credentials go over TLS only, except to this machine (a test, a relay). */
function endpoint(base: string, path: string): string {
  const url = new URL(path, base)
  if (url.protocol !== 'https:' && !['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname))
    throw new TypeError('an SMS provider is called over https')
  return url.href
}

export interface AfricasTalkingOptions {
  readonly username: string
  readonly apiKey: string
  /** A sender id or short code; the account's own unless told. */
  readonly from?: string
  readonly baseUrl?: string
}

/** What the status of one recipient means; other codes below 400 are successes. */
const africasTalkingFailures: Record<number, ConstructorParameters<typeof MessagingError>[0]> = {
  401: 'MESSAGE_REFUSED',
  402: 'PROVIDER_REFUSES_US',
  403: 'RECIPIENT_REFUSED',
  404: 'RECIPIENT_REFUSED',
  405: 'PROVIDER_REFUSES_US',
  406: 'RECIPIENT_REFUSED',
  407: 'PROVIDER_BUSY',
  409: 'RECIPIENT_REFUSED',
  500: 'PROVIDER_BUSY',
  501: 'PROVIDER_BUSY',
  502: 'MESSAGE_REFUSED',
}

/** Africa's Talking, bulk SMS: status codes for each recipient (100 processed, 101 sent, 102 queued). */
export function africasTalking(options: AfricasTalkingOptions): SmsApi {
  const url = endpoint(options.baseUrl ?? 'https://api.africastalking.com', '/version1/messaging')
  return {
    name: 'africastalking',
    request: (sms) => ({
      url,
      headers: { apiKey: options.apiKey },
      form: { username: options.username, to: sms.to, message: sms.text, ...(options.from === undefined ? {} : { from: options.from }) },
    }),
    answer(status, body) {
      const data = isObject(body) ? body['SMSMessageData'] : undefined
      const recipients = isObject(data) ? data['Recipients'] : undefined
      const first: unknown = Array.isArray(recipients) ? recipients[0] : undefined
      if (status !== 200 && status !== 201) throw new MessagingError('MESSAGE_REFUSED', `HTTP ${status}`)
      if (!isObject(first) || typeof first['statusCode'] !== 'number')
        throw new MessagingError('PROVIDER_ANSWER', 'no recipient in the answer')
      const code = first['statusCode']
      if (code >= 400) throw new MessagingError(africasTalkingFailures[code] ?? 'PROVIDER_ANSWER', `status ${code}`)
      return { reference: typeof first['messageId'] === 'string' ? first['messageId'] : '' }
    },
  }
}

export interface TwilioOptions {
  readonly accountSid: string
  readonly authToken: string
  /** A phone number, or the SID of a messaging service (MG…). */
  readonly from: string
  readonly baseUrl?: string
}

/** Twilio's error codes that concern the recipient: invalid, unroutable, unsubscribed, no mobile phone, region not permitted, unverified. */
const twilioRecipient = new Set([21211, 21612, 21610, 21614, 21408, 21608, 21265])
/** Those that concern the account: authentication, sender, permission. */
const twilioAccount = new Set([20003, 20005, 21212, 21606, 21603, 21659, 21660])

/** Twilio, Messages resource of the 2010 interface. */
export function twilio(options: TwilioOptions): SmsApi {
  const url = endpoint(
    options.baseUrl ?? 'https://api.twilio.com',
    `/2010-04-01/Accounts/${encodeURIComponent(options.accountSid)}/Messages.json`,
  )
  const sender = options.from.startsWith('MG') ? { MessagingServiceSid: options.from } : { From: options.from }
  return {
    name: 'twilio',
    request: (sms) => ({
      url,
      headers: { authorization: `Basic ${Buffer.from(`${options.accountSid}:${options.authToken}`).toString('base64')}` },
      form: { To: sms.to, Body: sms.text, ...sender },
    }),
    answer(status, body) {
      const code = isObject(body) && typeof body['code'] === 'number' ? body['code'] : undefined
      if (status >= 400) {
        const reason = code === undefined ? `HTTP ${status}` : `HTTP ${status} code ${code}`
        if (code !== undefined && twilioRecipient.has(code)) throw new MessagingError('RECIPIENT_REFUSED', reason)
        if (status === 404 || (code !== undefined && twilioAccount.has(code))) throw new MessagingError('PROVIDER_REFUSES_US', reason)
        throw new MessagingError('MESSAGE_REFUSED', reason)
      }
      if (!isObject(body) || typeof body['sid'] !== 'string') throw new MessagingError('PROVIDER_ANSWER', 'no sid in the answer')
      return { reference: body['sid'] }
    },
  }
}
