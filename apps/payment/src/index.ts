export { createPaymentGroup, openPaymentKeep, NAME, type PaymentOptions } from './group.ts'
export { payments as paymentsView } from './books/payments.view.ts'
