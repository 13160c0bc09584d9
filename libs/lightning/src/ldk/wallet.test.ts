import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BitcoinRpc } from '@growr/bitcoin'
import { startNode, type TestNode } from '@growr/bitcoin/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { NodeStore } from './store.ts'
import { NodeWallet } from './wallet.ts'

const folder = mkdtempSync(join(tmpdir(), 'growr-wallet-'))
let chain: TestNode
let store: NodeStore
let wallet: NodeWallet
beforeAll(async () => {
  chain = await startNode(process.env['BITCOIND_PATH'] ?? '')
  store = new NodeStore(join(folder, 'node.db'))
  wallet = new NodeWallet(new Uint8Array(32).fill(3), 'regtest', store, new BitcoinRpc({ url: chain.url, user: 'test', password: 'test' }))
}, 120_000)
afterAll(async () => {
  store.close()
  await chain.stop()
  rmSync(folder, { recursive: true, force: true })
})

it('what funds a channel is held until it is let go; what never will gives its coins back', async () => {
  for (const vout of [0, 1]) store.run('INSERT INTO coin (txid, vout, sats, height) VALUES (?, ?, ?, ?)', '11'.repeat(32), vout, 1_000_000n, 5)
  const sent = (): string[] => store.all('SELECT txid FROM tx WHERE height IS NULL AND released = 1').map((row) => String(row['txid']))
  const outputs = [{ script: wallet.script, sats: 900_000n }]
  const [first, second] = [await wallet.pay(outputs, null, 'FUNDING', 'a'), await wallet.pay(outputs, null, 'FUNDING', 'b')]
  expect(first.txid).not.toBe(second.txid)
  expect(sent()).toEqual([])
  expect(wallet.balance().confirmed).toBe(0n)
  wallet.release(first.txid)
  expect(sent()).toEqual([first.txid])
  // The other's channel fails: its coin is free, and nothing of it can be sent any more. What was let go stays.
  wallet.giveBack({ channel: 'b' })
  wallet.giveBack({ channel: 'a', txid: first.txid })
  wallet.giveBack()
  expect(sent()).toEqual([first.txid])
  expect(wallet.balance().confirmed).toBe(1_000_000n)
  const third = await wallet.pay([{ script: wallet.script, sats: 500_000n }], 10_000n, 'WITHDRAW', null)
  expect(sent().toSorted()).toEqual([first.txid, third.txid].toSorted())
})
