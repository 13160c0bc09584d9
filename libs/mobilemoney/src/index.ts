export { CODE_MAX, paymentCode, readPaymentCode } from './code.ts'
export { daraja, type DarajaOptions } from './daraja.ts'
export { MobileMoneyError, type MobileMoneyCode } from './errors.ts'
export type { Hint, MobileMoneyProvider, ProviderAccount, StatementColumn, StatementForm, StatementLine, Transaction } from './provider.ts'
