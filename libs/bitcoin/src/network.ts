import type { Amount } from '@growr/money'
import { NetworkError, type Deposit, type DepositDraft, type DepositMove, type DepositNetwork, type FeeEstimate, type HdSigner, type Listener, type NetworkChange, type NetworkStatus, type NewDeposit, type NewWallet, type Send, type Sent, type Wallet, type WalletBalance } from '@growr/networks'
import type { AddressKind } from './address.ts'
import { chainOf, type Chain } from './chain.ts'
import { Deposits } from './deposits.ts'
import { hintsFrom } from './hints.ts'
import { BitcoinRpc, type RpcOptions } from './rpc.ts'
import { Scanner } from './scan.ts'
import { Sending } from './sending.ts'
import { BitcoinStore } from './store.ts'
import { btcOf, readChange, tell } from './tell.ts'
import { Wallets } from './wallets.ts'

export interface BitcoinOptions {
  readonly rpc: RpcOptions
  /** By bitcoind's name for it: main, test, testnet4, signet, regtest. */
  readonly chain: Chain
  /** The adapter's own file. */
  readonly file: string
  readonly signer: HdSigner
  /** P2WPKH unless told. */
  readonly kind?: AddressKind
  /** Where bitcoind publishes `sequence` (zmqpubsequence): a hint to look at once. Without it, the timer alone does. */
  readonly zmq?: string
  readonly everyMs?: number
  /** Satoshis for each virtual byte where the node has no estimate. */
  readonly fallbackRate?: number
  /** Confirmations by amount in satoshis: the first line whose bound is not exceeded. */
  readonly confirmations?: readonly { readonly upTo: bigint; readonly blocks: number }[]
  /** A look failed: it is tried again at the next hint or tick. */
  readonly failed?: (error: unknown) => void
}

const CONFIRMATIONS = [{ upTo: 1_000_000n, blocks: 1 }, { upTo: 100_000_000n, blocks: 3 }]
const MOST_CONFIRMATIONS = 6
/** Of a payment of one P2WPKH coin to one address with change. */
const TYPICAL_VSIZE = 141

/** Bitcoin behind the port: one bitcoind, one seed, one file. */
export class BitcoinNetwork implements DepositNetwork {
  readonly name = 'bitcoin'
  readonly currencies = ['BTC']
  readonly #options: BitcoinOptions
  readonly #rpc: BitcoinRpc
  readonly #store: BitcoinStore
  readonly #scanner: Scanner
  readonly #wallets: Wallets
  readonly #sending: Sending
  readonly #deposits: Deposits
  readonly #listeners = new Set<() => void>()
  #looking: Promise<void> | undefined
  #again = false
  #timer: NodeJS.Timeout | undefined
  #hints: { close(): void } | undefined

  /** NETWORK_STORE, NETWORK_UNSUPPORTED. */
  static async open(options: BitcoinOptions): Promise<BitcoinNetwork> {
    const network = new BitcoinNetwork(options)
    await network.#wallets.open()
    return network
  }

