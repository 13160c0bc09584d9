import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hdSignerOf } from '@growr/networks/testing'
import fc from 'fast-check'
import { startNode } from '../src/testing.regtest.ts'
import { live, mine, steps } from '../src/reorganisations.test.life.ts'

export const name = 'reorganisations'
export const about =
  'Random lives of a wallet on a real bitcoind (regtest): payments that wait, are confirmed, spent, double-spent, replaced; reorganisations of 1 to 6 blocks, with and without what stood in them; a listener that runs, is away, or is opened anew on what lay on disk. At rest the feed (each payment booked once and taken back once), the balance, the chain as the node tells it and its set of unspent outputs must be the same to the unit.'

/** The one that `npm test` set up, or another. */
const BITCOIND = process.env['BITCOIND_PATH'] ?? fileURLToPath(new URL('../../../.networks/bitcoind/run/bitcoind', import.meta.url))
/** So many lives on one node: its wallet grows slow. */
const TOGETHER = 50

/** `runs` lives, 1,000 unless told. */
export async function run({ seed = 1, runs = 1_000 }: { readonly seed?: number; readonly runs?: number } = {}): Promise<{ lives: number; failures: string[] }> {
  if (!existsSync(BITCOIND)) throw new Error('there is no bitcoind: `npm test` sets one up, or give BITCOIND_PATH')
  let lives = 0
  for (let batch = 0; lives < runs; batch++) {
    const folder = await mkdtemp(join(tmpdir(), 'growr-reorganisations-'))
    const node = await startNode(BITCOIND)
    try {
      await node.call('createwallet', ['payer'])
      const world = { node, burn: await node.call<string>('getnewaddress', [], 'payer') }
      await mine(world, 130)
      let file = 0
      const numRuns = Math.min(TOGETHER, runs - lives)
      const found = await fc.check(fc.asyncProperty(steps, (taken) => {
        const signer = hdSignerOf(Buffer.alloc(32, 1 + (file % 250)))
        return live(world, {
          rpc: { url: node.url, user: 'test', password: 'test' }, chain: 'regtest', file: join(folder, `${++file}.db`), signer, fallbackRate: 2,
          confirmations: [{ upTo: 1_000_000n, blocks: 1 }, { upTo: 100_000_000n, blocks: 3 }],
        }, taken)
      }), { seed: seed + batch, numRuns, endOnFailure: true })
      if (found.failed) return { lives, failures: [fc.defaultReportMessage(found) ?? 'failed'] }
      lives += numRuns
      process.stdout.write(`  ${lives} of ${runs} lives\n`)
    } finally {
      await node.stop()
      await rm(folder, { recursive: true, force: true })
    }
  }
  return { lives, failures: [] }
}
