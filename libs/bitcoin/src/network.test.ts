import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hdSignerOf } from '@growr/networks/testing'
import { NetworkError, type NetworkChange } from '@growr/networks'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BitcoinNetwork, type BitcoinOptions } from './network.ts'
import { satsOf } from './rpc.ts'
import { startNode, type TestNode } from './testing.regtest.ts'
import { coins, inputsOf, live, mine, payFrom, spendElsewhere, steps, type World } from './reorganisations.test.life.ts'
import { btcOf } from './tell.ts'

const SLOW = 240_000
const folder = mkdtempSync(join(tmpdir(), 'bitcoin network '))
let node: TestNode
let options: BitcoinOptions
let files = 0

let world: World
const fresh = (more: Partial<BitcoinOptions> = {}): BitcoinOptions => ({ ...options, file: join(folder, `${++files}.db`), ...more })
const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(() => null, (thrown: unknown) => thrown)
  if (error instanceof NetworkError) return error.code
  throw error ?? new Error('nothing was refused')
}
const feed = async (network: BitcoinNetwork): Promise<readonly NetworkChange[]> => network.getPayments({ after: 0, limit: 10_000 })
const short = async (network: BitcoinNetwork) => (await feed(network)).map(({ kind, status, tag, generation, amount, reason }) => [kind, status, tag, generation, amount.amount / 1000n, reason])

