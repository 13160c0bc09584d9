import { NetworkError } from '@growr/networks'
import { createPublicClient, http, type Hex } from 'viem'

export interface ChainTransaction { readonly hash: Hex; readonly from: Hex; readonly to: Hex | null; readonly value: bigint; readonly nonce: number; readonly gasPrice: bigint }
export interface ChainBlock { readonly height: number; readonly hash: Hex; readonly parent: Hex; readonly at: Date; readonly transactions: readonly ChainTransaction[] }
export interface ChainLog { readonly token: Hex; readonly from: Hex; readonly to: Hex; readonly value: bigint; readonly tx: Hex; readonly index: number; readonly height: number; readonly block: Hex }
export interface Receipt { readonly done: boolean; readonly gasUsed: bigint; readonly block: Hex; readonly logs: readonly ChainLog[] }

/** Of ERC-20's `Transfer(address,address,uint256)`. */
export const TRANSFER_TOPIC = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'

/** Of ERC-20's `balanceOf(address)`. */
const BALANCE_OF = '0x70a08231'

/** An answer of the node that says no; `NetworkError` NETWORK_DOWN is no answer. */
export class NodeRefusal extends Error {}

type Json = Record<string, unknown>
const hex = (value: number | bigint): Hex => `0x${value.toString(16)}`

/** A Rootstock node by JSON-RPC over HTTP. Everything throws NETWORK_DOWN where no answer comes in time, NodeRefusal where it is a no. */
export class RootstockRpc {
  readonly #client
  readonly #chain: number
  #checked = false

  constructor(url: string, chain: number, timeoutMs: number) {
    this.#client = createPublicClient({ transport: http(url, { timeout: timeoutMs, retryCount: 0 }) })
    this.#chain = chain
  }

  async call(method: string, params: readonly unknown[] = []): Promise<unknown> {
    try {
      return await (this.#client.request as (asked: { method: string; params: readonly unknown[] }) => Promise<unknown>)({ method, params })
    } catch (error) {
      for (let at: unknown = error; at instanceof Error; at = at.cause) {
        if (at.name === 'RpcRequestError') throw new NodeRefusal(String((at as Error & { details?: string }).details ?? at.message).slice(0, 200))
      }
      this.#checked = false
      throw new NetworkError('NETWORK_DOWN', 'the Rootstock node does not answer', { method })
    }
  }

  /** The node's height. NETWORK_SYNCING, or NETWORK_UNSUPPORTED where it serves another chain. */
  async ready(): Promise<number> {
    if (!this.#checked && Number(await this.call('eth_chainId')) !== this.#chain) {
      throw new NetworkError('NETWORK_UNSUPPORTED', `the node serves another chain than ${this.#chain}`)
    }
    this.#checked = true
    if (await this.call('eth_syncing') !== false) throw new NetworkError('NETWORK_SYNCING', 'the Rootstock node is not up to date')
    return Number(await this.call('eth_blockNumber'))
  }

  async blockHash(height: number): Promise<Hex | null> {
    const block = await this.call('eth_getBlockByNumber', [hex(height), false]) as Json | null
    return block === null ? null : block['hash'] as Hex
  }

  async block(height: number): Promise<ChainBlock | null> {
    const block = await this.call('eth_getBlockByNumber', [hex(height), true]) as Json | null
    if (block === null) return null
    return { height, hash: block['hash'] as Hex, parent: block['parentHash'] as Hex, at: new Date(Number(block['timestamp']) * 1000), transactions: transactionsOf(block) }
  }

  /** What waits for the next block, as the node has it; nothing where it does not say. */
  async waiting(): Promise<readonly ChainTransaction[]> {
    try {
      const block = await this.call('eth_getBlockByNumber', ['pending', true]) as Json | null
      return block === null ? [] : transactionsOf(block)
    } catch (error) {
      if (error instanceof NodeRefusal) return []
      throw error
    }
  }

  async transfers(tokens: readonly string[], from: number, to: number): Promise<ChainLog[]> {
    if (tokens.length === 0) return []
    return logsOf(await this.call('eth_getLogs', [{ address: tokens, topics: [TRANSFER_TOPIC], fromBlock: hex(from), toBlock: hex(to) }]))
  }

  async receipt(hash: Hex): Promise<Receipt | null> {
    const receipt = await this.call('eth_getTransactionReceipt', [hash]) as Json | null
    return receipt === null ? null : {
      done: receipt['status'] === '0x1', gasUsed: BigInt(receipt['gasUsed'] as Hex), block: receipt['blockHash'] as Hex, logs: logsOf(receipt['logs']),
    }
  }

  async knows(hash: string): Promise<boolean> {
    return await this.call('eth_getTransactionByHash', [hash]) !== null
  }

  async gasPrice(): Promise<bigint> { return BigInt(await this.call('eth_gasPrice') as Hex) }
  async nonce(address: string, block: 'pending' | 'latest' = 'pending'): Promise<number> { return Number(await this.call('eth_getTransactionCount', [address, block])) }
  async balance(address: string): Promise<bigint> { return BigInt(await this.call('eth_getBalance', [address, 'latest']) as Hex) }
  async tokenBalance(token: string, address: string): Promise<bigint> {
    return BigInt(await this.call('eth_call', [{ to: token, data: `${BALANCE_OF}${address.slice(2).padStart(64, '0')}` }, 'latest']) as Hex)
  }

  async estimate(tx: { from: string; to: string; data?: string; value?: Hex }): Promise<bigint> { return BigInt(await this.call('eth_estimateGas', [tx]) as Hex) }
  async broadcast(raw: string): Promise<void> { await this.call('eth_sendRawTransaction', [raw]) }
}

function transactionsOf(block: Json): ChainTransaction[] {
  return (block['transactions'] as Json[]).map(tx => ({
    hash: tx['hash'] as Hex, from: lower(tx['from']), to: tx['to'] ? lower(tx['to']) : null, value: BigInt(tx['value'] as Hex),
    nonce: Number(tx['nonce']), gasPrice: BigInt(tx['gasPrice'] as Hex),
  }))
}

function lower(value: unknown): Hex {
  return String(value).toLowerCase() as Hex
}

function logsOf(value: unknown): ChainLog[] {
  return (value as Json[]).filter(log => (log['topics'] as unknown[]).length === 3 && (log['topics'] as unknown[])[0] === TRANSFER_TOPIC && log['data'] !== '0x' && log['removed'] !== true)
    .map(log => {
      const [, from, to] = log['topics'] as string[]
      return {
        token: lower(log['address']), from: `0x${from!.slice(26)}`, to: `0x${to!.slice(26)}`, value: BigInt(log['data'] as Hex), tx: log['transactionHash'] as Hex,
        index: Number(log['logIndex']), height: Number(log['blockNumber']), block: log['blockHash'] as Hex,
      }
    })
}
