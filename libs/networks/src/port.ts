import type { Amount } from '@growr/money'

// The one port behind which Bitcoin, Lightning and Rootstock stand. An adapter has its own store: wallets, what it watches, its cursor,
// its sends, and a feed of changes that it writes in one transaction with the cursor. Who keeps books follows that feed, at least once.

export type NetworkName = 'bitcoin' | 'lightning' | 'rootstock'

/** What a wallet is for. FUNDING takes investors' money and pays loans and investors; REPAYMENT takes what borrowers pay. */
export type WalletPurpose = 'FUNDING' | 'REPAYMENT' | 'MULTISIG' | 'OPERATOR'

export interface NewWallet {
  /** The caller's own key for it; the same key gives the same wallet again. At most 128 characters. */
  readonly id: string
  readonly purpose: WalletPurpose
}

export interface Wallet extends NewWallet {
  readonly network: NetworkName
  /** The first address, which stays; null where a wallet has none (Lightning). */
  readonly address: string | null
  /** Output descriptors (BIP 380) with public keys only, with which it can be watched or recovered elsewhere; null where there are none. */
  readonly descriptors: readonly string[] | null
}

/** An address of a wallet that is watched from now on. `tag` says for whom it was made: it comes back with each payment to it. */
export interface Listener {
  readonly wallet: string
  readonly address: string
  readonly tag: string
}

/**
 * SEEN: known, not deep enough for its amount. CONFIRMED: final, as far as the network's depth for the amount goes. REVERSED: it was
 * CONFIRMED and is not any more (reorganised away, double-spent), or was SEEN and can never be (replaced, dropped): `reason` says which.
 * Of what was sent: PENDING (stored and signed; perhaps broadcast), UNKNOWN (no final answer yet: no refund and no retry), CONFIRMED,
 * FAILED (final: nothing left), REVERSED (was CONFIRMED, is PENDING again).
 */
export type ChangeStatus = 'SEEN' | 'PENDING' | 'UNKNOWN' | 'CONFIRMED' | 'FAILED' | 'REVERSED'

export interface NetworkChange {
  /** Its place in the adapter's feed, from 1. */
  readonly seq: number
  readonly network: NetworkName
  /** RECEIVED: money that came in from outside. SENT: a send of ours. FEE: what the network took besides (of a send, a sweep, a channel). */
  readonly kind: 'RECEIVED' | 'SENT' | 'FEE'
  /** What the network calls it: txid:vout, payment hash, txHash:logIndex. Of SENT: the id that the sender gave. */
  readonly id: string
  /** 0, and one more each time that the same id came back after it was REVERSED: (id, generation) is booked once. */
  readonly generation: number
  readonly wallet: string
  readonly tag: string | null
  readonly status: ChangeStatus
  /** In the units of @growr/money (BTC in millisatoshi), positive, without the fee. */
  readonly amount: Amount
  /** Of SENT: what it cost the wallet besides the amount, known once it is CONFIRMED; zero otherwise. In the network's own coin. */
  readonly fee: Amount
  readonly address: string | null
  /** The transaction or payment hash that proves it. */
  readonly proof: string | null
  readonly confirmations: number
  readonly reason: string | null
  /** When the network says that it happened (block time, settlement), else when it was seen. */
  readonly at: Date
}

export interface FeeEstimate {
  /** In the network's own coin, for a typical send. */
  readonly fee: Amount
  /** The rate behind it, in the network's unit (sat/vB, wei per gas, parts per million). */
  readonly rate: string
}

export interface Send {
  /** The caller's own key; the same one is sent once, whatever happens in between. NETWORK_ID_REUSED where the rest differs. */
  readonly id: string
  /** From which wallets, in the order in which they are used. */
  readonly wallets: readonly string[]
  /** An address, an invoice or an offer. */
  readonly to: string
  readonly amount: Amount
  /** The most that it may cost besides, in the network's own coin: FEE_ABOVE_CEILING. */
  readonly maxFee: Amount
  /**
   * The fee comes out of `amount`, so that the wallets lose exactly that and the payee gets the rest: for what empties a wallet. Only
   * where `amount` is in the network's own coin, else CURRENCY_UNSUPPORTED; NETWORK_UNSUPPORTED where the payee names the sum (Lightning).
   * SENT then has `amount` without the fee, as ever.
   */
  readonly feeFromAmount?: boolean
}

export interface Sent {
  readonly id: string
  readonly status: 'PENDING' | 'UNKNOWN' | 'CONFIRMED' | 'FAILED'
  readonly amount: Amount
  readonly fee: Amount
  readonly proof: string | null
  readonly reason: string | null
}

/** What a wallet holds in one currency. `locked` is what a channel, a time-lock or a force-close holds back, with why and until which height. */
export interface WalletBalance {
  readonly wallet: string
  readonly confirmed: Amount
  /** Seen and not deep enough. */
  readonly pending: Amount
  readonly locked: readonly { readonly amount: Amount; readonly reason: string; readonly releaseHeight: number | null }[]
}

export interface NetworkStatus {
  readonly network: NetworkName
  readonly ok: boolean
  /** Why not: a code of NetworkErrorCode. */
  readonly reason: string | null
  readonly chain: string
  /** Height of the node and height up to which this adapter has looked. */
  readonly height: number
  readonly scanned: number
}

/** Every method throws NetworkError with one of its codes; where it does, no money has moved and nothing was stored that will move any. */
export interface PaymentNetwork {
  readonly name: NetworkName
  /** The codes of the currencies that it carries; the first one pays the fees. */
  readonly currencies: readonly string[]
  createWallet(wallet: NewWallet): Promise<Wallet>
  wallet(id: string): Promise<Wallet | null>
  /** An address of the wallet for one payer, watched from now on; the same tag gives the same address again. */
  createListener(wallet: string, tag: string): Promise<Listener>
  /** The feed of changes, in order. */
  getPayments(page: { readonly after: number; readonly limit: number; readonly wallet?: string }): Promise<readonly NetworkChange[]>
  /** Is called when the feed may have grown; a hint, never the source. Returns what takes it back. */
  onChange(listener: () => void): () => void
  /** Checks what `send` would refuse, and moves nothing. */
  check(send: Send): Promise<FeeEstimate>
  /** Signed and stored before it leaves; resumed with the same bytes after a stop. */
  send(send: Send): Promise<Sent>
  sent(id: string): Promise<Sent | null>
  estimateFee(currency: string): Promise<FeeEstimate>
  /** How many confirmations a payment of this amount needs before it is CONFIRMED. */
  confirmationsFor(amount: Amount): number
  balances(wallet?: string): Promise<readonly WalletBalance[]>
  status(): Promise<NetworkStatus>
  /** False: nothing new leaves (after a restore, until the operator has reconciled); what comes in is seen as ever. */
  setSending(on: boolean): void
  start(): Promise<void>
  stop(): Promise<void>
  /** Looks now, once, and resolves when it has seen what the node has: for tests and before a close, no timer. */
  sync(): Promise<void>
}
