import { MessagingError } from '../errors.ts'
import { septets, shorten, toGsm7 } from '../gsm7.ts'
import type { Language } from '../types.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import type { TemplateName, TemplateTexts, TemplateValues } from './values.ts'
import { valueNames } from './values.ts'

const texts: Readonly<Record<Language, TemplateTexts>> = { en, es }

export const templateNames = Object.keys(valueNames) as TemplateName[]
export const languages = Object.keys(texts) as Language[]

const MAX_VALUE = 500
const MAX_ITEMS = 50

export interface Rendered {
  readonly subject: string
  readonly email: string
  readonly sms: string
  readonly code?: string
  readonly link?: string
}

type Clean = Readonly<Record<string, string | readonly string[]>>

/** Puts values into a template. TEMPLATE_UNKNOWN; VALUES_INVALID with the name of the value (never the value itself). */
export function render<T extends TemplateName>(template: T, language: Language, values: TemplateValues[T]): Rendered {
  if (!Object.hasOwn(valueNames, template) || !Object.hasOwn(texts, language))
    throw new MessagingError('TEMPLATE_UNKNOWN', 'no such template or language')
  const clean = check(template, values)
  const text = texts[language][template]
  const { code, link } = clean
  return {
    subject: fill(text.subject, clean, 'email').slice(0, 200),
    email: `${fill(text.email, clean, 'email')}\n`,
    // Once more as a whole: a letter and an accent from a value may have come together.
    sms: toGsm7(fill(toGsm7(text.sms), clean, 'sms')),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof link === 'string' ? { link } : {}),
  }
}

function check(template: TemplateName, values: object): Clean {
  const clean: Record<string, string | readonly string[]> = {}
  const given = new Map<string, unknown>(Object.entries(values))
  for (const declared of valueNames[template] as readonly string[]) {
    const name = declared.replace(/[?[\]]/g, '')
    const value = given.get(name)
    given.delete(name)
    if (value === undefined && declared.endsWith('?')) continue
    if (declared.endsWith('[]')) {
      if (!Array.isArray(value) || value.length === 0 || value.length > MAX_ITEMS) throw invalid(name)
      clean[name] = value.map((item) => tidy(name, item))
    } else {
      clean[name] = tidy(name, value)
    }
  }
  const [unknown] = given.keys()
  if (unknown !== undefined) throw invalid('a value that the template does not have')
  return clean
}

const invalid = (name: string): MessagingError => new MessagingError('VALUES_INVALID', name)

/** One line of plain text: no line ends (they would make headers, or lines that look like ours), no control or direction marks. */
function tidy(name: string, value: unknown): string {
  if (typeof value !== 'string' || value.length > MAX_VALUE) throw invalid(name)
  const line = value
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
  if (line === '') throw invalid(name)
  if (name === 'code' && !/^\d{4,10}$/.test(line)) throw invalid(name)
  if (name === 'link' && !isLink(line)) throw invalid(name)
  return line
}

function isLink(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return (
    url !== undefined &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.username === '' &&
    url.password === '' &&
    !/[\s<>"]/.test(text)
  )
}

function fill(text: string, values: Clean, channel: 'email' | 'sms'): string {
  const optional = text.replace(/\[\[(.*?)\]\]/gs, (_all, inner: string) =>
    [...inner.matchAll(/\{(\w+)/g)].every((found) => values[found[1]!] !== undefined) ? inner : '',
  )
  return optional.replace(/\{(\w+)(?::(\d+))?\}/g, (_all, name: string, max: string | undefined) => {
    const value = values[name]!
    if (typeof value !== 'string')
      return channel === 'email' ? value.map((item) => `- ${item}`).join('\n') : joined(value.map(toGsm7), Number(max ?? MAX_VALUE))
    const plain = channel === 'sms' ? toGsm7(value) : value
    return max === undefined ? plain : shorten(plain, Number(max))
  })
}

/** As many items as fit, and how many more there are. */
function joined(items: readonly string[], max: number): string {
  let out = ''
  for (const [i, item] of items.entries()) {
    const more = `${out === '' ? '' : '; '}${item.replace(/\.$/, '')}`
    const rest = items.length - i - 1
    const room = max - width(out) - (rest > 0 ? 6 : 0)
    if (width(more) > room) return out === '' ? `${shorten(item, max - 6)}${rest > 0 ? `; +${rest}` : ''}` : `${out}; +${rest + 1}`
    out += more
  }
  return out
}

const width = (text: string): number => septets(text) ?? text.length * 2
