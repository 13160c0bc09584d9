import { randomBytes } from 'node:crypto'
import { startAnvil, type Anvil } from '@growr/rootstock/testing'

/** Of RBTC and of the token. */
export const WEI = 18
/** The token of a journey, by the name under which its node knows it. */
export const TOKEN = 'DOC'
const SUPPLY = 10n ** 27n

const word = (hex: string): string => hex.toLowerCase().padStart(64, '0')

/** A Rootstock-like chain of a journey's own, with a token on it, and somebody who is rich in both. */
export class RootstockChain {
  readonly #node: Anvil
  readonly #token: string

  private constructor(node: Anvil, token: string) {
    this.#node = node
    this.#token = token
  }

  static async start(): Promise<RootstockChain> {
    const node = await startAnvil()
    try {
      return new RootstockChain(node, await node.deployToken(SUPPLY, WEI))
    } catch (error) {
      await node.stop()
      throw error
    }
  }

  get url(): string {
    return this.#node.url
  }

  /** As the node's configuration has it. */
  get tokens(): string {
    return `${TOKEN}=${this.#token}:${WEI}`
  }

  stop(): Promise<void> {
    return this.#node.stop()
  }

  async height(): Promise<number> {
    return Number(await this.#node.call('eth_blockNumber'))
  }

  mine(blocks: number): Promise<void> {
    return this.#node.mine(blocks)
  }

  /** Takes the last blocks off and builds as many without what was in them; what was is forgotten, as by nodes that drop it. */
  async reorganise(blocks: number): Promise<void> {
    await this.#node.call('anvil_reorg', blocks, [])
  }

  /** Pays from outside; it waits for a block. The hash of its transaction. */
  async pay(to: string, units: bigint, currency: string): Promise<string> {
    if (currency !== TOKEN) return this.#node.pay(to, units)
    return String(await this.#node.call('eth_sendTransaction', { from: this.#node.rich, to: this.#token, data: `0xa9059cbb${word(to.slice(2))}${word(units.toString(16))}`, gas: '0x186a0', gasPrice: '0x3938700' }))
  }

  /** What lies at an address by the last block. */
  async holds(address: string, currency: string): Promise<bigint> {
    const held = currency === TOKEN
      ? await this.#node.call('eth_call', { to: this.#token, data: `0x70a08231${word(address.slice(2))}` }, 'latest')
      : await this.#node.call('eth_getBalance', address.toLowerCase(), 'latest')
    return BigInt(String(held))
  }

  /** An address that nobody has used. */
  static address(): string {
    return `0x${randomBytes(20).toString('hex')}`
  }
}
