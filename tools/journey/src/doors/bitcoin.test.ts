import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { BitcoinRpc, finishMultisig, multisigOf, multisigPsbt, readPublicKey, scriptOf } from '@growr/bitcoin'
import { BitcoinChain } from '../outside/bitcoin-chain.ts'
import { BitcoinDoor } from './bitcoin.ts'
import type { Actor, Outcome } from './door.ts'

// Over a real bitcoind; the node of the journey is the test itself, which notes what it is waited for.

const START = new Date('2026-03-01T14:00:00.000Z')
const iris: Actor = { name: 'iris', person: { role: 'INVESTOR' } }
const ana: Actor = { name: 'ana', person: { role: 'ORIGINATOR_ADMIN' } }
let chain: BitcoinChain
let rpc: BitcoinRpc
let door: BitcoinDoor
let happened: string[] = []
const noted: string[] = []

beforeAll(async () => {
  chain = await BitcoinChain.start(process.env['BITCOIND_PATH']!, START)
  rpc = new BitcoinRpc(chain.rpc)
  const watch = { rest: () => Promise.resolve(void happened.push('rest')), seen: (network: string, height: number) => Promise.resolve(void happened.push(`${network} ${height}`)) }
  door = new BitcoinDoor({ chain, watch, note: (address) => noted.push(address) })
})
afterAll(() => chain?.stop())
beforeEach(() => {
  happened = []
})

const act = (actor: Actor, operation: string, given: Record<string, unknown> = {}): Promise<Outcome> => door.perform(actor, { kind: operation === 'received' ? 'query' : 'do', operation, with: given })
async function done<T = Record<string, string>>(actor: Actor, operation: string, given: Record<string, unknown> = {}): Promise<T> {
  const outcome = await act(actor, operation, given)
  if ('refusal' in outcome) throw new Error(outcome.refusal.message)
  return outcome.result as T
}
const lies = async (address: string): Promise<string> => (await done(iris, 'received', { address }))['amount']!

