import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conformance, hdSignerOf, startRpcProxy, type ConformanceHarness } from '@growr/networks/testing'
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest'
import { openRootstock } from './network.ts'
import { addressAt } from './sign.ts'
import { showAddress } from './address.ts'
import { startAnvil } from './testing.ts'

async function harness(): Promise<ConformanceHarness> {
  const anvil = await startAnvil()
  const proxy = await startRpcProxy(anvil.url)
  const folder = mkdtempSync(join(tmpdir(), 'growr-rootstock-'))
  const token = await anvil.deployToken(10n ** 24n, 18)
  const signer = hdSignerOf(Buffer.alloc(32, 7))
  const outsider = hdSignerOf(Buffer.alloc(32, 9))
  let life = 0
  let strangers = 0
  let lost: string[] = []

  const file = () => join(folder, `rootstock-${life}.db`)
  const open = () => openRootstock({
    url: proxy.url, chain: 33, file: file(), signer, tokens: [{ code: 'DOC', address: token, exponent: 18 }],
    policy: { timeoutMs: 3000, confirmations: [[10n ** 20n, 3]], deepest: 6 }, startHeight: 0,
  })
  let network = open()
  return {
    get network() { return network },
    payment: 10n ** 16n, funding: 10n ** 17n, maxFee: 10n ** 14n, dust: 1000n,
    wrong: {
      invalid: ['', 'bc1qxyz', '0x1234', '0x5aaeB6053F3E94C9b9A09f33669435E7Ef1BeAeD', `0x${'0'.repeat(40)}`],
      foreign: [showAddress('0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed', 30), showAddress('0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed', 31)],
    },
    async pay(to, amount) { await anvil.pay(to, amount.amount) },
    outside: async () => showAddress(await addressAt(outsider, strangers++), 33),
    arrived: async to => BigInt(await anvil.call('eth_getBalance', to.toLowerCase(), 'latest') as string),
    mine: blocks => anvil.mine(blocks),
    reorganisation: {
      async away(blocks) {
        lost = []
        const head = Number(await anvil.call('eth_blockNumber'))
        for (let height = head - blocks + 1; height <= head; height++) {
          const block = await anvil.call('eth_getBlockByNumber', `0x${height.toString(16)}`, false) as { transactions: string[] }
          for (const hash of block.transactions) lost.push(await anvil.call('eth_getRawTransactionByHash', hash) as string)
        }
        await anvil.reorganise(blocks)
        await anvil.call('anvil_dropAllTransactions')
        await anvil.mine(1)
      },
      async back() { for (const raw of lost) await anvil.call('eth_sendRawTransaction', raw).catch(() => undefined) },
    },
    async restart(how, meanwhile) {
      const from = file()
      if (how === 'STOP') await network.stop()
      life++
      for (const end of ['', '-wal']) if (existsSync(from + end)) copyFileSync(from + end, file() + end)
      if (how === 'CRASH') await network.stop()
      await meanwhile?.()
      network = open()
    },
    async fault(fault) {
      await proxy.up()
      proxy.treat = method => fault === 'HANG' ? 'HANG' : fault === 'SYNCING' && method === 'eth_syncing' ? { result: { currentBlock: '0x1', highestBlock: '0xff' } }
        : fault === 'BROADCAST' && method === 'eth_sendRawTransaction' ? 'HANG' : 'PASS'
      if (fault === 'DOWN') await proxy.down()
      return true
    },
    async holds() {
      let coins = 0n
      let tokens = 0n
      for (let n = 0; n < 60; n++) {
        const address = await addressAt(signer, n)
        coins += BigInt(await anvil.call('eth_getBalance', address, 'latest') as string)
        tokens += BigInt(await anvil.call('eth_call', { to: token, data: `0x70a08231${address.slice(2).padStart(64, '0')}` }, 'latest') as string)
      }
      return new Map([['RBTC', coins], ['DOC', tokens]])
    },
    async close() {
      await network.stop()
      await proxy.close()
      await anvil.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

conformance('rootstock', harness, { describe, test, beforeAll, afterAll, afterEach })
