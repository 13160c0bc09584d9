import { createHash } from 'node:crypto'
import { chmod, mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { TemplateName } from './templates/values.ts'
import type { EmailProvider, Language, Outgoing, OutgoingEmail, OutgoingSms, Receipt, SmsProvider } from './types.ts'

/** A message as it lies in the mail-box. */
export interface MailboxMessage {
  readonly id: string
  /** ISO instant */
  readonly at: string
  readonly channel: 'email' | 'sms'
  readonly to: string
  readonly subject?: string
  readonly text: string
  readonly template: TemplateName
  readonly language: Language
  readonly code?: string
  readonly link?: string
}

const NAME = /^(\d{8}T\d{9}Z)-(\d{6})-(email|sms)-([0-9a-f]{24})\.json$/

/**
 * The default provider: writes each message into a folder instead of sending it, one JSON file (0600) each, so that a
 * person can read what would have been sent. The order of names is the order of time. The same id is written once, also
 * over a restart. One process writes a folder.
 */
export class MailboxProvider implements EmailProvider, SmsProvider {
  readonly name = 'mailbox'
  readonly longTexts = 'joined'
  readonly #folder: string
  readonly #written = new Map<string, string>()
  #stamp = ''
  #count = 0
  #ready: Promise<void> | undefined
  #queue: Promise<unknown> = Promise.resolve()

  /** `folder`: usually `<data>/mailbox`; made (0700) where it is missing. */
  constructor(folder: string) {
    this.#folder = folder
  }

  sendEmail(mail: OutgoingEmail): Promise<Receipt> {
    return this.#put('email', mail, mail.subject)
  }

  sendSms(sms: OutgoingSms): Promise<Receipt> {
    return this.#put('sms', sms)
  }

  /** One after the other, so that names follow the order of sending. */
  #put(channel: 'email' | 'sms', message: Outgoing, subject?: string): Promise<Receipt> {
    const turn = this.#queue.then(() => this.#write(channel, message, subject))
    this.#queue = turn.catch(() => {})
    return turn
  }

  async #write(channel: 'email' | 'sms', message: Outgoing, subject: string | undefined): Promise<Receipt> {
    // A folder that could not be opened is tried again with the next message.
    await (this.#ready ??= this.#open().catch((error: unknown) => {
      this.#ready = undefined
      throw error
    }))
    const hash = createHash('sha256').update(`${channel} ${message.id}`).digest('hex').slice(0, 24)
    const before = this.#written.get(hash)
    if (before !== undefined) return { reference: before }
    const { id, to, text, template, language, code, link } = message
    const content: MailboxMessage = {
      id,
      at: message.at.toISOString(),
      channel,
      to,
      ...(subject === undefined ? {} : { subject }),
      text,
      template,
      language,
      ...(code === undefined ? {} : { code }),
      ...(link === undefined ? {} : { link }),
    }
    const name = this.#nextName(message.at, channel, hash)
    const unfinished = join(this.#folder, `.${hash}.unfinished`)
    const file = await open(unfinished, 'w', 0o600)
    try {
      await file.writeFile(`${JSON.stringify(content, null, 2)}\n`)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(unfinished, join(this.#folder, name))
    this.#written.set(hash, name)
    return { reference: name }
  }

  async #open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await chmod(this.#folder, 0o700)
    for (const name of (await readdir(this.#folder)).sort()) {
      const match = NAME.exec(name)
      if (match === null) continue
      this.#stamp = match[1]!
      this.#count = Number(match[2])
      this.#written.set(match[4]!, name)
    }
  }

  /** A clock that stands, or goes back, does not put a message before an earlier one. */
  #nextName(at: Date, channel: string, hash: string): string {
    const stamp = at.toISOString().replace(/[-:.]/g, '')
    if (stamp > this.#stamp) {
      this.#stamp = stamp
      this.#count = 0
    } else {
      this.#count += 1
    }
    return `${this.#stamp}-${String(this.#count).padStart(6, '0')}-${channel}-${hash}.json`
  }
}

export interface MailboxQuery {
  /** Only messages to this address or phone. */
  readonly to?: string
  /** Only files whose name sorts after this one. */
  readonly after?: string
}

/** The messages in a mail-box, oldest first, each with the name of its file. An empty list where there is no folder. */
export async function readMailbox(folder: string, query: MailboxQuery = {}): Promise<(MailboxMessage & { readonly file: string })[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const found: (MailboxMessage & { readonly file: string })[] = []
  for (const file of names.filter((name) => NAME.test(name) && name > (query.after ?? '')).sort()) {
    const message = JSON.parse(await readFile(join(folder, file), 'utf8')) as MailboxMessage
    if (query.to === undefined || message.to === query.to) found.push({ ...message, file })
  }
  return found
}
