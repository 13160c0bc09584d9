// What a Lightning node can do for us, whichever it is: LDK in a process of its own, or somebody's LND. It knows nothing of our wallets:
// LightningAccounts (accounts.ts) keeps those over it. Sums are in millisatoshi.

export interface NodeInfo {
  /** 33 bytes, hex. */
  readonly nodeId: string
  readonly chain: string
  readonly height: number
  /** False: it has not seen all blocks of its bitcoind yet. */
  readonly synced: boolean
  /** Where peers reach it, `host:port`; null where it does not listen. */
  readonly address: string | null
}

export interface NodeInvoice {
  readonly invoice: string
  readonly paymentHash: string
  readonly expiresAt: Date
}

/** PENDING: it may still succeed, whatever happened in between. SENT and FAILED are final. */
export interface NodePayment {
  readonly id: string
  readonly status: 'PENDING' | 'SENT' | 'FAILED'
  readonly paymentHash: string | null
  readonly preimage: string | null
  /** Of an offer, the BOLT 12 invoice (hex) that was paid: with the preimage the proof of who got what. */
  readonly invoice?: string | null
  readonly amountMsat: bigint
  readonly feeMsat: bigint
  readonly reason: string | null
}

/**
 * What happened, in an order that stays, kept by the node until it was read; the same thing is one event (`key` says which).
 * RECEIVED: an invoice or an offer was paid and the money is ours. SENT, FAILED: the final answer to a payment. ONCHAIN: the node's own
 * on-chain money changed by `amountMsat` (signed): a deposit, what a sweep brought, what a channel took. FEE: what the chain took for
 * opening, closing or sweeping.
 */
export interface NodeEvent {
  readonly seq: number
  readonly kind: 'RECEIVED' | 'SENT' | 'FAILED' | 'ONCHAIN' | 'FEE'
  readonly key: string
  /** Of RECEIVED the hash, or the offer; of SENT and FAILED the id that the payer gave; else the transaction. */
  readonly id: string
  readonly paymentHash: string | null
  readonly preimage: string | null
  readonly amountMsat: bigint
  readonly feeMsat: bigint
  readonly reason: string | null
  readonly at: Date
}

export interface NodeChannel {
  readonly id: string
  readonly peer: string
  readonly capacityMsat: bigint
  /** What would be ours if it closed now, reserve included. */
  readonly oursMsat: bigint
  readonly reserveMsat: bigint
  readonly canSendMsat: bigint
  readonly canReceiveMsat: bigint
  readonly usable: boolean
  readonly state: 'OPENING' | 'OPEN' | 'CLOSING' | 'FORCE_CLOSING'
}

export interface NodeBalances {
  readonly channelsMsat: bigint
  readonly onchainMsat: bigint
  /** Seen in a mempool or not deep enough. */
  readonly onchainPendingMsat: bigint
  /** Of closed channels, until swept: with why and from which height. */
  readonly locked: readonly { readonly amountMsat: bigint; readonly reason: string; readonly releaseHeight: number | null }[]
}

/** Every method throws NetworkError; NETWORK_DOWN where the node does not answer in time. */
export interface LightningNode {
  readonly implementation: 'ldk' | 'lnd'
  start(): Promise<void>
  stop(): Promise<void>
  info(): Promise<NodeInfo>
  /** `description` in the open, or the SHA-256 of one as hex. */
  createInvoice(invoice: { readonly amountMsat: bigint | null; readonly description: string | { readonly hash: string }; readonly expirySeconds: number }): Promise<NodeInvoice>
  /** From now on nobody can pay it: true. False where it is paid or being paid already. */
  cancelInvoice(paymentHash: string): Promise<boolean>
  /** BOLT 12, to be paid any number of times; NETWORK_UNSUPPORTED, NETWORK_REFUSED where nobody could ask for it yet. What is paid to it comes as RECEIVED with the offer's id as `id`. */
  createOffer(offer: { readonly amountMsat: bigint | null; readonly description: string }): Promise<{ readonly offer: string; readonly offerId: string }>
  /**
   * Stored before it leaves, so that the same id is paid once, whatever happens. `amountMsat` is what the payee gets, and what an invoice
   * without an amount is paid with. ADDRESS_INVALID, ADDRESS_FOREIGN, INVOICE_EXPIRED, INVOICE_PAID, NO_ROUTE, BALANCE_INSUFFICIENT: nothing left.
   */
  pay(payment: { readonly id: string; readonly to: string; readonly amountMsat: bigint; readonly maxFeeMsat: bigint }): Promise<NodePayment>
  payment(id: string): Promise<NodePayment | null>
  events(page: { readonly after: number; readonly limit: number }): Promise<readonly NodeEvent[]>
  /** A hint that there may be more events. Returns what takes it back. */
  onEvent(listener: () => void): () => void
  channels(): Promise<readonly NodeChannel[]>
  connect(peer: string, address: string): Promise<void>
  /** The same `id` opens one channel, whatever happens; NETWORK_ID_REUSED where it was asked for another. Its answer is good for `closeChannel`, too. */
  openChannel(channel: { readonly id: string; readonly peer: string; readonly address: string; readonly capacityMsat: bigint; readonly pushMsat: bigint }): Promise<{ readonly id: string }>
  closeChannel(id: string, force: boolean): Promise<void>
  /** An address of the node's own on-chain money, out of which channels are opened and into which they close. */
  onchainAddress(): Promise<string>
  /** Sends on-chain money out; its id is that of the transaction. */
  withdraw(to: string, amountMsat: bigint, maxFeeMsat: bigint): Promise<string>
  balances(): Promise<NodeBalances>
  /** Resolves when it has seen what its chain has and handled what came of it. */
  sync(): Promise<void>
  setSending(on: boolean): void
}
