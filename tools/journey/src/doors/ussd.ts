import type { Inbox } from '../inbox.ts'
import type { Actor, Door, Outcome, Request } from './door.ts'
import { type Fields, invalid, unreadable } from './fields.ts'

type Gateway = 'africastalking' | 'laststep'

/** A session of a phone, as its gateway keeps it. */
interface Session {
  readonly id: string
  readonly phone: string
  readonly gateway: Gateway
  readonly entries: string[]
  /** `CON …` or `END …`, as it came last. */
  answer: string
}

const OPERATIONS: Readonly<Record<string, { readonly kind: Request['kind']; readonly fields: Fields }>> = {
  dial: { kind: 'do', fields: { gateway: 'text', phone: 'text' } },
  enter: { kind: 'do', fields: { 'keys!': 'texts' } },
  choose: { kind: 'do', fields: { 'options!': 'texts' } },
  read: { kind: 'do', fields: {} },
  repeat: { kind: 'do', fields: { times: 'number' } },
  hangUp: { kind: 'do', fields: {} },
  screen: { kind: 'query', fields: {} },
  sms: { kind: 'query', fields: { phone: 'text' } },
}

/** What a phone shows, and how long a gateway waits. */
const ROOM = 160
const PATIENCE = 3000
/** Signs of the SMS alphabet that take the room of two. */
const TWO = new Set('^{}\\[~]|€\f')
/** No screen of a menu has more pages. */
const MOST_PAGES = 20
const MORE = '98'

/**
 * A feature phone: `dial` opens a session, `enter` and `choose` answer its screens, `read` turns the pages of one to its end, `repeat`
 * sends the last request again as a gateway does that heard nothing, `hangUp` leaves a session without a word. `sms` is the newest
 * message to that phone. The gateway is the journey's own; the callback is the node's. Every screen has to have room on a phone and to
 * come in time.
 */
export class UssdDoor implements Door {
  readonly name = 'ussd'
  readonly #url: () => string
  readonly #inbox: Pick<Inbox, 'newest'>
  readonly #learned: (entry: string) => void
  readonly #patience: number
  readonly #sessions = new Map<string, Session>()
  #dialled = 0

  /** `learned` is told what was entered; `patience`: milliseconds after which an answer is late. */
  constructor(url: () => string, inbox: Pick<Inbox, 'newest'>, learned: (entry: string) => void = () => undefined, patience = PATIENCE) {
    this.#url = url
    this.#inbox = inbox
    this.#learned = learned
    this.#patience = patience
  }

