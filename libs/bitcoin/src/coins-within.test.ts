import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hdSignerOf } from '@growr/networks/testing'
import { NetworkError } from '@growr/networks'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BitcoinNetwork } from './network.ts'
import { startNode, type TestNode } from './testing.regtest.ts'
import { btcOf } from './tell.ts'

const folder = mkdtempSync(join(tmpdir(), 'bitcoin within '))
let node: TestNode
let network: BitcoinNetwork
const mine = async (blocks: number): Promise<void> => {
  await node.call('generatetoaddress', [blocks, await node.call<string>('getnewaddress', [], 'payer')])
  await network.sync()
}
const code = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(() => null, (thrown: unknown) => thrown)
  if (error instanceof NetworkError) return error.code
  throw error ?? new Error('nothing was refused')
}
const held = async (): Promise<bigint> => (await network.balances('w'))[0]!.confirmed.amount / 1000n

beforeAll(async () => {
  node = await startNode(process.env['BITCOIND_PATH'] ?? '')
  await node.call('createwallet', ['payer'])
  await node.call('generatetoaddress', [110, await node.call<string>('getnewaddress', [], 'payer')])
  network = await BitcoinNetwork.open({ rpc: { url: node.url, user: 'test', password: 'test' }, chain: 'regtest', file: join(folder, 'b.db'), signer: hdSignerOf(Buffer.alloc(32, 5)), fallbackRate: 2 })
  await network.sync()
  await network.createWallet({ id: 'w', purpose: 'FUNDING' })
}, 120_000)
afterAll(async () => {
  await network.stop()
  await node.stop()
  rmSync(folder, { recursive: true, force: true })
})

it('the wallet loses exactly the amount, and nothing is left where that is all of it', async () => {
  for (const [tag, btc] of [['a', '0.003'], ['b', '0.002'], ['c', '0.001']] as const) {
    const { address } = await network.createListener('w', tag)
    await node.call('sendtoaddress', [address, btc], 'payer')
  }
  await mine(1)
  expect(await held()).toBe(600_000n)
  const to = await node.call<string>('getnewaddress', [], 'payer')
  const send = { id: 's1', wallets: ['w'], to, maxFee: btcOf(10_000n), feeFromAmount: true, amount: btcOf(350_000n) } as const
  expect(await code(network.send({ ...send, amount: btcOf(600_001n) }))).toBe('BALANCE_INSUFFICIENT')
  expect(await code(network.send({ ...send, amount: btcOf(599_900n) }))).toBe('DUST')
  expect(await code(network.send({ ...send, maxFee: btcOf(10n) }))).toBe('FEE_ABOVE_CEILING')
  const { fee } = await network.check(send)
  await network.send(send)
  expect(await code(network.send({ ...send, feeFromAmount: false }))).toBe('NETWORK_ID_REUSED')
  await mine(1)
  expect(await held()).toBe(250_000n)
  const sent = await network.sent('s1')
  expect([sent?.status, sent?.amount, sent?.fee]).toEqual(['CONFIRMED', btcOf(350_000n - fee.amount / 1000n), fee])
  expect(await node.call('getreceivedbyaddress', [to], 'payer')).toBe(Number(sent!.amount.amount / 1000n) / 1e8)
  await network.send({ ...send, id: 's2', amount: btcOf(250_000n) })
  await mine(1)
  expect(await held()).toBe(0n)
}, 120_000)
