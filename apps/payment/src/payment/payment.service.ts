import { defineService, type Service } from '@growr/bus'
import { loan as loans, payment as contract, project as projects, type Result } from '@growr/contracts'
import { action, connectionOfList } from '@growr/service'
import type { Payments } from '../payments.ts'
import { cashFloats, confirmHandOver, handOverCash } from './payment.cash.ts'
import { cancelDisbursement, confirmDisbursement, confirmRepayment } from './payment.confirm.ts'
import { collectionList } from '../collecting/collecting.list.ts'
import { handInCollections, listOf } from '../collecting/collecting.handin.ts'
import { requestPaymentCode, setMobileMoney } from '../mobile/mobile.accounts.ts'
import { importStatement, reconciliation } from '../mobile/mobile.statement.ts'
import { addDisbursement, refundOverpayment } from './payment.disburse.ts'
import { erasePerson } from './payment.erase.ts'
import { receiptOf } from './payment.receipts.ts'
import { addRepayment, loanOf } from './payment.repay.ts'
import { approveDisbursement, confirmReversal, rejectReversal, requestReversal } from './payment.reverse.ts'
import { assignSuspense, reverseAssignment, suspenseList } from './payment.suspense.ts'

/** Tracks the payments of loans and the cash behind them; reads and writes the Payment book. */
export function paymentService(payments: Payments): Service {
  const { books } = payments
  const scopeOf = ({ payment }: { payment: string }) => {
    const { state } = books.require(payment)
    // A receipt whose assignment was taken back is nobody's any more.
    const isBorrowers = state.kind !== 'HAND_OVER' && (state.kind !== 'RECEIPT' || state.loanKey !== null)
    const borrower = isBorrowers ? state.subject?.userId : undefined
    return { organization: state.organizationId, owners: borrower ? [borrower] : [] }
  }
  const ofOrganization = ({ organization }: { organization: string }) => ({ organization })
  const withLoan = async (loan: loans.Loan) => ({ organization: loan.organization, owners: loan.borrowerUser ? [loan.borrowerUser] : [], loan })

  return defineService({
    name: 'payment',
    actions: [
      action(contract.addDisbursement, {
        scope: async ({ loan }, context) => withLoan(await context.as().call(loans.findByKey, { key: loan })),
        handle: (params, context, scope) => addDisbursement(payments, params, scope!.loan, context),
      }),
      action(contract.refundOverpayment, {
        scope: async ({ loan }, context) => withLoan(await context.as().call(loans.findByKey, { key: loan })),
        handle: (params, context, scope) => refundOverpayment(payments, params, scope!.loan, context),
      }),
      action(contract.addRepayment, {
        scope: async (params, context) => withLoan(await loanOf(params, context)),
        handle: (params, context, scope) => addRepayment(payments, params, scope!.loan, context),
      }),
      action(contract.confirmDisbursement, { scope: scopeOf, handle: (params, context) => confirmDisbursement(payments, params, context) }),
      action(contract.cancelDisbursement, { scope: scopeOf, handle: (params, context) => cancelDisbursement(payments, params, context) }),
      action(contract.confirmRepayment, { scope: scopeOf, handle: (params, context) => confirmRepayment(payments, params, context) }),
      action(contract.handOverCash, {
        scope: async ({ project }, context) => ({ organization: (await context.as().call(projects.findByKey, { key: project })).organization }),
        handle: (params, context, scope) => handOverCash(payments, params, scope!.organization, context),
      }),
      action(contract.confirmHandOver, { scope: scopeOf, handle: (params, context) => confirmHandOver(payments, params, context) }),
      action(contract.approveDisbursement, { scope: scopeOf, handle: (params, context) => approveDisbursement(payments, params, context) }),
      action(contract.requestReversal, { scope: scopeOf, handle: (params, context) => requestReversal(payments, params, context) }),
      action(contract.confirmReversal, { scope: scopeOf, handle: (params, context) => confirmReversal(payments, params, context) }),
      action(contract.rejectReversal, { scope: scopeOf, handle: (params, context) => rejectReversal(payments, params, context) }),
      action(contract.setMobileMoney, { scope: ofOrganization, handle: (params) => setMobileMoney(payments, params) }),
      action(contract.requestPaymentCode, {
        scope: async ({ loan }, context) => withLoan(await context.as().call(loans.findByKey, { key: loan })),
        handle: (params, context, scope) => requestPaymentCode(payments, params, scope!.loan, context),
      }),
      action(contract.suspenseList, { scope: ofOrganization, handle: (params) => suspenseList(payments, params) }),
      action(contract.assignSuspense, { scope: scopeOf, handle: (params, context) => assignSuspense(payments, params, context) }),
      action(contract.reverseAssignment, { scope: scopeOf, handle: (params, context) => reverseAssignment(payments, params, context) }),
      action(contract.importStatement, { scope: ofOrganization, handle: (params) => importStatement(payments, params) }),
      action(contract.reconciliation, { scope: ofOrganization, handle: (params) => reconciliation(payments, params) }),
      action(contract.receipt, { scope: scopeOf, handle: ({ payment }) => receiptOf(payments, payment) }),
      action(contract.collectionList, { scope: ofOrganization, handle: (params, context) => collectionList(payments, params, context) }),
      action(contract.handInCollections, {
        scope: async ({ list }) => {
          const found = await listOf(payments, list)
          return { organization: found.organization, found }
        },
        handle: (params, context, scope) => handInCollections(payments, params, scope!.found, context),
      }),
      action(contract.findByKey, { scope: ({ key }) => scopeOf({ payment: key }), handle: ({ key }) => books.shown(key) }),
      action(contract.findByLoan, {
        scope: async ({ loan }, context) => withLoan(await context.as().call(loans.findByKey, { key: loan })),
        handle: ({ loan, first, after }) => connectionOfList(books.listByLoan(loan, { first, after })),
      }),
      // Banks and cash have no addresses; networks come with their own services.
      action(contract.findByAddress, { handle: () => connectionOfList<contract.Payment>({ rows: [], total: 0, more: false }) }),
      action(contract.cashFloats, { scope: ({ organization }) => ({ organization }), handle: (params, context) => cashFloats(payments, params, context) }),
      action(contract.accounts, {
        handle: async ({ organization, project }): Promise<Result<typeof contract.accounts>> => {
          await payments.upToDate(organization)
          return books.balancesOf(project).map(({ account, currency, amount }) => ({ account, currency, balance: amount.toString() }))
        },
      }),
      action(contract.erasePerson, { handle: (params) => erasePerson(payments, params) }),
      action(contract.pending, { handle: ({ project }) => ({ count: books.pending(project) }) }),
      action(projects.paymentEntries, { handle: ({ organization, book, after, limit }) => books.feed(organization, book, after, limit) }),
    ],
  })
}