  private constructor(options: BitcoinOptions) {
    const chain = chainOf(options.chain)
    this.#options = options
    this.#rpc = new BitcoinRpc(options.rpc)
    this.#store = new BitcoinStore(options.file)
    this.#scanner = new Scanner(this.#rpc, this.#store, chain)
    this.#wallets = new Wallets(this.#store, options.signer, chain, options.kind ?? 'p2wpkh')
    this.#sending = new Sending({
      store: this.#store, rpc: this.#rpc, wallets: this.#wallets, signer: options.signer, fallbackRate: options.fallbackRate ?? 2, watch: (script) => this.#scanner.watch(script),
    })
    this.#deposits = new Deposits({ store: this.#store, wallets: this.#wallets, sending: this.#sending, signer: options.signer, watch: (script) => this.#scanner.watch(script) })
  }

  async createWallet(wallet: NewWallet): Promise<Wallet> {
    const { wallet: made, script } = await this.#wallets.create(wallet)
    if (script !== null) this.#scanner.watch(script)
    return made
  }

  wallet(id: string): Promise<Wallet | null> {
    return Promise.resolve(this.#wallets.find(id))
  }

  // oxlint-disable-next-line require-await -- what is thrown is a rejection
  async createListener(wallet: string, tag: string): Promise<Listener> {
    const { listener, script } = this.#wallets.listen(wallet, tag)
    if (script !== null) this.#scanner.watch(script)
    return listener
  }

  getPayments({ after, limit, wallet }: { readonly after: number; readonly limit: number; readonly wallet?: string }): Promise<readonly NetworkChange[]> {
    const rows = wallet === undefined
      ? this.#store.all('SELECT seq, change FROM feed WHERE seq > ? ORDER BY seq LIMIT ?', after, limit)
      : this.#store.all('SELECT seq, change FROM feed WHERE wallet = ? AND seq > ? ORDER BY seq LIMIT ?', wallet, after, limit)
    return Promise.resolve(rows.map(readChange))
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  check(send: Send): Promise<FeeEstimate> {
    return this.#sending.check(send)
  }

  async send(send: Send): Promise<Sent> {
    const sent = await this.#sending.send(send)
    this.#changed()
    return sent
  }

  sent(id: string): Promise<Sent | null> {
    return Promise.resolve(this.#sending.sent(id))
  }

  createDeposit(deposit: NewDeposit): Promise<Deposit> {
    return this.#deposits.create(deposit)
  }

  deposit(id: string): Promise<Deposit | null> {
    return Promise.resolve(this.#deposits.find(id))
  }

  draftDeposit(draft: { readonly id: string; readonly move: DepositMove; readonly to: string; readonly maxFee: Amount }): Promise<DepositDraft> {
    return this.#deposits.draft(draft)
  }

  async moveDeposit(id: string, psbt: string): Promise<Deposit> {
    const deposit = await this.#deposits.move(id, psbt)
    this.#changed()
    return deposit
  }

  async estimateFee(currency: string): Promise<FeeEstimate> {
    if (currency !== 'BTC') throw new NetworkError('CURRENCY_UNSUPPORTED', 'Bitcoin carries BTC alone')
    const rate = await this.#sending.rate()
    return { fee: btcOf(BigInt(Math.ceil(rate * TYPICAL_VSIZE))), rate: String(rate) }
  }

  confirmationsFor(amount: Amount): number {
    return this.#needs(amount.amount / 1000n)
  }

  #needs(sats: bigint): number {
    return (this.#options.confirmations ?? CONFIRMATIONS).find(({ upTo }) => sats <= upTo)?.blocks ?? MOST_CONFIRMATIONS
  }

  balances(wallet?: string): Promise<readonly WalletBalance[]> {
    return Promise.resolve(this.#wallets.balances(wallet))
  }

  async status(): Promise<NetworkStatus> {
    const { chain } = this.#options
    const status = { network: 'bitcoin', chain, height: 0, scanned: this.#scanner.height } as const
    try {
      const { blocks, headers } = await this.#scanner.info()
      return { ...status, ok: blocks >= headers, reason: blocks < headers ? 'NETWORK_SYNCING' : null, height: blocks }
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error
      return { ...status, ok: false, reason: error.code }
    }
  }

  setSending(on: boolean): void {
    this.#sending.on = on
  }

  async start(): Promise<void> {
    const { zmq, everyMs = 10_000, failed = () => undefined } = this.#options
    const wake = (): void => void this.sync().catch(failed)
    if (zmq !== undefined) this.#hints = hintsFrom(zmq, wake)
    this.#timer = setInterval(wake, everyMs).unref()
    await this.sync().catch(failed)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#hints?.close()
    await this.#looking?.catch(() => undefined)
    this.#store.close()
  }

  /** Who asks while it looks gets a look of its own that begins afterwards: what happened before the call is seen when it resolves. */
  async sync(): Promise<void> {
    if (this.#looking !== undefined) {
      this.#again = true
      return this.#looking
    }
    this.#looking = this.#rounds().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #rounds(): Promise<void> {
    do {
      this.#again = false
      const waiting = await this.#scanner.look()
      await this.#sending.resume(waiting)
      if (await tell({ store: this.#store, rpc: this.#rpc, needs: (sats) => this.#needs(sats) }, this.#scanner.height)) this.#changed()
    } while (this.#again)
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
