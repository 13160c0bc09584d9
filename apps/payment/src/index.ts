export { createPaymentGroup, openPaymentKeep, NAME, type PaymentOptions } from './group.ts'
export { requests as networkRequests } from './network/network.collections.ts'
export type { NetworkSetup } from './network/networks.ts'
export { payments as paymentsView } from './books/payments.view.ts'
