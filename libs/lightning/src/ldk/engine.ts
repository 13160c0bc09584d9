import { BitcoinRpc, type RpcOptions } from '@growr/bitcoin'
import { NetworkError } from '@growr/networks'
import { Transaction } from '@scure/btc-signer'
import * as L from 'lightningdevkit'
import { ChainFollower, walletListener, type Tip } from './chain.ts'
import { handle, type Funding } from './events.ts'
import { settleChannels, tellConfirmed } from './books.ts'
import { loadLdk, must, openParts, type Parts } from './parts.ts'
import { Peers } from './peers.ts'
import { NodeStore } from './store.ts'
import { hex, NodeWallet } from './wallet.ts'

export interface EngineOptions {
  readonly rpc: RpcOptions
  readonly chain: string
  readonly file: string
  /** 32 bytes. */
  readonly seed: Uint8Array
  readonly listen: { readonly host: string; readonly port: number } | null
  readonly log: (level: number, message: string) => void
  /** There may be new events. */
  readonly told: () => void
}

const POLL_MS = 500
const RECONNECT_MS = 2_000

/**
 * The node itself. Every turn ends in `release`: one commit of all that changed (LDK's manager, its monitors, payments, events), and only
 * then what rests on it leaves: bytes to peers, transactions, answers. A kill at any line therefore finds a state that nobody was told
 * anything beyond.
 */
export class Engine {
  readonly options: EngineOptions
  readonly store: NodeStore
  readonly wallet: NodeWallet
  readonly #rpc: BitcoinRpc
  readonly #chain: ChainFollower
  readonly #dirty = new Map<string, Uint8Array>()
  #broadcasts: string[][] = []
  #parts: Parts | undefined
  #peers: Peers | undefined
  #rate = 500
  #tip: Tip = { hash: '', height: 0 }
  #synced = false
  #fundings: Funding[] = []
  #sweeps: { outputs: readonly L.SpendableOutputDescriptor[]; channel: string }[] = []
  #timers: NodeJS.Timeout[] = []
  #turn: Promise<void> = Promise.resolve()
  #handler: L.EventHandler | undefined
  #lastEvent = 0
  #stopped = false
  port: number | null = null

