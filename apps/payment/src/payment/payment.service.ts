import { defineService, type ActionContext, type Service } from '@growr/bus'
import { investor as investors, loan as loans, payment as contract, project as projects, type Result } from '@growr/contracts'
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
import { convert, payOriginator, repayInvestor, returnFees, settleExchange } from '../network/network.transfers.ts'
import { multisigOf, openMultisig, refundMultisig, releaseMultisig, signMultisig } from '../network/network.multisig.ts'
import { depositAddress, fundingAddress, requestAddress } from '../network/network.requests.ts'
import { walletsOf } from '../network/network.sends.ts'
import { currencyAnywhere } from '../network/networks.ts'
import { closeChannel, lightningNode, openChannel } from '../network/network.lightning.ts'
import { networkBalances, networkStates, openWallets } from '../network/network.views.ts'
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
  const ofProject = async ({ project }: { project: string }, context: ActionContext) => ({ organization: (await context.as().call(projects.findByKey, { key: project })).organization })
  const ofIntent = async ({ intent }: { intent: string }, context: ActionContext) => {
    const { organization, investor } = await context.call(investors.findIntent, { intent })
    return { organization, owners: [investor] }
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
      action(contract.findByAddress, { handle: ({ address, first, after }) => connectionOfList(books.listByAddress(address, { first, after })) }),
      action(contract.networkStates, { handle: () => networkStates(payments) }),
      action(contract.networkBalances, { scope: ofProject, handle: (params) => networkBalances(payments, params) }),
      action(contract.requestAddress, {
        scope: async ({ loan }, context) => withLoan(await context.as().call(loans.findByKey, { key: loan })),
        handle: (params, context, scope) => requestAddress(payments, params, scope!.loan, context),
      }),
      // Who may see the intent may pay: Investor decides that.
      action(contract.fundingAddress, { scope: ofIntent, handle: (params, context) => fundingAddress(payments, params, context) }),
      action(contract.openMultisig, { scope: ofIntent, handle: (params, context) => openMultisig(payments, params, context) }),
      action(contract.multisig, { scope: ofIntent, handle: (params, context) => multisigOf(payments, params, context) }),
      action(contract.releaseMultisig, { scope: ofIntent, handle: (params, context) => releaseMultisig(payments, params, context) }),
      action(contract.refundMultisig, { scope: ofIntent, handle: (params, context) => refundMultisig(payments, params, context) }),
      action(contract.signMultisig, { scope: ofIntent, handle: (params, context) => signMultisig(payments, params, context) }),
      action(contract.depositAddress, { scope: ofProject, handle: (params, context) => depositAddress(payments, params, context) }),
      action(contract.repayInvestor, { scope: ofIntent, handle: (params, context) => repayInvestor(payments, params, context) }),
      action(contract.payOriginator, { scope: ofProject, handle: (params, context) => payOriginator(payments, params, context) }),
      action(contract.convert, { scope: ofProject, handle: (params, context) => convert(payments, params, context) }),
      action(contract.settleExchange, { scope: ofProject, handle: (params, context) => settleExchange(payments, params, context) }),
      action(contract.returnFees, { scope: ofProject, handle: (params, context) => returnFees(payments, params, context) }),
      action(contract.lightningNode, { handle: () => lightningNode(payments) }),
      action(contract.openChannel, { handle: (params, context) => openChannel(payments, params, context) }),
      action(contract.closeChannel, { handle: (params) => closeChannel(payments, params) }),
      action(contract.openWallets, { handle: (params) => openWallets(payments, params, walletsOf) }),
      action(contract.cashFloats, { scope: ({ organization }) => ({ organization }), handle: (params, context) => cashFloats(payments, params, context) }),
      action(contract.accounts, {
        handle: async ({ organization, project }): Promise<Result<typeof contract.accounts>> => {
          await payments.upToDate(organization)
          return books.balancesOf(project).map(({ account, currency, amount }) => ({ account, currency, exponent: currencyAnywhere(payments.networks, currency).exponent, balance: amount.toString() }))
        },
      }),
      action(contract.erasePerson, { handle: (params) => erasePerson(payments, params) }),
      action(contract.pending, { handle: ({ project }) => ({ count: books.pending(project) }) }),
      action(projects.paymentEntries, { handle: ({ organization, book, after, limit }) => books.feed(organization, book, after, limit) }),
    ],
  })
}
