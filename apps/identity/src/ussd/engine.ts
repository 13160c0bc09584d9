import type { ActionName } from './actions/index.ts'
import { readEntry } from './entries.ts'
import { secretKinds, type Menu, type Screen, type ScreenName, type Step } from './menu.types.ts'
import { choicesOf, isItem, keys, pagesOf } from './screen.ts'
import type { Language, Notice, State, Values, View } from './state.ts'

// What an entry means, where it leads and what is shown, as pure functions over the menu and where somebody stands.

export interface Deed {
  readonly action: ActionName
  readonly next: ScreenName
  readonly refused: ScreenName
}

export type Move =
  /** Shows where somebody stands; nothing has to be asked. */
  | { readonly kind: 'show'; readonly state: State }
  /** Shows a screen that may have to be loaded. */
  | { readonly kind: 'enter'; readonly state: State }
  /** Does something first. */
  | { readonly kind: 'act'; readonly state: State; readonly deed: Deed }
  | { readonly kind: 'leave'; readonly state: State }

/** What an entry brings: where it leads, and the secret that was entered, which belongs in no record. */
export interface Read {
  readonly move: Move
  readonly secret?: { readonly as: string; readonly value: string }
}

/** Where a session begins. */
export const begin = (menu: Menu, language: Language): State => ({ language, screen: menu.start, page: 0, trail: [], values: {}, view: {}, notice: null, signedIn: false })

/** Reads an entry. `secrets` gives what was entered before and is still remembered. */
export function read(menu: Menu, state: State, entry: string, secrets: (name: string) => string | undefined): Read {
  const screen = menu.screens[state.screen]!
  const here = { ...state, notice: null }
  const show = (change: Partial<State>): Read => ({ move: { kind: 'show', state: { ...here, ...change } } })
  const text = entry.trim()
  if (text === keys.more && state.page + 1 < pagesOf(menu, state).length) return show({ page: state.page + 1, notice: state.notice })
  if (text === keys.back && state.page > 0) return show({ page: state.page - 1, notice: state.notice })
  if (text === keys.menu) return { move: { kind: 'enter', state: go(menu, here, state.signedIn ? menu.home : menu.start) } }
  if (text === keys.back) return { move: back(menu, here) }

  const choice = /^[1-9]\d?$/.test(text) ? choicesOf(screen, state)[Number(text) - 1] : undefined
  if (choice !== undefined) {
    const step = isItem(choice) ? screen.items! : choice
    return { move: stepTo(menu, { ...here, values: { ...here.values, ...choice.set } }, step) }
  }
  if (screen.input === undefined) return show({ notice: { text: 'invalid' } })
  return readInput(menu, here, screen.input, text, secrets)
}

function readInput(menu: Menu, here: State, input: NonNullable<Screen['input']>, text: string, secrets: (name: string) => string | undefined): Read {
  const value = readEntry(input.kind, text)
  if (value === undefined) return { move: { kind: 'show', state: { ...here, notice: { text: 'malformed' } } } }
  const secret = secretKinds.has(input.kind)
  if (input.same !== undefined && secrets(input.same.as) !== value) {
    return { move: { kind: 'enter', state: { ...go(menu, here, input.same.else), notice: { text: 'different' } } } }
  }
  const state = { ...here, values: { ...here.values, ...input.set, ...(secret ? {} : { [input.as]: value }) } }
  return { move: stepTo(menu, state, input), ...(secret ? { secret: { as: input.as, value } } : {}) }
}

function stepTo(menu: Menu, state: State, step: Step): Move {
  if (step.do === undefined) return { kind: 'enter', state: go(menu, state, step.next) }
  return { kind: 'act', state, deed: { action: step.do, next: step.next, refused: step.refused ?? state.screen } }
}

function back(menu: Menu, state: State): Move {
  const before = state.trail.at(-1)
  if (before === undefined) return state.screen === menu.start || state.screen === menu.home ? { kind: 'leave', state } : { kind: 'enter', state: go(menu, state, state.signedIn ? menu.home : menu.start) }
  return { kind: 'enter', state: { ...state, screen: before, trail: state.trail.slice(0, -1), page: 0, view: {} } }
}

/** The longest way back that is remembered. */
const longestTrail = 12

/** Goes to a screen: where it lies on the way back, back to it; a top screen begins a new way. */
export function go(menu: Menu, state: State, screen: ScreenName, keep = true): State {
  const at = state.trail.indexOf(screen)
  const top = screen === menu.start || screen === menu.home
  const on = keep && screen !== state.screen && state.screen !== menu.resume ? [...state.trail, state.screen].slice(-longestTrail) : state.trail
  // What was laid down on one way means nothing on the next.
  const values = top ? {} : state.values
  return { ...state, screen, page: 0, view: {}, values, trail: top ? [] : at >= 0 ? state.trail.slice(0, at) : on }
}

/** What came of an action. */
export interface Outcome {
  readonly values?: Values
  readonly notice?: Notice
  /** Where it leads, if not where the menu says. */
  readonly go?: ScreenName
  readonly language?: Language
  readonly signedIn?: boolean
  /** Where somebody stands from now on: a session that was taken up again. */
  readonly state?: State
}

/** After an action: on to where it leads. The screen that asked for it is no place to go back to. */
export function done(menu: Menu, state: State, deed: Deed, outcome: Outcome): Move {
  if (outcome.state !== undefined) return { kind: 'enter', state: outcome.state }
  const { language = state.language, signedIn = state.signedIn } = outcome
  const there = go(menu, { ...state, language, signedIn }, outcome.go ?? deed.next, false)
  return { kind: 'enter', state: { ...there, values: { ...there.values, ...outcome.values }, notice: outcome.notice ?? null } }
}

/** After a refusal: back to where it may be mended, with the reason above. */
export function refused(menu: Menu, state: State, deed: Deed, notice: Notice): Move {
  if (deed.refused === state.screen) return { kind: 'show', state: { ...state, page: 0, notice } }
  return { kind: 'enter', state: { ...go(menu, state, deed.refused, false), notice } }
}

/** With what was loaded. A screen that leads on by itself is no place to go back to. */
export function loaded(menu: Menu, state: State, view: View & { readonly go?: ScreenName; readonly set?: Values }): Move {
  const { go: next, set, ...rest } = view
  if (next !== undefined) return { kind: 'enter', state: { ...go(menu, { ...state, values: { ...state.values, ...set } }, next, false), notice: state.notice } }
  return { kind: 'show', state: { ...state, values: { ...state.values, ...set }, view: rest } }
}

/** The page that is shown. */
export function draw(menu: Menu, state: State): string {
  const pages = pagesOf(menu, state)
  return pages[Math.min(state.page, pages.length - 1)]!
}

/** Where the secrets of a screen have to be entered anew, if they are not remembered any more. */
export function missingSecrets(menu: Menu, screen: ScreenName, secrets: (name: string) => string | undefined): ScreenName | undefined {
  const { needs } = menu.screens[screen]!
  return needs?.secrets.some((name) => secrets(name) === undefined) ? needs.from : undefined
}