  constructor(options: EngineOptions) {
    this.options = options
    this.store = new NodeStore(options.file)
    this.#rpc = new BitcoinRpc(options.rpc)
    this.#chain = new ChainFollower(this.#rpc)
    this.wallet = new NodeWallet(options.seed, options.chain, this.store, this.#rpc)
  }

  get parts(): Parts {
    if (!this.#parts) throw new NetworkError('NETWORK_DOWN', 'the Lightning node has not started')
    return this.#parts
  }

  get peers(): Peers {
    if (!this.#peers) throw new NetworkError('NETWORK_DOWN', 'the Lightning node has not started')
    return this.#peers
  }

  get tip(): Tip & { readonly synced: boolean } {
    return { ...this.#tip, synced: this.#synced }
  }

  async start(): Promise<void> {
    await loadLdk()
    const { options, store } = this
    const stored = store.get("SELECT value FROM blob WHERE name = 'tip'")
    const best = await this.#chain.best()
    this.#tip = stored ? (JSON.parse(Buffer.from(stored['value'] as Uint8Array).toString()) as Tip) : best
    // A channel that was not funded before the stop is forgotten by both sides.
    this.wallet.giveBack()
    await this.#look()
    this.#parts = openParts({
      seed: options.seed, chain: options.chain, store, tip: this.#tip, dirty: this.#dirty, rate: () => this.#rate, log: options.log,
      broadcast: (transactions) => {
        for (const raw of transactions) this.wallet.release(transactionId(raw))
        this.#broadcasts.push(transactions.map(hex))
      },
    })
    for (const { from, listener } of this.#parts.behind) await this.#chain.bring(listener, from)
    this.#parts.watch()
    this.#handler = L.EventHandler.new_impl({
      handle_event: (event: L.Event) => {
        handle(event, {
          store, wallet: this.wallet, manager: () => this.parts.manager, fund: (funding) => void this.#fundings.push(funding),
          sweep: (outputs, channel) => void this.#sweeps.push({ outputs, channel }), forward: () => void setTimeout(() => this.#forward(), 10),
        })
        return L.Result_NoneReplayEventZ.constructor_ok()
      },
    })
    this.#peers = new Peers(this.#parts.peers, () => this.pump())
    if (options.listen) this.port = await this.#peers.listen(options.listen.host, options.listen.port)
    await this.turn()
    this.#timers = [
      setInterval(() => void this.turn().catch((error: unknown) => this.options.log(4, String(error))), POLL_MS),
      setInterval(() => void this.#reconnect(), RECONNECT_MS),
      setInterval(() => { this.parts.manager.timer_tick_occurred(); this.pump() }, 60_000),
      setInterval(() => { this.parts.peers.timer_tick_occurred(); this.parts.messenger.as_OnionMessageHandler().timer_tick_occurred(); this.pump() }, 10_000),
      setInterval(() => { this.parts.monitor.rebroadcast_pending_claims(); this.pump() }, 30_000),
    ]
    void this.#reconnect()
  }

  #forward(): void {
    if (this.#stopped) return
    this.parts.manager.process_pending_htlc_forwards()
    this.pump()
  }

  /** Handles what LDK has to say, and lets go what rests on it. */
  pump(): void {
    if (!this.#handler || this.#stopped) return
    const { manager, monitor, messenger, peers } = this.parts
    for (const provider of [manager.as_EventsProvider(), monitor.as_EventsProvider(), messenger.as_EventsProvider()]) provider.process_pending_events(this.#handler)
    peers.process_events()
    this.release()
  }

  /** One commit, then what rests on it. */
  release(): void {
    const { manager } = this.parts
    if (manager.get_and_clear_needs_persistence() || this.#dirty.size > 0) {
      this.store.keep('manager', manager.write())
      for (const [id, value] of this.#dirty) this.store.run('INSERT INTO monitor (id, value) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value', id, value)
      this.#dirty.clear()
    }
    this.store.commit()
    this.peers.flush()
    const broadcasts = this.#broadcasts
    this.#broadcasts = []
    for (const one of broadcasts) void this.wallet.broadcast(one).catch((error: unknown) => this.options.log(4, String(error)))
    const last = Number(this.store.get('SELECT coalesce(max(seq), 0) AS n FROM event')?.['n'] ?? 0)
    if (last > this.#lastEvent) {
      this.#lastEvent = last
      this.options.told()
    }
  }

  /** Looks at the chain and does what waits for it; one at a time. */
  turn(): Promise<void> {
    const run = this.#turn.then(() => this.#once())
    this.#turn = run.catch(() => undefined)
    return run
  }

  async #once(): Promise<void> {
    if (this.#stopped) return
    await this.#look()
    this.pump()
    for (const funding of this.#fundings.splice(0)) await this.#fund(funding)
    for (const { outputs, channel } of this.#sweeps.splice(0)) this.#sweep(outputs, channel)
    tellConfirmed(this.store, this.#tip.height)
    settleChannels(this.store, this.parts, this.#tip.height)
    this.release()
    for (const row of this.store.all('SELECT hex FROM tx WHERE height IS NULL AND released = 1')) await this.wallet.broadcast([String(row['hex'])])
  }

  /** The chain up to its end: the wallet, and once LDK runs, its manager and its monitors. */
  async #look(): Promise<void> {
    const best = await this.#chain.best()
    this.#rate = Math.round((await this.wallet.rate()) * 250)
    if (best.hash === this.#tip.hash) {
      this.#synced = true
      return
    }
    this.#synced = false
    const mine = walletListener(this.store, this.wallet)
    const parts = this.#parts
    const listens = parts ? [parts.manager.as_Listen(), parts.monitor.as_Listen()] : []
    await this.#chain.bring({
      connected: (block) => {
        void mine.connected(block)
        for (const listen of listens) listen.block_connected(block.raw, block.height)
      },
      disconnected: (header, height) => {
        mine.disconnected(header, height)
        for (const listen of listens) listen.block_disconnected(header, height)
      },
    }, this.#tip, (tip) => {
      this.#tip = tip
      this.store.keep('tip', Buffer.from(JSON.stringify(tip)))
      // What LDK has seen of the chain must not be ahead of what is stored of it.
      if (parts && this.#peers) this.release()
    })
    this.#synced = true
  }

  async #fund({ temporary, peer, sats, script }: Funding): Promise<void> {
    const { manager } = this.parts
    try {
      const { raw } = await this.wallet.pay([{ script, sats }], null, 'FUNDING', hex(temporary.get_a()))
      const taken = manager.funding_transaction_generated(temporary, peer, raw) as unknown as { is_ok(): boolean }
      if (!taken.is_ok()) {
        this.wallet.giveBack({ channel: hex(temporary.get_a()) })
        this.options.log(4, 'a channel that was to be funded is gone')
      }
    } catch (error) {
      this.options.log(4, `a channel is not opened: ${error instanceof Error ? error.message : String(error)}`)
      manager.force_close_without_broadcasting_txn(temporary, peer, 'cannot be funded')
    }
    this.pump()
  }

  /** Moves what a closed channel left to the wallet's own address. */
  #sweep(outputs: readonly L.SpendableOutputDescriptor[], channel: string): void {
    const spent = this.parts.keys.as_OutputSpender().spend_spendable_outputs([...outputs], [], this.wallet.script, Math.max(253, this.#rate), L.Option_u32Z.constructor_none())
    if (!(spent as unknown as { is_ok(): boolean }).is_ok()) return this.options.log(4, `what channel ${channel} left is too little to be moved`)
    const raw = Uint8Array.from(must<Uint8Array>(spent, 'a sweep'))
    this.wallet.keep(transactionId(raw), raw, 'SWEEP', channel, 0n, 0n)
  }

  async #reconnect(): Promise<void> {
    if (this.#stopped) return
    const connected = new Set(this.peers.connected())
    for (const row of this.store.all("SELECT DISTINCT peer.id, peer.address FROM peer JOIN channel ON channel.peer = peer.id WHERE channel.state IN ('OPENING', 'OPEN', 'CLOSING')")) {
      const id = String(row['id'])
      if (!connected.has(id)) await this.peers.dial(id, String(row['address'])).catch(() => undefined)
    }
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await this.#turn
    this.#stopped = true
    this.#peers?.close()
    if (this.#parts) {
      this.store.keep('graph', this.#parts.graph.write())
      this.release()
    }
    this.store.close()
  }
}

/** The id of a transaction, as it is shown. */
const transactionId = (raw: Uint8Array): string => Transaction.fromRaw(raw, { allowUnknownOutputs: true, allowUnknownInputs: true, disableScriptCheck: true }).id
