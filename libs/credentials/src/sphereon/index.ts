export { createWallet, type Wallet, type WalletOptions } from './wallet.ts'
export type { Curve, KeyCustody } from './custody-kms.ts'
export { presentationDefinition, selectCredentials, typesAskedFor, type Selection } from './selection.ts'
export { registryFallback, sphereonRegistry } from './resolution.ts'
