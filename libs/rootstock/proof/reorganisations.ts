import fc from 'fast-check'
import { HOWS, live, lives, startWorld, STATES } from '../src/reorganisations.test.life.ts'

export const name = 'reorganisations'
export const about =
  'Random lives of a wallet on a Rootstock-like node (anvil): a payment of coins or tokens that waits, is confirmed, spent (out, or to another wallet of ours; replaced at a higher gas price), double-spent or replaced; a reorganisation of 1 to 6 blocks, after which who paid sends it again or does not; a listener that runs, is stopped, or is opened anew on what lay on disk. At rest the feed (each payment booked once and taken back once), the balances and what the chain holds must be the same to the unit, and each send paid once.'

/** So many lives on one node: what it keeps of them grows. */
const TOGETHER = 100

/** `runs` lives, 1,000 unless told. */
export async function run({ seed = 1, runs = 1_000 }: { readonly seed?: number; readonly runs?: number } = {}): Promise<{ lives: number; cells: string; failures: string[] }> {
  let done = 0
  const cells = new Set<string>()
  const all = 6 * STATES.length * HOWS.length
  const answer = (failures: string[]) => ({ lives: done, cells: `${cells.size} of ${all} (depth × payment × listener)`, failures })
  for (let batch = 0; done < runs; batch++) {
    const world = await startWorld()
    try {
      const numRuns = Math.min(TOGETHER, runs - done)
      const found = await fc.check(fc.asyncProperty(lives, (life) => {
        cells.add(`${life.depth} ${life.state} ${life.how}`)
        return live(world, life)
      }), { seed: seed + batch, numRuns, endOnFailure: true })
      if (found.failed) return answer([fc.defaultReportMessage(found) ?? 'failed'])
      done += numRuns
      process.stdout.write(`  ${done} of ${runs} lives\n`)
    } finally {
      await world.end()
    }
  }
  return answer([])
}
