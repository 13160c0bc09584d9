import { createHash } from 'node:crypto'
import type { HdSigner } from '@growr/networks'
import { NetworkError, type FeeEstimate, type Send, type Sent } from '@growr/networks'
import { scriptOf } from './address.ts'
import { selectCoins, type Coin, type Selection } from './coins.ts'
import { selectWithin } from './coins-within.ts'
import { RpcRefusal, satsOf, type BitcoinRpc } from './rpc.ts'
import type { BitcoinStore } from './store.ts'
import { btcOf, write } from './tell.ts'
import { buildPayment, type Signed } from './transaction.ts'
import type { Wallets } from './wallets.ts'

export interface SendingOptions {
  readonly store: BitcoinStore
  readonly rpc: BitcoinRpc
  readonly wallets: Wallets
  readonly signer: HdSigner
  /** Satoshis for each virtual byte where the node has no estimate (regtest, or just started). */
  readonly fallbackRate: number
  readonly watch: (script: Uint8Array) => void
}

interface Leaving {
  readonly id: string
  readonly request: string
  readonly wallet: string
  readonly to: string
  readonly sats: bigint
  readonly coins: readonly (readonly [txid: string, vout: number])[]
  readonly signed: Signed
}

/** Blocks within which a payment should stand. */
const TARGET = 6

/** Pays out of the wallets' coins: signed and stored before it leaves, and the same bytes again after a stop. */
export class Sending {
  readonly #options: SendingOptions
  #last: Promise<unknown> = Promise.resolve()
  on = true

  constructor(options: SendingOptions) {
    this.#options = options
  }

  /** Satoshis for each virtual byte. */
  async rate(): Promise<number> {
    const { rpc, fallbackRate } = this.#options
    const estimate = await rpc.call<{ feerate?: string | number }>('estimatesmartfee', TARGET)
    return estimate.feerate === undefined ? fallbackRate : Math.max(1, Number(satsOf(estimate.feerate)) / 1000)
  }

  /** What `send` would refuse, without moving anything. */
  async check(send: Send): Promise<FeeEstimate> {
    const { selection, rate } = await this.#plan(send)
    return { fee: btcOf(selection.fee), rate: String(rate) }
  }

  /** One after the other, so that no coin is taken twice. */
  send(send: Send): Promise<Sent> {
    const turn = this.#last.catch(() => undefined).then(() => this.#send(send))
    this.#last = turn
    return turn
  }

  sent(id: string): Sent | null {
    const row = this.#options.store.get('SELECT * FROM send WHERE id = ?', id)
    if (row === undefined) return null
    const version = this.#options.store.get('SELECT txid, fee FROM version WHERE send = ? ORDER BY height IS NULL, time DESC LIMIT 1', id)
    return {
      id, status: row['told'] as Sent['status'], amount: btcOf(Number(row['sats'])), fee: btcOf(row['told'] === 'CONFIRMED' ? Number(version?.['fee']) : 0),
      proof: (version?.['txid'] ?? null) as string | null, reason: row['reason'] as string | null,
    }
  }

  /** What was stored and is neither in a block nor waiting leaves again, as it is. A refusal now is no end: its coins may come back. */
  async resume(waiting: ReadonlySet<string>): Promise<void> {
    if (!this.on) return
    const { store } = this.#options
    const pending = store.all("SELECT version.txid, version.hex FROM version JOIN send ON send.id = version.send WHERE send.told = 'PENDING' AND version.send NOT IN (SELECT send FROM version WHERE height IS NOT NULL) ORDER BY version.time DESC")
    for (const { txid, hex } of pending) if (!waiting.has(String(txid))) await this.#broadcast(String(hex))
  }

