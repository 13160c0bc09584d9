import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { septets } from '@growr/messaging'
import { actions } from './actions/index.ts'
import { begin, done, draw, go, loaded, read, refused, type Move } from './engine.ts'
import { loaders } from './loaders/index.ts'
import { menu } from './menu.ts'
import { secretKinds } from './menu.types.ts'
import { bodyOf, choicesOf, fill, pagesOf, roomOfScreen, texts } from './screen.ts'
import type { Language, State, View } from './state.ts'
import type { Text } from './texts/en.ts'

const languages: readonly Language[] = ['en', 'es']
const names = Object.keys(menu.screens)
/** The longest that any value gets: a long name, a large amount, many credentials, a whole statement. */
const longest = new Proxy({}, { get: (_, name) => values[String(name)] ?? 'Cooperativa de Caficultores Unidos de Marcala', has: () => true }) as Record<string, string>
const values: Record<string, string> = {
  amount: '999,999,999,999.99', currency: 'XRBTCLONG9', due: '2026-12-31', days: '1,234', minutes: '1440', code: 'GRW-1234567890', shortCode: '1234567890', until: '2026-12-31',
  facts: 'Monto total a pagar, con todos sus intereses y cargos: 999,999,999,999.99. '.repeat(12), answer: 'Lo hemos revisado. '.repeat(40), number: '12345678', min: '999,999,999.99', max: '999,999,999,999.99',
  minMonths: '120', maxMonths: '120', rate: '9999.999999', fee: '99.99', deposit: '99.99', dueAmount: '999,999,999,999.99', left: '999,999,999,999.99', offerUntil: '2026-12-31', cooling: '2026-12-31', score: '1000000',
}
const everyFlag = [...new Set(names.flatMap((name) => (menu.screens[name]!.options ?? []).flatMap(({ when }) => when ?? [])))]
const view: View = { values: longest, items: Array.from({ length: 40 }, (_, at) => ({ label: `Cooperativa de Caficultores Unidos de Marcala ${at} 999,999,999,999.99`, set: {} })), flags: everyFlag }
const standing = (screen: string, language: Language, more: Partial<State> = {}): State =>
  ({ language, screen, page: 0, trail: ['home', 'loans'], values: {}, view, notice: null, signedIn: true, ...more })
const notices = Object.keys(texts.en).filter((name) => name.startsWith('code.') || name.startsWith('notice.')) as Text[]

