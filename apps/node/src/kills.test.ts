import { expect, it } from 'vitest'
import { killsUnderLoad } from './testing/kills.ts'

const seed = Number(process.env['GROWR_TEST_SEED'] ?? 20_260_302)

it(`killed five times at moments that seed ${seed} decides, the node has lost nothing and doubled nothing`, { timeout: 180_000 }, async () => {
  const { failures, ...found } = await killsUnderLoad({ seed, runs: 5 })
  expect(failures).toEqual([])
  expect(found).toMatchObject({ kills: 5, killsWhileStarting: 1 })
  expect(found.acknowledged).toBeGreaterThan(20)
  expect(found.cutOff).toBeGreaterThan(0)
})
