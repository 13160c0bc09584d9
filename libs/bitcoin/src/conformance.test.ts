import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conformance, hdSignerOf, startRpcProxy, type ConformanceHarness } from '@growr/networks/testing'
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest'
import { BitcoinNetwork, type BitcoinOptions } from './network.ts'
import { satsOf } from './rpc.ts'
import { startNode } from './testing.regtest.ts'

const coins = (msat: bigint): string => `${msat / 100_000_000_000n}.${String((msat / 1000n) % 100_000_000n).padStart(8, '0')}`
const SLOW = 180_000

async function harness(): Promise<ConformanceHarness> {
  const folder = mkdtempSync(join(tmpdir(), 'bitcoin conformance '))
  const node = await startNode(process.env['BITCOIND_PATH'] ?? '')
  const proxy = await startRpcProxy(node.url)
  await node.call('createwallet', ['payer'])
  const address = (): Promise<string> => node.call('getnewaddress', [], 'payer')
  const burn = await address()
  await node.call('generatetoaddress', [130, burn])
  const options: BitcoinOptions = {
    rpc: { url: proxy.url, user: 'test', password: 'test', timeoutMs: 3_000 }, chain: 'regtest', file: join(folder, 'bitcoin.db'), signer: hdSignerOf(Buffer.alloc(32, 11)), fallbackRate: 2,
  }
  let network = await BitcoinNetwork.open(options)
  const left: BitcoinNetwork[] = []
  return {
    get network() {
      return network
    },
    payment: 100_000_000n, funding: 2_000_000_000n, maxFee: 20_000_000n, dust: 200_000n,
    wrong: { invalid: ['', 'no address', 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt081'], foreign: ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2'] },
    pay: async (to, { amount }) => void (await node.call('sendtoaddress', [to, coins(amount)], 'payer')),
    outside: address,
    arrived: async (to) => satsOf(await node.call<number>('getreceivedbyaddress', [to, 1], 'payer')) * 1000n,
    mine: async (blocks) => void (await node.call('generatetoaddress', [blocks, burn])),
    reorganisation: {
      away: async (blocks) => {
        const height = await node.call<number>('getblockcount')
        await node.call('invalidateblock', [await node.call('getblockhash', [height - blocks + 1])])
        const other = await address()
        for (let n = 0; n <= blocks; n++) await node.call('generateblock', [other, []])
      },
      back: async () => void (await node.call('generatetoaddress', [1, burn])),
    },
    restart: async (how, meanwhile) => {
      const before = network
      if (how === 'STOP') await before.stop()
      else left.push(before)
      await meanwhile?.()
      network = await BitcoinNetwork.open(options)
    },
    fault: async (fault) => {
      await proxy.up()
      proxy.treat = (method) => {
        if (fault === 'HANG') return 'HANG'
        if (fault === 'SYNCING' && method === 'getblockchaininfo') return { result: { chain: 'regtest', blocks: 1, headers: 1_000, bestblockhash: '00', initialblockdownload: true } }
        return fault === 'BROADCAST' && method === 'sendrawtransaction' ? { result: '00' } : 'PASS'
      }
      if (fault === 'DOWN') await proxy.down()
      return true
    },
    holds: async () => {
      const descriptors: string[] = []
      for (const { wallet } of await network.balances()) descriptors.push(...((await network.wallet(wallet))?.descriptors ?? []))
      if (descriptors.length === 0) return new Map([['BTC', 0n]])
      const { total_amount: total } = await node.call<{ total_amount: number }>('scantxoutset', ['start', descriptors.map((desc) => ({ desc, range: 40 }))])
      return new Map([['BTC', satsOf(total) * 1000n]])
    },
    close: async () => {
      for (const each of [network, ...left]) await each.stop()
      await proxy.close()
      await node.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

conformance('bitcoin', harness, {
  describe, test: (name, body) => test(name, body, SLOW), beforeAll: (body) => beforeAll(body, SLOW), afterAll: (body) => afterAll(body, SLOW), afterEach: (body) => afterEach(body, SLOW),
})