beforeAll(async () => {
  node = await startNode(process.env['BITCOIND_PATH'] ?? '')
  await node.call('createwallet', ['payer'])
  world = { node, burn: await node.call<string>('getnewaddress', [], 'payer') }
  await mine(world, 130)
  options = { rpc: { url: node.url, user: 'test', password: 'test' }, chain: 'regtest', file: '', signer: hdSignerOf(Buffer.alloc(32, 7)), fallbackRate: 2, confirmations: [{ upTo: 1_000_000n, blocks: 1 }, { upTo: 100_000_000n, blocks: 3 }] }
}, SLOW)
afterAll(async () => {
  await node.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('what comes in', () => {
  it('is seen, then confirmed by the depth that its amount asks for, once, also after a restart', async () => {
    const set = fresh({ signer: hdSignerOf(Buffer.alloc(32, 1)) })
    let network = await BitcoinNetwork.open(set)
    await network.sync()
    await network.createWallet({ id: 'p1.funding', purpose: 'FUNDING' })
    const { address } = await network.createListener('p1.funding', 'intent-1')
    expect((await network.createListener('p1.funding', 'intent-1')).address).toBe(address)
    expect(network.confirmationsFor(btcOf(1_000_001n))).toBe(3)
    await payFrom(world, address, 2_000_000n)
    await network.sync()
    expect(await short(network)).toEqual([['RECEIVED', 'SEEN', 'intent-1', 0, 2_000_000n, null]])
    await mine(world, 2)
    await network.stop()
    network = await BitcoinNetwork.open(set)
    await network.sync()
    expect(await feed(network)).toHaveLength(1)
    await mine(world, 1)
    await network.sync()
    await network.sync()
    expect(await short(network)).toEqual([['RECEIVED', 'SEEN', 'intent-1', 0, 2_000_000n, null], ['RECEIVED', 'CONFIRMED', 'intent-1', 0, 2_000_000n, null]])
    expect((await network.balances())[0]).toMatchObject({ confirmed: btcOf(2_000_000n), pending: btcOf(0n) })
    expect(await network.status()).toMatchObject({ ok: true, reason: null, height: network && (await node.call<number>('getblockcount')) })
    await network.stop()
  }, SLOW)

  it('that was replaced before it was confirmed is taken back by its reason', async () => {
    const network = await BitcoinNetwork.open(fresh({ signer: hdSignerOf(Buffer.alloc(32, 2)) }))
    await network.sync()
    await network.createWallet({ id: 'w', purpose: 'REPAYMENT' })
    const { address } = await network.createListener('w', 'loan-1')
    const txid = await payFrom(world, address, 50_000n)
    await network.sync()
    const inputs = await inputsOf(world, txid)
    // The payer pays somebody else with the same coin and a higher fee.
    await spendElsewhere(world, inputs)
    await network.sync()
    expect((await short(network)).map(([, status, , generation, , reason]) => [status, generation, reason])).toEqual([['SEEN', 0, null], ['REVERSED', 0, 'REPLACED']])
    await mine(world, 1)
    await network.sync()
    expect(await feed(network)).toHaveLength(2)
    expect((await network.balances())[0]).toMatchObject({ confirmed: btcOf(0n), pending: btcOf(0n) })
    await network.stop()
  }, SLOW)
})

describe('what goes out', () => {
  it('leaves once, by the same bytes after a crash, with its change and fee to the satoshi; every refusal has its code', async () => {
    const set = fresh({ signer: hdSignerOf(Buffer.alloc(32, 3)) })
    let network = await BitcoinNetwork.open(set)
    await network.sync()
    await network.createWallet({ id: 'w', purpose: 'FUNDING' })
    const { address } = await network.createListener('w', 'in')
    await payFrom(world, address, 300_000n)
    await mine(world, 1)
    await network.sync()
    const to = await node.call<string>('getnewaddress', [], 'payer')
    const send = { id: 's1', wallets: ['w'], to, amount: btcOf(100_000n), maxFee: btcOf(5_000n) }
    const estimate = await network.check(send)
    expect(await refusal(network.send({ ...send, amount: btcOf(293n) }))).toBe('DUST')
    expect(await refusal(network.send({ ...send, amount: { amount: 1_500n, currency: 'BTC' } }))).toBe('AMOUNT_MISMATCH')
    expect(await refusal(network.send({ ...send, maxFee: btcOf(10n) }))).toBe('FEE_ABOVE_CEILING')
    expect(await refusal(network.send({ ...send, amount: btcOf(300_000n) }))).toBe('BALANCE_INSUFFICIENT')
    expect(await refusal(network.send({ ...send, to: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4' }))).toBe('ADDRESS_FOREIGN')
    expect(await refusal(network.send({ ...send, to: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5' }))).toBe('ADDRESS_INVALID')
    expect(await refusal(network.send({ ...send, wallets: ['other'] }))).toBe('WALLET_UNKNOWN')
    network.setSending(false)
    expect(await refusal(network.send(send))).toBe('NETWORK_SENDING_OFF')
    network.setSending(true)
    expect(await feed(network)).toHaveLength(1)
    const both = await Promise.all([network.send(send), network.send(send)])
    expect(both[0]).toEqual(both[1])
    expect(both[0]).toMatchObject({ status: 'PENDING', proof: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(await refusal(network.send({ ...send, amount: btcOf(1_000n) }))).toBe('NETWORK_ID_REUSED')
    // Nothing of it reached the node for good; another process on the same file sends the same bytes.
    await network.stop()
    network = await BitcoinNetwork.open(set)
    await network.sync()
    expect(await node.call<string[]>('getrawmempool')).toContain(both[0]!.proof)
    await mine(world, 1)
    await network.sync()
    const sent = await network.sent('s1')
    expect(sent).toMatchObject({ status: 'CONFIRMED', fee: estimate.fee, proof: both[0]!.proof })
    expect((await short(network)).filter(([kind]) => kind === 'SENT').map(([, status]) => status)).toEqual(['PENDING', 'CONFIRMED'])
    const [balance] = await network.balances()
    expect(balance!.confirmed.amount).toBe((300_000n - 100_000n) * 1000n - sent!.fee.amount)
    expect(balance!.pending.amount).toBe(0n)
    expect(await node.call('getreceivedbyaddress', [to], 'payer')).toBe(Number(coins(100_000n)))
    // Somebody pays to the address of change, which stands on the chain for all to see: money from outside, told as such.
    const { vout: outputs } = await node.call<{ vout: { scriptPubKey: { address: string } }[] }>('getrawtransaction', [both[0]!.proof, 1])
    await payFrom(world, outputs.map(({ scriptPubKey }) => scriptPubKey.address).find((each) => each !== to)!, 70_000n)
    await mine(world, 1)
    await network.sync()
    expect((await short(network)).at(-1)).toEqual(['RECEIVED', 'CONFIRMED', null, 0, 70_000n, null])
    // A node that only holds less of the chain takes nothing back.
    const before = await feed(network)
    const tip = await node.call<string>('getbestblockhash')
    await node.call('invalidateblock', [tip])
    expect(await refusal(network.sync())).toBe('NETWORK_SYNCING')
    expect(await feed(network)).toEqual(before)
    await node.call('reconsiderblock', [tip])
    await network.sync()
    expect(await feed(network)).toEqual(before)
    await network.stop()
  }, SLOW)
})

describe('a node', () => {
  it('that is away, hangs, or is another chain\'s is refused by its code, and nothing is lost', async () => {
    const hanging = createServer(() => undefined)
    await new Promise<void>((listening) => hanging.listen(0, '127.0.0.1', listening))
    const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`
    const away = await BitcoinNetwork.open(fresh({ rpc: { url, user: 'a', password: 'b', timeoutMs: 200 } }))
    expect(await refusal(away.sync())).toBe('NETWORK_DOWN')
    expect(await away.status()).toMatchObject({ ok: false, reason: 'NETWORK_DOWN' })
    await away.stop()
    await new Promise((closed) => { hanging.close(closed); hanging.closeAllConnections() })
    const gone = await BitcoinNetwork.open(fresh({ rpc: { url, user: 'a', password: 'b' } }))
    expect(await refusal(gone.sync())).toBe('NETWORK_DOWN')
    await gone.stop()
    const wrong = await BitcoinNetwork.open(fresh({ rpc: { url: node.url, user: 'test', password: 'no' } }))
    expect(await refusal(wrong.sync())).toBe('NETWORK_DOWN')
    await wrong.stop()
    const other = await BitcoinNetwork.open(fresh({ chain: 'signet' }))
    expect(await refusal(other.sync())).toBe('NETWORK_REFUSED')
    await other.stop()
    expect(() => satsOf('1e-9x')).toThrow(NetworkError)
    expect([satsOf('0.00012345'), satsOf('1e-5'), satsOf(21)]).toEqual([12_345n, 1_000n, 2_100_000_000n])
  }, SLOW)
})

describe('reorganisations', () => {
  it('lose nothing, book nothing twice: the feed folds to what an independent look at the chain says', async () => {
    let life = 0
    await fc.assert(fc.asyncProperty(steps, (taken) => live(world, fresh({ signer: hdSignerOf(Buffer.alloc(32, 50 + (life++ % 200))) }), taken)), { numRuns: 6 })
  }, SLOW)
})
