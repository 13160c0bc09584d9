import { callerScope, callingUser, defineService, type Service } from '@growr/bus'
import { loan as contract, Refusal } from '@growr/contracts'
import { action, connectionOfList } from '@growr/service'
import type { Financing } from '../financing.ts'
import { investorsOf } from '../project/project.rights.ts'
import { applyForLoan } from './loan.apply.ts'
import { preview, reschedule, writeOff } from './loan.arrears.ts'
import { erasePerson } from './loan.erase.ts'
import { historyOf } from './loan.history.ts'
import { importLoans } from './loan.import.ts'
import { keyFacts, sendKeyFacts } from './loan.key-facts.ts'
import { arrearsList, dueList, findOwed } from './loan.lists.ts'
import { findOffers } from './loan.offers.ts'
import { presentLoan, withoutBorrower } from './loan.present.ts'
import { confirmService, markServiceProvided, waiveCoolingOff, withdraw } from './loan.protect.ts'
import { contractOf, signLoan } from './loan.sign.ts'
import { checkReversal, updateLoan } from './loan.update.ts'

/** Controls the approval, creation and repayment of loans; reads and writes the Loan book. */
export function loanService(financing: Financing): Service {
  const { books } = financing
  const scopeOf = (key: string) => {
    const loan = books.presentedLoan(key)
    return { organization: loan.organization, owners: loan.borrowerUser === null ? [] : [loan.borrowerUser], loan }
  }

  const ofLoan = ({ loan }: { loan: string }) => scopeOf(loan)

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
      action(contract.withdraw, { scope: ofLoan, handle: (params, context) => withdraw(financing, params, context) }),
      action(contract.waiveCoolingOff, { scope: ofLoan, handle: (params, context) => waiveCoolingOff(financing, params, context) }),
      action(contract.markServiceProvided, { scope: ofLoan, handle: (params, context) => markServiceProvided(financing, params, context) }),
      action(contract.confirmService, { scope: ofLoan, handle: (params, context) => confirmService(financing, params, context) }),
      action(contract.keyFacts, {
        scope: ({ loan, project }, { caller }) => {
          if (loan !== undefined) return scopeOf(loan)
          if (project === undefined) throw new Refusal('BAD_INPUT', { path: 'loan' })
          const { organizationId: organization } = books.requireProject(project).state
          // Whoever may apply there.
          return { organization, owners: caller.kind === 'user' && caller.organization === organization ? [caller.userId] : [] }
        },
        handle: (params, context) => keyFacts(financing, params, context),
      }),
      action(contract.sendKeyFacts, { scope: ofLoan, handle: (params, context) => sendKeyFacts(financing, params, context) }),
      action(contract.previewReschedule, { scope: ofLoan, handle: (params) => preview(financing, params) }),
      action(contract.rescheduleLoan, { scope: ofLoan, handle: (params, context) => reschedule(financing, params, context) }),
      action(contract.writeOff, { scope: ofLoan, handle: (params, context) => writeOff(financing, params, context) }),
      action(contract.checkReversal, { handle: (params) => checkReversal(financing, params) }),
      action(contract.dueList, { scope: ({ organization }) => ({ organization }), handle: (params) => dueList(financing, params) }),
      action(contract.arrearsList, { scope: ({ organization }) => ({ organization }), handle: (params) => arrearsList(financing, params) }),
      action(contract.findOwed, { scope: callerScope, handle: (_params, context) => findOwed(financing, context) }),
      action(contract.importLoans, { scope: ({ organization }) => ({ organization }), handle: (params, context) => importLoans(financing, params, context) }),
      action(contract.erasePerson, { handle: (params) => erasePerson(financing, params) }),
      action(contract.history, { scope: ({ key }) => scopeOf(key), handle: ({ key }) => historyOf(books, key) }),
    ],
  })
}
