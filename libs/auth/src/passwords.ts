import { commonPasswords, commonWords } from './common-passwords.ts'
import { AuthError } from './errors.ts'
import type { HashingOptions, Verdict } from './hashing.ts'
import { SecretHasher } from './hashing.ts'

export const PASSWORD_MIN = 10
export const PASSWORD_MAX = 256

/** Which rule a password breaks. */
export type PasswordFault = 'TOO_SHORT' | 'TOO_LONG' | 'TOO_FEW_CHARACTERS' | 'SEQUENCE' | 'COMMON' | 'PERSONAL'

/** A short word with something around it is guessed early; a long passphrase that contains it is not. */
const WORD_RULE_BELOW = 16

/**
 * Passwords after NIST SP 800-63B: length and a list of bad ones, no rules on kinds of characters, no expiry.
 * Two spellings of the same characters (composed, decomposed) are one password.
 */
export class Passwords {
  readonly #hasher: SecretHasher

  constructor(options: HashingOptions) {
    this.#hasher = new SecretHasher(options)
  }

  /** PASSWORD_WEAK with `details.rule`. `context`: name, e-mail, organization; the password must not be built on them. */
  check(password: string, context: readonly string[] = []): void {
    const rule = faultOf(password, context)
    if (rule !== undefined) throw new AuthError('PASSWORD_WEAK', { details: { rule } })
  }

  /** The hash to store. PASSWORD_WEAK; UNAVAILABLE. */
  async hash(password: string, context: readonly string[] = []): Promise<string> {
    this.check(password, context)
    return this.#hasher.hash(password.normalize('NFKC'))
  }

  /** Whether it is the password; as slow for a user who does not exist (`stored` undefined). Use it inside `Lockout.attempt`. */
  async verify(stored: string | null | undefined, password: string): Promise<Verdict> {
    // What is longer than any password can be is compared as nothing, in the same time.
    const bounded = typeof password === 'string' && password.length <= PASSWORD_MAX ? password.normalize('NFKC') : ''
    return this.#hasher.verify(stored, bounded)
  }
}

function faultOf(password: string, context: readonly string[]): PasswordFault | undefined {
  if (password.length > PASSWORD_MAX) return 'TOO_LONG'
  const plain = password.normalize('NFKC')
  const characters = [...plain]
  if (characters.length < PASSWORD_MIN) return 'TOO_SHORT'
  if (new Set(characters).size < 5) return 'TOO_FEW_CHARACTERS'
  const lower = plain.toLowerCase()
  if (isRow(lower)) return 'SEQUENCE'
  if (commonPasswords.has(lower) || isHalved(lower)) return 'COMMON'
  if (characters.length < WORD_RULE_BELOW && commonWords.has(core(lower))) return 'COMMON'
  const folded = fold(lower)
  // What remains beside one's own names must be a password by itself.
  const own = context.flatMap((entry) => fold(entry.toLowerCase()).split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length >= 3)
  const rest = own.reduce((text, word) => text.replaceAll(word, ''), folded)
  if (rest.length < folded.length && rest.length < 6) return 'PERSONAL'
  return undefined
}

const rows = ['01234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'asdfghjklñ', 'zxcvbnm']

/** The whole text is keys in a row, forwards or backwards, such as 1234567890 or qwertyuiopasdf. */
function isRow(text: string): boolean {
  let breaks = 0
  for (let i = 1; i < text.length; i += 1) {
    const pair = text.slice(i - 1, i + 1)
    const back = pair[1]! + pair[0]!
    if (!rows.some((row) => row.includes(pair) || row.includes(back))) breaks += 1
  }
  return breaks <= 2
}

/** A common password, or a common word, written twice. */
function isHalved(text: string): boolean {
  const half = text.slice(0, text.length / 2)
  return half + half === text && (commonWords.has(core(half)) || half.length < 6)
}

const substitutions: Record<string, string> = { '@': 'a', '4': 'a', '3': 'e', '1': 'i', '!': 'i', '0': 'o', $: 's', '5': 's', '7': 't' }

/** The word a password is built on: digits and signs around it gone, usual substitutions inside undone, accents too. */
function core(text: string): string {
  const trimmed = text.replace(/^[^\p{L}@$]+|[^\p{L}]+$/gu, '')
  const undone = [...trimmed].map((c) => substitutions[c] ?? c).join('')
  return fold(undone).replace(/[^a-z]/g, '')
}

/** Without accents. */
const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '')