  async #broadcast(hex: string): Promise<void> {
    // Our own ceiling holds; the node's is switched off.
    await this.#options.rpc.call('sendrawtransaction', hex, 0).catch((error: unknown) => {
      if (!(error instanceof RpcRefusal) && !(error instanceof NetworkError)) throw error
    })
  }

  async #send(send: Send): Promise<Sent> {
    const { store, wallets, signer, watch } = this.#options
    const request = digestOf(send)
    const known = store.get('SELECT request FROM send WHERE id = ?', send.id)
    if (known !== undefined) {
      if (known['request'] !== request) throw new NetworkError('NETWORK_ID_REUSED', 'this was sent with something else: take another id')
      return this.sent(send.id) as Sent
    }
    const { selection, change, sats, wallet } = await this.#plan(send)
    const signed = await buildPayment(selection, signer)
    await this.#leave({ id: send.id, request, wallet, to: send.to, sats, coins: selection.coins.map(({ txid, vout }) => [txid, vout] as const), signed }, () => {
      if (selection.change > 0n) wallets.keepChange(change)
    })
    if (selection.change > 0n) watch(change.script)
    await this.#broadcast(signed.hex)
    return this.sent(send.id) as Sent
  }

  /** Sends what was signed elsewhere too, once; `also` is stored with it. NETWORK_SENDING_OFF, NETWORK_REFUSED, NETWORK_ID_REUSED. */
  leave(leaving: Leaving, also: () => void): Promise<void> {
    const turn = this.#last.catch(() => undefined).then(async () => {
      if (!this.on) throw new NetworkError('NETWORK_SENDING_OFF', 'sending is off until the node has been reconciled')
      const known = this.#options.store.get('SELECT request FROM send WHERE id = ?', leaving.id)
      if (known?.['request'] === leaving.request) return
      if (known !== undefined) throw new NetworkError('NETWORK_ID_REUSED', 'this was sent with something else: take another id')
      await this.#leave(leaving, also)
      await this.#broadcast(leaving.signed.hex)
    })
    this.#last = turn
    return turn
  }

  /** Stored, with the coins that it spends, before it leaves. */
  async #leave({ id, request, wallet, to, sats, coins, signed }: Leaving, also: () => void): Promise<void> {
    const { store, rpc } = this.#options
    const [verdict] = await rpc.call<{ allowed: boolean; 'reject-reason'?: string }[]>('testmempoolaccept', [signed.hex], 0)
    if (verdict?.allowed !== true) throw new NetworkError('NETWORK_REFUSED', 'bitcoind refuses the transaction', { reason: verdict?.['reject-reason'] ?? 'unknown' })
    store.together(() => {
      also()
      store.run("INSERT INTO send (id, request, wallet, address, sats, told, generation, reason) VALUES (?, ?, ?, ?, ?, 'PENDING', 0, NULL)", id, request, wallet, to, sats)
      const now = Math.floor(Date.now() / 1000)
      store.run('INSERT INTO version (txid, send, hex, fee, coins, height, time) VALUES (?, ?, ?, ?, ?, NULL, ?)', signed.txid, id, signed.hex, signed.fee, JSON.stringify(coins), now)
      for (const [txid, vout] of coins) store.run('UPDATE credit SET spentBy = ? WHERE txid = ? AND vout = ?', signed.txid, txid, vout)
      write(store, {
        kind: 'SENT', id, generation: 0, wallet, tag: null, status: 'PENDING', amount: btcOf(sats), fee: btcOf(0n), address: to, proof: signed.txid, confirmations: 0, reason: null,
        at: new Date(now * 1000),
      })
    })
  }

  /** The coins of as few of the wallets as suffice, in their order. */
  async #plan({ id, wallets: ids, to, amount, maxFee, feeFromAmount = false }: Send): Promise<{ selection: Selection; change: ReturnType<Wallets['nextChange']>; sats: bigint; wallet: string; rate: number }> {
    const { wallets } = this.#options
    if (!this.on) throw new NetworkError('NETWORK_SENDING_OFF', 'sending is off until the node has been reconciled')
    if (amount.currency !== 'BTC' || maxFee.currency !== 'BTC') throw new NetworkError('CURRENCY_UNSUPPORTED', 'Bitcoin carries BTC alone')
    if (amount.amount % 1000n !== 0n) throw new NetworkError('AMOUNT_MISMATCH', 'on the chain an amount is in whole satoshis')
    const [first] = ids
    if (first === undefined) throw new NetworkError('WALLET_UNKNOWN', 'no wallet is named')
    for (const wallet of ids) wallets.require(wallet)
    const script = scriptOf(to, wallets.chain)
    const { blocks, headers } = await this.#options.rpc.call<{ blocks: number; headers: number }>('getblockchaininfo')
    if (blocks < headers) throw new NetworkError('NETWORK_SYNCING', 'bitcoind is behind the chain: nothing is sent until it has caught up')
    const sats = amount.amount / 1000n
    const rate = await this.rate()
    const change = wallets.nextChange(first)
    for (let count = 1; ; count++) {
      const coins = ids.slice(0, count).flatMap((wallet): Coin[] => wallets.coins(wallet))
      try {
        const common = { coins, rate, maxFee: maxFee.amount / 1000n, changeScript: change.script }
        const selection = feeFromAmount ? selectWithin({ ...common, script, amount: sats }) : selectCoins({ ...common, outputs: [{ script, value: sats }], seed: id })
        return { selection, change, sats: feeFromAmount ? sats - selection.fee : sats, wallet: first, rate }
      } catch (error) {
        if (count >= ids.length || !(error instanceof NetworkError) || error.code !== 'BALANCE_INSUFFICIENT') throw error
      }
    }
  }
}

const digestOf = ({ wallets, to, amount, maxFee, feeFromAmount = false }: Send): string =>
  createHash('sha256').update(JSON.stringify([wallets, to, amount.currency, amount.amount.toString(), maxFee.amount.toString(), ...(feeFromAmount ? ['fee from amount'] : [])])).digest('hex')
