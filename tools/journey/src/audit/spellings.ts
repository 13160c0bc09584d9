/** Shorter than this, a string in an encoding would be found where chance put it: 8 characters of base64 are 48 bits. */
export const SHORTEST_ENCODED = 8
/** Fewer digits than this are no phone number. */
export const SHORTEST_PHONE = 7
/** Country codes have 1 to 3 digits. */
const LONGEST_COUNTRY_CODE = 3

/** A text without its accents and capitals, so that spellings which a person takes for the same are the same. */
export const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** As a folded text may hold it: plainly, or as part of a URL. */
export function foldedForms(text: string): string[] {
  const forms = [text, text.normalize('NFC'), text.normalize('NFD')]
  return unique([folded(text), ...forms.map((form) => encodeURIComponent(form).toLowerCase()), encodeURIComponent(folded(text)).toLowerCase()])
}

/** The spellings that a program is likely to make of a text, for files in which nothing can be folded. */
export function spelledForms(text: string): string[] {
  const forms = [text, text.normalize('NFC'), text.normalize('NFD'), text.normalize('NFD').replace(/\p{M}/gu, '')]
  const cased = forms.flatMap((form) => [form, form.toLowerCase(), form.toUpperCase()])
  return unique([...cased, ...cased.map(encodeURIComponent)])
}

/** As a machine may write it: hex, and base64 wherever in a longer text it stands, in both alphabets. */
export function encodedForms(text: string): string[] {
  return unique([text, text.toLowerCase(), text.normalize('NFD')].flatMap(encodings)).filter((form) => form.length >= SHORTEST_ENCODED)
}

function encodings(text: string): string[] {
  const bytes = Buffer.from(text)
  const hex = bytes.toString('hex')
  const inside = [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64').replace(/=+$/, '')
    // The first and last characters hold bits of what stands beside it.
    return whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
  })
  return [hex, hex.toUpperCase(), ...inside, ...inside.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))]
}

/** A phone number's digits, and what is left of them whatever the country code is. */
export function phoneDigits(phone: string): { readonly all: string; readonly national: string } {
  const all = phone.replace(/\D/g, '')
  const longest = Math.min(LONGEST_COUNTRY_CODE, Math.max(0, all.length - SHORTEST_PHONE))
  return { all, national: all.slice(longest) }
}

/** Runs of digits as people write phone numbers, with what they put between. Not within a word: ids hold digits, too. */
export const PHONE_LIKE = /(?<=^|[^A-Za-z0-9_]|\\[nrt])\+?\d(?:[\s()./-]{0,2}\d){5,24}(?![A-Za-z0-9_])/gm

export const unique = <T>(values: Iterable<T>): T[] => [...new Set(values)]
