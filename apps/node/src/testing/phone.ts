import type { Host } from './people.ts'

// A feature phone at the node's callback, by either convention.

export type Convention = 'africastalking' | 'laststep'

/** One USSD session. `text` is what the phone shows; a session that ended shows its last words. */
export class Phone {
  readonly number: string
  readonly session: string
  readonly #url: string
  readonly #convention: Convention
  readonly #token: string | undefined
  readonly #entries: string[] = []
  #count = 1
  /** `CON …` or `END …`, as it came. */
  answer = ''
  /** Milliseconds that the last answer took. */
  took = 0

  constructor(host: Pick<Host, 'door'>, number: string, options: { readonly convention?: Convention; readonly session?: string; readonly token?: string } = {}) {
    this.#url = host.door.url
    this.number = number
    this.#convention = options.convention ?? 'africastalking'
    this.#token = options.token
    this.session = options.session ?? `s-${++sessions}`
  }

  get text(): string {
    return this.answer.slice(4)
  }

  get open(): boolean {
    return this.answer.startsWith('CON ')
  }

  /** Sends the last request once more, as a gateway does that heard nothing. */
  async again(): Promise<string> {
    const whole = this.#convention === 'africastalking'
    const body = new URLSearchParams({
      sessionId: this.session, serviceCode: '*384*1#', phoneNumber: this.number, networkCode: '70801',
      text: whole ? this.#entries.join('*') : (this.#entries.at(-1) ?? ''), ...(whole ? {} : { sequence: String(this.#count) }),
    })
    const began = performance.now()
    const response = await fetch(`${this.#url}/ussd/${this.#convention}${this.#token === undefined ? '' : `/${this.#token}`}`, { method: 'POST', body })
    this.answer = await response.text()
    this.took = performance.now() - began
    if (response.status !== 200) throw new Error(`HTTP ${response.status} ${this.answer}`)
    return this.text
  }

  dial(): Promise<string> {
    return this.again()
  }

  /** Enters one thing after the other and gives the last screen. */
  async enter(...entries: readonly string[]): Promise<string> {
    for (const entry of entries) {
      this.#entries.push(entry)
      this.#count += 1
      await this.again()
    }
    return this.text
  }

  /** Chooses by what is read, on whatever page it stands. */
  async choose(...labels: readonly string[]): Promise<string> {
    for (const label of labels) {
      for (let page = 0; ; page++) {
        const found = this.text.split('\n').find((line) => /^\d+ /.test(line) && line.includes(label))
        if (found !== undefined) {
          await this.enter(found.slice(0, found.indexOf(' ')))
          break
        }
        if (page > 12 || !/^98 /m.test(this.text)) throw new Error(`the phone does not offer «${label}»:\n${this.answer}`)
        await this.enter('98')
      }
    }
    return this.text
  }
}

let sessions = 0
