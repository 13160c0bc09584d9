import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from './door.ts'
import { RatesDoor } from './rates.ts'

const olga: Actor = { name: 'olga', person: { role: 'NODE_OPERATOR' } }
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growr-rates-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('what is set stands in the file that the node reads, beside what stood there', async () => {
  const door = await RatesDoor.open(join(folder, 'rates.json'), { 'BTC/HNL': '2500000.00' })
  const table = async (): Promise<unknown> => JSON.parse(await readFile(door.file, 'utf8'))
  expect(await table()).toEqual({ 'BTC/HNL': '2500000.00' })
  await door.perform(olga, { kind: 'do', operation: 'set', with: { 'DOC/HNL': '26.40' } })
  expect(await table()).toEqual({ 'BTC/HNL': '2500000.00', 'DOC/HNL': '26.40' })
  expect(await door.perform(olga, { kind: 'query', operation: 'table', with: {} })).toEqual({ result: await table() })
  for (const given of [{ 'BTC-HNL': '1' }, { 'BTC/HNL': 1 }, { 'BTC/HNL': '-1' }]) expect(await door.perform(olga, { kind: 'do', operation: 'set', with: given })).toMatchObject({ refusal: { code: 'JOURNEY_INVALID' } })
  expect(await door.perform(olga, { kind: 'do', operation: 'drop', with: {} })).toMatchObject({ refusal: { code: 'JOURNEY_INVALID' } })
})
