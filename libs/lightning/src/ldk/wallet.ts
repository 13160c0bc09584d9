import { BitcoinRpc, chainOf, dustOf, RpcRefusal, scriptOf, type Chain } from '@growr/bitcoin'
import { NetworkError } from '@growr/networks'
import { HDKey } from '@scure/bip32'
import * as btc from '@scure/btc-signer'
import type { NodeStore } from './store.ts'

const NETWORKS = {
  main: { bech32: 'bc', pubKeyHash: 0x00, scriptHash: 0x05, wif: 0x80 },
  test: { bech32: 'tb', pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef },
} as const

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
export const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))
/** Hashes are shown the other way round than they are stored. */
export const turned = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes).reverse()

/** Of a P2WPKH coin, an output and what a transaction has besides, in virtual bytes. */
const INPUT = 68
const OUTPUT = 43
const BASE = 11

/** The node's own on-chain money: one P2WPKH key of its seed, whose coins are found in blocks. Channels are opened out of it and close into it. */
export class NodeWallet {
  readonly address: string
  readonly script: Uint8Array
  readonly #key: Uint8Array
  readonly #store: NodeStore
  readonly #rpc: BitcoinRpc
  readonly #chain: Chain

  constructor(seed: Uint8Array, chain: string, store: NodeStore, rpc: BitcoinRpc) {
    this.#store = store
    this.#rpc = rpc
    this.#chain = chainOf(chain)
    const network = { ...NETWORKS[this.#chain === 'main' ? 'main' : 'test'], ...(this.#chain === 'regtest' ? { bech32: 'bcrt' } : {}) }
    const key = HDKey.fromMasterSeed(seed).derive(`m/84'/${this.#chain === 'main' ? 0 : 1}'/0'/0/0`)
    if (!key.privateKey || !key.publicKey) throw new NetworkError('KEY_INVALID', 'the seed gives no key')
    const paid = btc.p2wpkh(key.publicKey, network)
    this.#key = key.privateKey
    this.address = paid.address as string
    this.script = paid.script
  }

  /** Satoshis for each virtual byte. */
  async rate(): Promise<number> {
    const estimate = await this.#rpc.call<{ feerate?: string | number }>('estimatesmartfee', 6)
    return estimate.feerate === undefined ? 2 : Math.max(1, (Number(estimate.feerate) * 1e8) / 1000)
  }

  /** A transaction of ours that pays these scripts; its coins are taken with the next commit. BALANCE_INSUFFICIENT, FEE_ABOVE_CEILING. */
  async pay(outputs: readonly { readonly script: Uint8Array; readonly sats: bigint }[], maxFee: bigint | null, kind: string, channel: string | null): Promise<{ readonly raw: Uint8Array; readonly txid: string; readonly fee: bigint }> {
    const rate = await this.rate()
    const total = outputs.reduce((sum, { sats }) => sum + sats, 0n)
    const coins = this.#store.all('SELECT txid, vout, sats FROM coin WHERE spent IS NULL AND height IS NOT NULL ORDER BY sats DESC, txid')
    const tx = new btc.Transaction({ allowUnknownOutputs: true })
    let held = 0n
    let fee = 0n
    let count = 0
    const feeOf = (inputs: number, change: boolean): bigint => BigInt(Math.ceil((BASE + inputs * INPUT + (outputs.length + (change ? 1 : 0)) * OUTPUT) * rate))
    const chosen: { txid: string; vout: number }[] = []
    for (const coin of coins) {
      if (held >= total + (fee = feeOf(Math.max(count, 1), true))) break
      const [txid, vout, sats] = [String(coin['txid']), Number(coin['vout']), BigInt(coin['sats'] as number)]
      tx.addInput({ txid, index: vout, witnessUtxo: { script: this.script, amount: sats }, sequence: 0xfffffffd })
      chosen.push({ txid, vout })
      held += sats
      count += 1
    }
    fee = feeOf(count, true)
    if (held < total + fee) throw new NetworkError('BALANCE_INSUFFICIENT', 'the node holds too little on the chain: pay to its address first', { held: Number(held), needed: Number(total + fee) })
    const change = held - total - fee
    const keeps = change >= dustOf(this.script)
    if (!keeps) fee = held - total
    if (maxFee !== null && fee > maxFee) throw new NetworkError('FEE_ABOVE_CEILING', 'the fee would be above the ceiling', { fee: Number(fee), ceiling: Number(maxFee) })
    for (const { script, sats } of outputs) tx.addOutput({ script, amount: sats })
    if (keeps) tx.addOutput({ script: this.script, amount: change })
    tx.sign(this.#key)
    tx.finalize()
    const raw = tx.extract()
    for (const { txid, vout } of chosen) this.#store.run('UPDATE coin SET spent = ? WHERE txid = ? AND vout = ?', tx.id, txid, vout)
    this.keep(tx.id, raw, kind, channel, fee, total)
    return { raw, txid: tx.id, fee }
  }

  /**
   * A transaction that is sent again until it stands in a block. What funds a channel is held until LDK lets it go: before the other side
   * has signed our way out, the money in it would be at its mercy.
   */
  keep(txid: string, raw: Uint8Array, kind: string, channel: string | null, fee: bigint, amount: bigint): void {
    const released = kind === 'FUNDING' ? 0 : 1
    this.#store.run('INSERT INTO tx (txid, hex, kind, channel, fee, amount, released, height) VALUES (?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT (txid) DO NOTHING', txid, hex(raw), kind, channel, fee, amount, released)
  }

  /** LDK has let a transaction go. */
  release(txid: string): void {
    this.#store.run('UPDATE tx SET released = 1 WHERE txid = ?', txid)
  }

  /** What was to fund a channel and never will gives its coins back; all of it where none is named. */
  giveBack(which: { readonly txid?: string; readonly channel?: string } = {}): void {
    const { txid = null, channel = null } = which
    const rows = this.#store.all('SELECT txid FROM tx WHERE released = 0 AND height IS NULL AND ((? IS NULL AND ? IS NULL) OR txid = ? OR channel = ?)', txid, channel, txid, channel)
    for (const row of rows) {
      this.#store.run('UPDATE coin SET spent = NULL WHERE spent = ? AND spentHeight IS NULL', String(row['txid']))
      this.#store.run('DELETE FROM tx WHERE txid = ?', String(row['txid']))
    }
  }

  scriptOf(address: string): Uint8Array {
    return scriptOf(address, this.#chain)
  }

  balance(): { readonly confirmed: bigint; readonly pending: bigint } {
    const sum = (condition: string): bigint => BigInt(Number(this.#store.get(`SELECT coalesce(sum(sats), 0) AS n FROM coin WHERE ${condition}`)?.['n'] ?? 0))
    return { confirmed: sum('height IS NOT NULL AND spent IS NULL'), pending: sum('height IS NULL AND spent IS NULL') }
  }

  /** Hands a transaction to bitcoind; that it is known already, or not to be had now, is no failure: it is tried again. */
  async broadcast(transactions: readonly string[]): Promise<void> {
    try {
      if (transactions.length > 1) await this.#rpc.call('submitpackage', transactions)
      else if (transactions[0] !== undefined) await this.#rpc.call('sendrawtransaction', transactions[0], 0)
    } catch (error) {
      if (!(error instanceof RpcRefusal) && !(error instanceof NetworkError)) throw error
    }
  }
}
