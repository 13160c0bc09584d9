import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LdkNode, readInvoice } from '@growr/lightning'
import type { BitcoinChain } from './bitcoin-chain.ts'
import { decimalOf } from './decimal.ts'
import { until } from './poll.ts'

/** Decimals of a bitcoin on Lightning. */
export const MILLISATOSHI = 11
/** What it has for its channels, in bitcoin. */
const FUNDS = '1'
const FEES_MSAT = 100_000n
const CONFIRMED = 3

export interface Paid {
  readonly status: string
  readonly reason: string | null
  readonly fee: string
}

/** Somebody's Lightning node, over the chain of the journey. */
export class LightningPeer {
  readonly #node: LdkNode
  readonly #chain: BitcoinChain
  readonly #folder: string
  #payments = 0

  private constructor(node: LdkNode, chain: BitcoinChain, folder: string) {
    this.#node = node
    this.#chain = chain
    this.#folder = folder
  }

  /** With money on the chain for channels. */
  static async start(chain: BitcoinChain): Promise<LightningPeer> {
    const folder = await mkdtemp(join(tmpdir(), 'growr-peer-'))
    const peer = new LightningPeer(new LdkNode({ rpc: chain.rpc, chain: 'regtest', directory: folder, seed: new Uint8Array(32).fill(9), listen: { host: '127.0.0.1', port: 0 } }), chain, folder)
    try {
      await peer.#node.start()
      await chain.pay(await peer.#node.onchainAddress(), FUNDS)
      await chain.mine(CONFIRMED)
      await peer.look()
      return peer
    } catch (error) {
      await peer.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    await this.#node.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** Sees what the chain has. */
  look(): Promise<void> {
    return this.#node.sync()
  }

  async place(): Promise<{ nodeId: string; address: string | null }> {
    const { nodeId, address } = await this.#node.info()
    return { nodeId, address }
  }

  /** Opens a channel to a node and pushes a part of it there; its transaction waits for a block then. */
  async openChannel(peer: string, address: string, capacityMsat: bigint, pushMsat: bigint): Promise<{ id: string }> {
    const opened = await this.#node.openChannel({ id: randomUUID(), peer, address, capacityMsat, pushMsat })
    await until('the transaction of the channel is on its way', async () => (await this.#chain.waiting()).length > 0)
    return opened
  }

  /** Resolves when no channel is being opened any more. */
  async usable(): Promise<void> {
    await until('the channel can be used', async () => (await this.#node.channels()).every(({ usable }) => usable))
  }

  /** An invoice of theirs, good for an hour. */
  async invoice(amountMsat: bigint): Promise<{ invoice: string; paymentHash: string }> {
    const { invoice, paymentHash } = await this.#node.createInvoice({ amountMsat, description: 'an invoice from outside', expirySeconds: 3_600 })
    return { invoice, paymentHash }
  }

  /** From now on it is not honoured. */
  cancel(invoice: string): Promise<boolean> {
    return this.#node.cancelInvoice(readInvoice(invoice).paymentHash)
  }

  /** Pays what an invoice says, and waits for the final answer. Throws NetworkError where it cannot be tried. */
  async pay(invoice: string): Promise<Paid> {
    const { amountMsat } = readInvoice(invoice)
    if (amountMsat === null) throw new Error('the invoice names no amount')
    const id = `outside-${++this.#payments}`
    await this.#node.pay({ id, to: invoice, amountMsat, maxFeeMsat: FEES_MSAT })
    await until('the payment has its answer', async () => (await this.#node.payment(id))?.status !== 'PENDING')
    const { status, reason, feeMsat } = (await this.#node.payment(id))!
    return { status, reason, fee: decimalOf(feeMsat, MILLISATOSHI) }
  }

  /** What an invoice of theirs has brought, as a decimal of bitcoin. */
  async received(invoice: string): Promise<string> {
    const { paymentHash } = readInvoice(invoice)
    let sum = 0n
    for (let after = 0; ;) {
      const page = await this.#node.events({ after, limit: 100 })
      for (const { kind, paymentHash: of, amountMsat } of page) if (kind === 'RECEIVED' && of === paymentHash) sum += amountMsat
      const last = page.at(-1)
      if (!last) return decimalOf(sum, MILLISATOSHI)
      after = last.seq
    }
  }
}
