import type { Amount } from '@growr/money'
import {
  NetworkError, type Channel, type FeeEstimate, type Invoice, type LightningNetwork, type Listener, type NetworkChange, type NetworkStatus, type NewInvoice, type NewWallet, type Send, type Sent, type Wallet, type WalletBalance,
} from '@growr/networks'
import { AccountSends } from './accounts.sends.ts'
import { AccountsStore, btc } from './accounts.store.ts'
import type { LightningNode, NodeEvent } from './node.ts'

export interface LightningAccountsOptions {
  readonly node: LightningNode
  /** The accounts' own file. It belongs to the node's state: neither is put back without the other. */
  readonly file: string
  readonly everyMs?: number
  readonly failed?: (error: unknown) => void
}

/** The node's own money: what is paid into its address, what channels cost, and what comes for nobody. */
export const OPERATOR = 'operator'
const PAGE = 200

/** What an invoice or an offer names, in millisatoshi. CURRENCY_UNSUPPORTED. */
function named(amount: Amount | null): string | null {
  if (amount === null) return null
  if (amount.currency !== 'BTC' || amount.amount <= 0n) throw new NetworkError('CURRENCY_UNSUPPORTED', 'an invoice is in bitcoin, and of more than nothing')
  return amount.amount.toString()
}

/**
 * Lightning behind the port: wallets are accounts over one node. What all of them hold together is what the node has, in channels and on
 * the chain, to the millisatoshi, whenever nothing is under way.
 */
export class LightningAccounts implements LightningNetwork {
  readonly name = 'lightning'
  readonly currencies = ['BTC']
  readonly #options: LightningAccountsOptions
  readonly #node: LightningNode
  readonly #store: AccountsStore
  readonly #sends: AccountSends
  readonly #listeners = new Set<() => void>()
  #taking: Promise<void> = Promise.resolve()
  #waiting: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #unheard: (() => void) | undefined
  #told = 0

  /** NETWORK_STORE. */
  constructor(options: LightningAccountsOptions) {
    this.#options = options
    this.#node = options.node
    this.#store = new AccountsStore(options.file)
    this.#sends = new AccountSends(this.#store, options.node)
    this.#make({ id: OPERATOR, purpose: 'OPERATOR' })
  }

