import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { amountOf } from '@growr/money'
import { hdSignerOf } from '@growr/networks/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openRootstock } from './network.ts'
import { live, lives, startWorld } from './reorganisations.test.life.ts'
import { addressAt } from './sign.ts'
import { startAnvil } from './testing.ts'

const RUNS = Number(process.env['REORGANISATIONS'] ?? 15)
const SEED = process.env['REORGANISATIONS_SEED']

test('reorganisations of 1 to 6 blocks × payment unconfirmed, confirmed, spent, double-spent × listener running, stopped, crashed', async () => {
  const world = await startWorld()
  try {
    await fc.assert(fc.asyncProperty(lives, life => live(world, life)), { numRuns: RUNS, endOnFailure: true, ...(SEED ? { seed: Number(SEED) } : {}) })
  } finally {
    await world.end()
  }
}, 600_000)

test('what waits for ten blocks is replaced with 40 % more, within its ceiling, and is paid once', async () => {
  const anvil = await startAnvil()
  const folder = mkdtempSync(join(tmpdir(), 'growr-rootstock-'))
  const network = openRootstock({ url: anvil.url, chain: 33, file: join(folder, 'r.db'), signer: hdSignerOf(Buffer.alloc(32, 8)), startHeight: 0, policy: { confirmations: [], deepest: 2 } })
  const wallet = await network.createWallet({ id: 'w', purpose: 'FUNDING' })
  await anvil.pay(wallet.address!, 10n ** 17n)
  await anvil.mine(3)
  await network.sync()
  const to = await addressAt(hdSignerOf(Buffer.alloc(32, 4)), 0)
  const { proof } = await network.send({ id: 's', wallets: ['w'], to, amount: amountOf(10n ** 16n, 'RBTC'), maxFee: amountOf(10n ** 14n, 'RBTC') })
  await anvil.call('anvil_dropTransaction', proof)
  await anvil.mine(10)
  await network.sync()
  const pool = await anvil.call('txpool_content') as { pending: Record<string, Record<string, { gasPrice: string; hash: string }>> }
  const waiting = Object.values(pool.pending).flatMap(each => Object.values(each))
  expect(waiting.map(tx => BigInt(tx.gasPrice))).toEqual([84_000_000n])
  for (let round = 0; round < 3; round++) { await anvil.mine(1); await network.sync() }
  const sent = await network.sent('s')
  expect([sent!.status, sent!.proof, sent!.fee.amount]).toEqual(['CONFIRMED', waiting[0]!.hash, 21_000n * 84_000_000n])
  expect(BigInt(await anvil.call('eth_getBalance', to, 'latest') as string)).toBe(10n ** 16n)
  await network.stop()
  await anvil.stop()
  rmSync(folder, { recursive: true, force: true })
})
