import type { InputKind } from './menu.types.ts'

/** Reads what was typed as what a screen asks for; undefined where it is not of that form. */
export function readEntry(kind: InputKind, text: string): string | undefined {
  return readers[kind](text)
}

const matching = (form: RegExp) => (text: string): string | undefined => (form.test(text) ? text : undefined)
const words = (most: number) => (text: string): string | undefined => {
  const line = text.replace(/\s+/gu, ' ').trim()
  return line.length >= 1 && line.length <= most && !/\p{C}/u.test(line) ? line : undefined
}

const readers: Readonly<Record<InputKind, (text: string) => string | undefined>> = {
  pin: matching(/^\d{4,6}$/),
  code: (text) => matching(/^\d{4,10}$/)(text.replace(/[ -]/g, '')),
  answer: (text) => (text.length >= 4 ? words(64)(text) : undefined),
  amount: readAmount,
  months: matching(/^[1-9]\d{0,2}$/),
  number: (text) => (/^\d{1,3}$/.test(text) ? String(Number(text)) : undefined),
  name: (text) => (/\p{L}/u.test(text) ? words(80)(text) : undefined),
  text: words(480),
  phone: (text) => matching(/^\+?\d{6,15}$/)(text.replace(/[ ()./-]/g, '')),
  date: readDate,
}

/** 3500, 3500.50, 3500,50 and 3,500.50: what people type for money. */
function readAmount(text: string): string | undefined {
  const compact = text.replace(/ /g, '')
  const plain = /^\d{1,3}(,\d{3})+(\.\d{1,2})?$/.test(compact) ? compact.replaceAll(',', '') : compact.replace(',', '.')
  return /^\d{1,12}(\.\d{1,2})?$/.test(plain) && Number(plain) > 0 ? plain : undefined
}

/** Year, month and day, with or without signs between them. */
function readDate(text: string): string | undefined {
  const [, year, month, day] = /^(\d{4})[-/. ]?(\d{2})[-/. ]?(\d{2})$/.exec(text) ?? []
  if (year === undefined) return undefined
  const date = `${year}-${month}-${day}`
  const read = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(date) ? date : undefined
}
