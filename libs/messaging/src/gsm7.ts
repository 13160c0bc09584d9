// The default alphabet of SMS (3GPP TS 23.038, 6.2.1), and its extension table (6.2.1.1), whose characters take two septets.
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
const EXTENSION = '\f^{}\\[~]|€'
const septetsOf = new Map([...[...BASIC].map((c): [string, number] => [c, 1]), ...[...EXTENSION].map((c): [string, number] => [c, 2])])

const ONE_GSM7 = 160
const PART_GSM7 = 153
const ONE_UCS2 = 70
const PART_UCS2 = 67

/** How a text travels as SMS. */
export interface SmsSize {
  readonly encoding: 'GSM7' | 'UCS2'
  /** Septets, or UTF-16 units. */
  readonly units: number
  /** SMS it takes; from two on, each loses room to the header that joins them. */
  readonly parts: number
}

/** Septets of a text; undefined where a character is not in the alphabet. */
export function septets(text: string): number | undefined {
  let sum = 0
  for (const c of text) {
    const n = septetsOf.get(c)
    if (n === undefined) return undefined
    sum += n
  }
  return sum
}

/** How a text travels: as GSM-7 where every character is in its alphabet, as UCS-2 otherwise. */
export function smsSize(text: string): SmsSize {
  const gsm = septets(text)
  const [encoding, units, one] = gsm === undefined ? (['UCS2', text.length, ONE_UCS2] as const) : (['GSM7', gsm, ONE_GSM7] as const)
  return { encoding, units, parts: units <= one ? 1 : chunks(text, encoding === 'GSM7' ? PART_GSM7 : PART_UCS2, encoding).length }
}

const plain: Record<string, string> = {
  '\u00a0': ' ',
  '\u202f': ' ',
  '\u2009': ' ',
  '\u2018': "'",
  '\u2019': "'",
  '\u201a': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u201e': '"',
  '«': '"',
  '»': '"',
  '\u2010': '-',
  '\u2011': '-',
  '\u2012': '-',
  '\u2013': '-',
  '\u2014': '-',
  '\u2212': '-',
  '…': '...',
  '•': '-',
  '×': 'x',
  ª: 'a',
  º: 'o',
  '`': "'",
  '´': "'",
}

/**
 * Brings a text into the alphabet where that only costs an accent or the shape of a quotation mark (á is not in it, é and
 * ñ are). A character that cannot be brought there stays: a name in Cyrillic is worth a longer message.
 */
export function toGsm7(text: string): string {
  let out = ''
  for (const c of text.normalize('NFC')) {
    if (septetsOf.has(c)) out += c
    else if (plain[c] !== undefined) out += plain[c]
    else {
      const base = c.normalize('NFD').replace(/\p{M}/gu, '')
      out += base.length > 0 && septets(base) !== undefined ? base : c
    }
  }
  return out
}

/** Cuts a text to at most `max` septets, with three dots where something was cut. A character outside the alphabet counts as two. */
export function shorten(text: string, max: number): string {
  const width = (c: string): number => septetsOf.get(c) ?? 2
  let total = 0
  for (const c of text) total += width(c)
  if (total <= max) return text
  let out = ''
  let used = 3
  for (const c of text) {
    used += width(c)
    if (used > max) break
    out += c
  }
  return `${out.trimEnd()}...`
}

/** Splits a text into SMS that stand by themselves, numbered (1/2), for providers that join nothing. Never inside a character. */
export function smsParts(text: string): string[] {
  const { parts, encoding } = smsSize(text)
  if (parts === 1) return [text]
  // Room for "(12/34) " before each part.
  const room = (encoding === 'GSM7' ? ONE_GSM7 : ONE_UCS2) - 8
  const pieces = chunks(text, room, encoding)
  return pieces.map((piece, i) => `(${i + 1}/${pieces.length}) ${piece}`)
}

function chunks(text: string, room: number, encoding: 'GSM7' | 'UCS2'): string[] {
  const pieces: string[] = []
  let piece = ''
  let used = 0
  for (const c of text) {
    const width = encoding === 'GSM7' ? septetsOf.get(c)! : c.length
    if (used + width > room) {
      pieces.push(piece)
      piece = ''
      used = 0
    }
    piece += c
    used += width
  }
  if (piece !== '') pieces.push(piece)
  return pieces
}