  #make({ id, purpose }: NewWallet): void {
    this.#store.run("INSERT INTO wallet (id, purpose, held) VALUES (?, ?, '0') ON CONFLICT (id) DO NOTHING", id, purpose)
  }

  createWallet(wallet: NewWallet): Promise<Wallet> {
    if (wallet.id.length === 0 || wallet.id.length > 128) return Promise.reject(new NetworkError('WALLET_UNKNOWN', 'the id of a wallet has 1 to 128 characters'))
    this.#make(wallet)
    return this.wallet(wallet.id) as Promise<Wallet>
  }

  wallet(id: string): Promise<Wallet | null> {
    const row = this.#store.get('SELECT purpose FROM wallet WHERE id = ?', id)
    return Promise.resolve(row ? { id, purpose: row['purpose'] as Wallet['purpose'], network: 'lightning', address: null, descriptors: null } : null)
  }

  createListener(): Promise<Listener> {
    return Promise.reject(new NetworkError('NETWORK_UNSUPPORTED', 'Lightning has no addresses: ask for an invoice'))
  }

  async createInvoice({ wallet, tag, amount, description, expirySeconds }: NewInvoice): Promise<Invoice> {
    const store = this.#store
    store.held(wallet)
    const msat = named(amount)
    const about = typeof description === 'string' ? description : description.hash
    const known = store.get("SELECT hash, text, expires FROM invoice WHERE wallet = ? AND tag = ? AND amount IS ? AND description = ? AND state = 'OPEN' AND expires > ?", wallet, tag, msat, about, Date.now())
    if (known) return { invoice: String(known['text']), paymentHash: String(known['hash']), amount, expiresAt: new Date(Number(known['expires'])) }
    const made = await this.#node.createInvoice({ amountMsat: amount === null ? null : amount.amount, description, expirySeconds })
    // Whoever pays it before this is written would pay the operator: the payer has not seen it yet.
    store.run("INSERT INTO invoice (hash, wallet, tag, amount, description, text, expires, state) VALUES (?, ?, ?, ?, ?, ?, ?, 'OPEN')", made.paymentHash, wallet, tag, msat, about, made.invoice, made.expiresAt.getTime())
    return { invoice: made.invoice, paymentHash: made.paymentHash, amount, expiresAt: made.expiresAt }
  }

  /** One for each wallet, tag, amount and description; each payment to it is a credit of its own. */
  async createOffer({ wallet, tag, amount, description }: { readonly wallet: string; readonly tag: string; readonly amount: Amount | null; readonly description: string }): Promise<{ readonly offer: string }> {
    const store = this.#store
    store.held(wallet)
    const msat = named(amount)
    const known = store.get('SELECT text FROM offer WHERE wallet = ? AND tag = ? AND amount IS ? AND description = ?', wallet, tag, msat, description)
    if (known) return { offer: String(known['text']) }
    const { offer, offerId } = await this.#node.createOffer({ amountMsat: amount === null ? null : amount.amount, description })
    store.run('INSERT INTO offer (id, wallet, tag, amount, description, text) VALUES (?, ?, ?, ?, ?, ?)', offerId, wallet, tag, msat, description, offer)
    return { offer }
  }

  getPayments(page: { readonly after: number; readonly limit: number; readonly wallet?: string }): Promise<readonly NetworkChange[]> {
    return Promise.resolve(this.#store.feed(page))
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  check(send: Send): Promise<FeeEstimate> {
    return this.#sends.check(send)
  }

  async send(send: Send): Promise<Sent> {
    const sent = await this.#sends.send(send)
    this.#changed()
    return sent
  }

  sent(id: string): Promise<Sent | null> {
    return Promise.resolve(this.#sends.sent(id))
  }

  estimateFee(currency: string): Promise<FeeEstimate> {
    if (currency !== 'BTC') return Promise.reject(new NetworkError('CURRENCY_UNSUPPORTED', 'Lightning carries BTC alone'))
    return Promise.resolve({ fee: btc(1_000n), rate: '1000' })
  }

  /** A settled invoice is final. */
  confirmationsFor(): number {
    return 0
  }

  async balances(wallet?: string): Promise<readonly WalletBalance[]> {
    const rows = this.#store.all('SELECT id, held FROM wallet ORDER BY id').filter(({ id }) => wallet === undefined || id === wallet)
    if (wallet !== undefined && rows.length === 0) throw new NetworkError('WALLET_UNKNOWN', 'there is no such wallet')
    const reserved = this.#sends.reserved()
    const { locked } = await this.#node.balances()
    return rows.map((row) => {
      const id = String(row['id'])
      const sending = reserved.get(id) ?? 0n
      // What a closed channel holds back is the operator's to wait for: the accounts of others stay as they are.
      const back = id === OPERATOR ? locked.map(({ amountMsat, reason, releaseHeight }) => ({ amount: btc(amountMsat), reason, releaseHeight })) : []
      const all = [...(sending === 0n ? [] : [{ amount: btc(sending), reason: 'BEING_SENT', releaseHeight: null }]), ...back]
      return { wallet: id, confirmed: btc(BigInt(String(row['held'])) - all.reduce((sum, { amount }) => sum + amount.amount, 0n)), pending: btc(0n), locked: all }
    })
  }

  async status(): Promise<NetworkStatus> {
    try {
      const { chain, height, synced } = await this.#node.info()
      return { network: 'lightning', ok: synced, reason: synced ? null : 'NETWORK_SYNCING', chain, height, scanned: height }
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error
      return { network: 'lightning', ok: false, reason: error.code, chain: '', height: 0, scanned: 0 }
    }
  }

  setSending(on: boolean): void {
    this.#sends.on = on
    this.#node.setSending(on)
  }

  async start(): Promise<void> {
    const { failed = () => undefined, everyMs = 10_000 } = this.#options
    await this.#node.start()
    const look = (): void => void this.take().catch(failed)
    this.#unheard = this.#node.onEvent(look)
    this.#timer = setInterval(look, everyMs).unref()
    await this.take().catch(failed)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#unheard?.()
    await this.#taking
    await this.#node.stop()
    this.#store.close()
  }

  async sync(): Promise<void> {
    await this.#node.sync()
    await this.take()
  }

  /** Takes what the node has to tell, each page with its place in one step; and asks again about what nobody knows the end of. */
  take(): Promise<void> {
    // One that has not begun takes whatever there is by then.
    if (this.#waiting) return this.#waiting
    const run = this.#taking.then(async () => {
      this.#waiting = undefined
      await this.#sends.resume()
      for (let more = true; more;) {
        const events = await this.#node.events({ after: this.#store.place(), limit: PAGE })
        const last = events.at(-1)
        if (!last) break
        this.#store.together(() => {
          for (const event of events) this.#book(event)
          this.#store.setPlace(last.seq)
        })
        more = events.length === PAGE
      }
      this.#changed()
    })
    this.#waiting = run
    this.#taking = run.catch(() => undefined)
    return run
  }

  #book(event: NodeEvent): void {
    const store = this.#store
    const { kind, id, paymentHash, amountMsat, at } = event
    const base = { id, generation: 0, tag: null, status: 'CONFIRMED', amount: btc(amountMsat < 0n ? -amountMsat : amountMsat), fee: btc(0n), address: null, proof: paymentHash ?? id, confirmations: 0, reason: event.reason, at } as const
    if (kind === 'RECEIVED') {
      const invoice = (paymentHash === null ? undefined : store.get('SELECT wallet, tag FROM invoice WHERE hash = ?', paymentHash)) ?? store.get('SELECT wallet, tag FROM offer WHERE id = ?', id)
      const wallet = invoice ? String(invoice['wallet']) : OPERATOR
      if (paymentHash !== null) store.run("UPDATE invoice SET state = 'PAID' WHERE hash = ?", paymentHash)
      store.move(wallet, amountMsat)
      // An offer is paid many times: each payment has its hash for a name.
      store.tell({ ...base, id: paymentHash ?? id, kind: 'RECEIVED', wallet, tag: invoice ? String(invoice['tag']) : null })
    } else if (kind === 'SENT' || kind === 'FAILED') {
      this.#sends.settle(event)
    } else if (kind === 'FEE') {
      store.move(OPERATOR, -amountMsat)
      store.tell({ ...base, kind: 'FEE', wallet: OPERATOR })
    } else if (amountMsat !== 0n) {
      store.move(OPERATOR, amountMsat)
      store.tell({ ...base, kind: amountMsat > 0n ? 'RECEIVED' : 'SENT', wallet: OPERATOR })
    }
  }

  #changed(): void {
    const last = Number(this.#store.get('SELECT coalesce(max(seq), 0) AS n FROM feed')?.['n'] ?? 0)
    if (last === this.#told) return
    this.#told = last
    for (const listener of this.#listeners) listener()
  }

  async about(): Promise<{ readonly nodeId: string; readonly address: string | null; readonly onchainAddress: string }> {
    const { nodeId, address } = await this.#node.info()
    return { nodeId, address, onchainAddress: await this.#node.onchainAddress() }
  }

  async channels(): Promise<readonly Channel[]> {
    return (await this.#node.channels()).map(({ id, peer, capacityMsat, oursMsat, reserveMsat, usable, state }) => ({ id, peer, capacity: btc(capacityMsat), ours: btc(oursMsat), reserve: btc(reserveMsat), usable, state }))
  }

  openChannel({ id, peer, address, capacity, push }: { readonly id: string; readonly peer: string; readonly address: string; readonly capacity: Amount; readonly push?: Amount }): Promise<{ readonly id: string }> {
    return this.#node.openChannel({ id, peer, address, capacityMsat: capacity.amount, pushMsat: push?.amount ?? 0n })
  }

  closeChannel(id: string, force = false): Promise<void> {
    return this.#node.closeChannel(id, force)
  }

  async liquidity(): Promise<{ readonly canSend: Amount; readonly canReceive: Amount; readonly reserve: Amount }> {
    const channels = (await this.#node.channels()).filter(({ usable }) => usable)
    const sum = (of: (channel: (typeof channels)[number]) => bigint): Amount => btc(channels.reduce((total, channel) => total + of(channel), 0n))
    return { canSend: sum(({ canSendMsat }) => canSendMsat), canReceive: sum(({ canReceiveMsat }) => canReceiveMsat), reserve: sum(({ reserveMsat }) => reserveMsat) }
  }
}