  async perform(actor: Actor, { kind, operation, with: given }: Request): Promise<Outcome> {
    const known = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
    if (known?.kind !== kind) return invalid(`a phone has ${Object.entries(OPERATIONS).map(([name, each]) => `\`${each.kind}: ${name}\``).join(', ')}, not \`${kind}: ${operation}\``)
    const problem = unreadable(operation, given, known.fields)
    if (problem) return problem
    if (operation === 'dial') return this.#dial(actor, given as { gateway?: Gateway; phone?: string })
    if (operation === 'sms') return this.#sms(actor, given as { phone?: string })
    const session = this.#sessions.get(actor.name)
    if (!session) return invalid(`${actor.name} has no session: \`do: dial\` first`)
    if (operation === 'screen') return { result: shown(session) }
    if (operation === 'hangUp') {
      this.#sessions.delete(actor.name)
      return { result: { hungUp: true } }
    }
    if (operation === 'enter') return this.#enter(session, given['keys'] as string[])
    if (operation === 'choose') return this.#choose(session, given['options'] as string[])
    if (operation === 'read') return this.#read(session)
    return this.#repeat(session, (given['times'] as number | undefined) ?? 1)
  }

  async #dial({ name, person }: Actor, { gateway = 'africastalking', phone = person.phone }: { gateway?: Gateway; phone?: string }): Promise<Outcome> {
    if (phone === undefined) return invalid(`${name} has no phone`)
    if (gateway !== 'africastalking' && gateway !== 'laststep') return invalid('a gateway is africastalking or laststep')
    const session: Session = { id: `journey-${++this.#dialled}`, phone, gateway, entries: [], answer: '' }
    this.#sessions.set(name, session)
    return this.#ask(session)
  }

  async #enter(session: Session, keys: readonly string[]): Promise<Outcome> {
    let outcome: Outcome = { result: shown(session) }
    for (const key of keys) {
      if (!session.answer.startsWith('CON ')) return invalid(`the session is over: ${session.answer}`)
      this.#learned(key)
      session.entries.push(key)
      outcome = await this.#ask(session)
      if ('refusal' in outcome) return outcome
    }
    return outcome
  }

  /** By what stands there, on whatever page. */
  async #choose(session: Session, options: readonly string[]): Promise<Outcome> {
    for (const option of options) {
      for (let page = 0; ; page++) {
        const found = choiceOf(session.answer, option)
        if (found !== undefined && found !== 'several') {
          const outcome = await this.#enter(session, [found])
          if ('refusal' in outcome) return outcome
          break
        }
        if (found === 'several') return { refusal: { code: 'CHOICE_AMBIGUOUS', message: `several choices have «${option}»: ${session.answer}` } }
        if (page >= MOST_PAGES || !hasMore(session.answer)) return { refusal: { code: 'CHOICE_MISSING', message: `the phone does not offer «${option}»: ${session.answer}` } }
        const outcome = await this.#enter(session, [MORE])
        if ('refusal' in outcome) return outcome
      }
    }
    return { result: shown(session) }
  }

  async #read(session: Session): Promise<Outcome> {
    const pages = [session.answer.slice(4)]
    while (hasMore(session.answer) && pages.length < MOST_PAGES) {
      const outcome = await this.#enter(session, [MORE])
      if ('refusal' in outcome) return outcome
      pages.push(session.answer.slice(4))
    }
    // The words of one screen, whatever page they stand on.
    const text = pages.map((page) => page.split('\n').filter((line) => !/^(98|00?) /.test(line)).join('\n')).join(' ')
    return { result: { ...shown(session), text, lines: text.split('\n'), codes: codesIn(text), pages } }
  }

  /** All at once: each must be answered as the first was. */
  async #repeat(session: Session, times: number): Promise<Outcome> {
    const before = session.answer
    const outcomes = await Promise.all(Array.from({ length: times }, () => this.#ask({ ...session })))
    const other = outcomes.find((outcome) => 'refusal' in outcome || (outcome.result as { whole: string }).whole !== before)
    if (other === undefined) return { result: shown(session) }
    return 'refusal' in other ? other : { refusal: { code: 'ANSWER_DIFFERS', message: `a repeated request was answered ${JSON.stringify((other.result as { whole: string }).whole)}, and before ${JSON.stringify(before)}` } }
  }

  async #sms({ name, person }: Actor, { phone = person.phone }: { phone?: string }): Promise<Outcome> {
    if (phone === undefined) return invalid(`${name} has no phone`)
    const mail = await this.#inbox.newest('sms', phone, () => true)
    return { result: { text: mail?.text ?? '', code: mail?.code ?? null, codes: codesIn(mail?.text ?? '') } }
  }

  async #ask(session: Session): Promise<Outcome> {
    const { id, phone, gateway, entries } = session
    const text = gateway === 'africastalking' ? entries.join('*') : (entries.at(-1) ?? '')
    const body = new URLSearchParams({ sessionId: id, serviceCode: '*384*1#', phoneNumber: phone, networkCode: '70801', text, ...(gateway === 'laststep' ? { sequence: String(entries.length + 1) } : {}) })
    const began = performance.now()
    const response = await fetch(new URL(`/ussd/${gateway}`, this.#url()), { method: 'POST', body, redirect: 'error' })
    const answer = await response.text()
    const took = Math.round(performance.now() - began)
    if (!response.ok) return refused(response.status, answer)
    if (!/^(CON|END) /.test(answer)) return { refusal: { code: 'ANSWER_MALFORMED', message: answer.slice(0, 200) } }
    if (roomOf(answer.slice(4)) > ROOM) return { refusal: { code: 'SCREEN_TOO_LONG', message: `${roomOf(answer.slice(4))} signs: ${answer}` } }
    if (took > this.#patience) return { refusal: { code: 'ANSWER_LATE', message: `after ${took} ms: ${answer}` } }
    session.answer = answer
    return { result: shown(session) }
  }
}

const shown = ({ answer }: Session) => ({ answer: answer.slice(0, 3), text: answer.slice(4), lines: answer.slice(4).split('\n'), codes: codesIn(answer), whole: answer })
/** What somebody would copy down: a payment code, the number of a complaint. */
const codesIn = (text: string): readonly string[] => text.match(/\b[A-Z]{0,6}\d{8,}\b/g) ?? []
const hasMore = (answer: string): boolean => answer.startsWith('CON ') && /^98 /m.test(answer)
const roomOf = (text: string): number => [...text].reduce((sum, sign) => sum + (TWO.has(sign) ? 2 : 1), 0)

/** The digit of the choice that reads so, or of the only one that has it in it. */
function choiceOf(answer: string, option: string): string | 'several' | undefined {
  const choices = answer.slice(4).split('\n').flatMap((line) => {
    const [, digit, label] = /^([1-9]\d?) (.+)$/.exec(line) ?? []
    return digit === undefined || label === undefined || digit === MORE ? [] : [{ digit, label }]
  })
  const same = choices.find(({ label }) => label === option)
  if (same) return same.digit
  const having = choices.filter(({ label }) => label.includes(option))
  return having.length > 1 ? 'several' : having[0]?.digit
}

function refused(status: number, text: string): Outcome {
  try {
    const body = JSON.parse(text) as { code?: string; path?: string; errors?: { extensions?: { code?: string; path?: string } }[] }
    const { code, path } = body.errors?.[0]?.extensions ?? body
    if (code !== undefined) return { refusal: { code, ...(path === undefined ? {} : { path }) } }
  } catch {
    // Said below.
  }
  return { refusal: { code: `HTTP_${status}`, message: text.slice(0, 200) } }
}
