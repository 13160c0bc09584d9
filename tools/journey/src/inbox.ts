import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Mail {
  readonly file: string
  readonly at: string
  readonly channel: 'email' | 'sms'
  readonly to: string
  readonly subject?: string
  readonly text: string
  readonly code?: string
}

const POLL = 20

/** The messages that really arrived in a node's mail-box folder. A code is handed out once: the newest that was not read. */
export class Inbox {
  readonly #dir: string
  readonly #patience: number
  readonly #mails = new Map<string, Mail>()
  readonly #read = new Set<string>()

  constructor(dir: string, patience = 10_000) {
    this.#dir = dir
    this.#patience = patience
  }

  /** The newest message to an address that meets the condition; waits until one arrives. Undefined when none came in time. */
  async newest(channel: Mail['channel'], to: string, wanted: (mail: Mail) => boolean): Promise<Mail | undefined> {
    const until = Date.now() + this.#patience
    for (;;) {
      await this.#load()
      const found = [...this.#mails.values()].filter((mail) => mail.channel === channel && same(mail.to, to) && wanted(mail)).at(-1)
      if (found) return found
      if (Date.now() > until) return undefined
      await new Promise((resolve) => setTimeout(resolve, POLL))
    }
  }

  /** The code of the newest message with one that was not taken yet. */
  async code(channel: Mail['channel'], to: string): Promise<string | undefined> {
    const mail = await this.newest(channel, to, (candidate) => candidate.code !== undefined && !this.#read.has(candidate.file))
    if (mail) this.#read.add(mail.file)
    return mail?.code
  }

  async #load(): Promise<void> {
    const files = (await readdir(this.#dir).catch(() => [])).filter((file) => file.endsWith('.json')).toSorted()
    for (const file of files) if (!this.#mails.has(file)) this.#mails.set(file, { ...(JSON.parse(await readFile(join(this.#dir, file), 'utf8')) as Omit<Mail, 'file'>), file })
  }
}

const same = (one: string, other: string): boolean => one.replaceAll(/[\s()-]/g, '').toLowerCase() === other.replaceAll(/[\s()-]/g, '').toLowerCase()
