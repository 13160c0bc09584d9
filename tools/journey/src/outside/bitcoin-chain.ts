import { startNode, type TestNode } from '@growr/bitcoin/testing'
import { decimalOf, unitsOf } from './decimal.ts'

/** A wallet of bitcoind's that pays and mines, for everybody outside. */
const MINER = 'miner'
/** The coins of the first block can be spent after so many. */
const MATURE = 101
/** Decimals of a bitcoin on its chain. */
export const SATOSHI = 8
/** Against a sum that another transaction of the same coins cannot pay for, satoshis. */
const FEE = 10_000n

/** A regtest chain of a journey's own: what happens on it, and what it says. */
export class BitcoinChain {
  readonly #node: TestNode

  private constructor(node: TestNode) {
    this.#node = node
  }

  /** `binary` is a bitcoind. The blocks bear the time of the journey. */
  static async start(binary: string, now: Date): Promise<BitcoinChain> {
    const chain = new BitcoinChain(await startNode(binary))
    try {
      await chain.setTime(now)
      await chain.#call('createwallet', [MINER])
      await chain.#generate(MATURE)
      return chain
    } catch (error) {
      await chain.stop()
      throw error
    }
  }

  get rpc(): { readonly url: string; readonly user: string; readonly password: string } {
    return { url: this.#node.url, user: 'test', password: 'test' }
  }

  stop(): Promise<void> {
    return this.#node.stop()
  }

  /** The clock that blocks are stamped by, and that never runs backwards. */
  async setTime(to: Date): Promise<void> {
    await this.#call('setmocktime', [Math.floor(to.getTime() / 1000)])
  }

  height(): Promise<number> {
    return this.#call<number>('getblockcount')
  }

  waiting(): Promise<string[]> {
    return this.#call<string[]>('getrawmempool')
  }

  /** Blocks of which the first takes what waits; not every block takes it, and one that does not is none of them. */
  async mine(blocks: number): Promise<void> {
    const waiting = new Set(await this.waiting())
    do await this.#generate(1)
    while (waiting.size > 0 && (await this.waiting()).some((txid) => waiting.has(txid)))
    if (blocks > 1) await this.#generate(blocks - 1)
  }

  /** Pays from outside; it waits for a block. The amount is a decimal of bitcoin. */
  pay(to: string, amount: string): Promise<string> {
    return this.#call<string>('sendtoaddress', [to, amount], MINER)
  }

  /** What lies at an address by the chain's own set of unspent coins: what was paid to it and not spent. */
  async holds(address: string): Promise<string> {
    const { success, total_amount: total } = await this.#call<{ success: boolean; total_amount: number }>('scantxoutset', ['start', [`addr(${address})`]])
    if (!success) throw new Error('the chain could not be looked through')
    return total.toFixed(SATOSHI)
  }

  /** Takes the last blocks off and builds one more in their place, all without payments: what was in them waits again. */
  async reorganise(blocks: number): Promise<void> {
    const height = await this.height()
    if (blocks >= height - MATURE + 1) throw new Error(`the chain has only ${height - MATURE} blocks since the journey began`)
    await this.#call('invalidateblock', [await this.#call<string>('getblockhash', [height - blocks + 1])])
    for (let block = 0; block <= blocks; block++) await this.#generateOf([])
  }

  /** Takes the last blocks off; in the first of those in their place, the coins of a payment from outside go back to who paid. */
  async doubleSpend(blocks: number, txid: string): Promise<string> {
    const height = await this.height()
    const { vin, vout } = await this.#call<{ vin: { txid: string; vout: number }[]; vout: { value: number }[] }>('getrawtransaction', [txid, true])
    const all = vout.reduce((sum, { value }) => sum + (unitsOf(value.toFixed(SATOSHI), SATOSHI) ?? 0n), 0n)
    const raw = await this.#call<string>('createrawtransaction', [vin.map(({ txid: of, vout: at }) => ({ txid: of, vout: at })), { [await this.#address()]: decimalOf(all - FEE, SATOSHI) }])
    await this.#call('invalidateblock', [await this.#call<string>('getblockhash', [height - blocks + 1])])
    const { hex, complete } = await this.#call<{ hex: string; complete: boolean }>('signrawtransactionwithwallet', [raw], MINER)
    if (!complete) throw new Error('its coins are not those of who pays from outside')
    await this.#generateOf([hex])
    for (let block = 0; block < blocks; block++) await this.#generateOf([])
    return txid
  }

  #address(): Promise<string> {
    return this.#call<string>('getnewaddress', [], MINER)
  }

  async #generate(blocks: number): Promise<void> {
    await this.#call('generatetoaddress', [blocks, await this.#address()])
  }

  async #generateOf(transactions: readonly string[]): Promise<void> {
    await this.#call('generateblock', [await this.#address(), transactions])
  }

  #call<T>(method: string, params: readonly unknown[] = [], wallet = ''): Promise<T> {
    return this.#node.call<T>(method, params, wallet)
  }
}
