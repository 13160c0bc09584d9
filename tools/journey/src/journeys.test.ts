import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runJourney } from './run.ts'

// The journeys that are shipped hold, each on a real node of its own, and what they leave passes the audit.
const files = globSync('*.yaml', { cwd: new URL('../../../journeys/', import.meta.url) }).toSorted()

test('there are journeys', () => expect(files).toContain('coffee-cooperative.yaml'))

test.each(files)('%s', { timeout: 180_000 }, async (file) => {
  const { ok, failure, findings, kept } = await runJourney(fileURLToPath(new URL(`../../../journeys/${file}`, import.meta.url)))
  expect(failure, `left for a look: ${kept ?? ''}`).toBeNull()
  expect(findings).toEqual([])
  expect(ok).toBe(true)
})
