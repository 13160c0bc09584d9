import { startNode, type TestNode } from '@growr/bitcoin/testing'
import type { World } from '../testing/world.ts'

/** A regtest chain with a miner's wallet, as the outside of a node. */
export interface Outside {
  readonly chain: TestNode
  address(): Promise<string>
  mine(blocks: number): Promise<void>
  /** Blocks without a payment, also where some wait. */
  mineEmpty(blocks: number): Promise<void>
  pay(to: string, btc: string): Promise<string>
  /** What an address outside got, in bitcoin. */
  got(to: string): Promise<number>
  /** Takes the last blocks off and builds one more without any payment. */
  reorganise(blocks: number): Promise<void>
}

/** `binary` is a bitcoind; the one that `npm test` sets up, unless told. */
export async function startOutside(binary = process.env['BITCOIND_PATH']): Promise<Outside> {
  if (!binary) throw new Error('BITCOIND_PATH names no bitcoind: npm test sets one up')
  const chain = await startNode(binary)
  await chain.call('createwallet', ['miner'])
  const address = (): Promise<string> => chain.call<string>('getnewaddress', [], 'miner')
  const mine = async (blocks: number): Promise<void> => {
    const waiting = await chain.call<string[]>('getrawmempool')
    const to = await address()
    // Not every block takes what waits: the first that counts is the one that does.
    do await chain.call('generatetoaddress', [1, to])
    while (waiting.length > 0 && (await chain.call<string[]>('getrawmempool')).some((txid) => waiting.includes(txid)))
    if (blocks > 1) await chain.call('generatetoaddress', [blocks - 1, to])
  }
  const mineEmpty = async (blocks: number): Promise<void> => {
    for (let block = 0; block < blocks; block++) await chain.call('generateblock', [await address(), []])
  }
  await mine(101)
  return {
    chain, address, mine, mineEmpty,
    pay: (to, btc) => chain.call<string>('sendtoaddress', [to, btc], 'miner'),
    got: (to) => chain.call<number>('getreceivedbyaddress', [to, 1], 'miner'),
    reorganise: async (blocks) => {
      const height = await chain.call<number>('getblockcount')
      await chain.call('invalidateblock', [await chain.call<string>('getblockhash', [height - blocks + 1])])
      await mineEmpty(blocks + 1)
    },
  }
}

/** A project's accounts that hold something: P is the project, O the organization. */
export async function accountsOf(world: World, key: string): Promise<Record<string, string>> {
  const list = await world.door.do<{ account: string; currency: string; balance: string }[]>(world.comsa.admin, 'projectAccounts', { key })
  return Object.fromEntries(list.filter(({ balance }) => Number(balance) !== 0).map(({ account, currency, balance }) => [`${account.replaceAll(key, 'P').replaceAll(world.comsa.id, 'O')} ${currency}`, balance]))
}

/** What the wallets of a project hold of a coin by the network itself, seen and not yet deep included. */
export async function heldOf(world: World, key: string, coin = 'BTC'): Promise<number> {
  const list = await world.door.do<{ currency: string; confirmed: string; pending: string; locked: { amount: string }[] }[]>(world.comsa.admin, 'networkBalances', { project: key })
  const parts = list.filter(({ currency }) => currency === coin).flatMap(({ confirmed, pending, locked }) => [confirmed, pending, ...locked.map(({ amount }) => amount)])
  // Summed as digits: as floats the parts of an amount come to something beside it.
  const units = parts.map((text) => BigInt((text.split('.')[0] ?? '') + (text.split('.')[1] ?? '').padEnd(18, '0'))).reduce((sum, part) => sum + part, 0n)
  return Number(`${units / 10n ** 18n}.${(units % 10n ** 18n).toString().padStart(18, '0')}`)
}
