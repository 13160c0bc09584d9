import type { Amount } from '@growr/money'
import type { PaymentNetwork } from './port.ts'

export interface NewInvoice {
  readonly wallet: string
  /** Comes back with the payment; the same tag and amount give the same invoice while it can be paid. */
  readonly tag: string
  /** Null: the payer says how much. */
  readonly amount: Amount | null
  /** Shown to the payer; nothing personal. Or its SHA-256 as hex, for LNURL and zaps. */
  readonly description: string | { readonly hash: string }
  readonly expirySeconds: number
}

export interface Invoice {
  readonly invoice: string
  readonly paymentHash: string
  readonly amount: Amount | null
  readonly expiresAt: Date
}

/** What Lightning has besides: invoices, offers, channels. `send` pays an invoice or an offer. */
export interface LightningNetwork extends PaymentNetwork {
  createInvoice(invoice: NewInvoice): Promise<Invoice>
  /** A BOLT 12 offer that may be paid many times; NETWORK_UNSUPPORTED where the node has none. */
  createOffer(offer: { readonly wallet: string; readonly tag: string; readonly amount: Amount | null; readonly description: string }): Promise<{ readonly offer: string }>
  /** Where peers find the node, and where it takes on-chain money for its channels. */
  about(): Promise<{ readonly nodeId: string; readonly address: string | null; readonly onchainAddress: string }>
  channels(): Promise<readonly Channel[]>
  /** The same `id` opens one channel. NETWORK_ID_REUSED where it was asked for another. */
  openChannel(channel: { readonly id: string; readonly peer: string; readonly address: string; readonly capacity: Amount; readonly push?: Amount }): Promise<{ readonly id: string }>
  closeChannel(id: string, force?: boolean): Promise<void>
  liquidity(): Promise<{ readonly canSend: Amount; readonly canReceive: Amount; readonly reserve: Amount }>
}

export interface Channel {
  readonly id: string
  readonly peer: string
  readonly capacity: Amount
  readonly ours: Amount
  readonly reserve: Amount
  readonly usable: boolean
  readonly state: 'OPENING' | 'OPEN' | 'CLOSING' | 'FORCE_CLOSING'
}
