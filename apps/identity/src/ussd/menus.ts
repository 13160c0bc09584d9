import type { Repository } from '@growr/collections'
import { user } from '@growr/contracts'
import { shorten } from '@growr/messaging'
import { createTimer, type Timer } from '@growr/runtime'
import { refusalOf, type Door } from '@growr/service'
import type { Kit } from '../kit.ts'
import type { Dropped } from './ask.ts'
import type { Provider, UssdConfig } from './config.ts'
import { begin, draw, read } from './engine.ts'
import type { Dialled } from './gateways.ts'
import { menu } from './menu.ts'
import { bodyOf, fill } from './screen.ts'
import { Secrets } from './secrets.ts'
import type { State } from './state.ts'
import { remaining, type Remaining } from './remaining.ts'
import type { SessionData, SessionDoc } from './ussd.collections.ts'
import { walk, type Arrived, type Run } from './walk.ts'

export interface MenusOptions {
  readonly kit: Pick<Kit, 'bus' | 'clock' | 'real' | 'log' | 'turns' | 'pins'>
  readonly config: UssdConfig
  readonly records: Repository<SessionDoc>
  /** A keyed digest, in letters, digits and hyphens. */
  readonly digest: (...parts: readonly string[]) => string
}

/** More entries than this no session has; whoever plays with a phone ends here. */
const mostSteps = 120
/** Septets of what an SMS tells of a screen that came too late. */
const longestSms = 440

/** The menus for feature phones: one entry in, one screen out, in time. */
export class Menus {
  readonly #o: MenusOptions
  readonly #secrets: Secrets
  readonly #timer: Timer
  /** Work that goes on after its session was answered. */
  readonly #open = new Set<Promise<void>>()

  constructor(options: MenusOptions) {
    this.#o = options
    const { real } = options.kit
    this.#secrets = new Secrets(() => real.now().getTime())
    this.#timer = createTimer(real)
    this.#timer.every('ussd.secrets', 60_000, () => this.#secrets.sweep())
  }

  /** Answers a gateway's request with `CON …` or `END …`. A repetition gets the answer that was given. */
  answer(provider: Provider, dialled: Dialled, door: Door): Promise<string> {
    const id = this.#o.digest('session', provider, dialled.session, dialled.phone)
    return this.#o.kit.turns.run(`ussd:${id}`, () => this.#inTurn(id, dialled, door))
  }

