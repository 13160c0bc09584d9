import { callerScope, callingUser, defineService, type Service } from '@growr/bus'
import { loan as contract } from '@growr/contracts'
import { action, connectionOfList } from '@growr/service'
import type { Financing } from '../financing.ts'
import { investorsOf } from '../project/project.rights.ts'
import { applyForLoan } from './loan.apply.ts'
import { historyOf } from './loan.history.ts'
import { findOffers } from './loan.offers.ts'
import { presentLoan, withoutBorrower } from './loan.present.ts'
import { contractOf, signLoan } from './loan.sign.ts'
import { updateLoan } from './loan.update.ts'

/** Controls the approval, creation and repayment of loans; reads and writes the Loan book. */
export function loanService(financing: Financing): Service {
  const { books } = financing
  const scopeOf = (key: string) => {
    const loan = books.presentedLoan(key)
    return { organization: loan.organization, owners: loan.borrowerUser === null ? [] : [loan.borrowerUser], loan }
  }

  return defineService({
    name: 'loan',
    actions: [
      action(contract.findOffers, { scope: callerScope, handle: (_params, context) => findOffers(financing, context) }),
      action(contract.applyForLoan, {
        scope: callerScope,
        handle: async (params, context) => {
          const { state, seq } = await applyForLoan(financing, params, context)
          return presentLoan(state, seq)
        },
      }),
      action(contract.getContract, {
        scope: ({ loan }) => scopeOf(loan),
        handle: async ({ loan }) => ({ loan, ...(await contractOf(financing, books.requireLoan(loan).state)) }),
      }),
      action(contract.signLoan, { scope: ({ loan }) => scopeOf(loan), handle: (params, context) => signLoan(financing, params, context) }),
      action(contract.updateLoan, { handle: (params, context) => updateLoan(financing, params, context) }),
      action(contract.findByKey, { scope: ({ key }) => scopeOf(key), handle: ({ key }, _context, scope) => scope?.loan ?? books.presentedLoan(key) }),
      action(contract.findByProject, {
        scope: async ({ project }, { caller }) => ({ organization: books.requireProject(project).state.organizationId, owners: await investorsOf(financing, project, caller) }),
        handle: ({ project, status, first, after }, { caller }) => {
          const listed = books.listLoans({ project, status }, { first, after })
          return connectionOfList(listed, caller.kind === 'user' && caller.role === 'INVESTOR' ? withoutBorrower : (loan) => loan)
        },
      }),
      action(contract.findByOrganization, {
        scope: ({ organization }) => ({ organization }),
        handle: ({ organization, status, first, after }) => connectionOfList(books.listLoans({ organization, status }, { first, after })),
      }),
      action(contract.findByUser, {
        scope: ({ user }, { caller }) => {
          const self = caller.kind === 'user' ? caller : undefined
          // Staff ask about anybody, but see the loans of their own organization only.
          return { organization: self?.organization, owners: [user ?? self?.userId ?? ''] }
        },
        handle: ({ user, first, after }, context) => {
          const caller = callingUser(context)
          const organization = caller.role === 'NODE_OPERATOR' ? undefined : caller.organization
          return connectionOfList(books.listLoans({ user: user ?? caller.userId, organization }, { first, after }))
        },
      }),
      action(contract.history, { scope: ({ key }) => scopeOf(key), handle: ({ key }) => historyOf(books, key) }),
    ],
  })
}
