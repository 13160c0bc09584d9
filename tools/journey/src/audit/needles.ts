import type { Evidence } from '../evidence.ts'
import type { Needle } from './search.ts'
import { encoded, phoneDigits, SHORTEST_ENCODED, SHORTEST_PHONE, unique, written } from './spellings.ts'

/**
 * What is sought and how. `texts` is for logs and decrypted entries, `bytes` for files of which most is ciphertext: there only
 * what chance cannot make (8 bytes and more). `phones` holds digits to compare runs of digits with.
 */
export interface Sought {
  readonly texts: readonly Needle[]
  readonly bytes: readonly Needle[]
  readonly phones: ReadonlySet<string>
  readonly claims: readonly RegExp[]
}

/** A name of fewer letters counts only in its own spelling and where nothing is written beside it. */
const SHORT_NAME = 5
/** A claim of so many characters is sought by itself, a shorter one only with its key. */
const LONG_CLAIM = 12

/** Keys under which books and logs say something of their own: a claim of such a key is no leak by itself. */
const OWN_KEYS = new Set(['currency', 'months', 'type', 'name', 'amount', 'status', 'key', 'at', 'level', 'time', 'country'])

export function soughtOf(evidence: Evidence): Sought {
  const texts: Needle[] = []
  const bytes: Needle[] = []
  const add = (into: Needle[], kind: string, forms: readonly string[], word = false): void => {
    for (const form of forms) into.push({ bytes: Buffer.from(form), kind, word })
  }
  const everywhere = (kind: string, value: string, word = false): void => {
    add(texts, kind, written(value), word)
    add(texts, kind, encoded(value))
    add(bytes, kind, [...written(value), ...encoded(value)].filter((form) => Buffer.byteLength(form) >= SHORTEST_ENCODED), word)
  }

  for (const phone of evidence.phones) {
    const { all, national } = phoneDigits(phone)
    for (const form of unique([phone, `+${all}`, all])) everywhere('phone', form)
    if (national.length >= SHORTEST_PHONE) {
      add(texts, 'phone', encoded(national))
      add(bytes, 'phone', [national, ...encoded(national)].filter((form) => form.length >= SHORTEST_ENCODED))
    }
  }
  for (const email of evidence.emails) everywhere('e-mail', email)
  for (const did of evidence.dids) everywhere('DID', did)
  for (const did of evidence.dids) everywhere('DID', did.slice(did.indexOf(':', 4) + 1))
  for (const id of evidence.userIds) everywhere('user id', id)
  for (const address of evidence.addresses) everywhere('address', address)
  for (const secret of evidence.secrets) everywhere('secret', secret)
  for (const reference of evidence.references) everywhere('reference', reference, true)
  for (const name of evidence.names) {
    const short = [...name].length < SHORT_NAME
    add(texts, 'name', short ? unique([name, name.normalize('NFD'), name.toUpperCase()]) : written(name), true)
    add(texts, 'name', encoded(name))
    add(bytes, 'name', [...written(name), ...encoded(name)].filter((form) => Buffer.byteLength(form) >= SHORTEST_ENCODED), true)
  }
  // Whatever is in it: a signed token, and a borrower's kind of DID.
  add(texts, 'signed token', ['eyJhbGci', 'eyJ0eXAi'])
  add(texts, 'DID', ['did:jwk:'])
  const phones = new Set([...evidence.phones].map((phone) => phoneDigits(phone).national).filter((digits) => digits.length >= SHORTEST_PHONE))
  return { texts, bytes, phones, claims: evidence.claims.flatMap((claims) => claimPatterns(claims, (value) => everywhere('claim', value))) }
}

/** Short claims as `"key":value`, at any depth; long ones are given to `long`. */
function claimPatterns(claims: Readonly<Record<string, unknown>>, long: (value: string) => void): RegExp[] {
  return Object.entries(claims).flatMap(([key, value]) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return claimPatterns(value as Readonly<Record<string, unknown>>, long)
    if (typeof value === 'string' && value.length >= LONG_CLAIM) {
      long(value)
      return []
    }
    if (OWN_KEYS.has(key)) return []
    return [new RegExp(`"${escaped(key)}"\\s*:\\s*"?${escaped(String(value))}"?(?=[,}\\]\\s])`)]
  })
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
