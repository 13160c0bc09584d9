export { createPaymentGroup, openPaymentKeep, NAME, type PaymentOptions } from './group.ts'
export type { NetworkSetup } from './network/networks.ts'
export { payments as paymentsView } from './books/payments.view.ts'
