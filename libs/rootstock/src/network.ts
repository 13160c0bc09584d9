import { amountOf, zero, type Amount } from '@growr/money'
import {
  NetworkError, type FeeEstimate, type HdSigner, type Listener, type NetworkChange, type NetworkStatus, type NewWallet, type PaymentNetwork, type Send, type Sent,
  type Wallet, type WalletBalance, type WalletPurpose,
} from '@growr/networks'
import { readAddress, showAddress, type RootstockChain } from './address.ts'
import { ROOTSTOCK_POLICY, TRANSFER_GAS, type RootstockPolicy, type RootstockToken } from './policy.ts'
import { effect, Rooted } from './rooted.ts'
import { RootstockRpc } from './rpc.ts'
import { scan } from './scan.ts'
import { bump, resume } from './replacing.ts'
import { plan, sendOnce, sweep } from './sending.ts'
import { addressAt } from './sign.ts'
import { lookAtWaiting } from './waiting.ts'
import { RootstockStore, type AddressRow, type ChangeRow, type FactRow, type SendRow, type TxRow } from './store.ts'

export interface RootstockOptions {
  readonly url: string
  readonly chain: RootstockChain
  /** The adapter's own SQLite file. */
  readonly file: string
  readonly signer: HdSigner
  readonly tokens?: readonly RootstockToken[]
  readonly policy?: Partial<RootstockPolicy>
  /** The first block at which a new store looks, where the seed was used before; by default the next one to come. */
  readonly startHeight?: number
}

export interface RootstockNetwork extends PaymentNetwork {
  /**
   * Pays more for a send that waits: the same payment, of the same nonce, at a gas price that is higher by what nodes ask for at least. Never
   * above the ceiling of the send (FEE_ABOVE_CEILING: it stays as it is). What is final already stays what it is. WALLET_UNKNOWN,
   * BALANCE_INSUFFICIENT, NETWORK_SENDING_OFF.
   */
  bump(id: string): Promise<Sent>
}

const PAGE = 1_000
const TOKEN_GAS = 80_000n

/** Opens the adapter on its file. NETWORK_STORE; ADDRESS_INVALID or ADDRESS_FOREIGN for a token's address. Nothing is asked of the node yet. */
export function openRootstock(options: RootstockOptions): RootstockNetwork {
  return new Rootstock(options)
}

