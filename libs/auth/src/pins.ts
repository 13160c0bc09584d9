import { AuthError } from './errors.ts'
import type { HashingOptions, Verdict } from './hashing.ts'
import { SecretHasher } from './hashing.ts'

/** Which rule a PIN breaks. */
export type PinFault = 'FORM' | 'REPETITION' | 'SEQUENCE'

/**
 * PINs of 4 to 6 digits, for people with a feature phone. So few digits are worth nothing without a lock (`Lockout`) and
 * without the pepper: keep it apart from the database.
 */
export class Pins {
  readonly #hasher: SecretHasher

  constructor(options: HashingOptions) {
    this.#hasher = new SecretHasher(options)
  }

  /** PIN_WEAK with `details.rule`. */
  check(pin: string): void {
    const rule = faultOf(pin)
    if (rule !== undefined) throw new AuthError('PIN_WEAK', { details: { rule } })
  }

  /** The hash to store. PIN_WEAK; UNAVAILABLE. */
  async hash(pin: string): Promise<string> {
    this.check(pin)
    return this.#hasher.hash(pin)
  }

  /** Whether it is the PIN; as slow for a user who does not exist (`stored` undefined). Use it inside `Lockout.attempt`. */
  async verify(stored: string | null | undefined, pin: string): Promise<Verdict> {
    return this.#hasher.verify(stored, /^\d{4,6}$/.test(pin) ? pin : '')
  }
}

function faultOf(pin: string): PinFault | undefined {
  if (!/^\d{4,6}$/.test(pin)) return 'FORM'
  if (/^(\d{1,3})\1+$/.test(pin) || /^(?:(\d)\1)+$/.test(pin)) return 'REPETITION'
  const digits = [...pin].map(Number)
  const steps = new Set(digits.slice(1).map((digit, i) => (digit - digits[i]! + 10) % 10))
  // 1234, 9876, 7890 and 2109; 2580 is the middle column of every keypad.
  if ((steps.size === 1 && (steps.has(1) || steps.has(9))) || pin === '2580' || pin === '0852') return 'SEQUENCE'
  return undefined
}
