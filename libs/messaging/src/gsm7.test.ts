import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { septets, shorten, smsParts, smsSize, toGsm7 } from './index.ts'

describe('the alphabet of SMS', () => {
  it('counts septets as 3GPP TS 23.038 does', () => {
    expect(septets('')).toBe(0)
    expect(septets('Growr code 123456')).toBe(17)
    // 128 places less the escape itself, each once.
    let basic = 0
    let extended = 0
    for (let c = 0; c < 0x10000; c += 1) {
      const n = septets(String.fromCharCode(c))
      if (n === 1) basic += 1
      if (n === 2) extended += 1
    }
    expect([basic, extended]).toEqual([127, 10])
    expect(septets('éñüàèìòùÉÑÜ¿¡')).toBe(13)
    expect(septets('€[]{}')).toBe(10)
    for (const c of 'áíóúÁÍÓÚç`ё漢😀') expect(septets(c), c).toBeUndefined()
  })

  it('says how many SMS a text takes, at each border', () => {
    const cases: [string, 'GSM7' | 'UCS2', number, number][] = [
      ['a'.repeat(160), 'GSM7', 160, 1],
      ['a'.repeat(161), 'GSM7', 161, 2],
      ['a'.repeat(306), 'GSM7', 306, 2],
      ['a'.repeat(307), 'GSM7', 307, 3],
      ['€'.repeat(80), 'GSM7', 160, 1],
      ['€'.repeat(81), 'GSM7', 162, 2],
      // A character of two septets is not cut: 76 fit into the 153 of a part, so 153 of them need three.
      ['€'.repeat(153), 'GSM7', 306, 3],
      ['á'.repeat(70), 'UCS2', 70, 1],
      ['á'.repeat(71), 'UCS2', 71, 2],
      ['á'.repeat(134), 'UCS2', 134, 2],
      ['😀'.repeat(35), 'UCS2', 70, 1],
      // 33 pairs to a part of 67 units.
      ['😀'.repeat(67), 'UCS2', 134, 3],
    ]
    for (const [text, encoding, units, parts] of cases)
      expect(smsSize(text), `${text.slice(0, 2)} × ${text.length}`).toEqual({ encoding, units, parts })
  })

  it('loses accents where the alphabet has none, and keeps what it has', () => {
    expect(toGsm7('Préstamo ágil: ñandú, «José»… 3\u00a0500 – 10\u202f€')).toBe('Préstamo agil: ñandu, "José"... 3 500 - 10 €')
    expect(toGsm7('cafe\u0301')).toBe('café')
    expect(toGsm7('Мария 😀')).toBe('Мария 😀')
  })

  it('shortens to so many septets, dots included', () => {
    expect(shorten('Cooperativa', 11)).toBe('Cooperativa')
    expect(shorten('Cooperativa', 10)).toBe('Cooper...'.slice(0, 6) + 'a...')
    expect(shorten('Uno dos tres', 7)).toBe('Uno...')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 3, max: 40 }), (text, max) => {
        const short = toGsm7(shorten(toGsm7(text), max))
        expect(septets(short) ?? 0).toBeLessThanOrEqual(max)
      }),
    )
  })

  it('splits into numbered SMS that each fit, lose nothing and cut no character', () => {
    fc.assert(
      fc.property(fc.oneof(fc.stringMatching(/^[a-zñé €{}]{0,900}$/), fc.string({ unit: 'grapheme', maxLength: 400 })), (text) => {
        const parts = smsParts(text)
        for (const part of parts) {
          expect(smsSize(part).parts).toBe(1)
          expect(part.isWellFormed()).toBe(true)
        }
        expect(parts.length === 1 ? parts[0] : parts.map((part) => part.replace(/^\(\d+\/\d+\) /, '')).join('')).toBe(text)
      }),
    )
    expect(smsParts('a'.repeat(200)).map((part) => part.slice(0, 7))).toEqual(['(1/2) a', '(2/2) a'])
  })
})
