import { payment } from '@growr/contracts'
import { field, type Resolvers } from '@growr/graphql'

export const paymentResolvers: Resolvers = {
  Query: {
    payment: field(payment.findByKey),
    payments: field(payment.findByLoan),
    paymentsAt: field(payment.findByAddress),
    cashFloats: field(payment.cashFloats),
  },
  Mutation: {
    addDisbursement: field(payment.addDisbursement),
    confirmDisbursement: field(payment.confirmDisbursement),
    cancelDisbursement: field(payment.cancelDisbursement),
    addRepayment: field(payment.addRepayment),
    confirmRepayment: field(payment.confirmRepayment),
    refundOverpayment: field(payment.refundOverpayment),
    handOverCash: field(payment.handOverCash),
    confirmHandOver: field(payment.confirmHandOver),
  },
}
