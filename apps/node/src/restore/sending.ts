import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Custody, Secret } from '@growr/keys'
import type { Message, Messenger, SendResult } from '@growr/messaging'
import { OperatorError } from '../operator-error.ts'
import { readRestored, writeRestored, type Restored } from './note.ts'

/** A message that was held back: nobody knows whether it was sent before the loss. */
export type Held = Message

/** A message that was held back has been sent, or never can be. */
interface Settled {
  readonly settled: string
}

/** What became of the messages that were held back. */
export type Fate = 'drop' | 'send'

const HELD_FILE = join('identity', 'held')

/**
 * Whether the node may send. A restored node may not, until its operator has reconciled. What the restored data still had to send
 * the moment it was started may have been sent after the back-up: it is taken from who wants to send it and held back, sealed,
 * for the operator to decide. What comes of new work waits where it is, and goes out once sending is on.
 */
export class Sending {
  readonly #data: string
  readonly #secret: Secret
  #note: Restored | null

  constructor(data: string, custody: Pick<Custody, 'secret'>) {
    this.#data = data
    this.#secret = custody.secret('record', 'held-messages')
    this.#note = readRestored(data)
  }

  get note(): Restored | null {
    return this.#note
  }

  /** For whoever sends: providers' payouts, webhooks. */
  readonly on = (): boolean => this.#note === null || this.#note.sending === 'on'

  /** What the data had to send has yet to be held back. */
  get holding(): boolean {
    return !this.on() && this.#note?.settled === false
  }

  /** The messenger as the groups see it. */
  through(messenger: Pick<Messenger, 'send'>): Pick<Messenger, 'send'> {
    const send = async (message: Message): Promise<SendResult> => {
      if (this.on()) return messenger.send(message)
      const channel = 'email' in message.to ? 'email' as const : 'sms' as const
      const about = { id: message.id, channel, provider: 'restore', attempts: 0 }
      if (!this.holding) return { ...about, status: 'FAILED', temporary: true, code: 'PAUSED', reason: 'the node was restored and sends nothing until it is reconciled' }
      this.#keep(message)
      return { ...about, status: 'SENT', reference: 'held' }
    }
    return { send: send as Messenger['send'] }
  }

  /** On disk before anybody is told that it is held. A line of its own, whatever a power cut left of the one before. */
  #keep(record: Message | Settled): void {
    const handle = openSync(join(this.#data, HELD_FILE), 'a', 0o600)
    try {
      writeSync(handle, `\n${this.#secret.seal(JSON.stringify(record), HELD_FILE).toString('base64')}\n`)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
  }

  /** Everything that was to be held back is. */
  async settled(): Promise<void> {
    if (this.#note !== null) await this.#write({ ...this.#note, settled: true })
  }

  /** Each message that was held back and of which nothing has become yet, once. */
  held(): Held[] {
    const file = join(this.#data, HELD_FILE)
    if (!existsSync(file)) return []
    const lines = readFileSync(file, 'utf8').split('\n').filter((line) => line !== '')
    const found = new Map<string, Held>()
    for (const line of lines) {
      const record = this.#read(line)
      if (record !== null && 'settled' in record) found.delete(record.settled)
      else if (record !== null) found.set(record.id, record)
    }
    return [...found.values()]
  }

  /** null for a line that was not written to its end: nobody was told that it is held, so its sender comes again. */
  #read(line: string): Held | Settled | null {
    try {
      return JSON.parse(this.#secret.open(Buffer.from(line, 'base64'), HELD_FILE).toString()) as Held | Settled
    } catch {
      return null
    }
  }

  /** The operator has looked: sending is on. Messages that were held back are sent by `release`, or dropped. NOT_RESTORED. */
  async reconcile(fate: Fate, now: Date): Promise<Restored> {
    if (this.#note === null || this.#note.sending === 'on') throw new OperatorError('NOT_RESTORED', 'there is nothing to reconcile: sending is on')
    const note: Restored = { ...this.#note, sending: 'on', settled: true, held: fate, reconciledAt: now.toISOString() }
    if (fate === 'drop') rmSync(join(this.#data, HELD_FILE), { force: true })
    await this.#write(note)
    return note
  }

  /** Sends what was held back, where the operator said so; how many were sent. What fails stays for the next start. */
  async release(messenger: Pick<Messenger, 'send'>): Promise<number> {
    if (this.#note === null || !this.on() || this.#note.held !== 'send') return 0
    let sent = 0
    let left = 0
    for (const message of this.held()) {
      const { status, ...rest } = await messenger.send(message)
      if (status === 'SENT') sent += 1
      const again = 'temporary' in rest && rest.temporary
      if (again) left += 1
      // What the next start sends are the others.
      else this.#keep({ settled: message.id })
    }
    if (left > 0) return sent
    rmSync(join(this.#data, HELD_FILE), { force: true })
    await this.#write({ ...this.#note, held: 'drop' })
    return sent
  }

  async #write(note: Restored): Promise<void> {
    await writeRestored(this.#data, note)
    this.#note = note
  }
}
