import { expect, test } from 'vitest'
import fc from 'fast-check'
import { linesOf, SCREEN, screensOf } from './loan.key-facts.text.ts'

const facts = {
  loan: null, project: 'p', currency: 'HNL', amount: '20000.00', months: 6, fee: '400.00', deposit: '1000.00', payout: '18600.00', interestRate: '18.00', interest: '1800.00', cost: '2200.00',
  total: '21800.00', apr: '74.2', isEstimate: false, defaultAfterDays: 90, cashBack: '200.00', coolingOffDays: 3, digest: 'd',
  instalments: [{ number: 1, dueDate: '2026-04-02', amount: '3633.33', principal: '3333.33', interest: '300.00' }],
}

test('each language says amount, instalments, cost, APR, what happens when late, and the rights', () => {
  const en = linesOf(facts, 'FLAT', 'Coffee', 'en').join('\n')
  for (const said of ['20000.00 HNL for 6 months', 'You receive 18600.00 HNL', '1. 2026-04-02: 3633.33 HNL', 'cost (interest and fee): 2200.00 HNL', 'APR: 74.2 %', 'If you pay late', 'More than 90 days late', 'withdraw at no cost', '3 days to think', 'complain', 'receipt']) expect(en).toContain(said)
  const es = linesOf(facts, 'FLAT', 'Café', 'es').join('\n')
  for (const said of ['20000.00 HNL por 6 meses', 'Usted recibe 18600.00 HNL', '1. 2026-04-02: 3633.33 HNL', 'Costo total (interés y comisión): 2200.00 HNL', 'TAE: 74.2 %', 'Si paga tarde', 'más de 90 días', 'retirarse sin costo', '3 días para pensar', 'reclamar', 'comprobante']) expect(es).toContain(said)
  const plain = linesOf({ ...facts, deposit: '0.00', cashBack: '0.00', coolingOffDays: 0, apr: null }, 'AD_HOC', 'Coffee', 'en').join('\n')
  expect(plain).toContain('goes on until you have paid')
  for (const left of ['comes back', 'you earn', 'days to think', 'APR']) expect(plain).not.toContain(left)
})

test('no screen is longer than a phone\'s, and nothing is lost', () => {
  fc.assert(fc.property(fc.array(fc.string({ maxLength: 400 }).map((line) => line.replace(/\s+/g, ' ').trim()).filter((line) => line !== ''), { maxLength: 30 }), (lines) => {
    const screens = screensOf(lines)
    for (const screen of screens) expect(screen.length).toBeLessThanOrEqual(SCREEN)
    expect(screens.join('').replace(/\s/g, '')).toBe(lines.join('').replace(/\s/g, ''))
  }))
  expect(screensOf(linesOf(facts, 'FLAT', 'Coffee', 'es')).length).toBeLessThan(14)
})
