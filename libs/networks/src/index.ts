export type { Deposit, DepositDraft, DepositMove, DepositNetwork, NewDeposit } from './deposits.ts'
export { NetworkError, type NetworkErrorCode } from './errors.ts'
export type { Channel, Invoice, LightningNetwork, NewInvoice } from './lightning.ts'
export type {
  ChangeStatus, FeeEstimate, Listener, NetworkChange, NetworkName, NetworkStatus, NewWallet, PaymentNetwork, Send, Sent, Wallet, WalletBalance,
  WalletPurpose,
} from './port.ts'
export type { ExtendedKey, HdSigner, RecoverableSignature } from './signer.ts'
