import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hdSignerOf } from '@growr/networks/testing'
import { NetworkError } from '@growr/networks'
import * as btc from '@scure/btc-signer'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BitcoinNetwork, type BitcoinOptions } from './network.ts'
import { startNode, type TestNode } from './testing.regtest.ts'
import { mine, payFrom, type World } from './reorganisations.test.life.ts'
import { btcOf } from './tell.ts'

const SLOW = 120_000
const folder = mkdtempSync(join(tmpdir(), 'bitcoin deposits '))
const most = btcOf(10_000n)
// Of the payer's own wallet: @scure/btc-signer holds them and signs, as another maker's device would.
const [release, refund] = [Buffer.alloc(32, 0x51), Buffer.alloc(32, 0x52)]
const publicKey = (key: Uint8Array): string => `02${Buffer.from(btc.utils.pubSchnorr(key)).toString('hex')}`
const terms = { wallet: 'p1.multisig', payer: publicKey(release), refund: publicKey(refund), refundAfter: 12 }
let node: TestNode
let world: World
let options: BitcoinOptions
let network: BitcoinNetwork

beforeAll(async () => {
  node = await startNode(process.env['BITCOIND_PATH'] ?? '')
  await node.call('createwallet', ['payer'])
  world = { node, burn: await node.call<string>('getnewaddress', [], 'payer') }
  await mine(world, 130)
  options = { rpc: { url: node.url, user: 'test', password: 'test' }, chain: 'regtest', file: join(folder, 'b.db'), signer: hdSignerOf(Buffer.alloc(32, 9)), fallbackRate: 2, confirmations: [{ upTo: 100_000_000n, blocks: 2 }] }
  network = await BitcoinNetwork.open(options)
  await network.sync()
  await network.createWallet({ id: 'p1.multisig', purpose: 'MULTISIG' })
  await network.createWallet({ id: 'p1.funding', purpose: 'FUNDING' })
}, SLOW)
afterAll(async () => {
  await network?.stop()
  await node?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const again = async (): Promise<void> => {
  await network.stop()
  network = await BitcoinNetwork.open(options)
  await network.sync()
}
const blocks = async (count: number): Promise<void> => {
  await mine(world, count)
  await network.sync()
}
const sums = async (id: string): Promise<Record<string, bigint>> => {
  const found = await network.deposit(id)
  return Object.fromEntries((['pending', 'held', 'releasing', 'released', 'refunded'] as const).map((each) => [each, (found?.[each].amount ?? -1n) / 1000n]).filter(([, amount]) => amount !== 0n)) as Record<string, bigint>
}
const signed = (psbt: string, key: Uint8Array): string => {
  const tx = btc.Transaction.fromPSBT(Uint8Array.from(Buffer.from(psbt, 'base64')), { allowUnknownInputs: true, allowUnknownOutputs: true })
  for (let at = 0; at < tx.inputsLength; at++) tx.signIdx(key, at)
  return Buffer.from(tx.toPSBT(0)).toString('base64')
}
const refused = async (work: Promise<unknown>): Promise<string> => work.then(() => 'nothing', (error: unknown) => (error instanceof NetworkError ? error.code : String(error)))
/** The height at which the chain's own index has a transaction; null where it is in no block. */
const mined = async (txid: string): Promise<boolean> => ((await node.call<{ confirmations?: number }>('getrawtransaction', [txid, 1])).confirmations ?? 0) > 0

it('is made once, and bitcoind reads the same address out of its descriptor', async () => {
  const made = await network.createDeposit({ id: 'd1', ...terms })
  expect(await network.createDeposit({ id: 'd1', ...terms })).toEqual(made)
  expect(await node.call<string[]>('deriveaddresses', [made.descriptor])).toEqual([made.address])
  expect((await network.createDeposit({ id: 'd2', ...terms })).address).not.toBe(made.address)
  expect(await refused(network.createDeposit({ id: 'd1', ...terms, refundAfter: 13 }))).toBe('NETWORK_ID_REUSED')
  expect(await refused(network.createDeposit({ id: 'd3', ...terms, refund: terms.payer }))).toBe('KEY_INVALID')
  expect(await refused(network.createDeposit({ id: 'd3', ...terms, payer: 'nothing' }))).toBe('KEY_INVALID')
  expect(await refused(network.createDeposit({ id: 'd3', ...terms, wallet: 'nobody' }))).toBe('WALLET_UNKNOWN')
  expect(await network.deposit('d3')).toBeNull()
})

it('is released by both alone, once, over a restart, and comes in where it was meant for', async () => {
  const { address } = (await network.deposit('d1'))!
  const { address: to } = await network.createListener('p1.funding', 'intent-1')
  expect(await refused(network.draftDeposit({ id: 'd1', move: 'RELEASE', to, maxFee: most }))).toBe('BALANCE_INSUFFICIENT')
  await payFrom(world, address, 500_000n)
  await network.sync()
  expect(await sums('d1')).toEqual({ pending: 500_000n })
  await blocks(2)
  const height = await node.call<number>('getblockcount')
  expect(await sums('d1')).toEqual({ held: 500_000n })
  expect((await network.deposit('d1'))!.refundHeight).toBe(height - 1 + 12)
  // No wallet has it, and no send can take it.
  expect((await network.balances()).every(({ confirmed, pending }) => confirmed.amount === 0n && pending.amount === 0n)).toBe(true)

  expect(await refused(network.draftDeposit({ id: 'd1', move: 'RELEASE', to, maxFee: btcOf(10n) }))).toBe('FEE_ABOVE_CEILING')
  const draft = await network.draftDeposit({ id: 'd1', move: 'RELEASE', to, maxFee: most })
  expect(draft.amount.amount + draft.fee.amount).toBe(500_000_000n)
  // Ours alone is not enough, and neither is a signature by the key that only takes back, nor one of another transaction.
  expect(await refused(network.moveDeposit('d1', draft.psbt))).toBe('PSBT_INVALID')
  expect(() => signed(draft.psbt, refund)).toThrow()
  expect(await refused(network.moveDeposit('d2', signed(draft.psbt, release)))).toBe('PSBT_OTHER')
  await again()
  network.setSending(false)
  expect(await refused(network.moveDeposit('d1', signed(draft.psbt, release)))).toBe('NETWORK_SENDING_OFF')
  network.setSending(true)
  const [one, other] = await Promise.all([network.moveDeposit('d1', signed(draft.psbt, release)), network.moveDeposit('d1', signed(draft.psbt, release))])
  expect(one.last).toEqual(other.last)
  expect(await sums('d1')).toEqual({ releasing: 500_000n })
  await again()
  expect(await network.moveDeposit('d1', signed(draft.psbt, release))).toMatchObject({ last: one.last })
  await blocks(2)
  expect(await sums('d1')).toEqual({ released: 500_000n })
  expect(await mined(one.last!.proof)).toBe(true)
  const came = (await network.getPayments({ after: 0, limit: 100, wallet: 'p1.funding' })).filter(({ status }) => status === 'CONFIRMED')
  expect(came.map(({ kind, tag, amount, proof }) => [kind, tag, amount.amount, proof])).toEqual([['RECEIVED', 'intent-1', draft.amount.amount, one.last!.proof]])
  expect((await network.balances('p1.funding'))[0]!.confirmed).toEqual(draft.amount)
}, SLOW)

it('goes back to the payer after its blocks and not before, by the other key alone', async () => {
  const { address } = (await network.deposit('d2'))!
  const home = await node.call<string>('getnewaddress', [], 'payer')
  await payFrom(world, address, 300_000n)
  await blocks(10)
  expect(await refused(network.draftDeposit({ id: 'd2', move: 'REFUND', to: home, maxFee: most }))).toBe('BALANCE_INSUFFICIENT')
  await blocks(2)
  const draft = await network.draftDeposit({ id: 'd2', move: 'REFUND', to: home, maxFee: most })
  expect(await refused(network.moveDeposit('d2', draft.psbt))).toBe('PSBT_INVALID')
  expect(() => signed(draft.psbt, release)).toThrow()
  const sent = await network.moveDeposit('d2', signed(draft.psbt, refund))
  await blocks(1)
  expect(await mined(sent.last!.proof)).toBe(true)
  expect(await sums('d2')).toEqual({ refunded: 300_000n })
  expect(await node.call<number>('getreceivedbyaddress', [home, 1], 'payer')).toBe(Number(draft.amount.amount) / 1e11)
}, SLOW)

it('taken back elsewhere, by the descriptor alone, is seen; a release that comes too late is refused', async () => {
  const deposit = await network.createDeposit({ id: 'd4', ...terms })
  const { address: to } = await network.createListener('p1.funding', 'intent-4')
  await payFrom(world, deposit.address, 200_000n)
  await blocks(12)
  const late = await network.draftDeposit({ id: 'd4', move: 'RELEASE', to, maxFee: most })
  const home = await node.call<string>('getnewaddress', [], 'payer')
  const draft = await network.draftDeposit({ id: 'd4', move: 'REFUND', to: home, maxFee: most })
  // Sent past the node, as any wallet can that knows the descriptor.
  const tx = btc.Transaction.fromPSBT(Uint8Array.from(Buffer.from(signed(draft.psbt, refund), 'base64')), { allowUnknownInputs: true, allowUnknownOutputs: true })
  const { tapScriptSig, tapLeafScript } = tx.getInput(0)
  const [[control, script] = []] = tapLeafScript ?? []
  tx.updateInput(0, { finalScriptWitness: [tapScriptSig![0]![1], script!.subarray(0, -1), btc.TaprootControlBlock.encode(control!)] }, true)
  await node.call('sendrawtransaction', [tx.hex])
  await network.sync()
  expect(await refused(network.moveDeposit('d4', signed(late.psbt, release)))).toBe('PSBT_OTHER')
  await blocks(1)
  expect(await sums('d4')).toEqual({ refunded: 200_000n })
  expect(await refused(network.draftDeposit({ id: 'd4', move: 'RELEASE', to, maxFee: most }))).toBe('BALANCE_INSUFFICIENT')
}, SLOW)
