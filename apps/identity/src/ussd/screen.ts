import { septets, shorten, toGsm7 } from '@growr/messaging'
import type { Menu, Option, Screen } from './menu.types.ts'
import type { Item, Language, State, Values } from './state.ts'
import { en, type Text } from './texts/en.ts'
import { es } from './texts/es.ts'

export const texts: Readonly<Record<Language, Readonly<Record<Text, string>>>> = { en, es }

/** Septets of a screen. A phone shows 160; four of them are left for the word with which some gateways forward the screen. */
export const roomOfScreen = 156
/** What is typed for the next page, back, and the main menu. */
export const keys = { more: '98', back: '0', menu: '00' } as const
/** Septets of one choice of a list. */
const roomOfChoice = 60

/** The one value that has lines of its own; no other may look like a choice. */
const statement = 'facts'

/** Fills a text: `{name}`, `{name:24}` cut to so many septets, `[[…]]` left out where a value in it is missing. In the alphabet of SMS. */
export function fill(language: Language, text: Text, values: Values = {}): string {
  const present = (name: string): boolean => values[name] !== undefined && values[name] !== ''
  const given = texts[language][text].replace(/\[\[(.*?)\]\]/gs, (_all, inner: string) => ([...inner.matchAll(/\{(\w+)/g)].every(([, name]) => present(name!)) ? inner : ''))
  const filled = given.replace(/\{(\w+)(?::(\d+))?\}/g, (_all, name: string, most: string | undefined) => {
    const value = name === statement ? (values[name] ?? '').split('\n').map(plain).join('\n') : plain(values[name] ?? '')
    return most === undefined ? value : shorten(value, Number(most))
  })
  return toGsm7(filled).trim()
}

/** One line in the alphabet of SMS, without control signs; what it has no sign for becomes a question mark. */
export function plain(value: string): string {
  const line = value.replace(/\s+/gu, ' ').replace(/\p{C}/gu, '')
  return [...toGsm7(line)].map((sign) => (septets(sign) === undefined ? '?' : sign)).join('')
}

/** What can be chosen now, in the order of the digits: the items of the list, then the screen's options. */
export function choicesOf(screen: Screen, state: State): readonly (Item | Option)[] {
  const items = screen.items === undefined ? [] : (state.view.items ?? [])
  const options = (screen.options ?? []).filter(({ when }) => when === undefined || state.view.flags?.includes(when))
  return [...items, ...options]
}

export const isItem = (choice: Item | Option): choice is Item => 'label' in choice

/** The text of a screen without what can be chosen: also what an SMS tells where a screen came too late. */
export function bodyOf(screen: Screen, state: State): string {
  const values = { ...state.values, ...state.view.values }
  const empty = `${screen.text}.empty`
  const none = screen.items !== undefined && (state.view.items ?? []).length === 0 && Object.hasOwn(en, empty)
  const text = fill(state.language, none ? (empty as Text) : screen.text, values)
  const notice = state.notice === null ? '' : fill(state.language, state.notice.text, state.notice.values)
  return [notice, text].filter((line) => line !== '').join('\n')
}

/** A screen's pages. Each is in the alphabet of SMS and has room on a phone. */
export function pagesOf(menu: Menu, state: State): string[] {
  const screen = menu.screens[state.screen]!
  const say = (text: Text): string => fill(state.language, text)
  const body = words(bodyOf(screen, state))
  const atTop = state.screen === menu.start || state.screen === menu.home
  const choices = choicesOf(screen, state).map((choice, at) => shorten(`${at + 1} ${isItem(choice) ? plain(choice.label) : fill(state.language, choice.text, state.view.values)}`, roomOfChoice))
  const way = [`${keys.back} ${say(atTop ? 'exit' : 'back')}`]
  if (state.trail.length > 1 && state.signedIn) way.push(`${keys.menu} ${say('menu')}`)
  return paged(body, choices, way, `${keys.more} ${say('more')}`)
}

/** Words with the sign before each; a word that no page has room for is cut. */
function words(body: string): { readonly before: '' | ' ' | '\n'; readonly word: string }[] {
  return body.split('\n').flatMap((line, at) => line.split(' ').filter((word) => word !== '').map((word, place) => ({ before: place > 0 ? ' ' as const : at > 0 ? '\n' as const : '' as const, word: shorten(word, roomOfChoice) })))
}

const size = (text: string): number => septets(text) ?? text.length * 2

function paged(body: ReturnType<typeof words>, choices: readonly string[], way: readonly string[], more: string): string[] {
  const pieces = [...body.map(({ before, word }) => `${before}${word}`), ...choices.map((choice) => `\n${choice}`)]
  const foot = way.map((line) => `\n${line}`).join('')
  const pages: string[] = []
  let rest = pieces
  while (rest.length > 0) {
    const whole = rest.join('')
    // The first sign of a page is no blank and no line end.
    if (size(whole.trimStart()) + size(foot) <= roomOfScreen) {
      pages.push(`${whole.trimStart()}${foot}`)
      return pages
    }
    const room = roomOfScreen - size(foot) - size(`\n${more}`)
    let taken = 0
    let page = ''
    while (taken < rest.length && size((page + rest[taken]!).trimStart()) <= room) page += rest[taken++]!
    pages.push(`${page.trimStart()}\n${more}${foot}`)
    rest = rest.slice(Math.max(1, taken))
  }
  return pages.length > 0 ? pages : [foot.trimStart()]
}
