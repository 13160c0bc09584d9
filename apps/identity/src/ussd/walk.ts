import type { TypedCall } from '@growr/bus'
import { Refusal } from '@growr/contracts'
import { refusalOf, type Door } from '@growr/service'
import { actions } from './actions/index.ts'
import { Forgotten, type Ask, type Dropped } from './ask.ts'
import { begin, done, go, loaded, missingSecrets, refused, type Move } from './engine.ts'
import { loaders } from './loaders/index.ts'
import type { Menu } from './menu.types.ts'
import { fill } from './screen.ts'
import type { Secrets } from './secrets.ts'
import type { Notice, State } from './state.ts'
import { en, type Text } from './texts/en.ts'

/** One entry on its way: who entered it, and by what its requests are known. */
export interface Run {
  readonly menu: Menu
  readonly session: string
  readonly phone: string
  readonly door: Door
  readonly secrets: Secrets
  readonly checkPin: (pin: string) => void
  readonly digest: (...parts: readonly string[]) => string
  readonly dropped: (user: string) => Promise<Dropped | undefined>
  readonly forget: (session: string) => Promise<void>
  /** Is told of what failed inside the node. */
  readonly failed: (error: unknown) => void
  base: string
  signedIn: { readonly token: string; readonly user: string } | null
}

/** Where an entry led. */
export interface Arrived {
  readonly state: State
  readonly left: boolean
}

/** So many screens and actions one entry may set off: more would be a circle in the menu. */
const longest = 8
const unknown: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'TOKEN_INVALID', 'TOKEN_EXPIRED', 'SESSION_REVOKED'])

/** Does what an entry asks for, and loads the screen to which it leads. Never throws: whatever fails is a notice on a screen. */
export async function walk(run: Run, first: Move): Promise<Arrived> {
  let move = first
  let failures = 0
  for (let steps = 0; steps < longest; steps++) {
    const { state } = move
    if (move.kind === 'show') return { state, left: false }
    if (move.kind === 'leave') return { state, left: true }
    if (move.kind === 'enter') {
      const barred = bar(run, state)
      if (barred === undefined && run.menu.screens[state.screen]!.load === undefined) return { state, left: false }
      if (barred !== undefined) {
        move = barred
        continue
      }
    }
    const underway: Extract<Move, { kind: 'act' | 'enter' }> = move
    try {
      move = move.kind === 'act' ? await act(run, move) : loaded(run.menu, state, await loaders[run.menu.screens[state.screen]!.load!](askOf(run, state)))
    } catch (thrown) {
      move = mend(run, underway, refusalOf(thrown), failures++)
    }
  }
  return { state: { ...begin(run.menu, move.state.language), notice: { text: 'code.UNAVAILABLE' } }, left: false }
}

/** Where somebody is led who may not see a screen as it is: without a PIN only open ones are seen, and forgotten secrets are asked for anew. */
function bar(run: Run, state: State): Move | undefined {
  const { menu, secrets, session } = run
  const screen = menu.screens[state.screen]!
  if (!screen.open && run.signedIn === null) return { kind: 'enter', state: { ...begin(menu, state.language), notice: { text: 'signInAgain' } } }
  const from = missingSecrets(menu, state.screen, (name) => secrets.get(session, name))
  if (from !== undefined) return { kind: 'enter', state: { ...go(menu, state, from, false), notice: { text: 'dropped' } } }
  secrets.forget(session, screen.needs?.secrets ?? [])
  return undefined
}

async function act(run: Run, { state, deed }: Extract<Move, { kind: 'act' }>): Promise<Move> {
  const outcome = await actions[deed.action](askOf(run, state))
  if (outcome.refusedAs !== undefined) throw new Refusal(outcome.refusedAs)
  if (outcome.session !== undefined) run.signedIn = outcome.session
  if (outcome.again !== undefined && outcome.state !== undefined) {
    run.base = outcome.again.base
    return { kind: 'act', state: outcome.state, deed: outcome.again.deed }
  }
  return done(run.menu, state, deed, outcome)
}

/** Where a failure leads: never further than where it may be mended, and never to a screen that fails again. */
function mend(run: Run, move: Extract<Move, { kind: 'act' | 'enter' }>, error: unknown, failures: number): Move {
  const { menu } = run
  const { state } = move
  const screen = menu.screens[state.screen]!
  if (error instanceof Forgotten) {
    const from = screen.needs?.from ?? state.screen
    return { kind: 'enter', state: { ...(from === state.screen ? { ...state, page: 0 } : go(menu, state, from, false)), notice: { text: 'again' } } }
  }
  if (error instanceof Refusal && unknown.has(error.code)) {
    run.signedIn = null
    return { kind: 'enter', state: { ...begin(menu, state.language), notice: { text: 'signInAgain' } } }
  }
  if (!(error instanceof Refusal) || error.kind === 'INTERNAL') run.failed(error)
  const notice = noticeOf(error)
  if (move.kind === 'act') return refused(menu, state, move.deed, notice)
  const before = state.trail.at(-1)
  const top = run.signedIn === null ? menu.start : menu.home
  const there = failures > 0 || before === undefined ? go(menu, state, top, false) : { ...state, screen: before, trail: state.trail.slice(0, -1), page: 0, view: {} }
  return { kind: 'enter', state: { ...there, notice } }
}

function noticeOf(error: unknown): Notice {
  if (!(error instanceof Refusal) || error.kind === 'INTERNAL') return { text: 'code.UNAVAILABLE' }
  const text = `code.${error.code}`
  if (!Object.hasOwn(en, text)) return { text: 'refused', values: { code: error.code } }
  const { retryAfter } = error.details ?? {}
  return { text: text as Text, ...(typeof retryAfter === 'number' ? { values: { minutes: String(Math.max(1, Math.ceil(retryAfter / 60))) } } : {}) }
}

function askOf(run: Run, state: State): Ask {
  const { session, secrets, door } = run
  let entered: Promise<TypedCall> | undefined
  const call: TypedCall = async (contract, params, options) => {
    if (run.signedIn === null) return door.call(contract, params, options)
    entered ??= door.enter(run.signedIn.token)
    return (await entered)(contract, params, options)
  }
  let taken: Dropped | undefined
  const takeUp = async (): Promise<Dropped | undefined> => (taken ??= run.signedIn === null ? undefined : await run.dropped(run.signedIn.user))
  return {
    call, takeUp,
    phone: run.phone,
    values: state.values,
    language: state.language,
    requestId: (part = '') => `ussd-${run.digest('request', run.base, part)}`,
    secret: (name) => {
      const value = secrets.get(session, name)
      if (value === undefined) throw new Forgotten()
      return value
    },
    say: (text, values) => fill(state.language, text, values),
    checkPin: run.checkPin,
    enter: (token) => door.enter(token),
    dropped: run.dropped,
    forget: async () => {
      const found = await takeUp()
      if (found !== undefined) await run.forget(found.session)
    },
  }
}
