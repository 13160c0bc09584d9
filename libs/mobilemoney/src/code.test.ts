import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CODE_MAX, paymentCode, readPaymentCode } from './index.ts'
import { remainder } from './code.ts'

test('the check digits are those of ISO 7064 MOD 97-10, as others compute them', () => {
  // A legal entity identifier (ISO 17442) and an IBAN (its first four characters moved to the end), out of their registries.
  expect(remainder('5493001KJTIIGC8Y1R12')).toBe(1)
  expect(remainder('WEST12345698765432GB82')).toBe(1)
  expect(remainder('WEST12345698765432GB28')).not.toBe(1)
})

test('a code is read as a person types it, and no other is taken for it', () => {
  const code = paymentCode('GRW', 4711)
  expect(code).toMatch(/^GRW00004711\d\d$/)
  for (const typed of [code, ` ${code.toLowerCase()} `, `${code.slice(0, 3)}-${code.slice(3, 7)} ${code.slice(7)}`]) expect(readPaymentCode('GRW', typed)).toBe(code)
  for (const typed of ['', 'GRW', code.slice(0, -1), `${code}0`, code.replace('GRW', 'GRX'), code.slice(3), 'x'.repeat(1000), `${code.slice(0, -1)}٣`]) expect(readPaymentCode('GRW', typed)).toBeNull()
  for (const prefix of ['', 'grw', 'TOOLONG', 'A B', 'É']) expect(() => paymentCode(prefix, 1)).toThrow('a prefix has')
  for (const number of [-1, 1.5, 100_000_000]) expect(() => paymentCode('GRW', number)).toThrow(RangeError)
})

test('one wrong digit, or two exchanged, are no code', () => {
  fc.assert(fc.property(fc.stringMatching(/^[A-Z0-9]{1,6}$/), fc.integer({ min: 0, max: 99_999_999 }), fc.nat(), fc.integer({ min: 1, max: 9 }), (prefix, number, where, by) => {
    const code = paymentCode(prefix, number)
    expect(code.length).toBeLessThanOrEqual(CODE_MAX)
    expect(readPaymentCode(prefix, code)).toBe(code)
    const at = prefix.length + (where % (code.length - prefix.length))
    const wrong = `${code.slice(0, at)}${(Number(code[at]) + by) % 10}${code.slice(at + 1)}`
    expect(readPaymentCode(prefix, wrong), wrong).toBeNull()
    const next = at + 1
    if (next < code.length && code[at] !== code[next]) expect(readPaymentCode(prefix, `${code.slice(0, at)}${code[next]}${code[at]}${code.slice(next + 1)}`)).toBeNull()
  }))
})
