import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Seen } from './seen.ts'

const ids = (count: number): string[] => Array.from({ length: count }, () => randomBytes(16).toString('base64url'))

test('knows all that was added, and of the rest but one in hundreds', () => {
  const seen = new Seen()
  const added = ids(70_000)
  expect(seen.has(added[0] ?? '')).toBe(false)
  for (const id of added) seen.add(id)
  expect(added.every(id => seen.has(id))).toBe(true)
  expect(ids(50_000).filter(id => seen.has(id)).length).toBeLessThan(250)
  seen.clear()
  expect(seen.has(added[0] ?? '')).toBe(false)
})