  /** Resolves when no work goes on that a session was not told of. */
  async settle(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open)
  }

  async stop(): Promise<void> {
    await this.#timer.stop()
  }

  async #inTurn(id: string, dialled: Dialled, door: Door): Promise<string> {
    const { config, digest } = this.#o
    const found = await this.#current(id)
    const entered = remaining(found?.data, dialled.entered, digest)
    if ('answer' in entered) return entered.answer
    if (found === null) {
      const state = begin(menu, config.language)
      return this.#record(id, dialled.phone, { state, signedIn: null, read: entered.read, steps: [], ended: false, work: null, settled: false, touchedAt: '' }, entered, `CON ${draw(menu, state)}`)
    }
    const { data } = found
    if (data.steps.length >= mostSteps) return this.#record(id, dialled.phone, { ...data, ended: true }, entered, `END ${fill(data.state.language, 'tooLong')}`)

    const run = this.#run(id, dialled.phone, door, data)
    const late = Promise.withResolvers<'late'>()
    const cancel = this.#timer.at('ussd.late', new Date(this.#now() + config.answerMs), () => late.resolve('late'))
    try {
      return await this.#enter({ run, data, entered, late: late.promise, phone: dialled.phone })
    } finally {
      cancel()
    }
  }

  /** The session, if it is not over. */
  async #current(id: string): Promise<SessionDoc | null> {
    const found = await this.#o.records.get(id)
    if (found === null) return null
    if (Date.parse(found.doc.expiresAt) > this.#now()) return found.doc
    await this.#o.records.remove(id)
    return null
  }

  #now(): number {
    return this.#o.kit.real.now().getTime()
  }

  #run(id: string, phone: string, door: Door, data: SessionData): Run {
    const { kit, digest } = this.#o
    return {
      menu, phone, door, digest,
      session: id,
      secrets: this.#secrets,
      checkPin: (pin) => kit.pins.check(pin),
      dropped: (person) => this.#dropped(id, phone, person),
      forget: (session) => this.#settled(session),
      failed: (error) => kit.log.error({ error }, 'a menu failed'),
      base: digest('step', id, String(data.steps.length)),
      signedIn: data.signedIn,
    }
  }

  async #enter({ run, data, entered, late, phone }: { run: Run; data: SessionData; entered: Remaining; late: Promise<'late'>; phone: string }): Promise<string> {
    const { session } = run
    let { state } = data
    let rest: string | undefined = entered.rest
    for (let part = 0; rest !== undefined; part++) {
      const taken = entered.take(menu.screens[state.screen]!.input?.kind, rest)
      rest = taken.rest
      const { move, secret } = read(menu, state, taken.entry, (name) => this.#secrets.get(session, name))
      if (secret !== undefined) this.#secrets.keep(session, secret.as, secret.value)
      run.base = this.#o.digest('step', session, String(data.steps.length), String(part))
      const { base, signedIn } = run
      const walking = walk(run, move)
      const arrived = await Promise.race([walking, late])
      if (arrived === 'late') {
        this.#goOn({ run, walking, base, known: signedIn })
        const work = move.kind === 'act' ? { state: move.state, deed: move.deed, base } : { state: move.state, deed: null, base }
        const told = fill(state.language, signedIn === null ? 'busy' : 'working')
        return this.#record(session, phone, { ...data, state, ended: true, signedIn: signedIn && { ...signedIn, token: '' }, work: signedIn === null ? null : work }, entered, `END ${told}`)
      }
      state = arrived.state
      if (arrived.left) {
        this.#leave(run)
        return this.#record(session, phone, { ...data, state, ended: true, settled: true, signedIn: null }, entered, `END ${fill(state.language, 'bye')}`)
      }
    }
    return this.#record(session, phone, { ...data, state: { ...state, signedIn: run.signedIn !== null }, signedIn: run.signedIn }, entered, `CON ${draw(menu, state)}`)
  }

  /** Lets slow work end after its session was answered; whoever had signed in is told by SMS, and finds its end when she dials again. */
  #goOn({ run, walking, base, known }: { run: Run; walking: Promise<Arrived>; base: string; known: Run['signedIn'] }): void {
    const { kit, records } = this.#o
    const work = walking.then(async ({ state }) => {
      if (known === null) {
        // Nobody had signed in before: what came of it too late opens nothing.
        if (run.signedIn !== null) await this.#signOut(run)
        return
      }
      await records.update(run.session, (doc) => ({ ...doc, data: { ...doc.data, work: { state, deed: null, base } } }))
      await kit.bus.call(user.notify, { user: known.user, template: 'ussdResult', values: { text: messageOf(state) } }, { as: { service: 'identity' }, requestId: `ussd-${this.#o.digest('late', base)}` })
    }).catch((error: unknown) => kit.log.warn({ error: refusalOf(error) }, 'the end of slow work could not be told'))
    this.#track(work)
  }

  #leave(run: Run): void {
    this.#secrets.forget(run.session)
    if (run.signedIn !== null) this.#track(this.#signOut(run))
  }

  /** A session that cannot be ended now ends by itself. */
  async #signOut(run: Run): Promise<void> {
    const { signedIn } = run
    run.signedIn = null
    if (signedIn === null || signedIn.token === '') return
    await run.door.enter(signedIn.token).then((call) => call(user.logout, {})).catch(() => undefined)
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#open.delete(tracked))
    this.#open.add(tracked)
  }

  /** Puts an answer down, by its request, before it is given. */
  async #record(id: string, phone: string, data: SessionData, entered: Remaining, answer: string): Promise<string> {
    const { records, config } = this.#o
    const now = this.#now()
    const next: SessionData = {
      ...data,
      read: entered.read,
      steps: [...data.steps, { digest: entered.digest, answer }],
      touchedAt: new Date(now).toISOString(),
    }
    if (next.ended) this.#secrets.forget(id)
    const doc: SessionDoc = { id, phone, expiresAt: new Date(now + (config.resumeMinutes + 10) * 60_000).toISOString(), data: next }
    if (data.steps.length === 0 && (await records.get(id)) === null) await records.insert(doc)
    else await records.update(id, () => doc)
    return answer
  }

  /** The newest session on this number in which the same person was cut off, not long ago. */
  async #dropped(own: string, phone: string, person: string): Promise<Dropped | undefined> {
    const since = this.#now() - this.#o.config.resumeMinutes * 60_000
    const found = (await this.#o.records.find({ where: { phone }, limit: 100 }))
      .filter(({ id, doc: { data } }) => id !== own && data.signedIn?.user === person && !data.settled && Date.parse(data.touchedAt) >= since && (data.work !== null || !data.ended))
      .toSorted((a, b) => b.doc.data.touchedAt.localeCompare(a.doc.data.touchedAt))
    const [last] = found
    if (last === undefined) return undefined
    const { work, state: stood, steps } = last.doc.data
    const state = work?.state ?? stood
    if (state.screen === menu.home || state.screen === menu.resume || state.screen === menu.start) return undefined
    const where = shorten(bodyOf(menu.screens[state.screen]!, { ...state, notice: null }).replaceAll('\n', ' '), 60)
    return { session: last.id, state: { ...state, page: 0, view: {}, notice: work?.state.notice ?? null }, where, deed: work?.deed ?? null, base: work?.base ?? this.#o.digest('step', last.id, String(steps.length)) }
  }

  /** Earlier sessions are not offered again. */
  async #settled(session: string): Promise<void> {
    await this.#o.records.update(session, (doc) => ({ ...doc, data: { ...doc.data, settled: true, signedIn: null, work: null } }))
  }
}

/** What a screen says, for an SMS: where something was refused the reason alone. */
function messageOf(state: State): string {
  const { notice, language } = state
  if (notice !== null && (notice.text === 'refused' || notice.text.startsWith('code.'))) return fill(language, notice.text, notice.values)
  const said = [bodyOf(menu.screens[state.screen]!, state), ...(state.view.items ?? []).map(({ label }) => label)]
  return shorten(said.join('; ').replaceAll('\n', ' '), longestSms)
}
