/**
 * ADDRESS_INVALID: no address, invoice or offer at all, or with a broken checksum. ADDRESS_FOREIGN: of another network or chain.
 * DUST: too little for the network to carry. FEE_ABOVE_CEILING: it would cost more than `maxFee`. BALANCE_INSUFFICIENT.
 * INVOICE_EXPIRED, INVOICE_PAID, INVOICE_OWN (to be settled inside), AMOUNT_MISMATCH (the invoice names another).
 * NO_ROUTE: nobody carries it now. NETWORK_DOWN: the node does not answer (or not in time). NETWORK_SYNCING: it is not up to date.
 * NETWORK_SENDING_OFF: after a restore, until reconciled. NETWORK_REFUSED: the node refused the transaction, and why.
 * NETWORK_UNSUPPORTED: this node or network cannot do that. NETWORK_ID_REUSED: that id was sent with something else.
 * KEY_INVALID: no public key or descriptor that could be used. PSBT_INVALID: not readable, not (rightly) signed. PSBT_OTHER: signed, but another
 * transaction than the one that was given out.
 * WALLET_UNKNOWN. CURRENCY_UNSUPPORTED. NETWORK_STORE: the adapter's own store cannot be used.
 */
export type NetworkErrorCode =
  | 'ADDRESS_INVALID' | 'ADDRESS_FOREIGN' | 'DUST' | 'FEE_ABOVE_CEILING' | 'BALANCE_INSUFFICIENT' | 'INVOICE_EXPIRED' | 'INVOICE_PAID'
  | 'INVOICE_OWN' | 'AMOUNT_MISMATCH' | 'NO_ROUTE' | 'NETWORK_DOWN' | 'NETWORK_SYNCING' | 'NETWORK_SENDING_OFF' | 'NETWORK_REFUSED'
  | 'NETWORK_UNSUPPORTED' | 'NETWORK_ID_REUSED' | 'WALLET_UNKNOWN' | 'CURRENCY_UNSUPPORTED' | 'NETWORK_STORE'
  | 'KEY_INVALID' | 'PSBT_INVALID' | 'PSBT_OTHER'

/** The one error that networks throw. `code` is stable; the details hold nothing secret and no person's address. */
export class NetworkError extends Error {
  readonly code: NetworkErrorCode
  readonly details: Readonly<Record<string, string | number>>

  constructor(code: NetworkErrorCode, message: string, details: Readonly<Record<string, string | number>> = {}) {
    super(message)
    this.name = 'NetworkError'
    this.code = code
    this.details = details
  }
}
