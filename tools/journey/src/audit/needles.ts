import type { Evidence } from '../evidence.ts'
import type { Needle } from './search.ts'
import { encodedForms, folded, foldedForms, phoneDigits, SHORTEST_ENCODED, SHORTEST_PHONE, spelledForms, unique } from './spellings.ts'

/** What is sought and how. */
export interface Sought {
  /** In texts as they are: encodings, and names that are too short for more. */
  readonly exact: readonly Needle[]
  /** In texts without accents and capitals. */
  readonly folded: readonly Needle[]
  /** In files of which most is ciphertext: only what chance cannot make, 8 bytes and more. */
  readonly bytes: readonly Needle[]
  /** Digits to compare runs of digits with. */
  readonly phones: ReadonlySet<string>
  readonly claims: readonly RegExp[]
}

/** A name of fewer letters counts only in its own spelling, or in capitals, and where nothing is written beside it. */
const SHORT_NAME = 5
/** A claim of so many characters is sought by itself, a shorter one only with its key. */
const LONG_CLAIM = 12

/** Keys under which books and logs say something of their own: a short claim of such a key is no leak by itself. */
const OWN_KEYS = new Set(['currency', 'months', 'type', 'name', 'amount', 'status', 'key', 'at', 'level', 'time', 'country'])

export function soughtOf(evidence: Evidence): Sought {
  const exact: Needle[] = []
  const plain: Needle[] = []
  const bytes: Needle[] = []
  const add = (into: Needle[], kind: string, forms: readonly string[], word = false): void => {
    for (const form of forms) into.push({ bytes: Buffer.from(form), kind, word })
  }
  const encoded = (kind: string, value: string): void => {
    add(exact, kind, encodedForms(value))
    add(bytes, kind, encodedForms(value))
  }
  const everywhere = (kind: string, value: string, word = false): void => {
    add(plain, kind, foldedForms(value), word)
    add(bytes, kind, long(spelledForms(value)), word)
    encoded(kind, value)
  }

  const phones = new Set<string>()
  for (const phone of evidence.phones) {
    const { all, national } = phoneDigits(phone)
    for (const form of unique([phone, `+${all}`, all])) everywhere('phone', form)
    if (national.length < SHORTEST_PHONE) continue
    phones.add(national)
    // Without its country code only as a word: ids are made of digits and letters.
    add(bytes, 'phone', long([national, `0${national}`]), true)
    encoded('phone', national)
  }
  for (const email of evidence.emails) everywhere('e-mail', email)
  for (const did of evidence.dids) for (const form of [did, did.split(':').slice(2).join(':')]) everywhere('DID', form)
  for (const id of evidence.userIds) everywhere('user id', id)
  for (const address of evidence.addresses) everywhere('address', address)
  for (const secret of evidence.secrets) everywhere('secret', secret)
  for (const reference of evidence.references) everywhere('reference', reference, true)
  for (const name of evidence.names) {
    if ([...folded(name)].length >= SHORT_NAME) add(plain, 'name', foldedForms(name), true)
    else add(exact, 'name', [name, name.normalize('NFC'), name.normalize('NFD'), name.toUpperCase()], true)
    add(bytes, 'name', long(spelledForms(name)), true)
    encoded('name', name)
  }
  // Whosever it is: a borrower's kind of DID.
  add(exact, 'DID', ['did:jwk:'])
  const claims = evidence.claims.flatMap((each) => claimPatterns(each, (value) => everywhere('claim', value)))
  return { exact, folded: plain, bytes, phones, claims }
}

const long = (forms: readonly string[]): string[] => forms.filter((form) => Buffer.byteLength(form) >= SHORTEST_ENCODED)

/** Short claims as `"key":value`, at any depth, also where the JSON is itself in a string; long ones are given to `alone`. */
function claimPatterns(claims: Readonly<Record<string, unknown>>, alone: (value: string) => void): RegExp[] {
  return Object.entries(claims).flatMap(([key, value]) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return claimPatterns(value as Readonly<Record<string, unknown>>, alone)
    if (typeof value === 'string' && value.length >= LONG_CLAIM) {
      alone(value)
      return []
    }
    if (OWN_KEYS.has(key)) return []
    return [new RegExp(`"${escaped(key)}\\\\*"\\s*:\\s*\\\\*"?${escaped(String(value))}(?=[\\\\",}\\]\\s])`)]
  })
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
