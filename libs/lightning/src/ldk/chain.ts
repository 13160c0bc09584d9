import { findInBlock, headOf, outpointKey, Watched, type BitcoinRpc } from '@growr/bitcoin'
import type { NodeStore } from './store.ts'
import { unhex, type NodeWallet } from './wallet.ts'

export interface Tip {
  readonly hash: string
  readonly height: number
}

interface Header {
  readonly hash: string
  readonly height: number
  readonly confirmations: number
  readonly previousblockhash?: string
  readonly nextblockhash?: string
}

/** Somebody who is told of blocks in order: LDK's manager, its monitors, our wallet. */
export interface BlockListener {
  connected(block: { readonly raw: Uint8Array; readonly header: Uint8Array; readonly height: number; readonly hash: string; /** Each transaction's bytes, where they are asked for. */ readonly transactions: () => Promise<readonly Uint8Array[]> }): Promise<void> | void
  disconnected(header: Uint8Array, height: number): void
}

/** Follows a bitcoind from a block that was known: back to the common ancestor where that was reorganised away, then forward. */
export class ChainFollower {
  readonly #rpc: BitcoinRpc

  constructor(rpc: BitcoinRpc) {
    this.#rpc = rpc
  }

  async best(): Promise<Tip> {
    const { bestblockhash, blocks } = await this.#rpc.call<{ bestblockhash: string; blocks: number }>('getblockchaininfo')
    return { hash: bestblockhash, height: blocks }
  }

  #header(hash: string): Promise<Header> {
    return this.#rpc.call<Header>('getblockheader', hash)
  }

  /** Brings a listener from its block to one that is the chain's end at that moment; gives that, after each block as well. */
  async bring(listener: BlockListener, from: Tip, step: (tip: Tip) => void = () => undefined): Promise<Tip> {
    let at = await this.#header(from.hash)
    let tip = from
    while (at.confirmations < 0) {
      listener.disconnected(unhex(await this.#rpc.call<string>('getblockheader', at.hash, false)), at.height)
      tip = { hash: at.previousblockhash ?? '', height: at.height - 1 }
      step(tip)
      at = await this.#header(tip.hash)
    }
    while (at.nextblockhash !== undefined) {
      const hash = at.nextblockhash
      const raw = unhex(await this.#rpc.call<string>('getblock', hash, 0))
      const height = at.height + 1
      const transactions = async (): Promise<readonly Uint8Array[]> => (await this.#rpc.call<{ tx: { hex: string }[] }>('getblock', hash, 2)).tx.map((one) => unhex(one.hex))
      await listener.connected({ raw, header: raw.slice(0, 80), height, hash, transactions })
      tip = { hash, height }
      step(tip)
      at = await this.#header(hash)
    }
    return tip
  }
}

/** Finds the wallet's coins in blocks, and takes back what was in blocks that are gone. */
export function walletListener(store: NodeStore, wallet: NodeWallet): BlockListener {
  return {
    connected({ raw, height }) {
      const bytes = Buffer.from(raw)
      headOf(bytes)
      const coins = new Watched()
      for (const row of store.all('SELECT txid, vout FROM coin WHERE spentHeight IS NULL')) coins.add(outpointKey(String(row['txid']), Number(row['vout'])))
      const scripts = new Watched().add(Buffer.from(wallet.script).toString('latin1'))
      for (const { txid, outputs, spends } of findInBlock(bytes, { scripts, coins })) {
        for (const { vout, sats } of outputs) {
          store.run('INSERT INTO coin (txid, vout, sats, height) VALUES (?, ?, ?, ?) ON CONFLICT (txid, vout) DO UPDATE SET height = excluded.height', txid, vout, sats, height)
          coins.add(outpointKey(txid, vout))
        }
        for (const spent of spends) {
          const from = Buffer.from(spent, 'latin1')
          store.run('UPDATE coin SET spent = ?, spentHeight = ? WHERE txid = ? AND vout = ?', txid, height, Buffer.from(from.subarray(0, 32)).reverse().toString('hex'), from.readUInt32LE(32))
        }
        store.run('UPDATE tx SET height = ? WHERE txid = ?', height, txid)
      }
    },
    disconnected(_header, height) {
      // A coin of ours stays known: its transaction is ours to send again, or comes again by itself.
      store.run('UPDATE coin SET height = NULL WHERE height = ?', height)
      store.run('UPDATE coin SET spentHeight = NULL WHERE spentHeight = ?', height)
      store.run('UPDATE tx SET height = NULL WHERE height = ?', height)
    },
  }
}
