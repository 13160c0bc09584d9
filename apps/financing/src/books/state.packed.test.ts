import { expect, test } from 'vitest'
import fc from 'fast-check'
import type { LoanState } from '@growr/lending'
import { amountOf, encodeJson } from '@growr/money'
import { packState, unpackState } from './state.packed.ts'

const amounts = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.constantFrom('HNL', 'USD', 'XOF')).map(([minor, currency]) => amountOf(minor, currency))
const row = fc.record({ number: fc.nat(), dueDate: fc.constantFrom('2026-03-31', '2028-02-29'), principal: amounts, interest: amounts, settledOn: fc.option(fc.constant('2026-05-01')) })
const states = fc.record({ key: fc.uuid(), status: fc.constantFrom('APPLIED', 'DISBURSED', 'REPAID'), subject: fc.option(fc.record({ userId: fc.string({ unit: 'grapheme' }) })), schedule: fc.array(row, { maxLength: 60 }), payout: amounts })

test('a packed state is the state again, and the same state is packed into the same bytes', () => {
  fc.assert(fc.property(states, (made) => {
    const state = made as unknown as LoanState
    expect(unpackState(packState(state))).toEqual(state)
    expect(Buffer.from(packState(state)).equals(packState(structuredClone(state)))).toBe(true)
  }), { numRuns: 200 })
})

test('twelve instalments take a tenth of their JSON', () => {
  const rows = Array.from({ length: 12 }, (_, n) => ({
    number: n + 1, dueDate: `2026-${String(n + 1).padStart(2, '0')}-06`, principal: amountOf(166_666n + BigInt(n), 'HNL'), interest: amountOf(30_000n, 'HNL'),
    paidPrincipal: amountOf(0n, 'HNL'), paidInterest: amountOf(0n, 'HNL'), settledOn: null, overdueOn: null,
  }))
  const state = { schedule: rows } as unknown as LoanState
  expect(packState(state).length * 10).toBeLessThan(encodeJson(state).length)
})

test('what was cut off is refused', () => {
  const packed = packState({ key: 'l', schedule: [] } as unknown as LoanState)
  expect(() => unpackState(packed.subarray(0, packed.length >> 1))).toThrow()
})
