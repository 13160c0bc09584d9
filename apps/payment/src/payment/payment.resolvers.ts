import { payment } from '@growr/contracts'
import { field, type Resolvers } from '@growr/graphql'

export const paymentResolvers: Resolvers = {
  Query: {
    payment: field(payment.findByKey),
    payments: field(payment.findByLoan),
    paymentsAt: field(payment.findByAddress),
    cashFloats: field(payment.cashFloats),
    suspenseList: field(payment.suspenseList),
    reconciliation: field(payment.reconciliation),
    paymentReceipt: field(payment.receipt),
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
    approveDisbursement: field(payment.approveDisbursement),
    requestReversal: field(payment.requestReversal),
    confirmReversal: field(payment.confirmReversal),
    rejectReversal: field(payment.rejectReversal),
    setMobileMoney: field(payment.setMobileMoney),
    requestPaymentCode: field(payment.requestPaymentCode),
    assignSuspense: field(payment.assignSuspense),
    reverseAssignment: field(payment.reverseAssignment),
    importStatement: field(payment.importStatement),
    collectionList: field(payment.collectionList),
    handInCollections: field(payment.handInCollections),
  },
}