describe('every screen', () => {
  test.each(languages)('has room on a phone in %s, with the longest values and every notice above it', (language) => {
    for (const name of names) {
      for (const notice of [null, ...notices.map((text) => ({ text, values: longest }))]) {
        for (const shown of [view, {}]) {
          const pages = pagesOf(menu, standing(name, language, { view: shown, notice }))
          for (const page of pages) {
            expect(septets(page), `${name}: ${page}`).toBeDefined()
            expect(septets(page)!, `${name}: ${page}`).toBeLessThanOrEqual(roomOfScreen)
          }
        }
      }
    }
  })

  test('whole, with everything it says and offers on one of its pages', () => {
    for (const language of languages) {
      for (const name of names) {
        const state = standing(name, language)
        const all = pagesOf(menu, state).join('\n')
        for (const [at] of choicesOf(menu.screens[name]!, state).entries()) expect(all, name).toMatch(new RegExp(`(^|\\n)${at + 1} `))
        for (const word of bodyOf(menu.screens[name]!, state).split(/\s+/)) expect(all, name).toContain(word.slice(0, 40))
      }
    }
  })

  test('can be reached from the start, and each option, item and entry leads to a screen', () => {
    const reached = new Set<string>([menu.start, menu.home, menu.resume])
    const targets = (name: string): string[] => {
      const { options = [], items, input, needs } = menu.screens[name]!
      const steps = [...options, ...(items ? [items] : []), ...(input ? [input] : [])]
      return [...steps.flatMap(({ next, refused: other }) => [next, ...(other ? [other] : [])]), ...(input?.same ? [input.same.else] : []), ...(needs ? [needs.from] : [])]
    }
    for (const name of reached) for (const target of targets(name)) {
      expect(names, `${name} leads to ${target}`).toContain(target)
      reached.add(target)
    }
    expect(names.filter((name) => !reached.has(name))).toEqual([])
  })

  test('uses actions and loaders that there are, and all of them', () => {
    const steps = names.flatMap((name) => {
      const { options = [], items, input } = menu.screens[name]!
      return [...options, ...(items ? [items] : []), ...(input ? [input] : [])]
    })
    expect(new Set(steps.flatMap((step) => step.do ?? []))).toEqual(new Set(Object.keys(actions)))
    expect(new Set([...names.flatMap((name) => menu.screens[name]!.load ?? []), 'loan'])).toEqual(new Set(Object.keys(loaders)))
  })

  test('is no dead end: back leads out of each, and the menu home', () => {
    for (const name of names) {
      const open = menu.screens[name]!.open === true
      const state = { ...standing(name, 'en'), signedIn: !open, trail: [] }
      const { move } = read(menu, state, '0', () => undefined)
      if (name === menu.start || name === menu.home) expect(move.kind, name).toBe('leave')
      else expect([move.kind, move.state.screen], name).toEqual(['enter', open ? menu.start : menu.home])
      expect(read(menu, state, '00', () => undefined).move.state.screen).toBe(open ? menu.start : menu.home)
    }
  })

  test('without a PIN shows nothing but registration, lost PINs and new numbers', () => {
    expect(names.filter((name) => menu.screens[name]!.open).every((name) => /^(start|register|reset|moved)/.test(name))).toBe(true)
    // What is open is loaded with nothing, so a number alone leads to nothing that is somebody's.
    expect(names.filter((name) => menu.screens[name]!.open && menu.screens[name]!.load !== undefined)).toEqual([])
  })

  test('is told in both languages with the same values', () => {
    const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name!).sort()
    expect(Object.keys(texts.es).sort()).toEqual(Object.keys(texts.en).sort())
    for (const [name, text] of Object.entries(texts.en)) expect(placeholders(texts.es[name as Text]), name).toEqual(placeholders(text))
  })
})

