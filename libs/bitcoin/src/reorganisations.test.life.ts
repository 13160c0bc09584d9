import { NetworkError } from '@growr/networks'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { BitcoinNetwork, type BitcoinOptions } from './network.ts'
import { satsOf } from './rpc.ts'
import type { TestNode } from './testing.regtest.ts'
import { btcOf } from './tell.ts'

// Reorganisations of 1 to 6 blocks × payments that wait, are confirmed, spent or double-spent × a listener that runs, is stopped, or crashed.

export type Step =
  | { readonly do: 'pay'; readonly sats: number }
  | { readonly do: 'mine'; readonly blocks: number }
  | { readonly do: 'reorganise'; readonly blocks: number; readonly without: boolean }
  | { readonly do: 'look' | 'restart' | 'doubleSpend' | 'spend' }

export const steps: fc.Arbitrary<Step[]> = fc.array(fc.oneof<fc.Arbitrary<Step>[]>(
  fc.record({ do: fc.constant('pay' as const), sats: fc.integer({ min: 10_000, max: 3_000_000 }) }),
  fc.record({ do: fc.constant('mine' as const), blocks: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant('reorganise' as const), blocks: fc.integer({ min: 1, max: 6 }), without: fc.boolean() }),
  fc.record({ do: fc.constantFrom('look' as const, 'restart' as const, 'doubleSpend' as const, 'spend' as const) }),
), { minLength: 5, maxLength: 14 })

export interface World {
  readonly node: TestNode
  /** An address of the payer's. */
  readonly burn: string
}

/** BTC as bitcoind takes them. */
export const coins = (sats: bigint): string => `${sats / 100_000_000n}.${String(sats % 100_000_000n).padStart(8, '0')}`
export const payFrom = ({ node }: World, address: string, sats: bigint): Promise<string> => node.call('sendtoaddress', [address, coins(sats)], 'payer')
export const mine = ({ node, burn }: World, blocks: number): Promise<string[]> => node.call('generatetoaddress', [blocks, burn])

export async function inputsOf({ node }: World, id: string): Promise<{ txid: string; vout: number }[]> {
  const { vin } = await node.call<{ vin: { txid: string; vout: number }[] }>('getrawtransaction', [id, 1])
  return vin.map(({ txid, vout }) => ({ txid, vout }))
}

/** Spends these coins of the payer's to itself, with a fee that displaces what spends them now. */
export async function spendElsewhere({ node, burn }: World, inputs: readonly { txid: string; vout: number }[]): Promise<string> {
  let sum = 0n
  for (const { txid, vout } of inputs) {
    const { vout: outputs } = await node.call<{ vout: { value: number }[] }>('getrawtransaction', [txid, 1])
    sum += satsOf(outputs[vout]?.value ?? '')
  }
  const raw = await node.call<string>('createrawtransaction', [inputs.map((input) => ({ ...input, sequence: 0xfffffffd })), [{ [burn]: coins(sum - 100_000n) }]])
  const { hex } = await node.call<{ hex: string }>('signrawtransactionwithwallet', [raw], 'payer')
  return node.call('sendrawtransaction', [hex, 0])
}

/**
 * Goes through the steps, then mines until all is deep, and compares: the feed, each (id, generation) booked once and taken back once, the
 * adapter's balance, what the node finds at the addresses in its own chain, and the node's set of unspent outputs.
 */
export async function live(world: World, set: BitcoinOptions, taken: readonly Step[]): Promise<void> {
  const { node, burn } = world
  let network = await BitcoinNetwork.open(set)
  await network.sync()
  await network.createWallet({ id: 'w', purpose: 'FUNDING' })
  const addresses: string[] = []
  const txids: string[] = []
  for (const [at, each] of taken.entries()) {
    if (each.do === 'pay') {
      const { address } = await network.createListener('w', `t${at}`)
      addresses.push(address)
      txids.push(await payFrom(world, address, BigInt(each.sats)))
    } else if (each.do === 'mine') {
      await mine(world, each.blocks)
    } else if (each.do === 'look') {
      await network.sync()
    } else if (each.do === 'restart') {
      // Not stopped: what lies on disk is what there is.
      const crashed = network
      network = await BitcoinNetwork.open(set)
      await crashed.stop()
    } else if (each.do === 'reorganise') {
      const height = await node.call<number>('getblockcount')
      const from = await node.call<string>('getblockhash', [height - each.blocks + 1])
      await node.call('invalidateblock', [from])
      // Empty blocks, so that what stood in the old ones waits again; or they take it along.
      // To another address: the same block as before would be as invalid as that one.
      const other = await node.call<string>('getnewaddress', [], 'payer')
      if (each.without) for (let n = 0; n <= each.blocks; n++) await node.call('generateblock', [other, []])
      else await node.call('generatetoaddress', [each.blocks + 1, other])
    } else if (each.do === 'doubleSpend') {
      const waiting = await node.call<string[]>('getrawmempool')
      const last = txids.findLast((txid) => waiting.includes(txid))
      if (last !== undefined) await spendElsewhere(world, await inputsOf(world, last)).catch(() => undefined)
    } else {
      const [balance] = await network.balances('w')
      if (balance !== undefined && balance.confirmed.amount > 20_000_000n) {
        await network.send({ id: `s${at}`, wallets: ['w'], to: burn, amount: btcOf(10_000n), maxFee: btcOf(5_000n) }).catch((error: unknown) => {
          if (!(error instanceof NetworkError)) throw error
        })
      }
    }
  }
  await network.sync()
  await mine(world, 6)
  await network.sync()
  await network.sync()
  await compare(world, network, addresses, txids)
  await network.stop()
}

async function compare({ node }: World, network: BitcoinNetwork, addresses: readonly string[], txids: readonly string[]): Promise<void> {
  const standing = new Map<string, bigint>()
  let outgoing = 0n
  for (const { kind, id, generation, status, amount, fee } of await network.getPayments({ after: 0, limit: 10_000 })) {
    const key = `${kind}/${id}/${generation}`
    if (status === 'CONFIRMED') {
      assert.ok(!standing.has(key), `${key} twice`)
      standing.set(key, kind === 'SENT' ? -amount.amount - fee.amount : amount.amount)
      if (kind === 'SENT') outgoing += amount.amount + fee.amount
    } else if (status === 'REVERSED') {
      if (kind === 'SENT') outgoing += standing.get(key) ?? 0n
      standing.delete(key)
    }
  }
  let received = 0n
  for (const txid of txids) {
    const raw = await node.call<{ confirmations?: number; vout: { value: number; scriptPubKey: { address?: string } }[] }>('getrawtransaction', [txid, 1]).catch(() => null)
    if (raw?.confirmations === undefined || raw.confirmations < 1) continue
    for (const output of raw.vout) if (addresses.includes(output.scriptPubKey.address ?? '')) received += satsOf(output.value) * 1000n
  }
  const booked = [...standing.values()].reduce((sum, amount) => sum + amount, 0n)
  assert.equal(booked, received - outgoing, 'the feed against the chain')
  const [balance] = await network.balances('w')
  assert.equal(balance?.pending.amount, 0n, 'nothing is under way')
  assert.equal(balance?.confirmed.amount, booked, 'the balance against the feed')
  const descriptors = (await network.wallet('w'))?.descriptors ?? []
  const { total_amount: total } = await node.call<{ total_amount: number }>('scantxoutset', ['start', descriptors.map((desc) => ({ desc, range: 60 }))])
  assert.equal(satsOf(total) * 1000n, booked, 'the node\'s unspent outputs against the feed')
}
