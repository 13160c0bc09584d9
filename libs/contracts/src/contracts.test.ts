import { expect, test } from 'vitest'
import { z } from 'zod'
import { catalogue, contracts, defineAction, loan, Refusal, roles, services, shapes } from './index.ts'

test('an action that nobody may call, or without a proper name, cannot be made', () => {
  const base = { kind: 'query', about: '', params: z.strictObject({}), result: z.null() } as const
  expect(() => defineAction({ ...base, name: 'loan.find', access: {} })).toThrow(/nobody may call it/)
  expect(() => defineAction({ ...base, name: 'find', access: { public: true } })).toThrow(/service\.action/)
})

test('every contract is whole: its service is known, its rule names known roles and services, its parameters are closed', () => {
  expect(contracts.size).toBeGreaterThan(80)
  for (const [name, contract] of contracts) {
    expect(services, name).toContain(name.split('.')[0])
    for (const role of Object.keys(contract.access.users ?? {})) expect(roles, name).toContain(role)
    for (const service of contract.access.services ?? []) expect(services, name).toContain(service)
    expect(contract.about.length, name).toBeGreaterThan(10)
    expect(contract.params.safeParse({ nobodyKnowsThisKey: 1 }).success, name).toBe(false)
    expect(contract.internal ?? contract.access.users ?? contract.access.public, `${name} is called by services alone, so it is internal`).toBeTruthy()
  }
})

test('amounts, rates, dates and ids are refused in any other form', () => {
  for (const good of ['0', '20000.00', '0.000000000000000001']) expect(shapes.amount.safeParse(good).success, good).toBe(true)
  for (const bad of ['-1', '2e4', '1,5', ' 1', '1.', '.5', 'NaN', '', '9'.repeat(41)]) expect(shapes.amount.safeParse(bad).success, bad).toBe(false)
  for (const bad of ['18%', '-1', '1e2', '']) expect(shapes.percent.safeParse(bad).success, bad).toBe(false)
  for (const bad of ['2026-02-30', '2026-1-1', 'today']) expect(shapes.date.safeParse(bad).success, bad).toBe(false)
  for (const bad of ['', 'a b', '../x', 'x'.repeat(65), 'ñ']) expect(shapes.id.safeParse(bad).success, bad).toBe(false)
  expect(shapes.timezone.safeParse('America/Tegucigalpa').success).toBe(true)
  expect(shapes.timezone.safeParse('Mars/Olympus').success).toBe(false)
  expect(shapes.email.parse('Ana@Comsa.Example')).toBe('ana@comsa.example')
})

test('an application is bounded', () => {
  const good = { project: 'p', amount: '1.00', months: 6 }
  expect(loan.applyForLoan.params.safeParse(good).success).toBe(true)
  for (const bad of [{ ...good, months: 0 }, { ...good, months: 1.5 }, { ...good, presentation: 'x'.repeat(300_000) }, { ...good, more: 1 }]) {
    expect(loan.applyForLoan.params.safeParse(bad).success).toBe(false)
  }
})

test('a refusal carries what to do, and shows nothing else of its cause', () => {
  const refusal = new Refusal('FUNDS_RESERVED', { path: 'amount', details: { free: '1.00' }, cause: new Error('+50499000001') })
  expect(refusal.message).toBe(catalogue.FUNDS_RESERVED.advice)
  expect(JSON.parse(JSON.stringify(refusal))).toEqual({ code: 'FUNDS_RESERVED', message: catalogue.FUNDS_RESERVED.advice, path: 'amount', details: { free: '1.00' } })
})