class Rootstock implements RootstockNetwork {
  readonly name = 'rootstock'
  readonly currencies: readonly string[]
  readonly #net: Rooted
  readonly #listeners = new Set<() => void>()
  #queue: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor({ url, chain, file, signer, tokens = [], policy = {}, startHeight }: RootstockOptions) {
    const rules = { ...ROOTSTOCK_POLICY, ...policy }
    this.#net = new Rooted({
      store: new RootstockStore(file), rpc: new RootstockRpc(url, chain, rules.timeoutMs), signer, policy: rules, chain, startHeight,
      tokens: new Map(tokens.map(token => [token.address.toLowerCase(), { ...token, address: readAddress(token.address, chain) }])),
    })
    this.currencies = [this.#net.native, ...tokens.map(({ code }) => code)]
  }

  createWallet({ id, purpose }: NewWallet): Promise<Wallet> {
    return this.#alone(async () => {
      if (id.length === 0 || id.length > 128) throw new NetworkError('WALLET_UNKNOWN', 'the id of a wallet has 1 to 128 characters')
      const { store } = this.#net
      if (!store.get('SELECT id FROM wallets WHERE id = ?', id)) await this.#newAddress(id, null, () => store.insert('wallets', { id, purpose }))
      return this.#walletOf(id)!
    })
  }

  async wallet(id: string): Promise<Wallet | null> { return this.#walletOf(id) }

  createListener(wallet: string, tag: string): Promise<Listener> {
    return this.#alone(async () => {
      const { store, chain } = this.#net
      this.#net.main(wallet)
      const find = () => store.get<AddressRow>('SELECT * FROM addresses WHERE wallet = ? AND tag = ?', wallet, tag)
      if (!find()) await this.#newAddress(wallet, tag)
      return { wallet, tag, address: showAddress(find()!.address, chain) }
    })
  }

  async getPayments({ after, limit, wallet }: { after: number; limit: number; wallet?: string }): Promise<readonly NetworkChange[]> {
    const most = Math.max(0, Math.min(limit, PAGE))
    const rows = wallet === undefined
      ? this.#net.store.all<ChangeRow>('SELECT * FROM changes WHERE seq > ? ORDER BY seq LIMIT ?', after, most)
      : this.#net.store.all<ChangeRow>('SELECT * FROM changes WHERE seq > ? AND wallet = ? ORDER BY seq LIMIT ?', after, wallet, most)
    return rows.map(({ currency, amount, fee, at, address, ...row }) => ({
      ...row, network: 'rootstock', amount: amountOf(BigInt(amount), currency), fee: amountOf(BigInt(fee), this.#net.native), at: new Date(at),
      address: address === null ? null : showAddress(address, this.#net.chain),
    }))
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  async check(send: Send): Promise<FeeEstimate> {
    const { gas, price } = await plan(this.#net, send)
    return { fee: amountOf(gas * price, this.#net.native), rate: String(price) }
  }

  send(send: Send): Promise<Sent> {
    return this.#alone(async () => this.#sentOf(await sendOnce(this.#net, send)))
  }

  bump(id: string): Promise<Sent> {
    return this.#alone(async () => this.#sentOf(await bump(this.#net, id)))
  }

  async sent(id: string): Promise<Sent | null> {
    const row = this.#net.store.get<SendRow>('SELECT * FROM sends WHERE id = ?', id)
    return row ? this.#sentOf(row) : null
  }

  async estimateFee(currency: string): Promise<FeeEstimate> {
    if (!this.currencies.includes(currency)) throw new NetworkError('CURRENCY_UNSUPPORTED', 'neither RBTC nor a configured token')
    await this.#net.rpc.ready()
    const price = await this.#net.price()
    return { fee: amountOf((currency === this.#net.native ? TRANSFER_GAS : TOKEN_GAS) * price, this.#net.native), rate: String(price) }
  }

  confirmationsFor(amount: Amount): number { return this.#net.depth(amount.currency, amount.amount) }

  async balances(wallet?: string): Promise<readonly WalletBalance[]> {
    const { store, native } = this.#net
    const wallets = store.all<{ id: string }>('SELECT id FROM wallets ORDER BY rowid').filter(({ id }) => wallet === undefined || id === wallet)
    return wallets.flatMap(({ id }) => {
      const facts = store.all<FactRow>("SELECT * FROM facts WHERE wallet = ? AND status <> 'REVERSED'", id)
      const open = store.all<TxRow>("SELECT * FROM txs WHERE wallet = ? AND state IN ('LIVE', 'MINED')", id)
      return this.currencies.map(currency => {
        let confirmed = 0n
        let pending = 0n
        for (const fact of facts) {
          if (fact.status === 'CONFIRMED') confirmed += effect(fact, currency, () => true, native, true)
          else if (fact.kind === 'RECEIVED' && fact.currency === currency) pending += BigInt(fact.amount)
        }
        const most = new Map<string, { amount: bigint; reason: string }>()
        for (const tx of open) {
          const amount = (tx.owner === 'SEND' && tx.currency === currency ? BigInt(tx.amount) : 0n) + (currency === native ? BigInt(tx.gas) * BigInt(tx.price) : 0n)
          const key = `${tx.address} ${tx.nonce}`
          if (amount > (most.get(key)?.amount ?? 0n)) most.set(key, { amount, reason: tx.owner === 'SEND' ? 'being sent' : 'fee of moving it to the wallet’s account' })
        }
        const locked = [...most.values()]
        if (currency === native) locked.push(...this.#stuck(id))
        const held = locked.reduce((sum, part) => sum + part.amount, 0n)
        return {
          wallet: id, confirmed: amountOf(confirmed - held, currency), pending: amountOf(pending, currency),
          locked: locked.map(part => ({ amount: amountOf(part.amount, currency), reason: part.reason, releaseHeight: null })),
        }
      })
    })
  }

  /** RBTC on addresses of listeners that is not moved to the wallet's account, since it would cost too much of it: what sweeps of tokens left there. */
  #stuck(wallet: string): { amount: bigint; reason: string }[] {
    const { store, native, policy } = this.#net
    const rows = store.all<AddressRow>("SELECT * FROM addresses WHERE wallet = ? AND tag IS NOT NULL AND address IN (SELECT credit FROM facts WHERE status = 'CONFIRMED') AND address NOT IN (SELECT address FROM txs WHERE state IN ('LIVE', 'MINED'))", wallet)
    const stuck = rows.map(({ address }) => this.#net.spendable(address, native)).filter(amount => amount > 0n && amount < policy.sweepFrom).reduce((sum, amount) => sum + amount, 0n)
    return stuck > 0n ? [{ amount: stuck, reason: 'too little to be moved to the wallet’s account' }] : []
  }

  async status(): Promise<NetworkStatus> {
    const known = { network: 'rootstock', chain: String(this.#net.chain), scanned: this.#net.top() } as const
    try {
      return { ...known, ok: true, reason: null, height: await this.#net.rpc.ready() }
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error
      return { ...known, ok: false, reason: error.code, height: 0 }
    }
  }

  setSending(on: boolean): void { this.#net.sending = on }

  async start(): Promise<void> {
    const look = () => {
      this.sync().catch(() => undefined).finally(() => { if (this.#timer !== undefined) this.#timer = setTimeout(look, this.#net.policy.pollMs).unref() })
    }
    if (this.#timer === undefined) this.#timer = setTimeout(look, 0).unref()
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#closed) return
    await this.#alone(async () => {
      this.#closed = true
      this.#net.store.close()
    })
  }

  sync(): Promise<void> {
    return this.#alone(async () => {
      this.#net.restarts = 0
      await scan(this.#net)
      await lookAtWaiting(this.#net)
      await resume(this.#net)
      await sweep(this.#net)
    })
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(async () => {
      if (this.#closed) throw new NetworkError('NETWORK_STORE', 'this network was stopped')
      try {
        return await work()
      } finally {
        if (this.#net.grown) {
          this.#net.grown = false
          for (const listener of this.#listeners) listener()
        }
      }
    })
    this.#queue = run.catch(() => undefined)
    return run
  }

  async #newAddress(wallet: string, tag: string | null, besides: () => void = () => undefined): Promise<void> {
    const { store, signer, addresses, startHeight } = this.#net
    const n = (store.get<{ n: number | null }>('SELECT max(n) AS n FROM addresses')?.n ?? -1) + 1
    const row = { n, address: await addressAt(signer, n), wallet, tag }
    store.atomically(() => {
      besides()
      store.insert('addresses', row)
      if (startHeight !== undefined && store.get('SELECT height FROM blocks LIMIT 1')) store.insert('fresh', { address: row.address, height: this.#net.top() })
    })
    addresses.add(row.address)
  }

  #walletOf(id: string): Wallet | null {
    const row = this.#net.store.get<{ purpose: WalletPurpose }>('SELECT purpose FROM wallets WHERE id = ?', id)
    return row ? { id, purpose: row.purpose, network: 'rootstock', address: showAddress(this.#net.main(id).address, this.#net.chain), descriptors: null } : null
  }

  #sentOf(row: SendRow): Sent {
    const fee = row.status === 'CONFIRMED' ? amountOf(BigInt(row.fee), this.#net.native) : zero(this.#net.native)
    return { id: row.id, status: row.status, amount: amountOf(BigInt(row.amount), row.currency), fee, proof: row.proof, reason: row.reason }
  }
}
