// Our embedded Lightning node and one of another make: Debian's Electrum, on a regtest chain of their own.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startNode, type TestNode } from '@growr/bitcoin/testing'
import { LdkNode } from '@growr/lightning'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startElectrum } from './networks/electrum-daemon.mjs'
import { merkleBranch, startElectrumServer } from './networks/electrum-server.mjs'
import { ensureElectrum, NoElectrum } from './networks/electrum.mjs'

const SLOW = 240_000
const WAIT_MS = 60_000
const closing: (() => Promise<unknown> | void)[] = []
let chain: TestNode
let ours: LdkNode
let electrum: Awaited<ReturnType<typeof startElectrum>>
let miner: string

async function until<T>(what: string, fact: () => Promise<T | false | null | undefined>): Promise<T> {
  for (const end = Date.now() + WAIT_MS; ;) {
    const found = await fact()
    if (found !== false && found !== null && found !== undefined) return found
    if (Date.now() > end) throw new Error(`never happened: ${what}; Electrum: ${electrum?.log().split('\n').slice(-12).join('\n')}`)
    await new Promise((resolve) => { setTimeout(resolve, 50) })
  }
}
/** Mines, until both have seen the block. */
async function mine(blocks: number): Promise<void> {
  await chain.call('generatetoaddress', [blocks, miner])
  const height = await chain.call<number>('getblockcount')
  await ours.sync()
  await until('Electrum sees the block', async () => (await electrum.call('getinfo') as { blockchain_height: number }).blockchain_height === height && await electrum.wallet('is_synchronized') === true)
}
/** Bitcoin as Electrum writes it, in millisatoshi. */
const msatOf = (btc: string): bigint => {
  const [whole = '', rest = ''] = btc.split('.')
  return BigInt(whole) * 100_000_000_000n + BigInt(rest.padEnd(11, '0'))
}
const electrumHas = async (): Promise<{ readonly confirmed: bigint; readonly lightning: bigint }> => {
  const { confirmed, lightning = '0' } = await electrum.wallet('getbalance') as { confirmed: string; lightning?: string }
  return { confirmed: msatOf(confirmed), lightning: msatOf(lightning) }
}
/** The transaction in a block that spends the close's output to us. */
async function spender(closingId: string): Promise<string> {
  for (let height = await chain.call<number>('getblockcount'); height > 0; height--) {
    const { tx } = await chain.call<{ tx: { txid: string; vin: { txid?: string }[] }[] }>('getblock', [await chain.call('getblockhash', [height]), 2])
    const found = tx.find(({ vin }) => vin.some(({ txid }) => txid === closingId))
    if (found) return found.txid
  }
  throw new Error('nobody took what the close left')
}
/** What our node's events come to. */
const told = async (): Promise<bigint> => (await ours.events({ after: 0, limit: 1_000 })).reduce((sum, { kind, amountMsat, feeMsat }) => {
  if (kind === 'RECEIVED' || kind === 'ONCHAIN') return sum + amountMsat
  return kind === 'SENT' ? sum - amountMsat - feeMsat : kind === 'FEE' ? sum - amountMsat : sum
}, 0n)

beforeAll(async () => {
  const binary = await ensureElectrum()
  chain = await startNode(process.env['BITCOIND_PATH'] ?? '')
  closing.push(() => chain.stop())
  await chain.call('createwallet', ['miner'])
  miner = await chain.call<string>('getnewaddress', [], 'miner')
  await chain.call('generatetoaddress', [101, miner])
  const directory = mkdtempSync(join(tmpdir(), 'growr-electrum-'))
  closing.push(() => rmSync(directory, { recursive: true, force: true }))
  ours = new LdkNode({ rpc: { url: chain.url, user: 'test', password: 'test' }, chain: 'regtest', directory, seed: new Uint8Array(32).fill(7), listen: { host: '127.0.0.1', port: 0 } })
  closing.push(() => ours.stop())
  const server = await startElectrumServer(chain.call)
  closing.push(() => server.stop())
  ;[electrum] = await Promise.all([startElectrum(binary, server.port), ours.start()])
  closing.push(() => electrum.stop())
}, SLOW)
afterAll(async () => {
  for (const close of closing.toReversed()) await close()
}, SLOW)

test('the branch of a transaction is the one of Bitcoin\'s block 100,000', () => {
  // Its four transactions, and the hashes that lead from the third to the root.
  const txids = [
    '8c14f0db3df150123e6f3dbbf30f8b955a8249b62ac1d1ff16284aefa3d06d87', 'fff2525b8931402dd09222c50775608f75787bd2b87e56995a7bdd30f79702c4',
    '6359f0868171b1d194cbee1af2f16ea598ae8fad666d9b012c8ed2b79a236ec4', 'e9a66845e05d5abc0ad04ec80f774a7e585c6e8db975962d069a522137b80c1d',
  ]
  const [beside, other] = merkleBranch(txids, 2)
  expect(beside).toBe(txids[3])
  const bytes = (hash = ''): Buffer => Buffer.from(hash, 'hex').reverse()
  const twice = (...parts: Buffer[]): Buffer => createHash('sha256').update(createHash('sha256').update(Buffer.concat(parts)).digest()).digest()
  expect(twice(bytes(other), twice(bytes(txids[2]), bytes(beside))).reverse().toString('hex')).toBe('f3e94742aca4b5ef85488dc37c06c3282295ffec960994b2c0d5ac2a25a95766')
})

