import { describe, expect, it } from 'vitest'
import { languages, render, smsSize, templateNames } from './index.ts'
import { en } from './templates/en.ts'
import { es } from './templates/es.ts'
import { valueNames } from './templates/values.ts'
import { longValues } from './testing/values.ts'

const all = templateNames.flatMap((template) => languages.map((language) => ({ template, language })))

describe('templates', () => {
  it.each(all)('$template in $language uses its values and no other, optional ones inside brackets only', ({ template, language }) => {
    const text = (language === 'en' ? en : es)[template]
    const names = valueNames[template].map((name) => name.replace(/[?[\]]/g, ''))
    const optional = valueNames[template].filter((name) => name.endsWith('?')).map((name) => name.slice(0, -1))
    for (const part of [text.subject, text.email, text.sms]) {
      const used = [...part.matchAll(/\{(\w+)(?::\d+)?\}/g)].map((found) => found[1])
      expect(names).toEqual(expect.arrayContaining(used))
      const outside = part.replace(/\[\[.*?\]\]/gs, '')
      for (const name of optional) expect(outside).not.toContain(`{${name}`)
      expect(outside.replace(/\{\w+(:\d+)?\}/g, '')).not.toMatch(/[{}[\]]/)
    }
    const used = new Set([...`${text.subject} ${text.email}`.matchAll(/\{(\w+)/g)].map((found) => found[1]))
    expect([...used].sort()).toEqual([...names].sort())
    // A code or a link that is not in the SMS is worth nothing to who has only a phone.
    for (const name of ['code', 'link', 'amount']) if (names.includes(name)) expect(text.sms).toContain(`{${name}}`)
  })

  it.each(all.filter(({ template }) => template !== 'applicationRefused'))(
    '$template in $language is one SMS with long values',
    ({ template, language }) => {
      const { sms } = render(template, language, longValues[template])
      expect({ ...smsSize(sms), sms }).toMatchObject({ encoding: 'GSM7', parts: 1 })
      expect(sms).not.toMatch(/[{}[\]]|undefined/)
    },
  )

  it('a refusal names each criterion: all by e-mail, as many as fit into three SMS by phone', () => {
    const reasons = Array.from({ length: 12 }, (_, i) => `Criterio número ${i + 1}: el ingreso mensual es menor que el mínimo del proyecto`)
    const { email, sms } = render('applicationRefused', 'es', { project: 'Café 2026', reasons })
    for (const reason of reasons) expect(email).toContain(`- ${reason}\n`)
    expect(smsSize(sms)).toMatchObject({ encoding: 'GSM7', parts: 3 })
    // Each criterion has 73 septets: five with what is between them have 373, which leaves room for «; +7» within 380.
    expect(sms).toMatch(/^No aprobado: Café 2026\. No se cumple: Criterio numero 1: .*Criterio numero 5: [^;]*; \+7\.$/)
    expect(render('applicationRefused', 'en', { project: 'Coffee', reasons: ['KYC has expired.', 'income too low'] }).sms).toBe(
      'Not approved: Coffee. What did not fit: KYC has expired; income too low.',
    )
    expect(smsSize(render('applicationRefused', 'es', longValues.applicationRefused).sms)).toMatchObject({ encoding: 'GSM7', parts: 1 })
  })

  it('leaves out the sentence around what is missing', () => {
    const paid = { amount: 'HNL 3,500.00', project: 'Coffee 2026', left: 'HNL 0.00' }
    expect(render('paymentReceived', 'en', paid).sms).toBe('Received: HNL 3,500.00, Coffee 2026. Left to pay: HNL 0.00.')
    expect(render('paymentReceived', 'en', { ...paid, nextAmount: 'HNL 3,633.33' }).sms).toBe(
      'Received: HNL 3,500.00, Coffee 2026. Left to pay: HNL 0.00.',
    )
    expect(render('paymentReceived', 'es', { ...paid, nextAmount: 'HNL 3,633.33', nextDue: '2026-05-05' }).sms).toBe(
      'Recibido: HNL 3,500.00, Coffee 2026. Queda por pagar: HNL 0.00. Proximo: HNL 3,633.33 hasta el 2026-05-05.',
    )
  })

  it('gives code and link apart, for a reader of the mail-box', () => {
    expect(render('invitation', 'en', longValues.invitation)).toMatchObject({ code: '123456', link: longValues.invitation.link })
    expect(render('projectClosed', 'en', { project: 'x' })).not.toHaveProperty('code')
  })

  it('makes one line of each value: no line ends, control or direction marks; braces stay text', () => {
    const { subject, email, sms } = render('projectClosed', 'en', { project: 'Coffee\r\nBcc: evil@x.example\u202e\u0000 {code} [[x]]' })
    expect(subject).toBe('The project is closed: Coffee Bcc: evil@x.example {code} [[x]]')
    expect(email.split('\n')).toHaveLength(2)
    expect(sms).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  it.each([
    ['a missing value', { organization: 'x' }, 'link'],
    ['an unknown value', { organization: 'x', link: 'https://x.example', code: '123456', minutes: '10', pin: '4821' }, 'a value that'],
    ['an empty value', { organization: ' \u200b ', link: 'https://x.example', code: '123456', minutes: '10' }, 'organization'],
    [
      'a value that is too long',
      { organization: 'x'.repeat(501), link: 'https://x.example', code: '123456', minutes: '10' },
      'organization',
    ],
    ['a value that is no text', { organization: 7, link: 'https://x.example', code: '123456', minutes: '10' }, 'organization'],
    ['a code that is none', { organization: 'x', link: 'https://x.example', code: '12 34', minutes: '10' }, 'code'],
    ['a link that is none', { organization: 'x', link: 'growr.example', code: '123456', minutes: '10' }, 'link'],
    ['a script for a link', { organization: 'x', link: 'javascript:alert(1)', code: '123456', minutes: '10' }, 'link'],
    ['a link with a password', { organization: 'x', link: 'https://a:b@x.example', code: '123456', minutes: '10' }, 'link'],
  ])('refuses %s by the name of the value, not the value', (_name, values, reason) => {
    expect(() => render('invitation', 'en', values as unknown as typeof longValues.invitation)).toThrow(
      expect.objectContaining({ code: 'VALUES_INVALID', temporary: false, reason: expect.stringContaining(reason) }),
    )
  })

  it('refuses lists that are empty or too long, and templates and languages that are not there', () => {
    expect(() => render('applicationRefused', 'en', { project: 'x', reasons: [] })).toThrow(/reasons/)
    expect(() => render('applicationRefused', 'en', { project: 'x', reasons: Array<string>(51).fill('y') })).toThrow(/reasons/)
    expect(() => render('constructor' as 'code', 'en', longValues.code)).toThrow(expect.objectContaining({ code: 'TEMPLATE_UNKNOWN' }))
    expect(() => render('code', '__proto__' as 'en', longValues.code)).toThrow(expect.objectContaining({ code: 'TEMPLATE_UNKNOWN' }))
  })
})