test('what is paid is there with its block; the node is at rest before, and has seen it afterwards', async () => {
  const { address } = await done(iris, 'newAddress')
  expect(address).toMatch(/^bcrt1q/)
  expect(await done(ana, 'pay', { to: address, amount: '0.015' })).toMatchObject({ amount: '0.01500000', txid: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
  expect(await lies(address!)).toBe('0.00000000')
  expect(await done<{ height: number }>(ana, 'mine', { blocks: 3 })).toEqual({ height: 104 })
  expect(await lies(address!)).toBe('0.01500000')
  expect(happened).toEqual(['rest', 'bitcoin 104'])
  expect(noted).toContain(address)
  expect((await done(iris, 'newAddress', { kind: 'p2tr' }))['address']).toMatch(/^bcrt1p/)
})

test('blocks bear the time of the journey', async () => {
  await chain.setTime(new Date('2026-07-01T14:00:00.000Z'))
  await done(ana, 'mine')
  const { time } = await rpc.call<{ time: number }>('getblockheader', await rpc.call<string>('getbestblockhash'))
  expect(new Date(time * 1000)).toEqual(new Date('2026-07-01T14:00:00.000Z'))
})

test('what a block held waits after a reorganisation, comes again at once, or never', async () => {
  const { address } = await done(iris, 'newAddress')
  await done(ana, 'pay', { to: address, amount: '0.001' })
  await done(ana, 'mine')
  await done(ana, 'reorganise', { blocks: 1 })
  expect(await lies(address!)).toBe('0.00000000')
  await done(ana, 'mine')
  expect(await lies(address!)).toBe('0.00100000')
  happened = []
  const { height } = await done<{ height: number }>(ana, 'reorganise', { blocks: 1, payments: 'again' })
  expect(await lies(address!)).toBe('0.00100000')
  // It has seen the chain without the payment in between.
  expect(happened).toEqual(['rest', `bitcoin ${height - 1}`, 'rest', `bitcoin ${height}`])
  const { txid } = await done(ana, 'pay', { to: address, amount: '0.002' })
  await done(ana, 'mine', { blocks: 2 })
  expect(await lies(address!)).toBe('0.00300000')
  await done(ana, 'reorganise', { blocks: 2, without: txid })
  await done(ana, 'mine', { blocks: 2 })
  expect(await lies(address!)).toBe('0.00100000')
  expect(await chain.waiting()).toEqual([])
})

test('a person signs what asks for a key of theirs: a release that two agree upon, and a refund that comes too early once', async () => {
  const keyOf = async (actor: Actor) => readPublicKey((await done(actor, 'newKey'))['key']!, 'regtest')
  const shared = multisigOf({ investor: await keyOf(iris), originator: await keyOf(ana), refund: await keyOf(iris), refundAfter: 3 }, 'regtest')
  const deposit = async (): Promise<{ txid: string; vout: number; value: bigint }> => {
    const { txid } = await done(iris, 'pay', { to: shared.address, amount: '0.01' })
    await done(ana, 'mine')
    const { vout } = await rpc.call<{ vout: { n: number; scriptPubKey: { address?: string } }[] }>('getrawtransaction', txid, true)
    return { txid: txid!, vout: vout.find(({ scriptPubKey }) => scriptPubKey.address === shared.address)!.n, value: 1_000_000n }
  }
  const { address } = await done(ana, 'newAddress')
  const spend = { to: scriptOf(address!, 'regtest'), rate: 2, maxFee: 10_000n }
  const release = multisigPsbt(shared, { ...spend, leaf: 'release', coins: [await deposit()] })
  const hers = await done<{ psbt: string; signed: number }>(iris, 'signPsbt', { psbt: release.psbt })
  expect(hers.signed).toBe(1)
  expect(() => finishMultisig(shared, 'release', release.psbt, [hers.psbt])).toThrow(expect.objectContaining({ code: 'PSBT_INVALID' }))
  const theirs = await done(ana, 'signPsbt', { psbt: release.psbt })
  await rpc.call('sendrawtransaction', finishMultisig(shared, 'release', release.psbt, [hers.psbt, theirs['psbt']!]).hex)
  await done(ana, 'mine')
  expect(await lies(address!)).toBe(`0.00${String(release.value)}`)
  const back = multisigPsbt(shared, { ...spend, leaf: 'refund', coins: [await deposit()] })
  expect(await done<{ signed: number }>(ana, 'signPsbt', { psbt: back.psbt })).toMatchObject({ signed: 0 })
  const refund = finishMultisig(shared, 'refund', back.psbt, [(await done(iris, 'signPsbt', { psbt: back.psbt }))['psbt']!]).hex
  await expect(rpc.call('sendrawtransaction', refund)).rejects.toThrow(/non-BIP68-final/)
  await done(ana, 'mine', { blocks: 2 })
  await rpc.call('sendrawtransaction', refund)
})

test.each(['p2wpkh', 'p2tr'])('a person spends from their own address of kind %s', async (kind) => {
  const { address } = await done(iris, 'newAddress', { kind })
  const { txid } = await done(ana, 'pay', { to: address, amount: '0.01' })
  await done(ana, 'mine')
  const { vout } = await rpc.call<{ vout: { n: number; scriptPubKey: { address?: string } }[] }>('getrawtransaction', txid, true)
  const at = vout.find(({ scriptPubKey }) => scriptPubKey.address === address)!.n
  const { address: to } = await done(ana, 'newAddress')
  const unsigned = await rpc.call<string>('utxoupdatepsbt', await rpc.call<string>('createpsbt', [{ txid, vout: at }], { [to!]: '0.0099' }))
  const { psbt, signed } = await done<{ psbt: string; signed: number }>(iris, 'signPsbt', { psbt: unsigned })
  expect(signed).toBe(1)
  const { hex, complete } = await rpc.call<{ hex: string; complete: boolean }>('finalizepsbt', psbt)
  expect(complete).toBe(true)
  await rpc.call('sendrawtransaction', hex)
  await done(ana, 'mine')
  expect(await lies(to!)).toBe('0.00990000')
})

test.each([
  ['do', 'mine', { count: 3 }, /mine takes no "count"; it takes blocks/],
  ['do', 'mine', { blocks: 51 }, /mine: blocks is number/],
  ['query', 'mine', {}, /bitcoin has `do: mine`, .*not `query: mine`/],
  ['do', 'toString', {}, /not `do: toString`/],
  ['do', 'pay', { to: 'x', amount: '0.000000001' }, /an amount is a decimal with at most 8 decimals/],
  ['do', 'pay', { to: 'x', amount: '-1' }, /an amount is a decimal/],
  ['do', 'pay', { to: 'nobody', amount: '1' }, /pay: sendtoaddress: Invalid/],
  ['do', 'newAddress', { kind: 'p2sh' }, /a kind is p2wpkh or p2tr/],
  ['do', 'reorganise', { blocks: 1, payments: 'gone' }, /payments are waiting/],
  ['do', 'reorganise', { blocks: 1, payments: 'again', without: '00' }, /cannot come again/],
  ['do', 'reorganise', { blocks: 50 }, /the chain has only/],
  ['do', 'signPsbt', { psbt: 'bm90aGluZw==' }, /^signPsbt: /],
  ['query', 'received', { address: 'nobody' }, /^received: scantxoutset/],
] as const)('what makes no sense is said: %s %s %j', async (kind, operation, given, message) => {
  expect(await door.perform(ana, { kind, operation, with: given })).toMatchObject({ refusal: { code: 'JOURNEY_INVALID', message: expect.stringMatching(message) as string } })
})