test('where there is no Electrum, the refusal says what to do', async () => {
  const refused = await ensureElectrum({ env: { ELECTRUM_PATH: join(tmpdir(), 'no electrum here') } }).then(() => null, (thrown: unknown) => thrown)
  expect(refused).toBeInstanceOf(NoElectrum)
  expect((refused as Error).message).toMatch(/ENOENT.*Debian's packages.*ELECTRUM_PATH/)
})

test('Electrum opens a channel, both pay, both agree to the millisatoshi, and close it together', async () => {
  await chain.call('sendtoaddress', [await electrum.wallet('getunusedaddress'), '0.1'], 'miner')
  await mine(1)
  await until('Electrum has money', async () => (await electrumHas()).confirmed === 10_000_000_000n)
  const { nodeId, address } = await ours.info()
  const outpoint = await electrum.wallet('open_channel', { connection_string: `${nodeId}@${address}`, amount: '0.04', push_amount: '0.01' }) as string
  const [fundingId = ''] = outpoint.split(':')
  await until('the channel is funded', async () => (await chain.call<string[]>('getrawmempool')).includes(fundingId))
  await mine(6)
  const channel = await until('both can use it', async () => {
    const [theirs] = await electrum.wallet('list_channels') as { state: string; peer_state: string }[]
    return theirs?.state === 'OPEN' && theirs.peer_state === 'GOOD' && (await ours.channels()).find(({ usable }) => usable)
  })
  expect(channel).toMatchObject({ capacityMsat: 4_000_000_000n, oursMsat: 1_000_000_000n })
  expect((await electrumHas()).lightning).toBe(3_000_000_000n)

  // From there to us: an invoice of ours with a fraction of a satoshi, and what proves that it was paid.
  const invoice = await ours.createInvoice({ amountMsat: 12_345_678n, description: 'a repayment', expirySeconds: 3_600 })
  const sent = await electrum.wallet('lnpay', { invoice: invoice.invoice }) as { success: boolean; preimage: string | null; payment_hash: string }
  expect(sent).toMatchObject({ success: true, payment_hash: invoice.paymentHash })
  expect(createHash('sha256').update(Buffer.from(sent.preimage ?? '', 'hex')).digest('hex')).toBe(invoice.paymentHash)
  await until('we have it', async () => (await ours.events({ after: 0, limit: 100 })).some(({ kind, paymentHash, amountMsat }) => kind === 'RECEIVED' && paymentHash === invoice.paymentHash && amountMsat === 12_345_678n))

  // From us to there.
  const { lightning_invoice: asked } = await electrum.wallet('add_request', { amount: '0.00023456', memo: 'a payout' }) as { lightning_invoice: string }
  await ours.pay({ id: 'payout', to: asked, amountMsat: 23_456_000n, maxFeeMsat: 0n })
  const paid = await until('it is answered', async () => ours.payment('payout').then((payment) => payment?.status !== 'PENDING' && payment))
  expect(paid).toMatchObject({ status: 'SENT', feeMsat: 0n, reason: null })
  expect(createHash('sha256').update(Buffer.from(paid.preimage ?? '', 'hex')).digest('hex')).toBe(paid.paymentHash)

  const held = 1_000_000_000n + 12_345_678n - 23_456_000n
  await until('both agree', async () => (await ours.balances()).channelsMsat === held && (await electrumHas()).lightning === 4_000_000_000n - held)
  expect(await told(), 'what was told of, before the close').toBe(held)

  // Closed by us, with them: what was ours comes to our address, without the fraction; the fee is whose channel it was.
  const before = (await electrumHas()).confirmed
  await ours.closeChannel(channel.id, false)
  const closingId = await until('the close is sent', async () => (await chain.call<string[]>('getrawmempool'))[0])
  await mine(1)
  expect(await ours.balances()).toMatchObject({ channelsMsat: 0n, onchainMsat: 0n, locked: [{ amountMsat: held }] })
  for (let block = 0; block < 20 && (await ours.balances()).locked.length > 0; block++) await mine(1)
  const swept = (held / 1000n) * 1000n
  const { fee, vin } = await chain.call<{ fee: number; vin: { txid: string }[] }>('getrawtransaction', [closingId, 2])
  expect(vin).toMatchObject([{ txid: fundingId }])
  const feeMsat = BigInt(Math.round(fee * 1e8)) * 1000n
  await until('Electrum has its own', async () => (await electrumHas()).confirmed === before + 4_000_000_000n - swept - feeMsat)
  // A transaction of ours takes it to our address, and costs what the chain says.
  const sweep = await chain.call<{ vin: { txid: string }[]; fee: number }>('getrawtransaction', [await spender(closingId), 2])
  const { channelsMsat, onchainMsat, locked } = await ours.balances()
  expect([channelsMsat, onchainMsat, locked]).toEqual([0n, swept - BigInt(Math.round(sweep.fee * 1e8)) * 1000n, []])
  expect(await told(), 'what was told of, after the close').toBe(onchainMsat)
  const [closed] = (await ours.events({ after: 0, limit: 100 })).filter(({ kind }) => kind === 'FEE')
  expect(closed).toMatchObject({ reason: 'CLOSE', amountMsat: held - onchainMsat })
}, SLOW)
