import type { Amount } from '@growr/money'
import type { PaymentNetwork } from './port.ts'

// Deposits of two: money that the payer and we release together, or that the payer takes back alone after some blocks.

export interface NewDeposit {
  /** The caller's own key; the same one gives the same deposit again, NETWORK_ID_REUSED with other terms. */
  readonly id: string
  /** The wallet of whose keys ours is one. */
  readonly wallet: string
  /** Public keys of the payer, as its wallet shows them: one releases, the other only takes back. */
  readonly payer: string
  readonly refund: string
  /** Blocks from the one that holds a coin to the first that may hold its refund, 1 to 65,535. */
  readonly refundAfter: number
}

/** What of a deposit is where. A coin is in one of these sums alone. */
export interface Deposit {
  readonly id: string
  readonly address: string
  /** With public keys only: what everybody can check the address with. */
  readonly descriptor: string
  readonly refundAfter: number
  /** Seen, not deep enough for its amount. */
  readonly pending: Amount
  /** Final, and spent by nobody. */
  readonly held: Amount
  /** Spent by a release that is not deep enough. */
  readonly releasing: Amount
  readonly released: Amount
  /** Taken back by the payer. */
  readonly refunded: Amount
  /** The first height at which a coin that lies there may be taken back; null where none lies there. */
  readonly refundHeight: number | null
  /** What was signed last and sent from here. */
  readonly last: { readonly proof: string; readonly amount: Amount; readonly fee: Amount } | null
}

/** RELEASE: by both, of all that is held. REFUND: by the payer's other key alone, of what has lain long enough. */
export type DepositMove = 'RELEASE' | 'REFUND'

export interface DepositDraft {
  /** For the payer to sign, in base64 (BIP 174); of a release with our signature in it. */
  readonly psbt: string
  /** What arrives; the fee comes out of the deposit. */
  readonly amount: Amount
  readonly fee: Amount
}

/** A network with deposits of two. */
export interface DepositNetwork extends PaymentNetwork {
  /** KEY_INVALID, WALLET_UNKNOWN, NETWORK_ID_REUSED. */
  createDeposit(deposit: NewDeposit): Promise<Deposit>
  deposit(id: string): Promise<Deposit | null>
  /** The transaction that moves it to an address. A later draft takes the place of an earlier one. WALLET_UNKNOWN, BALANCE_INSUFFICIENT, FEE_ABOVE_CEILING, DUST, ADDRESS_*. */
  draftDeposit(draft: { readonly id: string; readonly move: DepositMove; readonly to: string; readonly maxFee: Amount }): Promise<DepositDraft>
  /** Takes the last draft as the payer signed it, stores it and sends it; the same again changes nothing. PSBT_INVALID, PSBT_OTHER, NETWORK_SENDING_OFF, NETWORK_REFUSED. */
  moveDeposit(id: string, psbt: string): Promise<Deposit>
}
