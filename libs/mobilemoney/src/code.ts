import { MobileMoneyError } from './errors.ts'

const PREFIX = /^[A-Z0-9]{1,6}$/
const DIGITS = 8
/** What M-PESA takes as an account number: up to 20 letters and digits. */
export const CODE_MAX = 20

/**
 * A payment code: the node's prefix, eight digits, and two check digits by ISO 7064 MOD 97-10 over both (letters count as 10 to 35,
 * as in IBAN and LEI), which find every wrong digit and every two that were exchanged. CODE_PREFIX.
 */
export function paymentCode(prefix: string, number: number): string {
  if (!PREFIX.test(prefix)) throw new MobileMoneyError('CODE_PREFIX', 'a prefix has 1 to 6 capital letters and digits')
  if (!Number.isInteger(number) || number < 0 || number >= 10 ** DIGITS) throw new RangeError(`a code's number has ${DIGITS} digits`)
  const body = `${prefix}${String(number).padStart(DIGITS, '0')}`
  return `${body}${String(98 - remainder(`${body}00`)).padStart(2, '0')}`
}

/** The code that a payer entered, with its spaces and dashes taken out; null where it is none of this prefix or a digit is wrong. */
export function readPaymentCode(prefix: string, entered: string): string | null {
  if (entered.length > 4 * CODE_MAX) return null
  const code = entered.replace(/[\s.\-/]/g, '').toUpperCase()
  const isCode = code.length === prefix.length + DIGITS + 2 && code.startsWith(prefix) && /^\d+$/.test(code.slice(prefix.length))
  return isCode && remainder(code) === 1 ? code : null
}

/** ISO 7064: of the number that is left when each letter is written as 10 to 35, divided by 97. */
export function remainder(text: string): number {
  let rest = 0
  for (const sign of text) for (const digit of String(Number.parseInt(sign, 36))) rest = (rest * 10 + Number(digit)) % 97
  return rest
}