describe('an entry', () => {
  const at = (screen: string, more: Partial<State> = {}): State => standing(screen, 'en', { view: {}, trail: [], ...more })
  const none = (): undefined => undefined

  test('of an option, of an item and of a screen\'s own kind', () => {
    expect(read(menu, at('home'), '4', none).move).toMatchObject({ kind: 'enter', state: { screen: 'loans', trail: ['home'] } })
    const listed = at('loans', { view: { items: [{ label: 'a', set: { loan: 'l1' } }, { label: 'b', set: { loan: 'l2' } }] } })
    expect(read(menu, listed, '2', none).move).toMatchObject({ kind: 'enter', state: { screen: 'loan', values: { loan: 'l2' } } })
    expect(read(menu, at('apply.amount'), '3,500.50', none).move).toMatchObject({ state: { screen: 'apply.months', values: { amount: '3500.50' } } })
    expect(read(menu, at('apply.amount'), 'x', none).move).toMatchObject({ kind: 'show', state: { notice: { text: 'malformed' } } })
    expect(read(menu, at('home'), '44', none).move).toMatchObject({ kind: 'show', state: { notice: { text: 'invalid' } } })
    expect(read(menu, at('profile.birthDate'), '19800231', none).move).toMatchObject({ state: { notice: { text: 'malformed' } } })
    expect(read(menu, at('profile.birthDate'), '1980-02-28', none).move).toMatchObject({ state: { values: { given: '1980-02-28', field: 'birthDate' } } })
  })

  test('of a secret never comes into the state', () => {
    for (const name of names) {
      const input = menu.screens[name]!.input
      if (input === undefined || !secretKinds.has(input.kind)) continue
      const { move, secret } = read(menu, at(name), '739146', (wanted) => (wanted === input.same?.as ? '739146' : undefined))
      expect(secret, name).toEqual({ as: input.as, value: '739146' })
      expect(JSON.stringify(move), name).not.toContain('739146')
    }
  })

  test('that is not the same as the one before asks for that anew', () => {
    expect(read(menu, at('pin.again'), '4827', () => '4828').move).toMatchObject({ kind: 'enter', state: { screen: 'pin.new', notice: { text: 'different' } } })
    expect(read(menu, at('pin.again'), '4827', () => '4827').move).toMatchObject({ kind: 'act', deed: { action: 'setPin' } })
  })

  test('after an action leads on, after a refusal to where it can be mended; what a session laid down ends at home', () => {
    const { move } = read(menu, at('pin.again', { trail: ['home', 'settings'], values: { loan: 'x' } }), '4827', () => '4827')
    const act = move as Extract<Move, { kind: 'act' }>
    expect(done(menu, act.state, act.deed, { notice: { text: 'notice.pinChanged' } })).toMatchObject({ state: { screen: 'home', trail: [], values: {}, notice: { text: 'notice.pinChanged' } } })
    expect(refused(menu, act.state, act.deed, { text: 'code.PIN_WEAK' })).toMatchObject({ state: { screen: 'pin.present', notice: { text: 'code.PIN_WEAK' } } })
    const here = { ...act.deed, refused: 'pin.again' }
    expect(refused(menu, act.state, here, { text: 'code.PIN_WEAK' })).toMatchObject({ kind: 'show', state: { screen: 'pin.again' } })
    expect(loaded(menu, at('pay', { trail: ['home'] }), { go: 'pay.how', set: { loan: 'l1' } })).toMatchObject({ kind: 'enter', state: { screen: 'pay.how', trail: ['home'], values: { loan: 'l1' } } })
    expect(go(menu, at('loan', { trail: ['home', 'loans'] }), 'loans').trail).toEqual(['home'])
  })

  test('turns pages and goes back', () => {
    const many = at('loans', { trail: ['home'], view })
    const pages = pagesOf(menu, many)
    expect(pages.length).toBeGreaterThan(5)
    const second = read(menu, many, '98', none).move.state
    expect(draw(menu, second)).toBe(pages[1])
    expect(draw(menu, read(menu, second, '0', none).move.state)).toBe(pages[0])
    expect(read(menu, { ...many, page: pages.length - 1 }, '98', none).move.state.notice).toEqual({ text: 'invalid' })
    expect(read(menu, many, '40', none).move.state.screen).toBe('loan')
  })
})

test('whatever is entered, in whatever order, leads to a screen that has room, and holds no secret', () => {
  const entry = fc.oneof(fc.constantFrom('0', '00', '98', '1', '2', '3', '4', '5', '9', '', ' ', '*', '739146', '1e9', '-1', '٣'), fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 20 }))
  fc.assert(
    fc.property(fc.constantFrom(...languages), fc.array(entry, { maxLength: 40 }), (language, entries) => {
      let state = begin(menu, language)
      for (const text of entries) {
        const { move } = read(menu, state, text, () => undefined)
        if (move.kind === 'act') state = (done(menu, move.state, move.deed, { signedIn: true }) as { state: State }).state
        else state = move.state
        if (menu.screens[state.screen]!.load !== undefined) state = { ...state, view }
        expect(names).toContain(state.screen)
        expect(septets(draw(menu, state))!).toBeLessThanOrEqual(roomOfScreen)
        expect(Object.entries(state.values).filter(([name, value]) => value === '739146' && ['pin', 'code', 'newPin', 'proof', 'present', 'document'].includes(name))).toEqual([])
      }
    }),
    { numRuns: 300 },
  )
})

test('a value cannot bring line ends or signs of its own onto a screen', () => {
  expect(fill('en', 'hello', { name: 'Bea\n1 Pay\u202e\u0000 Фло' })).toBe('Hello, Bea 1 Pay ???.')
  expect(fill('en', 'facts', { facts: 'a\nb\u0000' })).toBe('a\nb')
})
