import { expect, test } from 'vitest'
import fc from 'fast-check'
import { parseCriteria, type Verification } from './index.ts'
import { exceedsCeiling } from './indebtedness.ts'
import { ORGANIZATION, world } from './testing/people.ts'

test('to the unit: at the ceiling is within, one unit above exceeds', () => {
  const ceiling = { currency: 'HNL', factor: '2.5' }
  // 2.5 × 1,000.01 = 2,500.025
  expect(exceedsCeiling({ ...ceiling, owed: 250_002n }, 100_001)).toBe(false)
  expect(exceedsCeiling({ ...ceiling, owed: 250_003n }, 100_001)).toBe(true)
  expect(exceedsCeiling({ ...ceiling, owed: 1n }, 0)).toBe(true)
  for (const income of [undefined, '100001', 1.5, Number.MAX_SAFE_INTEGER + 1]) expect(exceedsCeiling({ ...ceiling, owed: 0n }, income)).toBe(true)
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 0, max: 10 ** 12 }), (owed, hundredths, income) => {
    const factor = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`
    expect(exceedsCeiling({ currency: 'HNL', owed, factor }, income)).toBe(owed * 100n > BigInt(hundredths) * BigInt(income))
  }))
})

test('a verification says within or exceeded, and neither what is owed nor what is earned', async () => {
  const scene = world()
  const income = (currency: string, more: object = {}) => scene.issue('FinancialData', { claims: { currency, monthlyIncome: 1_234_567, monthlyExpenses: 0, periodStart: '2025-01-01', periodEnd: '2025-12-31' }, ...more })
  const criteria = parseCriteria({ required: ['FinancialData'], trusted: [{ issuer: scene.issuer.signer.did, organization: ORGANIZATION }] })
  const judge = async (credentials: string[], owed: bigint): Promise<Verification> =>
    scene.verify(await scene.present(credentials), { criteria, indebtedness: { currency: 'HNL', owed, factor: '6' } })
  const of = ({ checks, verdict }: Verification) => [verdict, ...checks.filter(({ id }) => id === 'indebtedness').map(({ path, verdict: found, code }) => `${path} ${found} ${code}`)]
  const within = await judge([await income('HNL')], 7_407_402n)
  expect(of(within)).toEqual(['valid', 'checks.indebtedness valid null'])
  const exceeded = await judge([await income('HNL')], 7_407_403n)
  expect(of(exceeded)).toEqual(['invalid', 'checks.indebtedness invalid DEBT_CEILING'])
  for (const told of [within, exceeded]) expect(JSON.stringify(told)).not.toMatch(/1234567|740740/)
  expect(of(await judge([await income('USD')], 1n))).toEqual(['invalid', 'checks.indebtedness invalid INCOME_UNKNOWN'])
  expect(of(await judge([], 1n))).toEqual(['invalid', 'checks.indebtedness invalid INCOME_UNKNOWN'])
  // An income that nobody trustworthy has stated is none; the reason is the credential's own.
  expect(of(await judge([await income('HNL', { organization: 'another' })], 1n))).toEqual(['invalid', 'checks.indebtedness unknown NOT_CHECKED'])
})
