import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NetworkChange } from '@growr/networks'
import { hdSignerOf } from '@growr/networks/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BitcoinNetwork, type BitcoinOptions } from './network.ts'
import { mine, payFrom, type World } from './reorganisations.test.life.ts'
import { startNode, type TestNode } from './testing.regtest.ts'

const SLOW = 120_000
/** The timer never comes in this test: what is seen is seen by a hint, or because somebody asked. */
const NEVER = 2 ** 30
const folder = mkdtempSync(join(tmpdir(), 'bitcoin hints '))
let node: TestNode
let world: World
beforeAll(async () => {
  node = await startNode(process.env['BITCOIND_PATH'] ?? '')
  await node.call('createwallet', ['payer'])
  world = { node, burn: await node.call<string>('getnewaddress', [], 'payer') }
  await mine(world, 110)
}, SLOW)
afterAll(async () => {
  await node?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const feed = (network: BitcoinNetwork): Promise<readonly NetworkChange[]> => network.getPayments({ after: 0, limit: 100 })
const told = async (network: BitcoinNetwork): Promise<string[]> => (await feed(network)).map(({ status, generation }) => `${status} ${generation}`)
/** Resolves when the feed is so long. */
async function heard(network: BitcoinNetwork, length: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = (): void => void feed(network).then((changes) => { if (changes.length >= length) resolve() })
  const stop = network.onChange(look)
  look()
  await promise
  stop()
}

it('a transaction that a hint, a scan and a start all see is one entry; where no hint comes, who asks sees it', async () => {
  const set: BitcoinOptions = {
    rpc: { url: node.url, user: 'test', password: 'test' }, chain: 'regtest', file: join(folder, 'a.db'), signer: hdSignerOf(Buffer.alloc(32, 11)), fallbackRate: 2,
    confirmations: [{ upTo: 100_000_000n, blocks: 1 }], zmq: node.zmq, everyMs: NEVER,
  }
  let network = await BitcoinNetwork.open(set)
  await network.start()
  await network.createWallet({ id: 'w', purpose: 'FUNDING' })
  const { address } = await network.createListener('w', 'bea')
  await payFrom(world, address, 1_000_000n)
  await heard(network, 1)
  expect(await told(network)).toEqual(['SEEN 0'])
  // The block comes by its hint while two others ask as well.
  await mine(world, 1)
  await Promise.all([network.sync(), network.sync(), heard(network, 2)])
  expect(await told(network)).toEqual(['SEEN 0', 'CONFIRMED 0'])
  await network.stop()

  network = await BitcoinNetwork.open(set)
  await network.start()
  await network.sync()
  expect(await told(network)).toEqual(['SEEN 0', 'CONFIRMED 0'])
  await network.stop()

  // Nobody publishes where this one listens.
  network = await BitcoinNetwork.open({ ...set, zmq: 'tcp://127.0.0.1:1' })
  await network.start()
  await payFrom(world, address, 2_000_000n)
  await network.sync()
  expect(await told(network)).toEqual(['SEEN 0', 'CONFIRMED 0', 'SEEN 0'])
  await network.stop()
}, SLOW)
